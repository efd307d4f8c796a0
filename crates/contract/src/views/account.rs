//! Who is signed in.

use serde::{Deserialize, Serialize};

use crate::access::{Access, KeyKind};
use crate::id::{KeyId, TenantId};
use crate::role::Role;
use crate::time::UtcMillis;

/// The person behind a browser session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// Their workspace.
    pub tenant_id: TenantId,
    /// Its name.
    pub tenant_name: String,
    /// The key they signed in with, or their place in the workspace.
    pub actor_id: KeyId,
    /// What that key or person is called.
    pub name: String,
    /// What the person is here; absent for a key.
    pub role: Option<Role>,
    /// How far they may go with orders and products.
    pub access: Access,
    /// Whether they may stop and resume writes.
    pub may_stop: bool,
    /// Whether they look after the whole server.
    pub is_instance_admin: bool,
    /// The other workspaces they can switch to, by name.
    pub others: Vec<(TenantId, String)>,
}

/// A key in a list: never the secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyView {
    /// The key's id.
    pub id: KeyId,
    /// Its name.
    pub name: String,
    /// Master or API key.
    pub kind: KeyKind,
    /// What it may do.
    pub access: Access,
    /// The first letters of the key, as it was shown when it was made.
    pub hint: String,
    /// When it was made.
    pub created_at: UtcMillis,
    /// When it ends by itself.
    pub expires_at: Option<UtcMillis>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<UtcMillis>,
    /// When it was revoked.
    pub revoked_at: Option<UtcMillis>,
    /// The key that took over from it.
    pub replaced_by: Option<KeyId>,
    /// What the key or person is called that made it; absent for the command line.
    pub made_by: Option<String>,
}

/// What the connect page needs to write client configurations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectInfo {
    /// The address of the MCP endpoint, from `PUBLIC_URL`.
    pub mcp_url: String,
    /// The workspace's keys that can be used now.
    pub keys: Vec<KeyView>,
}
