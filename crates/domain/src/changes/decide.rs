//! A person's decision on a proposal.

use std::sync::Arc;

use orderdesk::client::Priority;
use orderdesk_mcp_contract::tools::receipt::REASON_MAX;
use orderdesk_mcp_contract::views::change::ChangeDetail;
use orderdesk_mcp_contract::{
    ApiError, ChangeId, ChangeState, ErrorCode, Right, Standing, StoreUid, validate,
};
use orderdesk_mcp_storage::record::{ChangeFilter, ChangeRecord, ImagePart, Stepped, StoreRecord};

use super::add::plan_hash;
use super::engine::{Ended, Work};
use super::look;
use super::plan::{Plan, Planned, plan, renewed};
use super::receipt::no_such_change;
use super::record::Record;
use super::sealed::Opened;
use super::words;
use crate::caller::Caller;
use crate::error::Failure;
use crate::services::Services;
use crate::traces::Call;

impl Services {
    /// Approves a proposal with exactly this difference, and carries it out.
    ///
    /// # Errors
    /// `Forbidden` for whoever proposed it and for whoever may not approve; `NotFound`; `Conflict`
    /// when the difference is another by now, or the change no longer waits; and what carrying it out answers.
    pub async fn approve_change(
        &self,
        caller: &Caller,
        id: ChangeId,
        plan_hash: &str,
    ) -> Result<ChangeDetail, ApiError> {
        let call = self.begin(caller, "approve_change");
        let outcome = self.approve(&call, id, plan_hash).await;
        self.finish(call, outcome).await
    }

    /// Turns a proposal down.
    ///
    /// # Errors
    /// `Forbidden`, `NotFound`, `Invalid` for a reason that is too long, `Conflict` when it no longer waits.
    pub async fn deny_change(
        &self,
        caller: &Caller,
        id: ChangeId,
        reason: Option<&str>,
    ) -> Result<ChangeDetail, ApiError> {
        let call = self.begin(caller, "deny_change");
        let outcome = self.deny(&call, id, reason).await;
        self.finish(call, outcome).await
    }

    async fn approve(
        &self,
        call: &Call,
        id: ChangeId,
        seen: &str,
    ) -> Result<ChangeDetail, Failure> {
        let change = self.waiting(call, id).await?;
        if change.key_id == call.caller().actor_id() {
            return Err(own_proposal(call.caller()).into());
        }
        if change.plan_hash != seen {
            return Err(other_difference());
        }
        let Some(store) = self.store_by_uid(call.tenant(), change.store_id).await? else {
            return Err(self.close_waiting(&change, store_gone()).await);
        };
        if let Some(stop) = self
            .stop_for(call.tenant(), store.id, change.key_id)
            .await?
        {
            return Err(words::stopped(&stop, None).into());
        }
        let opened = self.open_parts(call.tenant(), id).await?;
        let work = self.approved(call, change, opened, store).await?;
        match self.carry_out(work, self.write_deadline(call)).await {
            Some(Ended::Failed(error)) => Err(error.into()),
            Some(Ended::AsRecorded) | None => self.find_change(call, id).await,
        }
    }

