use std::time::Duration;

use super::reader::{Reader, Setting};

const CHANGE_PROPOSAL_HOURS: Setting = Setting::new(
    "CHANGE_PROPOSAL_HOURS",
    "72",
    "Hours a proposed change waits for a person's decision before it ends by itself, 1 to 8760.",
);
const CHANGE_UNDO_DAYS: Setting = Setting::new(
    "CHANGE_UNDO_DAYS",
    "30",
    "Days for which a change can be undone, 1 to 3650.",
);
const CHANGE_LEASE: Setting = Setting::new(
    "CHANGE_LEASE",
    "20",
    "Seconds a process keeps the right to write one record without renewing it, 1 to 300. A change whose process died, or whose answer was lost, is settled within about twice that.",
);

pub(super) const SETTINGS: &[Setting] = &[CHANGE_PROPOSAL_HOURS, CHANGE_UNDO_DAYS, CHANGE_LEASE];

/// How changes are carried out and kept.
#[derive(Debug, Clone)]
pub struct Changes {
    /// How long a proposal waits.
    pub proposal_ttl: Duration,
    /// For how long a change can be undone.
    pub undo_window: Duration,
    /// How long the right to write a record is kept without renewing it.
    pub lease: Duration,
}

impl Changes {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let hours = reader.number::<u64>(&CHANGE_PROPOSAL_HOURS, 1..=8760);
        let days = reader.number::<u64>(&CHANGE_UNDO_DAYS, 1..=3650);
        Self {
            proposal_ttl: Duration::from_secs(hours * 3600),
            undo_window: Duration::from_secs(days * 86_400),
            lease: reader.seconds(&CHANGE_LEASE, 1.0..=300.0),
        }
    }
}
