//! Recorded calls as a story: what happened to an order, or in one run of an assistant.

use crate::ChangeState;
use crate::id::{ChangeId, TraceId};
use crate::time::UtcMillis;

use super::view::TraceLine;

/// What happened, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Story {
    /// What happened.
    pub events: Vec<StoryEvent>,
    /// Where the part before this one ends; absent at the beginning.
    pub before: Option<TraceId>,
    /// Whether there is more than is told: older changes of the order, or more calls of the run.
    pub is_cut: bool,
    /// Whether calls may be missing because what is stored of them is damaged.
    pub is_damaged: bool,
    /// The query that asks for the calls.
    pub query: String,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoryEvent {
    /// When; of a call, when it began.
    pub at: UtcMillis,
    /// What.
    pub what: Happened,
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happened {
    /// Somebody called.
    Call {
        /// The call.
        line: Box<TraceLine>,
        /// What the tool or use case is called.
        title: String,
        /// Where the change that came of it stands now.
        change: Option<ChangeState>,
    },
    /// A change went on.
    Step {
        /// The change.
        change: ChangeId,
        /// What it does, in one short sentence without values.
        summary: String,
        /// The state it went into; absent for what happened without a new one.
        state: Option<ChangeState>,
        /// What happened, in one sentence without a customer's data.
        text: String,
    },
}
