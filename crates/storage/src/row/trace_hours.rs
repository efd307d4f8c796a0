use std::collections::BTreeMap;

use orderdesk_mcp_contract::{ErrorCode, UtcMillis};

use super::hour_search::{cached, outcome};
use super::{At, FittedTrace, SlotTotalsRow, count, named};
use crate::error::StorageError;
use crate::record::{Door, DurationClass, SLOWER_THAN_MS, TraceGroup, TraceSums};

/// The length of an hour, in milliseconds.
pub(super) const HOUR_MS: i64 = 3_600_000;
/// The longest duration that is added up, a day in microseconds: with odd ones the sum would leave its column.
const DURATION_MAX_US: i64 = 86_400_000_000;

/// What calls of an hour are added up by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(
    missing_docs,
    reason = "the columns, by their names; the migration says what they mean"
)]
pub struct HourKey<'a> {
    pub tenant_id: &'a str,
    pub hour: i64,
    pub tool: &'a str,
    pub store_id: &'a str,
    pub key_id: &'a str,
    pub door: &'static str,
    pub outcome: &'static str,
    pub cached: &'static str,
}

/// What calls of an hour add up to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the columns, by their names; the migration says what they mean"
)]
pub struct HourSums {
    pub calls: i64,
    pub duration_us: i64,
    pub slower: [i64; SLOWER_THAN_MS.len()],
}

/// The calls added up by hour, in order, so that two processes writing at once lock rows in the same order.
pub fn by_hour<'a>(
    traces: impl Iterator<Item = &'a FittedTrace<'a>>,
) -> BTreeMap<HourKey<'a>, HourSums> {
    let mut hours: BTreeMap<HourKey<'a>, HourSums> = BTreeMap::new();
    for trace in traces {
        let key = HourKey {
            tenant_id: &trace.tenant_id,
            hour: hour_of(UtcMillis(trace.started_at())),
            tool: &trace.tool,
            store_id: trace.store_id.as_deref().unwrap_or_default(),
            key_id: trace.key_id.as_deref().unwrap_or_default(),
            door: trace.door(),
            outcome: outcome(trace.error_code()),
            cached: cached(trace.cache_hit()),
        };
        let sums = hours.entry(key).or_default();
        sums.calls += 1;
        sums.duration_us += trace.duration_us().min(DURATION_MAX_US);
        for (count, than) in sums.slower.iter_mut().zip(SLOWER_THAN_MS) {
            *count += i64::from(trace.duration_us() > i64::from(than) * 1000);
        }
    }
    hours
}

/// When each key or person first called each tool, by workspace, id and tool, in order.
pub fn first_by_key<'a>(
    traces: impl Iterator<Item = &'a FittedTrace<'a>>,
) -> BTreeMap<(&'a str, &'a str, &'a str), i64> {
    let mut first = BTreeMap::new();
    for trace in traces.filter(|trace| trace.is_of_tool()) {
        if let Some(key) = &trace.key_id {
            let at = first
                .entry((&*trace.tenant_id, &**key, &*trace.tool))
                .or_insert(i64::MAX);
            *at = trace.started_at().min(*at);
        }
    }
    first
}

/// Where calls of tools are counted by how long they took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(
    missing_docs,
    reason = "the columns, by their names; the migration says what they mean"
)]
pub struct DurationKey<'a> {
    pub tenant_id: &'a str,
    pub hour: i64,
    pub class: i64,
}

/// The calls of tools counted by hour and how long they took, in order for the same reason.
pub fn by_duration<'a>(
    traces: impl Iterator<Item = &'a FittedTrace<'a>>,
) -> BTreeMap<DurationKey<'a>, i64> {
    let mut durations = BTreeMap::new();
    for trace in traces.filter(|trace| trace.is_of_tool()) {
        let key = DurationKey {
            tenant_id: &trace.tenant_id,
            hour: hour_of(UtcMillis(trace.started_at())),
            class: DurationClass::of(trace.duration_us()).number(),
        };
        *durations.entry(key).or_default() += 1;
    }
    durations
}

/// A group of calls, from the calls or from the hours.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct TraceGroupRow {
    pub tool: String,
    pub store_id: String,
    pub key_id: String,
    pub door: String,
    pub outcome: String,
    pub cached: String,
    pub calls: i64,
    pub slower_10: i64,
    pub slower_100: i64,
    pub slower_300: i64,
    pub slower_1000: i64,
    pub slower_3000: i64,
    pub slower_10000: i64,
}

impl TryFrom<TraceGroupRow> for TraceGroup {
    type Error = StorageError;
    fn try_from(row: TraceGroupRow) -> Result<Self, StorageError> {
        let at = At {
            table: "trace_hours",
            row: &row.tool,
        };
        let given = |text: String| (!text.is_empty()).then_some(text);
        let cache = [None, Some(true), Some(false)];
        Ok(Self {
            store_id: at.parse_opt("store_id", given(row.store_id))?,
            key_id: at.parse_opt("key_id", given(row.key_id))?,
            door: named(Door::ALL, Door::as_str, &row.door).ok_or_else(|| at.corrupt("door"))?,
            error: outcome_named(&row.outcome).ok_or_else(|| at.corrupt("outcome"))?,
            cached: named(cache, cached, &row.cached).ok_or_else(|| at.corrupt("cached"))?,
            calls: count(row.calls),
            slower: [
                row.slower_10,
                row.slower_100,
                row.slower_300,
                row.slower_1000,
                row.slower_3000,
                row.slower_10000,
            ]
            .map(count),
            tool: row.tool,
        })
    }
}

/// How calls ended that are stored under a name: with a failure, or without.
pub(super) fn outcome_named(name: &str) -> Option<Option<ErrorCode>> {
    let mut outcomes = std::iter::once(None).chain(ErrorCode::ALL.map(Some));
    outcomes.find(|error| outcome(*error) == name)
}

/// Counts from what the statements found, and the first hour that was counted, where there were more.
///
/// # Errors
/// `Corrupt` when a row cannot be read.
pub fn hour_sums(
    groups: Vec<TraceGroupRow>,
    slots: Vec<SlotTotalsRow>,
    counted_from: Option<i64>,
) -> Result<TraceSums, StorageError> {
    let groups = groups.into_iter().map(TryInto::try_into);
    Ok(TraceSums {
        groups: groups.collect::<Result<_, _>>()?,
        slots: slots.into_iter().map(Into::into).collect(),
        counted_from: counted_from.map(UtcMillis),
    })
}

/// The hour after this one.
pub fn hour_after(hour: i64) -> i64 {
    hour.saturating_add(HOUR_MS)
}

/// The hour that a moment is in.
pub fn hour_of(at: UtcMillis) -> i64 {
    let at = at.0.max(0);
    at - at % HOUR_MS
}

/// The first whole hour that begins at this moment or later.
pub fn hour_from(at: UtcMillis) -> i64 {
    let at = at.0.clamp(0, i64::MAX - HOUR_MS);
    (at + HOUR_MS - 1) / HOUR_MS * HOUR_MS
}
