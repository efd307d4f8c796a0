//! Counting recorded calls for a search by whole hours, from their sums.

use orderdesk_mcp_contract::TenantId;
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::record::{TraceSearch, TraceSums};
use orderdesk_mcp_storage::row::{
    HourSearch, SlotTotalsRow, TraceGroupRow, hour_after, hour_from, hour_sums,
};
use sqlx::SqliteConnection;

use super::lists::Lists;
use crate::fault::fault;
use crate::open::SqliteStorage;

pub(super) async fn hours(
    storage: &SqliteStorage,
    tenant: TenantId,
    search: &TraceSearch,
    misses: u32,
    slot_ms: i64,
) -> Result<TraceSums, StorageError> {
    let first = hour_from(search.from);
    let look_at = i64::from(search.look_at.max(1));
    let search = HourSearch::new(tenant, search);
    let lists = Lists::of(&search)?;
    let mut reading = storage.readers.begin().await.map_err(fault)?;
    // Where calls are alike in little, there are nearly as many sums as calls.
    let too_old = sqlx::query_scalar!(
        "SELECT hour FROM trace_hours WHERE tenant_id = ?1 AND hour >= ?2 AND hour < ?3
         ORDER BY hour DESC LIMIT 1 OFFSET ?4",
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
    let groups = hour_groups(&mut reading, &search, &lists, from, misses).await?;
    let slots = hour_slots(&mut reading, &search, &lists, from, slot_ms).await?;
    hour_sums(groups, slots, counted_from)
}

/// A statement over the sums of hours that miss at most so many fields of a search, with a parameter of its own `?14`.
macro_rules! select_hours {
    ($row:ty, $head:tt, $tail:tt, $search:expr, $lists:expr, $from:expr, $misses:expr $(, $more:expr)*) => {
        sqlx::query_as!(
            $row,
            $head + " FROM trace_hours WHERE tenant_id = ?1 AND hour >= ?2 AND hour < ?3
                AND ((?4 IS NOT NULL AND tool NOT IN (SELECT value FROM json_each(?4)))
                     OR tool IN (SELECT value FROM json_each(?5)))
                  + ((?6 IS NOT NULL AND store_id NOT IN (SELECT value FROM json_each(?6)))
                     OR store_id IN (SELECT value FROM json_each(?7)))
                  + ((?8 IS NOT NULL AND key_id NOT IN (SELECT value FROM json_each(?8)))
                     OR key_id IN (SELECT value FROM json_each(?9)))
                  + (?10 IS NOT NULL AND door NOT IN (SELECT value FROM json_each(?10)))
                  + (?11 IS NOT NULL AND outcome NOT IN (SELECT value FROM json_each(?11)))
                  + (?12 IS NOT NULL AND cached NOT IN (SELECT value FROM json_each(?12))) <= ?13 "
                + $tail,
            $search.tenant_id,
            $from,
            $search.until,
            $lists.only_tools,
            $lists.never_tools,
            $lists.only_stores,
            $lists.never_stores,
            $lists.only_keys,
            $lists.never_keys,
            $lists.only_doors,
            $lists.only_outcomes,
            $lists.only_cached,
            $misses
            $(, $more)*
        )
    };
}

/// The groups that miss at most so many fields, from the sums of hours.
async fn hour_groups(
    reading: &mut SqliteConnection,
    search: &HourSearch,
    lists: &Lists,
    from: i64,
    misses: u32,
) -> Result<Vec<TraceGroupRow>, StorageError> {
    select_hours!(
        TraceGroupRow,
        r#"SELECT tool, store_id, key_id, door, outcome, cached, sum(calls) AS "calls!: i64",
                  sum(slower_10) AS "slower_10!: i64", sum(slower_100) AS "slower_100!: i64",
                  sum(slower_300) AS "slower_300!: i64", sum(slower_1000) AS "slower_1000!: i64",
                  sum(slower_3000) AS "slower_3000!: i64", sum(slower_10000) AS "slower_10000!: i64" "#,
        "GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6",
        search,
        lists,
        from,
        misses
    )
    .fetch_all(reading)
    .await
    .map_err(fault)
}

/// The slots of a search, from the sums that miss nothing.
async fn hour_slots(
    reading: &mut SqliteConnection,
    search: &HourSearch,
    lists: &Lists,
    from: i64,
    slot_ms: i64,
) -> Result<Vec<SlotTotalsRow>, StorageError> {
    select_hours!(
        SlotTotalsRow,
        r#"SELECT hour / ?14 * ?14 AS "starts_at!: i64", sum(calls) AS "calls!: i64",
                  coalesce(sum(calls) FILTER (WHERE outcome NOT IN ('ok', 'cancelled')), 0) AS "errors!: i64" "#,
        "GROUP BY 1 ORDER BY 1",
        search,
        lists,
        from,
        0,
        slot_ms
    )
    .fetch_all(reading)
    .await
    .map_err(fault)
}
