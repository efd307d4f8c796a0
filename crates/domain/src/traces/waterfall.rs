//! The spans of a call as they are drawn: nested, with long waits to be drawn short, and the way that the call's duration
//! came of.

use std::cmp::Reverse;

use orderdesk_mcp_contract::trace::view::{CriticalPart, Fact, Gap, SpanView};
use orderdesk_mcp_storage::record::{Attributes, SpanRecord};
use serde_json::Value;

/// By how much a part may seem to end after the whole, because both are cut to microseconds.
const ROUNDING_US: u64 = 2;
/// The shortest wait that is drawn short, in microseconds.
const LONG_WAIT_US: u64 = 200_000;
/// Of a call of ten seconds, waits of two seconds are long.
const LONG_WAIT_PART: u64 = 5;

/// A call's spans, drawn.
pub(super) struct Waterfall {
    pub(super) spans: Vec<SpanView>,
    pub(super) gaps: Vec<Gap>,
    pub(super) critical: Vec<CriticalPart>,
}

impl Waterfall {
    pub(super) fn of(spans: Vec<SpanRecord>, duration_us: u64) -> Self {
        let (before, spans): (Vec<_>, Vec<_>) =
            spans.into_iter().partition(|span| span.kind.is_before());
        let (spans, parents) = nested(spans);
        let gaps = gaps(&spans, &parents, duration_us);
        let mut critical = critical(&spans, &parents, duration_us);
        // What was before the call stands first, and none of the duration came of it.
        let ahead = u32::try_from(before.len()).unwrap_or(u32::MAX);
        for place in critical.iter_mut().filter_map(|part| part.span.as_mut()) {
            *place = place.saturating_add(ahead);
        }
        let before = before.into_iter().map(shown);
        Self {
            gaps,
            critical,
            spans: before.chain(spans).collect(),
        }
    }
}

fn end(span: &SpanView) -> u64 {
    span.offset_us.saturating_add(span.duration_us)
}

/// The spans in order of beginning, parts behind the whole and one deeper; and of each the one it is a part of.
fn nested(mut records: Vec<SpanRecord>) -> (Vec<SpanView>, Vec<Option<usize>>) {
    records.sort_by_key(|span| (span.offset_us, Reverse(span.duration_us)));
    let mut spans: Vec<SpanView> = Vec::with_capacity(records.len());
    let mut parents = Vec::with_capacity(records.len());
    let mut open: Vec<usize> = Vec::new();
    for record in records {
        let span = shown(record);
        // What only overlaps with another stands beside it.
        while let Some(whole) = open.last().map(|place| &spans[*place])
            && (end(whole).saturating_add(ROUNDING_US) < end(&span) || end(whole) <= span.offset_us)
        {
            open.pop();
        }
        parents.push(open.last().copied());
        let depth = u32::try_from(open.len()).unwrap_or(u32::MAX);
        open.push(spans.len());
        spans.push(SpanView { depth, ..span });
    }
    (spans, parents)
}

fn shown(record: SpanRecord) -> SpanView {
    SpanView {
        kind: record.kind,
        name: record.name.into_owned(),
        depth: 0,
        offset_us: record.offset_us.unsigned_abs(),
        duration_us: record.duration_us.unsigned_abs(),
        ok: record.ok,
        facts: facts(&record.attributes),
    }
}

fn facts(attributes: &Attributes) -> Vec<Fact> {
    let known = attributes.read().into_iter();
    let known = known.filter(|(_, value)| !value.is_null());
    known
        .map(|(name, value)| Fact {
            name: name.replace('_', " "),
            value: match value {
                Value::String(text) => text,
                other => other.to_string(),
            },
        })
        .collect()
}

