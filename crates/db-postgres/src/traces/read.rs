use orderdesk_mcp_contract::{TenantId, TraceId};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::record::{TraceFilter, TraceRecord, TraceSpans};
use orderdesk_mcp_storage::row::{TraceRow, TraceSpansRow};

use crate::connect::PostgresStorage;
use crate::fault::fault;

/// Sorts after every id, so that "no older than" is one condition the index can use.
const AFTER_EVERY_ID: &str = "~";
/// The longest page the port promises.
const PAGE_MAX: u32 = 200;

pub(super) async fn trace(
    storage: &PostgresStorage,
    tenant: TenantId,
    id: TraceId,
) -> Result<Option<TraceRecord>, StorageError> {
    let (tenant, id) = (tenant.to_string(), id.to_string());
    let row = sqlx::query_as!(
        TraceRow,
        r#"SELECT id, tenant_id, key_id, door, client, request_id, traceparent, tool, store_id, order_id, error,
                  cache_hit, started_at, duration_us, input_bytes, output_bytes, change_id,
                  sealed_key_version, sealed_payload, words, spans AS "spans?"
           FROM traces WHERE tenant_id = $1 AND id = $2"#,
        tenant,
        id
    )
    .fetch_optional(&storage.pool)
    .await
    .map_err(fault)?;
    row.map(TryInto::try_into).transpose()
}

pub(super) async fn spans_of(
    storage: &PostgresStorage,
    tenant: TenantId,
    ids: &[TraceId],
) -> Result<Vec<TraceSpans>, StorageError> {
    let tenant = tenant.to_string();
    let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
    let rows = sqlx::query_as!(
        TraceSpansRow,
        "SELECT id, spans FROM traces WHERE tenant_id = $1 AND id = ANY($2)",
        tenant,
        &ids
    )
    .fetch_all(&storage.pool)
    .await
    .map_err(fault)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// One statement for each kind of filter, each with an index that holds its rows in order.
macro_rules! select_traces {
    ($condition:tt, $($argument:expr),+) => {
        sqlx::query_as!(
            TraceRow,
            r#"SELECT id, tenant_id, key_id, door, client, request_id, traceparent, tool, store_id, order_id, error,
                      cache_hit, started_at, duration_us, input_bytes, output_bytes, change_id,
                      NULL::bigint AS sealed_key_version, NULL::bytea AS sealed_payload, NULL::text AS words, NULL::text AS spans
               FROM traces WHERE tenant_id = $1 AND id < $2 "# + $condition + " ORDER BY id DESC LIMIT $3",
            $($argument),+
        )
    };
}

pub(super) async fn list(
    storage: &PostgresStorage,
    tenant: TenantId,
    filter: &TraceFilter,
) -> Result<Vec<TraceRecord>, StorageError> {
    let tenant = tenant.to_string();
    let before = filter
        .before
        .map_or_else(|| AFTER_EVERY_ID.to_owned(), |id| id.to_string());
    let limit = i64::from(filter.limit.min(PAGE_MAX));
    let store = filter.store_id.map(|id| id.to_string());
    let pool = &storage.pool;
    let rows = match (store, filter.failed_only) {
        (None, false) => {
            select_traces!("", tenant, before, limit)
                .fetch_all(pool)
                .await
        }
        (None, true) => {
            select_traces!(
                "AND error IS NOT NULL AND error <> 'cancelled'",
                tenant,
                before,
                limit
            )
            .fetch_all(pool)
            .await
        }
        (Some(store), false) => {
            select_traces!("AND store_id = $4", tenant, before, limit, store)
                .fetch_all(pool)
                .await
        }
        (Some(store), true) => {
            select_traces!(
                "AND store_id = $4 AND error IS NOT NULL AND error <> 'cancelled'",
                tenant,
                before,
                limit,
                store
            )
            .fetch_all(pool)
            .await
        }
    };
    rows.map_err(fault)?
        .into_iter()
        .map(TryInto::try_into)
        .collect()
}
