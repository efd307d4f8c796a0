//! Counts in words, with the addresses that narrow the list.

use orderdesk_mcp_contract::UtcMillis;
use orderdesk_mcp_contract::trace::TraceQuery;
use orderdesk_mcp_contract::trace::query::{Field, Term, Test, When};
use orderdesk_mcp_contract::trace::view::{
    Counted, Facet, FacetValue, Histogram, HistogramSlot, TraceCounts,
};

use super::side::{Bar, CountsView, FacetLine, FacetView};
use crate::parts::format::{count, plural};
use crate::parts::local;
use crate::routes;

/// Most bars: each is a link, and needs 24 pixels of the narrowest place that they stand in.
const BARS: usize = 10;
/// Lengths of time that people count in, in minutes.
const NICE_MINUTES: [i64; 14] = [
    1, 5, 10, 15, 30, 60, 180, 360, 720, 1_440, 2_880, 4_320, 7_200, 10_080,
];
/// Values of a field that are shown.
const VALUES: usize = 6;

pub(super) fn view(query: &TraceQuery, counts: TraceCounts) -> CountsView {
    let calls = plural(counts.calls, "call", "calls");
    let (from, until) = (local(counts.from), local(counts.until));
    let said = match counts.of {
        Counted::All => format!("{calls} from {from} to {until}"),
        Counted::LookedAt(looked_at) => format!(
            "{calls} among the {} newest, from {from} to {until}",
            count(looked_at)
        ),
    };
    let histogram = widened(counts.histogram);
    CountsView {
        said,
        slot: format!("Each bar is {}.", length(histogram.slot_ms)),
        kept: counts.kept_from.map(kept).unwrap_or_default(),
        bars: bars(query, &histogram),
        facets: counts
            .facets
            .into_iter()
            .filter(|facet| !facet.values.is_empty())
            .map(|found| facet(query, found))
            .collect(),
    }
}

/// Counts outlive the calls that they are of.
fn kept(from: UtcMillis) -> String {
    format!(
        "Calls are kept from {} on. What came before is counted here, and no longer listed.",
        local(from)
    )
}

/// A stretch of time in words.
fn length(ms: i64) -> String {
    let minutes = u64::try_from(ms / 60_000).unwrap_or(0);
    match minutes {
        0 => plural(u64::try_from(ms / 1_000).unwrap_or(0), "second", "seconds"),
        1..60 => plural(minutes, "minute", "minutes"),
        _ if minutes.is_multiple_of(1_440) => plural(minutes / 1_440, "day", "days"),
        _ if minutes.is_multiple_of(60) => plural(minutes / 60, "hour", "hours"),
        _ => plural(minutes, "minute", "minutes"),
    }
}

/// Slots put together, so that each bar is wide enough to be hit (WCAG 2.2, 2.5.8): to lengths that people count in, where one
/// of them does it.
fn widened(histogram: Histogram) -> Histogram {
    let slot_ms = histogram.slot_ms.max(1);
    let fits = |times: usize| histogram.slots.len().div_ceil(times) <= BARS;
    let nice = NICE_MINUTES.iter().filter_map(|minutes| {
        let length = minutes * 60_000;
        (length % slot_ms == 0).then(|| usize::try_from(length / slot_ms).ok())?
    });
    let plain = histogram.slots.len().div_ceil(BARS).max(1);
    let times = nice.filter(|times| fits(*times)).min().unwrap_or(plain);
    let together = |slots: &[HistogramSlot]| HistogramSlot {
        starts_at: slots[0].starts_at,
        ok: slots.iter().map(|slot| slot.ok).sum(),
        failed: slots.iter().map(|slot| slot.failed).sum(),
    };
    Histogram {
        slot_ms: slot_ms.saturating_mul(i64::try_from(times).unwrap_or(1)),
        slots: histogram.slots.chunks(times).map(together).collect(),
    }
}

fn bars(query: &TraceQuery, histogram: &Histogram) -> Vec<Bar> {
    let all = |slot: &HistogramSlot| slot.ok + slot.failed;
    let highest = histogram.slots.iter().map(all).max().unwrap_or(0).max(1);
    let share = |part: u64| {
        // What is there is seen, however little it is.
        let least = u64::from(part > 0);
        u8::try_from((part * 100 / highest).max(least)).unwrap_or(100)
    };
    let bar = |slot: &HistogramSlot| {
        let until = slot.starts_at.plus_millis(histogram.slot_ms);
        Bar {
            href: within(query, slot.starts_at, until),
            title: format!(
                "{}: {}, {} failed",
                local(slot.starts_at),
                plural(all(slot), "call", "calls"),
                count(slot.failed)
            ),
            ok: share(slot.ok),
            failed: share(slot.failed),
        }
    };
    histogram.slots.iter().map(bar).collect()
}

