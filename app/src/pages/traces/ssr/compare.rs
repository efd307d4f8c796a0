//! Two calls side by side, drawn here: the page has no events.

mod arguments;

use std::collections::BTreeMap;

use orderdesk_mcp_contract::trace::SpanKind;
use orderdesk_mcp_contract::trace::view::{
    Comparison, Related, SpanView, TraceLine, TracePayload, TraceView,
};

use self::arguments::arguments;
use super::facts::{FactLine, facts};
use super::rows::{outcome_badge, outcome_word};
use super::{moment, took};
use crate::parts::format::plural;
use crate::parts::{Drawn, Markup, Tone, badge, card, el, head, link, link_button};
use crate::routes;

/// Most rows of a table: with more of them the page would be slow.
const ROWS: usize = 100;
/// Most calls to choose from.
const CHOICES: usize = 8;
/// What differs between any two calls, and is not marked.
const OWN: [&str; 3] = ["Began", "Call", "Request"];
/// The titles of the columns of both calls.
const SIDES: [&str; 2] = ["First call", "Second call"];

/// What a call can be compared with.
pub(super) fn compare_card(line: &TraceLine, related: &Related) -> Markup {
    let before = match &related.before {
        Some(before) => el("p").child(link_button(
            routes::comparison(before.id, line.id),
            "Compare with the one before",
        )),
        None => el("p")
            .class("hint")
            .text("Whoever called has not called this tool before, as far back as calls are kept."),
    };
    let mut others: BTreeMap<_, &TraceLine> = BTreeMap::new();
    for other in related.order.iter().chain(&related.run) {
        if other.id != line.id {
            others.insert(other.id, other);
        }
    }
    let choice = |other: &&TraceLine| {
        let text = format!(
            "{}, {}, {}",
            other.tool,
            outcome_word(other.error),
            moment(other.started_at)
        );
        el("li").child(link(routes::comparison(other.id, line.id), text))
    };
    let choices: Vec<_> = others.values().rev().take(CHOICES).map(choice).collect();
    let choices = (!choices.is_empty()).then(|| {
        el("div")
            .child(
                el("p")
                    .class("hint")
                    .text("Or with one that has to do with it:"),
            )
            .child(el("ul").class("notes").children(choices))
    });
    card("compare-title", "Compare")
        .child(before)
        .maybe(choices)
        .child(another(line))
}

/// Asks for another call. It works without script.
fn another(line: &TraceLine) -> Markup {
    let field = el("div")
        .class("field")
        .child(
            el("label")
                .with("for", "compare-with")
                .text("Another call’s link or id"),
        )
        .child(
            el("input")
                .with_all(&[
                    ("id", "compare-with"),
                    ("class", "input mono"),
                    ("name", "b"),
                    ("maxlength", "300"),
                    ("autocomplete", "off"),
                ])
                .flag("required", true),
        );
    el("form")
        .class("compare-form")
        .with("action", routes::COMPARISON)
        .child(
            el("input")
                .with("type", "hidden")
                .with("name", "a")
                .with("value", line.id.to_string()),
        )
        .child(field)
        .child(
            el("button")
                .with_all(&[("class", "button"), ("type", "submit")])
                .text("Compare"),
        )
}

/// The page; `carried` is what was read of each, where it was asked for.
pub(super) fn page(comparison: &Comparison, carried: Option<[Option<TracePayload>; 2]>) -> Drawn {
    let both = [&comparison.left, &comparison.right];
    let page = el("div")
        .class("stack")
        .child(details(both))
        .child(kinds(both))
        .child(requests(comparison))
        .child(arguments(both, carried))
        .child(
            card("compare-title", "Compare the first one with another")
                .child(another(&comparison.left.line)),
        );
    with_title("Two calls compared", &page)
}

/// What is drawn of a page after its title.
pub(super) fn with_title(title: &str, page: &Markup) -> Drawn {
    let mut steps = vec![title.to_owned()];
    steps.extend(page.steps());
    steps
}

