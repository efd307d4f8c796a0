//! What a call that changes something is answered with.

use orderdesk_mcp_contract::tools::receipt::{
    BudgetLeft, ChangeReceipt, PendingApproval, WriteStatus,
};
use orderdesk_mcp_contract::views::change::RecordKind;
use orderdesk_mcp_contract::{ApiError, ChangeId, ChangeState, ErrorCode, Money};
use orderdesk_mcp_storage::record::{BudgetUse, ChangeRecord, StoreRecord};
use std::time::Duration;
use tokio::time::Instant;

use super::ask::WorkedOut;
use super::engine::code_of;
use super::policy::Ruling;
use super::record::Record;
use super::sealed::Opened;
use crate::caller::Caller;
use crate::error::Failure;
use crate::services::Services;
use crate::tools::store_ref;
use crate::traces::Call;

/// How often a change is looked at that another call carries out.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// A receipt in the making.
pub(super) struct Receipt {
    kind: RecordKind,
    record_id: Option<String>,
    receipt: Parts,
}

struct Parts {
    status: WriteStatus,
    change_id: Option<ChangeId>,
    state: Option<ChangeState>,
    diff: Vec<orderdesk::FieldChange>,
    version: Option<String>,
    warnings: Vec<String>,
    upstream_calls: Vec<String>,
    approval: Option<PendingApproval>,
    budget_left: Option<BudgetLeft>,
    message: String,
}

impl Receipt {
    pub(super) fn preview(worked: &WorkedOut, ruling: Ruling) -> Self {
        let mut message = format!("{}. Nothing was written.", worked.planned.summary());
        if let Ruling::Wait(reasons) = ruling {
            message.push_str(" A person would have to approve it: ");
            message.push_str(&reasons.join(" "));
        }
        Self::worked_out(worked, WriteStatus::Preview, message)
    }

    pub(super) fn unchanged(worked: &WorkedOut) -> Self {
        let message = "Order Desk has it so already. Nothing was written.".to_owned();
        Self::worked_out(worked, WriteStatus::Unchanged, message)
    }

    fn worked_out(worked: &WorkedOut, status: WriteStatus, message: String) -> Self {
        let planned = &worked.planned;
        let is_preview = status == WriteStatus::Preview;
        Self {
            kind: planned.operation.record_kind(),
            record_id: worked.record_id.clone(),
            receipt: Parts {
                status,
                change_id: None,
                state: None,
                diff: planned.diff.clone(),
                version: worked.before.as_ref().map(Record::version),
                warnings: planned.warnings.clone(),
                upstream_calls: if is_preview {
                    planned.operation.calls()
                } else {
                    Vec::new()
                },
                approval: None,
                budget_left: None,
                message,
            },
        }
    }

    fn of(
        change: ChangeRecord,
        opened: Opened,
        page_url: String,
        budget_left: Option<BudgetLeft>,
    ) -> Self {
        let state = change.state;
        let (status, message) = status_of(&change);
        let is_pending = state == ChangeState::Proposed;
        let approval = is_pending.then(|| PendingApproval {
            page_url,
            expires_at: change.expires_at.unwrap_or_default(),
            reasons: opened.plan.reasons.clone(),
        });
        Self {
            kind: change.record_kind,
            record_id: change.record_id,
            receipt: Parts {
                status,
                change_id: Some(change.id),
                state: Some(state),
                upstream_calls: opened.plan.operation.calls(),
                diff: opened.plan.diff,
                version: change.version_after.or(change.version_before),
                warnings: opened.plan.warnings,
                approval,
                budget_left,
                message,
            },
        }
    }

    pub(super) fn finish(self, store: &StoreRecord) -> Result<ChangeReceipt, Failure> {
        let is_order = self.kind == RecordKind::Order;
        let Parts {
            status,
            change_id,
            state,
            diff,
            version,
            warnings,
            upstream_calls,
            approval,
            budget_left,
            message,
        } = self.receipt;
        Ok(ChangeReceipt {
            status,
            change_id,
            state,
            store: store_ref(store)?,
            order_id: self.record_id.clone().filter(|_| is_order),
            product_id: self.record_id.filter(|_| !is_order),
            diff,
            version,
            warnings,
            upstream_calls,
            approval,
            budget_left,
            message,
        })
    }
}

