//! What happened in a call, in words and as places in a drawing: of many steps a part.

mod scale;

use std::collections::HashSet;

use orderdesk_mcp_contract::trace::SpanKind;
use orderdesk_mcp_contract::trace::view::{CriticalPart, Fact, Gap, SpanView, TraceView};

use self::scale::{Scale, WIDTH};
use super::took;
use crate::parts::format::{count, percent};
use crate::routes;

/// Steps on one page of a call. With all else that the page holds they keep it within what a browser shows at once.
pub(super) const STEPS: usize = 50;
/// Steps shown of a call beside the list.
const FIRST_STEPS: usize = 12;
/// Steps on other pages that are named because the call's duration came of them.
const ELSEWHERE: usize = 3;

/// One step as it is drawn.
pub(super) struct StepRow {
    /// What kind of step it was.
    pub(super) kind: &'static str,
    /// What was done.
    pub(super) name: String,
    /// In how many others it happened.
    pub(super) depth: usize,
    /// When it began, from the call's start.
    pub(super) from: String,
    /// How long it took.
    pub(super) took: String,
    /// Where its bar begins, in thousandths of the drawing.
    pub(super) x: u64,
    /// How long its bar is, at least 2.
    pub(super) width: u64,
    /// Whether it succeeded.
    pub(super) ok: bool,
    /// Whether the call's duration came of it.
    pub(super) is_critical: bool,
    /// More of it, in a line; blank where there is none.
    pub(super) facts: String,
}

/// Which of a call's steps are shown.
#[derive(Clone, Copy)]
pub(super) struct Part {
    pub(super) from: usize,
    most: usize,
    /// Whether more is told of each.
    with_facts: bool,
}

impl Part {
    /// The first ones, with little room.
    pub(super) const FIRST: Self = Self {
        from: 0,
        most: FIRST_STEPS,
        with_facts: false,
    };

    /// The page that has the step `from`.
    pub(super) fn page(from: usize) -> Self {
        Self {
            from: from - from % STEPS,
            most: STEPS,
            with_facts: true,
        }
    }

    /// Of so many; the first page, when there is no such step.
    pub(super) fn of(self, all: usize) -> Self {
        Self {
            from: if self.from < all { self.from } else { 0 },
            ..self
        }
    }

    fn has(self, place: usize) -> bool {
        (self.from..self.from + self.most).contains(&place)
    }
}

/// The steps of a part.
pub(super) fn of(view: &TraceView, part: Part) -> Vec<StepRow> {
    let scale = Scale::of(view);
    let critical: HashSet<usize> = view
        .critical
        .iter()
        .filter_map(|part| usize::try_from(part.span?).ok())
        .collect();
    let shown = view.spans.iter().enumerate().skip(part.from);
    shown
        .take(part.most)
        .map(|(place, span)| StepRow {
            facts: if part.with_facts {
                more(span)
            } else {
                String::new()
            },
            ..step(span, &scale, critical.contains(&place))
        })
        .collect()
}

/// What most of the duration came of, in a sentence.
pub(super) fn summary(view: &TraceView) -> String {
    let total = view.line.duration_us;
    // Of many steps of a kind none need have taken long.
    let mut by_kind: Vec<(Option<SpanKind>, u64)> = Vec::new();
    for part in &view.critical {
        let place = part.span.and_then(|place| usize::try_from(place).ok());
        let kind = place.and_then(|place| Some(view.spans.get(place)?.kind));
        match by_kind.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, sum)) => *sum += part.duration_us,
            None => by_kind.push((kind, part.duration_us)),
        }
    }
    match by_kind.into_iter().max_by_key(|(_, sum)| *sum) {
        Some((Some(kind), part)) => format!(
            "It took {}. Most of it: {}, {} ({}).",
            took(total),
            kind.label(),
            took(part),
            percent(part, total)
        ),
        _ => format!("It took {}.", took(total)),
    }
}

