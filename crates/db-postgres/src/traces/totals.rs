use orderdesk_mcp_contract::{TenantId, UtcMillis};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::record::{
    CallTotals, Door, DurationCount, FirstCall, SlotTotals, StoreTotals,
};
use orderdesk_mcp_storage::row::{
    CallTotalsRow, DurationCountRow, FirstCallRow, SlotTotalsRow, StoreTotalsRow, hour_of,
};

use crate::connect::PostgresStorage;
use crate::fault::fault;

pub(super) async fn of_calls(
    storage: &PostgresStorage,
    tenant: TenantId,
    from: UtcMillis,
) -> Result<CallTotals, StorageError> {
    let (tenant, from) = (tenant.to_string(), hour_of(from));
    let row = sqlx::query_as!(
        CallTotalsRow,
        r#"SELECT (coalesce(sum(calls), 0))::bigint AS "calls!", (coalesce(sum(errors), 0))::bigint AS "errors!",
                  (coalesce(sum(cache_hits), 0))::bigint AS "cache_hits!",
                  (coalesce(sum(cache_lookups), 0))::bigint AS "cache_lookups!"
           FROM trace_margins
           WHERE tenant_id = $1 AND length_ms = 3600000 AND field = 'all' AND starts_at >= $2
             AND door IN ('mcp', 'stdio', 'console')"#,
        tenant,
        from
    )
    .fetch_one(&storage.pool)
    .await
    .map_err(fault)?;
    Ok(row.into())
}

pub(super) async fn by_slot(
    storage: &PostgresStorage,
    tenant: TenantId,
    from: UtcMillis,
    slot_ms: i64,
) -> Result<Vec<SlotTotals>, StorageError> {
    let (tenant, from) = (tenant.to_string(), hour_of(from));
    let rows = sqlx::query_as!(
        SlotTotalsRow,
        r#"SELECT starts_at / $3 * $3 AS "starts_at!", (sum(calls))::bigint AS "calls!", (sum(errors))::bigint AS "errors!"
           FROM trace_margins
           WHERE tenant_id = $1 AND length_ms = 3600000 AND field = 'all' AND starts_at >= $2
             AND door IN ('mcp', 'stdio', 'console')
           GROUP BY 1 ORDER BY 1"#,
        tenant,
        from,
        slot_ms
    )
    .fetch_all(&storage.pool)
    .await
    .map_err(fault)?;
    Ok(rows.into_iter().map(Into::into).collect())
}

pub(super) async fn durations(
    storage: &PostgresStorage,
    tenant: TenantId,
    from: UtcMillis,
    slot_ms: i64,
) -> Result<Vec<DurationCount>, StorageError> {
    let (tenant, from) = (tenant.to_string(), hour_of(from));
    let rows = sqlx::query_as!(
        DurationCountRow,
        r#"SELECT hour / $3 * $3 AS "starts_at!", class::bigint AS "class!", (sum(calls))::bigint AS "calls!"
           FROM trace_durations WHERE tenant_id = $1 AND hour >= $2 GROUP BY 1, 2 ORDER BY 1, 2"#,
        tenant,
        from,
        slot_ms
    )
    .fetch_all(&storage.pool)
    .await
    .map_err(fault)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

pub(super) async fn first_calls(
    storage: &PostgresStorage,
    tenant: TenantId,
    from: UtcMillis,
    known_before: UtcMillis,
    limit: u32,
) -> Result<Vec<FirstCall>, StorageError> {
    let (tenant, limit) = (tenant.to_string(), i64::from(limit));
    let rows = sqlx::query_as!(
        FirstCallRow,
        "SELECT key_id, tool, first_call_at FROM key_tools AS new
         WHERE tenant_id = $1 AND first_call_at >= $2 AND EXISTS (
             SELECT 1 FROM key_tools AS known
             WHERE known.tenant_id = new.tenant_id AND known.key_id = new.key_id AND known.first_call_at < $3)
         ORDER BY first_call_at, key_id, tool LIMIT $4",
        tenant,
        from.0,
        known_before.0,
        limit
    )
    .fetch_all(&storage.pool)
    .await
    .map_err(fault)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

pub(super) async fn by_store(
    storage: &PostgresStorage,
    tenant: TenantId,
    from: UtcMillis,
) -> Result<Vec<StoreTotals>, StorageError> {
    let (tenant, from) = (tenant.to_string(), hour_of(from));
    let rows = sqlx::query_as!(
        StoreTotalsRow,
        r#"SELECT value AS "store_id!", (sum(calls))::bigint AS "calls!", (sum(errors))::bigint AS "errors!",
                  (sum(cache_hits))::bigint AS "cache_hits!", (sum(cache_lookups))::bigint AS "cache_lookups!",
                  (SELECT block_id FROM trace_postings
                   WHERE trace_postings.tenant_id = $1 AND trace_postings.field = 'store'
                     AND trace_postings.value = trace_margins.value
                   ORDER BY block_id DESC LIMIT 1) AS "newest_block?", max(starts_at) AS "last_hour!"
           FROM trace_margins
           WHERE tenant_id = $1 AND length_ms = 3600000 AND field = 'store' AND starts_at >= $2 AND value <> ''
             AND door IN ('mcp', 'stdio', 'console')
           GROUP BY value ORDER BY value"#,
        tenant,
        from
    )
    .fetch_all(&storage.pool)
    .await
    .map_err(fault)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

pub(super) async fn has_call(
    storage: &PostgresStorage,
    tenant: TenantId,
    door: Door,
) -> Result<bool, StorageError> {
    let (tenant, door) = (tenant.to_string(), door.as_str());
    let found = sqlx::query_scalar!(
        "SELECT 1 FROM tenant_doors WHERE tenant_id = $1 AND door = $2",
        tenant,
        door
    )
    .fetch_optional(&storage.pool)
    .await
    .map_err(fault)?;
    Ok(found.is_some())
}
