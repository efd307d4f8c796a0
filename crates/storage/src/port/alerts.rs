use async_trait::async_trait;
use orderdesk_mcp_contract::trace::alert::Delivery;
use orderdesk_mcp_contract::{AlertId, TenantId, UtcMillis};

use crate::error::StorageError;
use crate::record::{AlertEventRecord, AlertRecord};

/// Alerts on recorded calls, and what fired.
#[async_trait]
pub trait Alerts {
    /// Adds an alert; `false` when the workspace has `limit` of them already.
    ///
    /// # Errors
    /// `Taken("alert_name")` when another alert of the workspace has the name; `Gone("tenant")` when the workspace is not there.
    async fn add_alert(&self, alert: &AlertRecord, limit: u32) -> Result<bool, StorageError>;

    /// A workspace's alerts, oldest first. A row that cannot be read is left out, and logged.
    async fn alerts(&self, tenant: TenantId) -> Result<Vec<AlertRecord>, StorageError>;

    /// Sets an alert's name, query, threshold and window, and its target, if there is a new one; and lets it be due, and quiet,
    /// unless it waits for the same as before. `false` when it is not there.
    ///
    /// # Errors
    /// `Taken("alert_name")` when another alert of the workspace has the name.
    async fn set_alert(&self, alert: &AlertRecord) -> Result<bool, StorageError>;

    /// Lets an alert be sent nowhere. `false` when it is not there.
    async fn untarget_alert(&self, tenant: TenantId, id: AlertId) -> Result<bool, StorageError>;

    /// Switches an alert on or off, and lets it be quiet. `false` when it is not there.
    async fn switch_alert(
        &self,
        tenant: TenantId,
        id: AlertId,
        is_on: bool,
    ) -> Result<bool, StorageError>;

    /// Removes an alert; what fired stays. `false` when it is not there.
    async fn remove_alert(&self, tenant: TenantId, id: AlertId) -> Result<bool, StorageError>;

    /// Takes at most `limit` alerts, of all workspaces that are not suspended, that are switched on and were not looked at after
    /// `before`, those first that wait longest, and notes that they are looked at `now`. Of two processes that want the same one,
    /// one gets it. A row that cannot be read is taken, left out, and logged; `None` when there was nothing to take.
    async fn take_due_alerts(
        &self,
        before: UtcMillis,
        now: UtcMillis,
        limit: u32,
    ) -> Result<Option<Vec<AlertRecord>>, StorageError>;

    /// Lets the alerts of a workspace that is suspended begin anew at `now`: what is still to be sent has failed with this fault,
    /// and each alert is quiet, and due once its window begins then or later. In a workspace that is not suspended nothing is done.
    async fn renew_alerts(
        &self,
        tenant: TenantId,
        now: UtcMillis,
        fault: &str,
    ) -> Result<(), StorageError>;

    /// Enters that an alert fired, as it was taken to be looked at at `looked_at`, and throws away what the workspace has of older
    /// events than `keep_from`, and of more than `keep`, but for those that are still to be sent. `false`, and nothing done, when
    /// it was changed, switched off or taken by somebody else since, or has told of the event's query, which is not over.
    async fn fire_alert(
        &self,
        event: &AlertEventRecord,
        looked_at: UtcMillis,
        keep_from: UtcMillis,
        keep: u32,
    ) -> Result<bool, StorageError>;

    /// Lets be over what an alert found but for these queries, and the alert be quiet when nothing is left; unless it was changed
    /// or taken by somebody else since it was taken at `looked_at`.
    async fn calm_alert(
        &self,
        tenant: TenantId,
        id: AlertId,
        looked_at: UtcMillis,
        still: &[String],
    ) -> Result<(), StorageError>;

    /// What fired in a workspace, newest first.
    async fn alert_events(
        &self,
        tenant: TenantId,
        limit: u32,
    ) -> Result<Vec<AlertEventRecord>, StorageError>;

    /// Takes at most `limit` events that are to be sent by `now`, of all workspaces that are not suspended, in turn one of each:
    /// each counts one attempt more, and is nobody else's until `until`. A row that cannot be read is left out, and logged.
    async fn take_alert_deliveries(
        &self,
        now: UtcMillis,
        until: UtcMillis,
        limit: u32,
    ) -> Result<Vec<AlertEventRecord>, StorageError>;

    /// Says how sending went of an event as it was taken: with another delivery state, or to be taken again at `next_try_at`.
    /// `false` when somebody has taken it since.
    async fn settle_alert_delivery(
        &self,
        event: &AlertEventRecord,
        delivery: Delivery,
        next_try_at: UtcMillis,
        fault: Option<&str>,
    ) -> Result<bool, StorageError>;
}
