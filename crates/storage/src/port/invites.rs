use async_trait::async_trait;
use orderdesk_mcp_contract::{InviteId, TenantId, UtcMillis};

use crate::error::StorageError;
use crate::record::{Acceptance, InviteRecord};

/// Invitations to workspaces.
#[async_trait]
pub trait Invites {
    /// Adds an invitation. One to the same address that has run out by its beginning is revoked with it.
    ///
    /// # Errors
    /// `Taken("invite")`; `Taken("invite_email")` when the address has one there that can be accepted; `Gone("tenant")` when the workspace is not there.
    async fn add_invite(&self, invite: &InviteRecord) -> Result<(), StorageError>;

    /// An invitation by the id in its code, of whatever workspace, whether it can be accepted or not.
    async fn invite(&self, id: InviteId) -> Result<Option<InviteRecord>, StorageError>;

    /// The invitations of a workspace that can be accepted at `now`, newest first.
    async fn open_invites(
        &self,
        tenant: TenantId,
        now: UtcMillis,
    ) -> Result<Vec<InviteRecord>, StorageError>;

    /// Takes an invitation back. `false` when the workspace has none of that id that can be accepted.
    async fn revoke_invite(
        &self,
        tenant: TenantId,
        id: InviteId,
        at: UtcMillis,
    ) -> Result<bool, StorageError>;

    /// Ends an invitation and gives the person their place, both or neither. `false` when it can no longer be accepted.
    ///
    /// # Errors
    /// `Taken("user_email")` for a new person whose address somebody has meanwhile, `Taken("member_of_user")` for one who
    /// is in the workspace already; `Gone("user")` for a known one who is gone.
    async fn accept_invite(&self, acceptance: &Acceptance) -> Result<bool, StorageError>;

    /// Removes at most `limit` invitations that nobody could accept any more by then, and says how many.
    async fn remove_ended_invites(
        &self,
        before: UtcMillis,
        limit: u32,
    ) -> Result<u64, StorageError>;
}
