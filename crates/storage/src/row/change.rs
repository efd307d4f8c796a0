use orderdesk_mcp_contract::views::change::RecordKind;
use orderdesk_mcp_contract::{ChangeState, Money, StopScope, UtcMillis};

use super::{At, named};
use crate::error::StorageError;
use crate::record::{
    ChangeEvent, ChangeImage, ChangeRecord, Door, ImagePart, KnownChange, OpenChange, WriteStop,
};

/// A row of `changes`.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct ChangeRow {
    pub id: String,
    pub tenant_id: String,
    pub store_id: String,
    pub store_name: String,
    pub record_kind: String,
    pub record_id: Option<String>,
    pub tool: String,
    pub summary: String,
    pub state: String,
    pub key_id: String,
    pub door: String,
    pub client: Option<String>,
    pub reason: Option<String>,
    pub field_count: i64,
    pub money: i64,
    pub plan_hash: String,
    pub version_before: Option<String>,
    pub version_after: Option<String>,
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

impl TryFrom<ChangeRow> for ChangeRecord {
    type Error = StorageError;
    fn try_from(row: ChangeRow) -> Result<Self, StorageError> {
        let at = changes(&row.id);
        Ok(Self {
            id: at.parse("id", &row.id)?,
            tenant_id: at.parse("tenant_id", &row.tenant_id)?,
            store_id: at.parse("store_id", &row.store_id)?,
            store_name: row.store_name,
            record_kind: RecordKind::from_name(&row.record_kind)
                .ok_or_else(|| at.corrupt("record_kind"))?,
            record_id: row.record_id,
            tool: row.tool,
            summary: row.summary,
            state: at.state(&row.state)?,
            key_id: at.parse("key_id", &row.key_id)?,
            door: named(Door::ALL, Door::as_str, &row.door).ok_or_else(|| at.corrupt("door"))?,
            client: row.client,
            reason: row.reason,
            field_count: row
                .field_count
                .try_into()
                .map_err(|_| at.corrupt("field_count"))?,
            money: Money::from_ten_thousandths(row.money),
            plan_hash: row.plan_hash,
            version_before: row.version_before,
            version_after: row.version_after,
            created_at: UtcMillis(row.created_at),
            updated_at: UtcMillis(row.updated_at),
            expires_at: row.expires_at.map(UtcMillis),
            applying_at: row.applying_at.map(UtcMillis),
            decided_by: at.parse_opt("decided_by", row.decided_by)?,
            decision_reason: row.decision_reason,
            outcome: row.outcome,
            undoes: at.parse_opt("undoes", row.undoes)?,
            undone_by: at.parse_opt("undone_by", row.undone_by)?,
        })
    }
}

/// What a step needs of a row of `changes`, as the step leaves it.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct StepRow {
    pub store_id: String,
    pub record_kind: String,
    pub record_id: Option<String>,
    pub key_id: String,
    pub money: i64,
}

impl StepRow {
    /// By how much the change moves the order's total.
    pub fn money(&self) -> Money {
        Money::from_ten_thousandths(self.money)
    }
}

/// Reads the state of a change.
///
/// # Errors
/// `Corrupt` when there is no such state.
pub fn change_state(id: &str, state: &str) -> Result<ChangeState, StorageError> {
    changes(id).state(state)
}

/// The columns of `changes` that name one to be looked after.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct OpenChangeRow {
    pub tenant_id: String,
    pub id: String,
    pub state: String,
}

impl TryFrom<OpenChangeRow> for OpenChange {
    type Error = StorageError;
    fn try_from(row: OpenChangeRow) -> Result<Self, StorageError> {
        let at = changes(&row.id);
        Ok(Self {
            tenant_id: at.parse("tenant_id", &row.tenant_id)?,
            id: at.parse("id", &row.id)?,
            state: at.state(&row.state)?,
        })
    }
}

/// A row of `change_images`.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct ChangeImageRow {
    pub change_id: String,
    pub part: String,
    pub sealed_key_version: i64,
    pub sealed: Vec<u8>,
}

impl TryFrom<ChangeImageRow> for ChangeImage {
    type Error = StorageError;
    fn try_from(row: ChangeImageRow) -> Result<Self, StorageError> {
        let at = At {
            table: "change_images",
            row: &row.change_id,
        };
        Ok(Self {
            part: named(ImagePart::ALL, ImagePart::as_str, &row.part)
                .ok_or_else(|| at.corrupt("part"))?,
            sealed: at.sealed(row.sealed_key_version, row.sealed)?,
        })
    }
}

/// A row of `change_events`.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct ChangeEventRow {
    pub change_id: String,
    pub happened_at: i64,
    pub state: Option<String>,
    pub text: String,
}

impl TryFrom<ChangeEventRow> for ChangeEvent {
    type Error = StorageError;
    fn try_from(row: ChangeEventRow) -> Result<Self, StorageError> {
        let at = At {
            table: "change_events",
            row: &row.change_id,
        };
        Ok(Self {
            at: UtcMillis(row.happened_at),
            state: row.state.map(|state| at.state(&state)).transpose()?,
            text: row.text,
        })
    }
}

/// The columns of `change_keys` that say what a name stands for.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct KnownChangeRow {
    pub change_id: String,
    pub request_hash: String,
}

impl TryFrom<KnownChangeRow> for KnownChange {
    type Error = StorageError;
    fn try_from(row: KnownChangeRow) -> Result<Self, StorageError> {
        let at = At {
            table: "change_keys",
            row: &row.change_id,
        };
        Ok(Self {
            id: at.parse("change_id", &row.change_id)?,
            request_hash: row.request_hash,
        })
    }
}

/// A row of `write_stops`.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct WriteStopRow {
    pub tenant_id: String,
    pub scope: String,
    pub target: String,
    pub stopped_at: i64,
    pub stopped_by: String,
    pub reason: Option<String>,
}

impl TryFrom<WriteStopRow> for WriteStop {
    type Error = StorageError;
    fn try_from(row: WriteStopRow) -> Result<Self, StorageError> {
        let at = At {
            table: "write_stops",
            row: &row.target,
        };
        Ok(Self {
            tenant_id: at.parse("tenant_id", &row.tenant_id)?,
            scope: StopScope::from_name(&row.scope).ok_or_else(|| at.corrupt("scope"))?,
            since: UtcMillis(row.stopped_at),
            by: at.parse("stopped_by", &row.stopped_by)?,
            reason: row.reason,
            target: row.target,
        })
    }
}

fn changes(id: &str) -> At<'_> {
    At {
        table: "changes",
        row: id,
    }
}

impl At<'_> {
    fn state(self, name: &str) -> Result<ChangeState, StorageError> {
        ChangeState::from_name(name).ok_or_else(|| self.corrupt("state"))
    }
}