/// The same query for one stretch of time.
fn within(query: &TraceQuery, from: UtcMillis, until: UtcMillis) -> String {
    let narrowed = query
        .clone()
        .with(Term::only(Test::Since(When::At(from))))
        .with(Term::only(Test::Until(When::At(until))));
    address(&narrowed)
}

fn address(query: &TraceQuery) -> String {
    routes::traces(&[("q", &query.to_string())])
}

fn facet(query: &TraceQuery, facet: Facet) -> FacetView {
    let rest = u64::try_from(facet.values.len().saturating_sub(VALUES)).unwrap_or(0) + facet.more;
    let more = match rest {
        0 => String::new(),
        rest => format!("and {} more", count(rest)),
    };
    FacetView {
        title: title(facet.field).to_owned(),
        values: facet
            .values
            .into_iter()
            .take(VALUES)
            .filter_map(|value| line(query, value))
            .collect(),
        more,
    }
}

/// What people call a field.
fn title(field: Field) -> &'static str {
    match field {
        Field::Tool => "Tool",
        Field::Store => "Store",
        Field::Key => "Key or person",
        Field::Order => "Order",
        Field::Door => "Came through",
        Field::Client => "Client",
        Field::Status => "Outcome",
        Field::Cached => "Cache",
        Field::Latency => "Duration",
        Field::Change => "Change",
        Field::Changed => "Changed field",
        Field::Text => "Word",
        Field::Since => "From",
        Field::Until => "Until",
    }
}

fn line(query: &TraceQuery, value: FacetValue) -> Option<FacetLine> {
    // The terms are the query's and the value's own, so they are read again as they were written.
    let read = |term: &String| TraceQuery::parse(term).ok()?.terms().first().cloned();
    let term = read(&value.term)?;
    let cannot_be_left_out = !term.test.field().may_repeat();
    let without = if cannot_be_left_out || value.is_excluded || value.is_chosen {
        String::new()
    } else {
        address(&query.clone().with(Term::never(term.test.clone())))
    };
    let narrowed = if value.asked_by.is_empty() {
        query.clone().with(term)
    } else {
        let asked_by = value.asked_by.iter().filter_map(read);
        asked_by.fold(query.clone(), |query, term| query.without(&term))
    };
    Some(FacetLine {
        href: address(&narrowed),
        label: if value.is_excluded {
            format!("{} (left out)", value.label)
        } else {
            value.label
        },
        calls: count(value.calls),
        is_chosen: value.is_chosen || value.is_excluded,
        without,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_chosen_is_taken_back_by_the_term_that_chose_it() {
        let query = TraceQuery::parse("store:MAIN tool:orders_get").unwrap();
        let value = |asked_by: &[&str]| FacetValue {
            label: "Main".into(),
            term: "store:Main".into(),
            calls: 1,
            is_chosen: !asked_by.is_empty(),
            is_excluded: false,
            asked_by: asked_by.iter().map(|term| (*term).to_owned()).collect(),
        };
        let href = |asked_by: &[&str]| line(&query, value(asked_by)).unwrap().href;
        assert_eq!(href(&["store:MAIN"]), "/traces?q=tool%3Aorders_get");
        assert_eq!(
            href(&[]),
            "/traces?q=store%3AMAIN%20tool%3Aorders_get%20store%3AMain"
        );
    }

    #[test]
    fn bars_are_few_and_add_up() {
        for (slots, slot_minutes, bars, minutes) in [
            (57_i64, 180, 8, 1_440),
            (24, 60, 8, 180),
            (10, 60, 10, 60),
            (60, 1, 6, 10),
            (31, 1_440, 7, 7_200),
            (60, 1_440 * 7, 10, 1_440 * 42),
            (1, 60, 1, 60),
        ] {
            let slot = |number: i64| HistogramSlot {
                starts_at: UtcMillis(number * slot_minutes * 60_000),
                ok: 2,
                failed: 1,
            };
            let wide = widened(Histogram {
                slot_ms: slot_minutes * 60_000,
                slots: (0..slots).map(slot).collect(),
            });
            assert_eq!(
                (wide.slots.len(), wide.slot_ms / 60_000),
                (bars, minutes),
                "{slots} of {slot_minutes}"
            );
            let all: u64 = wide.slots.iter().map(|slot| slot.ok + slot.failed).sum();
            assert_eq!(all, slots.unsigned_abs() * 3);
        }
    }
}
