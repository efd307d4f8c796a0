//! Writing a change down, with all that is sealed of it.

use orderdesk_mcp_contract::time::whole_millis;
use orderdesk_mcp_contract::{ChangeId, ChangeState};
use orderdesk_mcp_storage::record::{Added, ChangeKey, ChangeRecord, ImagePart, NewChange};
use sha2::{Digest as _, Sha256};

use super::ask::{Proposal, WorkedOut};
use super::names::hex;
use super::operation::Operation;
use super::plan::Plan;
use super::record::Record;
use super::words;
use crate::error::Failure;
use crate::services::Services;
use crate::traces::Call;

/// What writing a change down came to.
pub(super) enum Recorded {
    /// It is there now.
    Added(Box<ChangeRecord>, Box<Plan>),
    /// The wish is another change's already; what that one was asked for.
    Known(ChangeId, String),
}

impl Services {
    pub(super) async fn record_change(
        &self,
        call: &Call,
        proposal: &Proposal<'_>,
        worked: &WorkedOut,
        reasons: Vec<String>,
        name: &ChangeKey,
    ) -> Result<Recorded, Failure> {
        let caller = call.caller();
        let tenant = call.tenant();
        let now = self.now();
        let plan = Plan {
            operation: worked.planned.operation.clone(),
            diff: worked.planned.diff.clone(),
            warnings: worked.planned.warnings.clone(),
            reasons,
        };
        let waits = !plan.reasons.is_empty();
        let ttl = whole_millis(self.settings().changes.proposal_ttl);
        let change = ChangeRecord {
            id: worked.id,
            tenant_id: tenant,
            store_id: proposal.store.id,
            store_name: proposal.store.name.clone(),
            record_kind: plan.operation.record_kind(),
            record_id: worked.record_id.clone(),
            tool: proposal.tool.to_owned(),
            summary: words::cut(&worked.planned.summary(), 200),
            state: if waits {
                ChangeState::Proposed
            } else {
                ChangeState::Approved
            },
            key_id: caller.actor_id(),
            door: caller.door(),
            client: caller.origin().client.as_deref().map(Into::into),
            reason: proposal.options.reason.clone(),
            field_count: u32::try_from(plan.diff.len()).unwrap_or(u32::MAX),
            money: worked.planned.money,
            plan_hash: plan_hash(worked.record_id.as_deref(), &plan, worked.before.as_ref())?,
            version_before: worked.before.as_ref().map(Record::version),
            version_after: None,
            created_at: now,
            updated_at: now,
            expires_at: waits.then(|| now.plus_millis(ttl)),
            applying_at: None,
            decided_by: None,
            decision_reason: None,
            outcome: None,
            undoes: proposal.wish.undoes(),
            undone_by: None,
        };
        let mut images = vec![self.seal_plan(tenant, change.id, &plan)?];
        if let Some(before) = &worked.before {
            images.push(self.seal_record(tenant, change.id, ImagePart::Before, before)?);
        }
        let new = NewChange {
            first_event: if waits {
                "Asked for; a person must approve it.".to_owned()
            } else {
                "Asked for; the policy lets it through.".to_owned()
            },
            change,
            images,
            keys: vec![name.clone()],
        };
        Ok(match self.storage().add_change(&new).await? {
            Added::Added => Recorded::Added(Box::new(new.change), Box::new(plan)),
            Added::Known(known) => Recorded::Known(known.id, known.request_hash),
        })
    }
}

/// What a decision binds: the record, the operation and the difference. A deletion takes everything, so it binds the
/// version too.
pub(super) fn plan_hash(
    record_id: Option<&str>,
    plan: &Plan,
    before: Option<&Record>,
) -> Result<String, Failure> {
    let version = before
        .filter(|_| matches!(plan.operation, Operation::DeleteOrder))
        .map(Record::version);
    let text = serde_json::to_string(&(record_id, &plan.operation, &plan.diff, version))
        .map_err(|error| Failure::bug("a plan is not JSON", error))?;
    Ok(hex(&Sha256::digest(text)))
}
