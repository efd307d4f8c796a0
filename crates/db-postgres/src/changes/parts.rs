//! What stands beside a change's row: its journal and its sealed parts.

use orderdesk_mcp_contract::{ChangeId, ChangeState, TenantId, UtcMillis};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::record::ChangeImage;
use orderdesk_mcp_storage::row::fitted_event;
use sqlx::PgConnection;

use crate::connect::PostgresStorage;
use crate::fault::fault;

/// Adds to a change's journal without a step; nothing when there is no such change.
pub(super) async fn note(
    storage: &PostgresStorage,
    tenant: TenantId,
    id: ChangeId,
    at: UtcMillis,
    text: &str,
) -> Result<(), StorageError> {
    let mut transaction = storage.pool.begin().await.map_err(fault)?;
    let (tenant_id, change_id) = (tenant.to_string(), id.to_string());
    sqlx::query!(
        "SELECT 1 AS one FROM changes WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE",
        tenant_id,
        change_id
    )
    .fetch_optional(&mut *transaction)
    .await
    .map_err(fault)?;
    add_event(&mut transaction, tenant, id, at, None, text).await?;
    transaction.commit().await.map_err(fault)
}

/// Adds to a change's journal; nothing when there is no such change. The change's row must be locked by an earlier
/// statement: two who counted the entries at once would give theirs the same position.
pub(super) async fn add_event(
    connection: &mut PgConnection,
    tenant: TenantId,
    id: ChangeId,
    at: UtcMillis,
    state: Option<ChangeState>,
    text: &str,
) -> Result<(), StorageError> {
    let (tenant, id) = (tenant.to_string(), id.to_string());
    let state = state.map(ChangeState::as_str);
    let text = fitted_event(text);
    sqlx::query!(
        "INSERT INTO change_events (tenant_id, change_id, position, happened_at, state, text)
         SELECT tenant_id, id,
                (SELECT coalesce(max(position) + 1, 0) FROM change_events
                 WHERE tenant_id = $1 AND change_id = $2),
                $3::bigint, $4::text, $5::text
         FROM changes WHERE tenant_id = $1 AND id = $2",
        tenant,
        id,
        at.0,
        state,
        text
    )
    .execute(connection)
    .await
    .map_err(fault)?;
    Ok(())
}

/// Adds parts of a change, or replaces them.
pub(super) async fn put_images(
    connection: &mut PgConnection,
    tenant: TenantId,
    id: ChangeId,
    images: &[ChangeImage],
) -> Result<(), StorageError> {
    let (tenant, id) = (tenant.to_string(), id.to_string());
    for image in images {
        let part = image.part.as_str();
        sqlx::query!(
            "INSERT INTO change_images (tenant_id, change_id, part, sealed_key_version, sealed)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (tenant_id, change_id, part)
             DO UPDATE SET sealed_key_version = excluded.sealed_key_version, sealed = excluded.sealed",
            tenant,
            id,
            part,
            i64::from(image.sealed.key_version),
            image.sealed.bytes
        )
        .execute(&mut *connection)
        .await
        .map_err(fault)?;
    }
    Ok(())
}
