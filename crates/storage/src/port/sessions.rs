use async_trait::async_trait;
use orderdesk_mcp_contract::{KeyId, SessionId, TenantId, UtcMillis};

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

    /// Replaces workspace, actor, browser, address, data, last use and end of a session; nothing when it is gone, so that a
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

    /// The sessions of a key or member of a workspace that have not ended before `now`, latest use first.
    async fn actor_sessions(
        &self,
        tenant: TenantId,
        actor: KeyId,
        now: UtcMillis,
    ) -> Result<Vec<SessionRecord>, StorageError>;

    /// How many sessions the keys and members of a workspace have, by their ids, that have not ended before `now` and were
    /// used at `seen_since` or later. Those without any are left out.
    async fn session_counts(
        &self,
        tenant: TenantId,
        now: UtcMillis,
        seen_since: UtcMillis,
    ) -> Result<Vec<(KeyId, u32)>, StorageError>;

    /// Ends one session of a key or member. `false` when it has no such session.
    async fn remove_actor_session(
        &self,
        tenant: TenantId,
        actor: KeyId,
        id: SessionId,
    ) -> Result<bool, StorageError>;

    /// Ends all sessions of a key or member but the one of this hash, and says how many there were.
    async fn remove_actor_sessions(
        &self,
        tenant: TenantId,
        actor: KeyId,
        but: Option<&[u8]>,
    ) -> Result<u64, StorageError>;

    /// Ends all sessions of a workspace and says how many there were.
    async fn remove_tenant_sessions(&self, tenant: TenantId) -> Result<u64, StorageError>;

    /// Removes at most `limit` sessions that ended before `now` and says how many.
    async fn remove_expired_sessions(
        &self,
        now: UtcMillis,
        limit: u32,
    ) -> Result<u64, StorageError>;
}