fn status_of(change: &ChangeRecord) -> (WriteStatus, String) {
    let follow = || format!("Follow it with `changes_get` and {}.", change.id);
    match change.state {
        ChangeState::Proposed => (
            WriteStatus::Pending,
            format!(
                "Proposed, not written: a person must approve it on the page in `approval`. {}",
                follow()
            ),
        ),
        ChangeState::Approved | ChangeState::Applying => (
            WriteStatus::Running,
            format!("Being written now. {}", follow()),
        ),
        ChangeState::Applied => (
            WriteStatus::Running,
            format!(
                "Order Desk accepted it; it is still to be read back. {}",
                follow()
            ),
        ),
        ChangeState::Unknown => (
            WriteStatus::Unknown,
            format!(
                "It is not known whether Order Desk made the change: its answer was lost. It is being looked for; do not send it again. {}",
                follow()
            ),
        ),
        ChangeState::Undone => (
            WriteStatus::Success,
            "Done, and taken back since.".to_owned(),
        ),
        _ => (
            WriteStatus::Success,
            format!(
                "{}. {}",
                change.summary,
                change.outcome.as_deref().unwrap_or("Done.")
            ),
        ),
    }
}

impl Services {
    /// A change as it stands now; one that came to nothing is an error.
    pub(super) async fn receipt(
        &self,
        call: &Call,
        id: ChangeId,
        store: &StoreRecord,
    ) -> Result<ChangeReceipt, Failure> {
        let tenant = call.tenant();
        let change = self
            .storage()
            .change(tenant, id)
            .await?
            .ok_or_else(no_such_change)?;
        if let Some(code) = code_of(change.state) {
            let why = change
                .outcome
                .clone()
                .unwrap_or_else(|| came_to_nothing(&change));
            return Err(ApiError::new(code, why).into());
        }
        let opened = self.open_parts(tenant, id).await?;
        let left = self.budget_left(call.caller()).await?;
        Receipt::of(change, opened, self.change_url(id), left).finish(store)
    }

    /// The receipt of a change for one who comes back to it with nothing but its id.
    pub(crate) async fn receipt_of(
        &self,
        call: &Call,
        id: ChangeId,
    ) -> Result<ChangeReceipt, Failure> {
        let change = self.storage().change(call.tenant(), id).await?;
        let change = change.ok_or_else(no_such_change)?;
        let Some(store) = self.store_by_uid(call.tenant(), change.store_id).await? else {
            let text = format!(
                "The store of the change {id} is not in this workspace any more. `changes_get` shows what became of it."
            );
            return Err(ApiError::new(ErrorCode::NotFound, text).into());
        };
        call.about_store(store.id);
        self.receipt_when_settled(call, id, &store).await
    }

    /// The receipt of a change that another call carries out, when it has settled or the deadline is near.
    pub(super) async fn receipt_when_settled(
        &self,
        call: &Call,
        id: ChangeId,
        store: &StoreRecord,
    ) -> Result<ChangeReceipt, Failure> {
        call.about_change(id);
        let deadline = self.write_deadline(call);
        loop {
            let change = self.storage().change(call.tenant(), id).await?;
            let is_moving = change.is_some_and(|change| {
                matches!(
                    change.state,
                    ChangeState::Approved | ChangeState::Applying | ChangeState::Applied
                )
            });
            if !is_moving || Instant::now() >= deadline {
                return self.receipt(call, id, store).await;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Where people see a change.
    pub(super) fn change_url(&self, id: ChangeId) -> String {
        format!("{}/changes/{id}", self.settings().public_url)
    }

    /// What the caller's key may still change; none where it has no budget.
    pub(super) async fn budget_left(&self, caller: &Caller) -> Result<Option<BudgetLeft>, Failure> {
        let policy = self.policy_of(caller).await?;
        let Some(check) = self.budget_check(&policy, self.now()) else {
            return Ok(None);
        };
        let used = self
            .storage()
            .budget_use(caller.tenant_id(), caller.actor_id(), check.from)
            .await?;
        Ok(Some(left(&policy.budget, &used)))
    }
}

/// What is left of a budget.
pub(crate) fn left(budget: &orderdesk_mcp_contract::Budget, used: &BudgetUse) -> BudgetLeft {
    BudgetLeft {
        window_minutes: budget.window_minutes,
        changes: budget.changes.map(|most| most.saturating_sub(used.changes)),
        orders: budget.orders.map(|most| most.saturating_sub(used.orders)),
        money: budget
            .money
            .map(|most| most.minus(used.money).max(Money::ZERO)),
    }
}

fn came_to_nothing(change: &ChangeRecord) -> String {
    let state = change.state.as_str().replace('_', " ");
    let reason = change
        .decision_reason
        .as_deref()
        .map_or_else(String::new, |reason| {
            format!(" The person said: \"{reason}\".")
        });
    format!(
        "The change {} is {state}; nothing was changed.{reason}",
        change.id
    )
}

pub(super) fn no_such_change() -> Failure {
    ApiError {
        field: Some("change_id".into()),
        ..ApiError::new(
            ErrorCode::NotFound,
            "There is no such change in this workspace. `changes_list` has their ids.",
        )
    }
    .into()
}
