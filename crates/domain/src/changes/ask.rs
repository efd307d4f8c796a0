//! From a wish to a change: checks, plan, ruling, record, and carrying out.

use std::sync::Arc;

use orderdesk::NewNotes;
use orderdesk::client::Priority;
use orderdesk_mcp_contract::tools::receipt::{ChangeReceipt, WriteOptions};
use orderdesk_mcp_contract::views::change::RecordKind;
use orderdesk_mcp_contract::{
    ApiError, ChangeId, ChangeState, ErrorCode, KeyPolicy, TenantId, UtcMillis,
};
use orderdesk_mcp_storage::record::{BudgetCheck, ChangeKey, SpanKind, StoreRecord};
use tokio::time::Instant;

use super::add::Recorded;
use super::engine::{Ended, Work};
use super::look;
use super::names::wish_text;
use super::operation::Operation;
use super::plan::{self, Planned};
use super::policy::{Case, Ruling, rule};
use super::receipt::Receipt;
use super::record::Record;
use super::request::{Asked, ChangeRequest};
use super::wish::{self, Context};
use super::words;
use crate::caller::Caller;
use crate::error::Failure;
use crate::services::Services;
use crate::traces::Call;
use crate::upstream::Shop;

/// What is to be done, before it is worked out on the record.
pub(super) enum Wish<'a> {
    /// What a tool asks.
    Asked(&'a Asked),
    /// The way back from another change.
    Back {
        operation: Operation,
        record_id: Option<String>,
        undoes: ChangeId,
        /// What cannot be carried over to the record as it is now is left out.
        partial: bool,
    },
}

impl Wish<'_> {
    fn target(&self) -> (RecordKind, Option<&str>) {
        match self {
            Self::Asked(asked) => asked.target(),
            Self::Back {
                operation,
                record_id,
                ..
            } => (operation.record_kind(), record_id.as_deref()),
        }
    }

    pub(super) fn undoes(&self) -> Option<ChangeId> {
        match self {
            Self::Asked(_) => None,
            Self::Back { undoes, .. } => Some(*undoes),
        }
    }
}

/// A wish with all that belongs to it.
pub(super) struct Proposal<'a> {
    pub(super) tool: &'static str,
    pub(super) store: Arc<StoreRecord>,
    pub(super) wish: Wish<'a>,
    pub(super) wish_text: String,
    pub(super) options: WriteOptions,
}

impl Services {
    /// Does what a tool asks, by way of a change.
    ///
    /// # Errors
    /// In words: refused by a stop, the policy, the budget or the version; a conflict; what Order Desk refuses.
    pub(crate) async fn ask_change(
        &self,
        call: &Call,
        request: ChangeRequest,
    ) -> Result<ChangeReceipt, Failure> {
        let wish_text = wish_text(
            &request.store.id.to_string(),
            request.tool,
            &request.asked,
            request.options.if_version.as_deref(),
        );
        self.propose(
            call,
            Proposal {
                tool: request.tool,
                store: request.store,
                wish: Wish::Asked(&request.asked),
                wish_text,
                options: request.options,
            },
        )
        .await
    }