    /// Reads the record as it is now. When the difference still fits, the change is approved; else it goes back to
    /// whoever decides, with the difference worked out anew.
    async fn approved(
        &self,
        call: &Call,
        mut change: ChangeRecord,
        opened: Opened,
        store: Arc<StoreRecord>,
    ) -> Result<Work, Failure> {
        let shop = self.shop_of(call, &store)?;
        let operation = &opened.plan.operation;
        let now = match &change.record_id {
            Some(id) => {
                let read = look::read(
                    &shop,
                    operation.record_kind(),
                    id,
                    Priority::InteractiveRead,
                );
                let Some(found) = read.await? else {
                    let gone = ApiError::new(
                        ErrorCode::Conflict,
                        "The record was deleted meanwhile. Nothing was changed.",
                    );
                    return Err(self.close_waiting(&change, gone).await);
                };
                Some(found)
            }
            None => None,
        };
        let was_edited = match (&opened.before, &now) {
            (Some(before), Some(now)) => before.version() != now.version(),
            _ => false,
        };
        let planned = match plan(operation, now.as_ref()) {
            Ok(planned)
                if planned.diff == opened.plan.diff && !(was_edited && planned.after.is_none()) =>
            {
                planned
            }
            other => {
                return Err(self.send_back(&change, &opened, other.ok(), now).await);
            }
        };
        let mut step = self.change_step(
            &change,
            None,
            ChangeState::Proposed,
            ChangeState::Approved,
            "A person approved it.",
        );
        step.set.decided_by = Some(call.caller().actor_id());
        if let Some(now) = now.as_ref().filter(|_| was_edited) {
            step.set.version_before = Some(now.version());
            step.images.push(self.seal_record(
                change.tenant_id,
                change.id,
                ImagePart::Before,
                now,
            )?);
        }
        call.enter().await?;
        self.take_waiting(&step).await?;
        change.state = ChangeState::Approved;
        Ok(Work {
            services: self.clone(),
            shop,
            store,
            change,
            plan: opened.plan,
            planned,
            before: now,
            budget: None,
        })
    }

    /// Somebody else has edited what the proposal is about: it waits again, with the difference as it is now.
    async fn send_back(
        &self,
        change: &ChangeRecord,
        opened: &Opened,
        planned: Option<Planned>,
        now: Option<Record>,
    ) -> Failure {
        let planned = planned
            .or_else(|| renewed(&opened.plan.operation, now.as_ref()?))
            .filter(|planned| !planned.is_nothing());
        let (Some(planned), Some(now)) = (planned, now) else {
            return self.close_waiting(change, does_not_fit()).await;
        };
        match self.wait_again(change, opened, planned, &now).await {
            Ok(()) => worked_out_anew().into(),
            Err(failure) => failure,
        }
    }

    async fn wait_again(
        &self,
        change: &ChangeRecord,
        opened: &Opened,
        planned: Planned,
        now: &Record,
    ) -> Result<(), Failure> {
        let plan = Plan {
            operation: planned.operation,
            diff: planned.diff,
            ..opened.plan.clone()
        };
        let mut step = self.change_step(
            change,
            None,
            ChangeState::Proposed,
            ChangeState::Proposed,
            "Somebody else edited the same meanwhile; the difference was worked out anew.",
        );
        step.set.plan_hash = Some(plan_hash(change.record_id.as_deref(), &plan, Some(now))?);
        step.set.version_before = Some(now.version());
        step.set.field_count = u32::try_from(plan.diff.len()).ok();
        step.set.money = Some(planned.money);
        step.images = vec![
            self.seal_plan(change.tenant_id, change.id, &plan)?,
            self.seal_record(change.tenant_id, change.id, ImagePart::Before, now)?,
        ];
        self.take_waiting(&step).await
    }

    async fn deny(
        &self,
        call: &Call,
        id: ChangeId,
        reason: Option<&str>,
    ) -> Result<ChangeDetail, Failure> {
        let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
        if let Some(reason) = reason {
            validate::optional_text("reason", reason, REASON_MAX)?;
        }
        let change = self.waiting(call, id).await?;
        let mut step = self.change_step(
            &change,
            None,
            ChangeState::Proposed,
            ChangeState::Denied,
            "A person denied it.",
        );
        step.set.decided_by = Some(call.caller().actor_id());
        step.set.decision_reason = reason.map(str::to_owned);
        call.enter().await?;
        self.take_waiting(&step).await?;
        self.find_change(call, id).await
    }

    /// Denies all proposals of a store that was deleted, and says how many there were. One that somebody decides meanwhile
    /// is theirs.
    pub(crate) async fn deny_all_of(&self, call: &Call, store: StoreUid) -> Result<u64, Failure> {
        let mut filter = ChangeFilter {
            states: vec![ChangeState::Proposed],
            store_id: Some(store),
            limit: 200,
            ..ChangeFilter::default()
        };
        let mut denied = 0;
        loop {
            let changes = self.storage().list_changes(call.tenant(), &filter).await?;
            for change in &changes {
                let mut step = self.change_step(
                    change,
                    None,
                    ChangeState::Proposed,
                    ChangeState::Denied,
                    "Its store was deleted.",
                );
                step.set.decided_by = Some(call.caller().actor_id());
                step.set.decision_reason = Some("The store was deleted.".to_owned());
                denied += u64::from(self.take_waiting(&step).await.is_ok());
            }
            let Some(last) = changes.last() else {
                return Ok(denied);
            };
            filter.before = Some(last.id);
        }
    }

