use orderdesk_mcp_contract::tools::receipt::WriteStatus;
use orderdesk_mcp_contract::{ErrorCode, UtcMillis};

use super::{At, named};
use crate::error::StorageError;
use crate::record::{ConsoleCallHead, ConsoleCallRecord, ConsoleOutcome};

/// The stored name of what succeeded.
const OK: &str = "ok";

/// The stored name of an outcome: a failure's kind, or how far a write got. No name is both.
pub fn outcome_name(outcome: ConsoleOutcome) -> &'static str {
    match outcome {
        ConsoleOutcome {
            error: Some(code), ..
        } => code.as_str(),
        ConsoleOutcome {
            status: Some(status),
            ..
        } => status.as_str(),
        _ => OK,
    }
}

/// What a stored name says; none when it says nothing.
fn read_outcome(name: &str, duration_us: i64) -> Option<ConsoleOutcome> {
    let error = named(ErrorCode::ALL, ErrorCode::as_str, name);
    let status = named(WriteStatus::ALL, WriteStatus::as_str, name);
    (name == OK || error.is_some() || status.is_some()).then_some(ConsoleOutcome {
        error,
        status,
        duration_us,
    })
}

/// A row of `console_calls` as lists read it.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct ConsoleHeadRow {
    pub id: String,
    pub tool: String,
    pub name: Option<String>,
    pub outcome: Option<String>,
    pub duration_us: Option<i64>,
    pub created_at: i64,
}

impl TryFrom<ConsoleHeadRow> for ConsoleCallHead {
    type Error = StorageError;
    fn try_from(row: ConsoleHeadRow) -> Result<Self, StorageError> {
        let at = At {
            table: "console_calls",
            row: &row.id,
        };
        let outcome = match (row.outcome.as_deref(), row.duration_us) {
            (Some(name), Some(duration_us)) => {
                let outcome = read_outcome(name, duration_us);
                Some(outcome.ok_or_else(|| at.corrupt("outcome"))?)
            }
            _ => None,
        };
        Ok(Self {
            id: at.parse("id", &row.id)?,
            tool: row.tool,
            name: row.name,
            outcome,
            created_at: UtcMillis(row.created_at),
        })
    }
}

/// A whole row of `console_calls`.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct ConsoleCallRow {
    pub tenant_id: String,
    pub actor_id: String,
    pub id: String,
    pub tool: String,
    pub name: Option<String>,
    pub outcome: Option<String>,
    pub duration_us: Option<i64>,
    pub created_at: i64,
    pub sealed_key_version: i64,
    pub answer_key_version: Option<i64>,
    pub sealed_arguments: Vec<u8>,
    pub sealed_answer: Option<Vec<u8>>,
}

impl TryFrom<ConsoleCallRow> for ConsoleCallRecord {
    type Error = StorageError;
    fn try_from(row: ConsoleCallRow) -> Result<Self, StorageError> {
        let id = row.id.clone();
        let at = At {
            table: "console_calls",
            row: &id,
        };
        let answer = row.answer_key_version.zip(row.sealed_answer);
        Ok(Self {
            tenant_id: at.parse("tenant_id", &row.tenant_id)?,
            actor_id: at.parse("actor_id", &row.actor_id)?,
            sealed_arguments: at.sealed(row.sealed_key_version, row.sealed_arguments)?,
            sealed_answer: answer
                .map(|(version, bytes)| at.sealed(version, bytes))
                .transpose()?,
            head: ConsoleHeadRow {
                id: row.id,
                tool: row.tool,
                name: row.name,
                outcome: row.outcome,
                duration_us: row.duration_us,
                created_at: row.created_at,
            }
            .try_into()?,
        })
    }
}