    /// Every change begins here.
    pub(super) async fn propose(
        &self,
        call: &Call,
        proposal: Proposal<'_>,
    ) -> Result<ChangeReceipt, Failure> {
        let caller = call.caller();
        let tenant = call.tenant();
        let policy = self.rules_of(call, &proposal.store).await?;
        if proposal.options.dry_run {
            return self.preview(call, &proposal, &policy).await;
        }
        let now = self.now();
        let name = self.name_of(
            caller,
            proposal.options.idempotency_key.as_deref(),
            &proposal.wish_text,
            now,
        );
        let began = Instant::now();
        let turn = self.wishes().turn(&name.hash).await;
        call.observer().waited("wait for the same wish", began);
        if let Some(id) = self.change_named(tenant, &name, now).await? {
            drop(turn);
            return self.receipt_when_settled(call, id, &proposal.store).await;
        }
        let shop = self.shop_of(call, &proposal.store)?;
        let worked = self.work_out(call, &proposal, &shop).await;
        // What is not to be done, or not any more, may be what another process has just done for the same wish.
        let is_to_be_done = worked
            .as_ref()
            .is_ok_and(|worked| !worked.planned.is_nothing());
        if !is_to_be_done && let Some(id) = self.change_named(tenant, &name, now).await? {
            drop(turn);
            return self.receipt_when_settled(call, id, &proposal.store).await;
        }
        let worked = worked?;
        let ruling = self.ruled(caller, &policy, &proposal, &worked)?;
        if worked.planned.is_nothing() {
            return self.unchanged(&proposal, &worked);
        }
        let reasons = match ruling {
            Ruling::Go => Vec::new(),
            Ruling::Wait(reasons) => reasons,
            Ruling::Refuse(why) => return Err(ApiError::new(ErrorCode::Forbidden, why).into()),
        };
        let (change, plan) = match self
            .record_change(call, &proposal, &worked, reasons, &name)
            .await?
        {
            Recorded::Added(change, plan) => (*change, *plan),
            Recorded::Known(id, request_hash) => {
                drop(turn);
                refuse_reused(&request_hash, &name)?;
                return self.receipt_when_settled(call, id, &proposal.store).await;
            }
        };
        drop(turn);
        let id = change.id;
        call.about_change(id);
        call.changes(&worked.planned.diff);
        if change.state == ChangeState::Proposed {
            return self.receipt(call, id, &proposal.store).await;
        }
        let work = Work {
            services: self.clone(),
            shop,
            store: Arc::clone(&proposal.store),
            change,
            plan,
            planned: worked.planned,
            before: worked.before,
            budget: self.budget_check(&policy, now),
        };
        match self.carry_out(work, self.write_deadline(call)).await {
            Some(Ended::Failed(error)) => Err(error.into()),
            Some(Ended::AsRecorded) | None => {
                let receipt = self.receipt(call, id, &proposal.store).await;
                receipt.map_err(|failure| not_unchanged(failure, id))
            }
        }
    }

    /// The change that this wish has become already.
    async fn change_named(
        &self,
        tenant: TenantId,
        name: &ChangeKey,
        now: UtcMillis,
    ) -> Result<Option<ChangeId>, Failure> {
        let known = self.storage().change_by_key(tenant, &name.hash, now);
        let Some(known) = known.await? else {
            return Ok(None);
        };
        refuse_reused(&known.request_hash, name)?;
        Ok(Some(known.id))
    }

    /// The rules of a key, where neither a stop nor a budget that is used up keeps it from changing anything.
    async fn rules_of(&self, call: &Call, store: &StoreRecord) -> Result<KeyPolicy, Failure> {
        let (caller, began) = (call.caller(), Instant::now());
        let rules = async {
            let stop = self
                .stop_for(call.tenant(), store.id, caller.actor_id())
                .await?;
            if let Some(stop) = stop {
                return Err(words::stopped(&stop, None).into());
            }
            let policy = self.policy_of(caller).await?;
            self.refuse_spent(caller, &policy).await?;
            Ok(policy)
        };
        let rules = rules.await;
        let log = call.observer();
        log.ended(
            SpanKind::Policy,
            "stops, rules and budget",
            began,
            rules.is_ok(),
        );
        rules
    }

    /// Carries a change out in a task that ends by itself, and waits for it until the deadline.
    pub(super) async fn carry_out(&self, work: Work, deadline: Instant) -> Option<Ended> {
        let id = work.change.id;
        let task = self.change_tasks().spawn(work.run());
        match tokio::time::timeout_at(deadline, task).await {
            Ok(Ok(Ok(ended))) => Some(ended),
            // Before its intent: nothing was sent, and our own words say so.
            Ok(Ok(Err(failure))) => Some(Ended::Failed(failure.answer())),
            // The process's panic hook has logged where it was; the completer looks after the change.
            Ok(Err(_)) => Some(Ended::Failed(words::left_open(id))),
            Err(_) => None,
        }
    }

