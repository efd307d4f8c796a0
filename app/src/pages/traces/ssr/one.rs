//! One call in words.

use orderdesk_mcp_contract::UtcMillis;
use orderdesk_mcp_contract::trace::view::{
    KeptResult, PayloadState, Related, TraceLine, TracePayload, TraceView,
};

use super::super::super::view::{OneView, PayloadView, RelatedView};
use super::again::{self, Addresses};
use super::compare::compare_card;
use super::facts::{facts, list};
use super::steps::{self, Part};
use super::{outcome, rows};
use crate::parts::{Drawn, Markup, card, el};
use crate::routes;

/// One call by itself.
pub(super) fn page(
    as_of: UtcMillis,
    view: TraceView,
    part: Part,
    related: Related,
    payload: Option<TracePayload>,
    at: &Addresses<'_>,
) -> OneView {
    let side = el("div")
        .class("stack")
        .child(card("facts-title", "Details").child(list(facts(&view))))
        .maybe(policy_card(&view.policy))
        .child(compare_card(&view.line, &related));
    let (again, copies) = again::again(&view, payload.as_ref(), at);
    OneView {
        again,
        copies,
        ..shown(as_of, view, part, related, payload, side.steps())
    }
}

/// One call as it is shown beside the list.
pub(super) fn beside(as_of: UtcMillis, view: TraceView) -> OneView {
    let side = list(facts(&view)).steps();
    shown(as_of, view, Part::FIRST, Related::default(), None, side)
}

fn shown(
    as_of: UtcMillis,
    view: TraceView,
    part: Part,
    related: Related,
    payload: Option<TracePayload>,
    side: Drawn,
) -> OneView {
    let part = part.of(view.spans.len());
    let list = |lines: &[TraceLine], query: &str| RelatedView {
        rows: rows(lines),
        all: routes::traces(&[("q", query)]),
    };
    OneView {
        as_of,
        id: view.line.id,
        tool: view.line.tool.clone(),
        outcome: outcome(view.line.error),
        side,
        summary: steps::summary(&view),
        gaps: steps::notes(&view),
        steps: steps::of(&view, part),
        shown: (part.from, view.spans.len()),
        elsewhere: steps::elsewhere(&view, part),
        payload: carried(&view, part, payload),
        again: Drawn::new(),
        copies: Vec::new(),
        order: list(&related.order, &related.order_query),
        run: list(&related.run, &related.run_query),
    }
}

fn policy_card(sentences: &[String]) -> Option<Markup> {
    let said = |sentence: &String| el("li").text(sentence.clone());
    (!sentences.is_empty()).then(|| {
        card("policy-title", "Why it was let through or not")
            .child(el("ul").class("notes").children(sentences.iter().map(said)))
    })
}

fn carried(view: &TraceView, part: Part, payload: Option<TracePayload>) -> PayloadView {
    if let Some(payload) = payload {
        return PayloadView::Shown(parts(payload));
    }
    match &view.payload {
        PayloadState::Nothing => PayloadView::Not("Nothing of it was kept.".to_owned()),
        PayloadState::Refused(why) => PayloadView::Not(why.clone()),
        PayloadState::Readable => {
            let page = routes::trace(view.line.id);
            PayloadView::Readable(format!("{page}?from={}&carried=1", part.from))
        }
    }
}

/// Each with its title, its text, and what is said of it.
fn parts(payload: TracePayload) -> Vec<(String, String, String)> {
    let cut = |was_cut: bool| {
        if was_cut {
            "It was long: only its beginning was kept.".to_owned()
        } else {
            String::new()
        }
    };
    let part = |title: &str, text: String, note: String| (title.to_owned(), text, note);
    let mut parts = Vec::new();
    if let Some(arguments) = payload.arguments {
        let note = cut(payload.arguments_were_cut);
        parts.push(part("Arguments", arguments, note));
    }
    match payload.result {
        KeptResult::Nothing => {}
        KeptResult::Cached => parts.push(part(
            "Answer",
            String::new(),
            "The cache answered. The call that fetched it holds the answer.".to_owned(),
        )),
        KeptResult::Kept { json, was_cut } => parts.push(part("Answer", json, cut(was_cut))),
    }
    if let Some(error) = payload.error {
        parts.push(part("Refused with", String::new(), error));
    }
    parts
}
