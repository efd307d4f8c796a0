//! What fields say.

use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlInputElement};

use super::dom::{by_id, value};
use super::state;
use super::value::put;

/// Takes what was typed, chosen and ticked before the page could hear it.
pub(super) fn take_typed() {
    let Some(fields) = by_id("console-fields") else {
        return;
    };
    let all = fields.get_elements_by_tag_name("*");
    for input in (0..all.length()).filter_map(|place| all.item(place)) {
        if let Some(path) = input.get_attribute("data-path")
            && is_typed(&input)
        {
            take(input, &path);
        }
    }
}

/// Whether an input says something else than it was drawn with.
fn is_typed(input: &Element) -> bool {
    if input.get_attribute("type").as_deref() == Some("checkbox") {
        let is_on = input.unchecked_ref::<HtmlInputElement>().checked();
        return is_on != input.has_attribute("checked");
    }
    let drawn = match input.tag_name().as_str() {
        "TEXTAREA" => input.text_content(),
        "SELECT" => input
            .query_selector("option[selected]")
            .ok()
            .flatten()
            .and_then(|option| option.get_attribute("value")),
        // An input has no lines.
        _ => input
            .get_attribute("value")
            .map(|value| value.replace(['\r', '\n'], "")),
    };
    value(input.clone()) != drawn.unwrap_or_default()
}

/// Takes what a field says.
pub(super) fn take(input: Element, path: &str) {
    let is_on = input.unchecked_ref::<HtmlInputElement>().checked();
    let typed = value(input);
    state::edit(|call, spec| {
        if !call.is_broken {
            put(&mut call.arguments, spec, path, &typed, is_on);
            call.form_edited(spec);
        }
    });
}
