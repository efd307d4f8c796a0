//! Carrying out a change: intent, second read, write, look, proof.
//!
//! Runs in a task of its own, so that a caller who goes away leaves no half of it. Whatever ends this process between
//! two steps leaves a row in a state that the completer settles by looking at Order Desk.

use std::sync::Arc;
use std::time::Duration;

use orderdesk::client::Priority;
use orderdesk_mcp_contract::{ApiError, ChangeState, ErrorCode};
use orderdesk_mcp_storage::record::{
    BudgetCheck, ChangeRecord, ChangeStep, ImagePart, SpanKind, Stepped, StoreRecord,
};
use tokio::time::Instant;

use super::crash;
use super::lease::{Held, record_name};
use super::look::{self, Look, look};
use super::operation::Operation;
use super::plan::{Clash, Plan, Planned, plan};
use super::record::Record;
use super::send::{Sent, send};
use super::words;
use crate::error::Failure;
use crate::services::Services;
use crate::upstream::Shop;

/// How often a change is worked out anew because somebody else edits the record at the same time.
const MOST_REBASES: usize = 5;
/// How long a change waits for another one of the same record.
const PATIENCE: Duration = Duration::from_secs(8);
/// A change that is to be carried out.
pub(super) struct Work {
    pub(super) services: Services,
    pub(super) shop: Shop,
    pub(super) store: Arc<StoreRecord>,
    /// The change, in state `Approved`.
    pub(super) change: ChangeRecord,
    pub(super) plan: Plan,
    pub(super) planned: Planned,
    /// The record the change was worked out on.
    pub(super) before: Option<Record>,
    /// What the key may use; none where a person has approved it.
    pub(super) budget: Option<BudgetCheck>,
}

/// How carrying out ended.
pub(super) enum Ended {
    /// The row says how the change stands: verified, still to be verified, or unknown.
    AsRecorded,
    /// It came to nothing; why.
    Failed(ApiError),
}

impl Work {
    /// Carries the change out.
    pub(super) async fn run(mut self) -> Result<Ended, Failure> {
        let name = record_name(&self.change, &self.planned.operation);
        let began = Instant::now();
        let held = self
            .services
            .hold(self.change.tenant_id, self.store.id, &name, PATIENCE)
            .await?;
        self.shop.log().waited("wait for the record", began);
        let Some(held) = held else {
            let busy = words::record_busy(&self.change);
            return self.refuse(ChangeState::Approved, None, busy).await;
        };
        crash::here("before_intent");
        let began = Instant::now();
        let ended = self.intend(&held).await?;
        let log = self.shop.log();
        log.ended(
            SpanKind::Database,
            "write down the intent",
            began,
            ended.is_none(),
        );
        if let Some(ended) = ended {
            return Ok(ended);
        }
        crash::here("after_intent");
        // From here on something may be sent, so no failure of ours may say that nothing was changed.
        match self.write(&held).await {
            Ok(ended) => Ok(ended),
            Err(failure) => {
                failure.answer();
                Ok(Ended::Failed(words::left_open(self.change.id)))
            }
        }
    }

    async fn write(&mut self, held: &Held) -> Result<Ended, Failure> {
        if let Some(ended) = self.read_again(held).await? {
            return Ok(ended);
        }
        if let Some(stop) = self.stop_in_force().await? {
            let stopped = words::stopped(&stop, Some(&self.change));
            return self
                .refuse(ChangeState::Applying, Some(held), stopped)
                .await;
        }
        if !self.services.still_holds(held).await? {
            // Another process has taken the record over, and settles this change too.
            return Ok(Ended::AsRecorded);
        }
        let sent = send(&self.shop, self.change.record_id.as_deref(), &self.planned).await?;
        self.forget_cached();
        match sent {
            Sent::Done {
                record_id,
                is_proved,
            } => self.applied(held, record_id, is_proved).await,
            Sent::Refused(error) => self.not_applied(held, Some(&error)).await,
            Sent::Unsure { error, is_answered } => self.unsure(held, &error, is_answered).await,
        }
    }

