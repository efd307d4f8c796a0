use orderdesk_mcp_contract::{ErrorCode, KeyId, TenantId, UtcMillis};

use super::{Door, SealedBlob};

/// An entry of a workspace's audit log. None of its texts is cut when it is stored: its hash is over all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// The workspace.
    pub tenant_id: TenantId,
    /// Its place in the workspace's log, from 1 without gaps.
    pub seq: u64,
    /// When it was added.
    pub at: UtcMillis,
    /// What was done, by its name; 1 to 40 characters.
    pub act: String,
    /// The key or member who did it; none for whoever runs the server.
    pub actor_id: Option<KeyId>,
    /// The door they came through.
    pub door: Door,
    /// The id the request is logged under; at most 120 characters.
    pub request_id: Option<String>,
    /// The entry of an act that did not come to its end, which this one says.
    pub of_seq: Option<u64>,
    /// Why it did not.
    pub error: Option<ErrorCode>,
    /// What it was about, as JSON of 2 to 65,536 characters.
    pub facts: String,
    /// SHA-256 over the hash of the entry before it, and all of the above.
    pub hash: [u8; 32],
}

/// The newest entry of a workspace's audit log, sealed.
pub type AuditEnd = SealedBlob;
