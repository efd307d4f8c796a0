use orderdesk_mcp_contract::UtcMillis;

/// A known text sealed by a version of the key-encryption key, so that a wrong key is noticed at the
/// start and not at the first store that cannot be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KekCheck {
    /// The key version.
    pub version: u32,
    /// The sealed text.
    pub sealed: Vec<u8>,
    /// When this version was first used.
    pub created_at: UtcMillis,
}
