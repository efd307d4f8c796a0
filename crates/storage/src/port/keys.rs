use async_trait::async_trait;
use orderdesk_mcp_contract::{KeyId, KeyPolicy, StoreUid, TenantId, UtcMillis};

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

    /// Adds a key with a policy of its own, both or neither.
    ///
    /// # Errors
    /// As [`Keys::add_key`].
    async fn add_limited_key(&self, key: &NewKey, policy: &KeyPolicy) -> Result<(), StorageError>;

    /// Adds a key that takes over from one of the same workspace: it gets the old one's policy, active store and stop, and
    /// the old one ends at `ends_at`, or when it would have ended anyway if that is sooner. `false`, and nothing is done, when
    /// there is no such key, or it was revoked, has ended by the new one's beginning, or was replaced already.
    ///
    /// # Errors
    /// `Taken("key_id")`.
    async fn replace_key(
        &self,
        old: KeyId,
        new: &NewKey,
        ends_at: UtcMillis,
    ) -> Result<bool, StorageError>;

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
