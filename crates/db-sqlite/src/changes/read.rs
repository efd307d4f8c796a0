use orderdesk_mcp_contract::{ChangeId, TenantId, UtcMillis};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::record::{ChangeEvent, ChangeImage, KnownChange, OpenChange};
use orderdesk_mcp_storage::row::{
    ChangeEventRow, ChangeImageRow, KnownChangeRow, OpenChangeRow, holds_nul,
};

use crate::fault::fault;
use crate::open::SqliteStorage;

pub(super) async fn images(
    storage: &SqliteStorage,
    tenant: TenantId,
    id: ChangeId,
) -> Result<Vec<ChangeImage>, StorageError> {
    let (tenant, id) = (tenant.to_string(), id.to_string());
    let rows = sqlx::query_as!(
        ChangeImageRow,
        "SELECT change_id, part, sealed_key_version, sealed FROM change_images
         WHERE tenant_id = ?1 AND change_id = ?2",
        tenant,
        id
    )
    .fetch_all(&storage.readers)
    .await
    .map_err(fault)?;
    let mut images: Vec<ChangeImage> = rows
        .into_iter()
        .map(TryInto::try_into)
        .collect::<Result<_, _>>()?;
    images.sort_by_key(|image| image.part);
    Ok(images)
}

pub(super) async fn events(
    storage: &SqliteStorage,
    tenant: TenantId,
    id: ChangeId,
) -> Result<Vec<ChangeEvent>, StorageError> {
    let (tenant, id) = (tenant.to_string(), id.to_string());
    let rows = sqlx::query_as!(
        ChangeEventRow,
        "SELECT change_id, happened_at, state, text FROM change_events
         WHERE tenant_id = ?1 AND change_id = ?2 ORDER BY position",
        tenant,
        id
    )
    .fetch_all(&storage.readers)
    .await
    .map_err(fault)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

pub(super) async fn by_key(
    storage: &SqliteStorage,
    tenant: TenantId,
    hash: &str,
    now: UtcMillis,
) -> Result<Option<KnownChange>, StorageError> {
    if holds_nul(hash) {
        return Ok(None);
    }
    let tenant = tenant.to_string();
    let row = sqlx::query_as!(
        KnownChangeRow,
        "SELECT change_keys.change_id, change_keys.request_hash
         FROM change_keys
         JOIN changes ON changes.tenant_id = change_keys.tenant_id AND changes.id = change_keys.change_id
         WHERE change_keys.tenant_id = ?1 AND change_keys.hash = ?2 AND change_keys.expires_at > ?3
           AND changes.state NOT IN ('denied', 'expired', 'refused', 'conflict', 'not_applied', 'undone')",
        tenant,
        hash,
        now.0
    )
    .fetch_optional(&storage.readers)
    .await
    .map_err(fault)?;
    row.map(TryInto::try_into).transpose()
}

/// Under either name the record may be leased: its own and, before it has one, the change's.
pub(super) async fn open(
    storage: &SqliteStorage,
    before: UtcMillis,
    now: UtcMillis,
    limit: u32,
) -> Result<Vec<OpenChange>, StorageError> {
    let rows = sqlx::query_as!(
        OpenChangeRow,
        "SELECT tenant_id, id, state FROM changes INDEXED BY changes_open
         WHERE state IN ('approved', 'applying', 'applied', 'unknown') AND updated_at < ?1
           AND NOT EXISTS
               (SELECT 1 FROM record_leases
                WHERE record_leases.tenant_id = changes.tenant_id AND record_leases.store_id = changes.store_id
                  AND record_leases.record IN ('new:' || changes.id, changes.record_kind || ':' || changes.record_id)
                  AND record_leases.until_at >= ?2)
         ORDER BY updated_at, id LIMIT ?3",
        before.0,
        now.0,
        limit
    )
    .fetch_all(&storage.readers)
    .await
    .map_err(fault)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

pub(super) async fn overdue(
    storage: &SqliteStorage,
    now: UtcMillis,
    limit: u32,
) -> Result<Vec<OpenChange>, StorageError> {
    let rows = sqlx::query_as!(
        OpenChangeRow,
        "SELECT tenant_id, id, state FROM changes INDEXED BY changes_proposed
         WHERE state = 'proposed' AND expires_at IS NOT NULL AND expires_at <= ?1
         ORDER BY expires_at, id LIMIT ?2",
        now.0,
        limit
    )
    .fetch_all(&storage.readers)
    .await
    .map_err(fault)?;
    rows.into_iter().map(TryInto::try_into).collect()
}
