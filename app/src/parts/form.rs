use leptos::html;
use leptos::prelude::*;

use super::Whole;
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
