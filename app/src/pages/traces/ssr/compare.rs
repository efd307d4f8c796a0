//! Two calls side by side, drawn here: the page has no events.

use std::collections::BTreeMap;

use orderdesk_mcp_contract::trace::SpanKind;
use orderdesk_mcp_contract::trace::view::{
    Comparison, PayloadState, Related, SpanView, TraceLine, TracePayload, TraceView,
};
use serde_json::Value;

use super::facts::{FactLine, facts};
use super::rows::{outcome_badge, outcome_word};
use super::{moment, took};
use crate::parts::format::{count, plural};
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

fn arguments(both: [&TraceView; 2], carried: Option<[Option<TracePayload>; 2]>) -> Markup {
    let card = card("payload-title", "What they were asked for");
    let said = |text: String| el("p").class("hint").text(text);
    if let Some(carried) = carried {
        return carried_difference(card, &carried);
    }
    let refused = both.iter().find_map(|view| match &view.payload {
        PayloadState::Refused(why) => Some(why.clone()),
        _ => None,
    });
    if let Some(why) = refused {
        return card.child(said(why));
    }
    let has_any = both
        .iter()
        .any(|view| view.payload == PayloadState::Readable);
    if !has_any {
        return card.child(said("Nothing of it was kept, of either call.".to_owned()));
    }
    let href = routes::comparison(both[0].line.id, both[1].line.id);
    card.child(said(
        "What they were asked for is kept sealed, without secrets and with customers' data hidden. That you read it is recorded, of each call."
            .to_owned(),
    ))
    .child(
        el("p").class("carried-button").child(
            link_button(format!("{href}&carried=1"), "Compare what they were asked for")
                .with("data-noscroll", "true"),
        ),
    )
}

fn carried_difference(card: Markup, carried: &[Option<TracePayload>; 2]) -> Markup {
    let said = |text: String| el("p").class("hint").text(text);
    let kept = |at: usize| {
        carried[at]
            .as_ref()
            .and_then(|payload| payload.arguments.as_deref())
    };
    let (Some(left), Some(right)) = (kept(0), kept(1)) else {
        let text = "What one of them was asked for was not kept, so there is nothing to compare.";
        return card.child(said(text.to_owned()));
    };
    let were_cut = carried
        .iter()
        .flatten()
        .any(|payload| payload.arguments_were_cut);
    let cut = were_cut.then(|| {
        said(
            "They are long, and only the beginning was kept: what follows is not compared."
                .to_owned(),
        )
    });
    let hidden = said("What is hidden looks the same in both, also where it was not.".to_owned());
    let (left, right) = (places(left), places(right));
    let mut names: Vec<&String> = left.keys().chain(right.keys()).collect();
    names.sort();
    names.dedup();
    let (same, differing): (Vec<_>, Vec<_>) = names
        .into_iter()
        .partition(|name| left.get(*name) == right.get(*name));
    let same = match (same.len(), differing.len()) {
        (0, 0) => "Neither was asked for anything in particular.".to_owned(),
        (_, 0) => "They were asked for the same.".to_owned(),
        (0, _) => "Nothing is the same in both.".to_owned(),
        (1, _) => "One more value is the same in both.".to_owned(),
        (more, _) => format!("{} more values are the same in both.", count(more as u64)),
    };
    let cell = |value: Option<&String>| match value {
        Some(value) => el("code").class("mono").text(value.clone()),
        None => el("span").class("hint").text("not given"),
    };
    let rows: Vec<_> = differing
        .iter()
        .take(ROWS)
        .map(|name| {
            let cells = vec![cell(left.get(*name)), cell(right.get(*name))];
            let name = el("code").class("mono").text((*name).clone());
            row(name, false, &SIDES, cells)
        })
        .collect();
    let more = differing.len().saturating_sub(ROWS);
    let table = (!rows.is_empty()).then(|| {
        let columns = ["Value", SIDES[0], SIDES[1]];
        table("Values that differ", &columns, rows, more)
    });
    card.maybe(table).child(said(same)).child(hidden).maybe(cut)
}

/// The values in a JSON text by where they stand, such as `changes.email` or `items[0].name`.
fn places(json: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    if let Ok(value) = serde_json::from_str(json) {
        put("", &value, &mut found);
    }
    found
}

fn put(place: &str, value: &Value, found: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (name, member) in members {
                let below = if place.is_empty() {
                    name.clone()
                } else {
                    format!("{place}.{name}")
                };
                put(&below, member, found);
            }
        }
        Value::Array(elements) if !elements.is_empty() => {
            for (number, element) in elements.iter().enumerate() {
                put(&format!("{place}[{number}]"), element, found);
            }
        }
        // The whole is an object always; without members it says nothing.
        _ if place.is_empty() => {}
        other => {
            found.insert(place.to_owned(), other.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_their_places() {
        let found = places(r#"{"a":{"b":[1,{"c":"x"}],"d":{}},"e":null}"#);
        let found: Vec<_> = found
            .iter()
            .map(|(place, value)| (place.as_str(), value.as_str()))
            .collect();
        assert_eq!(
            found,
            [
                ("a.b[0]", "1"),
                ("a.b[1].c", "\"x\""),
                ("a.d", "{}"),
                ("e", "null")
            ]
        );
        assert!(places("{}").is_empty());
    }

    #[test]
    fn differences_have_a_sign() {
        assert_eq!(difference(1_000, 13_500), "+12 ms");
        assert_eq!(difference(13_000, 3_000), "−10 ms");
        assert_eq!(difference(5, 5), "none");
    }

    #[test]
    fn arguments_are_compared_value_by_value() {
        let payload = |arguments: &str| {
            Some(TracePayload {
                arguments: Some(arguments.to_owned()),
                arguments_were_cut: false,
                result: orderdesk_mcp_contract::trace::view::KeptResult::Nothing,
                error: None,
            })
        };
        let shown = |left: &str, right: &str| {
            carried_difference(card("x", "x"), &[payload(left), payload(right)])
                .steps()
                .join("\n")
        };
        let text = shown(
            r#"{"order_id":"1","limit":5}"#,
            r#"{"order_id":"2","limit":5}"#,
        );
        assert!(
            text.contains("order_id") && !text.contains("'limit"),
            "{text}"
        );
        assert!(text.contains("One more value is the same in both."));
        assert!(shown("{}", "{}").contains("anything in particular"));
    }
}
