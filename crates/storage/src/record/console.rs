use orderdesk_mcp_contract::tools::receipt::WriteStatus;
use orderdesk_mcp_contract::{ConsoleCallId, ErrorCode, KeyId, TenantId, UtcMillis};

use super::SealedBlob;

/// A call of the console in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleCallHead {
    /// Its id; ids sort by time.
    pub id: ConsoleCallId,
    /// The tool.
    pub tool: String,
    /// The name it was saved under, 1 to 80 characters; absent in the history.
    pub name: Option<String>,
    /// How it went; absent for a saved one.
    pub outcome: Option<ConsoleOutcome>,
    /// When it was run or saved.
    pub created_at: UtcMillis,
}

/// How a call of the console went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConsoleOutcome {
    /// The failure's kind; absent when it was answered.
    pub error: Option<ErrorCode>,
    /// How far a write got; absent for what writes nothing, and when it failed.
    pub status: Option<WriteStatus>,
    /// How long it took, in microseconds.
    pub duration_us: i64,
}

/// A call of the console, with what it was called with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleCallRecord {
    /// The workspace.
    pub tenant_id: TenantId,
    /// Who called.
    pub actor_id: KeyId,
    /// What a list shows.
    pub head: ConsoleCallHead,
    /// The arguments as JSON without secrets, sealed by the vault; opaque here.
    pub sealed_arguments: SealedBlob,
    /// The answer, where it is kept for the next page; sealed too.
    pub sealed_answer: Option<SealedBlob>,
}