/// What the duration came of that is not among the steps shown, the longest first.
pub(super) fn elsewhere(view: &TraceView, part: Part) -> Vec<(String, String)> {
    let place = |critical: &CriticalPart| usize::try_from(critical.span?).ok();
    let mut others: Vec<_> = view
        .critical
        .iter()
        .filter_map(|critical| Some((place(critical)?, critical.duration_us)))
        .filter(|(place, _)| !part.has(*place))
        .collect();
    others.sort_by_key(|(_, duration_us)| std::cmp::Reverse(*duration_us));
    others.truncate(ELSEWHERE);
    let named = |(place, duration_us): (usize, u64)| {
        let span = view.spans.get(place)?;
        let words = format!("{} {}, {}", span.kind.label(), span.name, took(duration_us));
        let page = routes::trace(view.line.id);
        Some((words, format!("{page}?from={place}#step-{place}")))
    };
    others.into_iter().filter_map(named).collect()
}

fn step(span: &SpanView, scale: &Scale<'_>, is_critical: bool) -> StepRow {
    // At least two thousandths, so that it is seen.
    let x = scale.place(span.offset_us).min(WIDTH - 2);
    // What was before the call is no part of the drawing's time.
    let within = if span.kind.is_before() {
        0
    } else {
        span.duration_us
    };
    let end = scale.place(span.offset_us.saturating_add(within));
    StepRow {
        kind: span.kind.label(),
        name: span.name.clone(),
        depth: usize::try_from(span.depth).unwrap_or(usize::MAX),
        from: if span.kind.is_before() {
            "before".to_owned()
        } else {
            took(span.offset_us)
        },
        took: took(span.duration_us),
        x,
        width: end.saturating_sub(x).max(2),
        ok: span.ok,
        is_critical,
        facts: String::new(),
    }
}

/// What else is known of a step.
fn more(span: &SpanView) -> String {
    let fact = |fact: &Fact| format!("{}: {}", fact.name, fact.value);
    let facts: Vec<_> = span.facts.iter().map(fact).collect();
    facts.join(" · ")
}

/// What is said of the drawing: waits that are drawn short, and steps that are not there.
pub(super) fn notes(view: &TraceView) -> Vec<String> {
    let left_out = match view.left_out {
        0 => None,
        1 => Some("One more step was not kept.".to_owned()),
        more => Some(format!("{} more steps were not kept.", count(more))),
    };
    view.gaps.iter().map(gap).chain(left_out).collect()
}

fn gap(gap: &Gap) -> String {
    format!(
        "A wait of {}, from {} on, is drawn short.",
        took(gap.duration_us),
        took(gap.offset_us)
    )
}

#[cfg(test)]
mod tests {
    use orderdesk_mcp_contract::trace::Door;
    use orderdesk_mcp_contract::trace::view::{
        ComparedStep, Comparison, KeptResult, PayloadState, Related, TraceLine, TracePayload,
    };
    use orderdesk_mcp_contract::{TraceId, UtcMillis};

    use super::super::super::super::view::OneView;
    use super::super::again::{Addresses, again};
    use super::super::{compare, one};
    use super::*;
    use crate::parts::drawn;

    /// A call of so many steps, of which the one at `slow` took nearly all of the time.
    fn call_of(steps: usize, slow: usize) -> TraceView {
        let span = |place: usize| SpanView {
            kind: SpanKind::Upstream,
            name: format!("GET /{place}"),
            depth: 0,
            offset_us: place as u64 + if place > slow { 1_000_000 } else { 0 },
            duration_us: if place == slow { 1_000_000 } else { 1 },
            ok: true,
            facts: vec![Fact {
                name: "status".into(),
                value: "200".into(),
            }],
        };
        let spans: Vec<_> = (0..steps).map(span).collect();
        let part = |(place, span): (usize, &SpanView)| CriticalPart {
            span: u32::try_from(place).ok(),
            offset_us: span.offset_us,
            duration_us: span.duration_us,
        };
        TraceView {
            line: TraceLine {
                id: TraceId::from_parts(1, 1),
                started_at: UtcMillis(1),
                duration_us: 1_000_000 + steps as u64,
                door: Door::Mcp,
                actor: None,
                client: None,
                tool: "orders_get".into(),
                store: None,
                order_id: None,
                error: None,
                cache_hit: None,
                change_id: None,
            },
            request_id: None,
            traceparent: None,
            input_bytes: 0,
            output_bytes: 0,
            critical: spans.iter().enumerate().map(part).collect(),
            spans,
            left_out: 0,
            gaps: Vec::new(),
            policy: Vec::new(),
            payload: PayloadState::Nothing,
        }
    }

