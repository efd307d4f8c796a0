//! Counts beside the list: the values that a query can be narrowed by, and how many calls there were when.

use std::collections::HashMap;

use orderdesk_mcp_contract::trace::TraceQuery;
use orderdesk_mcp_contract::trace::query::Field;
use orderdesk_mcp_contract::trace::view::{Counted, Histogram, HistogramSlot, TraceCounts};
use orderdesk_mcp_contract::{ApiError, Right, TenantId, UtcMillis};
use orderdesk_mcp_storage::record::{SlotTotals, TraceMargins, TraceSearch, TraceSums};
use orderdesk_mcp_storage::row::made_at;

use super::asked::search_of;
use super::facets::facets;
use super::groups::Groups;
use crate::caller::Caller;
use crate::error::Failure;
use crate::services::Services;
use crate::stores::DAY_MS;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
/// The stretch of time that is counted when a query names none.
const DEFAULT_MS: i64 = 7 * DAY_MS;
/// A shorter one is counted call by call: of whole hours there would be too few to see anything.
const HOURS_FROM_MS: i64 = 3 * HOUR_MS;
/// Most sums of hours that are added up. A workspace whose calls are much alike has fewer in years; of one whose calls are
/// all different, the newest hours are counted.
const SUMS_MAX: u32 = 100_000;
/// Most slots of a histogram.
const SLOTS_MAX: i64 = 60;
/// Lengths of slots, the shortest first; the ones from an hour on can be made of hours.
const SLOTS_MS: [i64; 15] = [
    1000,
    5000,
    15_000,
    MINUTE_MS,
    2 * MINUTE_MS,
    5 * MINUTE_MS,
    15 * MINUTE_MS,
    30 * MINUTE_MS,
    HOUR_MS,
    3 * HOUR_MS,
    6 * HOUR_MS,
    12 * HOUR_MS,
    DAY_MS,
    7 * DAY_MS,
    28 * DAY_MS,
];
const HOUR_SLOTS_MS: &[i64] = SLOTS_MS.split_at(8).1;

impl Services {
    /// Counts of the calls of the caller's workspace that a query asks for; of the last seven days when it names no
    /// beginning. They come from the sums of whole hours where the query names nothing else than those are kept by, else
    /// from the newest calls, and say so, and from when on they are.
    ///
    /// # Errors
    /// As [`Services::search_traces`], and `Invalid` at `query` for a stretch of time that ends before it begins.
    pub async fn trace_counts(
        &self,
        caller: &Caller,
        query: &TraceQuery,
    ) -> Result<TraceCounts, ApiError> {
        caller.require(Right::Look)?;
        let counts = self.count_traces(caller, query).await;
        counts.map_err(Failure::answer)
    }

    async fn count_traces(
        &self,
        caller: &Caller,
        query: &TraceQuery,
    ) -> Result<TraceCounts, Failure> {
        let tenant = caller.tenant_id();
        let now = self.now();
        let names = self.trace_names(tenant).await?;
        let mut search = search_of(query, &names, now)?;
        if query.until().is_none() || search.until > now {
            // What begins in this very millisecond is counted too.
            search.until = now.plus_millis(1);
        }
        if query.since().is_none() {
            search.from = search.until.plus_millis(-DEFAULT_MS);
        }
        if search.from >= search.until {
            let text = "The query ends before it begins. Change `since:` or `until:`.";
            return Err(ApiError::invalid("query", text).into());
        }
        let by_hours = is_kept_by_hours(query) && search.until.since(search.from) >= HOURS_FROM_MS;
        let shortest = if by_hours { HOUR_MS } else { 1 };
        search.from = UtcMillis(search.from.0 - search.from.0.rem_euclid(shortest));
        search.until = UtcMillis(search.until.0 + (-search.until.0).rem_euclid(shortest));
        let sums = if by_hours {
            search.look_at = SUMS_MAX;
            self.count_hours(tenant, query, &mut search).await?
        } else {
            self.count_newest(tenant, &mut search).await?
        };
        let slot_ms = sums.slot_ms;
        // Other counts are of calls that are there.
        let kept_from = if by_hours {
            let oldest = self.kept_from(tenant).await?.unwrap_or(now);
            let first = sums.slots.first();
            first
                .filter(|first| first.starts_at.plus_millis(slot_ms) <= oldest)
                .map(|_| oldest)
        } else {
            None
        };
        Ok(TraceCounts {
            from: search.from,
            until: search.until,
            of: sums.of,
            kept_from,
            calls: sums.groups.calls(&search),
            facets: facets(query, &search, &sums.groups, &names),
            histogram: Histogram {
                slot_ms,
                slots: without_gaps(&sums.slots, &search, slot_ms),
            },
        })
    }

    /// Counts of whole hours. The search is narrowed to the hours that were counted.
    async fn count_hours(
        &self,
        tenant: TenantId,
        query: &TraceQuery,
        search: &mut TraceSearch,
    ) -> Result<Sums, Failure> {
        let fields = fields_of(query);
        if fields.is_empty() {
            let slot_ms = slot_length(search, HOUR_SLOTS_MS);
            let all = self.count_all(tenant, search, slot_ms).await?;
            return Ok(Sums {
                of: Counted::All,
                slot_ms,
                groups: Groups::Apart(all.margins),
                slots: all.slots,
            });
        }
        if let [field] = fields[..] {
            let (slot_ms, sums) = self.add_hours_up(tenant, search, 0).await?;
            let all = self.count_all(tenant, search, slot_ms).await?;
            return Ok(Sums {
                groups: Groups::But(field, sums.groups, all.margins),
                of: Counted::All,
                slot_ms,
                slots: sums.slots,
            });
        }
        let (slot_ms, sums) = self.add_hours_up(tenant, search, 1).await?;
        Ok(Sums::of(Counted::All, slot_ms, sums))
    }

