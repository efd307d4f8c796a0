//! The dashboard's own leaves.

use orderdesk_mcp_contract::UtcMillis;
use orderdesk_mcp_contract::views::dashboard::StoreState;

use super::view::Rows;
use crate::pages::stores::store_health;
use crate::parts::format::{ago, count, plural};
use crate::parts::{Markup, Tone, badge, card, el, head, icon, link, meter};
use crate::routes;

/// The texts of a row, one after the other; blank beyond its end.
fn texts(row: Vec<String>) -> impl FnMut() -> String {
    let mut texts = row.into_iter();
    move || texts.next().unwrap_or_default()
}

/// Figures side by side, some with how they went.
pub(super) fn figures(title: &'static str, rows: Rows) -> Markup {
    let figure = |row: Vec<String>| {
        let mut next = texts(row);
        let figure = el("div")
            .class(["stat stat-", &next()].concat())
            .child(el("dt").text(next()));
        let (value, detail, href, view_box) = (next(), next(), next(), next());
        let value = if href.is_empty() {
            el("span").text(value)
        } else {
            link(href, value)
        };
        let figure = figure
            .child(el("dd").class("stat-value").child(value))
            .child(el("dd").class("stat-detail").text(detail));
        if view_box.is_empty() {
            return figure;
        }
        let drawing = svg(view_box).with("aria-hidden", "true").class("trend");
        figure.child(el("dd").child(drawing.child(el("path").with("d", next()))))
    };
    el("section")
        .with("aria-label", title)
        .child(el("h2").class("stats-title").text(title))
        .child(
            el("dl")
                .class("stats")
                .children(rows.into_iter().map(figure)),
        )
}

fn svg(view_box: String) -> Markup {
    el("svg")
        .with("viewBox", view_box)
        .with("preserveAspectRatio", "none")
}

/// Calls per slot as bars, the conclusion in words, and the same as a table.
pub(super) fn chart(chart: Vec<String>, slots: Rows) -> Markup {
    let mut next = texts(chart);
    let (title, summary) = (next(), next());
    let path = |class: &'static str, d: String| el("path").class(class).with("d", d);
    let drawing = svg(next())
        .with("role", "img")
        .with("aria-label", summary.clone())
        .child(path("bars-ok", next()))
        .child(path("bars-failed", next()));
    let quiet = |class: &'static str| el("div").class(class).with("aria-hidden", "true");
    let most = quiet("bars-top").text(next());
    let axis =
        quiet("bars-axis").children([next(), next(), next()].map(|text| el("span").text(text)));
    let key = |class: &'static str, text: &'static str| el("span").class(class).text(text);
    let row = |row: Vec<String>| {
        let mut next = texts(row);
        el("tr")
            .child(el("th").with("scope", "row").text(next()))
            .children([next(), next(), next()].map(|text| el("td").class("number").text(text)))
    };
    let table = el("table")
        .class("table")
        .child(head(&[
            ("From", ""),
            ("Succeeded", "number"),
            ("Failed", "number"),
            ("95th percentile", "number"),
        ]))
        .child(el("tbody").children(slots.into_iter().map(row)));
    let figure = el("figure")
        .class("bars")
        .child(
            el("figcaption")
                .child(el("span").class("bars-summary").text(summary))
                .child(key("bars-key bars-key-ok", "Succeeded"))
                .child(key("bars-key bars-key-failed", "Failed")),
        )
        .child(el("div").class("bars-plot").child(most).child(drawing))
        .child(axis)
        .child(
            el("details")
                .class("bars-table")
                .child(el("summary").text("Show as table"))
                .child(table),
        );
    card("calls-title", title).child(figure)
}

/// Lines below each other, or what is said when there are none.
pub(super) fn lines_or(rows: Rows, none: &'static str) -> Markup {
    if rows.is_empty() {
        let check = icon("circle-check");
        el("p").class("all-quiet").child(check).text(none)
    } else {
        lines(rows)
    }
}

/// Lines below each other.
pub(super) fn lines(rows: Rows) -> Markup {
    let line = |row: Vec<String>| {
        let mut next = texts(row);
        let (tone, title, mark, text, href) = (next(), next(), next(), next(), next());
        let title = if href.is_empty() {
            el("span").text(title)
        } else {
            link(href, title)
        };
        let mark = (!mark.is_empty()).then(|| {
            el("span")
                .class(["badge badge-", &tone].concat())
                .text(mark)
        });
        el("li")
            .class("error-row")
            .child(title.class("error-row-tool"))
            .maybe(mark)
            .child(el("p").class("error-row-where").text(text))
    };
    el("ul")
        .class("error-rows")
        .children(rows.into_iter().map(line))
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

/// The steps, of which some are done: `1` for each that is.
pub(super) fn checklist(done: &str) -> Markup {
    let done: Vec<_> = done.bytes().map(|step| step == b'1').collect();
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
