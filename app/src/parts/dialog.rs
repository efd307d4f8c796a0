//! Modal dialogs on the browser's own element: it keeps the focus in, gives it back and closes on Escape.

use leptos::html;
use leptos::prelude::*;

use super::markup::{Markup, el};
use super::{Whole, icon};

/// A dialog that [`dialog_button`] opens. `done` changes when it has done its work and shall close.
pub(crate) fn dialog(
    id: &'static str,
    title: &'static str,
    done: Signal<bool>,
    parts: Vec<AnyView>,
) -> AnyView {
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        if done.get()
            && let Some(dialog) = node.get()
        {
            dialog.close();
        }
    });
    let title_id = [id, "-title"].concat();
    let close = el("button")
        .class("button button-quiet button-icon")
        .with("aria-label", "Close")
        .child(icon("x"));
    let head = el("header")
        .class("dialog-head")
        .child(el("h2").with("id", title_id.clone()).text(title))
        .child(el("form").with("method", "dialog").child(close));
    view! {
        <dialog id=id class="dialog" node_ref=node aria-labelledby=title_id>
            {head}
            {parts}
        </dialog>
    }
    .whole()
}

/// Opens a [`dialog`]: by itself in browsers with invoker commands, even without script, else by script.
pub(crate) fn dialog_button(
    dialog: &'static str,
    class: &'static str,
    icon_name: &'static str,
    label: &'static str,
) -> AnyView {
    let open = move |event: web_sys::MouseEvent| {
        // Else the browser opens what is open already, and says so in the console.
        event.prevent_default();
        use wasm_bindgen::JsCast as _;
        let found = document().get_element_by_id(dialog);
        if let Some(dialog) =
            found.and_then(|element| element.dyn_into::<web_sys::HtmlDialogElement>().ok())
            && !dialog.open()
        {
            // Fails only for a dialog that is already open or not in the page, both just ruled out.
            let _ = dialog.show_modal();
        }
    };
    view! {
        <button
            type="button" class=class on:click=open commandfor=dialog command="show-modal"
        >
            {icon(icon_name)}
            {label}
        </button>
    }
    .whole()
}

/// The question for a name that is to be typed before something is done.
pub(crate) fn typed_name(name: String) -> Markup {
    el("p")
        .text("Type ")
        .child(el("strong").class("typed-name").text(name))
        .text(" to confirm.")
}
