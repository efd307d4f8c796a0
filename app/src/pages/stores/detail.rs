//! One store.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use leptos_router::{LazyRoute, lazy_route};
use orderdesk_mcp_contract::ApiError;
use orderdesk_mcp_contract::views::connection::ConnectionReport;
use orderdesk_mcp_contract::views::store::{BucketView, FolderView, StoreDetail, StoreView};

use server_fn::ServerFn as _;

use super::api::{GetStore, TEST_FORM, TestStore};
use super::danger::DangerZone;
use super::left_report;
use crate::flash::flash_for;
use crate::parts::format::{count, percent};
use crate::parts::{
    Badge, ConnectionSteps, CopyButton, Icon, Loaded, Look, Meter, Notice, PageHead, PostForm,
    SubmitButton, Time, Tone, Whole, refusal,
};
use crate::routes;
use crate::transport::{Submission, answer, load, read};

/// The page at `/stores/:id`.
pub(crate) struct StorePage;

/// The test of the connection belongs to the page, not to what is shown of the store: that is read anew after it.
#[derive(Clone, Copy)]
struct ConnectionTest(Submission);

#[lazy_route]
impl LazyRoute for StorePage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let params = use_params_map();
        let id = move || params.with(|params| params.get("id").unwrap_or_default());
        let store = load(Signal::derive(id), |id| {
            answer!(GetStore, super::api::get_store(id.clone()), &[("id", &id)])
        });
        let test_store = Submission::new();
        provide_context(ConnectionTest(test_store));
        Effect::new(move |_| {
            if test_store.is_answered() {
                store.refetch();
            }
        });
        Effect::watch(id, move |_, _, _: Option<()>| test_store.clear(), false);
        view! {
            <Loaded data=store lines=8 brings_head=true show/>
        }
        .into_any()
    }
}

fn show(text: &str) -> Result<AnyView, ApiError> {
    read::<StoreDetail>(text).map(|detail| view! { <Detail detail/> }.whole())
}

#[component]
fn Detail(detail: StoreDetail) -> impl IntoView {
    let StoreDetail {
        store,
        folders,
        bucket,
        ..
    } = detail.clone();
    let has_key = bucket.is_ok();
    let is_held_back = bucket.as_ref().is_ok_and(|bucket| bucket.circuit_open);
    view! {
        <PageHead title=store.store_name.clone() up=(routes::STORES, "Stores")>
            {store.sandbox.then(|| view! { <Badge tone=Tone::Info icon="flask-conical">"Sandbox"</Badge> })}
            {is_held_back.then(|| view! { <Badge tone=Tone::Error icon="circle-pause">"Held back"</Badge> })}
        </PageHead>
        {bucket.err().map(|error| view! { <Notice tone=Tone::Error><p>{error.message}</p></Notice> })}
        {is_held_back
            .then(|| {
                view! {
                    <Notice tone=Tone::Warn>
                        <p>"Order Desk kept failing for this store, so requests are held back for a while. Test the connection to see why."</p>
                    </Notice>
                }
            })}
        <div class="columns">
            <div class="stack">
                <ConnectionCard id=store.id.to_string()/>
                // One notice for one cause: without its key the store's folders cannot be read either.
                {has_key.then(|| view! { <Folders folders/> })}
            </div>
            <div class="stack">
                <Usage detail=detail.clone()/>
                <Facts detail/>
            </div>
        </div>
        <DangerZone store/>
    }
    .whole()
}

#[component]
fn ConnectionCard(id: String) -> impl IntoView {
    let ConnectionTest(test_store) = expect_context();
    let refusal = refusal(test_store, TEST_FORM);
    let flash = flash_for(TEST_FORM);
    let report = move || match test_store.answer::<ConnectionReport>() {
        Some(answer) => answer.ok(),
        None => flash.get().and_then(|flash| left_report(&flash)),
    };
    view! {
        <section class="card" aria-labelledby="connection-title">
            <div class="card-head">
                <h2 id="connection-title">"Connection"</h2>
                <PostForm submission=test_store url=TestStore::url()>
                    <input type="hidden" name="id" value=id/>
                    <SubmitButton look=Look::Plain pending=test_store.pending()>
                        <Icon name="activity"/>
                        "Test connection"
                    </SubmitButton>
                </PostForm>
            </div>
            {move || refusal.get().map(|error| view! {
                <Notice tone=Tone::Error><p>{error.message}</p></Notice>
            })}
            <div aria-live="polite">
                {move || match report() {
                    Some(report) => view! { <ConnectionSteps report/> }.whole(),
                    None => {
                        view! {
                            <p class="hint">
                                "Asks Order Desk whether the saved key still works, step by step. It reads, and changes nothing."
                            </p>
                        }
                            .whole()
                    }
                }}
            </div>
        </section>
    }
    .whole()
}