    /// All calls, whatever a search names beside its stretch of time.
    async fn count_all(
        &self,
        tenant: TenantId,
        search: &TraceSearch,
        slot_ms: i64,
    ) -> Result<TraceMargins, Failure> {
        let storage = self.storage();
        let (from, until) = (search.from, search.until);
        Ok(storage
            .count_trace_margins(tenant, from, until, slot_ms)
            .await?)
    }

    /// Sums of hours with groups that miss so many fields at most, and the length of their slots.
    async fn add_hours_up(
        &self,
        tenant: TenantId,
        search: &mut TraceSearch,
        misses: u32,
    ) -> Result<(i64, TraceSums), Failure> {
        let storage = self.storage();
        let slot_ms = slot_length(search, HOUR_SLOTS_MS);
        let sums = storage
            .count_trace_hours(tenant, search, misses, slot_ms)
            .await?;
        let Some(from) = sums.counted_from else {
            return Ok((slot_ms, sums));
        };
        search.from = from;
        let shorter_ms = slot_length(search, HOUR_SLOTS_MS);
        if shorter_ms == slot_ms {
            return Ok((slot_ms, sums));
        }
        let sums = storage
            .count_trace_hours(tenant, search, misses, shorter_ms)
            .await?;
        Ok((shorter_ms, sums))
    }

    /// Counts of the newest calls. The search is narrowed to the time from which on all of them were looked at.
    async fn count_newest(
        &self,
        tenant: TenantId,
        search: &mut TraceSearch,
    ) -> Result<Sums, Failure> {
        let newest = self.storage().newest_traces(tenant, search).await?;
        let mut of = Counted::All;
        if let Some((number, oldest)) = newest.looked_at {
            of = Counted::LookedAt(number);
            // Ids are of when calls ended: all that began after this one ended have a later one.
            search.from = made_at(oldest)
                .max(search.from)
                .min(search.until.plus_millis(-1));
        }
        let slot_ms = slot_length(search, &SLOTS_MS);
        let sums = newest.sums(search, slot_ms);
        Ok(Sums::of(of, slot_ms, sums))
    }
}

/// What was counted, and over what.
struct Sums {
    of: Counted,
    slot_ms: i64,
    groups: Groups,
    slots: Vec<SlotTotals>,
}

impl Sums {
    fn of(of: Counted, slot_ms: i64, sums: TraceSums) -> Self {
        Self {
            of,
            slot_ms,
            groups: Groups::Together(sums.groups),
            slots: sums.slots,
        }
    }
}

/// What a query names beside a stretch of time, each once.
fn fields_of(query: &TraceQuery) -> Vec<Field> {
    let fields = query.terms().iter().map(|term| term.test.field());
    let mut named = Vec::new();
    for field in fields.filter(|field| !matches!(field, Field::Since | Field::Until)) {
        if !named.contains(&field) {
            named.push(field);
        }
    }
    named
}

/// Whether the sums of hours know all that the query names.
fn is_kept_by_hours(query: &TraceQuery) -> bool {
    query.terms().iter().all(|term| {
        !matches!(
            term.test.field(),
            Field::Order
                | Field::Client
                | Field::Latency
                | Field::Change
                | Field::Changed
                | Field::Text
        )
    })
}

/// The shortest of these lengths that gives no more slots than a histogram shows.
fn slot_length(search: &TraceSearch, lengths: &[i64]) -> i64 {
    let slots = |length: i64| {
        let first = search.from.0.div_euclid(length);
        (search.until.0 - 1).div_euclid(length) - first + 1
    };
    let fits = lengths
        .iter()
        .copied()
        .find(|length| slots(*length) <= SLOTS_MAX);
    fits.unwrap_or_else(|| {
        let days = search.until.since(search.from) / (SLOTS_MAX - 2) / DAY_MS + 1;
        days * DAY_MS
    })
}

/// Every slot of the stretch of time, the ones without calls too.
fn without_gaps(found: &[SlotTotals], search: &TraceSearch, slot_ms: i64) -> Vec<HistogramSlot> {
    let by_start: HashMap<_, _> = found.iter().map(|slot| (slot.starts_at, slot)).collect();
    let first = search.from.0.div_euclid(slot_ms);
    let last = (search.until.0 - 1).div_euclid(slot_ms);
    let slots = (first..=last).map(|slot| {
        let starts_at = UtcMillis(slot * slot_ms);
        let (calls, failed) = by_start
            .get(&starts_at)
            .map_or((0, 0), |slot| (slot.calls, slot.errors));
        HistogramSlot {
            starts_at,
            ok: calls.saturating_sub(failed),
            failed,
        }
    });
    slots.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_histogram_has_at_most_sixty_slots_whatever_its_length() {
        for lengths in [&SLOTS_MS[..], HOUR_SLOTS_MS] {
            for length in [
                1,
                1000,
                59_999,
                3 * HOUR_MS,
                DAY_MS,
                31 * DAY_MS,
                700 * DAY_MS,
                20_000 * DAY_MS,
            ] {
                for from in [0, 1, HOUR_MS - 1, 1_764_000_000_123] {
                    let search = TraceSearch {
                        from: UtcMillis(from),
                        until: UtcMillis(from + length),
                        ..TraceSearch::default()
                    };
                    let slot_ms = slot_length(&search, lengths);
                    let slots = without_gaps(&[], &search, slot_ms);
                    assert!(
                        (1..=60).contains(&slots.len()),
                        "{length} {from}: {}",
                        slots.len()
                    );
                    assert!(slots[0].starts_at <= search.from);
                    assert!(lengths[0] < HOUR_MS || slot_ms % HOUR_MS == 0);
                }
            }
        }
    }
}
