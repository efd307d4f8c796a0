//! People of a workspace, invitations, and one's own account.

use serde::{Deserialize, Serialize};

use crate::id::{InviteId, KeyId, SessionId, TenantId};
use crate::role::Role;
use crate::secret::SecretText;
use crate::time::UtcMillis;
use crate::views::account::KeyView;
use crate::views::change::ChangeSummary;
use crate::views::store::StoreView;

/// A person of the workspace in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonView {
    /// Their place in the workspace.
    pub id: KeyId,
    /// What they are called.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// What they are here.
    pub role: Role,
    /// When they joined.
    pub joined_at: UtcMillis,
    /// When they were last seen here, to the minute.
    pub last_seen_at: Option<UtcMillis>,
    /// When they were shut out.
    pub disabled_at: Option<UtcMillis>,
    /// Browsers they are signed in with.
    pub sessions: u32,
    /// Keys that they made and that work still.
    pub live_keys: u32,
    /// Whether it is the person who looks.
    pub is_self: bool,
    /// Why the person who looks cannot change their role or shut them out; absent when they can.
    pub kept: Option<String>,
}

/// An invitation that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviteView {
    /// Its id.
    pub id: InviteId,
    /// Whom it is for.
    pub email: String,
    /// What they will be.
    pub role: Role,
    /// Who invited.
    pub by: String,
    /// When.
    pub created_at: UtcMillis,
    /// When it ends by itself.
    pub expires_at: UtcMillis,
    /// Whether its code is worth nothing, because whoever invited may no longer do so.
    pub is_void: bool,
}

/// An invitation that was just made. The code is shown once and kept nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// The invitation.
    pub invite: InviteView,
    /// Its code.
    pub code: SecretText,
    /// The page where it is good.
    pub join_url: String,
}

/// Everything the page of people shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeopleView {
    /// The moment it was read.
    pub as_of: UtcMillis,
    /// The people, in the order they joined.
    pub people: Vec<PersonView>,
    /// The invitations that wait, newest first.
    pub invites: Vec<InviteView>,
    /// The roles the person who looks may give, from most to least.
    pub roles: Vec<Role>,
}

/// What somebody sends to join a workspace.
#[derive(Debug, Clone)]
pub struct JoinRequest {
    /// The code they were given.
    pub code: SecretText,
    /// What they are called; only asked of people who are new to this server.
    pub name: String,
    /// The password of the account, which is made if there is none.
    pub password: SecretText,
}

/// A browser that somebody is signed in with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// The session's id in lists.
    pub id: SessionId,
    /// Whether it is the browser that asks.
    pub is_this: bool,
    /// The workspace it is in.
    pub workspace: String,
    /// What the browser called itself at sign-in.
    pub user_agent: Option<String>,
    /// The address it signed in from.
    pub ip: Option<String>,
    /// When it signed in.
    pub began_at: UtcMillis,
    /// When it was last used, to the minute.
    pub last_seen_at: UtcMillis,
}

/// One's own account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountView {
    /// The moment it was read.
    pub as_of: UtcMillis,
    /// What the key or person is called.
    pub name: String,
    /// The person's address; absent for a key, which has neither profile nor password.
    pub email: Option<String>,
    /// What the person is here; absent for a key.
    pub role: Option<Role>,
    /// The browsers they are signed in with, this one first.
    pub sessions: Vec<SessionView>,
}

/// What a workspace had, for whoever is to keep it when it is deleted: no secret, and nothing of orders but their numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TenantExport {
    /// When it was written.
    pub exported_at: UtcMillis,
    /// The workspace's name.
    pub name: String,
    /// When it was made.
    pub created_at: UtcMillis,
    /// Its stores, without their keys.
    pub stores: Vec<StoreView>,
    /// Its keys, without what opens them.
    pub keys: Vec<KeyView>,
    /// Its people.
    pub people: Vec<ExportedPerson>,
    /// Every change that was asked for, newest first, without values and reasons.
    pub changes: Vec<ChangeSummary>,
}

/// A person in a [`TenantExport`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportedPerson {
    /// What they are called.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// What they were.
    pub role: Role,
    /// When they joined.
    pub joined_at: UtcMillis,
}

/// One of the server's settings with the value in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingView {
    /// The variable's name.
    pub name: String,
    /// The value; of a secret only `set` or `not set`.
    pub value: String,
    /// Whether it was given rather than the default.
    pub is_given: bool,
}

/// A workspace, as whoever looks after the server sees it: figures, and nothing of its orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantView {
    /// Its id.
    pub id: TenantId,
    /// Whether whoever looks is in it.
    pub is_own: bool,
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created_at: UtcMillis,
    /// When its use was stopped.
    pub suspended_at: Option<UtcMillis>,
    /// Stores.
    pub stores: u64,
    /// Keys that can be used.
    pub keys: u64,
    /// People who can sign in.
    pub people: u64,
    /// Recorded calls of the last 24 hours.
    pub calls: u64,
    /// When a key was last used or a person last seen.
    pub last_active_at: Option<UtcMillis>,
}
