use orderdesk_mcp_contract::{KeyId, TenantId, TraceViewId, UtcMillis};

/// A query of recorded calls that a person keeps under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceViewRecord {
    /// The workspace.
    pub tenant_id: TenantId,
    /// Whose it is.
    pub actor_id: KeyId,
    /// Its id; ids sort by time.
    pub id: TraceViewId,
    /// Its name, 1 to 80 characters; no other view of the person has it.
    pub name: String,
    /// The query as it was typed, 1 to 1,000 characters.
    pub query: String,
    /// When it was kept.
    pub created_at: UtcMillis,
}
