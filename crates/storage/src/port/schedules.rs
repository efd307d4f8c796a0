use async_trait::async_trait;
use orderdesk_mcp_contract::{ScheduleId, TenantId, UtcMillis};

use crate::error::StorageError;
use crate::record::ScheduleRecord;

/// Exports of recorded calls on a schedule.
#[async_trait]
pub trait Schedules {
    /// Adds a schedule; `false` when the workspace has `limit` of them already.
    ///
    /// # Errors
    /// `Taken("schedule_name")` when another schedule of the workspace has the name; `Gone("tenant")` when the workspace is not
    /// there.
    async fn add_schedule(
        &self,
        schedule: &ScheduleRecord,
        limit: u32,
    ) -> Result<bool, StorageError>;

    /// A workspace's schedules, oldest first. A row that cannot be read is left out, and logged.
    async fn schedules(&self, tenant: TenantId) -> Result<Vec<ScheduleRecord>, StorageError>;

    /// Sets a schedule's name, query and bucket, if there is a new one, and when it is due; what failed is forgotten. `false` when
    /// it is not there.
    ///
    /// # Errors
    /// `Taken("schedule_name")` when another schedule of the workspace has the name.
    async fn set_schedule(&self, schedule: &ScheduleRecord) -> Result<bool, StorageError>;

    /// Switches a schedule on or off, sets when it is due, and forgets what failed. `false` when it is not there.
    async fn switch_schedule(
        &self,
        tenant: TenantId,
        id: ScheduleId,
        is_on: bool,
        next_at: UtcMillis,
    ) -> Result<bool, StorageError>;

    /// Removes a schedule. `false` when it is not there.
    async fn remove_schedule(&self, tenant: TenantId, id: ScheduleId)
    -> Result<bool, StorageError>;

    /// Takes at most `limit` schedules that are switched on and due by `now`, of all workspaces that are not suspended, in turn one of
    /// each and of each the one first that waits longest, and puts them off until `until`. Of two processes that want the same one, one gets it. A row that cannot be read is left out,
    /// and logged.
    async fn take_due_schedules(
        &self,
        now: UtcMillis,
        until: UtcMillis,
        limit: u32,
    ) -> Result<Vec<ScheduleRecord>, StorageError>;

    /// Says how a schedule went that was taken until `taken_until`: how far it is, when it is due, how many calls the last file
    /// held, how many parts of the next one were put, and what failed. `false`, and nothing done, when it was changed, switched, removed or taken by somebody else since.
    async fn settle_schedule(
        &self,
        schedule: &ScheduleRecord,
        taken_until: UtcMillis,
    ) -> Result<bool, StorageError>;
}
