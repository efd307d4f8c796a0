//! Adding a store.

use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use orderdesk_mcp_contract::validate::NAME_MAX;
use orderdesk_mcp_contract::views::connection::ConnectionReport;
use orderdesk_mcp_contract::views::store::StoreView;
use server_fn::ServerFn as _;

use super::api::{ADD_FORM, AddSandbox, AddStore, Added, CheckStore, IsSandboxOffered};
use super::left_report;
use crate::flash::{Flash, flash_for};
use crate::parts::{
    Look, PageHead, PostForm, SecretField, SubmitButton, TextField, Whole, connection_steps, el,
    post_form, refusal, submit_button, toast, told_in_general,
};
use crate::routes;
use crate::transport::{Answer, Submission, answer};

/// What the page at `/stores/new` shows, as a `bool`.
pub(super) fn ask() -> Answer {
    answer!(IsSandboxOffered, super::api::is_sandbox_offered(), &[])
}

/// The page at `/stores/new`.
pub(super) fn new_store(is_sandbox_offered: bool) -> AnyView {
    let head = view! { <PageHead title="Add a store" up=(routes::STORES, "Stores")/> };
    let mut columns = vec![view! { <AddForm/> }.whole()];
    if is_sandbox_offered {
        columns.push(sandbox_card());
    }
    let columns = el("div").class("columns columns-form").around(columns);
    vec![head.whole(), columns].whole()
}

fn sandbox_card() -> AnyView {
    let title = el("h2")
        .with("id", "sandbox-title")
        .text("Only looking around?");
    let about = el("p").text(
        "The sandbox is a made-up shop inside this server: 500 orders, 120 products, nothing real to break.",
    );
    el("aside")
        .class("card card-quiet")
        .with("aria-labelledby", "sandbox-title")
        .around(vec![title.whole(), about.whole(), sandbox_offer()])
}

/// Adds the sandbox in one click.
pub(super) fn sandbox_offer() -> AnyView {
    let add_sandbox = Submission::new();
    let refusal = refusal(add_sandbox, ADD_FORM);
    open_when_added(move || add_sandbox.answer::<StoreView>()?.ok());
    let button = submit_button(
        Look::Plain,
        add_sandbox.pending(),
        "flask-conical",
        "Add the sandbox",
    );
    el("div").class("sandbox-offer").around(vec![
        post_form(add_sandbox, AddSandbox::url(), vec![button]),
        told_in_general(refusal),
    ])
}

/// Goes to a store's page once it is there, and says so.
fn open_when_added(added: impl Fn() -> Option<StoreView> + 'static) {
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(store) = added() {
            toast(format!("{} was added.", store.store_name));
            navigate(
                &routes::store(store.id),
                leptos_router::NavigateOptions::default(),
            );
        }
    });
}

/// The last test's outcome: of either button, or of a form sent without script.
fn latest_report(
    add: Submission,
    check: Submission,
    flash: &Option<Flash>,
) -> Option<ConnectionReport> {
    if let Some(answer) = add.answer::<Added>() {
        return match answer {
            Ok(Added::Refused(report)) => Some(report),
            Ok(Added::Saved(_)) | Err(_) => None,
        };
    }
    match check.answer::<ConnectionReport>() {
        Some(answer) => answer.ok(),
        None => flash.as_ref().and_then(left_report),
    }
}

#[component]
fn AddForm() -> impl IntoView {
    let (add_store, check_store) = (Submission::new(), Submission::new());
    let flash = flash_for(ADD_FORM);
    let refused = refusal(add_store, ADD_FORM);
    let refusal = Signal::derive(move || {
        if add_store.is_answered() || !check_store.is_answered() {
            refused.get()
        } else {
            check_store.refusal()
        }
    });
    let typed = move |name: &str| {
        let values = flash
            .get_untracked()
            .map(|flash| flash.values)
            .unwrap_or_default();
        values
            .into_iter()
            .find_map(|(found, value)| (found == name).then_some(value))
            .unwrap_or_default()
    };
    open_when_added(move || match add_store.answer() {
        Some(Ok(Added::Saved(store))) => Some(store),
        _ => None,
    });
    let form = NodeRef::<html::Form>::new();
    let check = move |event: web_sys::MouseEvent| {
        let Some(form) = form.get() else { return };
        if !form.report_validity() {
            event.prevent_default();
            return;
        }
        event.prevent_default();
        add_store.clear();
        check_store.send(CheckStore::url(), &form);
    };
    view! {
        <div class="card">
            <PostForm submission=add_store url=AddStore::url() form>
                {told_in_general(refusal)}
                <TextField
                    name="store_id" label="Store id" max=NAME_MAX mono=true value=typed("store_id") refusal
                    help="In Order Desk: Settings, Store Settings, API."
                />
                <SecretField
                    name="api_key" label="API key" autocomplete="off" refusal
                    help="From the same page. It is stored sealed and never shown again, to you or to assistants."
                />
                <TextField
                    name="store_name" label="Name" optional=true max=NAME_MAX value=typed("store_name") refusal
                    help="What assistants will call the store. Blank takes the name Order Desk knows."
                />
                <TextField
                    name="label" label="Label" optional=true max=NAME_MAX value=typed("label") refusal
                    help="Anything that helps you tell stores apart, such as a region."
                />
                <div class="actions">
                    <SubmitButton look=Look::Primary pending=add_store.pending()>"Add store"</SubmitButton>
                    <button
                        type="submit" class="button" formaction=CheckStore::url() on:click=check
                        aria-disabled=move || check_store.pending().get().then_some("true")
                    >
                        <span class="spinner" aria-hidden="true" hidden=move || !check_store.pending().get()></span>
                        "Test connection"
                    </button>
                </div>
            </PostForm>
            <div class="form-result" aria-live="polite">
                {move || latest_report(add_store, check_store, &flash.get()).map(connection_steps)}
            </div>
        </div>
    }
    .whole()
}
