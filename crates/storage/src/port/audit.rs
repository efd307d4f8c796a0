use async_trait::async_trait;
use orderdesk_mcp_contract::TenantId;

use crate::error::StorageError;
use crate::record::{AuditEnd, AuditEntry};

/// The audit logs: entries that are added and never changed, one chain for each workspace.
#[async_trait]
pub trait Audit {
    /// Adds an entry and puts the sealed end in the place of the one before, both or neither. `false`, and nothing is done,
    /// when the log has an entry in that place already: somebody else was faster.
    ///
    /// # Errors
    /// `Gone("tenant")` when the workspace is not there.
    async fn add_audit_entry(
        &self,
        entry: &AuditEntry,
        end: &AuditEnd,
    ) -> Result<bool, StorageError>;

    /// The sealed end of a workspace's log; none before its first entry.
    async fn audit_end(&self, tenant: TenantId) -> Result<Option<AuditEnd>, StorageError>;

    /// The workspaces whose log has no end: those from before there were logs.
    async fn tenants_without_audit_end(&self) -> Result<Vec<TenantId>, StorageError>;

    /// Entries of a workspace after that place, oldest first.
    async fn audit_entries(
        &self,
        tenant: TenantId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, StorageError>;

    /// Entries of a workspace before that place, or from the newest on, newest first.
    async fn latest_audit_entries(
        &self,
        tenant: TenantId,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, StorageError>;
}