    /// When a write is answered at the latest: a little before the call would be cut off.
    pub(super) fn write_deadline(&self, call: &Call) -> Instant {
        let whole = self.settings().tool_deadline;
        let left = whole.saturating_sub(call.elapsed());
        Instant::now() + left.saturating_sub(whole / 10)
    }

    pub(super) fn shop_of(&self, call: &Call, store: &StoreRecord) -> Result<Shop, Failure> {
        let (client, credentials) = self.open_store(store)?;
        Ok(Shop::new(client, credentials, call.observer()))
    }

    /// A store whose key has used all its changes is not asked in vain.
    async fn refuse_spent(&self, caller: &Caller, policy: &KeyPolicy) -> Result<(), Failure> {
        let Some(check) = self.budget_check(policy, self.now()) else {
            return Ok(());
        };
        let used = self
            .storage()
            .budget_use(caller.tenant_id(), caller.actor_id(), check.from)
            .await?;
        let is_spent = check.changes.is_some_and(|most| used.changes >= most)
            || check.money.is_some_and(|most| used.money > most);
        if is_spent {
            return Err(words::over_budget(Some(&check), &used, None).into());
        }
        Ok(())
    }

    /// The budget as a step checks it; none where nothing is limited.
    pub(super) fn budget_check(&self, policy: &KeyPolicy, now: UtcMillis) -> Option<BudgetCheck> {
        let budget = &policy.budget;
        budget.is_limited().then(|| BudgetCheck {
            from: now.plus_millis(-60_000 * i64::from(budget.window_minutes)),
            changes: budget.changes,
            orders: budget.orders,
            money: budget.money,
        })
    }

    async fn preview(
        &self,
        call: &Call,
        proposal: &Proposal<'_>,
        policy: &KeyPolicy,
    ) -> Result<ChangeReceipt, Failure> {
        let shop = self.shop_of(call, &proposal.store)?;
        let worked = self.work_out(call, proposal, &shop).await?;
        let ruling = self.ruled(call.caller(), policy, proposal, &worked)?;
        if worked.planned.is_nothing() {
            return self.unchanged(proposal, &worked);
        }
        Receipt::preview(&worked, ruling).finish(&proposal.store)
    }

    fn unchanged(
        &self,
        proposal: &Proposal<'_>,
        worked: &WorkedOut,
    ) -> Result<ChangeReceipt, Failure> {
        Receipt::unchanged(worked).finish(&proposal.store)
    }

    fn ruled(
        &self,
        caller: &Caller,
        policy: &KeyPolicy,
        proposal: &Proposal<'_>,
        worked: &WorkedOut,
    ) -> Result<Ruling, Failure> {
        let ruling = rule(&Case {
            access: caller.access(),
            policy,
            tool: proposal.tool,
            planned: &worked.planned,
            before: worked.before.as_ref(),
        });
        if let Ruling::Refuse(why) = &ruling {
            return Err(ApiError::new(ErrorCode::Forbidden, why.clone()).into());
        }
        Ok(ruling)
    }

