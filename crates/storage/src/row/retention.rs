use orderdesk_mcp_contract::trace::retention::Retention;
use orderdesk_mcp_contract::{TenantId, TraceId, UtcMillis};

use super::At;
use crate::error::StorageError;
use crate::record::{TraceStock, TraceStretch};

/// A row of `trace_retention`, or of `tenants` without one.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct RetentionRow {
    pub tenant_id: String,
    pub keep_days: Option<i64>,
    pub keep_calls: Option<i64>,
}

impl RetentionRow {
    /// The workspace and what it has chosen.
    ///
    /// # Errors
    /// `Corrupt` when a column cannot be read.
    pub fn read(self) -> Result<(TenantId, Option<Retention>), StorageError> {
        let at = At {
            table: "trace_retention",
            row: &self.tenant_id,
        };
        let tenant = at.parse("tenant_id", &self.tenant_id)?;
        let Some(days) = self.keep_days else {
            return Ok((tenant, None));
        };
        let retention = Retention {
            keep_days: u32::try_from(days).map_err(|_| at.corrupt("keep_days"))?,
            keep_calls: self
                .keep_calls
                .map(|calls| u64::try_from(calls).map_err(|_| at.corrupt("keep_calls")))
                .transpose()?,
        };
        Ok((tenant, Some(retention)))
    }
}

/// A call's id, as a column holds it.
///
/// # Errors
/// `Corrupt` when it is none.
pub fn trace_id_of(id: &str) -> Result<TraceId, StorageError> {
    let at = At {
        table: "trace_blocks",
        row: id,
    };
    at.parse("id", id)
}

/// When a call ended: ids are made then.
pub fn made_at(id: TraceId) -> UtcMillis {
    UtcMillis(i64::try_from(id.millis()).unwrap_or(i64::MAX))
}

/// What is counted of a workspace's calls.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct TraceStockRow {
    pub calls: i64,
    /// The oldest call of the oldest block.
    pub oldest: Option<String>,
    /// What the newest blocks take, and how many calls they hold.
    pub bytes: i64,
    pub bytes_of: i64,
}

/// Recorded calls between two ids.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct TraceStretchRow {
    pub calls: i64,
    pub oldest: Option<String>,
    pub newest: Option<String>,
}

impl TryFrom<TraceStretchRow> for TraceStretch {
    type Error = StorageError;

    fn try_from(row: TraceStretchRow) -> Result<Self, StorageError> {
        let ends = match (&row.oldest, &row.newest) {
            (Some(oldest), Some(newest)) => Some((trace_id_of(oldest)?, trace_id_of(newest)?)),
            _ => None,
        };
        Ok(Self {
            calls: row.calls.unsigned_abs(),
            ends,
        })
    }
}

impl TryFrom<TraceStockRow> for TraceStock {
    type Error = StorageError;

    fn try_from(row: TraceStockRow) -> Result<Self, StorageError> {
        let oldest = row.oldest.as_deref().map(trace_id_of).transpose()?;
        Ok(Self {
            calls: row.calls.unsigned_abs(),
            oldest: oldest.map(made_at),
            bytes_each: row.bytes.unsigned_abs() / row.bytes_of.unsigned_abs().max(1),
        })
    }
}
