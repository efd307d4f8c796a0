//! The WASM entry of the web app.

mod recover;

use leptos::prelude::document;
use leptos::task::spawn_local;
use wasm_bindgen::prelude::wasm_bindgen;

/// Takes over the page the server rendered. `<html data-hydrated>` appears when every part of it listens, lazy
/// pages included; tests wait for that, and styles show what needs script.
#[wasm_bindgen]
pub fn hydrate() {
    std::panic::set_hook(Box::new(recover::hook));
    // An error means only that it was already running.
    let _ = any_spawner::Executor::init_wasm_bindgen();
    spawn_local(async {
        let Some(body) = document().body() else {
            return;
        };
        leptos::mount::hydrate_from_async(body, app::App)
            .await
            .forget();
        if let Some(root) = document().document_element() {
            // Fails only for names that are not valid attribute names.
            let _ = root.set_attribute("data-hydrated", "");
        }
        recover::forget_later();
    });
}
