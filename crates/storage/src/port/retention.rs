use async_trait::async_trait;
use orderdesk_mcp_contract::trace::retention::Retention;
use orderdesk_mcp_contract::{TenantId, TraceId, UtcMillis};

use super::Traces;
use crate::error::StorageError;
use crate::purge;
use crate::record::{BlockPosting, PurgeStep, TraceStock, TraceStretch};

/// How long recorded calls are kept, and throwing them away.
#[async_trait]
pub trait TraceRetention: Traces {
    /// What a workspace has chosen; absent when it has not.
    async fn trace_retention(&self, tenant: TenantId) -> Result<Option<Retention>, StorageError>;

    /// Sets what a workspace has chosen.
    ///
    /// # Errors
    /// `Gone("tenant")` when the workspace is not there.
    async fn set_trace_retention(
        &self,
        tenant: TenantId,
        retention: &Retention,
        at: UtcMillis,
    ) -> Result<(), StorageError>;

    /// Every workspace with what it has chosen.
    async fn trace_retentions(&self) -> Result<Vec<(TenantId, Option<Retention>)>, StorageError>;

    /// The block, by the id of its newest call, with which a workspace has `count` calls (1 or more) in its newest blocks; absent
    /// when there are not as many. So many are kept when older blocks are thrown away, and as many more as the rest of this one.
    async fn oldest_block_to_keep(
        &self,
        tenant: TenantId,
        count: u64,
    ) -> Result<Option<TraceId>, StorageError>;

    /// The calls of a workspace in blocks whose newest call is from the id `from` on and older than `before`, of which at most
    /// `most` are counted.
    async fn traces_between(
        &self,
        tenant: TenantId,
        from: TraceId,
        before: TraceId,
        most: u32,
    ) -> Result<TraceStretch, StorageError>;

    /// Throws away at most `limit` of the oldest blocks of a workspace whose newest call is older than `before`, and fewer where
    /// they are found by much, in a few transactions that nobody waits for long. Gives how many calls went; none when no such
    /// block is left, or another process threw them away meanwhile. The sums of the hours stay.
    async fn purge_traces(
        &self,
        tenant: TenantId,
        before: TraceId,
        limit: u32,
    ) -> Result<u64, StorageError> {
        purge::purge(self, tenant, before, limit).await
    }

    /// All that a block is found by, looked for among what all blocks of the workspace are found by: of millions this takes
    /// seconds, in which nobody waits.
    async fn postings_of_block(
        &self,
        tenant: TenantId,
        block: &str,
    ) -> Result<Vec<BlockPosting>, StorageError>;

    /// Deletes all of this or nothing. Gives how many calls the blocks held.
    async fn purge_step(&self, tenant: TenantId, step: &PurgeStep) -> Result<u64, StorageError>;

    /// What a workspace keeps now.
    async fn trace_stock(&self, tenant: TenantId) -> Result<TraceStock, StorageError>;
}
