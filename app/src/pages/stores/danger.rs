//! Removing a store.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use orderdesk_mcp_contract::validate::NAME_MAX;
use orderdesk_mcp_contract::views::store::StoreView;

use server_fn::ServerFn as _;

use super::api::{DELETE_FORM, DeleteStore};
use crate::parts::{
    Dialog, DialogButton, Icon, Look, Notice, PostForm, SubmitButton, TextField, Tone, Whole,
    refusal, toast,
};
use crate::routes;
use crate::transport::Submission;

const DIALOG: &str = "delete-store";

/// What cannot be undone, at the end of the page, behind a typed name.
#[component]
pub(super) fn DangerZone(store: StoreView) -> impl IntoView {
    let delete_store = Submission::new();
    let refusal = refusal(delete_store, DELETE_FORM);
    let flash = crate::flash::flash_for(DELETE_FORM);
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(Ok(name)) = delete_store.answer::<String>() {
            toast(format!("{name} was removed."));
            navigate(routes::STORES, NavigateOptions::default());
        }
    });
    let is_done =
        Signal::derive(move || delete_store.is_answered() && delete_store.refusal().is_none());
    let name = store.store_name.clone();
    view! {
        <section class="card danger" aria-labelledby="danger-title">
            <div>
                <h2 id="danger-title">"Delete this store"</h2>
                <p class="hint">
                    "Assistants lose it at once and the saved API key is destroyed. Nothing in Order Desk changes, and what was recorded stays."
                </p>
                {move || flash.get().and_then(|flash| flash.error).map(|error| view! {
                    <Notice tone=Tone::Error><p>{error.message}</p></Notice>
                })}
            </div>
            <DialogButton dialog=DIALOG class="button button-danger-quiet">
                <Icon name="trash-2"/>
                "Delete store"
            </DialogButton>
        </section>
        <Dialog id=DIALOG title="Delete store" done=is_done>
            <PostForm submission=delete_store url=DeleteStore::url()>
                <p>"This cannot be undone. To use the store again, it must be added again with its API key."</p>
                {move || refusal.get().filter(|error| error.field.is_none()).map(|error| view! {
                    <Notice tone=Tone::Error><p>{error.message}</p></Notice>
                })}
                <p>"Type "<strong class="typed-name">{name.clone()}</strong>" to confirm."</p>
                <input type="hidden" name="id" value=store.id.to_string()/>
                <TextField name="typed_name" label="Name of the store" max=NAME_MAX refusal/>
                <div class="actions actions-end">
                    <SubmitButton look=Look::Danger pending=delete_store.pending()>"Delete store"</SubmitButton>
                </div>
            </PostForm>
        </Dialog>
    }
    .whole()
}
