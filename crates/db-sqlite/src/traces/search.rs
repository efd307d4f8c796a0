//! Searching recorded calls. However rare what is asked for, no more than so many candidates are looked at: the oldest one
//! that may be is found in the index alone, and bounds the statement that reads rows.

use orderdesk_mcp_contract::{KeyId, TenantId, TraceId};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::record::{TRACE_PAGE_MAX, TraceRecord, TraceRows, TraceSearch};
use orderdesk_mcp_storage::row::{FittedSearch, SearchLookup, TraceRow, trace_id_of};
use sqlx::SqliteConnection;

use super::conditions::{Lists, select_where};
use crate::fault::fault;
use crate::open::SqliteStorage;

/// The oldest candidate that is looked at, and the one after it, if there is one. `?5` is looked up.
macro_rules! select_oldest {
    ($from:tt, $lookup:tt, $search:expr, $value:expr) => {
        sqlx::query_scalar!(
            "SELECT id FROM "
                + $from
                + " WHERE tenant_id = ?1 AND id >= ?2 AND id < ?3 "
                + $lookup
                + " ORDER BY id DESC LIMIT 2 OFFSET ?4",
            $search.tenant_id,
            $search.from_id,
            $search.before_id,
            $search.look_past,
            $value
        )
    };
}

macro_rules! select_page {
    ($index:tt, $lookup:tt, $search:expr, $lists:expr, $value:expr) => {
        select_where!(
            TraceRow,
            r#"SELECT id, tenant_id, key_id, door, client, request_id, traceparent, tool, store_id, order_id, error,
                      cache_hit AS "cache_hit: bool", started_at, duration_us, input_bytes, output_bytes, change_id,
                      NULL AS "sealed_key_version: i64", NULL AS "sealed_payload: Vec<u8>", NULL AS "words: String", NULL AS "spans: String" "#,
            $index,
            $lookup,
            " ORDER BY id DESC LIMIT ?25",
            $search,
            $lists,
            $value,
            $search.limit
        )
    };
}

pub(super) async fn page(
    storage: &SqliteStorage,
    tenant: TenantId,
    search: &TraceSearch,
    before: Option<TraceId>,
    limit: u32,
) -> Result<TraceRows, StorageError> {
    let mut search = FittedSearch::new(tenant, search, before, limit);
    // One transaction, so that what comes in meanwhile does not move the bound.
    let mut reading = storage.readers.begin().await.map_err(fault)?;
    let oldest = bound(&mut reading, &mut search).await?;
    let rows = rows(&mut reading, &search).await?;
    search.page(rows, oldest.as_deref())
}

/// The rows of a page, from the index that the search begins at.
async fn rows(
    reading: &mut SqliteConnection,
    search: &FittedSearch,
) -> Result<Vec<TraceRow>, StorageError> {
    let lists = Lists::of(search)?;
    let (lookup, value) = search.lookup();
    macro_rules! from {
        ($index:tt, $lookup:tt) => {
            select_page!($index, $lookup, search, lists, value)
                .fetch_all(reading)
                .await
        };
    }
    let rows = match lookup {
        SearchLookup::Order => from!("INDEXED BY traces_by_order", "AND order_id = ?24"),
        SearchLookup::Change => from!("INDEXED BY traces_by_change", "AND change_id = ?24"),
        SearchLookup::Word => from!(
            "",
            "AND id IN (SELECT trace_id FROM trace_words WHERE tenant_id = ?1 AND word = ?24 AND trace_id >= ?2 AND trace_id < ?3)"
        ),
        SearchLookup::Changed => from!(
            "INDEXED BY traces_changed",
            "AND change_id IS NOT NULL AND ?24 IS NULL"
        ),
        SearchLookup::Failed => from!(
            "INDEXED BY traces_failed",
            "AND error IS NOT NULL AND ?24 IS NULL"
        ),
        SearchLookup::Key => from!("INDEXED BY traces_by_key", "AND key_id = ?24"),
        SearchLookup::Store => from!("INDEXED BY traces_by_store", "AND store_id = ?24"),
        SearchLookup::Tool => from!("INDEXED BY traces_by_tool", "AND tool = ?24"),
        SearchLookup::All => from!("", "AND ?24 IS NULL"),
    };
    rows.map_err(fault)
}

