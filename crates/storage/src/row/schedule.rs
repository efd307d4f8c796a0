use orderdesk_mcp_contract::UtcMillis;
use orderdesk_mcp_contract::trace::export::ExportFormat;
use orderdesk_mcp_contract::trace::schedule::Rhythm;

use super::{At, named};
use crate::error::StorageError;
use crate::record::ScheduleRecord;

/// A row of `schedules`.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct ScheduleRow {
    pub tenant_id: String,
    pub id: String,
    pub name: String,
    pub query: String,
    pub format: String,
    pub rhythm: String,
    pub sealed_key_version: Option<i64>,
    pub sealed_bucket: Option<Vec<u8>>,
    pub is_on: bool,
    pub exported_to: i64,
    pub next_at: i64,
    pub last_calls: Option<i64>,
    pub parts: i64,
    pub fails: i64,
    pub fault: Option<String>,
    pub created_at: i64,
}

impl TryFrom<ScheduleRow> for ScheduleRecord {
    type Error = StorageError;
    fn try_from(row: ScheduleRow) -> Result<Self, StorageError> {
        let at = At {
            table: "schedules",
            row: &row.id,
        };
        let sealed_bucket = match (row.sealed_key_version, row.sealed_bucket) {
            (Some(version), Some(bytes)) => Some(at.sealed(version, bytes)?),
            (None, None) => None,
            _ => return Err(at.corrupt("sealed_bucket")),
        };
        Ok(Self {
            tenant_id: at.parse("tenant_id", &row.tenant_id)?,
            id: at.parse("id", &row.id)?,
            name: row.name,
            query: row.query,
            format: named(ExportFormat::ALL, ExportFormat::as_str, &row.format)
                .ok_or_else(|| at.corrupt("format"))?,
            rhythm: named(Rhythm::ALL, Rhythm::as_str, &row.rhythm)
                .ok_or_else(|| at.corrupt("rhythm"))?,
            sealed_bucket,
            is_on: row.is_on,
            exported_to: UtcMillis(row.exported_to),
            next_at: UtcMillis(row.next_at),
            last_calls: row
                .last_calls
                .map(|calls| u64::try_from(calls).map_err(|_| at.corrupt("last_calls")))
                .transpose()?,
            parts: row.parts.try_into().map_err(|_| at.corrupt("parts"))?,
            fails: row.fails.try_into().map_err(|_| at.corrupt("fails"))?,
            fault: row.fault,
            created_at: UtcMillis(row.created_at),
        })
    }
}
