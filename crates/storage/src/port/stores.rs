use async_trait::async_trait;
use orderdesk_mcp_contract::{StoreUid, TenantId, UtcMillis};

use crate::error::StorageError;
use crate::record::{DeletedStore, StoreRecord, StoreTies};

/// Order Desk stores. One that was deleted is met by the functions that say so and by no other; its id and name stay
/// taken until it is purged.
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

    /// Saves name, label and credentials of a store that was last changed at `seen`. `false` when there is no such store,
    /// or it was changed meanwhile.
    ///
    /// # Errors
    /// `Taken("store_name")`.
    async fn update_store(
        &self,
        store: &StoreRecord,
        seen: UtcMillis,
    ) -> Result<bool, StorageError>;

    /// What hangs on a store of a workspace.
    async fn store_ties(&self, tenant: TenantId, id: StoreUid) -> Result<StoreTies, StorageError>;

    /// Deletes a store of a workspace, to be restored or purged; keys and people that had it active have none afterwards. `false`
    /// when there is no such store there, or a change of it is open: under way, or of an outcome that is not known yet. Afterwards no
    /// step that heeds stops begins a change of it.
    async fn delete_store(
        &self,
        tenant: TenantId,
        id: StoreUid,
        at: UtcMillis,
    ) -> Result<bool, StorageError>;

    /// The deleted stores of a workspace that are not purged yet, by compared name.
    async fn deleted_stores(&self, tenant: TenantId) -> Result<Vec<DeletedStore>, StorageError>;

    /// Makes a deleted store live again, with the name, label and credentials of the record. `false` when there is none of
    /// that id, or it was deleted before `since`.
    ///
    /// # Errors
    /// `Taken("store_name")`.
    async fn restore_store(
        &self,
        store: &StoreRecord,
        since: UtcMillis,
    ) -> Result<bool, StorageError>;

    /// Removes at most `limit` stores that were deleted before `before`, of all workspaces, and says how many.
    async fn purge_stores(&self, before: UtcMillis, limit: u32) -> Result<u64, StorageError>;
}
