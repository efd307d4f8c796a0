use async_trait::async_trait;
use orderdesk_mcp_contract::{StoreUid, TenantId};

use crate::error::StorageError;
use crate::record::StoreRecord;

/// Order Desk stores.
#[async_trait]
pub trait Stores {
    /// Adds a store.
    ///
    /// # Errors
    /// `Taken("store_id")` or `Taken("store_name")`; `Gone("tenant")` when the workspace is not there.
    async fn add_store(&self, store: &StoreRecord) -> Result<(), StorageError>;

    /// A store of a workspace by our id.
    async fn store(
        &self,
        tenant: TenantId,
        id: StoreUid,
    ) -> Result<Option<StoreRecord>, StorageError>;

    /// A store of a workspace by Order Desk's store id.
    async fn store_by_store_id(
        &self,
        tenant: TenantId,
        store_id: &str,
    ) -> Result<Option<StoreRecord>, StorageError>;

    /// A store of a workspace by the compared form of its name.
    async fn store_by_name_key(
        &self,
        tenant: TenantId,
        name_key: &str,
    ) -> Result<Option<StoreRecord>, StorageError>;

    /// All stores of a workspace, by compared name.
    async fn list_stores(&self, tenant: TenantId) -> Result<Vec<StoreRecord>, StorageError>;

    /// How many stores a workspace has.
    async fn count_stores(&self, tenant: TenantId) -> Result<u64, StorageError>;

    /// Removes a store of a workspace; keys that had it active have none afterwards. `false` when there
    /// is no such store there.
    async fn remove_store(&self, tenant: TenantId, id: StoreUid) -> Result<bool, StorageError>;
}
