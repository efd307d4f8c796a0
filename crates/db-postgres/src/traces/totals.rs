use orderdesk_mcp_contract::{TenantId, UtcMillis};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::record::{CallTotals, Door, SlotTotals, StoreTotals};
use orderdesk_mcp_storage::row::{CallTotalsRow, SlotTotalsRow, StoreTotalsRow};

use crate::connect::PostgresStorage;
use crate::fault::fault;

/// `percentile_disc` is the nearest rank: of n calls in order of duration, number ceil(0.95 n) for instance. That it counts
/// in floating point does no harm: 0.5 is exact, and 0.95 and 0.99 as doubles are slightly less than they should be, so no
/// product comes out above a whole number that it should equal.
pub(super) async fn of_calls(
    storage: &PostgresStorage,
    tenant: TenantId,
    from: UtcMillis,
) -> Result<CallTotals, StorageError> {
    let tenant = tenant.to_string();
    let row = sqlx::query_as!(
        CallTotalsRow,
        r#"SELECT count(*) AS "calls!", count(error) FILTER (WHERE error <> 'cancelled') AS "errors!",
                  count(*) FILTER (WHERE cache_hit) AS "cache_hits!", count(cache_hit) AS "cache_lookups!",
                  percentile_disc(0.50) WITHIN GROUP (ORDER BY duration_us) AS p50_us,
                  percentile_disc(0.95) WITHIN GROUP (ORDER BY duration_us) AS p95_us,
                  percentile_disc(0.99) WITHIN GROUP (ORDER BY duration_us) AS p99_us
           FROM traces WHERE door IN ('mcp', 'stdio', 'console') AND tenant_id = $1 AND started_at >= $2"#,
        tenant,
        from.0
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
    let tenant = tenant.to_string();
    let rows = sqlx::query_as!(
        SlotTotalsRow,
        r#"SELECT started_at / $3 * $3 AS "starts_at!", count(*) AS "calls!",
                  count(error) FILTER (WHERE error <> 'cancelled') AS "errors!"
           FROM traces WHERE door IN ('mcp', 'stdio', 'console') AND tenant_id = $1 AND started_at >= $2 GROUP BY 1 ORDER BY 1"#,
        tenant,
        from.0,
        slot_ms
    )
    .fetch_all(&storage.pool)
    .await
    .map_err(fault)?;
    Ok(rows.into_iter().map(Into::into).collect())
}

pub(super) async fn by_store(
    storage: &PostgresStorage,
    tenant: TenantId,
    from: UtcMillis,
) -> Result<Vec<StoreTotals>, StorageError> {
    let tenant = tenant.to_string();
    let rows = sqlx::query_as!(
        StoreTotalsRow,
        r#"SELECT store_id AS "store_id!", count(*) AS "calls!", count(error) FILTER (WHERE error <> 'cancelled') AS "errors!",
                  count(*) FILTER (WHERE cache_hit) AS "cache_hits!", count(cache_hit) AS "cache_lookups!",
                  max(started_at) AS "last_call_at!"
           FROM traces
           WHERE door IN ('mcp', 'stdio', 'console') AND tenant_id = $1 AND started_at >= $2 AND store_id IS NOT NULL
           GROUP BY store_id ORDER BY store_id"#,
        tenant,
        from.0
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
