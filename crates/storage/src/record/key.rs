use orderdesk_mcp_contract::{Access, KeyId, KeyKind, StoreUid, TenantId, UtcMillis};

/// A bearer key. The secret itself is nowhere: `hash` is an Argon2id PHC string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRecord {
    /// The id inside the key's text.
    pub id: KeyId,
    /// The workspace it belongs to.
    pub tenant_id: TenantId,
    /// A name for people.
    pub name: String,
    /// Master or API key.
    pub kind: KeyKind,
    /// What it may do.
    pub access: Access,
    /// Argon2id PHC string of the secret.
    pub hash: String,
    /// The first letters of the key, to tell keys apart in lists.
    pub hint: String,
    /// The store used when a call names none.
    pub active_store: Option<StoreUid>,
    /// When it was made.
    pub created_at: UtcMillis,
    /// When it ends by itself.
    pub expires_at: Option<UtcMillis>,
    /// When it was last used; written at most once a minute.
    pub last_used_at: Option<UtcMillis>,
    /// When it was revoked.
    pub revoked_at: Option<UtcMillis>,
    /// The key that took over from it.
    pub replaced_by: Option<KeyId>,
    /// The key or member that made it; none for the command line.
    pub created_by: Option<KeyId>,
}

/// A key to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// The id inside the key's text.
    pub id: KeyId,
    /// The workspace it belongs to.
    pub tenant_id: TenantId,
    /// A name for people.
    pub name: String,
    /// Master or API key.
    pub kind: KeyKind,
    /// What it may do.
    pub access: Access,
    /// Argon2id PHC string of the secret.
    pub hash: String,
    /// The first letters of the key.
    pub hint: String,
    /// When it was made.
    pub created_at: UtcMillis,
    /// When it ends by itself.
    pub expires_at: Option<UtcMillis>,
    /// The key or member that made it; none for the command line.
    pub created_by: Option<KeyId>,
}
