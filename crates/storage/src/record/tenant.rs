use orderdesk_mcp_contract::{TenantId, UtcMillis};

/// One customer's workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantRecord {
    /// Its id.
    pub id: TenantId,
    /// Its name, unique without regard to case (ASCII and beyond: the caller passes `name_key`).
    pub name: String,
    /// The name as it is compared: lower case, spaces trimmed.
    pub name_key: String,
    /// When it was made.
    pub created_at: UtcMillis,
    /// When its use was stopped; all its keys and sessions are refused from then on.
    pub suspended_at: Option<UtcMillis>,
}
