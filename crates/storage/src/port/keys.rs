use async_trait::async_trait;
use orderdesk_mcp_contract::{KeyId, StoreUid, TenantId, UtcMillis};

use crate::error::StorageError;
use crate::record::{KeyRecord, NewKey};

/// Bearer keys.
#[async_trait]
pub trait Keys {
    /// Adds a key.
    ///
    /// # Errors
    /// `Taken("key_id")`; `Gone("tenant")` when the workspace is not there.
    async fn add_key(&self, key: &NewKey) -> Result<(), StorageError>;

    /// A key by the id in its text, of whatever workspace: this is how a caller is recognised, so there
    /// is no workspace yet to scope it by. Revoked and expired keys are returned too.
    async fn key(&self, id: KeyId) -> Result<Option<KeyRecord>, StorageError>;

    /// All keys of a workspace, newest first, revoked ones too.
    async fn list_keys(&self, tenant: TenantId) -> Result<Vec<KeyRecord>, StorageError>;

    /// Revokes a key of a workspace. `false` when there is no such key there; a key that was revoked
    /// before keeps its first date and counts as found.
    async fn revoke_key(
        &self,
        tenant: TenantId,
        id: KeyId,
        at: UtcMillis,
    ) -> Result<bool, StorageError>;

    /// Notes that keys were used; a later date wins.
    async fn touch_keys(&self, used: &[(KeyId, UtcMillis)]) -> Result<(), StorageError>;

    /// Sets or clears the store a key uses when a call names none. `false` when key or store are not of
    /// this workspace.
    async fn set_active_store(
        &self,
        tenant: TenantId,
        key: KeyId,
        store: Option<StoreUid>,
    ) -> Result<bool, StorageError>;
}
