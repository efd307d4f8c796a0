//! Rules of changes that no constraint can say. Both databases ask here, so that they refuse the same.

use orderdesk_mcp_contract::{ChangeId, ChangeState};

use crate::error::StorageError;
use crate::record::{BudgetCheck, BudgetUse, ChangeStep, Lease, NewChange};
use crate::row::{StepRow, holds_nul};

/// What a caller of the ports did that no database would be right to carry out: a bug, never a person's mistake.
#[derive(Debug, thiserror::Error)]
enum Misuse {
    #[error("a change cannot begin as {}", .0.as_str())]
    Beginning(ChangeState),
    #[error("a change cannot go from {} to {}", .from.as_str(), .to.as_str())]
    Step { from: ChangeState, to: ChangeState },
    #[error("budgets and stops are looked at on the way from approved to applying only")]
    Looks,
    #[error("the {0} holds a character that cannot be stored")]
    Nul(&'static str),
}

fn misuse(misuse: Misuse) -> StorageError {
    StorageError::Failed(Box::new(misuse))
}

/// Refuses a change that is not at its beginning, or whose names cannot be stored.
///
/// # Errors
/// `Failed`.
pub fn may_begin(new: &NewChange) -> Result<(), StorageError> {
    let change = &new.change;
    if !matches!(change.state, ChangeState::Proposed | ChangeState::Approved) {
        return Err(misuse(Misuse::Beginning(change.state)));
    }
    storable("tool", Some(&change.tool))?;
    storable("record", change.record_id.as_deref())?;
    storable("plan's hash", Some(&change.plan_hash))?;
    storable("version", change.version_before.as_deref())?;
    storable("version", change.version_after.as_deref())?;
    for key in &new.keys {
        storable("name", Some(&key.hash))?;
        storable("request's hash", Some(&key.request_hash))?;
    }
    Ok(())
}

/// Refuses a step that the table of states does not allow, that looks at what only the way to `Applying` looks at, or
/// whose values cannot be stored.
///
/// # Errors
/// `Failed`.
pub fn may_step(step: &ChangeStep) -> Result<(), StorageError> {
    let (from, to) = (step.from, step.to);
    if !from.may_become(to) {
        return Err(misuse(Misuse::Step { from, to }));
    }
    let begins = (from, to) == (ChangeState::Approved, ChangeState::Applying);
    if !begins && (step.budget.is_some() || step.heeds_stops) {
        return Err(misuse(Misuse::Looks));
    }
    storable("record", step.set.record_id.as_deref())?;
    storable("plan's hash", step.set.plan_hash.as_deref())?;
    storable("version", step.set.version_before.as_deref())?;
    storable("version", step.set.version_after.as_deref())
}

/// Refuses a text that only one of the databases could hold. Free texts are not refused but cut: see the rows.
///
/// # Errors
/// `Failed`.
pub fn storable(what: &'static str, text: Option<&str>) -> Result<(), StorageError> {
    if text.is_some_and(holds_nul) {
        return Err(misuse(Misuse::Nul(what)));
    }
    Ok(())
}

/// Whether a lease is the one for a change's record: by the record's own name or, for one that is only being made, by
/// the change's.
pub fn covers(lease: &Lease, change: ChangeId, row: &StepRow) -> bool {
    let is_record = |record: &str| {
        let (kind, id) = record.split_once(':').unwrap_or((record, ""));
        match kind {
            "new" => id == change.to_string(),
            kind => kind == row.record_kind && Some(id) == row.record_id.as_deref(),
        }
    };
    lease.store_id.to_string() == row.store_id && is_record(&lease.record)
}

/// Whether a budget would be exceeded by one more change, given what is used without it and whether its record is among
/// the used ones.
pub fn exceeds(budget: &BudgetCheck, used: BudgetUse, row: &StepRow, knows_record: bool) -> bool {
    let orders = used.orders.saturating_add(u32::from(!knows_record));
    let money = used.money.plus(row.money());
    budget.changes.is_some_and(|most| used.changes >= most)
        || budget.orders.is_some_and(|most| orders > most)
        || budget.money.is_some_and(|most| money > most)
}