/// A table of which each row is a card on narrow screens. `more` is how many rows there are besides.
fn table(
    caption: &'static str,
    columns: &[&'static str],
    rows: Vec<Markup>,
    more: usize,
) -> Markup {
    let heads: Vec<_> = columns.iter().map(|title| (*title, "")).collect();
    let more = (more > 0).then(|| {
        let text = format!("And {}.", plural(more as u64, "more row", "more rows"));
        el("p").class("hint").text(text)
    });
    el("div")
        .child(
            el("table")
                .class("table table-cards compare-table")
                .child(el("caption").class("visually-hidden").text(caption))
                .child(head(&heads))
                .child(el("tbody").children(rows)),
        )
        .maybe(more)
}

/// A row, marked where its values differ.
fn row(name: Markup, differs: bool, columns: &[&'static str], cells: Vec<Markup>) -> Markup {
    let mark =
        differs.then(|| badge(Tone::Info, "", "differs").class("badge badge-info compare-mark"));
    let cells = columns.iter().zip(cells);
    let cells = cells.map(|(title, cell)| el("td").with("data-label", *title).child(cell));
    let row = el("tr")
        .child(el("th").with("scope", "row").child(name).maybe(mark))
        .children(cells);
    if differs {
        row.class("compare-differs")
    } else {
        row
    }
}

fn text(text: impl Into<String>) -> Markup {
    el("span").text(text.into())
}

fn details(both: [&TraceView; 2]) -> Markup {
    let lines = both.map(facts);
    // In the order of the first, and at the end what only the second has.
    let mut names: Vec<&str> = Vec::new();
    for line in lines.iter().flatten() {
        if !names.contains(&line.name.as_str()) {
            names.push(&line.name);
        }
    }
    let tools = both.map(|view| view.line.tool.as_str());
    let outcomes = both.map(|view| view.line.error);
    let mut rows = vec![
        row(
            text("Tool"),
            tools[0] != tools[1],
            &SIDES,
            both.map(|view| link(routes::trace(view.line.id), view.line.tool.clone()))
                .to_vec(),
        ),
        row(
            text("Outcome"),
            outcomes[0] != outcomes[1],
            &SIDES,
            outcomes.map(outcome_badge).to_vec(),
        ),
    ];
    for name in names {
        let found = |lines: &'_ Vec<FactLine>| lines.iter().position(|line| line.name == name);
        let values = [&lines[0], &lines[1]].map(|lines| found(lines).map(|at| &lines[at]));
        let said = values.map(|line| line.map(|line| &line.value));
        let shown = values.map(|line| line.map_or_else(nothing, FactLine::shown));
        let differs = said[0] != said[1] && !OWN.contains(&name);
        rows.push(row(text(name), differs, &SIDES, shown.to_vec()));
    }
    let columns = ["What", SIDES[0], SIDES[1]];
    card("facts-title", "Details").child(table("Details of both calls", &columns, rows, 0))
}

fn nothing() -> Markup {
    el("span").class("hint").text("none")
}

/// What each kind of step took, in all.
fn kinds(both: [&TraceView; 2]) -> Markup {
    let columns = [SIDES[0], SIDES[1], "Difference"];
    let line = |name: &str, sums: [u64; 2]| {
        let cells = vec![
            text(took(sums[0])),
            text(took(sums[1])),
            text(difference(sums[0], sums[1])),
        ];
        row(text(name), false, &columns, cells)
    };
    let sum = |view: &TraceView, kind: SpanKind| {
        let spans = view.spans.iter().filter(|span| span.kind == kind);
        spans.fold(0_u64, |sum, span| sum.saturating_add(span.duration_us))
    };
    let mut rows = Vec::new();
    for kind in SpanKind::ALL {
        let sums = both.map(|view| sum(view, kind));
        if both
            .iter()
            .any(|view| view.spans.iter().any(|span| span.kind == kind))
        {
            rows.push(line(kind.label(), sums));
        }
    }
    rows.push(line(
        "The whole call",
        both.map(|view| view.line.duration_us),
    ));
    let hint = "Steps may be parts of others: what Order Desk took while the cache was filled counts in both.";
    let heads = ["Kind of step", columns[0], columns[1], columns[2]];
    card("kinds-title", "Where the time went")
        .child(el("p").class("hint").text(hint))
        .child(table("Time by kind of step", &heads, rows, 0))
}

fn difference(left: u64, right: u64) -> String {
    if left == right {
        return "none".to_owned();
    }
    let sign = if left < right { "+" } else { "−" };
    format!("{sign}{}", took(left.abs_diff(right)))
}

/// The requests to Order Desk, each beside the one like it in the other call.
fn requests(comparison: &Comparison) -> Markup {
    let both = [&comparison.left, &comparison.right];
    let is_request = |span: &&SpanView| span.kind == SpanKind::Upstream;
    let mut rows = Vec::new();
    let mut more = 0;
    for step in &comparison.steps {
        let places = [step.left, step.right];
        let at = |side: usize| {
            let place = usize::try_from(places[side]?).ok()?;
            both[side].spans.get(place).filter(is_request)
        };
        let spans = [at(0), at(1)];
        let Some(any) = spans[0].or(spans[1]) else {
            continue;
        };
        if rows.len() == ROWS {
            more += 1;
            continue;
        }
        let statuses = spans.map(|span| span.map(answered));
        let cells = spans.map(|span| match span {
            Some(span) => text(format!("{}, {}", answered(span), took(span.duration_us))),
            None => el("span").class("hint").text("not sent"),
        });
        let name = el("span").class("mono").text(any.name.clone());
        rows.push(row(
            name,
            statuses[0] != statuses[1],
            &SIDES,
            cells.to_vec(),
        ));
    }
    let card = card("requests-title", "Requests to Order Desk");
    if rows.is_empty() {
        return card.child(el("p").class("hint").text("Neither call sent one."));
    }
    let columns = ["Request", SIDES[0], SIDES[1]];
    card.child(table(
        "Requests to Order Desk, in order",
        &columns,
        rows,
        more,
    ))
}

/// What came back: the status, or the word for why there is none.
fn answered(span: &SpanView) -> String {
    let fact = |name: &str| {
        let fact = span.facts.iter().find(|fact| fact.name == name);
        fact.map(|fact| fact.value.clone())
    };
    let said = fact("status").or_else(|| fact("outcome"));
    said.unwrap_or_else(|| "no answer".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_have_a_sign() {
        assert_eq!(difference(1_000, 13_500), "+12 ms");
        assert_eq!(difference(13_000, 3_000), "−10 ms");
        assert_eq!(difference(5, 5), "none");
    }
}
