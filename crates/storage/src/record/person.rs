use orderdesk_mcp_contract::{InviteId, KeyId, Role, StoreUid, TenantId, UserId, UtcMillis};

use super::TenantRecord;

/// A person, the same in every workspace. The password itself is nowhere: `password_hash` is an Argon2id PHC string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserRecord {
    /// Their id.
    pub id: UserId,
    /// Their e-mail address, as they wrote it.
    pub email: String,
    /// The address as it is compared: lower case, spaces trimmed.
    pub email_key: String,
    /// What they are called.
    pub name: String,
    /// Argon2id PHC string of the password.
    pub password_hash: String,
    /// Whether they look after the whole server.
    pub is_instance_admin: bool,
    /// When they came.
    pub created_at: UtcMillis,
    /// When they last signed in.
    pub last_sign_in_at: Option<UtcMillis>,
}

/// A person in a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberRecord {
    /// The id that changes, stops and traces name them by; of the kind that keys have.
    pub id: KeyId,
    /// The workspace.
    pub tenant_id: TenantId,
    /// The person.
    pub user_id: UserId,
    /// What they are there.
    pub role: Role,
    /// The store used when a call names none.
    pub active_store: Option<StoreUid>,
    /// When they joined.
    pub created_at: UtcMillis,
    /// When they were shut out.
    pub disabled_at: Option<UtcMillis>,
    /// When they were last seen; written at most once a minute.
    pub last_seen_at: Option<UtcMillis>,
    /// Sessions that were begun by then are over.
    pub sessions_valid_from: Option<UtcMillis>,
}

impl MemberRecord {
    /// Whether a session that began at this moment was not ended since by whoever manages people.
    pub fn keeps_session(&self, began_at: UtcMillis) -> bool {
        self.sessions_valid_from.is_none_or(|from| from < began_at)
    }
}

/// A member with who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRecord {
    /// What they are in the workspace.
    pub member: MemberRecord,
    /// Who they are.
    pub user: UserRecord,
}

/// One of the workspaces a person is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// What they are there.
    pub member: MemberRecord,
    /// The workspace.
    pub tenant: TenantRecord,
}

/// An invitation to a workspace. The code itself is nowhere: `code_hash` is an Argon2id PHC string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InviteRecord {
    /// The id inside the code.
    pub id: InviteId,
    /// The workspace.
    pub tenant_id: TenantId,
    /// Whom it is for, as the inviter wrote it.
    pub email: String,
    /// The address as it is compared.
    pub email_key: String,
    /// What they will be.
    pub role: Role,
    /// Argon2id PHC string of the code.
    pub code_hash: String,
    /// The key or member that invited.
    pub created_by: KeyId,
    /// When.
    pub created_at: UtcMillis,
    /// When it ends by itself.
    pub expires_at: UtcMillis,
    /// When it was accepted.
    pub accepted_at: Option<UtcMillis>,
    /// When it was taken back.
    pub revoked_at: Option<UtcMillis>,
}

impl InviteRecord {
    /// Whether it can be accepted at this moment.
    pub fn is_open(&self, now: UtcMillis) -> bool {
        self.accepted_at.is_none() && self.revoked_at.is_none() && now < self.expires_at
    }
}

/// An invitation accepted: all of it happens, or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// The invitation.
    pub invite: InviteId,
    /// When.
    pub at: UtcMillis,
    /// The person, when they are new.
    pub user: Option<UserRecord>,
    /// What they become.
    pub member: MemberRecord,
}

/// How a change of a member went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberChanged {
    /// It was made.
    Done,
    /// The workspace has no such member.
    NotThere,
    /// It would have left the workspace without an owner who can sign in.
    LastOwner,
    /// Somebody gave the member another role meanwhile.
    Meanwhile,
}
