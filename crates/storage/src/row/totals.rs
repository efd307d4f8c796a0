use orderdesk_mcp_contract::UtcMillis;

use super::At;
use crate::error::StorageError;
use crate::record::{CallTotals, HourTotals, StoreTotals};

/// The answer of the query for a workspace's totals.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct CallTotalsRow {
    pub calls: i64,
    pub errors: i64,
    pub cache_hits: i64,
    pub cache_lookups: i64,
    pub p95_us: Option<i64>,
}

impl From<CallTotalsRow> for CallTotals {
    fn from(row: CallTotalsRow) -> Self {
        Self {
            calls: count(row.calls),
            errors: count(row.errors),
            cache_hits: count(row.cache_hits),
            cache_lookups: count(row.cache_lookups),
            p95_us: row.p95_us,
        }
    }
}

/// One hour of the query for totals by hour.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct HourTotalsRow {
    pub starts_at: i64,
    pub calls: i64,
    pub errors: i64,
}

impl From<HourTotalsRow> for HourTotals {
    fn from(row: HourTotalsRow) -> Self {
        Self {
            starts_at: UtcMillis(row.starts_at),
            calls: count(row.calls),
            errors: count(row.errors),
        }
    }
}

/// One store of the query for totals by store.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct StoreTotalsRow {
    pub store_id: String,
    pub calls: i64,
    pub errors: i64,
    pub last_call_at: i64,
}

impl TryFrom<StoreTotalsRow> for StoreTotals {
    type Error = StorageError;
    fn try_from(row: StoreTotalsRow) -> Result<Self, StorageError> {
        let at = At {
            table: "traces",
            row: &row.store_id,
        };
        Ok(Self {
            store_id: at.parse("store_id", &row.store_id)?,
            calls: count(row.calls),
            errors: count(row.errors),
            last_call_at: UtcMillis(row.last_call_at),
        })
    }
}

/// A COUNT as the number it is: databases count in signed numbers and never below 0.
fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
