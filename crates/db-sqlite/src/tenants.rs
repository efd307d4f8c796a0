use async_trait::async_trait;
use orderdesk_mcp_contract::TenantId;
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::port::Tenants;
use orderdesk_mcp_storage::record::{NewKey, TenantRecord};
use orderdesk_mcp_storage::row::{TenantRow, holds_nul};

use crate::fault::fault;
use crate::keys::insert_key;
use crate::open::SqliteStorage;

macro_rules! select_tenant {
    ($condition:tt, $($argument:expr),+) => {
        sqlx::query_as!(
            TenantRow,
            "SELECT id, name, name_key, created_at, suspended_at FROM tenants " + $condition,
            $($argument),+
        )
    };
}

#[async_trait]
impl Tenants for SqliteStorage {
    async fn add_tenant(
        &self,
        tenant: &TenantRecord,
        first_key: &NewKey,
    ) -> Result<(), StorageError> {
        let id = tenant.id.to_string();
        let suspended_at = tenant.suspended_at.map(|at| at.0);
        let mut transaction = self.begin().await?;
        sqlx::query!(
            "INSERT INTO tenants (id, name, name_key, created_at, suspended_at)
             VALUES (?1, ?2, ?3, ?4, ?5)",
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
        let row = select_tenant!("WHERE id = ?1", id)
            .fetch_optional(&self.readers)
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
        let row = select_tenant!("WHERE name_key = ?1", name_key)
            .fetch_optional(&self.readers)
            .await;
        row.map_err(fault)?.map(TryInto::try_into).transpose()
    }

    async fn count_tenants(&self) -> Result<u64, StorageError> {
        let count = sqlx::query_scalar!(r#"SELECT count(*) AS "count!: i64" FROM tenants"#)
            .fetch_one(&self.readers)
            .await
            .map_err(fault)?;
        Ok(count.unsigned_abs())
    }
}
