use orderdesk_mcp_contract::trace::export::ExportFormat;
use orderdesk_mcp_contract::trace::schedule::Rhythm;
use orderdesk_mcp_contract::{ScheduleId, TenantId, UtcMillis};

use super::SealedBlob;

/// Exports of recorded calls on a schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleRecord {
    /// The workspace.
    pub tenant_id: TenantId,
    /// Its id; ids sort by time.
    pub id: ScheduleId,
    /// Its name, 1 to 80 characters; no other schedule of the workspace has it.
    pub name: String,
    /// Which calls, at most 1,000 characters; blank: all.
    pub query: String,
    /// The form of the files.
    pub format: ExportFormat,
    /// How often.
    pub rhythm: Rhythm,
    /// The bucket with its access key; absent: the operator's folder.
    pub sealed_bucket: Option<SealedBlob>,
    /// Whether files are written.
    pub is_on: bool,
    /// The calls that began before this moment are in files.
    pub exported_to: UtcMillis,
    /// When it is due. Whoever takes it puts it off, and has it until then.
    pub next_at: UtcMillis,
    /// How many calls the last file of all held; absent before the first.
    pub last_calls: Option<u64>,
    /// How many parts of the next file were put already.
    pub parts: u32,
    /// How often it was tried in vain since it last worked.
    pub fails: u32,
    /// Why it did not work, 1 to 200 characters; absent where it does.
    pub fault: Option<String>,
    /// When it was made.
    pub created_at: UtcMillis,
}