/// Bounds the search by the oldest candidate that is looked at, where there are more, and says which that is.
pub(super) async fn bound(
    reading: &mut SqliteConnection,
    search: &mut FittedSearch,
) -> Result<Option<String>, StorageError> {
    let (lookup, value) = search.lookup();
    macro_rules! from {
        ($from:tt, $lookup:tt) => {
            select_oldest!($from, $lookup, search, value)
                .fetch_all(reading)
                .await
        };
    }
    let oldest = match lookup {
        SearchLookup::Order => from!("traces INDEXED BY traces_by_order", "AND order_id = ?5"),
        SearchLookup::Change => from!("traces INDEXED BY traces_by_change", "AND change_id = ?5"),
        SearchLookup::Word => from!(
            "(SELECT tenant_id, word, trace_id AS id FROM trace_words)",
            "AND word = ?5"
        ),
        SearchLookup::Changed => from!(
            "traces INDEXED BY traces_changed",
            "AND change_id IS NOT NULL AND ?5 IS NULL"
        ),
        SearchLookup::Failed => from!(
            "traces INDEXED BY traces_failed",
            "AND error IS NOT NULL AND ?5 IS NULL"
        ),
        SearchLookup::Key => from!("traces INDEXED BY traces_by_key", "AND key_id = ?5"),
        SearchLookup::Store => from!("traces INDEXED BY traces_by_store", "AND store_id = ?5"),
        SearchLookup::Tool => from!("traces INDEXED BY traces_by_tool", "AND tool = ?5"),
        SearchLookup::All => from!("traces", "AND ?5 IS NULL"),
    };
    let mut oldest = oldest.map_err(fault)?;
    // Where these are all candidates, nothing bounds the search.
    let oldest = (oldest.len() == 2).then(|| oldest.swap_remove(0));
    if let Some(id) = &oldest {
        search.from_id.clone_from(id);
    }
    Ok(oldest)
}

pub(super) async fn oldest_counted(
    storage: &SqliteStorage,
    tenant: TenantId,
    search: &TraceSearch,
) -> Result<Option<TraceId>, StorageError> {
    let mut all = FittedSearch::new(tenant, search, None, 0).ungrouped();
    let mut reading = storage.readers.acquire().await.map_err(fault)?;
    let oldest = bound(&mut reading, &mut all).await?;
    oldest.map(|id| trace_id_of(&id)).transpose()
}

/// Traces of a key on one side of another one.
macro_rules! select_side {
    ($condition:tt, $($argument:expr),+) => {
        sqlx::query_as!(
            TraceRow,
            r#"SELECT id, tenant_id, key_id, door, client, request_id, traceparent, tool, store_id, order_id, error,
                      cache_hit AS "cache_hit: bool", started_at, duration_us, input_bytes, output_bytes, change_id,
                      NULL AS "sealed_key_version: i64", NULL AS "sealed_payload: Vec<u8>", NULL AS "words: String", NULL AS "spans: String"
               FROM traces INDEXED BY traces_by_key WHERE tenant_id = ?1 AND key_id = ?2 "# + $condition + " LIMIT ?4",
            $($argument),+
        )
    };
}

pub(super) async fn around(
    storage: &SqliteStorage,
    tenant: TenantId,
    key: KeyId,
    id: TraceId,
    limit: u32,
) -> Result<Vec<TraceRecord>, StorageError> {
    let (tenant, key, id) = (tenant.to_string(), key.to_string(), id.to_string());
    let newer = i64::from(limit.min(TRACE_PAGE_MAX));
    let older = newer + 1;
    let mut reading = storage.readers.begin().await.map_err(fault)?;
    let mut rows = select_side!("AND id <= ?3 ORDER BY id DESC", tenant, key, id, older)
        .fetch_all(&mut *reading)
        .await
        .map_err(fault)?;
    rows.reverse();
    let later = select_side!("AND id > ?3 ORDER BY id", tenant, key, id, newer)
        .fetch_all(&mut *reading)
        .await
        .map_err(fault)?;
    rows.extend(later);
    rows.into_iter().map(TryInto::try_into).collect()
}
