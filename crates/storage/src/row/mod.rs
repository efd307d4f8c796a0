//! Rows as both databases hand them over, and how they are read into records.
//!
//! The databases keep ids, names of choices and key versions as plain text and numbers. Reading them
//! is the same work on both, and so is refusing what cannot be read: a damaged row must never be
//! taken for something else.

mod account;
mod alert;
mod audit;
mod change;
mod console;
mod fitted;
mod fitted_change;
mod fitted_filter;
mod hour_search;
pub mod packing;
mod person;
mod policy;
mod retention;
mod schedule;
mod totals;
mod trace;
mod trace_block;
mod trace_hours;
mod trace_margins;
mod trace_view;

use std::str::FromStr;

pub use account::{
    KekCheckRow, KeyRow, SessionCountRow, SessionRow, StoreRow, StoreTiesRow, TenantFiguresRow,
    TenantRow,
};
pub use alert::{AlertEventRow, AlertRow};
pub use audit::{AuditEndRow, AuditRow, tenant_id_of};
pub use change::{
    ChangeEventRow, ChangeImageRow, ChangeRow, KnownChangeRow, OpenChangeRow, StepRow,
    WriteStopRow, change_state,
};
pub use console::{ConsoleCallRow, ConsoleHeadRow, outcome_name};
pub use fitted::{FittedTrace, holds_nul};
pub use fitted_change::{FittedChange, FittedUpdate, fitted_event, fitted_reason};
pub use fitted_filter::{FittedFilter, Lookup};
pub use hour_search::HourSearch;
pub use person::{InviteRow, MembershipRow, PersonRow, UserRow};
pub use policy::{policy_text, read_policy};
pub use retention::{RetentionRow, TraceStockRow, TraceStretchRow, made_at, trace_id_of};
pub use schedule::ScheduleRow;
use totals::count;
pub use totals::{
    CallTotalsRow, DurationCountRow, FirstCallRow, ImpactRow, SlotTotalsRow, StoreTotalsRow,
};
pub use trace_block::{FittedBlock, PACKED, TraceBlockRow, fitted, newest_before};
pub use trace_hours::{
    DurationKey, HourKey, HourSums, TraceGroupRow, by_duration, by_hour, first_by_key, hour_after,
    hour_from, hour_of, hour_sums,
};
pub use trace_margins::{MarginKey, MarginSpans, MarginSums, TraceMarginRow, by_margin};
pub use trace_view::TraceViewRow;

use crate::error::StorageError;
use crate::record::SealedBlob;

/// The rows that can be read. A damaged one of one workspace is logged and left out, where others wait for theirs.
pub fn readable<R, T: TryFrom<R, Error = StorageError>>(rows: Vec<R>) -> Vec<T> {
    let read = rows.into_iter().map(T::try_from);
    let logged =
        |error: &StorageError| tracing::error!(%error, "left out a row that cannot be read");
    read.filter_map(|row| row.inspect_err(logged).ok())
        .collect()
}

/// Where a value stands, for the message about it.
#[derive(Clone, Copy)]
struct At<'a> {
    table: &'static str,
    /// The row's id as it is stored.
    row: &'a str,
}

impl At<'_> {
    fn corrupt(self, column: &'static str) -> StorageError {
        // A damaged id may be anything of any length; 60 letters are enough to find the row.
        let row = self.row.chars().take(60).collect();
        StorageError::Corrupt {
            table: self.table,
            column,
            row,
        }
    }

    fn parse<T: FromStr>(self, column: &'static str, text: &str) -> Result<T, StorageError> {
        text.parse().map_err(|_| self.corrupt(column))
    }

    fn parse_opt<T: FromStr>(
        self,
        column: &'static str,
        text: Option<String>,
    ) -> Result<Option<T>, StorageError> {
        text.map(|text| self.parse(column, &text)).transpose()
    }

    fn sealed(self, key_version: i64, bytes: Vec<u8>) -> Result<SealedBlob, StorageError> {
        let key_version = key_version
            .try_into()
            .map_err(|_| self.corrupt("sealed_key_version"))?;
        Ok(SealedBlob { key_version, bytes })
    }
}

/// The value of a closed set that is stored under a name.
fn named<T: Copy, const N: usize>(
    all: [T; N],
    name_of: fn(T) -> &'static str,
    name: &str,
) -> Option<T> {
    all.into_iter().find(|value| name_of(*value) == name)
}
