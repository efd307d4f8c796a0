use async_trait::async_trait;
use orderdesk_mcp_contract::{TenantId, UtcMillis};

use crate::error::StorageError;
use crate::record::{NewKey, TenantFigures, TenantRecord, TenantRemoval};

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

    /// All workspaces with their figures, by compared name: keys that can be used at `now`, calls since `from`.
    async fn list_tenants(
        &self,
        from: UtcMillis,
        now: UtcMillis,
    ) -> Result<Vec<TenantFigures>, StorageError>;

    /// Gives a workspace another name, and its compared form. `false` when there is no such workspace.
    ///
    /// # Errors
    /// `Taken("tenant_name")`.
    async fn rename_tenant(
        &self,
        id: TenantId,
        name: &str,
        name_key: &str,
    ) -> Result<bool, StorageError>;

    /// Stops the use of a workspace from a moment on, or lets it go on. One that was stopped before keeps the first date.
    /// `false` when there is no such workspace.
    async fn set_tenant_suspended(
        &self,
        id: TenantId,
        at: Option<UtcMillis>,
    ) -> Result<bool, StorageError>;

    /// Removes at most `limit` recorded calls of a suspended workspace or, when there are none, the workspace itself with
    /// all that is its own: stores, keys, changes, sessions, and people who are in no other and do not look after the
    /// server. To be called until it is gone, so that nobody who writes waits for long.
    async fn remove_tenant(&self, id: TenantId, limit: u32) -> Result<TenantRemoval, StorageError>;

    /// How many workspaces there are.
    async fn count_tenants(&self) -> Result<u64, StorageError>;
}
