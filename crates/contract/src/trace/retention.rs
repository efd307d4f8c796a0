//! How long recorded calls are kept.

use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::time::UtcMillis;

/// Longest that a workspace can keep calls, in days.
pub const KEEP_DAYS_MAX: u32 = 3_650;
/// Fewest calls that a workspace can limit itself to.
pub const KEEP_CALLS_MIN: u64 = 1_000;
/// Most of them.
pub const KEEP_CALLS_MAX: u64 = 1_000_000_000;

/// How long a workspace keeps its recorded calls: as long as both allow. The sums of their hours are kept for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    /// Days since a call ended, 1 to [`KEEP_DAYS_MAX`].
    pub keep_days: u32,
    /// The newest calls that are kept, [`KEEP_CALLS_MIN`] to [`KEEP_CALLS_MAX`]; absent for as many as there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_calls: Option<u64>,
}

impl Default for Retention {
    /// Ninety days, however many there are.
    fn default() -> Self {
        Self {
            keep_days: 90,
            keep_calls: None,
        }
    }
}

impl Retention {
    /// Whether the bounds hold.
    ///
    /// # Errors
    /// `Invalid` at the member at fault.
    pub fn check(&self) -> Result<(), ApiError> {
        if !(1..=KEEP_DAYS_MAX).contains(&self.keep_days) {
            return Err(ApiError::invalid(
                "keep_days",
                "Calls can be kept for 1 to 3650 days.",
            ));
        }
        if self
            .keep_calls
            .is_some_and(|calls| !(KEEP_CALLS_MIN..=KEEP_CALLS_MAX).contains(&calls))
        {
            return Err(ApiError::invalid(
                "keep_calls",
                "The newest 1,000 to 1,000,000,000 calls can be kept. Blank keeps them all.",
            ));
        }
        Ok(())
    }
}

/// The recorded calls that a workspace keeps now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptCalls {
    /// How long they are kept.
    pub retention: Retention,
    /// How many there are.
    pub calls: u64,
    /// When the oldest of them began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest: Option<UtcMillis>,
    /// About how much room they take, in bytes: from the newest of them, without indexes.
    pub bytes: u64,
}

/// The recorded calls that a workspace would throw away if it kept them no longer than it was asked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoingCalls {
    /// How many there are, as far as they were counted.
    pub calls: u64,
    /// Whether there are more than were counted.
    pub are_more: bool,
    /// When the oldest of them ended.
    pub from: UtcMillis,
    /// When the newest of them ended.
    pub until: UtcMillis,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bounds_hold() {
        let field = |keep_days, keep_calls| {
            let retention = Retention {
                keep_days,
                keep_calls,
            };
            retention.check().err().and_then(|error| error.field)
        };
        for (days, calls) in [(1, None), (3_650, Some(1_000)), (90, Some(KEEP_CALLS_MAX))] {
            assert_eq!(field(days, calls), None);
        }
        for days in [0, 3_651] {
            assert_eq!(field(days, None).as_deref(), Some("keep_days"));
        }
        for calls in [0, 999, KEEP_CALLS_MAX + 1] {
            assert_eq!(field(90, Some(calls)).as_deref(), Some("keep_calls"));
        }
        assert_eq!(Retention::default().check(), Ok(()));
    }
}
