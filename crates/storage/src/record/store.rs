use orderdesk_mcp_contract::{StoreUid, TenantId, UtcMillis};

use super::SealedBlob;

/// An Order Desk store of a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreRecord {
    /// Our id of the row.
    pub id: StoreUid,
    /// The workspace it belongs to.
    pub tenant_id: TenantId,
    /// Order Desk's store id, unique in the workspace (error `store_id`).
    pub store_id: String,
    /// The name people call it by.
    pub name: String,
    /// The name as it is compared: lower case, spaces trimmed; unique in the workspace (error `store_name`).
    pub name_key: String,
    /// A free label.
    pub label: Option<String>,
    /// Whether it is the built-in sandbox.
    pub sandbox: bool,
    /// The API key, sealed by the vault; opaque here.
    pub sealed_api_key: SealedBlob,
    /// A short fingerprint of the API key, to tell two keys apart without seeing either.
    pub key_fingerprint: String,
    /// When it was added.
    pub created_at: UtcMillis,
    /// When it was last changed.
    pub updated_at: UtcMillis,
}

/// A store that was deleted and can still be restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeletedStore {
    /// The store as it was.
    pub store: StoreRecord,
    /// When it was deleted.
    pub deleted_at: UtcMillis,
}

/// What hangs on a store.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StoreTies {
    /// Changes that were ever asked for.
    pub changes: u64,
    /// Of those, the ones that wait for a person.
    pub waiting: u64,
    /// Of those, the ones under way, or whose outcome is not known yet.
    pub open: u64,
    /// Keys that have it as their active store.
    pub active: u64,
}
