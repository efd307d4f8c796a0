//! Counting recorded calls for a search: the newest ones one by one, or whole hours from their sums.

use orderdesk_mcp_contract::TenantId;
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::record::{TraceSearch, TraceSums};
use orderdesk_mcp_storage::row::{
    FittedSearch, SearchLookup, SlotTotalsRow, TraceGroupRow, hour_after, hour_from, trace_sums,
};
use sqlx::SqliteConnection;

use super::conditions::{Lists, select_where};
use super::search::bound;
use crate::fault::fault;
use crate::open::SqliteStorage;

macro_rules! select_groups {
    ($index:tt, $lookup:tt, $search:expr, $lists:expr, $value:expr) => {
        select_where!(
            TraceGroupRow,
            r#"SELECT tool, coalesce(store_id, '') AS "store_id!: String", coalesce(key_id, '') AS "key_id!: String",
                      door, coalesce(error, 'ok') AS "outcome!: String",
                      CASE cache_hit WHEN 1 THEN 'yes' WHEN 0 THEN 'no' ELSE '' END AS "cached!: String",
                      count(*) AS "calls!: i64",
                      count(*) FILTER (WHERE duration_us > 10000) AS "slower_10!: i64",
                      count(*) FILTER (WHERE duration_us > 100000) AS "slower_100!: i64",
                      count(*) FILTER (WHERE duration_us > 300000) AS "slower_300!: i64",
                      count(*) FILTER (WHERE duration_us > 1000000) AS "slower_1000!: i64",
                      count(*) FILTER (WHERE duration_us > 3000000) AS "slower_3000!: i64",
                      count(*) FILTER (WHERE duration_us > 10000000) AS "slower_10000!: i64" "#,
            $index,
            $lookup,
            " GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6",
            $search,
            $lists,
            $value
        )
    };
}

macro_rules! select_slots {
    ($index:tt, $lookup:tt, $search:expr, $lists:expr, $value:expr, $slot_ms:expr) => {
        select_where!(
            SlotTotalsRow,
            r#"SELECT started_at / ?25 * ?25 AS "starts_at!: i64", count(*) AS "calls!: i64",
                      count(error) FILTER (WHERE error <> 'cancelled') AS "errors!: i64" "#,
            $index,
            $lookup,
            " GROUP BY 1 ORDER BY 1",
            $search,
            $lists,
            $value,
            $slot_ms
        )
    };
}

/// Asks `$from` for the index that a search without groups begins at: groups and slots are of the same candidates.
macro_rules! from_candidates {
    ($lookup:expr, $from:ident) => {
        match $lookup {
            SearchLookup::Order => $from!("INDEXED BY traces_by_order", "AND order_id = ?24"),
            SearchLookup::Change => $from!("INDEXED BY traces_by_change", "AND change_id = ?24"),
            SearchLookup::Word => $from!(
                "",
                "AND id IN (SELECT trace_id FROM trace_words WHERE tenant_id = ?1 AND word = ?24 AND trace_id >= ?2 AND trace_id < ?3)"
            ),
            SearchLookup::Changed => $from!(
                "INDEXED BY traces_changed",
                "AND change_id IS NOT NULL AND ?24 IS NULL"
            ),
            // Nothing else is left to begin at.
            _ => $from!("", "AND ?24 IS NULL"),
        }
    };
}

pub(super) async fn traces(
    storage: &SqliteStorage,
    tenant: TenantId,
    search: &TraceSearch,
    slot_ms: i64,
) -> Result<TraceSums, StorageError> {
    let mut all = FittedSearch::new(tenant, search, None, 0).ungrouped();
    let mut reading = storage.readers.begin().await.map_err(fault)?;
    let oldest = bound(&mut reading, &mut all).await?;
    let mut passing = FittedSearch::new(tenant, search, None, 0);
    passing.from_id.clone_from(&all.from_id);
    let (lookup, value) = all.lookup();
    let groups = groups(&mut reading, &all, lookup, value).await?;
    let slots = slots(&mut reading, &passing, lookup, value, slot_ms).await?;
    let looked_at = oldest.map(|oldest| (search.look_at, oldest));
    trace_sums(groups, slots, looked_at, None)
}

/// The groups of a search, from the candidates that it begins at.
async fn groups(
    reading: &mut SqliteConnection,
    search: &FittedSearch,
    lookup: SearchLookup,
    value: Option<&str>,
) -> Result<Vec<TraceGroupRow>, StorageError> {
    let lists = Lists::of(search)?;
    macro_rules! from {
        ($index:tt, $lookup:tt) => {
            select_groups!($index, $lookup, search, lists, value)
                .fetch_all(reading)
                .await
        };
    }
    from_candidates!(lookup, from).map_err(fault)
}

/// The slots of a search, from the same candidates.
async fn slots(
    reading: &mut SqliteConnection,
    search: &FittedSearch,
    lookup: SearchLookup,
    value: Option<&str>,
    slot_ms: i64,
) -> Result<Vec<SlotTotalsRow>, StorageError> {
    let lists = Lists::of(search)?;
    macro_rules! from {
        ($index:tt, $lookup:tt) => {
            select_slots!($index, $lookup, search, lists, value, slot_ms)
                .fetch_all(reading)
                .await
        };
    }
    from_candidates!(lookup, from).map_err(fault)
}

pub(super) async fn hours(
    storage: &SqliteStorage,
    tenant: TenantId,
    search: &TraceSearch,
    misses: u32,
    slot_ms: i64,
) -> Result<TraceSums, StorageError> {
    let first = hour_from(search.from);
    let look_at = i64::from(search.look_at.max(1));
    let search = FittedSearch::new(tenant, search, None, 0);
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
    trace_sums(groups, slots, None, counted_from)
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
    search: &FittedSearch,
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
    search: &FittedSearch,
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
