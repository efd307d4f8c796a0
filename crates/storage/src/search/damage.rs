//! What cannot be read, beside what can.

use orderdesk_mcp_contract::TenantId;

use crate::record::TraceRecord;
use crate::row::TraceBlockRow;

/// Blocks that cannot be read are left out of a search, so that they hide no calls of others. The first is logged.
#[derive(Default)]
pub(super) struct Damage {
    is_met: bool,
}

impl Damage {
    /// The calls of a block; none of a damaged one.
    pub(super) fn calls_beside(
        &mut self,
        block: &TraceBlockRow,
        tenant: TenantId,
    ) -> Vec<TraceRecord> {
        block.calls(tenant).unwrap_or_else(|error| {
            if !self.is_met {
                tracing::error!(%error, "left out recorded calls that cannot be read");
            }
            self.is_met = true;
            Vec::new()
        })
    }

    /// Whether calls may be missing.
    pub(super) fn is_met(&self) -> bool {
        self.is_met
    }
}
