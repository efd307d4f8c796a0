//! Revoking a key.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use orderdesk_mcp_contract::KeyId;
use orderdesk_mcp_contract::validate::NAME_MAX;
use server_fn::ServerFn as _;

use super::api::{REVOKE_FORM, RevokeKey};
use crate::parts::{
    Look, TextField, Whole, dialog, dialog_button, el, hidden, left_refusal, post_form, refusal,
    submit_button, toast, told, told_in_general, typed_name,
};
use crate::routes;
use crate::transport::Submission;

const DIALOG: &str = "revoke-key";

/// What cannot be undone, at the end of the page, behind a typed name.
pub(super) fn revoke_card(id: KeyId, name: String, is_own: bool) -> AnyView {
    let revoke = Submission::new();
    let refusal = refusal(revoke, REVOKE_FORM);
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(Ok(name)) = revoke.answer::<String>() {
            toast(["The key ", &name, " is revoked."].concat());
            navigate(routes::KEYS, NavigateOptions::default());
        }
    });
    let is_done = Signal::derive(move || revoke.is_answered() && revoke.refusal().is_none());
    let hint = |text: &'static str| el("p").class("hint").text(text);
    let about = vec![
        el("h2").with("id", "danger-title").text("Revoke this key").whole(),
        hint("Whoever uses it is refused from that moment. What it proposed stays, and can still be decided.").whole(),
        is_own.then(|| hint("You have signed in with this key: revoking it signs you out.")).whole(),
        told(left_refusal(REVOKE_FORM)),
    ];
    let card = el("section")
        .class("card danger")
        .with("aria-labelledby", "danger-title")
        .around(vec![
            el("div").around(about),
            dialog_button(
                DIALOG,
                "button button-danger-quiet",
                "trash-2",
                "Revoke key",
            ),
        ]);
    let form = vec![
        el("p")
            .text(
                "This cannot be undone. A new key must be made and given to whoever used this one.",
            )
            .whole(),
        told_in_general(refusal),
        typed_name(name).whole(),
        hidden("id", id.to_string()).whole(),
        view! { <TextField name="typed_name" label="Name of the key" max=NAME_MAX refusal/> }
            .whole(),
        el("div")
            .class("actions actions-end")
            .around(vec![submit_button(
                Look::Danger,
                revoke.pending(),
                "",
                "Revoke key",
            )]),
    ];
    let dialog = dialog(
        DIALOG,
        "Revoke key",
        is_done,
        vec![post_form(revoke, RevokeKey::url(), form)],
    );
    vec![card, dialog].whole()
}
