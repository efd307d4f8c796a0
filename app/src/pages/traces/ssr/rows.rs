//! Calls as rows of a table.

use orderdesk_mcp_contract::trace::Door;
use orderdesk_mcp_contract::trace::view::TraceLine;
use orderdesk_mcp_contract::{ErrorCode, TraceId, UtcMillis};

use super::{of_order, took};
use crate::parts::format::ago;
use crate::parts::{Markup, Tone, badge, el, head, icon, link, utc};
use crate::routes;

/// What a row leads to beside its call's own page.
#[derive(Clone, Copy)]
pub(super) enum Beside {
    /// The call beside the list, at the address that the browser knows: see [`super::super::super::place`].
    Peek,
    /// Nothing; the call with this id is the one that is looked at.
    Nothing(TraceId),
}

/// The columns that can be left out: title, class, and name.
const COLUMNS: [(&str, &str, &str); 5] = [
    ("Outcome", "", "outcome"),
    ("Who", "trace-who", "who"),
    ("About", "trace-what", "about"),
    ("Took", "number", "took"),
    ("When", "", "when"),
];

/// A choice of the columns; without those that are left out.
pub(super) fn columns(left_out: &[String]) -> Markup {
    let choice = |(title, _, name): (&'static str, &'static str, &'static str)| {
        let is_shown = !left_out.iter().any(|column| column == name);
        let choice = el("input")
            .with("type", "checkbox")
            .with("data-column", name)
            .flag("checked", is_shown);
        el("label")
            .class("check")
            .child(choice)
            .child(el("span").text(title))
    };
    el("details")
        .class("more needs-script")
        .child(el("summary").text("Columns"))
        .child(
            el("div")
                .class("trace-columns")
                .children(COLUMNS.map(choice)),
        )
}

/// A table of calls without some columns. `caption` names it.
pub(super) fn table(
    caption: &'static str,
    as_of: UtcMillis,
    lines: &[TraceLine],
    beside: Beside,
    left_out: &[String],
) -> Markup {
    let is_shown = COLUMNS.map(|(_, _, name)| !left_out.iter().any(|column| column == name));
    let shown = COLUMNS
        .iter()
        .zip(is_shown)
        .filter(|(_, is_shown)| *is_shown);
    let shown = shown.map(|((title, class, _), _)| (*title, *class));
    let peek = matches!(beside, Beside::Peek).then_some(("Beside", "trace-peek"));
    let columns: Vec<_> = [("Call", "")]
        .into_iter()
        .chain(shown)
        .chain(peek)
        .collect();
    let longest = lines.iter().map(|line| line.duration_us).max();
    let longest = longest.unwrap_or(0).max(1);
    el("table")
        .class("table table-cards table-alone traces-table")
        .child(el("caption").class("visually-hidden").text(caption))
        .child(head(&columns))
        .child(
            el("tbody").children(
                lines
                    .iter()
                    .map(|line| row(as_of, line, longest, beside, is_shown)),
            ),
        )
}

fn row(
    as_of: UtcMillis,
    line: &TraceLine,
    longest_us: u64,
    beside: Beside,
    is_shown: [bool; COLUMNS.len()],
) -> Markup {
    let order = line.order_id.as_ref().map(|order| {
        link(of_order(order), format!("Order {order}")).with("title", "All calls about it")
    });
    let change = line.change_id.map(|id| link(routes::change(id), "Change"));
    let store = line.store.as_ref();
    let about = [
        store.map(|store| el("span").text(store.name.clone())),
        order,
        change,
    ];
    let when = el("time")
        .with("datetime", line.started_at.to_string())
        .with("title", utc(line.started_at))
        .text(ago(as_of, line.started_at));
    let cells = [
        outcome_badge(line.error),
        el("span").text(who(line)),
        el("span")
            .class("trace-about")
            .children(about.into_iter().flatten()),
        el("span")
            .class("trace-took")
            .child(took_bar(share(line.duration_us, longest_us)))
            .child(el("span").text(took(line.duration_us))),
        when,
    ];
    let cell = |((title, class, _), content): (&(&'static str, &'static str, &str), Markup)| {
        let cell = el("td").with("data-label", *title).child(content);
        if class.is_empty() {
            cell
        } else {
            cell.class(*class)
        }
    };
    let cells = COLUMNS.iter().zip(cells).zip(is_shown);
    let row = el("tr")
        .child(
            el("th")
                .with("scope", "row")
                .with("data-label", "Call")
                .child(link(routes::trace(line.id), line.tool.clone()).class("trace-tool")),
        )
        .children(
            cells
                .filter(|(_, is_shown)| *is_shown)
                .map(|(found, _)| cell(found)),
        );
    match beside {
        Beside::Peek => row
            .with("data-call", line.id.to_string())
            .child(el("td").class("trace-peek").child(peek(line))),
        Beside::Nothing(current) if current == line.id => row.with("aria-current", "true"),
        Beside::Nothing(_) => row,
    }
}

fn peek(line: &TraceLine) -> Markup {
    el("a")
        .class("button button-quiet button-icon")
        .with("data-peek", line.id.to_string())
        .with("data-noscroll", "true")
        .with(
            "aria-label",
            format!("Look at {} beside the list", line.tool),
        )
        .child(icon("eye"))
}

/// A duration in hundredths of the longest, at least 1.
fn share(micros: u64, longest: u64) -> u64 {
    (micros.saturating_mul(100) / longest).clamp(1, 100)
}

/// How long it took beside the others of the page.
fn took_bar(share: u64) -> Markup {
    el("svg")
        .class("took-bar")
        .with("viewBox", "0 0 100 4")
        .with("preserveAspectRatio", "none")
        .with("aria-hidden", "true")
        .child(
            el("rect")
                .with("x", (100 - share).to_string())
                .with("width", share.to_string())
                .with("height", "4"),
        )
}

/// How a call ended.
pub(super) fn outcome_badge(error: Option<ErrorCode>) -> Markup {
    match error {
        None => badge(Tone::Ok, "circle-check", outcome_word(error)),
        Some(ErrorCode::Cancelled) => badge(Tone::Neutral, "circle-x", outcome_word(error)),
        Some(_) => badge(Tone::Error, "circle-alert", outcome_word(error)),
    }
}

/// The word for how a call ended.
pub(super) fn outcome_word(error: Option<ErrorCode>) -> String {
    match error {
        None => "Succeeded".to_owned(),
        Some(ErrorCode::Cancelled) => "Given up".to_owned(),
        Some(code) => code.as_str().replace('_', " "),
    }
}

/// Who called, and through what: an assistant by the client it says it is.
pub(super) fn who(line: &TraceLine) -> String {
    let Some(actor) = &line.actor else {
        return line.door.label().to_owned();
    };
    // A browser's name says nothing that the door does not.
    let client = line
        .client
        .as_deref()
        .filter(|_| matches!(line.door, Door::Mcp | Door::Stdio));
    format!("{} · {}", actor.name, client.unwrap_or(line.door.label()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_told_apart() {
        assert_eq!(outcome_word(None), "Succeeded");
        assert_eq!(outcome_word(Some(ErrorCode::Cancelled)), "Given up");
        assert_eq!(outcome_word(Some(ErrorCode::RateLimited)), "rate limited");
        let tone = |error| outcome_badge(error).steps()[1].clone();
        assert_eq!(tone(None), "@class=badge badge-ok");
        assert_eq!(
            tone(Some(ErrorCode::Cancelled)),
            "@class=badge badge-neutral"
        );
        assert_eq!(
            tone(Some(ErrorCode::RateLimited)),
            "@class=badge badge-error"
        );
    }
}
