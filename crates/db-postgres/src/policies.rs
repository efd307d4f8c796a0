use async_trait::async_trait;
use orderdesk_mcp_contract::{KeyId, KeyPolicy, StopScope, TenantId, UtcMillis};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::port::Policies;
use orderdesk_mcp_storage::record::WriteStop;
use orderdesk_mcp_storage::row::{
    StepRow, WriteStopRow, fitted_reason, holds_nul, policy_text, read_policy,
};
use orderdesk_mcp_storage::rule;
use sqlx::PgConnection;

use crate::connect::PostgresStorage;
use crate::fault::fault;
use crate::tenants::lock_tenant;

/// Stops, widest first.
macro_rules! select_stops {
    ($condition:tt, $($argument:expr),+) => {
        sqlx::query_as!(
            WriteStopRow,
            "SELECT tenant_id, scope, target, stopped_at, stopped_by, reason FROM write_stops
             WHERE tenant_id = $1 " + $condition + "
             ORDER BY CASE scope WHEN 'tenant' THEN 1 WHEN 'store' THEN 2 ELSE 3 END, target",
            $($argument),+
        )
    };
}

#[async_trait]
impl Policies for PostgresStorage {
    async fn key_policy(
        &self,
        tenant: TenantId,
        key: KeyId,
    ) -> Result<Option<KeyPolicy>, StorageError> {
        let (tenant, id) = (tenant.to_string(), key.to_string());
        let policy = sqlx::query_scalar!(
            "SELECT policy FROM key_policies WHERE tenant_id = $1 AND key_id = $2",
            tenant,
            id
        )
        .fetch_optional(&self.pool)
        .await
        .map_err(fault)?;
        policy.map(|text| read_policy(key, &text)).transpose()
    }

    async fn set_key_policy(
        &self,
        tenant: TenantId,
        key: KeyId,
        policy: &KeyPolicy,
        at: UtcMillis,
    ) -> Result<bool, StorageError> {
        let (tenant, key) = (tenant.to_string(), key.to_string());
        let policy = policy_text(policy)?;
        let done = sqlx::query!(
            "INSERT INTO key_policies (tenant_id, key_id, updated_at, policy)
             SELECT tenant_id, id, $3::bigint, $4::text FROM keys WHERE tenant_id = $1 AND id = $2
             ON CONFLICT (tenant_id, key_id)
             DO UPDATE SET updated_at = excluded.updated_at, policy = excluded.policy",
            tenant,
            key,
            at.0,
            policy
        )
        .execute(&self.pool)
        .await
        .map_err(fault)?;
        Ok(done.rows_affected() == 1)
    }

    async fn add_write_stop(&self, stop: &WriteStop) -> Result<(), StorageError> {
        rule::storable("target", Some(&stop.target))?;
        let (tenant, by) = (stop.tenant_id.to_string(), stop.by.to_string());
        let scope = stop.scope.as_str();
        let reason = fitted_reason(stop.reason.as_deref());
        let mut transaction = self.pool.begin().await.map_err(fault)?;
        lock_out_beginnings(&mut transaction, &tenant).await?;
        sqlx::query!(
            r#"WITH RECURSIVE targets (target) AS (
                 SELECT $3::text COLLATE "C"
                 UNION
                 SELECT keys.replaced_by FROM keys JOIN targets ON keys.id = targets.target
                 WHERE keys.tenant_id = $1 AND $2 = 'key' AND keys.replaced_by IS NOT NULL)
             INSERT INTO write_stops (tenant_id, scope, target, stopped_at, stopped_by, reason)
             SELECT $1, $2, target, $4::bigint, $5::text, $6::text FROM targets
             ON CONFLICT (tenant_id, scope, target) DO NOTHING"#,
            tenant,
            scope,
            stop.target,
            stop.since.0,
            by,
            reason
        )
        .execute(&mut *transaction)
        .await
        .map_err(fault)?;
        transaction.commit().await.map_err(fault)
    }

    async fn remove_write_stop(
        &self,
        tenant: TenantId,
        scope: StopScope,
        target: &str,
    ) -> Result<bool, StorageError> {
        if holds_nul(target) {
            return Ok(false);
        }
        let (tenant, scope) = (tenant.to_string(), scope.as_str());
        let done = sqlx::query!(
            "DELETE FROM write_stops WHERE tenant_id = $1 AND scope = $2 AND target = $3",
            tenant,
            scope,
            target
        )
        .execute(&self.pool)
        .await
        .map_err(fault)?;
        Ok(done.rows_affected() == 1)
    }

    async fn write_stops(&self, tenant: TenantId) -> Result<Vec<WriteStop>, StorageError> {
        let tenant = tenant.to_string();
        let rows = select_stops!("", tenant)
            .fetch_all(&self.pool)
            .await
            .map_err(fault)?;
        rows.into_iter().map(TryInto::try_into).collect()
    }
}

/// Waits for steps of the workspace that have looked for stops already, and lets later ones wait until the transaction
/// ends: see [`hold_off_stops`].
pub(crate) async fn lock_out_beginnings(
    connection: &mut PgConnection,
    tenant: &str,
) -> Result<(), StorageError> {
    lock_tenant(connection, tenant).await
}

/// Keeps stops of the workspace from being added until the transaction ends, so that nothing begins after a stop was
/// acknowledged. To be asked first, because whoever removes a workspace locks its row first.
pub(crate) async fn hold_off_stops(
    connection: &mut PgConnection,
    tenant: &str,
) -> Result<(), StorageError> {
    sqlx::query!(
        "SELECT 1 AS one FROM tenants WHERE id = $1 FOR SHARE",
        tenant
    )
    .fetch_optional(connection)
    .await
    .map_err(fault)?;
    Ok(())
}

/// The widest stop that covers a change.
pub(crate) async fn stop_over(
    connection: &mut PgConnection,
    tenant: &str,
    change: &StepRow,
) -> Result<Option<WriteStop>, StorageError> {
    let row = select_stops!(
        "AND (scope = 'tenant' OR (scope = 'store' AND target = $2) OR (scope = 'key' AND target = $3))",
        tenant,
        change.store_id,
        change.key_id
    )
    .fetch_optional(connection)
    .await
    .map_err(fault)?;
    row.map(TryInto::try_into).transpose()
}
