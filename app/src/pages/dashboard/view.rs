//! The dashboard in words: they are put together on the server, so that the browser needs no code for them.

use orderdesk_mcp_contract::UtcMillis;
use orderdesk_mcp_contract::views::dashboard::{SlotCount, StoreState};
use serde::{Deserialize, Serialize};

/// Everything that stands on the page, from the top.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Board {
    /// What the figures are of.
    pub note: String,
    /// The moment they were taken.
    pub as_of: UtcMillis,
    /// The range that is open, as in the address.
    pub range: String,
    /// Which of the first three steps are done; absent once all are.
    pub steps: Option<[bool; 3]>,
    /// What needs somebody.
    pub needs: Vec<Line>,
    /// What changes have done; absent while nobody has used anything.
    pub impact: Option<Vec<Figure>>,
    /// The same by store, where there are several or money moved.
    pub impact_by_store: Vec<Line>,
    /// How the service does; absent while nobody has used anything.
    pub health: Option<Vec<Figure>>,
    /// Calls per slot, with the conclusion in words.
    pub chart: Option<Chart>,
    /// The busiest stores.
    pub stores: Vec<StoreState>,
    /// The address's text to all stores.
    pub all_stores: String,
    /// The latest failed calls; absent while nobody has used anything.
    pub errors: Option<Vec<Line>>,
}

/// One line about one thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Whether it is something bad, rather than something to do.
    pub is_bad: bool,
    /// What it is.
    pub title: String,
    /// A word about it; may be blank.
    pub mark: String,
    /// More about it.
    pub text: String,
    /// Where it leads; blank for nowhere.
    pub href: String,
}

/// One figure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// Its name.
    pub label: String,
    /// Its value.
    pub value: String,
    /// What it is made of.
    pub detail: String,
    /// Whether it is bad.
    pub is_bad: bool,
    /// How it went over the range, oldest first; empty without a small chart.
    pub trend: Vec<u64>,
}

/// Calls per slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chart {
    /// The heading.
    pub title: String,
    /// The conclusion in words.
    pub summary: String,
    /// What stands below the first, the middle and the last bar.
    pub axis: [String; 3],
    /// The bars.
    pub slots: Vec<SlotCount>,
}
