//! Changing a store's name, label and credentials.

use leptos::prelude::*;
use orderdesk_mcp_contract::UtcMillis;
use orderdesk_mcp_contract::validate::NAME_MAX;
use orderdesk_mcp_contract::views::connection::ConnectionReport;
use orderdesk_mcp_contract::views::store::StoreView;
use server_fn::ServerFn as _;

use super::api::{Added, EDIT_FORM, EditStore};
use super::left_report;
use crate::flash::flash_for;
use crate::parts::{
    Look, SecretField, TextField, Tone, Whole, connection_steps, el, hidden, notice, post_form,
    refusal, submit_button, toast, told_in_general,
};
use crate::transport::{Data, Submission};

const KEY_STAYS: &str =
    "Nothing was saved: the new API key does not open the store. The saved one stays in use.";

/// The form belongs to the page, not to what is shown of the store: that is read anew after it.
#[derive(Clone, Copy)]
struct Editing(Submission);

/// For the page of a store: says that it was saved, and shows it as it is then.
pub(super) fn provide_editing(store: Data) {
    let edit = Submission::new();
    provide_context(Editing(edit));
    Effect::new(move |_| {
        if let Some(Ok(Added::Saved(_))) = edit.answer::<Added>() {
            toast("The store is saved.");
            store.refetch();
        }
    });
}

/// All that can be changed of a store in one form.
pub(super) fn edit_card(store: &StoreView, updated_at: UtcMillis) -> AnyView {
    let Editing(edit) = expect_context();
    let refused = refusal(edit, EDIT_FORM);
    let flash = flash_for(EDIT_FORM);
    let typed = move |name: &str, saved: String| {
        let values = flash.get_untracked().map(|flash| flash.values);
        values
            .into_iter()
            .flatten()
            .find_map(|(found, value)| (found == name).then_some(value))
            .unwrap_or(saved)
    };
    let report = move || match edit.answer::<Added>() {
        Some(Ok(Added::Refused(report))) => Some(report),
        Some(_) => None,
        None => flash.get().as_ref().and_then(left_report),
    };
    let shown = move || report().map(refused_key);
    let name = typed("store_name", store.store_name.clone());
    let label = typed("label", store.label.clone().unwrap_or_default());
    let form = vec![
        told_in_general(refused),
        hidden("id", store.id.to_string()).whole(),
        hidden("seen", updated_at.0.to_string()).whole(),
        view! {
            <TextField
                name="store_name" label="Name" max=NAME_MAX value=name refusal=refused
                help="What assistants call the store. They find it under the old name no more."
            />
        }
        .whole(),
        view! { <TextField name="label" label="Label" optional=true max=NAME_MAX value=label refusal=refused/> }
            .whole(),
        view! {
            <SecretField
                name="api_key" label="New API key" autocomplete="off" optional=true refusal=refused
                help="Blank keeps the saved one. A new one is tried with Order Desk first; until it works, the saved one stays."
            />
        }
        .whole(),
        submit_button(Look::Plain, edit.pending(), "", "Save the store"),
    ];
    el("section")
        .class("card")
        .with("aria-labelledby", "edit-title")
        .around(vec![
            el("h2")
                .with("id", "edit-title")
                .text("Name and credentials")
                .whole(),
            post_form(edit, EditStore::url(), form),
            el("div")
                .class("form-result")
                .with("aria-live", "polite")
                .around(vec![shown.whole()]),
        ])
}

fn refused_key(report: ConnectionReport) -> AnyView {
    vec![notice(Tone::Error, KEY_STAYS), connection_steps(report)].whole()
}
