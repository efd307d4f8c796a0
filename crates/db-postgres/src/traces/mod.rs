//! Recorded calls: writing them in batches, reading them, adding them up.

mod add;
mod read;
mod totals;

use async_trait::async_trait;
use orderdesk_mcp_contract::{TenantId, TraceId, UtcMillis};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::port::Traces;
use orderdesk_mcp_storage::record::{
    CallTotals, Door, SlotTotals, StoreTotals, TraceFilter, TraceRecord,
};

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

    async fn list_traces(
        &self,
        tenant: TenantId,
        filter: &TraceFilter,
    ) -> Result<Vec<TraceRecord>, StorageError> {
        read::list(self, tenant, filter).await
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
