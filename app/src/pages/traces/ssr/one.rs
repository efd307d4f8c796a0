//! One call in words.

use orderdesk_mcp_contract::UtcMillis;
use orderdesk_mcp_contract::trace::view::{
    ActorKind, CriticalPart, Gap, KeptResult, PayloadState, Related, SpanView, TraceLine,
    TracePayload, TraceView,
};

use super::super::super::view::{FactLine, OneView, PayloadView, StepRow};
use super::{moment, of_order, outcome, rows, took};
use crate::parts::format::{count, percent};
use crate::routes;

/// The drawing's width.
const WIDTH: u64 = 1_000;
/// Bytes of JSON that make about one token.
const BYTES_A_TOKEN: u64 = 4;

pub(super) fn view(
    as_of: UtcMillis,
    view: TraceView,
    related: Related,
    payload: Option<TracePayload>,
) -> OneView {
    let scale = Scale::of(&view);
    let critical: Vec<usize> = view
        .critical
        .iter()
        .filter_map(|part| usize::try_from(part.span?).ok())
        .collect();
    let steps = view
        .spans
        .iter()
        .enumerate()
        .map(|(place, span)| step(span, &scale, critical.contains(&place)))
        .collect();
    OneView {
        as_of,
        id: view.line.id,
        tool: view.line.tool.clone(),
        outcome: outcome(view.line.error),
        summary: summary(&view),
        gaps: view.gaps.iter().map(gap).collect(),
        steps,
        payload: carried(&view, payload),
        facts: facts(&view),
        policy: view.policy,
        order: rows(&related.order),
        run: rows(&related.run),
    }
}

/// The longest part of what the duration came of, in a sentence.
fn summary(view: &TraceView) -> String {
    let total = view.line.duration_us;
    let longest = view.critical.iter().max_by_key(|part| part.duration_us);
    let name = |part: &CriticalPart| {
        let place = usize::try_from(part.span?).ok()?;
        view.spans.get(place).map(|span| span.kind.label())
    };
    match longest.and_then(|part| Some((name(part)?, part.duration_us))) {
        Some((name, part)) => format!(
            "It took {}. Most of it: {name}, {} ({}).",
            took(total),
            took(part),
            percent(part, total)
        ),
        None => format!("It took {}.", took(total)),
    }
}

/// From moments of the call to places in the drawing, in which long waits are short.
struct Scale<'a> {
    gaps: &'a [Gap],
    shown_us: u64,
}

impl<'a> Scale<'a> {
    fn of(view: &'a TraceView) -> Self {
        let scale = Self {
            gaps: &view.gaps,
            shown_us: 1,
        };
        let shown_us = scale.drawn(view.line.duration_us).max(1);
        Self { shown_us, ..scale }
    }

    /// Microseconds of the drawing's time before a moment.
    fn drawn(&self, at: u64) -> u64 {
        let mut saved = 0;
        for gap in self.gaps {
            let within = at.saturating_sub(gap.offset_us).min(gap.duration_us);
            let shown =
                u128::from(within) * u128::from(gap.shown_us) / u128::from(gap.duration_us.max(1));
            saved += within - u64::try_from(shown).unwrap_or(within).min(within);
        }
        at - saved.min(at)
    }

    fn place(&self, at: u64) -> u64 {
        let place = u128::from(self.drawn(at)) * u128::from(WIDTH) / u128::from(self.shown_us);
        u64::try_from(place).unwrap_or(WIDTH).min(WIDTH)
    }
}

fn step(span: &SpanView, scale: &Scale<'_>, is_critical: bool) -> StepRow {
    let narrow = |place: u64| u16::try_from(place).unwrap_or(1_000);
    // At least two thousandths, so that it is seen.
    let x = scale.place(span.offset_us).min(WIDTH - 2);
    let end = scale.place(span.offset_us.saturating_add(span.duration_us));
    StepRow {
        kind: span.kind.label().to_owned(),
        name: span.name.clone(),
        depth: u8::try_from(span.depth).unwrap_or(4).min(4),
        from: took(span.offset_us),
        took: took(span.duration_us),
        x: narrow(x),
        width: narrow(end.saturating_sub(x).max(2)),
        ok: span.ok,
        is_critical,
        facts: span
            .facts
            .iter()
            .map(|fact| (fact.name.clone(), fact.value.clone()))
            .collect(),
    }
}

fn gap(gap: &Gap) -> String {
    format!(
        "A wait of {}, from {} on, is drawn short.",
        took(gap.duration_us),
        took(gap.offset_us)
    )
}

fn carried(view: &TraceView, payload: Option<TracePayload>) -> PayloadView {
    if let Some(payload) = payload {
        return PayloadView::Shown(parts(payload));
    }
    match &view.payload {
        PayloadState::Nothing => PayloadView::Not("Nothing of it was kept.".to_owned()),
        PayloadState::Refused(why) => PayloadView::Not(why.clone()),
        PayloadState::Readable => {
            PayloadView::Readable(format!("{}?carried=1", routes::trace(view.line.id)))
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
        facts.push(code("Request", request.clone()));
    }
    if let Some(parent) = &view.traceparent {
        facts.push(code("traceparent", parent.clone()));
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
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_waits_are_drawn_short_and_the_rest_to_scale() {
        let gaps = [Gap {
            offset_us: 100,
            duration_us: 10_000,
            shown_us: 100,
        }];
        let scale = Scale {
            gaps: &gaps,
            shown_us: 400,
        };
        for (at, drawn) in [
            (0, 0),
            (100, 100),
            (5_100, 150),
            (10_100, 200),
            (10_300, 400),
        ] {
            assert_eq!(scale.drawn(at), drawn, "at {at}");
        }
        assert_eq!(scale.place(10_300), WIDTH);
        assert_eq!(scale.place(100), 250);
    }
}
