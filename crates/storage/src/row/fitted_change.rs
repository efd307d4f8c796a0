use orderdesk_mcp_contract::Money;

use crate::record::{ChangeRecord, ChangeUpdate};

use super::fitted::cut_to;

/// Longest free texts of a change, in characters, as the columns' CHECKs have it.
const STORE_NAME_MAX: usize = 200;
const SUMMARY_MAX: usize = 200;
const CLIENT_MAX: usize = 120;
const REASON_MAX: usize = 500;
const OUTCOME_MAX: usize = 1000;
const EVENT_MAX: usize = 500;

/// A change as it is written. Its free texts fit their columns: what may have been sent must be recorded, and no odd
/// text may be in the way. Ids, hashes and versions are left as they are, because cut ones would be others.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct FittedChange<'a> {
    pub id: String,
    pub tenant_id: String,
    pub store_id: String,
    pub store_name: String,
    pub record_kind: &'static str,
    pub record_id: Option<&'a str>,
    pub tool: &'a str,
    pub summary: String,
    pub state: &'static str,
    pub key_id: String,
    pub door: &'static str,
    pub client: Option<String>,
    pub reason: Option<String>,
    pub field_count: i64,
    pub money: i64,
    pub plan_hash: &'a str,
    pub version_before: Option<&'a str>,
    pub version_after: Option<&'a str>,
    pub created_at: i64,
    pub updated_at: i64,
    pub expires_at: Option<i64>,
    pub applying_at: Option<i64>,
    pub decided_by: Option<String>,
    pub decision_reason: Option<String>,
    pub outcome: Option<String>,
    pub undoes: Option<String>,
    pub undone_by: Option<String>,
}

impl<'a> From<&'a ChangeRecord> for FittedChange<'a> {
    fn from(change: &'a ChangeRecord) -> Self {
        Self {
            id: change.id.to_string(),
            tenant_id: change.tenant_id.to_string(),
            store_id: change.store_id.to_string(),
            store_name: cut_to(STORE_NAME_MAX, &change.store_name),
            record_kind: change.record_kind.as_str(),
            record_id: change.record_id.as_deref(),
            tool: &change.tool,
            summary: cut_to(SUMMARY_MAX, &change.summary),
            state: change.state.as_str(),
            key_id: change.key_id.to_string(),
            door: change.door.as_str(),
            client: fitted(CLIENT_MAX, change.client.as_deref()),
            reason: fitted_reason(change.reason.as_deref()),
            field_count: change.field_count.into(),
            money: change.money.ten_thousandths(),
            plan_hash: &change.plan_hash,
            version_before: change.version_before.as_deref(),
            version_after: change.version_after.as_deref(),
            created_at: change.created_at.0,
            updated_at: change.updated_at.0,
            expires_at: change.expires_at.map(|at| at.0),
            applying_at: change.applying_at.map(|at| at.0),
            decided_by: change.decided_by.map(|id| id.to_string()),
            decision_reason: fitted_reason(change.decision_reason.as_deref()),
            outcome: fitted(OUTCOME_MAX, change.outcome.as_deref()),
            undoes: change.undoes.map(|id| id.to_string()),
            undone_by: change.undone_by.map(|id| id.to_string()),
        }
    }
}

/// New values of a change's columns as they are written; absent ones stay.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct FittedUpdate<'a> {
    pub record_id: Option<&'a str>,
    pub summary: Option<String>,
    pub field_count: Option<i64>,
    pub money: Option<i64>,
    pub plan_hash: Option<&'a str>,
    pub version_before: Option<&'a str>,
    pub version_after: Option<&'a str>,
    pub expires_at: Option<i64>,
    pub decided_by: Option<String>,
    pub decision_reason: Option<String>,
    pub outcome: Option<String>,
    pub undone_by: Option<String>,
}

impl<'a> From<&'a ChangeUpdate> for FittedUpdate<'a> {
    fn from(set: &'a ChangeUpdate) -> Self {
        Self {
            record_id: set.record_id.as_deref(),
            summary: fitted(SUMMARY_MAX, set.summary.as_deref()),
            field_count: set.field_count.map(i64::from),
            money: set.money.map(Money::ten_thousandths),
            plan_hash: set.plan_hash.as_deref(),
            version_before: set.version_before.as_deref(),
            version_after: set.version_after.as_deref(),
            expires_at: set.expires_at.map(|at| at.0),
            decided_by: set.decided_by.map(|id| id.to_string()),
            decision_reason: fitted_reason(set.decision_reason.as_deref()),
            outcome: fitted(OUTCOME_MAX, set.outcome.as_deref()),
            undone_by: set.undone_by.map(|id| id.to_string()),
        }
    }
}

/// An entry of the journal that fits its column.
pub fn fitted_event(text: &str) -> String {
    cut_to(EVENT_MAX, text)
}

/// A reason that fits its column.
pub fn fitted_reason(text: Option<&str>) -> Option<String> {
    fitted(REASON_MAX, text)
}

fn fitted(most: usize, text: Option<&str>) -> Option<String> {
    text.map(|text| cut_to(most, text))
}
