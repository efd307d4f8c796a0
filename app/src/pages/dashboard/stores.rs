//! The stores with what is left of their request buckets.

use orderdesk_mcp_contract::UtcMillis;
use orderdesk_mcp_contract::views::dashboard::{Dashboard, StoreState};

use crate::pages::stores::store_health;
use crate::parts::format::{ago, count, plural};
use crate::parts::{Markup, Tone, badge, el, link, meter};
use crate::routes;

/// The busiest stores, and the way to all.
pub(super) fn stores(figures: &Dashboard) -> Markup {
    let all = match figures.stores_in_all {
        1 => "All stores".to_owned(),
        many => format!("All {} stores", count(many)),
    };
    let rows = figures.stores.iter().map(|state| row(figures.as_of, state));
    el("section")
        .class("card")
        .with("aria-labelledby", "stores-title")
        .child(
            el("div")
                .class("card-head")
                .child(el("h2").with("id", "stores-title").text("Stores"))
                .child(link(routes::STORES, all)),
        )
        .child(el("ul").class("store-states").children(rows))
}

fn row(as_of: UtcMillis, state: &StoreState) -> Markup {
    let (store, bucket) = (&state.store, state.bucket);
    let last = state
        .last_call_at
        .map_or_else(|| "no calls yet".to_owned(), |at| ago(as_of, at));
    let calls = plural(state.calls, "call", "calls");
    let failed = match state.errors {
        0 => String::new(),
        errors => format!(", {} failed", count(errors)),
    };
    let sandbox = store.sandbox.then(|| badge(Tone::Info, "", "Sandbox"));
    let bucket_left = bucket.map(|bucket| {
        let left = format!("{} of {} requests left", bucket.tokens, bucket.capacity);
        el("div")
            .class("store-state-bucket")
            .child(meter(left.clone(), bucket.tokens, bucket.capacity))
            .child(el("span").with("aria-hidden", "true").text(left))
    });
    el("li")
        .class("store-state")
        .child(
            el("div")
                .class("store-state-name")
                .child(link(routes::store(store.id), store.store_name.clone()))
                .maybe(sandbox)
                .maybe(store_health(bucket, true)),
        )
        .child(
            el("p")
                .class("store-state-calls")
                .text(calls)
                .text(failed)
                .text(" · ")
                .text(last),
        )
        .maybe(bucket_left)
}
