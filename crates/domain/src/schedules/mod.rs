//! Exports of recorded calls on a schedule: what is written, writing it, and where it goes.
//!
//! A file holds what [`Services::export_traces`](crate::Services::export_traces) gives: nothing of what calls carried.

mod manage;
mod place;
mod view;
mod write;

pub use manage::no_such_schedule;

use std::path::PathBuf;

use orderdesk_mcp_contract::UtcMillis;
use orderdesk_mcp_contract::trace::schedule::Rhythm;
use orderdesk_mcp_notify::{Buckets, SetupError};
use orderdesk_mcp_storage::record::{ScheduleRecord, TRACE_LENGTH_MAX_MS};

use crate::settings::ExportSettings;
use crate::stores::DAY_MS;

/// How long after its stretch of time a file is written: calls are recorded when they end, and then in batches.
const AFTER_MS: i64 = TRACE_LENGTH_MAX_MS + 60_000;
/// For how long after that calls must be kept still: a file that failed is tried again four times within it.
const SPARE_MS: i64 = 8 * 3_600_000;

/// What files are put with.
pub(crate) struct Exports {
    buckets: Buckets,
    folder: Option<PathBuf>,
}

impl Exports {
    pub(crate) fn new(settings: &ExportSettings) -> Result<Self, SetupError> {
        let agent = concat!("orderdesk-mcp/", env!("CARGO_PKG_VERSION"));
        Ok(Self {
            buckets: Buckets::new(agent, settings.may_be_local)?,
            folder: settings.folder.clone(),
        })
    }
}

/// When the next file of a schedule is due.
fn due_at(schedule: &ScheduleRecord) -> UtcMillis {
    end_of_stretch(schedule).plus_millis(AFTER_MS)
}

/// For how many days calls must be kept at the least, so that none is gone before its file is written.
fn days_needed(rhythm: Rhythm) -> u32 {
    let needed = rhythm.millis() + AFTER_MS + SPARE_MS;
    u32::try_from(needed / DAY_MS + 1).unwrap_or(u32::MAX)
}

/// The end of the stretch of time that the next file is of.
fn end_of_stretch(schedule: &ScheduleRecord) -> UtcMillis {
    schedule.exported_to.plus_millis(schedule.rhythm.millis())
}

/// The beginning of the hour or day that a moment is in.
fn beginning(rhythm: Rhythm, at: UtcMillis) -> UtcMillis {
    at.plus_millis(-at.0.rem_euclid(rhythm.millis()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_needed_for_longer_than_a_file_takes() {
        let days = Rhythm::ALL.map(days_needed);
        assert_eq!(days, [1, 2]);
    }
}
