use async_trait::async_trait;
use orderdesk_mcp_contract::TenantId;

use crate::error::StorageError;
use crate::record::{NewKey, TenantRecord};

/// Workspaces.
#[async_trait]
pub trait Tenants {
    /// Adds a workspace and its first key, both or neither.
    ///
    /// # Errors
    /// `Taken("tenant_name")` or `Taken("key_id")`.
    async fn add_tenant(
        &self,
        tenant: &TenantRecord,
        first_key: &NewKey,
    ) -> Result<(), StorageError>;

    /// A workspace by its id.
    async fn tenant(&self, id: TenantId) -> Result<Option<TenantRecord>, StorageError>;

    /// A workspace by the compared form of its name.
    async fn tenant_by_name_key(
        &self,
        name_key: &str,
    ) -> Result<Option<TenantRecord>, StorageError>;

    /// How many workspaces there are.
    async fn count_tenants(&self) -> Result<u64, StorageError>;
}
