use async_trait::async_trait;
use orderdesk_mcp_contract::{TenantId, UtcMillis};

use crate::error::StorageError;
use crate::record::SessionRecord;

/// Browser sessions.
#[async_trait]
pub trait Sessions {
    /// Adds a session.
    ///
    /// # Errors
    /// `Taken("session")` when the hash exists already; `Gone("tenant")` when the workspace is not there.
    async fn add_session(&self, session: &SessionRecord) -> Result<(), StorageError>;

    /// Replaces workspace, data, last use and end of a session; nothing when it is gone, so that a
    /// session that was ended cannot come back by a late save.
    ///
    /// # Errors
    /// `Gone("tenant")` when the workspace is not there.
    async fn save_session(&self, session: &SessionRecord) -> Result<bool, StorageError>;

    /// A session by its hash, unless it ended before `now`.
    async fn session(
        &self,
        id_hash: &[u8],
        now: UtcMillis,
    ) -> Result<Option<SessionRecord>, StorageError>;

    /// Ends a session. `false` when it was gone.
    async fn remove_session(&self, id_hash: &[u8]) -> Result<bool, StorageError>;

    /// Ends all sessions of a workspace and says how many there were.
    async fn remove_tenant_sessions(&self, tenant: TenantId) -> Result<u64, StorageError>;

    /// Removes at most `limit` sessions that ended before `now` and says how many.
    async fn remove_expired_sessions(
        &self,
        now: UtcMillis,
        limit: u32,
    ) -> Result<u64, StorageError>;
}
