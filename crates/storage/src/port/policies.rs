use async_trait::async_trait;
use orderdesk_mcp_contract::{KeyId, KeyPolicy, StopScope, TenantId, UtcMillis};

use crate::error::StorageError;
use crate::record::WriteStop;

/// What keys may change, and stops of writes.
#[async_trait]
pub trait Policies {
    /// A key's policy; absent when it has none of its own.
    async fn key_policy(
        &self,
        tenant: TenantId,
        key: KeyId,
    ) -> Result<Option<KeyPolicy>, StorageError>;

    /// Sets a key's policy. `false` when the workspace has no such key.
    async fn set_key_policy(
        &self,
        tenant: TenantId,
        key: KeyId,
        policy: &KeyPolicy,
        at: UtcMillis,
    ) -> Result<bool, StorageError>;

    /// Stops writes; a stop that is there already stays as it is. The stop of a key stops those that took over from it too:
    /// whoever uses it may have changed to one of them.
    ///
    /// # Errors
    /// `Gone("tenant")` when the workspace is not there.
    async fn add_write_stop(&self, stop: &WriteStop) -> Result<(), StorageError>;

    /// Ends a stop. `false` when there was none.
    async fn remove_write_stop(
        &self,
        tenant: TenantId,
        scope: StopScope,
        target: &str,
    ) -> Result<bool, StorageError>;

    /// The stops of a workspace, widest first, then by target.
    async fn write_stops(&self, tenant: TenantId) -> Result<Vec<WriteStop>, StorageError>;
}
