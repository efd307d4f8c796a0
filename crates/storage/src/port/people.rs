use async_trait::async_trait;
use orderdesk_mcp_contract::{KeyId, Role, StoreUid, TenantId, UserId, UtcMillis};

use crate::error::StorageError;
use crate::record::{MemberChanged, MemberRecord, Membership, PersonRecord, UserRecord};

/// People and their places in workspaces.
#[async_trait]
pub trait People {
    /// Adds a person and their place in a workspace, both or neither.
    ///
    /// # Errors
    /// `Taken("user")`, `Taken("user_email")` or `Taken("member")`; `Gone("tenant")` when the workspace is not there.
    async fn add_person(
        &self,
        user: &UserRecord,
        member: &MemberRecord,
    ) -> Result<(), StorageError>;

    /// A person by their id.
    async fn user(&self, id: UserId) -> Result<Option<UserRecord>, StorageError>;

    /// A person by the compared form of their address.
    async fn user_by_email_key(&self, email_key: &str) -> Result<Option<UserRecord>, StorageError>;

    /// Sets what a person is called. `false` when there is no such person.
    async fn set_user_name(&self, id: UserId, name: &str) -> Result<bool, StorageError>;

    /// Sets a person's password. `false` when there is no such person.
    async fn set_user_password(&self, id: UserId, hash: &str) -> Result<bool, StorageError>;

    /// Lets a person look after the whole server, or no longer. `false` when there is no such person.
    async fn set_instance_admin(&self, id: UserId, is_one: bool) -> Result<bool, StorageError>;

    /// Notes that a person signed in; a later date wins.
    async fn note_sign_in(&self, id: UserId, at: UtcMillis) -> Result<(), StorageError>;

    /// A member with who it is, of whatever workspace: this is how a caller is recognised, so there is no workspace yet to
    /// scope it by. Disabled ones are returned too.
    async fn member(&self, id: KeyId) -> Result<Option<PersonRecord>, StorageError>;

    /// All members of a workspace, in the order they joined, disabled ones too.
    async fn list_members(&self, tenant: TenantId) -> Result<Vec<PersonRecord>, StorageError>;

    /// The workspaces a person is in, by compared name, disabled places and suspended workspaces too.
    async fn memberships(&self, user: UserId) -> Result<Vec<Membership>, StorageError>;

    /// Sets what a member is, who must still be what the caller saw. An owner who is the last that can sign in stays one.
    async fn set_member_role(
        &self,
        tenant: TenantId,
        id: KeyId,
        expected: Role,
        role: Role,
    ) -> Result<MemberChanged, StorageError>;

    /// Shuts a member out from a moment on, with all sessions that were begun by then, or lets them in again. The member must
    /// still be what the caller saw. One who was shut out before keeps the first date. An owner who is the last that can
    /// sign in cannot be shut out.
    async fn set_member_disabled(
        &self,
        tenant: TenantId,
        id: KeyId,
        expected: Role,
        at: Option<UtcMillis>,
    ) -> Result<MemberChanged, StorageError>;

    /// Ends a member's sessions in the workspace, and those that were begun by `at` and are in another one for when they
    /// come back. `false` when the workspace has no such member.
    async fn end_member_sessions(
        &self,
        tenant: TenantId,
        id: KeyId,
        at: UtcMillis,
    ) -> Result<bool, StorageError>;

    /// Notes that members were seen; a later date wins.
    async fn touch_members(&self, seen: &[(KeyId, UtcMillis)]) -> Result<(), StorageError>;

    /// Sets or clears the store a member's calls use when they name none. `false` when member or store are not of this
    /// workspace.
    async fn set_member_store(
        &self,
        tenant: TenantId,
        id: KeyId,
        store: Option<StoreUid>,
    ) -> Result<bool, StorageError>;
}
