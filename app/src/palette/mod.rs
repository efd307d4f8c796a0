//! The command palette and the keyboard shortcuts. What listens is here, in the part that every page loads; what is shown
//! comes the first time it is asked for.

mod api;
mod lines;
mod overlay;
mod rank;
mod sheet;

use std::cell::Cell;

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;

use self::overlay::open_overlay;
use crate::parts::{Markup, el, icon};

/// How long after `g` its second letter counts, in milliseconds.
const SECOND_LETTER_MS: f64 = 1_500.0;
/// The cookie that switches single letters off (WCAG 2.2, 2.1.4).
const LETTERS_COOKIE: &str = "shortcuts";
/// The button that opens the palette. Where it is not, there is nothing to go to.
const BUTTON: &str = ".find";

/// What opens above the page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Overlay {
    Palette,
    Shortcuts,
}

thread_local! {
    /// In the browser, which has one thread: when `g` was pressed, by the events' clock.
    static G_AT: Cell<f64> = const { Cell::new(f64::NEG_INFINITY) };
}

/// Listens to the keyboard, and to the palette's button. Once, in the root: it stays for as long as the page.
pub(crate) fn listen_to_keys() {
    Effect::new(|_| {
        let heard = Closure::<dyn Fn(_)>::new(|event: web_sys::Event| {
            if let Some(key) = event.dyn_ref::<web_sys::KeyboardEvent>() {
                pressed(key);
            } else if is_within(&event, BUTTON) {
                open(Overlay::Palette);
            }
        });
        for kind in ["keydown", "click"] {
            // Fails for no kind of event.
            let _ = window().add_event_listener_with_callback(kind, heard.as_ref().unchecked_ref());
        }
        heard.forget();
    });
}

fn pressed(event: &web_sys::KeyboardEvent) {
    let key = event.key();
    let has_control = event.ctrl_key() || event.meta_key();
    if find(BUTTON).is_none() {
        return;
    }
    if has_control && (key == "k" || key == "K") {
        event.prevent_default();
        open(Overlay::Palette);
        return;
    }
    let takes_letters = "input, textarea, select, dialog, [contenteditable]";
    if has_control || event.alt_key() || is_within(event, takes_letters) || !letters_are_on() {
        return;
    }
    let g_at = G_AT.replace(f64::NEG_INFINITY);
    let is_second = event.time_stamp() - g_at < SECOND_LETTER_MS;
    if is_second && press(&["[data-go='", &key, "']"].concat()) {
        // It is no letter of the page that is left.
        event.prevent_default();
        return;
    }
    match key.as_str() {
        "g" => G_AT.set(event.time_stamp()),
        "?" => open(Overlay::Shortcuts),
        "/" => {
            event.prevent_default();
            if let Some(search) = find("main input[type=search]") {
                // An element that cannot have the focus leaves it where it is.
                let _ = search.focus();
            } else {
                open(Overlay::Palette);
            }
        }
        _ => {}
    }
}

fn open(what: Overlay) {
    leptos::task::spawn_local(open_overlay(what));
}

/// Whether an event happened in such an element.
fn is_within(event: &web_sys::Event, selector: &str) -> bool {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|target| matches!(target.closest(selector), Ok(Some(_))))
}

fn find(selector: &str) -> Option<web_sys::HtmlElement> {
    let found = document().query_selector(selector).ok().flatten();
    found.and_then(|found| found.dyn_into().ok())
}

/// Presses what is on the page already, a link of the navigation for instance. Whether it is there.
fn press(selector: &str) -> bool {
    let found = find(selector);
    if let Some(element) = &found {
        element.click();
    }
    found.is_some()
}

/// Whether single letters do something (WCAG 2.2, 2.1.4).
pub(crate) fn letters_are_on() -> bool {
    let cookies = document()
        .dyn_into::<web_sys::HtmlDocument>()
        .ok()
        .and_then(|document| document.cookie().ok());
    let off = [LETTERS_COOKIE, "=off"].concat();
    !cookies.is_some_and(|cookies| cookies.contains(&off))
}

/// Opens the palette, for those who do not know the keys.
pub(crate) fn palette_button() -> Markup {
    el("button")
        .class("button find needs-script")
        .with("type", "button")
        .with("title", "Search and go (Ctrl K)")
        .with("aria-label", "Search and go")
        .with("aria-keyshortcuts", "Control+K Meta+K")
        .with("aria-haspopup", "dialog")
        .child(icon("search"))
        .child(el("span").class("nav-name").text("Search"))
        .child(el("kbd").class("nav-name").text("Ctrl K"))
}
