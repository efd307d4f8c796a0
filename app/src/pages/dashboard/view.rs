//! The dashboard in words and shapes: they are put together on the server, and all lists are of one type, so that the
//! browser needs next to no code for them.

use orderdesk_mcp_contract::UtcMillis;
use orderdesk_mcp_contract::views::dashboard::StoreState;
use serde::{Deserialize, Serialize};

/// Rows of texts; what each text is, the lists below say.
pub type Rows = Vec<Vec<String>>;

/// Everything that stands on the page, from the top.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Board {
    /// What the figures are of, and when they were taken.
    pub note: String,
    /// The moment they were taken.
    pub as_of: UtcMillis,
    /// The range that is open, as in the address.
    pub range: String,
    /// For each of the first three steps `1` when it is done; blank once all are.
    pub steps: String,
    /// Whether there is anything to show but the first steps.
    pub is_in_use: bool,
    /// What needs somebody: tone, title, a word, more, where it leads (blank for nowhere).
    pub needs: Rows,
    /// What changes have done: tone, name, value, and what it is made of.
    pub impact: Rows,
    /// The same by store, as lines like those of `needs`.
    pub impact_by_store: Rows,
    /// How the service does: as `impact`, then where the figure leads (blank for nowhere), and the view box and path of a small
    /// chart.
    pub health: Rows,
    /// Calls per slot: title, conclusion, view box, path of the successes, path of the failures, the most, and what stands
    /// below the first, the middle and the last bar.
    pub chart: Vec<String>,
    /// The same as a table: beginning, successes, failures, 95th percentile.
    pub slots: Rows,
    /// The busiest stores.
    pub stores: Vec<StoreState>,
    /// The text of the link to all stores.
    pub all_stores: String,
    /// The latest failed calls, as lines like those of `needs`.
    pub errors: Rows,
}
