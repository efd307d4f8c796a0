use orderdesk_mcp_storage::StorageError;
use sqlx::SqliteConnection;

use crate::fault::fault;

/// Removes some of what is recorded of a workspace that goes: at most `limit` blocks of calls, or ten times as many of what is short and
/// of which there is more. With how many rows went; 0 when nothing is left.
pub(crate) async fn remove_some(
    connection: &mut SqliteConnection,
    tenant: &str,
    limit: u32,
) -> Result<u64, StorageError> {
    let few = i64::from(limit);
    let many = few * 10;
    let postings = sqlx::query!(
        "DELETE FROM trace_postings WHERE tenant_id = ?1
           AND (field, value, block_id) IN
               (SELECT field, value, block_id FROM trace_postings WHERE tenant_id = ?1 LIMIT ?2)",
        tenant,
        many
    )
    .execute(&mut *connection)
    .await
    .map_err(fault)?;
    if postings.rows_affected() > 0 {
        return Ok(postings.rows_affected());
    }
    let blocks = sqlx::query!(
        "DELETE FROM trace_blocks INDEXED BY trace_blocks_by_id WHERE tenant_id = ?1
           AND id IN
               (SELECT id FROM trace_blocks INDEXED BY trace_blocks_by_id WHERE tenant_id = ?1 LIMIT ?2)",
        tenant,
        few
    )
    .execute(&mut *connection)
    .await
    .map_err(fault)?;
    if blocks.rows_affected() > 0 {
        return Ok(blocks.rows_affected());
    }
    let hours = sqlx::query!(
        "DELETE FROM trace_hours WHERE tenant_id = ?1
           AND (hour, tool, store_id, key_id, door, outcome, cached) IN
               (SELECT hour, tool, store_id, key_id, door, outcome, cached FROM trace_hours WHERE tenant_id = ?1 LIMIT ?2)",
        tenant,
        many
    )
    .execute(&mut *connection)
    .await
    .map_err(fault)?;
    if hours.rows_affected() > 0 {
        return Ok(hours.rows_affected());
    }
    let margins = sqlx::query!(
        "DELETE FROM trace_margins WHERE tenant_id = ?1
           AND (length_ms, field, starts_at, value, door) IN
               (SELECT length_ms, field, starts_at, value, door FROM trace_margins WHERE tenant_id = ?1 LIMIT ?2)",
        tenant,
        many
    )
    .execute(connection)
    .await
    .map_err(fault)?;
    Ok(margins.rows_affected())
}
