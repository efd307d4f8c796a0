//! Calls as rows of a table.

use orderdesk_mcp_contract::UtcMillis;

use super::view::{Outcome, TraceRow};
use crate::parts::format::ago;
use crate::parts::{Markup, Tone, badge, el, head, icon, link, utc};
use crate::routes;

/// The address that shows a call beside the list, by its id.
pub(super) type Peek<'a> = &'a dyn Fn(&str) -> String;

/// A table of calls. `caption` names it; the call with the id `current` is the one that is looked at.
pub(super) fn table(
    caption: &'static str,
    as_of: UtcMillis,
    rows: Vec<TraceRow>,
    current: &str,
    peek: Option<Peek<'_>>,
) -> Markup {
    let columns = [
        ("Call", ""),
        ("Outcome", ""),
        ("Who", ""),
        ("About", ""),
        ("Took", "number"),
        ("When", ""),
        ("Beside", "trace-peek"),
    ];
    let shown = if peek.is_some() { 7 } else { 6 };
    el("table")
        .class("table table-cards table-alone traces-table")
        .child(el("caption").class("visually-hidden").text(caption))
        .child(head(&columns[..shown]))
        .child(
            el("tbody").children(
                rows.into_iter()
                    .map(|row| table_row(as_of, row, current, peek)),
            ),
        )
}

fn table_row(as_of: UtcMillis, row: TraceRow, current: &str, peek: Option<Peek<'_>>) -> Markup {
    let cell = |label: &'static str| el("td").with("data-label", label);
    let id = row.id.to_string();
    let peek = peek.map(|peek| {
        el("a")
            .class("button button-quiet button-icon")
            .with("href", peek(&id))
            .with("data-noscroll", "true")
            .with(
                "aria-label",
                ["Look at ", &row.tool, " beside the list"].concat(),
            )
            .child(icon("eye"))
    });
    let order = row
        .order
        .map(|(id, href)| link(href, ["Order ", &id].concat()).with("title", "All calls about it"));
    let change = row.change.map(|id| link(routes::change(id), "Change"));
    let about = [
        (!row.store.is_empty()).then(|| el("span").text(row.store)),
        order,
        change,
    ];
    let when = el("time")
        .with("datetime", row.at.to_string())
        .with("title", utc(row.at))
        .text(ago(as_of, row.at));
    let line = el("tr")
        .child(
            el("th")
                .with("scope", "row")
                .with("data-label", "Call")
                .child(link(routes::trace(&id), row.tool).class("trace-tool")),
        )
        .child(cell("Outcome").child(outcome_badge(&row.outcome)))
        .child(cell("Who").text(row.who))
        .child(
            cell("About").child(
                el("span")
                    .class("trace-about")
                    .children(about.into_iter().flatten()),
            ),
        )
        .child(
            cell("Took").class("number").child(
                el("span")
                    .class("trace-took")
                    .child(took_bar(row.share))
                    .child(el("span").text(row.took)),
            ),
        )
        .child(cell("When").child(when))
        .maybe(peek.map(|link| el("td").class("trace-peek").child(link)));
    if id == current {
        line.with("aria-current", "true")
    } else {
        line
    }
}

/// How long it took beside the others of the page.
fn took_bar(share: u8) -> Markup {
    el("svg")
        .class("took-bar")
        .with("viewBox", "0 0 100 4")
        .with("preserveAspectRatio", "none")
        .with("aria-hidden", "true")
        .child(
            el("rect")
                .with("x", (100 - share.min(100)).to_string())
                .with("width", share.min(100).to_string())
                .with("height", "4"),
        )
}

/// How a call ended.
pub(super) fn outcome_badge(outcome: &Outcome) -> Markup {
    let (tone, icon) = match outcome.tone.as_str() {
        "ok" => (Tone::Ok, "circle-check"),
        "error" => (Tone::Error, "circle-alert"),
        _ => (Tone::Neutral, "circle-x"),
    };
    badge(tone, icon, outcome.word.clone())
}
