//! Removing a store.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use orderdesk_mcp_contract::validate::NAME_MAX;
use orderdesk_mcp_contract::views::store::{StoreTiesView, StoreView};

use server_fn::ServerFn as _;

use super::api::{DELETE_FORM, DeleteStore};
use crate::parts::format::{count, plural};
use crate::parts::{
    Look, Markup, TextField, Whole, dialog, dialog_button, el, hidden, left_refusal, post_form,
    refusal, submit_button, toast, told, told_in_general, typed_name,
};
use crate::routes;
use crate::transport::Submission;

const DIALOG: &str = "delete-store";
const WHAT_GOES: &str = "Assistants lose it at once. It can be restored for 7 days; then its API key is destroyed. Nothing in Order Desk changes, and what was recorded stays.";

/// What deletes a store, at the end of the page, behind a typed name.
pub(super) fn danger_zone(store: StoreView, ties: StoreTiesView) -> AnyView {
    let delete_store = Submission::new();
    let refusal = refusal(delete_store, DELETE_FORM);
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(Ok(name)) = delete_store.answer::<String>() {
            toast([&name, " was removed. It can be restored for 7 days."].concat());
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
        what_goes(ties).whole(),
        told_in_general(refusal),
        typed_name(store.store_name).whole(),
        hidden("id", store.id.to_string()).whole(),
        view! { <TextField name="typed_name" label="Name of the store" max=NAME_MAX refusal/> }
            .whole(),
        el("div")
            .class("actions actions-end")
            .around(vec![submit_button(
                Look::Danger,
                delete_store.pending(),
                "",
                "Delete store",
            )]),
    ];
    let dialog = dialog(
        DIALOG,
        "Delete store",
        is_done,
        vec![post_form(delete_store, DeleteStore::url(), form)],
    );
    vec![card, dialog].whole()
}

/// What hangs on the store, and what becomes of it.
fn what_goes(ties: StoreTiesView) -> Markup {
    let StoreTiesView {
        changes,
        waiting,
        open,
        active,
    } = ties;
    let line = |text: String| el("li").text(text);
    let kept = match changes {
        0 => "No change of it was ever asked for.".to_owned(),
        1 => "The record of its one change is kept.".to_owned(),
        many => ["The records of its ", &count(many), " changes are kept."].concat(),
    };
    let denied = (waiting > 0).then(|| {
        let proposals = plural(waiting, "proposal waits", "proposals wait");
        line([&proposals, " for a person: denied with it."].concat())
    });
    let held = (open > 0).then(|| {
        let changes = plural(open, "change is", "changes are");
        line(
            [
                &changes,
                " under way or not settled yet: until then it cannot be deleted.",
            ]
            .concat(),
        )
    });
    let keys = (active > 0).then(|| {
        let whose = plural(active, "key or person has", "keys and people have");
        line([&whose, " it as the active store, and none afterwards."].concat())
    });
    el("ul")
        .class("what-goes")
        .maybe(held)
        .maybe(denied)
        .maybe(keys)
        .child(line(kept))
}
