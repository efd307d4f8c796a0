use async_trait::async_trait;
use orderdesk_mcp_contract::trace::retention::Retention;
use orderdesk_mcp_contract::{TenantId, TraceId, UtcMillis};

use crate::error::StorageError;
use crate::record::{TraceStock, TraceStretch};

/// How long recorded calls are kept, and throwing them away.
#[async_trait]
pub trait TraceRetention {
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

    /// The oldest of the newest `count` calls of a workspace (1 or more); absent when there are not more than those.
    async fn oldest_trace_to_keep(
        &self,
        tenant: TenantId,
        count: u64,
    ) -> Result<Option<TraceId>, StorageError>;

    /// The calls of a workspace from the id `from` on and older than `before`, of which at most `most` are counted.
    async fn traces_between(
        &self,
        tenant: TenantId,
        from: TraceId,
        before: TraceId,
        most: u32,
    ) -> Result<TraceStretch, StorageError>;

    /// Throws away at most `limit` of the oldest calls of a workspace that are older than `before`, with their spans, in one
    /// transaction. Gives how many. The sums of the hours stay.
    async fn purge_traces(
        &self,
        tenant: TenantId,
        before: TraceId,
        limit: u32,
    ) -> Result<u64, StorageError>;

    /// What a workspace keeps now.
    async fn trace_stock(&self, tenant: TenantId) -> Result<TraceStock, StorageError>;
}