    /// Reads the record as it is now and works the wish out on it.
    async fn work_out(
        &self,
        call: &Call,
        proposal: &Proposal<'_>,
        shop: &Shop,
    ) -> Result<WorkedOut, Failure> {
        let id = self.new_change_id()?;
        let (kind, record_id) = proposal.wish.target();
        let before = match record_id {
            Some(record_id) => Some(
                look::read(shop, kind, record_id, Priority::InteractiveRead)
                    .await?
                    .ok_or_else(|| no_such_record(kind, record_id, &proposal.store))?,
            ),
            None => None,
        };
        refuse_other_version(proposal.options.if_version.as_deref(), before.as_ref())?;
        let planned = match &proposal.wish {
            Wish::Asked(asked) => {
                let context = self.context(call, proposal, id).await?;
                let operation = wish::operation(asked, before.as_ref(), &context)?;
                plan::plan(&operation, before.as_ref())
            }
            Wish::Back {
                operation, partial, ..
            } => plan::plan(operation, before.as_ref()).or_else(|clash| {
                match before.as_ref().filter(|_| *partial) {
                    Some(before) => plan::rest(operation, before).ok_or(clash),
                    None => Err(clash),
                }
            }),
        };
        let planned = planned.map_err(|clash| {
            let hint = match &proposal.wish {
                Wish::Back { .. } => {
                    " With `partial: true` only what nobody else touched is taken back."
                }
                Wish::Asked(_) => "",
            };
            ApiError::new(
                ErrorCode::Conflict,
                format!(
                    "Not possible, because {}. Nothing was changed.{hint}",
                    clash.what
                ),
            )
        })?;
        Ok(WorkedOut {
            id,
            record_id: record_id.map(str::to_owned),
            before,
            planned,
        })
    }

    async fn context(
        &self,
        call: &Call,
        proposal: &Proposal<'_>,
        id: ChangeId,
    ) -> Result<Context, Failure> {
        let folders = match &proposal.wish {
            Wish::Asked(Asked::MoveOrder { .. }) => {
                let info = self.store_settings(call, &proposal.store).await?;
                let folders = info.folders().into_iter();
                folders
                    .map(|folder| (folder.id.to_string(), folder.name))
                    .collect()
            }
            _ => Vec::new(),
        };
        let now = self.now().to_string();
        Ok(Context {
            id,
            notes: NewNotes {
                username: call.caller().actor_name().to_owned(),
                date_added: format!("{} {}", &now[..10], &now[11..19]),
                repeat: false,
            },
            folders,
        })
    }
}

/// A wish worked out on the record as it is now.
pub(super) struct WorkedOut {
    pub(super) id: ChangeId,
    pub(super) record_id: Option<String>,
    pub(super) before: Option<Record>,
    pub(super) planned: Planned,
}

/// A database that fails now says nothing of the change, which was carried out before.
fn not_unchanged(failure: Failure, id: ChangeId) -> Failure {
    match failure {
        Failure::Storage(_) => {
            failure.answer();
            words::left_open(id).into()
        }
        other => other,
    }
}

fn refuse_reused(request_hash: &str, name: &ChangeKey) -> Result<(), ApiError> {
    if request_hash == name.request_hash {
        return Ok(());
    }
    Err(ApiError {
        field: Some("idempotency_key".into()),
        ..ApiError::new(
            ErrorCode::Conflict,
            "This `idempotency_key` was used for another change within the last 24 hours. Give a new one; nothing was changed.",
        )
    })
}

fn refuse_other_version(wanted: Option<&str>, before: Option<&Record>) -> Result<(), ApiError> {
    let (Some(wanted), Some(before)) = (wanted, before) else {
        return Ok(());
    };
    let found = before.version();
    if found == wanted {
        return Ok(());
    }
    Err(ApiError {
        field: Some("if_version".into()),
        ..ApiError::new(
            ErrorCode::Conflict,
            format!(
                "The record has changed since you read it (its version is {found} now). Nothing was changed. Read it again and decide anew."
            ),
        )
    })
}

fn no_such_record(kind: RecordKind, id: &str, store: &StoreRecord) -> ApiError {
    let (field, hint) = match kind {
        RecordKind::Order => ("order_id", "orders_list"),
        RecordKind::Product => ("product_id", "products_list"),
    };
    ApiError {
        field: Some(field.into()),
        ..ApiError::new(
            ErrorCode::NotFound,
            format!(
                "There is no {} {id} in the store `{}`. `{hint}` finds ids.",
                kind.as_str(),
                store.name
            ),
        )
    }
}
