//! What stands beside a change's row: its journal and its sealed parts.

use orderdesk_mcp_contract::{ChangeId, ChangeState, TenantId, UtcMillis};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::record::ChangeImage;
use orderdesk_mcp_storage::row::fitted_event;
use sqlx::SqliteConnection;

use crate::fault::fault;

/// Adds to a change's journal; nothing when there is no such change.
pub(super) async fn add_event(
    connection: &mut SqliteConnection,
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
                 WHERE tenant_id = ?1 AND change_id = ?2),
                ?3, ?4, ?5
         FROM changes WHERE tenant_id = ?1 AND id = ?2",
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
    connection: &mut SqliteConnection,
    tenant: TenantId,
    id: ChangeId,
    images: &[ChangeImage],
) -> Result<(), StorageError> {
    let (tenant, id) = (tenant.to_string(), id.to_string());
    for image in images {
        let part = image.part.as_str();
        sqlx::query!(
            "INSERT INTO change_images (tenant_id, change_id, part, sealed_key_version, sealed)
             VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (tenant_id, change_id, part)
             DO UPDATE SET sealed_key_version = excluded.sealed_key_version, sealed = excluded.sealed",
            tenant,
            id,
            part,
            image.sealed.key_version,
            image.sealed.bytes
        )
        .execute(&mut *connection)
        .await
        .map_err(fault)?;
    }
    Ok(())
}
