use orderdesk_mcp_contract::{TenantId, UtcMillis};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::record::{CallTotals, Door, HourTotals, StoreTotals};
use orderdesk_mcp_storage::row::{CallTotalsRow, HourTotalsRow, StoreTotalsRow};

use crate::connect::PostgresStorage;
use crate::fault::fault;

/// `percentile_disc` is the nearest rank: of n calls in order of duration, number ceil(0.95 n). That it
/// counts in floating point does no harm: 0.95 as a double is slightly less than 0.95, so no product
/// comes out above a whole number that it should equal.
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
                  percentile_disc(0.95) WITHIN GROUP (ORDER BY duration_us) AS p95_us
           FROM traces WHERE tenant_id = $1 AND started_at >= $2"#,
        tenant,
        from.0
    )
    .fetch_one(&storage.pool)
    .await
    .map_err(fault)?;
    Ok(row.into())
}

pub(super) async fn by_hour(
    storage: &PostgresStorage,
    tenant: TenantId,
    from: UtcMillis,
) -> Result<Vec<HourTotals>, StorageError> {
    let tenant = tenant.to_string();
    let rows = sqlx::query_as!(
        HourTotalsRow,
        r#"SELECT started_at / 3600000 * 3600000 AS "starts_at!", count(*) AS "calls!",
                  count(error) FILTER (WHERE error <> 'cancelled') AS "errors!"
           FROM traces WHERE tenant_id = $1 AND started_at >= $2 GROUP BY 1 ORDER BY 1"#,
        tenant,
        from.0
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
                  max(started_at) AS "last_call_at!"
           FROM traces
           WHERE tenant_id = $1 AND started_at >= $2 AND store_id IS NOT NULL
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
