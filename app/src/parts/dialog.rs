//! Modal dialogs on the browser's own element: it keeps the focus in, gives it back and closes on Escape.

use leptos::html;
use leptos::prelude::*;

use super::{Icon, Whole};

/// A dialog that [`DialogButton`] opens.
#[component]
pub(crate) fn Dialog(
    id: &'static str,
    #[prop(into)] title: String,
    /// Changes when the dialog has done its work and shall close.
    #[prop(into)]
    done: Signal<bool>,
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        if done.get()
            && let Some(dialog) = node.get()
        {
            dialog.close();
        }
    });
    view! {
        <dialog id=id class="dialog" node_ref=node aria-labelledby=format!("{id}-title")>
            <header class="dialog-head">
                <h2 id=format!("{id}-title")>{title}</h2>
                <form method="dialog">
                    <button class="button button-quiet button-icon" aria-label="Close">
                        <Icon name="x"/>
                    </button>
                </form>
            </header>
            {children()}
        </dialog>
    }
    .whole()
}

/// Opens a [`Dialog`]: by itself in browsers with invoker commands, even without script, else by script.
#[component]
pub(crate) fn DialogButton(
    dialog: &'static str,
    class: &'static str,
    children: Children,
) -> impl IntoView {
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
            {children()}
        </button>
    }
    .whole()
}
