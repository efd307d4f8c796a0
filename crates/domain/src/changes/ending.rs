//! How a change ends, by what was sent and what was found.

use std::time::Duration;

use orderdesk::client::ClientError;
use orderdesk_mcp_contract::{ApiError, ChangeState};
use orderdesk_mcp_storage::record::{ChangeStep, ImagePart};

use super::crash;
use super::engine::{Ended, Work};
use super::lease::Held;
use super::look::Look;
use super::plan::{Clash, plan};
use super::record::Record;
use super::verify::{self, Verdict};
use super::words;
use crate::error::{Failure, without_words};

/// When a look for an unanswered write is repeated while its caller waits.
const LOOK_AGAIN: [Duration; 3] = [
    Duration::from_millis(300),
    Duration::from_secs(1),
    Duration::from_secs(2),
];
/// When reading back is tried again.
const READ_AGAIN: [Duration; 2] = [Duration::from_millis(300), Duration::from_secs(1)];

impl Work {
    /// Order Desk said yes. It is believed when it has been read back.
    pub(super) async fn applied(
        &mut self,
        held: &Held,
        record_id: Option<String>,
        is_proved: bool,
    ) -> Result<Ended, Failure> {
        crash::here("before_applied");
        let mut step = self.step(
            Some(held),
            ChangeState::Applying,
            ChangeState::Applied,
            "Order Desk accepted the write.",
        );
        step.set.record_id.clone_from(&record_id);
        if !self.take(&step).await? {
            return Ok(Ended::AsRecorded);
        }
        crash::here("after_applied");
        if record_id.is_some() {
            self.change.record_id = record_id;
        }
        if is_proved {
            let before = self.before.clone();
            return self
                .verified(held, ChangeState::Applied, before, None)
                .await;
        }
        let Some(look) = self.look_patiently(&READ_AGAIN).await else {
            self.note("Reading it back failed; it will be tried again.")
                .await;
            return Ok(Ended::AsRecorded);
        };
        self.conclude(held, ChangeState::Applied, look).await
    }

    /// Nobody knows what Order Desk did: it is looked for.
    pub(super) async fn unsure(
        &mut self,
        held: &Held,
        error: &ClientError,
        is_answered: bool,
    ) -> Result<Ended, Failure> {
        let text = format!("The outcome of the write is not known ({}).", error.label());
        let step = self.step(
            Some(held),
            ChangeState::Applying,
            ChangeState::Unknown,
            &text,
        );
        if !self.take(&step).await? {
            return Ok(Ended::AsRecorded);
        }
        let mut pauses = LOOK_AGAIN.iter();
        loop {
            if let Some(look) = self.look_patiently(&READ_AGAIN).await {
                if look.verdict != Verdict::AsBefore {
                    return self.conclude(held, ChangeState::Unknown, look).await;
                }
                if is_answered {
                    return self
                        .not_applied_from(held, ChangeState::Unknown, Some(error))
                        .await;
                }
            }
            // Order Desk may still be working on it.
            let Some(pause) = pauses.next() else { break };
            tokio::time::sleep(*pause).await;
        }
        self.note("It is not there so far; Order Desk may still be working on it.")
            .await;
        Ok(Ended::AsRecorded)
    }

    /// Ends the change by what was found.
    pub(super) async fn conclude(
        &mut self,
        held: &Held,
        from: ChangeState,
        look: Look,
    ) -> Result<Ended, Failure> {
        match look.verdict {
            Verdict::AsPlanned => self.verified(held, from, look.found, None).await,
            Verdict::Partly { done, of } => {
                self.verified(held, from, look.found, Some((done, of)))
                    .await
            }
            Verdict::AsBefore if from != ChangeState::Applied => {
                self.not_applied_from(held, from, None).await
            }
            // Accepted and not there: taken back at once by somebody or something.
            Verdict::AsBefore | Verdict::Otherwise => {
                let clash = match (&self.planned.after, &look.found) {
                    (Some(_), Some(found)) => plan(&self.planned.operation, Some(found))
                        .err()
                        .unwrap_or_else(|| Clash::gone("Order Desk has something else there")),
                    _ => Clash::gone("the record is gone"),
                };
                self.conflict_from(held, from, &clash, look.found.as_ref())
                    .await
            }
        }
    }

