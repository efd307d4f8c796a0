//! Removing a store.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use orderdesk_mcp_contract::validate::NAME_MAX;
use orderdesk_mcp_contract::views::store::StoreView;

use server_fn::ServerFn as _;

use super::api::{DELETE_FORM, DeleteStore};
use crate::parts::{
    Look, TextField, Whole, dialog, dialog_button, el, hidden, left_refusal, post_form, refusal,
    submit_button, toast, told, told_in_general, typed_name,
};
use crate::routes;
use crate::transport::Submission;

const DIALOG: &str = "delete-store";
const WHAT_GOES: &str = "Assistants lose it at once and the saved API key is destroyed. Nothing in Order Desk changes, and what was recorded stays.";

/// What cannot be undone, at the end of the page, behind a typed name.
pub(super) fn danger_zone(store: StoreView) -> AnyView {
    let delete_store = Submission::new();
    let refusal = refusal(delete_store, DELETE_FORM);
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(Ok(name)) = delete_store.answer::<String>() {
            toast([&name, " was removed."].concat());
            navigate(routes::STORES, NavigateOptions::default());
        }
    });
    let is_done =
        Signal::derive(move || delete_store.is_answered() && delete_store.refusal().is_none());
    let about = vec![
        el("h2")
            .with("id", "danger-title")
            .text("Delete this store")
            .whole(),
        el("p").class("hint").text(WHAT_GOES).whole(),
        told(left_refusal(DELETE_FORM)),
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
                "Delete store",
            ),
        ]);
    let form = vec![
        el("p")
            .text("This cannot be undone. To use the store again, it must be added again with its API key.")
            .whole(),
        told_in_general(refusal),
        typed_name(store.store_name).whole(),
        hidden("id", store.id.to_string()).whole(),
        view! { <TextField name="typed_name" label="Name of the store" max=NAME_MAX refusal/> }.whole(),
        el("div")
            .class("actions actions-end")
            .around(vec![submit_button(Look::Danger, delete_store.pending(), "", "Delete store")]),
    ];
    let dialog = dialog(
        DIALOG,
        "Delete store",
        is_done,
        vec![post_form(delete_store, DeleteStore::url(), form)],
    );
    vec![card, dialog].whole()
}
