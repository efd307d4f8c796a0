use leptos::html;
use leptos::prelude::*;

use super::{Tone, Whole, notice};
use wasm_bindgen::JsCast as _;

use crate::flash::flash_for;
use crate::transport::Submission;
use orderdesk_mcp_contract::ApiError;

/// A form for a server function. The browser sends it by itself before the page is hydrated; after that it is
/// sent from here and the page stays.
#[component]
pub(crate) fn PostForm(
    submission: Submission,
    /// The server function's address.
    url: &'static str,
    #[prop(default = NodeRef::new())] form: NodeRef<html::Form>,
    children: Children,
) -> impl IntoView {
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let form = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::HtmlFormElement>().ok());
        if let Some(form) = form
            && !submission.pending().get_untracked()
        {
            submission.send(url, &form);
        }
    };
    view! {
        <form method="post" action=url node_ref=form on:submit=send>
            {children()}
        </form>
    }
    .whole()
}

/// A [`PostForm`] around these parts.
pub(crate) fn post_form(submission: Submission, url: &'static str, parts: Vec<AnyView>) -> AnyView {
    view! { <PostForm submission url>{parts}</PostForm> }.whole()
}

/// Says why something was refused, once it was.
pub(crate) fn told(error: impl Into<Signal<Option<ApiError>>>) -> AnyView {
    told_when(error.into(), |_| true)
}

/// The same for a form whose fields say themselves what is wrong with them: what is about none of them.
pub(crate) fn told_in_general(error: impl Into<Signal<Option<ApiError>>>) -> AnyView {
    told_when(error.into(), |error| error.field.is_none())
}

fn told_when(error: Signal<Option<ApiError>>, is_told: fn(&ApiError) -> bool) -> AnyView {
    let tell = move || {
        let error = error.get().filter(is_told)?;
        Some(notice(Tone::Error, error.message))
    };
    tell.whole()
}

/// What a form without script was refused for, where it is not the form itself that says it.
pub(crate) fn left_refusal(form: &'static str) -> Signal<Option<ApiError>> {
    let flash = flash_for(form);
    Signal::derive(move || flash.get().and_then(|flash| flash.error))
}

/// Why a form was refused: by the answer on this page, or by the submission before it.
pub(crate) fn refusal(submission: Submission, form: &'static str) -> Signal<Option<ApiError>> {
    let flash = flash_for(form);
    Signal::derive(move || {
        if submission.is_answered() {
            submission.refusal()
        } else {
            flash.get().and_then(|flash| flash.error)
        }
    })
}
