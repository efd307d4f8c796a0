//! The calls as the browser keeps them from page to page: without their secrets, and for one person in one workspace.

use leptos::prelude::*;
use orderdesk_mcp_contract::form::Json;

use super::call::Call;
use super::print::one_line;
use super::read::text;
use super::state::TABS_MAX;

/// Where the browser keeps calls. Whose they are follows.
const KEPT: &str = "console-calls";

fn storage() -> Option<web_sys::Storage> {
    // Only the browser has one; tests run elsewhere.
    if !cfg!(target_arch = "wasm32") {
        return None;
    }
    window().session_storage().ok().flatten()
}

fn key(owner: &str) -> String {
    [KEPT, "/", owner].concat()
}

/// The owner's calls; none when they cannot be read. Those of others are forgotten: what one typed in a workspace must not
/// stand ready to be run in another.
pub(super) fn read(owner: &str) -> Vec<Call> {
    let Some(storage) = storage() else {
        return Vec::new();
    };
    let own = key(owner);
    let names = (0..storage.length().unwrap_or_default()).rev();
    for name in names.filter_map(|place| storage.key(place).ok().flatten()) {
        if name.starts_with(KEPT) && name != own {
            let _ = storage.remove_item(&name);
        }
    }
    let calls = storage.get_item(&own).ok().flatten();
    let calls = calls.and_then(|calls| Json::parse_in_browser(&calls).ok());
    let calls = calls.as_ref().and_then(Json::as_array).unwrap_or_default();
    let call = |call: &Json| Call::new(text(call, "tool"), text(call, "arguments"));
    calls.iter().map(call).take(TABS_MAX).collect()
}

/// Has the browser keep the owner's calls. One that keeps nothing shows them until the page is left.
pub(super) fn write(owner: &str, calls: &[Call]) {
    let Some(storage) = storage() else { return };
    let quoted = |text: &str| one_line(&Json::String(text.to_owned()));
    let mut text = String::from("[");
    for call in calls {
        let separator = if text.len() == 1 { "" } else { "," };
        let (tool, arguments) = (quoted(&call.tool), quoted(&call.kept));
        let parts = [
            separator,
            "{\"tool\":",
            &tool,
            ",\"arguments\":",
            &arguments,
            "}",
        ];
        text.push_str(&parts.concat());
    }
    text.push(']');
    let _ = storage.set_item(&key(owner), &text);
}
