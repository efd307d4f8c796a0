//! Alerts on recorded calls: what is looked for, and what fired.

use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::id::{AlertEventId, AlertId, TraceId};
use crate::time::UtcMillis;
use crate::validate;

/// Most alerts of a workspace, ready-made ones not counted.
pub const ALERTS_MAX: u32 = 50;
/// Longest name of an alert, in characters.
pub const ALERT_NAME_MAX: usize = 80;
/// Most calls that an alert can wait for.
pub const THRESHOLD_MAX: u32 = 10_000;
/// Longest window of an alert, in minutes: a day.
pub const WINDOW_MAX_MINUTES: u32 = 1440;

/// What an alert looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    /// As many calls of a query within the window as the threshold says.
    Query,
    /// As many failed calls of tools one after the other by one key, all of them within the window.
    ErrorStreak,
    /// The first call that changed something of a night, from 22:00 to 06:00 in the alert's time zone.
    NightWrite,
    /// A key or person that has called for a day or longer calls a tool for the first time.
    NewTool,
    /// Five times as many calls within the window as usual, by the same hours of seven days before, and no fewer than the threshold.
    Burst,
}

impl AlertKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::Query,
        Self::ErrorStreak,
        Self::NightWrite,
        Self::NewTool,
        Self::Burst,
    ];
    /// Those that every workspace has.
    pub const READY_MADE: [Self; 4] = [
        Self::ErrorStreak,
        Self::NightWrite,
        Self::NewTool,
        Self::Burst,
    ];

    /// The kind's name as it is stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::ErrorStreak => "error_streak",
            Self::NightWrite => "night_write",
            Self::NewTool => "new_tool",
            Self::Burst => "burst",
        }
    }

    /// What a ready-made alert is called, how many calls it waits for and within how many minutes; none for a query.
    pub fn ready_made(self) -> Option<(&'static str, u32, u32)> {
        Some(match self {
            Self::Query => return None,
            Self::ErrorStreak => ("Error streak", 10, 60),
            Self::NightWrite => ("First write at night", 1, 480),
            Self::NewTool => ("New tool for a key", 1, 10),
            Self::Burst => ("Unusual burst", 50, 10),
        })
    }
}

/// How telling of an event went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// It is shown on the page and sent nowhere.
    Shown,
    /// It is still to be sent.
    Pending,
    /// It was sent.
    Sent,
    /// It could not be sent, and is not tried again.
    Failed,
}

impl Delivery {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Shown, Self::Pending, Self::Sent, Self::Failed];

    /// Its name as it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Shown => "shown",
            Self::Pending => "pending",
            Self::Sent => "sent",
            Self::Failed => "failed",
        }
    }
}

/// An alert as it is typed.
#[derive(Debug, Clone)]
pub struct NewAlert {
    /// Its name, which no other alert of the workspace has.
    pub name: String,
    /// What it counts.
    pub query: String,
    /// How many calls it waits for.
    pub threshold: u32,
    /// Within how many minutes.
    pub window_minutes: u32,
    /// The address of a webhook; blank: none, or the one that it has.
    pub webhook: String,
    /// The time zone of its nights, by its IANA name, for the one that looks at nights; blank: UTC.
    pub zone: String,
}

impl NewAlert {
    /// The same without blanks around its texts.
    ///
    /// # Errors
    /// `Invalid` at `name`, `threshold` or `window` when out of bounds.
    pub fn checked(mut self) -> Result<Self, ApiError> {
        for text in [
            &mut self.name,
            &mut self.query,
            &mut self.webhook,
            &mut self.zone,
        ] {
            *text = text.trim().to_owned();
        }
        if self.name.is_empty() {
            return Err(ApiError::invalid("name", "Give the alert a name."));
        }
        validate::optional_text("name", &self.name, ALERT_NAME_MAX)?;
        if !(1..=THRESHOLD_MAX).contains(&self.threshold) {
            let text = format!("An alert waits for 1 to {THRESHOLD_MAX} calls.");
            return Err(ApiError::invalid("threshold", text));
        }
        if !(1..=WINDOW_MAX_MINUTES).contains(&self.window_minutes) {
            let text = format!("A window is 1 to {WINDOW_MAX_MINUTES} minutes long.");
            return Err(ApiError::invalid("window", text));
        }
        Ok(self)
    }
}

/// An alert as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertView {
    /// Its id.
    pub id: AlertId,
    /// What it looks for.
    pub kind: AlertKind,
    /// Its name.
    pub name: String,
    /// Its query; blank for a ready-made one.
    pub query: String,
    /// How many calls it waits for.
    pub threshold: u32,
    /// Within how many minutes.
    pub window_minutes: u32,
    /// The time zone of its nights, by its IANA name; none: UTC.
    pub zone: Option<String>,
    /// Whether it is switched on.
    pub is_on: bool,
    /// The host that it is sent to; none when it is only shown.
    pub sent_to: Option<String>,
    /// Since when it fires; none while it is quiet.
    pub firing_since: Option<UtcMillis>,
    /// Why it cannot be looked for, in a sentence: a store of its query is gone, say.
    pub fault: Option<String>,
}

/// What fired, as the alert was then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertEventView {
    /// Its id.
    pub id: AlertEventId,
    /// The alert's name.
    pub name: String,
    /// The query that asks for the calls.
    pub query: String,
    /// How many calls there were.
    pub calls: u64,
    /// Within how many minutes.
    pub window_minutes: u32,
    /// One of the calls.
    pub trace_id: Option<TraceId>,
    /// When it fired.
    pub at: UtcMillis,
    /// How telling of it went.
    pub delivery: Delivery,
    /// How often it was tried to send it.
    pub attempts: u32,
    /// Why it could not be sent the last time, in a few words.
    pub fault: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(name: &str, threshold: u32, window_minutes: u32) -> NewAlert {
        NewAlert {
            name: name.into(),
            query: String::new(),
            threshold,
            window_minutes,
            webhook: String::new(),
            zone: String::new(),
        }
    }

    #[test]
    fn what_is_out_of_bounds_is_told_at_its_field() {
        assert_eq!(new("  Größe ", 1, 1440).checked().unwrap().name, "Größe");
        for (typed, field) in [
            (new(" ", 1, 1), "name"),
            (new("a\nb", 1, 1), "name"),
            (new(&"x".repeat(81), 1, 1), "name"),
            (new("x", 0, 1), "threshold"),
            (new("x", 10_001, 1), "threshold"),
            (new("x", 1, 0), "window"),
            (new("x", 1, 1441), "window"),
        ] {
            let refused = typed.checked().unwrap_err();
            assert_eq!(refused.field.as_deref(), Some(field));
        }
    }

    #[test]
    fn what_is_ready_made_is_within_the_bounds() {
        for kind in AlertKind::READY_MADE {
            let (name, threshold, window) = kind.ready_made().unwrap();
            assert!(new(name, threshold, window).checked().is_ok(), "{name}");
        }
    }
}
