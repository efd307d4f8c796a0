//! The page by hand: what is drawn into it, and what an event is about.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, Event};

use crate::parts::Markup;

pub(super) fn by_id(id: &str) -> Option<Element> {
    document().get_element_by_id(id)
}

/// Shows this and nothing else in an element.
pub(super) fn draw(id: &str, markup: Option<Markup>) {
    if let Some(element) = by_id(id) {
        element.set_text_content(None);
        if let Some(markup) = markup {
            append(&element, &markup);
        }
    }
}

/// Adds this to an element. It fails only for a parent that takes no children.
pub(super) fn append(element: &Element, markup: &Markup) {
    let _ = element.append_child(&markup.create());
}

pub(super) fn say(id: &str, text: &str) {
    if let Some(element) = by_id(id) {
        element.set_text_content(Some(text));
    }
}

pub(super) fn show(id: &str, is_shown: bool) {
    if let Some(element) = by_id(id) {
        set_flag(&element, "hidden", !is_shown);
    }
}

pub(super) fn set_flag(element: &Element, name: &str, holds: bool) {
    // Fails only for names that no attribute may have.
    let _ = if holds {
        element.set_attribute(name, "")
    } else {
        element.remove_attribute(name)
    };
}

/// Presses one of a group's buttons and lets the others go.
pub(super) fn press(group: &str, place: usize) {
    let buttons = by_id(group).map(|group| group.children());
    let Some(buttons) = buttons else { return };
    for (number, button) in (0..buttons.length())
        .filter_map(|at| buttons.item(at))
        .enumerate()
    {
        let is_pressed = number == place;
        let _ = button.set_attribute("aria-pressed", if is_pressed { "true" } else { "false" });
        button.set_class_name(if is_pressed { "tab tab-open" } else { "tab" });
    }
}

/// Moves the focus to what the selector finds, if it finds anything.
pub(super) fn focus(selector: &str) {
    if let Ok(Some(element)) = document().query_selector(selector)
        && let Ok(element) = element.dyn_into::<web_sys::HtmlElement>()
    {
        let _ = element.focus();
    }
}

pub(super) fn target(event: &Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

/// The element with this attribute that an event is about, or in which it happened, and what the attribute says.
pub(super) fn near(event: &Event, name: &str) -> Option<(Element, String)> {
    let selector = ["[", name, "]"].concat();
    let found = target(event)?.closest(&selector).ok()??;
    let value = found.get_attribute(name)?;
    Some((found, value))
}

/// What stands in the input or text of this id.
pub(super) fn value_of(id: &str) -> String {
    by_id(id).map(value).unwrap_or_default()
}

/// What stands in an input, a choice or a text: all have it under one name.
pub(super) fn value(input: Element) -> String {
    input.unchecked_into::<web_sys::HtmlInputElement>().value()
}

/// Puts text into an input or a text area.
pub(super) fn set_value(id: &str, text: &str) {
    if let Some(input) = by_id(id) {
        input
            .unchecked_into::<web_sys::HtmlInputElement>()
            .set_value(text);
    }
}