#[component]
fn Folders(folders: Result<Vec<FolderView>, ApiError>) -> impl IntoView {
    let list = match folders {
        Ok(folders) if folders.is_empty() => {
            view! { <p class="hint">"This store has no folders of its own."</p> }.whole()
        }
        Ok(folders) => {
            let row = |folder: FolderView| {
                view! {
                    <li>
                        <Icon name="folder"/>
                        <span class="folder-name">{folder.name}</span>
                        <code class="mono" title="Order Desk's folder id">{folder.id}</code>
                    </li>
                }
            };
            view! { <ul class="folders">{folders.into_iter().map(row).collect_view()}</ul> }.whole()
        }
        Err(error) => view! { <Notice tone=Tone::Warn><p>{error.message}</p></Notice> }.whole(),
    };
    view! {
        <section class="card" aria-labelledby="folders-title">
            <h2 id="folders-title">"Folders"</h2>
            {list}
        </section>
    }
    .whole()
}

#[component]
fn Usage(detail: StoreDetail) -> impl IntoView {
    let StoreDetail {
        bucket,
        calls_24h,
        errors_24h,
        last_call_at,
        ..
    } = detail;
    let errors = if errors_24h == 0 {
        "none".to_owned()
    } else {
        format!("{} ({})", count(errors_24h), percent(errors_24h, calls_24h))
    };
    view! {
        <section class="card" aria-labelledby="usage-title">
            <h2 id="usage-title">"The last 24 hours"</h2>
            <dl class="facts">
                <dt>"Calls"</dt>
                <dd>{count(calls_24h)}</dd>
                <dt>"Failed"</dt>
                <dd class:tone-error=errors_24h.ne(&0)>{errors}</dd>
                <dt>"Last call"</dt>
                <dd>{match last_call_at {
                    Some(at) => view! { <Time at/> }.whole(),
                    None => "never".whole(),
                }}</dd>
                <dt>"Request bucket"</dt>
                {match bucket {
                    Ok(bucket) => view! { <Bucket bucket/> }.whole(),
                    Err(_) => view! { <dd>"not known"</dd> }.whole(),
                }}
            </dl>
        </section>
    }
    .whole()
}

#[component]
fn Bucket(bucket: BucketView) -> impl IntoView {
    let BucketView {
        tokens,
        capacity,
        in_flight,
        ..
    } = bucket;
    let left = format!("{tokens} of {capacity} requests left");
    view! {
        <dd class="bucket">
            <Meter label=left.clone() value=tokens max=capacity/>
            <span aria-hidden="true">{left}</span>
            {(in_flight > 0).then(|| view! { <span>{in_flight}" under way"</span> })}
        </dd>
    }
    .whole()
}

#[component]
fn Facts(detail: StoreDetail) -> impl IntoView {
    let StoreDetail {
        store,
        credentials_fingerprint,
        timezone,
        ..
    } = detail;
    let StoreView {
        store_id,
        label,
        created_at,
        ..
    } = store;
    let id = store_id.to_string();
    view! {
        <section class="card" aria-labelledby="facts-title">
            <h2 id="facts-title">"Details"</h2>
            <dl class="facts">
                <dt>"Order Desk id"</dt>
                <dd class="with-copy">
                    <code class="mono">{id.clone()}</code>
                    <CopyButton text=id what="the Order Desk id"/>
                </dd>
                <dt>"Label"</dt>
                <dd>{label.unwrap_or_else(|| "–".to_owned())}</dd>
                <dt>"Time zone"</dt>
                <dd>{timezone.unwrap_or_else(|| "not known".to_owned())}</dd>
                <dt>"Key fingerprint"</dt>
                <dd><code class="mono">{credentials_fingerprint}</code></dd>
                <dt>"Added"</dt>
                <dd><Time at=created_at/></dd>
            </dl>
        </section>
    }
    .whole()
}
