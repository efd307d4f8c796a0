//! What happened in a scenario, as it was seen from outside.

use std::time::Duration;

use orderdesk_mcp_contract::views::change::ChangeDetail;
use orderdesk_sim::LogEntry;
use serde_json::{Map, Value};

use crate::child::Answer;
use crate::write::Write;

/// Somebody else's edit.
#[derive(Debug, Clone, PartialEq)]
pub struct Edit {
    /// Of this member of the order, written as a change's path.
    pub path: &'static str,
    /// To this value.
    pub value: &'static str,
}

/// Everything there is to judge.
#[derive(Debug, Clone)]
pub struct History {
    /// What was written.
    pub write: Write,
    /// Every request that reached Order Desk, oldest first.
    pub log: Vec<LogEntry>,
    /// What callers were told, by all processes.
    pub answers: Vec<Answer>,
    /// How long after the last start it took until nothing was open.
    pub settled_after: Duration,
    /// What was still open when that was given up, and at the end.
    pub open: Vec<String>,
    /// Every change as the product tells of it at the end, oldest first.
    pub changes: Vec<ChangeDetail>,
    /// The order at first.
    pub before: Map<String, Value>,
    /// The order at the end.
    pub after: Map<String, Value>,
    /// How often the marked things are there at the end, the first and the second.
    pub counts: [usize; 2],
    /// Somebody else's edit that took place.
    pub edit: Option<Edit>,
    /// The longest that settling may take.
    pub bound: Duration,
}

/// A change and the writes that were its own.
pub struct Sent<'a> {
    /// The change.
    pub change: &'a ChangeDetail,
    /// Its requests.
    pub writes: Vec<&'a LogEntry>,
}

impl Sent<'_> {
    /// Whether Order Desk took any of it.
    pub fn is_applied(&self) -> bool {
        self.writes.iter().any(|entry| entry.applied)
    }

    /// Whether a text is about this change.
    pub fn is_named_in(&self, text: &str) -> bool {
        text.contains(&self.change.summary.id.to_string())
    }
}

impl History {
    /// Every request that was to change something.
    pub fn writes(&self) -> impl Iterator<Item = &LogEntry> {
        self.log.iter().filter(|entry| entry.method != "GET")
    }

    /// Each change with its writes, and the writes that are no change's. A write is that change's whose intent was the
    /// last to be written down before it came: changes of one record follow one another.
    pub fn sent(&self) -> (Vec<Sent<'_>>, Vec<&LogEntry>) {
        let mut sent: Vec<_> = self
            .changes
            .iter()
            .map(|change| Sent {
                change,
                writes: Vec::new(),
            })
            .collect();
        let mut unowned = Vec::new();
        for entry in self.writes() {
            let owner = sent
                .iter_mut()
                .filter_map(|one| Some((intent_of(one.change)?, one)))
                .filter(|(intended, _)| *intended <= entry.unix_ms)
                .max_by_key(|(intended, _)| *intended);
            match owner {
                Some((_, one)) => one.writes.push(entry),
                None => unowned.push(entry),
            }
        }
        (sent, unowned)
    }
}

/// When a change's intent was written down.
fn intent_of(change: &ChangeDetail) -> Option<u64> {
    use orderdesk_mcp_contract::ChangeState;
    let intent = change
        .events
        .iter()
        .find(|event| event.state == Some(ChangeState::Applying))?;
    u64::try_from(intent.at.0).ok()
}
