use async_trait::async_trait;
use orderdesk_mcp_contract::{KeyId, TenantId, TraceId, UtcMillis};

use crate::error::StorageError;
use crate::record::{
    BlockPart, BlocksAsked, CallTotals, Door, DurationCount, FirstCall, KeptPayload, NewestCalls,
    SlotTotals, StoreTotals, TraceBlock, TraceFilter, TraceMargins, TraceRecord, TraceRows,
    TraceSearch, TraceSpans, TraceSums,
};
use crate::row::TraceBlockRow;
use crate::search;

/// Recorded calls. What a database does is keep blocks of them and find these again; what is in them is searched alike on all.
#[async_trait]
pub trait Traces: Sync {
    /// Adds blocks, all or none. One that is there already is left as it is, so that they can be sent again after a lost answer.
    /// Calls of workspaces that are gone are left out, and texts longer than 120 characters are cut: one odd call never costs
    /// the others their record.
    async fn add_traces(&self, blocks: &[TraceBlock]) -> Result<(), StorageError>;

    /// Blocks of a workspace's calls, by the ids of their newest ones, without spans and payloads.
    async fn trace_blocks(
        &self,
        tenant: TenantId,
        asked: &BlocksAsked,
    ) -> Result<Vec<TraceBlockRow>, StorageError>;

    /// The blocks that may hold calls with these ids, each once and in no order.
    async fn trace_blocks_of(
        &self,
        tenant: TenantId,
        ids: &[TraceId],
        part: BlockPart,
    ) -> Result<Vec<TraceBlockRow>, StorageError>;

    /// One call of a workspace, with its spans.
    async fn trace(
        &self,
        tenant: TenantId,
        id: TraceId,
    ) -> Result<Option<TraceRecord>, StorageError> {
        search::one(self, tenant, id).await
    }

    /// What the block of a call of a workspace carried, sealed.
    async fn trace_payload(
        &self,
        tenant: TenantId,
        id: TraceId,
    ) -> Result<Option<KeptPayload>, StorageError> {
        search::payload(self, tenant, id).await
    }

    /// What happened inside calls of a workspace, in no order; calls that are not there are left out.
    async fn spans_of(
        &self,
        tenant: TenantId,
        ids: &[TraceId],
    ) -> Result<Vec<TraceSpans>, StorageError> {
        search::spans(self, tenant, ids).await
    }

    /// Calls of a workspace, newest first, without spans and words.
    async fn list_traces(
        &self,
        tenant: TenantId,
        filter: &TraceFilter,
    ) -> Result<Vec<TraceRecord>, StorageError> {
        search::list(self, tenant, filter).await
    }

    /// A page of the traces of a workspace that pass a search and are older than `before`, newest first, at most `limit` (1
    /// to 200). However rare they are, no more candidates are looked at than the search says; a page that ends because of
    /// that tells how far it got, and where to go on.
    async fn search_traces(
        &self,
        tenant: TenantId,
        search: &TraceSearch,
        before: Option<TraceId>,
        limit: u32,
    ) -> Result<TraceRows, StorageError> {
        search::page(self, tenant, search, before, limit).await
    }

    /// The newest candidates that a search looks at, to be counted.
    async fn newest_traces(
        &self,
        tenant: TenantId,
        search: &TraceSearch,
    ) -> Result<NewestCalls, StorageError> {
        search::newest(self, tenant, search).await
    }

    /// The traces of a key or member next to one, itself with them: at most `limit` (1 to 200) older and as many newer
    /// ones, oldest first, without spans and words.
    async fn traces_around(
        &self,
        tenant: TenantId,
        key: KeyId,
        id: TraceId,
        limit: u32,
    ) -> Result<TraceRows, StorageError> {
        search::around(self, tenant, key, id, limit).await
    }

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
