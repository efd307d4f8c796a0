//! Settling what was left: by a process that died, by an answer that was lost, by nobody's decision.
//!
//! The completer only looks. It never sends anything to Order Desk, so nothing can be written twice by it.

use std::sync::Arc;

use orderdesk_mcp_contract::ChangeState;
use orderdesk_mcp_storage::record::{ChangeRecord, OpenChange, StoreRecord};

use super::crash;
use super::engine::Work;
use super::lease::{Held, record_name};
use super::plan::{Planned, plan};
use super::sealed::Opened;
use super::verify::Verdict;
use crate::error::Failure;
use crate::services::Services;
use crate::traces::SpanLog;
use crate::upstream::Shop;

/// How many changes are looked after in one go.
const AT_ONCE: u32 = 100;
/// How long a change rests that could not be looked into, in milliseconds: a store that failed too often is left alone as
/// long, and several tries fit into the minute in which a change shall be settled.
const REST_MS: i64 = 10_000;
/// How long one rests whose store is gone: somebody may add it again.
const LONG_REST_MS: i64 = 3_600_000;

impl Services {
    /// Looks after open changes at once and then again and again. Ends with the last clone of the services.
    pub(crate) fn spawn_completer(&self) {
        let weak = self.downgrade();
        let pause = self.settings().changes.lease / 2;
        let look = async move {
            let mut ticks = tokio::time::interval(pause);
            ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                let Some(services) = weak.upgrade() else {
                    return;
                };
                services.settle_open().await;
            }
        };
        // It only looks: left where it is, the next start goes on from there.
        tokio::spawn(self.end_of_process().run_until_cancelled_owned(look));
    }

    /// Looks after every change that is open and nobody's.
    pub(crate) async fn settle_open(&self) {
        let now = self.now();
        match self.storage().overdue_proposals(now, AT_ONCE).await {
            Ok(overdue) => {
                for open in overdue {
                    self.told(open, self.expire_open(open).await);
                }
            }
            Err(error) => {
                tracing::warn!(%error, "failed to look for proposals that have run out");
            }
        }
        // A change that was just begun is its caller's.
        let before = now.plus_millis(-self.lease_ms());
        match self.storage().open_changes(before, now, AT_ONCE).await {
            Ok(left) => {
                for open in left {
                    self.told(open, self.settle(open).await);
                }
            }
            Err(error) => tracing::warn!(%error, "failed to look for changes that were left"),
        }
    }

    fn told(&self, open: OpenChange, outcome: Result<(), Failure>) {
        if let Err(failure) = outcome {
            let error = failure.answer();
            tracing::warn!(change = %open.id, code = error.code.as_str(), "a change that was left could not be settled yet");
        }
    }

    async fn expire_open(&self, open: OpenChange) -> Result<(), Failure> {
        match self.storage().change(open.tenant_id, open.id).await? {
            Some(change) => self.expire(&change).await,
            None => Ok(()),
        }
    }

    async fn settle(&self, open: OpenChange) -> Result<(), Failure> {
        let Some(change) = self.storage().change(open.tenant_id, open.id).await? else {
            return Ok(());
        };
        if change.state == ChangeState::Approved {
            return self.drop_unbegun(&change).await;
        }
        let opened = self.open_parts(open.tenant_id, open.id).await?;
        let name = record_name(&change, &opened.plan.operation);
        let held = self
            .hold(
                open.tenant_id,
                change.store_id,
                &name,
                std::time::Duration::ZERO,
            )
            .await?;
        let Some(held) = held else {
            return Ok(());
        };
        // Whoever had it may have gone on while we waited for the lease.
        let Some(change) = self.storage().change(open.tenant_id, open.id).await? else {
            return Ok(());
        };
        if !change.state.is_open() {
            return Ok(self.storage().end_lease(&held.lease).await?);
        }
        let Some(store) = self.store_by_uid(open.tenant_id, change.store_id).await? else {
            return self.rest(held, LONG_REST_MS).await;
        };
        self.look_into(change, opened, store, held).await
    }

    /// It was let through and never begun, so certainly nothing was sent.
    async fn drop_unbegun(&self, change: &ChangeRecord) -> Result<(), Failure> {
        let text = "The server stopped before it was begun. Nothing was changed; ask for it again.";
        let mut step = self.change_step(
            change,
            None,
            ChangeState::Approved,
            ChangeState::Refused,
            text,
        );
        step.set.outcome = Some(text.to_owned());
        self.storage().step_change(&step).await?;
        Ok(())
    }

    async fn look_into(
        &self,
        change: ChangeRecord,
        opened: Opened,
        store: Arc<StoreRecord>,
        held: Held,
    ) -> Result<(), Failure> {
        let (client, credentials) = self.open_store(&store)?;
        let shop = Shop::new(client, credentials, Arc::new(SpanLog::unread()));
        let from = change.state;
        let mut work = Work {
            services: self.clone(),
            shop,
            store,
            planned: planned_again(&opened),
            plan: opened.plan,
            before: opened.before,
            budget: None,
            change,
        };
        let Some(look) = work.look_patiently(&[]).await else {
            return self.rest(held, REST_MS).await;
        };
        crash::here("completer_looked");
        if look.verdict == Verdict::AsBefore && from != ChangeState::Applied {
            if self.may_still_arrive(&work.change) {
                return self.rest(held, self.lease_ms()).await;
            }
            work.not_applied_from(&held, from, None).await?;
        } else {
            work.conclude(&held, from, look).await?;
        }
        crash::here("completer_settled");
        Ok(())
    }

    /// Whether Order Desk may still be working on what was sent.
    fn may_still_arrive(&self, change: &ChangeRecord) -> bool {
        self.now().since(change.updated_at) < self.lease_ms()
    }

    /// Leaves a change alone for a while: its record stays taken meanwhile, since nobody knows how it stands.
    async fn rest(&self, held: Held, millis: i64) -> Result<(), Failure> {
        let until = self.now().plus_millis(millis);
        self.storage().renew_lease(&held.lease, until).await?;
        Ok(())
    }
}

/// The plan as it was, on the record it was made for.
fn planned_again(opened: &Opened) -> Planned {
    let plan_of = &opened.plan;
    plan(&plan_of.operation, opened.before.as_ref()).unwrap_or_else(|_| Planned {
        operation: plan_of.operation.clone(),
        after: None,
        diff: plan_of.diff.clone(),
        warnings: Vec::new(),
        money: orderdesk_mcp_contract::Money::ZERO,
    })
}
