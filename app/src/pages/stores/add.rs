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
    Icon, Look, PageHead, PostForm, SecretField, SubmitButton, TextField, Whole, connection_steps,
    refusal, toast, told_in_general,
};
use crate::routes;
use crate::transport::{Answer, Submission, answer};

/// What the page at `/stores/new` shows, as a `bool`.
pub(super) fn ask() -> Answer {
    answer!(IsSandboxOffered, super::api::is_sandbox_offered(), &[])
}

/// The page at `/stores/new`.
pub(super) fn new_store(is_sandbox_offered: bool) -> AnyView {
    view! {
        <PageHead title="Add a store" up=(routes::STORES, "Stores")/>
        <div class="columns columns-form">
            <AddForm/>
            {is_sandbox_offered.then(|| view! { <SandboxCard/> })}
        </div>
    }
    .whole()
}

#[component]
fn SandboxCard() -> impl IntoView {
    view! {
        <aside class="card card-quiet" aria-labelledby="sandbox-title">
            <h2 id="sandbox-title">"Only looking around?"</h2>
            <p>"The sandbox is a made-up shop inside this server: 500 orders, 120 products, nothing real to break."</p>
            <SandboxOffer/>
        </aside>
    }
    .whole()
}

/// Adds the sandbox in one click.
#[component]
pub(super) fn SandboxOffer() -> impl IntoView {
    let add_sandbox = Submission::new();
    let refusal = refusal(add_sandbox, ADD_FORM);
    open_when_added(move || add_sandbox.answer::<StoreView>()?.ok());
    view! {
        <div class="sandbox-offer">
            <PostForm submission=add_sandbox url=AddSandbox::url()>
                <SubmitButton look=Look::Plain pending=add_sandbox.pending()>
                    <Icon name="flask-conical"/>
                    "Add the sandbox"
                </SubmitButton>
            </PostForm>
            {told_in_general(refusal)}
        </div>
    }
    .whole()
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
