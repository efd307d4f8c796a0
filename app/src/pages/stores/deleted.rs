//! Stores that were deleted and can still be restored.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use orderdesk_mcp_contract::views::store::DeletedStoreView;
use server_fn::ServerFn as _;

use super::api::{RESTORE_FORM, RestoreStore};
use crate::parts::{
    Look, Tone, Whole, badge, el, hidden, post_form, refusal, submit_button, time, toast, told,
};
use crate::routes;
use crate::transport::Submission;

/// One card for all of them; nothing when there are none.
pub(super) fn deleted_card(stores: Vec<DeletedStoreView>, can_restore: bool) -> AnyView {
    if stores.is_empty() {
        return ().whole();
    }
    let restore = Submission::new();
    let navigate = use_navigate();
    let ids: Vec<_> = stores
        .iter()
        .map(|deleted| (deleted.store.store_name.clone(), deleted.store.id))
        .collect();
    Effect::new(move |_| {
        let Some(Ok(name)) = restore.answer::<String>() else {
            return;
        };
        toast([&name, " is restored."].concat());
        if let Some((_, id)) = ids.iter().find(|(known, _)| *known == name) {
            navigate(&routes::store(*id), NavigateOptions::default());
        }
    });
    let rows = stores
        .into_iter()
        .map(|deleted| row(can_restore.then_some(restore), deleted))
        .collect();
    el("section")
        .class("card deleted-stores")
        .with("aria-labelledby", "deleted-title")
        .around(vec![
            el("h2")
                .with("id", "deleted-title")
                .text("Deleted stores")
                .whole(),
            el("p")
                .class("hint")
                .text("Their API keys are destroyed when the time is over. Until then their ids and names stay taken.")
                .whole(),
            told(refusal(restore, RESTORE_FORM)),
            el("ul").around(rows),
        ])
}

/// One of them, with the way back for whoever may restore it.
fn row(restore: Option<Submission>, deleted: DeletedStoreView) -> AnyView {
    let sandbox = deleted
        .store
        .sandbox
        .then(|| badge(Tone::Info, "flask-conical", "Sandbox"));
    let about = el("div")
        .child(
            el("p")
                .class("deleted-name")
                .text(deleted.store.store_name)
                .maybe(sandbox),
        )
        .child(
            el("p")
                .class("hint")
                .text("Can be restored until ")
                .child(time(deleted.restorable_until))
                .text("."),
        );
    let form = restore.map(|restore| {
        let form = vec![
            hidden("id", deleted.store.id.to_string()).whole(),
            submit_button(Look::Plain, restore.pending(), "undo-2", "Restore"),
        ];
        post_form(restore, RestoreStore::url(), form)
    });
    el("li")
        .class("deleted-store")
        .with("id", ["deleted-", &deleted.store.id.to_string()].concat())
        .around(vec![about.whole(), form.whole()])
}
