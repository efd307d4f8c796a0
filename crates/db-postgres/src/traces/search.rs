//! Searching recorded calls. However rare what is asked for, no more than so many candidates are looked at: the oldest one
//! that may be is found in the index alone, and bounds the statement that reads rows.

use orderdesk_mcp_contract::{KeyId, TenantId, TraceId};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::record::{TRACE_PAGE_MAX, TraceRecord, TraceRows, TraceSearch};
use orderdesk_mcp_storage::row::{FittedSearch, SearchLookup, TraceRow, trace_id_of};
use sqlx::PgConnection;

use super::conditions::select_where;
use crate::connect::PostgresStorage;
use crate::fault::fault;

/// The oldest candidate that is looked at, and the one after it, if there is one. `$5` is looked up.
macro_rules! select_oldest {
    ($from:tt, $lookup:tt, $search:expr, $value:expr) => {
        sqlx::query_scalar!(
            r#"SELECT id AS "id!" FROM "#
                + $from
                + " WHERE tenant_id = $1 AND id >= $2 AND id < $3 "
                + $lookup
                + " ORDER BY id DESC LIMIT 2 OFFSET $4",
            $search.tenant_id,
            $search.from_id,
            $search.before_id,
            $search.look_past,
            $value as Option<&str>
        )
    };
}

macro_rules! select_page {
    ($lookup:tt, $search:expr, $value:expr) => {
        select_where!(
            TraceRow,
            r#"SELECT id, tenant_id, key_id, door, client, request_id, traceparent, tool, store_id, order_id, error,
                      cache_hit, started_at, duration_us, input_bytes, output_bytes, change_id,
                      NULL::bigint AS sealed_key_version, NULL::bytea AS sealed_payload, NULL::text AS words, NULL::text AS spans "#,
            $lookup,
            " ORDER BY id DESC LIMIT $25",
            $search,
            $value,
            $search.limit
        )
    };
}

pub(super) async fn page(
    storage: &PostgresStorage,
    tenant: TenantId,
    search: &TraceSearch,
    before: Option<TraceId>,
    limit: u32,
) -> Result<TraceRows, StorageError> {
    let mut search = FittedSearch::new(tenant, search, before, limit);
    // One transaction, so that what comes in meanwhile does not move the bound.
    let mut reading = storage
        .pool
        .begin_with("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        .await
        .map_err(fault)?;
    let oldest = bound(&mut reading, &mut search).await?;
    let rows = rows(&mut reading, &search).await?;
    search.page(rows, oldest.as_deref())
}

/// The rows of a page, from the index that the search begins at.
async fn rows(
    reading: &mut PgConnection,
    search: &FittedSearch,
) -> Result<Vec<TraceRow>, StorageError> {
    let (lookup, value) = search.lookup();
    macro_rules! from {
        ($lookup:tt) => {
            select_page!($lookup, search, value)
                .fetch_all(reading)
                .await
        };
    }
    let rows = match lookup {
        SearchLookup::Order => from!("AND order_id = $24"),
        SearchLookup::Change => from!("AND change_id = $24"),
        SearchLookup::Word => from!(
            "AND id IN (SELECT trace_id FROM trace_words WHERE tenant_id = $1 AND word = $24 AND trace_id >= $2 AND trace_id < $3)"
        ),
        SearchLookup::Changed => from!("AND change_id IS NOT NULL AND $24::text IS NULL"),
        SearchLookup::Failed => from!("AND error IS NOT NULL AND $24::text IS NULL"),
        SearchLookup::Key => from!("AND key_id = $24"),
        SearchLookup::Store => from!("AND store_id = $24"),
        SearchLookup::Tool => from!("AND tool = $24"),
        SearchLookup::All => from!("AND $24::text IS NULL"),
    };
    rows.map_err(fault)
}

/// Bounds the search by the oldest candidate that is looked at, where there are more, and says which that is.
pub(super) async fn bound(
    reading: &mut PgConnection,
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
        SearchLookup::Order => from!("traces", "AND order_id = $5"),
        SearchLookup::Change => from!("traces", "AND change_id = $5"),
        SearchLookup::Word => from!(
            "(SELECT tenant_id, word, trace_id AS id FROM trace_words) AS found",
            "AND word = $5"
        ),
        SearchLookup::Changed => from!("traces", "AND change_id IS NOT NULL AND $5::text IS NULL"),
        SearchLookup::Failed => from!("traces", "AND error IS NOT NULL AND $5::text IS NULL"),
        SearchLookup::Key => from!("traces", "AND key_id = $5"),
        SearchLookup::Store => from!("traces", "AND store_id = $5"),
        SearchLookup::Tool => from!("traces", "AND tool = $5"),
        SearchLookup::All => from!("traces", "AND $5::text IS NULL"),
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
    storage: &PostgresStorage,
    tenant: TenantId,
    search: &TraceSearch,
) -> Result<Option<TraceId>, StorageError> {
    let mut all = FittedSearch::new(tenant, search, None, 0).ungrouped();
    let mut reading = storage.pool.acquire().await.map_err(fault)?;
    let oldest = bound(&mut reading, &mut all).await?;
    oldest.map(|id| trace_id_of(&id)).transpose()
}

/// Traces of a key on one side of another one.
macro_rules! select_side {
    ($condition:tt, $($argument:expr),+) => {
        sqlx::query_as!(
            TraceRow,
            r#"SELECT id, tenant_id, key_id, door, client, request_id, traceparent, tool, store_id, order_id, error,
                      cache_hit, started_at, duration_us, input_bytes, output_bytes, change_id,
                      NULL::bigint AS sealed_key_version, NULL::bytea AS sealed_payload, NULL::text AS words, NULL::text AS spans
               FROM traces WHERE tenant_id = $1 AND key_id = $2 "# + $condition + " LIMIT $4",
            $($argument),+
        )
    };
}

pub(super) async fn around(
    storage: &PostgresStorage,
    tenant: TenantId,
    key: KeyId,
    id: TraceId,
    limit: u32,
) -> Result<Vec<TraceRecord>, StorageError> {
    let (tenant, key, id) = (tenant.to_string(), key.to_string(), id.to_string());
    let newer = i64::from(limit.min(TRACE_PAGE_MAX));
    let older = newer + 1;
    let mut reading = storage
        .pool
        .begin_with("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        .await
        .map_err(fault)?;
    let mut rows = select_side!("AND id <= $3 ORDER BY id DESC", tenant, key, id, older)
        .fetch_all(&mut *reading)
        .await
        .map_err(fault)?;
    rows.reverse();
    let later = select_side!("AND id > $3 ORDER BY id", tenant, key, id, newer)
        .fetch_all(&mut *reading)
        .await
        .map_err(fault)?;
    rows.extend(later);
    rows.into_iter().map(TryInto::try_into).collect()
}
