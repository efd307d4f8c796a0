//! What is open above the page: drawn as [`Markup`], listened to at its one dialog.

use std::cell::RefCell;
use std::time::Duration;

use leptos::prelude::*;
use server_fn::ServerFn as _;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;

use super::api::{Hit, Search};
use super::lines::{Palette, line_id};
use super::sheet::shortcut_sheet;
use super::{LETTERS_COOKIE, Overlay, find, press};
use crate::parts::Markup;
use crate::theme::remember;
use crate::transport::{read, request};

/// How long the typing rests before the server is asked.
const REST: Duration = Duration::from_millis(150);
/// Fewer letters find too much.
const LEAST: usize = 2;

struct Open {
    palette: Palette,
    shown: <Markup as Render>::State,
    /// Heard for as long as the dialog is open. Called within itself too: Enter clicks a line.
    listener: Closure<dyn Fn(web_sys::Event)>,
}

/// What is heard of it.
const KINDS: [&str; 4] = ["click", "keydown", "input", "close"];

thread_local! {
    /// In the browser, which has one thread: what is open.
    static OPEN: RefCell<Option<Open>> = const { RefCell::new(None) };
}

/// Opens one above the page. What was open before makes room.
#[lazy]
pub(super) fn open_overlay(what: Overlay) {
    remove();
    let palette = Palette::default();
    let view = match what {
        Overlay::Palette => palette.view(),
        Overlay::Shortcuts => shortcut_sheet(),
    };
    let mut shown = view.build();
    let (Some(body), Some(dialog)) = (document().body(), dialog_of(&shown)) else {
        return;
    };
    shown.mount(&body, None);
    let listener = Closure::new(|event: web_sys::Event| heard(&event));
    for kind in KINDS {
        // Fails for no kind of event.
        let _ = dialog.add_event_listener_with_callback(kind, listener.as_ref().unchecked_ref());
    }
    // Fails only for a dialog that is open or not in the page; this one was just put there.
    let _ = dialog.show_modal();
    OPEN.set(Some(Open {
        palette,
        shown,
        listener,
    }));
}

fn dialog_of(shown: &<Markup as Render>::State) -> Option<web_sys::HtmlDialogElement> {
    shown.elements().pop()?.dyn_into().ok()
}

/// Takes away what was open.
fn remove() {
    if let Some(mut open) = OPEN.take() {
        // A dialog tells a moment later that it was closed, when what listens may have made room for another.
        if let Some(dialog) = dialog_of(&open.shown) {
            for kind in KINDS {
                let listener = open.listener.as_ref().unchecked_ref();
                // Fails for no kind of event.
                let _ = dialog.remove_event_listener_with_callback(kind, listener);
            }
        }
        open.shown.unmount();
    }
}

/// Changes the palette and shows what came of it. Does nothing when it is no longer open.
fn change(how: impl FnOnce(&mut Palette)) {
    OPEN.with_borrow_mut(|open| {
        if let Some(open) = open {
            how(&mut open.palette);
            open.palette.view().rebuild(&mut open.shown);
        }
    });
}

fn heard(event: &web_sys::Event) {
    let Some(target) = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
    else {
        return;
    };
    if event.type_() == "close" {
        // Not at once: what listens cannot go away while it is called.
        leptos::task::spawn_local(async { remove() });
    } else if let Some(key) = event.dyn_ref::<web_sys::KeyboardEvent>() {
        if target.has_attribute("aria-controls") {
            steer(key);
        }
    } else if let Some(input) = target.dyn_ref::<web_sys::HtmlInputElement>() {
        if event.type_() != "input" {
        } else if input.type_() == "checkbox" {
            remember(LETTERS_COOKIE, if input.checked() { "on" } else { "off" });
        } else {
            look_for(input.value());
        }
    } else if let Some(mouse) = event.dyn_ref::<web_sys::MouseEvent>() {
        clicked(mouse, &target);
    }
}

/// A line was clicked, or what is behind the dialog: either closes it. Links are followed by the router.
fn clicked(event: &web_sys::MouseEvent, target: &web_sys::Element) {
    let line = target.closest(".palette-line").ok().flatten();
    let is_beside = target.tag_name() == "DIALOG";
    let opens_a_tab = event.ctrl_key() || event.meta_key() || event.shift_key();
    let dialog = OPEN.with_borrow(|open| open.as_ref().and_then(|open| dialog_of(&open.shown)));
    if let Some(dialog) = dialog
        && (is_beside || line.is_some())
        && !opens_a_tab
    {
        dialog.close();
    }
    if let Some(selector) = line.and_then(|line| line.get_attribute("data-press")) {
        press(&selector);
    }
}

fn look_for(text: String) {
    let is_enough = text.trim().chars().count() >= LEAST;
    change(|palette| {
        *palette = Palette {
            typed: text.clone(),
            says: if is_enough { "Searching" } else { "" }.into(),
            ..Palette::default()
        };
    });
    if is_enough {
        let ask = move || {
            if is_about(&text) {
                leptos::task::spawn_local(ask(text));
            }
        };
        set_timeout(ask, REST);
    }
}

/// Whether the palette is still open with that text.
fn is_about(text: &str) -> bool {
    OPEN.with_borrow(|open| open.as_ref().is_some_and(|open| open.palette.typed == text))
}

async fn ask(text: String) {
    let answer = request(Search::url(), &[("text", &text)], None).await;
    let found = answer.and_then(|answer| read::<Vec<Hit>>(&answer));
    if !is_about(&text) {
        return;
    }
    change(|palette| match found {
        Ok(hits) => {
            palette.hits = hits;
            palette.says = if palette.length() > 0 {
                "".into()
            } else {
                "Nothing has that name. Orders and changes are found by their ids.".into()
            };
        }
        Err(error) => palette.says = error.message.into(),
    });
}

fn steer(event: &web_sys::KeyboardEvent) {
    let (chosen, length) = OPEN.with_borrow(|open| {
        open.as_ref()
            .map_or((0, 0), |open| (open.palette.chosen, open.palette.length()))
    });
    let last = length.saturating_sub(1);
    let next = match event.key().as_str() {
        "ArrowDown" if chosen >= last => 0,
        "ArrowDown" => chosen + 1,
        "ArrowUp" => chosen.checked_sub(1).unwrap_or(last),
        "Enter" => chosen,
        _ => return,
    };
    event.prevent_default();
    change(|palette| palette.chosen = next);
    let Some(line) = find(&["#", &line_id(next)].concat()) else {
        return;
    };
    if event.key() != "Enter" {
        line.scroll_into_view_with_bool(false);
    } else if let (true, Some(path)) = (
        event.ctrl_key() || event.meta_key(),
        line.get_attribute("href"),
    ) {
        // A browser that opens no window says so itself.
        let _ = window().open_with_url_and_target(&path, "_blank");
    } else {
        line.click();
    }
}
