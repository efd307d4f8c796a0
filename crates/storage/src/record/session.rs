use orderdesk_mcp_contract::{KeyId, SessionId, TenantId, UtcMillis};

use super::SealedBlob;

/// A browser session. The cookie's secret is nowhere: `id_hash` is a keyed hash of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRecord {
    /// 32 bytes, HMAC-SHA-256 of the cookie's value.
    pub id_hash: Vec<u8>,
    /// How people see the session in lists.
    pub public_id: SessionId,
    /// The workspace it is signed in to; absent before sign-in.
    pub tenant_id: Option<TenantId>,
    /// The key or member whose session it is; absent before sign-in.
    pub actor_id: Option<KeyId>,
    /// What the browser called itself at sign-in, at most 120 characters.
    pub user_agent: Option<String>,
    /// The address it was begun from.
    pub ip: Option<String>,
    /// The session's data, sealed by the vault; opaque here.
    pub sealed_data: SealedBlob,
    /// When it began.
    pub created_at: UtcMillis,
    /// When it was last used.
    pub last_seen_at: UtcMillis,
    /// When it ends at the latest, idle or not.
    pub expires_at: UtcMillis,
}
