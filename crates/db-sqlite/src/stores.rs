use async_trait::async_trait;
use orderdesk_mcp_contract::{StoreUid, TenantId};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::port::Stores;
use orderdesk_mcp_storage::record::StoreRecord;
use orderdesk_mcp_storage::row::{StoreRow, holds_nul};

use crate::fault::fault;
use crate::open::SqliteStorage;

macro_rules! select_stores {
    ($condition:tt, $($argument:expr),+) => {
        sqlx::query_as!(
            StoreRow,
            r#"SELECT id, tenant_id, store_id, name, name_key, label, sandbox AS "sandbox: bool",
                      sealed_key_version, sealed_api_key, key_fingerprint, created_at, updated_at
               FROM stores "# + $condition,
            $($argument),+
        )
    };
}

#[async_trait]
impl Stores for SqliteStorage {
    async fn add_store(&self, store: &StoreRecord) -> Result<(), StorageError> {
        let (id, tenant) = (store.id.to_string(), store.tenant_id.to_string());
        sqlx::query!(
            "INSERT INTO stores (id, tenant_id, store_id, name, name_key, label, sandbox,
                                 sealed_key_version, sealed_api_key, key_fingerprint, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            id,
            tenant,
            store.store_id,
            store.name,
            store.name_key,
            store.label,
            store.sandbox,
            store.sealed_api_key.key_version,
            store.sealed_api_key.bytes,
            store.key_fingerprint,
            store.created_at.0,
            store.updated_at.0
        )
        .execute(&self.writer)
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
        let row = select_stores!("WHERE tenant_id = ?1 AND id = ?2", tenant, id)
            .fetch_optional(&self.readers)
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
        let row = select_stores!("WHERE tenant_id = ?1 AND store_id = ?2", tenant, store_id)
            .fetch_optional(&self.readers)
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
        let row = select_stores!("WHERE tenant_id = ?1 AND name_key = ?2", tenant, name_key)
            .fetch_optional(&self.readers)
            .await;
        row.map_err(fault)?.map(TryInto::try_into).transpose()
    }

    async fn list_stores(&self, tenant: TenantId) -> Result<Vec<StoreRecord>, StorageError> {
        let tenant = tenant.to_string();
        let rows = select_stores!("WHERE tenant_id = ?1 ORDER BY name_key", tenant)
            .fetch_all(&self.readers)
            .await
            .map_err(fault)?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    async fn count_stores(&self, tenant: TenantId) -> Result<u64, StorageError> {
        let tenant = tenant.to_string();
        let count = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!: i64" FROM stores WHERE tenant_id = ?1"#,
            tenant
        )
        .fetch_one(&self.readers)
        .await
        .map_err(fault)?;
        Ok(count.unsigned_abs())
    }

    async fn remove_store(&self, tenant: TenantId, id: StoreUid) -> Result<bool, StorageError> {
        let (tenant, id) = (tenant.to_string(), id.to_string());
        // The trigger `stores_clear_active` clears it from the keys in the same statement.
        let done = sqlx::query!(
            "DELETE FROM stores WHERE tenant_id = ?1 AND id = ?2",
            tenant,
            id
        )
        .execute(&self.writer)
        .await
        .map_err(fault)?;
        Ok(done.rows_affected() == 1)
    }
}
