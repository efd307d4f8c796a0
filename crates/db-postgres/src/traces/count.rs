//! Counting recorded calls for a search by whole hours, from their sums.

use orderdesk_mcp_contract::TenantId;
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::record::{TraceSearch, TraceSums};
use orderdesk_mcp_storage::row::{
    HourSearch, SlotTotalsRow, TraceGroupRow, hour_after, hour_from, hour_sums,
};
use sqlx::PgConnection;

use crate::connect::PostgresStorage;
use crate::fault::fault;

pub(super) async fn hours(
    storage: &PostgresStorage,
    tenant: TenantId,
    search: &TraceSearch,
    misses: u32,
    slot_ms: i64,
) -> Result<TraceSums, StorageError> {
    let first = hour_from(search.from);
    let look_at = i64::from(search.look_at.max(1));
    let search = HourSearch::new(tenant, search);
    let mut reading = storage
        .pool
        .begin_with("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        .await
        .map_err(fault)?;
    // Where calls are alike in little, there are nearly as many sums as calls.
    let too_old = sqlx::query_scalar!(
        "SELECT hour FROM trace_hours WHERE tenant_id = $1 AND hour >= $2 AND hour < $3
         ORDER BY hour DESC LIMIT 1 OFFSET $4",
        search.tenant_id,
        first,
        search.until,
        look_at
    )
    .fetch_optional(&mut *reading)
    .await
    .map_err(fault)?;
    let counted_from = too_old.map(hour_after);
    let from = counted_from.unwrap_or(first);
    let groups = hour_groups(&mut reading, &search, from, misses).await?;
    let slots = hour_slots(&mut reading, &search, from, slot_ms).await?;
    hour_sums(groups, slots, counted_from)
}

/// A statement over the sums of hours that miss at most so many fields of a search, with a parameter of its own `$14`.
macro_rules! select_hours {
    ($row:ty, $head:tt, $tail:tt, $search:expr, $from:expr, $misses:expr $(, $more:expr)*) => {
        sqlx::query_as!(
            $row,
            $head
                + " FROM trace_hours WHERE tenant_id = $1 AND hour >= $2 AND hour < $3
                    AND (coalesce(tool <> ALL($4::text[]), false) OR tool = ANY($5::text[]))::int
                      + (coalesce(store_id <> ALL($6::text[]), false) OR store_id = ANY($7::text[]))::int
                      + (coalesce(key_id <> ALL($8::text[]), false) OR key_id = ANY($9::text[]))::int
                      + coalesce(door <> ALL($10::text[]), false)::int
                      + coalesce(outcome <> ALL($11::text[]), false)::int
                      + coalesce(cached <> ALL($12::text[]), false)::int <= $13::bigint "
                + $tail,
            $search.tenant_id,
            $from,
            $search.until,
            $search.only_tools.as_deref() as Option<&[String]>,
            &$search.never_tools,
            $search.only_stores.as_deref() as Option<&[String]>,
            &$search.never_stores,
            $search.only_keys.as_deref() as Option<&[String]>,
            &$search.never_keys,
            $search.only_doors.as_deref() as Option<&[&str]>,
            $search.only_outcomes.as_deref() as Option<&[&str]>,
            $search.only_cached.as_deref() as Option<&[&str]>,
            i64::from($misses)
            $(, $more)*
        )
    };
}

/// The groups that miss at most so many fields, from the sums of hours.
async fn hour_groups(
    reading: &mut PgConnection,
    search: &HourSearch,
    from: i64,
    misses: u32,
) -> Result<Vec<TraceGroupRow>, StorageError> {
    select_hours!(
        TraceGroupRow,
        r#"SELECT tool, store_id, key_id, door, outcome, cached, sum(calls)::bigint AS "calls!",
                  sum(slower_10)::bigint AS "slower_10!", sum(slower_100)::bigint AS "slower_100!",
                  sum(slower_300)::bigint AS "slower_300!", sum(slower_1000)::bigint AS "slower_1000!",
                  sum(slower_3000)::bigint AS "slower_3000!", sum(slower_10000)::bigint AS "slower_10000!" "#,
        "GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6",
        search,
        from,
        misses
    )
    .fetch_all(reading)
    .await
    .map_err(fault)
}

/// The slots of a search, from the sums that miss nothing.
async fn hour_slots(
    reading: &mut PgConnection,
    search: &HourSearch,
    from: i64,
    slot_ms: i64,
) -> Result<Vec<SlotTotalsRow>, StorageError> {
    select_hours!(
        SlotTotalsRow,
        r#"SELECT hour / $14 * $14 AS "starts_at!", sum(calls)::bigint AS "calls!",
                  coalesce(sum(calls) FILTER (WHERE outcome NOT IN ('ok', 'cancelled')), 0)::bigint AS "errors!" "#,
        "GROUP BY 1 ORDER BY 1",
        search,
        from,
        0_u32,
        slot_ms
    )
    .fetch_all(reading)
    .await
    .map_err(fault)
}
