use async_trait::async_trait;
use orderdesk_mcp_contract::{KeyId, TenantId, TraceId, UtcMillis};

use crate::error::StorageError;
use crate::record::{
    CallTotals, Door, DurationCount, FirstCall, SlotTotals, StoreTotals, TraceFilter, TraceMargins,
    TraceRecord, TraceRows, TraceSearch, TraceSpans, TraceSums,
};

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

    /// What happened inside calls of a workspace, in one statement and in no order; calls that are not there are left out.
    async fn spans_of(
        &self,
        tenant: TenantId,
        ids: &[TraceId],
    ) -> Result<Vec<TraceSpans>, StorageError>;

    /// Calls of a workspace, newest first, without spans and payload.
    async fn list_traces(
        &self,
        tenant: TenantId,
        filter: &TraceFilter,
    ) -> Result<Vec<TraceRecord>, StorageError>;

    /// A page of the traces of a workspace that pass a search and are older than `before`, newest first, at most `limit` (1
    /// to 200). However rare they are, no more candidates are looked at than the search says; a page that ends because of
    /// that tells how far it got, and where to go on.
    async fn search_traces(
        &self,
        tenant: TenantId,
        search: &TraceSearch,
        before: Option<TraceId>,
        limit: u32,
    ) -> Result<TraceRows, StorageError>;

    /// Counts the candidates that a search looks at, with slots of `slot_ms`.
    async fn count_traces(
        &self,
        tenant: TenantId,
        search: &TraceSearch,
        slot_ms: i64,
    ) -> Result<TraceSums, StorageError>;

    /// The oldest of the candidates that [`Traces::count_traces`] looks at, where there are more than those; found in an
    /// index alone.
    async fn oldest_counted(
        &self,
        tenant: TenantId,
        search: &TraceSearch,
    ) -> Result<Option<TraceId>, StorageError>;

    /// Counts whole hours, also ones whose traces were thrown away: those that begin in the search's stretch of time, or
    /// the newest of them where there are more sums than are looked at. Of the search, only tool, store, key, door, outcome
    /// and cache are looked at; groups that miss more than `misses` of these are left out. `slot_ms` is a multiple of an
    /// hour.
    async fn count_trace_hours(
        &self,
        tenant: TenantId,
        search: &TraceSearch,
        misses: u32,
        slot_ms: i64,
    ) -> Result<TraceSums, StorageError>;

    /// All calls of the hours that begin in a stretch of time, also of ones whose traces were thrown away, counted by one
    /// thing at a time. `slot_ms` is a multiple of an hour.
    async fn count_trace_margins(
        &self,
        tenant: TenantId,
        from: UtcMillis,
        until: UtcMillis,
        slot_ms: i64,
    ) -> Result<TraceMargins, StorageError>;

    /// The traces of a key or member next to one, itself with them: at most `limit` (1 to 200) older and as many newer
    /// ones, oldest first.
    async fn traces_around(
        &self,
        tenant: TenantId,
        key: KeyId,
        id: TraceId,
        limit: u32,
    ) -> Result<Vec<TraceRecord>, StorageError>;

    /// Totals of a workspace's calls of tools of the hour that `from` is in and later: totals come from the sums of whole hours,
    /// which stay when calls are thrown away.
    async fn call_totals(
        &self,
        tenant: TenantId,
        from: UtcMillis,
    ) -> Result<CallTotals, StorageError>;

    /// The same by slots of `slot_ms`, a multiple of an hour, oldest first; slots without calls are left out.
    async fn slot_totals(
        &self,
        tenant: TenantId,
        from: UtcMillis,
        slot_ms: i64,
    ) -> Result<Vec<SlotTotals>, StorageError>;

    /// The same calls by slots of `slot_ms` and how long they took, oldest and shortest first.
    async fn call_durations(
        &self,
        tenant: TenantId,
        from: UtcMillis,
        slot_ms: i64,
    ) -> Result<Vec<DurationCount>, StorageError>;

    /// The same totals by store.
    async fn store_totals(
        &self,
        tenant: TenantId,
        from: UtcMillis,
    ) -> Result<Vec<StoreTotals>, StorageError>;

    /// Tools that keys and persons of a workspace called for the first time at `from` or later, at most `limit`, oldest first.
    /// Only of those that had called any tool before `known_before`: of a new one, each tool is new.
    async fn first_calls(
        &self,
        tenant: TenantId,
        from: UtcMillis,
        known_before: UtcMillis,
        limit: u32,
    ) -> Result<Vec<FirstCall>, StorageError>;

    /// Whether any call of the workspace ever came through this door.
    async fn has_call(&self, tenant: TenantId, door: Door) -> Result<bool, StorageError>;
}