    /// Order Desk has it. A change that takes another back marks that one first: it was in force until now.
    async fn verified(
        &mut self,
        held: &Held,
        from: ChangeState,
        found: Option<Record>,
        partly: Option<(usize, usize)>,
    ) -> Result<Ended, Failure> {
        crash::here("before_verified");
        // The table leads to verified through applied.
        let from = if from == ChangeState::Applying {
            let applied = self.step(
                Some(held),
                ChangeState::Applying,
                ChangeState::Applied,
                "Order Desk is found to have taken the write.",
            );
            if !self.take(&applied).await? {
                return Ok(Ended::AsRecorded);
            }
            ChangeState::Applied
        } else {
            from
        };
        self.mark_undone().await?;
        let elsewhere = found
            .as_ref()
            .map(|found| verify::elsewhere(&self.planned, found))
            .unwrap_or_default();
        let text = words::verified(partly, &elsewhere);
        let mut step = self.step(Some(held), from, ChangeState::Verified, &text);
        step.ends_lease = true;
        step.set.outcome = Some(text);
        step.set.version_after = found.as_ref().map(Record::version);
        if self.change.record_id.is_none() {
            step.set.record_id = found.as_ref().and_then(Record::id);
        }
        if let Some(found) = &found {
            let (tenant, id) = (self.change.tenant_id, self.change.id);
            step.images.push(
                self.services
                    .seal_record(tenant, id, ImagePart::After, found)?,
            );
        }
        self.take(&step).await?;
        crash::here("after_verified");
        self.forget_cached();
        Ok(Ended::AsRecorded)
    }

    async fn mark_undone(&self) -> Result<(), Failure> {
        let Some(undone) = self.change.undoes else {
            return Ok(());
        };
        let mut step = self.step(
            None,
            ChangeState::Verified,
            ChangeState::Undone,
            "Another change took it back.",
        );
        step.id = undone;
        step.set.undone_by = Some(self.change.id);
        self.services.storage().step_change(&step).await?;
        Ok(())
    }

    pub(super) async fn not_applied(
        &mut self,
        held: &Held,
        error: Option<&ClientError>,
    ) -> Result<Ended, Failure> {
        self.not_applied_from(held, ChangeState::Applying, error)
            .await
    }

    /// Order Desk certainly does not have it.
    pub(super) async fn not_applied_from(
        &mut self,
        held: &Held,
        from: ChangeState,
        error: Option<&ClientError>,
    ) -> Result<Ended, Failure> {
        let answer = words::not_applied(error, &self.change);
        let kept = words::not_applied(error.map(without_words).as_ref(), &self.change);
        let mut step = self.step(Some(held), from, ChangeState::NotApplied, &kept.message);
        step.ends_lease = true;
        step.set.outcome = Some(kept.message);
        self.failed_by(&step, answer).await
    }

    pub(super) async fn conflict(
        &mut self,
        held: &Held,
        clash: &Clash,
        found: Option<&Record>,
    ) -> Result<Ended, Failure> {
        self.conflict_from(held, ChangeState::Applying, clash, found)
            .await
    }

    /// Somebody else changed the same; theirs is kept.
    async fn conflict_from(
        &mut self,
        held: &Held,
        from: ChangeState,
        clash: &Clash,
        found: Option<&Record>,
    ) -> Result<Ended, Failure> {
        let answer = words::conflict(&clash.what, &self.change);
        let mut step = self.step(Some(held), from, ChangeState::Conflict, &answer.message);
        step.ends_lease = true;
        step.set.outcome = Some(answer.message.clone());
        if let Some(found) = found {
            let (tenant, id) = (self.change.tenant_id, self.change.id);
            step.images.push(
                self.services
                    .seal_record(tenant, id, ImagePart::Found, found)?,
            );
        }
        self.forget_cached();
        self.failed_by(&step, answer).await
    }

    /// The record could not be read again, so nothing is sent.
    pub(super) async fn unreadable(
        &mut self,
        held: &Held,
        failure: Failure,
    ) -> Result<Ended, Failure> {
        let kept = match &failure {
            Failure::Upstream(error) => Some(Failure::from(without_words(error)).answer()),
            _ => None,
        };
        let answer = words::with_change(failure.answer(), &self.change);
        let kept = kept.map_or_else(
            || answer.clone(),
            |kept| words::with_change(kept, &self.change),
        );
        let from = ChangeState::Applying;
        self.refuse_keeping(from, Some(held), answer, kept.message)
            .await
    }

    /// Ends the change before anything was sent.
    pub(super) async fn refuse(
        &mut self,
        from: ChangeState,
        held: Option<&Held>,
        answer: ApiError,
    ) -> Result<Ended, Failure> {
        let kept = answer.message.clone();
        self.refuse_keeping(from, held, answer, kept).await
    }

    /// The same, of which other words are kept than are answered.
    async fn refuse_keeping(
        &mut self,
        from: ChangeState,
        held: Option<&Held>,
        answer: ApiError,
        kept: String,
    ) -> Result<Ended, Failure> {
        let mut step = self.step(held, from, ChangeState::Refused, &kept);
        step.ends_lease = held.is_some();
        step.set.outcome = Some(kept);
        self.failed_by(&step, answer).await
    }

    async fn failed_by(&self, step: &ChangeStep, answer: ApiError) -> Result<Ended, Failure> {
        Ok(if self.take(step).await? {
            Ended::Failed(answer)
        } else {
            Ended::AsRecorded
        })
    }
}
