use async_trait::async_trait;
use orderdesk_mcp_contract::{TenantId, UtcMillis};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::port::Tenants;
use orderdesk_mcp_storage::record::{NewKey, TenantFigures, TenantRecord, TenantRemoval};
use orderdesk_mcp_storage::row::{TenantFiguresRow, TenantRow, holds_nul, hour_of};
use sqlx::PgConnection;

use crate::connect::PostgresStorage;
use crate::fault::fault;
use crate::keys::insert_key;
use crate::traces;

macro_rules! select_tenant {
    ($condition:tt, $($argument:expr),+) => {
        sqlx::query_as!(
            TenantRow,
            "SELECT id, name, name_key, created_at, suspended_at FROM tenants " + $condition,
            $($argument),+
        )
    };
}

/// Lets whoever locks the same workspace, changes or removes it wait until the transaction ends. What belongs to it is added and
/// changed meanwhile.
pub(crate) async fn lock_tenant(
    connection: &mut PgConnection,
    tenant: &str,
) -> Result<(), StorageError> {
    sqlx::query!(
        "SELECT 1 AS one FROM tenants WHERE id = $1 FOR NO KEY UPDATE",
        tenant
    )
    .fetch_optional(connection)
    .await
    .map_err(fault)?;
    Ok(())
}

#[async_trait]
impl Tenants for PostgresStorage {
    async fn add_tenant(
        &self,
        tenant: &TenantRecord,
        first_key: &NewKey,
    ) -> Result<(), StorageError> {
        let id = tenant.id.to_string();
        let suspended_at = tenant.suspended_at.map(|at| at.0);
        let mut transaction = self.pool.begin().await.map_err(fault)?;
        sqlx::query!(
            "INSERT INTO tenants (id, name, name_key, created_at, suspended_at)
             VALUES ($1, $2, $3, $4, $5)",
            id,
            tenant.name,
            tenant.name_key,
            tenant.created_at.0,
            suspended_at
        )
        .execute(&mut *transaction)
        .await
        .map_err(fault)?;
        insert_key(&mut transaction, first_key).await?;
        transaction.commit().await.map_err(fault)
    }

    async fn tenant(&self, id: TenantId) -> Result<Option<TenantRecord>, StorageError> {
        let id = id.to_string();
        let row = select_tenant!("WHERE id = $1", id)
            .fetch_optional(&self.pool)
            .await;
        row.map_err(fault)?.map(TryInto::try_into).transpose()
    }

    async fn tenant_by_name_key(
        &self,
        name_key: &str,
    ) -> Result<Option<TenantRecord>, StorageError> {
        if holds_nul(name_key) {
            return Ok(None);
        }
        let row = select_tenant!("WHERE name_key = $1", name_key)
            .fetch_optional(&self.pool)
            .await;
        row.map_err(fault)?.map(TryInto::try_into).transpose()
    }

    async fn list_tenants(
        &self,
        from: UtcMillis,
        now: UtcMillis,
    ) -> Result<Vec<TenantFigures>, StorageError> {
        let from = hour_of(from);
        let rows = sqlx::query_as!(
            TenantFiguresRow,
            r#"SELECT id, name, name_key, created_at, suspended_at,
                      (SELECT count(*) FROM stores
                       WHERE tenant_id = tenants.id AND deleted_at IS NULL) AS "stores!",
                      (SELECT count(*) FROM keys
                       WHERE tenant_id = tenants.id AND revoked_at IS NULL
                         AND (expires_at IS NULL OR expires_at > $2)) AS "keys!",
                      (SELECT count(*) FROM members
                       WHERE tenant_id = tenants.id AND disabled_at IS NULL) AS "people!",
                      (SELECT coalesce(sum(calls), 0)::bigint FROM trace_margins
                       WHERE tenant_id = tenants.id AND length_ms = 3600000 AND field = 'all'
                         AND starts_at >= $1 AND door IN ('mcp', 'stdio', 'console')) AS "calls!",
                      (SELECT max(last_used_at) FROM keys
                       WHERE tenant_id = tenants.id) AS last_used_at,
                      (SELECT max(last_seen_at) FROM members
                       WHERE tenant_id = tenants.id) AS last_seen_at
               FROM tenants ORDER BY name_key"#,
            from,
            now.0
        )
        .fetch_all(&self.pool)
        .await
        .map_err(fault)?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    async fn rename_tenant(
        &self,
        id: TenantId,
        name: &str,
        name_key: &str,
    ) -> Result<bool, StorageError> {
        let id = id.to_string();
        let done = sqlx::query!(
            "UPDATE tenants SET name = $2, name_key = $3 WHERE id = $1",
            id,
            name,
            name_key
        )
        .execute(&self.pool)
        .await
        .map_err(fault)?;
        Ok(done.rows_affected() == 1)
    }

    async fn set_tenant_suspended(
        &self,
        id: TenantId,
        at: Option<UtcMillis>,
    ) -> Result<bool, StorageError> {
        let (id, at) = (id.to_string(), at.map(|at| at.0));
        let done = sqlx::query!(
            "UPDATE tenants
             SET suspended_at = CASE WHEN $2::bigint IS NULL THEN NULL ELSE coalesce(suspended_at, $2) END
             WHERE id = $1",
            id,
            at
        )
        .execute(&self.pool)
        .await
        .map_err(fault)?;
        Ok(done.rows_affected() == 1)
    }

    async fn remove_tenant(&self, id: TenantId, limit: u32) -> Result<TenantRemoval, StorageError> {
        let id = id.to_string();
        let mut transaction = self.pool.begin().await.map_err(fault)?;
        let found = sqlx::query_scalar!(
            "SELECT suspended_at FROM tenants WHERE id = $1 FOR UPDATE",
            id
        )
        .fetch_optional(&mut *transaction)
        .await
        .map_err(fault)?;
        match found {
            None => return Ok(TenantRemoval::NotThere),
            Some(None) => return Ok(TenantRemoval::InUse),
            Some(Some(_)) => {}
        }
        let open = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM changes
               WHERE tenant_id = $1 AND state IN ('approved', 'applying', 'applied', 'unknown')"#,
            id
        )
        .fetch_one(&mut *transaction)
        .await
        .map_err(fault)?;
        if open > 0 {
            return Ok(TenantRemoval::HasOpenChanges);
        }
        if traces::remove_some(&mut transaction, &id, limit).await? > 0 {
            transaction.commit().await.map_err(fault)?;
            return Ok(TenantRemoval::Going);
        }
        sqlx::query!(
            "DELETE FROM users WHERE NOT is_instance_admin
               AND id IN (SELECT user_id FROM members WHERE tenant_id = $1)
               AND NOT EXISTS (SELECT 1 FROM members WHERE user_id = users.id AND tenant_id <> $1)",
            id
        )
        .execute(&mut *transaction)
        .await
        .map_err(fault)?;
        sqlx::query!("DELETE FROM tenants WHERE id = $1", id)
            .execute(&mut *transaction)
            .await
            .map_err(fault)?;
        transaction.commit().await.map_err(fault)?;
        Ok(TenantRemoval::Gone)
    }

    async fn count_tenants(&self) -> Result<u64, StorageError> {
        let count = sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM tenants"#)
            .fetch_one(&self.pool)
            .await
            .map_err(fault)?;
        Ok(count.unsigned_abs())
    }
}
