//! The dashboard's own leaves.

use orderdesk_mcp_contract::UtcMillis;
use orderdesk_mcp_contract::views::dashboard::{Dashboard, FailedCall, StoreState};

use crate::pages::stores::store_health;
use crate::parts::format::{ago, count, duration, percent, plural};
use crate::parts::{Markup, Tone, badge, card, el, icon, link, meter, stat};
use crate::routes;

/// The four figures.
pub(super) fn figures(figures: &Dashboard) -> Markup {
    let errors = figures.errors;
    let tone = if errors == 0 {
        Tone::Neutral
    } else {
        Tone::Error
    };
    let (hits, lookups) = (figures.cache_hits, figures.cache_lookups);
    let (hit_rate, saved) = if lookups == 0 {
        ("–".to_owned(), "no cacheable reads yet".to_owned())
    } else {
        let saved = format!("{} of {} reads", count(hits), count(lookups));
        (percent(hits, lookups), saved)
    };
    let failed = if errors == 0 {
        "none".to_owned()
    } else {
        plural(errors, "failed call", "failed calls")
    };
    let p95 = figures.p95_ms.map_or_else(|| "–".to_owned(), duration);
    el("dl").class("stats").children([
        stat(
            "Calls",
            count(figures.calls),
            "through MCP, web and command line",
            Tone::Neutral,
        ),
        stat("Errors", percent(errors, figures.calls), failed, tone),
        stat(
            "95th percentile",
            p95,
            "19 of 20 calls were faster",
            Tone::Neutral,
        ),
        stat("Cache hits", hit_rate, saved, Tone::Neutral),
    ])
}

/// Title, text, address and button of the three steps from an empty workspace to the first call.
const STEPS: [[&str; 4]; 3] = [
    [
        "Add a store",
        "Your own Order Desk store, or the sandbox with invented orders.",
        routes::NEW_STORE,
        "Add store",
    ],
    [
        "Make an API key",
        "Each assistant gets its own key, limited to what it should do.",
        routes::CONNECT,
        "How to make one",
    ],
    [
        "Make the first call",
        "Connect an assistant and ask it to list your stores. This page notices by itself.",
        routes::CONNECT,
        "Connect",
    ],
];

/// The steps, of which some are done.
pub(super) fn checklist(done: [bool; 3]) -> Markup {
    let current = done.iter().position(|done| !done);
    let step = |(index, is_done): (usize, bool)| {
        let [title, text, href, action] = STEPS[index];
        let is_current = current == Some(index);
        let mark = el("span").class("checklist-mark");
        let mark = if is_done {
            mark.child(icon("check"))
        } else {
            mark.text((index + 1).to_string())
        };
        let said = is_done.then(|| el("span").class("visually-hidden").text(", done"));
        let button = (!is_done).then(|| {
            link(href, action).class(if is_current {
                "button button-primary"
            } else {
                "button"
            })
        });
        let item = el("li").class(if is_done {
            "checklist-step checklist-done"
        } else {
            "checklist-step"
        });
        let item = if is_current {
            item.with("aria-current", "step")
        } else {
            item
        };
        item.child(mark)
            .child(
                el("div")
                    .child(el("p").class("checklist-title").text(title).maybe(said))
                    .child(el("p").class("checklist-text").text(text)),
            )
            .maybe(button)
    };
    card("first-title", "First steps")
        .child(el("ol").children(done.into_iter().enumerate().map(step)))
}

/// The stores with what is left of their request buckets.
pub(super) fn stores_state(as_of: UtcMillis, stores: Vec<StoreState>) -> Markup {
    let rows = stores.into_iter().map(|state| store_row(as_of, state));
    el("section")
        .class("card")
        .with("aria-labelledby", "stores-title")
        .child(
            el("div")
                .class("card-head")
                .child(el("h2").with("id", "stores-title").text("Stores"))
                .child(link(routes::STORES, "All stores")),
        )
        .child(el("ul").class("store-states").children(rows))
}

fn store_row(as_of: UtcMillis, state: StoreState) -> Markup {
    let StoreState {
        store,
        bucket,
        calls,
        errors,
        last_call_at,
    } = state;
    let last = last_call_at.map_or_else(|| "no calls yet".to_owned(), |at| ago(as_of, at));
    let calls = plural(calls, "call", "calls");
    let failed = if errors == 0 {
        String::new()
    } else {
        format!(", {} failed", count(errors))
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
                .child(link(routes::store(store.id), store.store_name))
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

/// The latest failed calls, or that there are none.
pub(super) fn latest_errors(as_of: UtcMillis, errors: Vec<FailedCall>) -> Markup {
    let row = |call: FailedCall| {
        let store = call.store_name.map(|name| name + " · ");
        el("li")
            .class("error-row")
            .child(el("span").class("error-row-tool").text(call.tool))
            .child(badge(Tone::Error, "", call.code.as_str().replace('_', " ")))
            .child(
                el("p")
                    .class("error-row-where")
                    .text(store.unwrap_or_default())
                    .text(ago(as_of, call.started_at)),
            )
    };
    let list = if errors.is_empty() {
        el("p")
            .class("all-quiet")
            .child(icon("circle-check"))
            .text("All quiet: no call failed.")
    } else {
        el("ul")
            .class("error-rows")
            .children(errors.into_iter().map(row))
    };
    card("errors-title", "Latest errors").child(list)
}
