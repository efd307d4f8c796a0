use async_trait::async_trait;
use orderdesk_mcp_contract::{KeyId, TenantId, TraceViewId};

use crate::error::StorageError;
use crate::record::TraceViewRecord;

/// The queries of recorded calls that a person keeps under names. Nobody else sees them.
#[async_trait]
pub trait TraceViews {
    /// Keeps a view; `false` when the person has `limit` of them already.
    ///
    /// # Errors
    /// `Taken("view_name")` when another view of the person has the name; `Gone("tenant")` when the workspace is not there.
    async fn add_trace_view(
        &self,
        view: &TraceViewRecord,
        limit: u32,
    ) -> Result<bool, StorageError>;

    /// The person's views, oldest first.
    async fn trace_views(
        &self,
        tenant: TenantId,
        actor: KeyId,
    ) -> Result<Vec<TraceViewRecord>, StorageError>;

    /// Gives a view another name. `false` when the person has no such view.
    ///
    /// # Errors
    /// `Taken("view_name")` when another view of the person has the name.
    async fn rename_trace_view(
        &self,
        tenant: TenantId,
        actor: KeyId,
        id: TraceViewId,
        name: &str,
    ) -> Result<bool, StorageError>;

    /// Removes a view. `false` when the person has none such.
    async fn remove_trace_view(
        &self,
        tenant: TenantId,
        actor: KeyId,
        id: TraceViewId,
    ) -> Result<bool, StorageError>;
}
