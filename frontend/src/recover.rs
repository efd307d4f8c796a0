//! After a panic the page's own code is gone: links and buttons do nothing any more. Most often a page's part could not be
//! loaded, because the network failed or the server was updated meanwhile, and a fresh page is all it takes.

use std::panic::PanicHookInfo;
use std::time::Duration;

use leptos::prelude::{document, set_timeout, window};
use wasm_bindgen::JsValue;

/// Where the tab remembers that it loaded itself anew.
const RELOADED: &str = "odm_reloaded";
/// A page that breaks again sooner than this will not be mended by a third load.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(60);

/// Writes the panic to the console and loads the page anew; if that was just tried, asks the person instead.
pub(crate) fn hook(info: &PanicHookInfo<'_>) {
    console_error_panic_hook::hook(info);
    if was_just_reloaded() {
        // Without a page there is nothing to write on.
        let _ = ask_to_reload();
    } else {
        // Fails only where pages may not be loaded; then nothing can be done.
        let _ = window().location().reload();
    }
}

/// For a page that has taken over: when it lasts, the next fault is a new one.
pub(crate) fn forget_later() {
    let forget = || {
        if let Ok(Some(store)) = window().session_storage() {
            // What cannot be removed only keeps the page from loading itself anew.
            let _ = store.remove_item(RELOADED);
        }
    };
    set_timeout(forget, FORGOTTEN_AFTER);
}

/// Also remembers it for the next time. Without a store for that a page is never loaded anew: it could go on for ever.
fn was_just_reloaded() -> bool {
    let Ok(Some(store)) = window().session_storage() else {
        return true;
    };
    !matches!(store.get_item(RELOADED), Ok(None)) || store.set_item(RELOADED, "yes").is_err()
}

fn ask_to_reload() -> Result<(), JsValue> {
    let notice = document().create_element("div")?;
    notice.set_class_name("notice notice-error broken");
    notice.set_attribute("role", "alert")?;
    notice.set_text_content(Some(
        "This page stopped working. Check the connection to the server, then load the page again.",
    ));
    if let Some(body) = document().body() {
        body.append_child(&notice)?;
    }
    Ok(())
}
