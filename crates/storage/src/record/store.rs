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