    /// Writes down that the write is about to be sent. Stops and budget are looked at in the same transaction.
    async fn intend(&mut self, held: &Held) -> Result<Option<Ended>, Failure> {
        let mut step = self.step(
            Some(held),
            ChangeState::Approved,
            ChangeState::Applying,
            "The write is about to be sent.",
        );
        step.budget = self.budget.clone();
        step.heeds_stops = true;
        Ok(match self.services.storage().step_change(&step).await? {
            Stepped::Done => None,
            Stepped::OverBudget(used) => {
                let over = words::over_budget(self.budget.as_ref(), &used, Some(&self.change));
                Some(self.refuse(ChangeState::Approved, Some(held), over).await?)
            }
            Stepped::Stopped(stop) => {
                let stopped = words::stopped(&stop, Some(&self.change));
                Some(
                    self.refuse(ChangeState::Approved, Some(held), stopped)
                        .await?,
                )
            }
            Stepped::StoreGone => {
                let gone = words::store_gone(&self.change);
                Some(self.refuse(ChangeState::Approved, Some(held), gone).await?)
            }
            Stepped::LeaseLost | Stepped::Elsewhere(_) | Stepped::Missing => {
                Some(Ended::AsRecorded)
            }
        })
    }

    /// Reads the record again right before it is written, and works the change out anew where somebody else has edited
    /// it meanwhile.
    async fn read_again(&mut self, held: &Held) -> Result<Option<Ended>, Failure> {
        if let Some((source_id, source_name)) = self.planned.operation.source() {
            let there = self
                .shop
                .order_of_source(source_id, source_name, Priority::Write)
                .await;
            return match there {
                Ok(None) => Ok(None),
                Ok(Some(order)) => {
                    let twice = words::source_taken(order.id().as_ref(), &self.change);
                    self.refuse(ChangeState::Applying, Some(held), twice)
                        .await
                        .map(Some)
                }
                Err(error) => self.unreadable(held, error.into()).await.map(Some),
            };
        }
        if !self.planned.operation.needs_second_read() {
            return Ok(None);
        }
        for _ in 0..=MOST_REBASES {
            let kind = self.planned.operation.record_kind();
            let id = self.change.record_id.clone().unwrap_or_default();
            let found = match look::read(&self.shop, kind, &id, Priority::Write).await {
                Ok(Some(found)) => found,
                Ok(None) => {
                    let gone = Clash::gone("the record is gone");
                    return self.conflict(held, &gone, None).await.map(Some);
                }
                Err(failure) => return self.unreadable(held, failure).await.map(Some),
            };
            let is_same = self
                .before
                .as_ref()
                .is_some_and(|before| before.version() == found.version());
            if is_same {
                return Ok(None);
            }
            if let Some(ended) = self.rebase(held, found).await? {
                return Ok(Some(ended));
            }
        }
        let restless = Clash::gone("somebody else kept editing it");
        self.conflict(held, &restless, None).await.map(Some)
    }

    /// Works the change out on the record as somebody else has left it, and writes that down as the new before.
    async fn rebase(&mut self, held: &Held, found: Record) -> Result<Option<Ended>, Failure> {
        // A deletion was decided for what was seen; nothing of it can be carried over to something else.
        if matches!(self.planned.operation, Operation::DeleteOrder) {
            let edited = Clash::gone("somebody else has edited it");
            return self.conflict(held, &edited, Some(&found)).await.map(Some);
        }
        let planned = match plan(&self.planned.operation, Some(&found)) {
            Ok(planned) => planned,
            Err(clash) => return self.conflict(held, &clash, Some(&found)).await.map(Some),
        };
        if planned.is_nothing() {
            let done = Clash::gone("somebody else has made the same change");
            return self.conflict(held, &done, Some(&found)).await.map(Some);
        }
        let (tenant, id) = (self.change.tenant_id, self.change.id);
        let plan = Plan {
            diff: planned.diff.clone(),
            ..self.plan.clone()
        };
        let images = [
            self.services
                .seal_record(tenant, id, ImagePart::Before, &found)?,
            self.services.seal_plan(tenant, id, &plan)?,
        ];
        let is_revised = self
            .services
            .storage()
            .revise_change(
                &held.lease,
                id,
                self.services.now(),
                "Somebody else edited other fields meanwhile; their edit is kept.",
                &found.version(),
                &images,
            )
            .await?;
        if !is_revised {
            return Ok(Some(Ended::AsRecorded));
        }
        (self.plan, self.planned, self.before) = (plan, planned, Some(found));
        Ok(None)
    }

