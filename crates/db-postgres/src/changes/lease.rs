use orderdesk_mcp_contract::{StoreUid, TenantId, UtcMillis};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::record::Lease;
use orderdesk_mcp_storage::rule;
use sqlx::PgConnection;

use crate::connect::PostgresStorage;
use crate::fault::fault;

pub(super) async fn take(
    storage: &PostgresStorage,
    tenant: TenantId,
    store: StoreUid,
    record: &str,
    holder: &str,
    now: UtcMillis,
    until: UtcMillis,
) -> Result<Option<Lease>, StorageError> {
    rule::storable("record", Some(record))?;
    rule::storable("holder", Some(holder))?;
    let (tenant_id, store_id) = (tenant.to_string(), store.to_string());
    let fence = sqlx::query_scalar!(
        "INSERT INTO record_leases (tenant_id, store_id, record, holder, fence, until_at)
         VALUES ($1, $2, $3, $4, 1, $6)
         ON CONFLICT (tenant_id, store_id, record)
         DO UPDATE SET
             fence = CASE WHEN record_leases.holder = excluded.holder AND record_leases.until_at >= $5
                          THEN record_leases.fence ELSE record_leases.fence + 1 END,
             holder = excluded.holder, until_at = excluded.until_at
         WHERE record_leases.holder IS NULL OR record_leases.holder = excluded.holder
            OR record_leases.until_at < $5
         RETURNING fence",
        tenant_id,
        store_id,
        record,
        holder,
        now.0,
        until.0
    )
    .fetch_optional(&storage.pool)
    .await
    .map_err(fault)?;
    Ok(fence.map(|fence| Lease {
        tenant_id: tenant,
        store_id: store,
        record: record.to_owned(),
        holder: holder.to_owned(),
        fence,
        until,
    }))
}

pub(super) async fn renew(
    storage: &PostgresStorage,
    lease: &Lease,
    until: UtcMillis,
) -> Result<bool, StorageError> {
    let (tenant, store) = (lease.tenant_id.to_string(), lease.store_id.to_string());
    let done = sqlx::query!(
        "UPDATE record_leases SET until_at = GREATEST(until_at, $6)
         WHERE tenant_id = $1 AND store_id = $2 AND record = $3 AND holder = $4 AND fence = $5",
        tenant,
        store,
        lease.record,
        lease.holder,
        lease.fence,
        until.0
    )
    .execute(&storage.pool)
    .await
    .map_err(fault)?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn end(connection: &mut PgConnection, lease: &Lease) -> Result<(), StorageError> {
    let (tenant, store) = (lease.tenant_id.to_string(), lease.store_id.to_string());
    sqlx::query!(
        "UPDATE record_leases SET holder = NULL, until_at = NULL
         WHERE tenant_id = $1 AND store_id = $2 AND record = $3 AND holder = $4 AND fence = $5",
        tenant,
        store,
        lease.record,
        lease.holder,
        lease.fence
    )
    .execute(connection)
    .await
    .map_err(fault)?;
    Ok(())
}

/// Whether the lease is held at this moment; it stays so until the transaction ends.
pub(super) async fn is_held(
    connection: &mut PgConnection,
    lease: &Lease,
    at: UtcMillis,
) -> Result<bool, StorageError> {
    let (tenant, store) = (lease.tenant_id.to_string(), lease.store_id.to_string());
    let found = sqlx::query_scalar!(
        "SELECT 1 AS one FROM record_leases
         WHERE tenant_id = $1 AND store_id = $2 AND record = $3 AND holder = $4 AND fence = $5
           AND until_at >= $6
         FOR NO KEY UPDATE",
        tenant,
        store,
        lease.record,
        lease.holder,
        lease.fence,
        at.0
    )
    .fetch_optional(connection)
    .await
    .map_err(fault)?;
    Ok(found.is_some())
}
