//! The dashboard's own leaves.

use orderdesk_mcp_contract::UtcMillis;
use orderdesk_mcp_contract::views::dashboard::StoreState;

use super::view::{Figure, Line};
use crate::pages::stores::store_health;
use crate::parts::format::{ago, count, plural};
use crate::parts::{Markup, Tone, badge, card, el, icon, link, meter};
use crate::routes;

/// Figures side by side, some with how they went.
pub(super) fn figures(title: &'static str, figures: Vec<Figure>) -> Markup {
    let figure = |figure: Figure| {
        let tone = if figure.is_bad {
            "stat stat-error"
        } else {
            "stat"
        };
        let trend = (!figure.trend.is_empty()).then(|| trend(&figure.trend));
        el("div")
            .class(tone)
            .child(el("dt").text(figure.label))
            .child(el("dd").class("stat-value").text(figure.value))
            .child(el("dd").class("stat-detail").text(figure.detail))
            .maybe(trend.map(|trend| el("dd").child(trend)))
    };
    el("section")
        .with("aria-label", title)
        .child(el("h2").class("stats-title").text(title))
        .child(
            el("dl")
                .class("stats")
                .children(figures.into_iter().map(figure)),
        )
}

/// A small chart without words: the figure above says what there is to say, and the large chart has the numbers.
fn trend(values: &[u64]) -> Markup {
    let most = values.iter().copied().max().unwrap_or(0).max(1);
    let bar = |(place, value): (usize, &u64)| {
        let height = (value * 20).div_ceil(most);
        el("rect")
            .with("x", (place * 4).to_string())
            .with("y", (20 - height).to_string())
            .with("width", "3")
            .with("height", height.to_string())
    };
    el("svg")
        .class("trend")
        .with(
            "viewBox",
            ["0 0 ", &(values.len() * 4).to_string(), " 20"].concat(),
        )
        .with("preserveAspectRatio", "none")
        .with("aria-hidden", "true")
        .children(values.iter().enumerate().map(bar))
}

/// What somebody should see to, or that there is nothing.
pub(super) fn needs(needs: Vec<Line>) -> Markup {
    let list = if needs.is_empty() {
        quiet("Nothing needs you.")
    } else {
        lines(needs)
    };
    card("needs-title", "Needs you").child(list)
}

/// The latest failed calls, or that there are none.
pub(super) fn errors(errors: Vec<Line>) -> Markup {
    let list = if errors.is_empty() {
        quiet("All quiet: no call failed.")
    } else {
        lines(errors)
    };
    card("errors-title", "Latest errors").child(list)
}

fn quiet(text: &'static str) -> Markup {
    el("p")
        .class("all-quiet")
        .child(icon("circle-check"))
        .text(text)
}

/// Lines below each other.
pub(super) fn lines(lines: Vec<Line>) -> Markup {
    let line = |line: Line| {
        let title = if line.href.is_empty() {
            el("span").text(line.title)
        } else {
            link(line.href, line.title)
        };
        let tone = if line.is_bad { Tone::Error } else { Tone::Info };
        let mark = (!line.mark.is_empty()).then(|| badge(tone, "", line.mark));
        el("li")
            .class("error-row")
            .child(title.class("error-row-tool"))
            .maybe(mark)
            .child(el("p").class("error-row-where").text(line.text))
    };
    el("ul")
        .class("error-rows")
        .children(lines.into_iter().map(line))
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
        routes::NEW_KEY,
        "Make a key",
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
pub(super) fn stores_state(as_of: UtcMillis, stores: Vec<StoreState>, all: String) -> Markup {
    let rows = stores.into_iter().map(|state| store_row(as_of, state));
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
