//! The right to write one record, held by one change at a time in all processes.

use std::time::Duration;

use orderdesk_mcp_contract::StoreUid;
use orderdesk_mcp_contract::TenantId;
use orderdesk_mcp_contract::time::whole_millis;
use orderdesk_mcp_storage::record::{ChangeRecord, Lease};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::operation::Operation;
use crate::error::Failure;
use crate::services::Services;

/// How often a record is asked for again that another change is writing.
const AGAIN: Duration = Duration::from_millis(100);

/// A lease that is kept alive as long as this exists. Ending it is left to the step that ends the change; one that is
/// dropped without runs out by itself.
pub(super) struct Held {
    pub(super) lease: Lease,
    beat: JoinHandle<()>,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.beat.abort();
    }
}

/// The record that a change writes, as leases name it. An order that is only being made is nobody else's.
pub(super) fn record_name(change: &ChangeRecord, operation: &Operation) -> String {
    match (operation, &change.record_id) {
        (Operation::CreateOrder { .. }, _) | (_, None) => format!("new:{}", change.id),
        (_, Some(id)) => format!("{}:{id}", change.record_kind.as_str()),
    }
}

impl Services {
    /// Takes the lease of a record, waiting for whoever has it at most that long. None when it stays taken.
    pub(super) async fn hold(
        &self,
        tenant: TenantId,
        store: StoreUid,
        record: &str,
        patience: Duration,
    ) -> Result<Option<Held>, Failure> {
        let holder = self.new_trace_id()?.to_string();
        let give_up = Instant::now() + patience;
        loop {
            let now = self.now();
            let until = now.plus_millis(self.lease_ms());
            let taken = self
                .storage()
                .take_lease(tenant, store, record, &holder, now, until)
                .await?;
            if let Some(lease) = taken {
                return Ok(Some(self.keep(lease)));
            }
            if Instant::now() >= give_up {
                return Ok(None);
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    pub(super) fn lease_ms(&self) -> i64 {
        whole_millis(self.settings().changes.lease)
    }

    /// Whether the lease is held at this moment, asked right before a write: a process that was stopped for longer than
    /// the lease must not go on with it.
    pub(super) async fn still_holds(&self, held: &Held) -> Result<bool, Failure> {
        let until = self.now().plus_millis(self.lease_ms());
        Ok(self.storage().renew_lease(&held.lease, until).await?)
    }

    /// Renews the lease until it is dropped or lost.
    fn keep(&self, lease: Lease) -> Held {
        let (services, kept) = (self.clone(), lease.clone());
        let pause = self.settings().changes.lease / 3;
        let beat = tokio::spawn(async move {
            loop {
                tokio::time::sleep(pause).await;
                let until = services.now().plus_millis(services.lease_ms());
                match services.storage().renew_lease(&kept, until).await {
                    Ok(true) => {}
                    Ok(false) => return,
                    // The database may come back before the lease runs out; each step proves it anyway.
                    Err(error) => tracing::warn!(%error, "failed to renew the lease of a record"),
                }
            }
        });
        Held { lease, beat }
    }
}
