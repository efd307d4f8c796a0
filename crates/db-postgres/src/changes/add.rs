use std::collections::BTreeMap;

use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::record::{Added, ChangeKey, KnownChange, NewChange};
use orderdesk_mcp_storage::row::{FittedChange, KnownChangeRow};
use orderdesk_mcp_storage::rule;
use sqlx::PgConnection;

use super::parts;
use crate::connect::PostgresStorage;
use crate::fault::fault;

pub(super) async fn change(
    storage: &PostgresStorage,
    new: &NewChange,
) -> Result<Added, StorageError> {
    rule::may_begin(new)?;
    let change = &new.change;
    let (tenant, id) = (change.tenant_id, change.id);
    let mut transaction = storage.pool.begin().await.map_err(fault)?;
    let columns = FittedChange::from(change);
    insert(&mut transaction, &columns).await?;
    if let Some(known) = hold_names(&mut transaction, &columns, &new.keys).await? {
        transaction.rollback().await.map_err(fault)?;
        return Ok(Added::Known(known));
    }
    parts::put_images(&mut transaction, tenant, id, &new.images).await?;
    let (at, state) = (change.created_at, Some(change.state));
    parts::add_event(&mut transaction, tenant, id, at, state, &new.first_event).await?;
    transaction.commit().await.map_err(fault)?;
    Ok(Added::Added)
}

/// Makes all names the change's, unless one stands for another change: the first such one is returned. They are locked in
/// order of their hashes, because two who have the same names in different orders would each wait for the other.
async fn hold_names(
    connection: &mut PgConnection,
    change: &FittedChange<'_>,
    keys: &[ChangeKey],
) -> Result<Option<KnownChange>, StorageError> {
    let mut known = BTreeMap::new();
    for key in keys {
        known.entry(&key.hash).or_insert((key, None));
    }
    for (key, holder) in known.values_mut() {
        *holder = hold_name(connection, change, key).await?;
    }
    Ok(keys.iter().find_map(|key| known.get(&key.hash)?.1.clone()))
}

/// Makes a name the change's, unless it stands for another one: that one is returned.
///
/// Who comes second waits here until the first has committed. Its change is not in this statement's snapshot then, so it
/// does not count as one that came to nothing, and the name stays with it. The row is locked also when it is left as it is.
async fn hold_name(
    connection: &mut PgConnection,
    change: &FittedChange<'_>,
    key: &ChangeKey,
) -> Result<Option<KnownChange>, StorageError> {
    let held = sqlx::query!(
        "INSERT INTO change_keys (tenant_id, hash, change_id, request_hash, expires_at)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (tenant_id, hash)
         DO UPDATE SET change_id = excluded.change_id, request_hash = excluded.request_hash,
                       expires_at = excluded.expires_at
         WHERE change_keys.expires_at <= $6
            OR EXISTS (SELECT 1 FROM changes
                       WHERE changes.tenant_id = $1 AND changes.id = change_keys.change_id
                         AND changes.state IN ('denied', 'expired', 'refused', 'conflict', 'not_applied', 'undone'))",
        change.tenant_id,
        key.hash,
        change.id,
        key.request_hash,
        key.expires_at.0,
        change.created_at
    )
    .execute(&mut *connection)
    .await
    .map_err(fault)?;
    if held.rows_affected() == 1 {
        return Ok(None);
    }
    let row = sqlx::query_as!(
        KnownChangeRow,
        "SELECT change_id, request_hash FROM change_keys WHERE tenant_id = $1 AND hash = $2",
        change.tenant_id,
        key.hash
    )
    .fetch_one(connection)
    .await
    .map_err(fault)?;
    row.try_into().map(Some)
}

async fn insert(
    connection: &mut PgConnection,
    change: &FittedChange<'_>,
) -> Result<(), StorageError> {
    sqlx::query!(
        "INSERT INTO changes (tenant_id, id, store_id, store_name, record_kind, record_id, tool, summary, state, key_id,
                              door, client, reason, field_count, money, plan_hash, version_before, version_after,
                              created_at, updated_at, expires_at, applying_at, decided_by, decision_reason, outcome,
                              undoes, undone_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
                 $23, $24, $25, $26, $27)",
        change.tenant_id,
        change.id,
        change.store_id,
        change.store_name,
        change.record_kind,
        change.record_id,
        change.tool,
        change.summary,
        change.state,
        change.key_id,
        change.door,
        change.client,
        change.reason,
        change.field_count,
        change.money,
        change.plan_hash,
        change.version_before,
        change.version_after,
        change.created_at,
        change.updated_at,
        change.expires_at,
        change.applying_at,
        change.decided_by,
        change.decision_reason,
        change.outcome,
        change.undoes,
        change.undone_by
    )
    .execute(connection)
    .await
    .map_err(fault)?;
    Ok(())
}
