//! Looking at alerts again and again.

use std::collections::BTreeMap;

use orderdesk_mcp_contract::time::whole_millis;
use orderdesk_mcp_contract::trace::alert::Delivery;
use orderdesk_mcp_contract::{TenantId, UtcMillis};
use orderdesk_mcp_storage::record::{AlertEventRecord, AlertRecord};

use super::kinds::{Found, Looked};
use crate::error::Failure;
use crate::services::Services;
use crate::stores::DAY_MS;
use crate::traces::Names;

/// Alerts that are taken in one go: so few that nobody else takes them before they were looked at.
const AT_ONCE: u32 = 10;
/// How long events are kept.
const KEEP_MS: i64 = 90 * DAY_MS;
/// How many events a workspace keeps.
const KEEP: u32 = 1000;
/// Why an event is not sent any more that was still to be when its workspace was suspended.
const SUSPENDED: &str = "the workspace was suspended";

impl Services {
    /// Looks at alerts again and again, and sends what fired. Ends with the last clone of the services, or with the process.
    /// For whoever serves: a process that lives as long as an assistant's talk leaves it to them. No door leads here.
    pub fn spawn_alerts(&self) {
        // What was taken and not done is taken again after its lease.
        let every = self.settings().alerts.every;
        self.spawn_every(every, |services| async move {
            services.look_at_alerts().await;
        });
        // By itself: who does not answer a webhook must not keep anybody from looking.
        self.spawn_every(every, |services| async move {
            services.deliver_alerts().await;
        });
    }

    /// Looks once at every alert that is due. Done again and again by itself; no door leads here.
    pub async fn look_at_alerts(&self) {
        if let Err(failure) = self.look_at_due().await {
            let error = failure.answer();
            tracing::warn!(%error, "failed to look at alerts; will try again");
        }
    }

    async fn look_at_due(&self) -> Result<(), Failure> {
        for (tenant, _) in self.storage().trace_retentions().await? {
            if let Err(failure) = self.prepare_alerts(tenant).await {
                told(failure, tenant);
            }
        }
        let began = self.now();
        let before = self.due_before(began);
        loop {
            // Never before it began, also by a clock that is put back: what was taken is not due again, so that this ends.
            let now = self.now().max(began);
            let due = self.storage().take_due_alerts(before, now, AT_ONCE);
            // None of those that were taken may be readable; others wait behind them.
            let Some(due) = due.await? else {
                return Ok(());
            };
            let mut by_tenant: BTreeMap<TenantId, Vec<AlertRecord>> = BTreeMap::new();
            for alert in due {
                by_tenant.entry(alert.tenant_id).or_default().push(alert);
            }
            for (tenant, alerts) in by_tenant {
                if let Err(failure) = self.look_at_all(tenant, alerts, now).await {
                    told(failure, tenant);
                }
            }
        }
    }

    /// Lets the alerts of a suspended workspace begin anew, right before it goes on. What was still to be sent is given up, since
    /// it is no news any more. Each alert is quiet, and is looked at again once its window holds nothing from before this moment:
    /// no call of the suspended time or before it is told of, and what was found before may be found anew. So an alert is late by
    /// up to its window once, and of a night during which a workspace is resumed the writes may not be told.
    pub(crate) async fn renew_alerts(&self, tenant: TenantId) -> Result<(), Failure> {
        let now = self.now();
        let renewed = self.storage().renew_alerts(tenant, now, SUSPENDED);
        renewed.await?;
        Ok(())
    }

    /// One that was looked at before this moment is due. Half of the time between two looks, so that none is left out by a hair.
    fn due_before(&self, now: UtcMillis) -> UtcMillis {
        let half = self.settings().alerts.every / 2;
        now.plus_millis(-whole_millis(half))
    }

    async fn look_at_all(
        &self,
        tenant: TenantId,
        alerts: Vec<AlertRecord>,
        now: UtcMillis,
    ) -> Result<(), Failure> {
        let names = self.trace_names(tenant).await?;
        for alert in alerts {
            if let Err(failure) = self.look_at(&alert, &names, now).await {
                told(failure, tenant);
            }
        }
        Ok(())
    }

    async fn look_at(
        &self,
        alert: &AlertRecord,
        names: &Names,
        now: UtcMillis,
    ) -> Result<(), Failure> {
        match self.find_for(alert, names, now).await? {
            Looked::Found(found) => {
                let still: Vec<_> = found.iter().map(|found| found.query.clone()).collect();
                self.calm(alert, &still).await?;
                for found in found {
                    self.fire(alert, found, now).await?;
                }
                Ok(())
            }
            Looked::Quiet => self.calm(alert, &[]).await,
            Looked::Unknown => Ok(()),
        }
    }

    /// Lets be over what is found no more.
    async fn calm(&self, alert: &AlertRecord, still: &[String]) -> Result<(), Failure> {
        if alert.firing_since.is_some() {
            let calmed =
                self.storage()
                    .calm_alert(alert.tenant_id, alert.id, alert.looked_at, still);
            calmed.await?;
        }
        Ok(())
    }

    async fn fire(&self, alert: &AlertRecord, found: Found, now: UtcMillis) -> Result<(), Failure> {
        let event = AlertEventRecord {
            tenant_id: alert.tenant_id,
            id: self.new_alert_event_id()?,
            alert_id: alert.id,
            name: alert.name.clone(),
            query: found.query,
            calls: found.calls,
            window_minutes: alert.window_minutes,
            trace_id: found.example,
            at: now,
            delivery: if alert.sealed_target.is_some() {
                Delivery::Pending
            } else {
                Delivery::Shown
            },
            attempts: 0,
            next_try_at: now,
            fault: None,
        };
        let keep_from = now.plus_millis(-KEEP_MS);
        let fired = self
            .storage()
            .fire_alert(&event, alert.looked_at, keep_from, KEEP);
        if fired.await? {
            tracing::info!(tenant = %event.tenant_id, alert = %event.alert_id, event = %event.id, "an alert fired");
        }
        Ok(())
    }
}

/// Tells the operator of one workspace's trouble, which is neither the others' nor that of its other alerts.
fn told(failure: Failure, tenant: TenantId) {
    let error = failure.answer();
    tracing::warn!(%error, %tenant, "failed to look at a workspace's alerts; will try again");
}