/// The stretches in which nothing happened but waiting, where they are long.
fn gaps(spans: &[SpanView], parents: &[Option<usize>], duration_us: u64) -> Vec<Gap> {
    let mut is_whole = vec![false; spans.len()];
    for parent in parents.iter().flatten() {
        is_whole[*parent] = true;
    }
    let stretch = |span: &SpanView| (span.offset_us, end(span).min(duration_us));
    let leaves = || {
        spans
            .iter()
            .zip(&is_whole)
            .filter(|(_, is_whole)| !**is_whole)
    };
    let waits = united(
        leaves()
            .filter(|(span, _)| span.kind.is_wait())
            .map(|(span, _)| stretch(span)),
    );
    let work = united(
        leaves()
            .filter(|(span, _)| !span.kind.is_wait())
            .map(|(span, _)| stretch(span)),
    );
    let least = (duration_us / LONG_WAIT_PART).max(LONG_WAIT_US);
    let mut long: Vec<(u64, u64)> = Vec::new();
    for (from, until) in waits {
        let mut from = from;
        for (work_from, work_until) in &work {
            if *work_until > from && *work_from < until {
                long.push((from, *work_from));
                from = *work_until;
            }
        }
        long.push((from, until));
    }
    // Where work began before the wait, the stretch before it ends before it begins.
    long.retain(|(from, until)| until.saturating_sub(*from) >= least);
    let waited: u64 = long.iter().map(|(from, until)| until - from).sum();
    // A tenth of all else: enough to be seen as a break.
    let shown_us = (duration_us.saturating_sub(waited) / 10).max(1);
    let gap = |(from, until): (u64, u64)| Gap {
        offset_us: from,
        duration_us: until - from,
        shown_us: shown_us.min(until - from),
    };
    long.into_iter().map(gap).collect()
}

/// Stretches in order, with those that touch as one.
fn united(stretches: impl Iterator<Item = (u64, u64)>) -> Vec<(u64, u64)> {
    let mut stretches: Vec<_> = stretches.filter(|(from, until)| from < until).collect();
    stretches.sort_unstable();
    let mut united: Vec<(u64, u64)> = Vec::new();
    for (from, until) in stretches {
        match united.last_mut() {
            Some((_, last)) if from <= *last => *last = until.max(*last),
            _ => united.push((from, until)),
        }
    }
    united
}

/// Walks back from the end: what ended last held up what came after it, and so on to the beginning.
fn critical(spans: &[SpanView], parents: &[Option<usize>], duration_us: u64) -> Vec<CriticalPart> {
    let mut parts_of: Vec<Vec<usize>> = vec![Vec::new(); spans.len() + 1];
    for (place, parent) in parents.iter().enumerate() {
        parts_of[parent.map_or(spans.len(), |parent| parent)].push(place);
    }
    for parts in &mut parts_of {
        parts.sort_by_key(|place| Reverse((end(&spans[*place]), Reverse(spans[*place].offset_us))));
    }
    let mut found = Vec::new();
    // A stretch to be explained by the parts of a span; the last one stands for the call.
    let mut open = vec![(spans.len(), 0, duration_us)];
    while let Some((whole, from, until)) = open.pop() {
        let mut at = until;
        for part in &parts_of[whole] {
            let span = &spans[*part];
            let (begins, ends) = (span.offset_us.max(from), end(span).min(at));
            // What went on after something began is not what that waited for.
            let goes_on = at < until && end(span) > at.saturating_add(ROUNDING_US);
            if begins >= ends || goes_on {
                continue;
            }
            found.push((whole, ends, at));
            open.push((*part, begins, ends));
            at = begins;
        }
        found.push((whole, from, at));
    }
    found.retain(|(_, from, until)| from < until);
    found.sort_by_key(|(_, from, _)| *from);
    let part = |(place, from, until): (usize, u64, u64)| CriticalPart {
        span: (place < spans.len()).then(|| u32::try_from(place).unwrap_or(u32::MAX)),
        offset_us: from,
        duration_us: until - from,
    };
    found.into_iter().map(part).collect()
}

#[cfg(test)]
mod tests {
    use orderdesk_mcp_storage::record::SpanKind;
    use serde_json::json;

    use super::*;

    fn span(kind: SpanKind, from: i64, until: i64) -> SpanRecord {
        SpanRecord {
            kind,
            name: format!("{from}").into(),
            offset_us: from,
            duration_us: until - from,
            ok: true,
            attributes: Attributes::of(
                &json!({ "status": 200, "tokens_remaining": null, "note": "a" }),
            ),
        }
    }

