use orderdesk_mcp_contract::{TenantId, UtcMillis};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::record::{CallTotals, Door, SlotTotals, StoreTotals};
use orderdesk_mcp_storage::row::{CallTotalsRow, SlotTotalsRow, StoreTotalsRow};

use crate::fault::fault;
use crate::open::SqliteStorage;

/// A percentile is the nearest rank: of n calls in order of duration, number ceil(0.95 n) for instance, counted in whole
/// numbers. Sorting what is sorted already costs little: the durations are put in order once.
pub(super) async fn of_calls(
    storage: &SqliteStorage,
    tenant: TenantId,
    from: UtcMillis,
) -> Result<CallTotals, StorageError> {
    let tenant = tenant.to_string();
    let row = sqlx::query_as!(
        CallTotalsRow,
        r#"WITH calls AS MATERIALIZED
               (SELECT duration_us, error, cache_hit FROM traces WHERE door IN ('mcp', 'stdio', 'console') AND tenant_id = ?1 AND started_at >= ?2
                ORDER BY duration_us),
               size AS MATERIALIZED (SELECT count(*) AS calls FROM calls)
           SELECT count(*) AS "calls!: i64", count(error) FILTER (WHERE error <> 'cancelled') AS "errors!: i64",
                  count(*) FILTER (WHERE cache_hit = 1) AS "cache_hits!: i64",
                  count(cache_hit) AS "cache_lookups!: i64",
                  (SELECT duration_us FROM calls ORDER BY duration_us
                   LIMIT 1 OFFSET (SELECT max(0, (calls * 50 + 99) / 100 - 1) FROM size)) AS "p50_us: i64",
                  (SELECT duration_us FROM calls ORDER BY duration_us
                   LIMIT 1 OFFSET (SELECT max(0, (calls * 95 + 99) / 100 - 1) FROM size)) AS "p95_us: i64",
                  (SELECT duration_us FROM calls ORDER BY duration_us
                   LIMIT 1 OFFSET (SELECT max(0, (calls * 99 + 99) / 100 - 1) FROM size)) AS "p99_us: i64"
           FROM calls"#,
        tenant,
        from.0
    )
    .fetch_one(&storage.readers)
    .await
    .map_err(fault)?;
    Ok(row.into())
}

pub(super) async fn by_slot(
    storage: &SqliteStorage,
    tenant: TenantId,
    from: UtcMillis,
    slot_ms: i64,
) -> Result<Vec<SlotTotals>, StorageError> {
    let tenant = tenant.to_string();
    let rows = sqlx::query_as!(
        SlotTotalsRow,
        r#"SELECT started_at / ?3 * ?3 AS "starts_at!: i64", count(*) AS "calls!: i64",
                  count(error) FILTER (WHERE error <> 'cancelled') AS "errors!: i64"
           FROM traces WHERE door IN ('mcp', 'stdio', 'console') AND tenant_id = ?1 AND started_at >= ?2 GROUP BY 1 ORDER BY 1"#,
        tenant,
        from.0,
        slot_ms
    )
    .fetch_all(&storage.readers)
    .await
    .map_err(fault)?;
    Ok(rows.into_iter().map(Into::into).collect())
}

pub(super) async fn by_store(
    storage: &SqliteStorage,
    tenant: TenantId,
    from: UtcMillis,
) -> Result<Vec<StoreTotals>, StorageError> {
    let tenant = tenant.to_string();
    let rows = sqlx::query_as!(
        StoreTotalsRow,
        r#"SELECT store_id AS "store_id!", count(*) AS "calls!: i64", count(error) FILTER (WHERE error <> 'cancelled') AS "errors!: i64",
                  count(*) FILTER (WHERE cache_hit = 1) AS "cache_hits!: i64", count(cache_hit) AS "cache_lookups!: i64",
                  max(started_at) AS "last_call_at!: i64"
           FROM traces INDEXED BY traces_of_tools
           WHERE door IN ('mcp', 'stdio', 'console') AND tenant_id = ?1 AND started_at >= ?2 AND store_id IS NOT NULL
           GROUP BY store_id ORDER BY store_id"#,
        tenant,
        from.0
    )
    .fetch_all(&storage.readers)
    .await
    .map_err(fault)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

pub(super) async fn has_call(
    storage: &SqliteStorage,
    tenant: TenantId,
    door: Door,
) -> Result<bool, StorageError> {
    let (tenant, door) = (tenant.to_string(), door.as_str());
    let found = sqlx::query_scalar!(
        "SELECT 1 FROM tenant_doors WHERE tenant_id = ?1 AND door = ?2",
        tenant,
        door
    )
    .fetch_optional(&storage.readers)
    .await
    .map_err(fault)?;
    Ok(found.is_some())
}
