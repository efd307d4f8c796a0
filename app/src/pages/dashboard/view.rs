//! The dashboard in words and shapes, before it is drawn.

use orderdesk_mcp_contract::UtcMillis;
use orderdesk_mcp_contract::views::dashboard::StoreState;

/// Rows of texts; what each text is, the lists below say.
pub(super) type Rows = Vec<Vec<String>>;

/// Everything that stands on the page, from the top.
pub(super) struct Board {
    /// What the figures are of, and when they were taken.
    pub(super) note: String,
    /// The moment they were taken.
    pub(super) as_of: UtcMillis,
    /// The range that is open, as in the address.
    pub(super) range: String,
    /// For each of the first three steps `1` when it is done; blank once all are.
    pub(super) steps: String,
    /// Whether there is anything to show but the first steps.
    pub(super) is_in_use: bool,
    /// What needs somebody: tone, title, a word, more, where it leads (blank for nowhere).
    pub(super) needs: Rows,
    /// What changes have done: tone, name, value, and what it is made of.
    pub(super) impact: Rows,
    /// The same by store, as lines like those of `needs`.
    pub(super) impact_by_store: Rows,
    /// How the service does: as `impact`, then where the figure leads (blank for nowhere), and the view box and path of a small
    /// chart.
    pub(super) health: Rows,
    /// Calls per slot: title, conclusion, view box, path of the successes, path of the failures, the most, and what stands
    /// below the first, the middle and the last bar.
    pub(super) chart: Vec<String>,
    /// The same as a table: beginning, successes, failures, 95th percentile.
    pub(super) slots: Rows,
    /// The busiest stores.
    pub(super) stores: Vec<StoreState>,
    /// The text of the link to all stores.
    pub(super) all_stores: String,
    /// The latest failed calls, as lines like those of `needs`.
    pub(super) errors: Rows,
}
