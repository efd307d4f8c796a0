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

/// How far the removal of a workspace went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TenantRemoval {
    /// Some of its recorded calls went; there are more.
    Going,
    /// It is gone, with all that was its own.
    Gone,
    /// There is none of that id.
    NotThere,
    /// It is in use: it was not suspended.
    InUse,
    /// Changes of it are under way, or of an outcome that is not known yet.
    HasOpenChanges,
}

/// A workspace with figures of what is in it: how many, and nothing of what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantFigures {
    /// The workspace.
    pub tenant: TenantRecord,
    /// Stores.
    pub stores: u64,
    /// Keys that can be used.
    pub keys: u64,
    /// People who were not shut out.
    pub people: u64,
    /// Recorded calls of tools in the hour that the moment which was asked for is in, and later.
    pub calls: u64,
    /// When a key was last used or a member last seen.
    pub last_active_at: Option<UtcMillis>,
}
