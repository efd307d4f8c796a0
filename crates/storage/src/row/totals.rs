use orderdesk_mcp_contract::{Money, UtcMillis};

use super::{At, made_at, trace_id_of};
use crate::error::StorageError;
use crate::record::{
    CallTotals, DurationClass, DurationCount, FirstCall, Impact, SlotTotals, StoreTotals,
};

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
}

impl From<CallTotalsRow> for CallTotals {
    fn from(row: CallTotalsRow) -> Self {
        Self {
            calls: count(row.calls),
            errors: count(row.errors),
            cache_hits: count(row.cache_hits),
            cache_lookups: count(row.cache_lookups),
        }
    }
}

/// One slot of the query for totals by slot.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct SlotTotalsRow {
    pub starts_at: i64,
    pub calls: i64,
    pub errors: i64,
}

impl From<SlotTotalsRow> for SlotTotals {
    fn from(row: SlotTotalsRow) -> Self {
        Self {
            starts_at: UtcMillis(row.starts_at),
            calls: count(row.calls),
            errors: count(row.errors),
        }
    }
}

/// One first call of a tool.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct FirstCallRow {
    pub key_id: String,
    pub tool: String,
    pub first_call_at: i64,
}

impl TryFrom<FirstCallRow> for FirstCall {
    type Error = StorageError;
    fn try_from(row: FirstCallRow) -> Result<Self, StorageError> {
        let at = At {
            table: "key_tools",
            row: &row.key_id,
        };
        Ok(Self {
            key_id: at.parse("key_id", &row.key_id)?,
            at: UtcMillis(row.first_call_at),
            tool: row.tool,
        })
    }
}

/// One class of durations in one slot.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct DurationCountRow {
    pub starts_at: i64,
    pub class: i64,
    pub calls: i64,
}

impl TryFrom<DurationCountRow> for DurationCount {
    type Error = StorageError;
    fn try_from(row: DurationCountRow) -> Result<Self, StorageError> {
        let at = At {
            table: "trace_durations",
            row: "",
        };
        Ok(Self {
            starts_at: UtcMillis(row.starts_at),
            class: DurationClass::from_number(row.class).ok_or_else(|| at.corrupt("class"))?,
            calls: count(row.calls),
        })
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
    pub cache_hits: i64,
    pub cache_lookups: i64,
    /// The newest block that holds a call of the store.
    pub newest_block: Option<String>,
    pub last_hour: i64,
}

impl TryFrom<StoreTotalsRow> for StoreTotals {
    type Error = StorageError;
    fn try_from(row: StoreTotalsRow) -> Result<Self, StorageError> {
        let at = At {
            table: "trace_hours",
            row: &row.store_id,
        };
        Ok(Self {
            store_id: at.parse("store_id", &row.store_id)?,
            calls: count(row.calls),
            errors: count(row.errors),
            cache_hits: count(row.cache_hits),
            cache_lookups: count(row.cache_lookups),
            last_call_at: match &row.newest_block {
                Some(id) => made_at(trace_id_of(id)?),
                None => UtcMillis(row.last_hour),
            },
        })
    }
}

/// One store of the query for what changes have done. Money comes in two halves, because SQLite's sum ends with an error
/// beyond 63 bits.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct ImpactRow {
    pub store_id: String,
    pub changes: i64,
    pub orders: i64,
    pub money_high: i64,
    pub money_low: i64,
    pub undone: i64,
}

impl TryFrom<ImpactRow> for Impact {
    type Error = StorageError;
    fn try_from(row: ImpactRow) -> Result<Self, StorageError> {
        let at = At {
            table: "changes",
            row: &row.store_id,
        };
        let money = (i128::from(row.money_high) << 32) + i128::from(row.money_low);
        Ok(Self {
            store_id: at.parse("store_id", &row.store_id)?,
            changes: count(row.changes),
            orders: count(row.orders),
            money: Money::from_ten_thousandths(i64::try_from(money).unwrap_or(i64::MAX)),
            undone: count(row.undone),
        })
    }
}

/// A COUNT as the number it is: databases count in signed numbers and never below 0.
pub(super) fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
