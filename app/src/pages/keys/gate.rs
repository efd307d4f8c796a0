//! Keeps people on the page until they have said that they saved what is shown once.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;

use crate::parts::{Whole, el};

/// What must be seen to before going on, as a dialog over the page that does not close by itself. Without script it
/// stands on the page as it is.
pub(super) fn gate(title: &'static str, parts: Vec<AnyView>) -> AnyView {
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        if node.get().is_some() {
            show_when_there(node);
        }
    });
    // Browsers close a dialog at the second Escape, whatever the page says.
    let reopen = move |_| {
        if let Some(dialog) = node.get_untracked()
            && dialog.is_connected()
        {
            make_modal(&dialog);
        }
    };
    let leaving = window_event_listener(ev::beforeunload, |event| event.prevent_default());
    on_cleanup(move || leaving.remove());
    let head = el("h2").with("id", "gate-title").text(title);
    view! {
        <dialog
            class="dialog gate" open=true node_ref=node aria-labelledby="gate-title" on:close=reopen
            on:cancel=|event: web_sys::Event| event.prevent_default()
        >
            {head}
            {parts}
        </dialog>
    }
    .whole()
}

/// After a navigation the dialog is made before it stands on the page.
fn show_when_there(node: NodeRef<html::Dialog>) {
    request_animation_frame(move || match node.try_get_untracked().flatten() {
        Some(dialog) if dialog.is_connected() => make_modal(&dialog),
        Some(_) => show_when_there(node),
        None => {}
    });
}

fn make_modal(dialog: &web_sys::HtmlDialogElement) {
    // Not by `close`, whose event would open it again.
    let _ = dialog.remove_attribute("open");
    // Fails only for a dialog that is open or not in the page, both just ruled out.
    let _ = dialog.show_modal();
}