    fn page(view: &TraceView, part: Part) -> OneView {
        let at = Addresses {
            origin: "https://x.example",
            carried: String::new(),
        };
        let related = Related {
            order: vec![view.line.clone(), other(view, 2)],
            order_query: "order:7".into(),
            run: vec![other(view, 3)],
            run_query: "since:1h".into(),
            before: None,
        };
        one::page(UtcMillis(1), view, part, &related, None, &at)
    }

    fn other(view: &TraceView, id: u64) -> TraceLine {
        TraceLine {
            id: TraceId::from_parts(id, 1),
            ..view.line.clone()
        }
    }

    #[test]
    fn the_browser_knows_all_that_is_drawn() {
        let builds = |steps: Vec<String>| {
            let built = drawn(steps.clone()).steps();
            assert_eq!(built[1..built.len() - 1], steps);
        };
        let mut call = call_of(3, 0);
        call.line.tool = "orders_update".into();
        call.line.order_id = Some("7".into());
        call.request_id = Some("r-1".into());
        call.policy = vec!["It was let through.".into()];
        call.payload = PayloadState::Refused("Ask an owner.".into());
        builds(one::panel(Some(&call)).steps());
        builds(one::panel(None).steps());
        let view = page(&call, Part::page(0));
        for steps in [
            view.outcome,
            view.steps,
            view.side,
            view.payload.0,
            view.again.0,
            view.related,
        ] {
            builds(steps);
        }
        let payload = |arguments: &str| TracePayload {
            arguments: Some(arguments.to_owned()),
            arguments_were_cut: true,
            result: KeptResult::Nothing,
            error: None,
        };
        let at = Addresses {
            origin: "https://x.example",
            carried: String::new(),
        };
        let hidden = payload(r#"{"order_id":"7","reason":"[hidden: text]","z":1}"#);
        let (again, copies) = again(&call, Some(&hidden), &at);
        builds(again);
        assert_eq!(copies.len(), 2);
        assert!(
            copies[0].1.contains("$ORDERDESK_MCP_KEY"),
            "{}",
            copies[0].1
        );
        let place = |place| ComparedStep {
            left: Some(place),
            right: (place < 2).then_some(place),
        };
        let both = Comparison {
            left: call,
            right: call_of(2, 1),
            steps: (0..3).map(place).collect(),
        };
        // The title stands first.
        builds(compare::page(&both, None)[1..].to_vec());
        let carried = [Some(hidden), Some(payload(r#"{"order_id":"8"}"#))];
        builds(compare::page(&both, Some(carried))[1..].to_vec());
    }

    #[test]
    fn many_steps_are_shown_page_by_page_and_the_slowest_are_told_everywhere() {
        let call = call_of(5_000, 4_321);
        let told = summary(&call);
        assert!(told.contains("Order Desk, 1.0 s"), "{told}");
        for (from, first) in [(0, 0), (49, 0), (4_999, 4_950), (5_000, 0)] {
            let part = Part::page(from).of(5_000);
            let steps = of(&call, part);
            assert_eq!((part.from, steps.len()), (first, STEPS));
            assert_eq!(steps[0].name, format!("GET /{first}"));
            assert_eq!(steps[0].facts, "status: 200");
            let named = elsewhere(&call, part);
            assert_eq!(named.len(), ELSEWHERE);
            let (words, href) = &named[0];
            assert!(words.starts_with("Order Desk GET /4321, 1.0 s"), "{words}");
            assert!(href.ends_with("?from=4321#step-4321"), "{href}");
            let drawn = page(&call, part).steps;
            assert!(drawn.contains(&format!(
                "'Steps {} to {} of 5,000",
                count(first as u64 + 1),
                count(first as u64 + 50)
            )));
            assert!(drawn.contains(&format!("@id=step-{first}")));
        }
        let part = Part::page(4_321).of(5_000);
        let slow = of(&call, part);
        assert!(slow[21].is_critical && part.from == 4_300);
        let named = elsewhere(&call, part);
        assert!(!named.iter().any(|(words, _)| words.contains("/4321")));
        let beside = of(&call, Part::FIRST);
        assert_eq!((beside.len(), beside[0].facts.as_str()), (FIRST_STEPS, ""));
        let few = call_of(3, 0);
        assert_eq!(elsewhere(&few, Part::page(0)).len(), 0);
        assert!(
            !page(&few, Part::page(0))
                .steps
                .iter()
                .any(|step| step.contains("Steps 1"))
        );
    }
}
