use async_trait::async_trait;
use orderdesk_mcp_contract::{StoreUid, TenantId, UtcMillis};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::port::Stores;
use orderdesk_mcp_storage::record::{DeletedStore, StoreRecord, StoreTies};
use orderdesk_mcp_storage::row::{StoreRow, StoreTiesRow, holds_nul};

use crate::connect::PostgresStorage;
use crate::fault::fault;
use crate::policies::lock_out_beginnings;

macro_rules! select_stores {
    ($condition:tt, $($argument:expr),+) => {
        sqlx::query_as!(
            StoreRow,
            r#"SELECT id, tenant_id, store_id, name, name_key, label, sandbox,
                      sealed_key_version, sealed_api_key, key_fingerprint, created_at, updated_at, deleted_at
               FROM stores "# + $condition,
            $($argument),+
        )
    };
}

#[async_trait]
impl Stores for PostgresStorage {
    async fn add_store(&self, store: &StoreRecord) -> Result<(), StorageError> {
        let (id, tenant) = (store.id.to_string(), store.tenant_id.to_string());
        sqlx::query!(
            "INSERT INTO stores (id, tenant_id, store_id, name, name_key, label, sandbox,
                                 sealed_key_version, sealed_api_key, key_fingerprint, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            id,
            tenant,
            store.store_id,
            store.name,
            store.name_key,
            store.label,
            store.sandbox,
            i64::from(store.sealed_api_key.key_version),
            store.sealed_api_key.bytes,
            store.key_fingerprint,
            store.created_at.0,
            store.updated_at.0
        )
        .execute(&self.pool)
        .await
        .map_err(fault)?;
        Ok(())
    }

    async fn store(
        &self,
        tenant: TenantId,
        id: StoreUid,
    ) -> Result<Option<StoreRecord>, StorageError> {
        let (tenant, id) = (tenant.to_string(), id.to_string());
        let row = select_stores!(
            "WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL",
            tenant,
            id
        )
        .fetch_optional(&self.pool)
        .await;
        row.map_err(fault)?.map(TryInto::try_into).transpose()
    }

    async fn store_by_store_id(
        &self,
        tenant: TenantId,
        store_id: &str,
    ) -> Result<Option<StoreRecord>, StorageError> {
        if holds_nul(store_id) {
            return Ok(None);
        }
        let tenant = tenant.to_string();
        let row = select_stores!(
            "WHERE tenant_id = $1 AND store_id = $2 AND deleted_at IS NULL",
            tenant,
            store_id
        )
        .fetch_optional(&self.pool)
        .await;
        row.map_err(fault)?.map(TryInto::try_into).transpose()
    }

    async fn store_by_name_key(
        &self,
        tenant: TenantId,
        name_key: &str,
    ) -> Result<Option<StoreRecord>, StorageError> {
        if holds_nul(name_key) {
            return Ok(None);
        }
        let tenant = tenant.to_string();
        let row = select_stores!(
            "WHERE tenant_id = $1 AND name_key = $2 AND deleted_at IS NULL",
            tenant,
            name_key
        )
        .fetch_optional(&self.pool)
        .await;
        row.map_err(fault)?.map(TryInto::try_into).transpose()
    }

    async fn list_stores(&self, tenant: TenantId) -> Result<Vec<StoreRecord>, StorageError> {
        let tenant = tenant.to_string();
        let rows = select_stores!(
            "WHERE tenant_id = $1 AND deleted_at IS NULL ORDER BY name_key",
            tenant
        )
        .fetch_all(&self.pool)
        .await
        .map_err(fault)?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    async fn count_stores(&self, tenant: TenantId) -> Result<u64, StorageError> {
        let tenant = tenant.to_string();
        let count = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM stores WHERE tenant_id = $1 AND deleted_at IS NULL"#,
            tenant
        )
        .fetch_one(&self.pool)
        .await
        .map_err(fault)?;
        Ok(count.unsigned_abs())
    }

    async fn update_store(
        &self,
        store: &StoreRecord,
        seen: UtcMillis,
    ) -> Result<bool, StorageError> {
        let (id, tenant) = (store.id.to_string(), store.tenant_id.to_string());
        let done = sqlx::query!(
            "UPDATE stores SET name = $3, name_key = $4, label = $5, sealed_key_version = $6, sealed_api_key = $7,
                               key_fingerprint = $8, updated_at = $9
             WHERE tenant_id = $1 AND id = $2 AND updated_at = $10 AND deleted_at IS NULL",
            tenant,
            id,
            store.name,
            store.name_key,
            store.label,
            i64::from(store.sealed_api_key.key_version),
            store.sealed_api_key.bytes,
            store.key_fingerprint,
            store.updated_at.0,
            seen.0
        )
        .execute(&self.pool)
        .await
        .map_err(fault)?;
        Ok(done.rows_affected() == 1)
    }

