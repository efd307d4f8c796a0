//! Recorded calls: writing them in batches, reading them, adding them up.

mod add;
mod conditions;
mod count;
mod margins;
mod read;
mod remove;
mod search;
mod totals;

use async_trait::async_trait;
use orderdesk_mcp_contract::{KeyId, TenantId, TraceId, UtcMillis};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::port::Traces;
use orderdesk_mcp_storage::record::{
    CallTotals, Door, DurationCount, FirstCall, SlotTotals, StoreTotals, TraceFilter, TraceMargins,
    TraceRecord, TraceRows, TraceSearch, TraceSpans, TraceSums,
};

pub(crate) use self::remove::remove_some;
use crate::connect::PostgresStorage;

#[async_trait]
impl Traces for PostgresStorage {
    async fn add_traces(&self, batch: &[TraceRecord]) -> Result<(), StorageError> {
        add::traces(self, batch).await
    }

    async fn trace(
        &self,
        tenant: TenantId,
        id: TraceId,
    ) -> Result<Option<TraceRecord>, StorageError> {
        read::trace(self, tenant, id).await
    }

    async fn spans_of(
        &self,
        tenant: TenantId,
        ids: &[TraceId],
    ) -> Result<Vec<TraceSpans>, StorageError> {
        read::spans_of(self, tenant, ids).await
    }

    async fn list_traces(
        &self,
        tenant: TenantId,
        filter: &TraceFilter,
    ) -> Result<Vec<TraceRecord>, StorageError> {
        read::list(self, tenant, filter).await
    }

    async fn search_traces(
        &self,
        tenant: TenantId,
        search: &TraceSearch,
        before: Option<TraceId>,
        limit: u32,
    ) -> Result<TraceRows, StorageError> {
        search::page(self, tenant, search, before, limit).await
    }

    async fn count_traces(
        &self,
        tenant: TenantId,
        search: &TraceSearch,
        slot_ms: i64,
    ) -> Result<TraceSums, StorageError> {
        count::traces(self, tenant, search, slot_ms).await
    }

    async fn oldest_counted(
        &self,
        tenant: TenantId,
        search: &TraceSearch,
    ) -> Result<Option<TraceId>, StorageError> {
        search::oldest_counted(self, tenant, search).await
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

    async fn traces_around(
        &self,
        tenant: TenantId,
        key: KeyId,
        id: TraceId,
        limit: u32,
    ) -> Result<Vec<TraceRecord>, StorageError> {
        search::around(self, tenant, key, id, limit).await
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
