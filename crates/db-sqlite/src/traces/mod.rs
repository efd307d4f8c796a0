//! Recorded calls: writing them in batches, reading them, adding them up.

mod add;
mod count;
mod lists;
mod margins;
mod read;
mod remove;
mod rows;
mod totals;

use async_trait::async_trait;
use orderdesk_mcp_contract::{TenantId, TraceId, UtcMillis};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::port::Traces;
use orderdesk_mcp_storage::record::{
    BlockPart, BlocksAsked, CallTotals, Door, DurationCount, FirstCall, SlotTotals, StoreTotals,
    TraceBlock, TraceMargins, TraceSearch, TraceSums,
};
use orderdesk_mcp_storage::row::TraceBlockRow;

pub(crate) use self::lists::as_json;
pub(crate) use self::remove::remove_some;
use crate::open::SqliteStorage;

#[async_trait]
impl Traces for SqliteStorage {
    async fn add_traces(&self, blocks: &[TraceBlock]) -> Result<(), StorageError> {
        add::traces(self, blocks).await
    }

    async fn trace_blocks(
        &self,
        tenant: TenantId,
        asked: &BlocksAsked,
    ) -> Result<Vec<TraceBlockRow>, StorageError> {
        read::blocks(self, tenant, asked).await
    }

    async fn trace_blocks_of(
        &self,
        tenant: TenantId,
        ids: &[TraceId],
        part: BlockPart,
    ) -> Result<Vec<TraceBlockRow>, StorageError> {
        read::blocks_of(self, tenant, ids, part).await
    }

    async fn count_trace_hours(
        &self,
        tenant: TenantId,
        search: &TraceSearch,
        misses: u32,
        slot_ms: i64,
    ) -> Result<TraceSums, StorageError> {
        count::hours(self, tenant, search, misses, slot_ms).await
    }

    async fn count_trace_margins(
        &self,
        tenant: TenantId,
        from: UtcMillis,
        until: UtcMillis,
        slot_ms: i64,
    ) -> Result<TraceMargins, StorageError> {
        margins::count(self, tenant, (from, until), slot_ms).await
    }

    async fn call_totals(
        &self,
        tenant: TenantId,
        from: UtcMillis,
    ) -> Result<CallTotals, StorageError> {
        totals::of_calls(self, tenant, from).await
    }

    async fn slot_totals(
        &self,
        tenant: TenantId,
        from: UtcMillis,
        slot_ms: i64,
    ) -> Result<Vec<SlotTotals>, StorageError> {
        totals::by_slot(self, tenant, from, slot_ms).await
    }

    async fn call_durations(
        &self,
        tenant: TenantId,
        from: UtcMillis,
        slot_ms: i64,
    ) -> Result<Vec<DurationCount>, StorageError> {
        totals::durations(self, tenant, from, slot_ms).await
    }

    async fn first_calls(
        &self,
        tenant: TenantId,
        from: UtcMillis,
        known_before: UtcMillis,
        limit: u32,
    ) -> Result<Vec<FirstCall>, StorageError> {
        totals::first_calls(self, tenant, from, known_before, limit).await
    }

    async fn store_totals(
        &self,
        tenant: TenantId,
        from: UtcMillis,
    ) -> Result<Vec<StoreTotals>, StorageError> {
        totals::by_store(self, tenant, from).await
    }

    async fn has_call(&self, tenant: TenantId, door: Door) -> Result<bool, StorageError> {
        totals::has_call(self, tenant, door).await
    }
}