    #[test]
    fn what_was_before_the_call_is_no_part_of_it() {
        let spans = vec![
            span(SpanKind::Upstream, 10, 90),
            span(SpanKind::Auth, 0, 80_000),
        ];
        let Waterfall {
            spans, critical, ..
        } = Waterfall::of(spans, 100);
        let shown = |span: &SpanView| (span.kind, span.depth);
        let shown: Vec<_> = spans.iter().map(shown).collect();
        assert_eq!(shown, [(SpanKind::Auth, 0), (SpanKind::Upstream, 0)]);
        let came_of: Vec<_> = critical.iter().filter_map(|part| part.span).collect();
        assert_eq!(came_of, [1]);
    }

    #[test]
    fn spans_are_nested_by_time() {
        let spans = vec![
            span(SpanKind::Upstream, 50, 90),
            span(SpanKind::Cache, 10, 100),
            span(SpanKind::Pace, 10, 50),
            span(SpanKind::Verify, 95, 130),
            span(SpanKind::Database, 131, 140),
        ];
        let waterfall = Waterfall::of(spans, 150);
        let drawn: Vec<_> = waterfall
            .spans
            .iter()
            .map(|span| (span.kind, span.depth))
            .collect();
        assert_eq!(
            drawn,
            [
                (SpanKind::Cache, 0),
                (SpanKind::Pace, 1),
                (SpanKind::Upstream, 1),
                (SpanKind::Verify, 0),
                (SpanKind::Database, 0),
            ]
        );
        let facts: Vec<_> = waterfall.spans[0]
            .facts
            .iter()
            .map(|fact| (fact.name.as_str(), fact.value.as_str()))
            .collect();
        assert_eq!(facts, [("status", "200"), ("note", "a")]);
    }

    #[test]
    fn the_critical_path_covers_the_call_once() {
        let spans = vec![
            span(SpanKind::Cache, 10, 100),
            span(SpanKind::Pace, 10, 50),
            span(SpanKind::Upstream, 50, 90),
            // Ran beside the cache and ended before it: nobody waited for it.
            span(SpanKind::Database, 20, 60),
            span(SpanKind::Verify, 100, 130),
        ];
        let critical = Waterfall::of(spans, 150).critical;
        let parts: Vec<_> = critical
            .iter()
            .map(|part| (part.span, part.offset_us, part.offset_us + part.duration_us))
            .collect();
        assert_eq!(
            parts,
            [
                (None, 0, 10),
                (Some(1), 10, 50),
                (Some(3), 50, 90),
                (Some(0), 90, 100),
                (Some(4), 100, 130),
                (None, 130, 150),
            ]
        );
        assert_eq!(Waterfall::of(Vec::new(), 7).critical.len(), 1);
        assert_eq!(Waterfall::of(Vec::new(), 0).critical, []);
    }

    #[test]
    fn long_waits_are_drawn_short_and_work_is_not() {
        let second = 1_000_000;
        let spans = vec![
            span(SpanKind::Cache, 0, 10 * second),
            span(SpanKind::Pace, 0, 4 * second),
            span(SpanKind::Upstream, 4 * second, 9 * second),
            span(SpanKind::Pace, 9 * second, 9 * second + 100_000),
            // Waiting for something else at the same time as work is no gap.
            span(SpanKind::Queue, 3 * second, 8 * second),
        ];
        let gaps = Waterfall::of(spans, 10_000_000).gaps;
        assert_eq!(
            gaps,
            [Gap {
                offset_us: 0,
                duration_us: 4_000_000,
                shown_us: 600_000,
            }]
        );
    }

    #[test]
    fn thousands_of_spans_are_drawn() {
        let spans = (0..5000).map(|at| span(SpanKind::Upstream, at * 10, at * 10 + 9));
        let waterfall = Waterfall::of(spans.collect(), 50_000);
        assert_eq!(waterfall.spans.len(), 5000);
        let inside = (0..5000).map(|at| span(SpanKind::Cache, at, 20_000 - at));
        let waterfall = Waterfall::of(inside.collect(), 20_000);
        assert_eq!(waterfall.spans[4999].depth, 4999);
        let covered: u64 = waterfall.critical.iter().map(|part| part.duration_us).sum();
        assert_eq!(covered, 20_000);
    }
}
