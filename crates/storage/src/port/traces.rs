use async_trait::async_trait;
use orderdesk_mcp_contract::{TenantId, TraceId, UtcMillis};

use crate::error::StorageError;
use crate::record::{CallTotals, Door, SlotTotals, StoreTotals, TraceFilter, TraceRecord};

/// Recorded calls.
#[async_trait]
pub trait Traces {
    /// Adds a batch with its spans, all or none. A trace that is there already is left as it is, so a
    /// batch can be sent again after a lost answer. Calls of workspaces that are gone are left out, and
    /// texts longer than their columns are cut: one odd call never costs the others their record.
    async fn add_traces(&self, batch: &[TraceRecord]) -> Result<(), StorageError>;

    /// One call of a workspace, with its spans.
    async fn trace(
        &self,
        tenant: TenantId,
        id: TraceId,
    ) -> Result<Option<TraceRecord>, StorageError>;

    /// Calls of a workspace, newest first, without spans and payload.
    async fn list_traces(
        &self,
        tenant: TenantId,
        filter: &TraceFilter,
    ) -> Result<Vec<TraceRecord>, StorageError>;

    /// Totals of a workspace's calls that began at `from` or later.
    async fn call_totals(
        &self,
        tenant: TenantId,
        from: UtcMillis,
    ) -> Result<CallTotals, StorageError>;

    /// Totals by slots of `slot_ms` of the calls that began at `from` or later, oldest first; slots without calls are left
    /// out.
    async fn slot_totals(
        &self,
        tenant: TenantId,
        from: UtcMillis,
        slot_ms: i64,
    ) -> Result<Vec<SlotTotals>, StorageError>;

    /// Totals by store of the calls that began at `from` or later.
    async fn store_totals(
        &self,
        tenant: TenantId,
        from: UtcMillis,
    ) -> Result<Vec<StoreTotals>, StorageError>;

    /// Whether any call of the workspace ever came through this door.
    async fn has_call(&self, tenant: TenantId, door: Door) -> Result<bool, StorageError>;
}
