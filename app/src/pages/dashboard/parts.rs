//! The dashboard's own leaves.

use leptos::prelude::*;
use orderdesk_mcp_contract::UtcMillis;
use orderdesk_mcp_contract::views::dashboard::{Dashboard, FailedCall, StoreState};

use crate::pages::stores::StoreHealth;
use crate::parts::format::{ago, count, duration, percent, plural};
use crate::parts::{Badge, Icon, Meter, Stat, Tone, Whole};
use crate::routes;

/// The four figures.
#[component]
pub(crate) fn Figures(figures: Dashboard) -> impl IntoView {
    let errors = figures.errors;
    let tone = if errors == 0 {
        Tone::Neutral
    } else {
        Tone::Error
    };
    let hits = figures.cache_hits;
    let lookups = figures.cache_lookups;
    let hit_rate = if lookups == 0 {
        "–".to_owned()
    } else {
        percent(hits, lookups)
    };
    let saved = if lookups == 0 {
        "no cacheable reads yet".to_owned()
    } else {
        format!("{} of {} reads", count(hits), count(lookups))
    };
    view! {
        <dl class="stats">
            <Stat label="Calls" value=count(figures.calls) detail="through MCP, web and command line"/>
            <Stat
                label="Errors" value=percent(errors, figures.calls) tone
                detail=if errors == 0 { "none".to_owned() } else { plural(errors, "failed call", "failed calls") }
            />
            <Stat
                label="95th percentile" value=figures.p95_ms.map_or_else(|| "–".to_owned(), duration)
                detail="19 of 20 calls were faster"
            />
            <Stat label="Cache hits" value=hit_rate detail=saved/>
        </dl>
    }
    .whole()
}

/// Three steps from an empty workspace to the first call.
#[component]
pub(crate) fn Checklist(has_store: bool, has_key: bool, has_call: bool) -> impl IntoView {
    let done = [has_store, has_key, has_call];
    let current = done.iter().position(|done| !done);
    let step = move |index: usize,
                     title: &'static str,
                     text: &'static str,
                     href: &'static str,
                     action: &'static str| {
        let is_done = done[index];
        let is_current = current == Some(index);
        let class = if is_done {
            "checklist-step checklist-done"
        } else {
            "checklist-step"
        };
        let button = if is_current {
            "button button-primary"
        } else {
            "button"
        };
        view! {
            <li class=class aria-current=is_current.then_some("step")>
                <span class="checklist-mark">
                    {if is_done { view! { <Icon name="check"/> }.whole() } else { (index + 1).whole() }}
                </span>
                <div>
                    <p class="checklist-title">
                        {title} {is_done.then(|| view! { <span class="visually-hidden">", done"</span> })}
                    </p>
                    <p class="checklist-text">{text}</p>
                </div>
                {(!is_done).then(|| view! { <a href=href class=button>{action}</a> })}
            </li>
        }
    };
    view! {
        <section class="card checklist" aria-labelledby="first-title">
            <h2 id="first-title">"First steps"</h2>
            <ol>
                {step(0, "Add a store", "Your own Order Desk store, or the sandbox with invented orders.", routes::NEW_STORE, "Add store")}
                {step(1, "Make an API key", "Each assistant gets its own key, limited to what it should do.", routes::CONNECT, "How to make one")}
                {step(2, "Make the first call", "Connect an assistant and ask it to list your stores. This page notices by itself.", routes::CONNECT, "Connect")}
            </ol>
        </section>
    }
    .whole()
}

/// The stores with what is left of their request buckets.
#[component]
pub(crate) fn StoresState(as_of: UtcMillis, stores: Vec<StoreState>) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="stores-title">
            <div class="card-head">
                <h2 id="stores-title">"Stores"</h2>
                <a href=routes::STORES>"All stores"</a>
            </div>
            <ul class="store-states">
                {stores.into_iter().map(|state| view! { <StoreRow as_of state/> }).collect_view()}
            </ul>
        </section>
    }
    .whole()
}

#[component]
fn StoreRow(as_of: UtcMillis, state: StoreState) -> impl IntoView {
    let StoreState {
        store,
        bucket,
        calls,
        errors,
        last_call_at,
    } = state;
    let last = last_call_at.map_or_else(|| "no calls yet".to_owned(), |at| ago(as_of, at));
    let calls = if errors == 0 {
        plural(calls, "call", "calls")
    } else {
        format!(
            "{}, {} failed",
            plural(calls, "call", "calls"),
            count(errors)
        )
    };
    view! {
        <li class="store-state">
            <div class="store-state-name">
                <a href=routes::store(store.id)>{store.store_name}</a>
                {store.sandbox.then(|| view! { <Badge tone=Tone::Info>"Sandbox"</Badge> })}
                <StoreHealth bucket is_quiet=true/>
            </div>
            <p class="store-state-calls">{calls}" · "{last}</p>
            {bucket.map(|bucket| {
                let left = format!("{} of {} requests left", bucket.tokens, bucket.capacity);
                view! {
                    <div class="store-state-bucket">
                        <Meter label=left.clone() value=bucket.tokens max=bucket.capacity/>
                        <span aria-hidden="true">{left}</span>
                    </div>
                }
            })}
        </li>
    }
    .whole()
}

/// The latest failed calls, or that there are none.
#[component]
pub(crate) fn LatestErrors(as_of: UtcMillis, errors: Vec<FailedCall>) -> impl IntoView {
    let row = |call: FailedCall| {
        let store = call
            .store_name
            .map(|name| format!("{name} · "))
            .unwrap_or_default();
        let where_and_when = format!("{store}{}", ago(as_of, call.started_at));
        view! {
            <li class="error-row">
                <span class="error-row-tool">{call.tool}</span>
                <Badge tone=Tone::Error>{call.code.as_str().replace('_', " ")}</Badge>
                <p class="error-row-where">{where_and_when}</p>
            </li>
        }
    };
    let list = if errors.is_empty() {
        view! { <p class="all-quiet"><Icon name="circle-check"/>"All quiet: no call failed."</p> }
            .whole()
    } else {
        view! { <ul class="error-rows">{errors.into_iter().map(row).collect_view()}</ul> }.whole()
    };
    view! {
        <section class="card" aria-labelledby="errors-title">
            <h2 id="errors-title">"Latest errors"</h2>
            {list}
        </section>
    }
    .whole()
}