    async fn store_ties(&self, tenant: TenantId, id: StoreUid) -> Result<StoreTies, StorageError> {
        let (tenant, id) = (tenant.to_string(), id.to_string());
        let row = sqlx::query_as!(
            StoreTiesRow,
            r#"SELECT count(*) AS "changes!",
                      count(*) FILTER (WHERE state = 'proposed') AS "waiting!",
                      count(*) FILTER (WHERE state IN ('approved', 'applying', 'applied', 'unknown')) AS "open!",
                      (SELECT count(*) FROM keys WHERE tenant_id = $1 AND active_store = $2)
                        + (SELECT count(*) FROM members WHERE tenant_id = $1 AND active_store = $2) AS "active!"
               FROM changes WHERE tenant_id = $1 AND store_id = $2"#,
            tenant,
            id
        )
        .fetch_one(&self.pool)
        .await
        .map_err(fault)?;
        Ok(row.into())
    }

    async fn delete_store(
        &self,
        tenant: TenantId,
        id: StoreUid,
        at: UtcMillis,
    ) -> Result<bool, StorageError> {
        let (tenant, id) = (tenant.to_string(), id.to_string());
        let mut transaction = self.pool.begin().await.map_err(fault)?;
        // Waits for steps that begin a change of it, and lets later ones wait, as a stop does.
        lock_out_beginnings(&mut transaction, &tenant).await?;
        let done = sqlx::query!(
            "UPDATE stores SET deleted_at = $3 WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL
               AND NOT EXISTS (SELECT 1 FROM changes WHERE tenant_id = $1 AND store_id = $2
                                 AND state IN ('approved', 'applying', 'applied', 'unknown'))",
            tenant,
            id,
            at.0
        )
        .execute(&mut *transaction)
        .await
        .map_err(fault)?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        sqlx::query!(
            "UPDATE keys SET active_store = NULL WHERE tenant_id = $1 AND active_store = $2",
            tenant,
            id
        )
        .execute(&mut *transaction)
        .await
        .map_err(fault)?;
        sqlx::query!(
            "UPDATE members SET active_store = NULL WHERE tenant_id = $1 AND active_store = $2",
            tenant,
            id
        )
        .execute(&mut *transaction)
        .await
        .map_err(fault)?;
        transaction.commit().await.map_err(fault)?;
        Ok(true)
    }

    async fn deleted_stores(&self, tenant: TenantId) -> Result<Vec<DeletedStore>, StorageError> {
        let tenant = tenant.to_string();
        let rows = select_stores!(
            "WHERE tenant_id = $1 AND deleted_at IS NOT NULL ORDER BY name_key",
            tenant
        )
        .fetch_all(&self.pool)
        .await
        .map_err(fault)?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    async fn restore_store(
        &self,
        store: &StoreRecord,
        since: UtcMillis,
    ) -> Result<bool, StorageError> {
        let (id, tenant) = (store.id.to_string(), store.tenant_id.to_string());
        let done = sqlx::query!(
            "UPDATE stores SET name = $3, name_key = $4, label = $5, sealed_key_version = $6, sealed_api_key = $7,
                               key_fingerprint = $8, updated_at = $9, deleted_at = NULL
             WHERE tenant_id = $1 AND id = $2 AND deleted_at >= $10",
            tenant,
            id,
            store.name,
            store.name_key,
            store.label,
            i64::from(store.sealed_api_key.key_version),
            store.sealed_api_key.bytes,
            store.key_fingerprint,
            store.updated_at.0,
            since.0
        )
        .execute(&self.pool)
        .await
        .map_err(fault)?;
        Ok(done.rows_affected() == 1)
    }

    async fn purge_stores(&self, before: UtcMillis, limit: u32) -> Result<u64, StorageError> {
        let done = sqlx::query!(
            "DELETE FROM stores WHERE id IN
                 (SELECT id FROM stores WHERE deleted_at < $1 ORDER BY deleted_at LIMIT $2)
               AND deleted_at < $1",
            before.0,
            i64::from(limit)
        )
        .execute(&self.pool)
        .await
        .map_err(fault)?;
        Ok(done.rows_affected())
    }
}
