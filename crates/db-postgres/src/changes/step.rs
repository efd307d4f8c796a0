use orderdesk_mcp_contract::{ChangeId, ChangeState, UtcMillis};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::record::{ChangeImage, ChangeStep, Lease, Stepped};
use orderdesk_mcp_storage::row::{FittedUpdate, StepRow, change_state};
use orderdesk_mcp_storage::rule;
use sqlx::PgConnection;

use super::{lease, parts, usage};
use crate::connect::PostgresStorage;
use crate::fault::fault;
use crate::policies::{hold_off_stops, stop_over};

/// The transaction's own writes are looked at and then kept or taken back; the change's row is locked by the first of them.
pub(super) async fn take(
    storage: &PostgresStorage,
    step: &ChangeStep,
) -> Result<Stepped, StorageError> {
    rule::may_step(step)?;
    let mut transaction = storage.pool.begin().await.map_err(fault)?;
    let stepped = attempt(&mut transaction, step).await?;
    if stepped == Stepped::Done {
        transaction.commit().await.map_err(fault)?;
    } else {
        transaction.rollback().await.map_err(fault)?;
    }
    Ok(stepped)
}

async fn attempt(
    connection: &mut PgConnection,
    step: &ChangeStep,
) -> Result<Stepped, StorageError> {
    let (tenant, id) = (step.tenant_id.to_string(), step.id.to_string());
    if step.heeds_stops {
        hold_off_stops(connection, &tenant).await?;
    }
    let Some(row) = update(connection, &tenant, &id, step).await? else {
        return elsewhere(connection, &tenant, &id).await;
    };
    if let Some(lease) = &step.lease
        && !is_under(connection, lease, step.id, &row, step.at).await?
    {
        return Ok(Stepped::LeaseLost);
    }
    if step.heeds_stops && is_store_deleted(connection, &tenant, &row.store_id).await? {
        return Ok(Stepped::StoreGone);
    }
    if step.heeds_stops
        && let Some(stop) = stop_over(connection, &tenant, &row).await?
    {
        return Ok(Stepped::Stopped(stop));
    }
    if let Some(budget) = &step.budget
        && let Some(used) = usage::exceeded(connection, &tenant, &id, &row, budget).await?
    {
        return Ok(Stepped::OverBudget(used));
    }
    parts::put_images(connection, step.tenant_id, step.id, &step.images).await?;
    let state = Some(step.to);
    parts::add_event(
        connection,
        step.tenant_id,
        step.id,
        step.at,
        state,
        &step.text,
    )
    .await?;
    if let Some(lease) = step.lease.as_ref().filter(|_| step.ends_lease) {
        lease::end(connection, lease).await?;
    }
    Ok(Stepped::Done)
}

/// The change as the step leaves it; none when it does not stand where the step begins.
async fn update(
    connection: &mut PgConnection,
    tenant: &str,
    id: &str,
    step: &ChangeStep,
) -> Result<Option<StepRow>, StorageError> {
    let (from, to) = (step.from.as_str(), step.to.as_str());
    let applying_at = (step.to == ChangeState::Applying).then_some(step.at.0);
    let set = FittedUpdate::from(&step.set);
    sqlx::query_as!(
        StepRow,
        "UPDATE changes SET
             state = $4, updated_at = $5, applying_at = coalesce($6, applying_at),
             record_id = coalesce($7, record_id), summary = coalesce($8, summary),
             field_count = coalesce($9, field_count), money = coalesce($10, money),
             plan_hash = coalesce($11, plan_hash), version_before = coalesce($12, version_before),
             version_after = coalesce($13, version_after), expires_at = coalesce($14, expires_at),
             decided_by = coalesce($15, decided_by), decision_reason = coalesce($16, decision_reason),
             outcome = coalesce($17, outcome), undone_by = coalesce($18, undone_by)
         WHERE tenant_id = $1 AND id = $2 AND state = $3
         RETURNING store_id, record_kind, record_id, key_id, money",
        tenant,
        id,
        from,
        to,
        step.at.0,
        applying_at,
        set.record_id,
        set.summary,
        set.field_count,
        set.money,
        set.plan_hash,
        set.version_before,
        set.version_after,
        set.expires_at,
        set.decided_by,
        set.decision_reason,
        set.outcome,
        set.undone_by
    )
    .fetch_optional(connection)
    .await
    .map_err(fault)
}

async fn elsewhere(
    connection: &mut PgConnection,
    tenant: &str,
    id: &str,
) -> Result<Stepped, StorageError> {
    let state = sqlx::query_scalar!(
        "SELECT state FROM changes WHERE tenant_id = $1 AND id = $2",
        tenant,
        id
    )
    .fetch_optional(connection)
    .await
    .map_err(fault)?;
    Ok(match state {
        Some(state) => Stepped::Elsewhere(change_state(id, &state)?),
        None => Stepped::Missing,
    })
}

async fn is_store_deleted(
    connection: &mut PgConnection,
    tenant: &str,
    store: &str,
) -> Result<bool, StorageError> {
    let deleted = sqlx::query_scalar!(
        "SELECT 1 AS one FROM stores WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NOT NULL",
        tenant,
        store
    )
    .fetch_optional(connection)
    .await
    .map_err(fault)?;
    Ok(deleted.is_some())
}

/// Whether the lease is the one for the change's record, and held at this moment.
async fn is_under(
    connection: &mut PgConnection,
    lease: &Lease,
    id: ChangeId,
    row: &StepRow,
    at: UtcMillis,
) -> Result<bool, StorageError> {
    Ok(rule::covers(lease, id, row) && lease::is_held(connection, lease, at).await?)
}

pub(super) async fn revise(
    storage: &PostgresStorage,
    lease: &Lease,
    id: ChangeId,
    at: UtcMillis,
    text: &str,
    version_before: &str,
    images: &[ChangeImage],
) -> Result<bool, StorageError> {
    rule::storable("version", Some(version_before))?;
    let (tenant_id, change) = (lease.tenant_id.to_string(), id.to_string());
    let mut transaction = storage.pool.begin().await.map_err(fault)?;
    let row = sqlx::query_as!(
        StepRow,
        "UPDATE changes SET version_before = $3
         WHERE tenant_id = $1 AND id = $2 AND state = 'applying'
         RETURNING store_id, record_kind, record_id, key_id, money",
        tenant_id,
        change,
        version_before
    )
    .fetch_optional(&mut *transaction)
    .await
    .map_err(fault)?;
    let is_under = match &row {
        Some(row) => is_under(&mut transaction, lease, id, row, at).await?,
        None => false,
    };
    if is_under {
        parts::put_images(&mut transaction, lease.tenant_id, id, images).await?;
        parts::add_event(&mut transaction, lease.tenant_id, id, at, None, text).await?;
        transaction.commit().await.map_err(fault)?;
    } else {
        transaction.rollback().await.map_err(fault)?;
    }
    Ok(is_under)
}
