use std::collections::BTreeMap;

use orderdesk_mcp_contract::UtcMillis;

use super::trace_hours::{HOUR_MS, hour_from, outcome_named};
use super::{At, HourKey, HourSums, SlotTotalsRow, count, named};
use crate::error::StorageError;
use crate::record::{Door, Margin, SLOWER_THAN_MS, TraceMargin, TraceMargins};

/// The length of a day, in milliseconds.
const DAY_MS: i64 = 24 * HOUR_MS;
/// What calls are counted by, one at a time.
const FIELDS: [&str; 5] = ["all", "tool", "store", "key", "outcome"];

/// Where calls are counted by one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(
    missing_docs,
    reason = "the columns, by their names; the migration says what they mean"
)]
pub struct MarginKey<'a> {
    pub tenant_id: &'a str,
    pub length_ms: i64,
    pub field: &'static str,
    pub starts_at: i64,
    pub value: &'a str,
    pub door: &'static str,
}

/// What the calls of one thing add up to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the columns, by their names; the migration says what they mean"
)]
pub struct MarginSums {
    pub calls: i64,
    pub errors: i64,
    pub cache_lookups: i64,
    pub cache_hits: i64,
    pub slower: [i64; SLOWER_THAN_MS.len()],
}

impl MarginSums {
    /// What the calls of one joint sum add.
    fn of(key: &HourKey<'_>, sums: &HourSums) -> Self {
        let if_so = |so: bool| if so { sums.calls } else { 0 };
        Self {
            calls: sums.calls,
            errors: if_so(!matches!(key.outcome, "ok" | "cancelled")),
            cache_lookups: if_so(!key.cached.is_empty()),
            cache_hits: if_so(key.cached == "yes"),
            slower: sums.slower,
        }
    }

    fn add(&mut self, more: &Self) {
        self.calls += more.calls;
        self.errors += more.errors;
        self.cache_lookups += more.cache_lookups;
        self.cache_hits += more.cache_hits;
        for (sum, more) in self.slower.iter_mut().zip(more.slower) {
            *sum += more;
        }
    }
}

/// The sums of hours counted by one thing at a time, for the hour and for the day; in order, as the hours are.
pub fn by_margin<'a>(
    hours: &BTreeMap<HourKey<'a>, HourSums>,
) -> BTreeMap<MarginKey<'a>, MarginSums> {
    let mut margins: BTreeMap<MarginKey<'a>, MarginSums> = BTreeMap::new();
    for (hour, sums) in hours {
        let values = ["", hour.tool, hour.store_id, hour.key_id, hour.outcome];
        let sums = MarginSums::of(hour, sums);
        for (field, value) in FIELDS.into_iter().zip(values) {
            let key = MarginKey {
                tenant_id: hour.tenant_id,
                length_ms: HOUR_MS,
                field,
                starts_at: hour.hour,
                value,
                door: hour.door,
            };
            margins.entry(key).or_default().add(&sums);
        }
    }
    let mut days: BTreeMap<MarginKey<'a>, MarginSums> = BTreeMap::new();
    for (hour, sums) in &margins {
        let key = MarginKey {
            length_ms: DAY_MS,
            starts_at: hour.starts_at - hour.starts_at % DAY_MS,
            ..*hour
        };
        days.entry(key).or_default().add(sums);
    }
    margins.append(&mut days);
    margins
}

/// Which sums a stretch of time is read from: as many of them days as can be, the rest hours. Each is the first beginning, and
/// the end, which is not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MarginSpans {
    /// Hours before the first whole day.
    pub hours_before: (i64, i64),
    /// Whole days.
    pub days: (i64, i64),
    /// Hours after the last whole day.
    pub hours_after: (i64, i64),
}

impl MarginSpans {
    /// The hours that begin in a stretch of time.
    pub fn of(from: UtcMillis, until: UtcMillis) -> Self {
        let (from, until) = (hour_from(from), until.0);
        let first_day = from.saturating_add(DAY_MS - 1) / DAY_MS * DAY_MS;
        let end_of_days = until - until.rem_euclid(DAY_MS);
        if first_day >= end_of_days {
            return Self {
                hours_before: (from, until),
                days: (until, until),
                hours_after: (until, until),
            };
        }
        Self {
            hours_before: (from, first_day),
            days: (first_day, end_of_days),
            hours_after: (end_of_days, until),
        }
    }
}

