//! What stands on the page, by selectors.

use leptos::prelude::document;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, Event, HtmlElement};

/// The first element that a selector finds.
pub(super) fn find(selector: &str) -> Option<HtmlElement> {
    let found = document().query_selector(selector).ok().flatten();
    found.and_then(|found| found.dyn_into().ok())
}

/// Whether there is one that is not left out of the page, as what stands beside a list is on a narrow one.
pub(super) fn is_seen(selector: &str) -> bool {
    find(selector).is_some_and(|found| found.get_bounding_client_rect().width() > 0.0)
}

/// All elements that it finds, in order.
pub(super) fn all_of(selector: &str) -> Vec<HtmlElement> {
    let found = document().query_selector_all(selector).ok();
    let found = found.iter().flat_map(|found| {
        (0..found.length()).filter_map(|place| found.item(place)?.dyn_into().ok())
    });
    found.collect()
}

/// The innermost element around what an event is about that a selector finds.
pub(super) fn around(event: &Event, selector: &str) -> Option<Element> {
    let target: Element = event.target()?.dyn_into().ok()?;
    target.closest(selector).ok()?
}
