//! One call in words.

use orderdesk_mcp_contract::UtcMillis;
use orderdesk_mcp_contract::trace::view::{
    ActorKind, KeptResult, PayloadState, Related, TraceLine, TracePayload, TraceView,
};

use super::super::super::view::{FactLine, OneView, PayloadView, RelatedView};
use super::steps::{self, Part};
use super::{moment, of_order, outcome, rows, took};
use crate::parts::format::count;
use crate::routes;

/// Bytes of JSON that make about one token.
const BYTES_A_TOKEN: u64 = 4;

pub(super) fn view(
    as_of: UtcMillis,
    view: TraceView,
    part: Part,
    related: Related,
    payload: Option<TracePayload>,
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
        summary: steps::summary(&view),
        gaps: view.gaps.iter().map(steps::gap).collect(),
        steps: steps::of(&view, part),
        shown: (part.from, view.spans.len()),
        elsewhere: steps::elsewhere(&view, part),
        payload: carried(&view, part, payload),
        facts: facts(&view),
        policy: view.policy,
        order: list(&related.order, &related.order_query),
        run: list(&related.run, &related.run_query),
    }
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

fn facts(view: &TraceView) -> Vec<FactLine> {
    let line = &view.line;
    let plain = |name: &str, value: String| FactLine {
        name: name.to_owned(),
        value,
        href: String::new(),
        is_code: false,
        explains: String::new(),
    };
    let leading = |name: &str, value: String, href: String| FactLine {
        href,
        ..plain(name, value)
    };
    let code = |name: &str, value: String| FactLine {
        is_code: true,
        ..plain(name, value)
    };
    let tokens = |bytes: u64| {
        format!(
            "{} bytes, about {} tokens",
            count(bytes),
            count(bytes.div_ceil(BYTES_A_TOKEN))
        )
    };
    let mut facts = vec![
        plain("Began", moment(line.started_at)),
        plain("Took", took(line.duration_us)),
        plain("Came through", line.door.label().to_owned()),
    ];
    facts.extend(caller(line));
    if let Some(client) = &line.client {
        facts.push(plain("Client", client.clone()));
    }
    if let Some(store) = &line.store {
        facts.push(if store.is_gone {
            plain("Store", store.name.clone())
        } else {
            leading("Store", store.name.clone(), routes::store(store.id))
        });
    }
    if let Some(order) = &line.order_id {
        facts.push(leading("Order", order.clone(), of_order(order)));
    }
    if let Some(change) = line.change_id {
        facts.push(leading(
            "Change",
            "What it changed".to_owned(),
            routes::change(change),
        ));
    }
    if let Some(hit) = line.cache_hit {
        let said = if hit {
            "answered"
        } else {
            "asked, had nothing"
        };
        facts.push(plain("Cache", said.to_owned()));
    }
    facts.push(plain("Arguments", tokens(view.input_bytes)));
    facts.push(plain("Answer", tokens(view.output_bytes)));
    facts.push(code("Call", line.id.to_string()));
    if let Some(request) = &view.request_id {
        facts.push(FactLine {
            explains: "The server's log has it by this id".to_owned(),
            ..code("Request", request.clone())
        });
    }
    if let Some(parent) = &view.traceparent {
        facts.push(FactLine {
            explains:
                "The traceparent that the caller sent: it leads to the call in their own traces"
                    .to_owned(),
            ..code("Caller’s own trace", parent.clone())
        });
    }
    facts
}

fn caller(line: &TraceLine) -> Option<FactLine> {
    let actor = line.actor.as_ref()?;
    let (name, href) = match actor.kind {
        ActorKind::Key => ("Key", routes::key(actor.id)),
        ActorKind::Person => ("Person", String::new()),
        ActorKind::Gone => ("Who", String::new()),
    };
    Some(FactLine {
        name: name.to_owned(),
        value: actor.name.clone(),
        href,
        is_code: false,
        explains: String::new(),
    })
}