/// The calls of one thing.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct TraceMarginRow {
    pub field: String,
    pub value: String,
    pub door: String,
    pub calls: i64,
    pub cache_lookups: i64,
    pub cache_hits: i64,
    pub slower_10: i64,
    pub slower_100: i64,
    pub slower_300: i64,
    pub slower_1000: i64,
    pub slower_3000: i64,
    pub slower_10000: i64,
}

impl TryFrom<TraceMarginRow> for TraceMargin {
    type Error = StorageError;
    fn try_from(row: TraceMarginRow) -> Result<Self, StorageError> {
        let at = At {
            table: "trace_margins",
            row: &row.value,
        };
        let given = || (!row.value.is_empty()).then(|| row.value.clone());
        let of = match row.field.as_str() {
            "all" => Margin::All,
            "tool" => Margin::Tool(row.value.clone()),
            "store" => Margin::Store(at.parse_opt("value", given())?),
            "key" => Margin::Key(at.parse_opt("value", given())?),
            "outcome" => {
                Margin::Outcome(outcome_named(&row.value).ok_or_else(|| at.corrupt("value"))?)
            }
            _ => return Err(at.corrupt("field")),
        };
        Ok(Self {
            of,
            door: named(Door::ALL, Door::as_str, &row.door).ok_or_else(|| at.corrupt("door"))?,
            calls: count(row.calls),
            cache_lookups: count(row.cache_lookups),
            cache_hits: count(row.cache_hits),
            slower: [
                row.slower_10,
                row.slower_100,
                row.slower_300,
                row.slower_1000,
                row.slower_3000,
                row.slower_10000,
            ]
            .map(count),
        })
    }
}

impl TraceMargins {
    /// Counts from what the statements found.
    ///
    /// # Errors
    /// `Corrupt` when a row cannot be read.
    pub fn read(
        margins: Vec<TraceMarginRow>,
        slots: Vec<SlotTotalsRow>,
    ) -> Result<Self, StorageError> {
        let margins = margins.into_iter().map(TryInto::try_into);
        Ok(Self {
            margins: margins.collect::<Result<_, _>>()?,
            slots: slots.into_iter().map(Into::into).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The beginnings of sums of this length in a span.
    fn read((first, end): (i64, i64), length: i64) -> Vec<i64> {
        let starts = std::iter::successors(Some(first), |at| Some(at + length));
        starts.take_while(|at| *at < end).collect()
    }

    #[test]
    fn every_hour_is_read_once_and_whole_days_as_one() {
        for from in [0, 1, HOUR_MS, DAY_MS - 1, DAY_MS, 40 * HOUR_MS + 7] {
            for length in [
                0,
                1,
                HOUR_MS,
                23 * HOUR_MS,
                DAY_MS,
                50 * HOUR_MS,
                9 * DAY_MS + 1,
            ] {
                let until = from + length;
                let spans = MarginSpans::of(UtcMillis(from), UtcMillis(until));
                let mut hours = Vec::new();
                let days = read(spans.days, DAY_MS);
                hours.extend(read(spans.hours_before, HOUR_MS));
                for day in &days {
                    assert_eq!(day % DAY_MS, 0);
                    hours.extend((0..24).map(|hour| day + hour * HOUR_MS));
                }
                hours.extend(read(spans.hours_after, HOUR_MS));
                let first = hour_from(UtcMillis(from));
                let begun = (0..).map(|hour| first + hour * HOUR_MS);
                let expected: Vec<_> = begun.take_while(|hour| *hour < until).collect();
                assert_eq!(hours, expected, "{from} {until}");
                let at_the_ends = hours.len() - 24 * days.len();
                assert!(at_the_ends < 48, "{at_the_ends} hours");
            }
        }
        let ever = MarginSpans::of(UtcMillis(0), UtcMillis(i64::MAX));
        assert_eq!((ever.hours_before, ever.days.0), ((0, 0), 0));
        assert!(ever.days.1 > i64::MAX - DAY_MS);
        MarginSpans::of(UtcMillis(i64::MAX), UtcMillis(i64::MAX));
    }
}