    /// Looks, again after each pause where Order Desk cannot be read.
    pub(super) async fn look_patiently(&self, pauses: &[Duration]) -> Option<Look> {
        let began = Instant::now();
        let look = self.look_until(pauses).await;
        let log = self.shop.log();
        log.ended(
            SpanKind::Verify,
            "read again and compare",
            began,
            look.is_some(),
        );
        look
    }

    async fn look_until(&self, pauses: &[Duration]) -> Option<Look> {
        let mut pauses = pauses.iter();
        loop {
            let looked = look(
                &self.shop,
                self.change.record_id.as_deref(),
                &self.planned,
                self.before.as_ref(),
            )
            .await;
            match looked {
                Ok(look) => return Some(look),
                Err(failure) => {
                    failure.answer();
                }
            }
            tokio::time::sleep(*pauses.next()?).await;
        }
    }

    async fn stop_in_force(
        &self,
    ) -> Result<Option<orderdesk_mcp_storage::record::WriteStop>, Failure> {
        self.services
            .stop_for(self.change.tenant_id, self.store.id, self.change.key_id)
            .await
    }

    pub(super) fn step(
        &self,
        held: Option<&Held>,
        from: ChangeState,
        to: ChangeState,
        text: &str,
    ) -> ChangeStep {
        self.services
            .change_step(&self.change, held, from, to, text)
    }

    /// Takes a step; `false` when the change is another's by now, whose word counts.
    pub(super) async fn take(&self, step: &ChangeStep) -> Result<bool, Failure> {
        let stepped = self.services.storage().step_change(step).await?;
        if stepped != Stepped::Done {
            tracing::warn!(change = %step.id, from = step.from.as_str(), to = step.to.as_str(), "a step of a change was not taken; another process goes on with it");
        }
        Ok(stepped == Stepped::Done)
    }

    pub(super) async fn note(&self, text: &str) {
        let (tenant, id) = (self.change.tenant_id, self.change.id);
        let noted = self
            .services
            .storage()
            .note_change(tenant, id, self.services.now(), text);
        if let Err(error) = noted.await {
            tracing::warn!(%error, "failed to write into a change's journal");
        }
    }

    pub(super) fn forget_cached(&self) {
        self.services
            .caches()
            .forget_records(self.store.tenant_id, self.store.id);
    }
}

impl Services {
    /// A step with nothing but states, time and words.
    pub(super) fn change_step(
        &self,
        change: &ChangeRecord,
        held: Option<&Held>,
        from: ChangeState,
        to: ChangeState,
        text: &str,
    ) -> ChangeStep {
        let text = words::cut(text, 500);
        ChangeStep {
            lease: held.map(|held| held.lease.clone()),
            ..ChangeStep::new(change.tenant_id, change.id, from, to, self.now(), text)
        }
    }
}

/// The kind of failure that a state stands for, for those who only learn the state.
pub(super) fn code_of(state: ChangeState) -> Option<ErrorCode> {
    Some(match state {
        ChangeState::Denied | ChangeState::Refused => ErrorCode::Forbidden,
        ChangeState::Expired | ChangeState::Conflict => ErrorCode::Conflict,
        ChangeState::NotApplied => ErrorCode::UpstreamRejected,
        _ => return None,
    })
}