    /// A proposal that waits for a decision of the caller, who must be one to decide.
    async fn waiting(&self, call: &Call, id: ChangeId) -> Result<ChangeRecord, Failure> {
        call.caller().require(Right::Approve)?;
        let change = self
            .storage()
            .change(call.tenant(), id)
            .await?
            .ok_or_else(no_such_change)?;
        call.about_change(id);
        call.about_store(change.store_id);
        call.about_record(change.record_kind, change.record_id.as_deref());
        if change.state != ChangeState::Proposed {
            return Err(not_waiting(change.state));
        }
        if change.expires_at.is_some_and(|end| end <= self.now()) {
            self.expire(&change).await?;
            return Err(not_waiting(ChangeState::Expired));
        }
        Ok(change)
    }

    /// Ends a proposal that nobody decided in time.
    pub(super) async fn expire(&self, change: &ChangeRecord) -> Result<(), Failure> {
        let text = "Nobody decided in time.";
        let mut step = self.change_step(
            change,
            None,
            ChangeState::Proposed,
            ChangeState::Expired,
            text,
        );
        step.set.outcome = Some(format!(
            "{text} Nothing was changed; ask for it again if it is still wanted."
        ));
        self.storage().step_change(&step).await?;
        Ok(())
    }

    /// Ends a proposal that cannot be carried out, and gives the answer that says so.
    async fn close_waiting(&self, change: &ChangeRecord, answer: ApiError) -> Failure {
        let mut step = self.change_step(
            change,
            None,
            ChangeState::Proposed,
            ChangeState::Refused,
            &answer.message,
        );
        step.set.outcome = Some(answer.message.clone());
        match self.take_waiting(&step).await {
            Ok(()) => answer.into(),
            Err(failure) => failure,
        }
    }

    async fn take_waiting(
        &self,
        step: &orderdesk_mcp_storage::record::ChangeStep,
    ) -> Result<(), Failure> {
        match self.storage().step_change(step).await? {
            Stepped::Done => Ok(()),
            Stepped::Elsewhere(state) => Err(not_waiting(state)),
            _ => Err(no_such_change()),
        }
    }
}

fn own_proposal(caller: &Caller) -> ApiError {
    let text = match caller.standing() {
        Standing::Key(..) => {
            "The key that proposed a change cannot approve it. Sign in with another master key of this workspace."
        }
        Standing::Role(_) => {
            "You proposed this change, so somebody else has to approve it: another owner, admin or operator."
        }
    };
    ApiError::new(ErrorCode::Forbidden, text)
}

fn store_gone() -> ApiError {
    ApiError::new(
        ErrorCode::NotFound,
        "The store of this change is no longer in this workspace. The change was closed; nothing was changed.",
    )
}

fn does_not_fit() -> ApiError {
    ApiError::new(
        ErrorCode::Conflict,
        "The record was edited meanwhile so that this change does not fit it any more. It was closed; nothing was changed.",
    )
}

fn worked_out_anew() -> ApiError {
    ApiError::new(
        ErrorCode::Conflict,
        "Somebody else edited the record meanwhile. The change was worked out anew: look at it and decide again. Nothing was changed.",
    )
}

fn not_waiting(state: ChangeState) -> Failure {
    ApiError::new(
        ErrorCode::Conflict,
        format!(
            "This change does not wait for a decision any more: it is {}.",
            state.as_str().replace('_', " ")
        ),
    )
    .into()
}

fn other_difference() -> Failure {
    ApiError::new(
        ErrorCode::Conflict,
        "The difference is not the one you looked at: it was worked out anew meanwhile. Look at it and decide again. Nothing was changed.",
    )
    .into()
}
