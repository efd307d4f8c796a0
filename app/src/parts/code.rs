use std::time::Duration;

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::markup::el;
use super::{Whole, icon};

/// How long "Copied" stands.
const SHOWN_FOR: Duration = Duration::from_secs(2);
/// How long it takes to read what to press.
const REFUSAL_SHOWN_FOR: Duration = Duration::from_secs(6);

/// What came of the last click.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Copying {
    Idle,
    Done,
    /// The browser gives no clipboard over plain HTTP, and may refuse it anywhere.
    Refused,
}

impl Copying {
    fn label(self) -> &'static str {
        match self {
            Self::Idle => "Copy",
            Self::Done => "Copied",
            Self::Refused => "Press Ctrl+C",
        }
    }

    /// What a screen reader hears; the button's own name stays.
    fn announcement(self) -> &'static str {
        match self {
            Self::Idle => "",
            Self::Done => "Copied",
            Self::Refused => "The browser did not copy it. It is selected: press Ctrl+C.",
        }
    }
}

/// Copies a text, which stands in the `<code>` beside it; hidden until the page is hydrated, since nothing but
/// script can do it.
#[component]
pub(crate) fn CopyButton(
    #[prop(into)] text: String,
    /// What is copied, for people who cannot see what stands beside the button.
    #[prop(into)]
    what: String,
) -> impl IntoView {
    let state = RwSignal::new(Copying::Idle);
    let button = NodeRef::<html::Button>::new();
    let label = format!("Copy {what}");
    let copy = move |_| {
        let text = text.clone();
        leptos::task::spawn_local(async move {
            let (outcome, shown_for) = if write_to_clipboard(&text).await {
                (Copying::Done, SHOWN_FOR)
            } else {
                select_code_beside(button);
                (Copying::Refused, REFUSAL_SHOWN_FOR)
            };
            state.try_set(outcome);
            set_timeout(
                move || {
                    state.try_set(Copying::Idle);
                },
                shown_for,
            );
        });
    };
    view! {
        <button
            type="button" class="button button-small copy needs-script" aria-label=label node_ref=button on:click=copy
        >
            {move || icon(if state.get() == Copying::Done { "check" } else { "copy" })}
            <span class="copy-label" class:copy-refused=move || state.get() == Copying::Refused>
                {move || state.get().label()}
            </span>
        </button>
        <span class="visually-hidden" role="status">{move || state.get().announcement()}</span>
    }
    .whole()
}

/// Copies a text; `false` when the browser did not.
pub(crate) async fn write_to_clipboard(text: &str) -> bool {
    let clipboard = window().navigator().clipboard();
    if clipboard.is_undefined() {
        return false;
    }
    JsFuture::from(clipboard.write_text(text)).await.is_ok()
}

/// Selects the code that the button belongs to, so that the keyboard copies it.
fn select_code_beside(button: NodeRef<html::Button>) {
    let code = button
        .get_untracked()
        .and_then(|button| button.parent_element())
        .and_then(|around| around.query_selector("code").ok().flatten());
    if let (Some(code), Ok(Some(selection))) = (code, window().get_selection()) {
        // Fails only for nodes that cannot be selected; an element can.
        let _ = selection.select_all_children(&code);
    }
}

/// A block of code to take away. `what` says what it is, for the copy button and the region's name.
pub(crate) fn code(text: String, what: &'static str) -> AnyView {
    code_of(text, what.to_owned())
}

/// The same for what has a name that was made.
pub(crate) fn code_of(text: String, what: String) -> AnyView {
    let pre = el("pre")
        .with("tabindex", "0")
        .with("role", "region")
        .with("aria-label", what.clone())
        .child(el("code").text(text.clone()));
    el("div")
        .class("code")
        .around(vec![pre.whole(), view! { <CopyButton text what/> }.whole()])
}
