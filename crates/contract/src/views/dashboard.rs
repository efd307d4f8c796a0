//! The dashboard: what needs somebody, what was done, and how the service does.

use serde::{Deserialize, Serialize};

use super::account::KeyView;
use super::store::{BucketView, StoreView};
use crate::id::TraceId;
use crate::money::Money;
use crate::time::UtcMillis;

/// The stretch of time that figures are of, up to now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Range {
    /// 24 hours, by hours.
    #[default]
    Day,
    /// 7 days, by quarters of a day.
    Week,
    /// 30 days, by days.
    Month,
}

impl Range {
    /// Every range, the shortest first.
    pub const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    /// Its name in an address.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Day => "24h",
            Self::Week => "7d",
            Self::Month => "30d",
        }
    }

    /// The range of that name, the shortest for any other.
    pub fn from_name(name: &str) -> Self {
        let found = Self::ALL.into_iter().find(|range| range.as_str() == name);
        found.unwrap_or_default()
    }

    /// How long one slot of its chart is, in milliseconds.
    pub fn slot_ms(self) -> i64 {
        match self {
            Self::Day => 3_600_000,
            Self::Week => 6 * 3_600_000,
            Self::Month => 24 * 3_600_000,
        }
    }

    /// How many slots it is long.
    pub fn slots(self) -> i64 {
        match self {
            Self::Day => 24,
            Self::Week => 28,
            Self::Month => 30,
        }
    }

    /// How long it is, in milliseconds.
    pub fn millis(self) -> i64 {
        self.slot_ms() * self.slots()
    }
}

/// Everything the dashboard shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dashboard {
    /// The moment the figures were taken.
    pub as_of: UtcMillis,
    /// The stretch of time they are of.
    pub range: Range,
    /// Its beginning: that of the hour that it begins in.
    pub from: UtcMillis,
    /// What somebody should see to.
    pub needs: Needs,
    /// What changes have done, by store, the most changes first. Stores in which nothing was changed are left out.
    pub impact: Vec<StoreImpact>,
    /// Calls of tools, by assistants and in the console.
    pub calls: u64,
    /// Of those, the ones that failed.
    pub errors: u64,
    /// Of the cacheable reads, the ones answered from the cache.
    pub cache_hits: u64,
    /// Reads that could have been answered from the cache.
    pub cache_lookups: u64,
    /// Median of the calls' duration in milliseconds, to within a quarter as all percentiles here; absent without calls.
    pub p50_ms: Option<u64>,
    /// Its 95th percentile.
    pub p95_ms: Option<u64>,
    /// Its 99th percentile.
    pub p99_ms: Option<u64>,
    /// Calls per slot of time, oldest first; the first and the last are in the range in part only.
    pub slots: Vec<SlotCount>,
    /// The stores that were called most in the last 24 hours, with their state, at most 6.
    pub stores: Vec<StoreState>,
    /// How many stores there are in all.
    pub stores_in_all: u64,
    /// The latest failed calls, newest first, at most 5.
    pub latest_errors: Vec<FailedCall>,
    /// Whether the workspace has a key that an assistant can use.
    pub has_api_key: bool,
    /// Whether any call ever came in over MCP.
    pub has_mcp_call: bool,
}

/// What somebody should see to now, whatever the range.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Needs {
    /// Changes that wait for a decision.
    pub waiting: u64,
    /// Changes whose outcome is not known.
    pub unknown: u64,
    /// Changes of the last 24 hours that met somebody else's edit.
    pub conflicts: u64,
    /// Alerts that fire now.
    pub alerts: u64,
    /// Alerts that cannot be looked for: a store of their query is gone, say.
    pub silent_alerts: u64,
    /// Scheduled exports that are on and did not work when they were tried last.
    pub failing_exports: u64,
    /// Stores whose key cannot be opened, or whose requests are held back because Order Desk kept failing; at most 5.
    pub failing: Vec<StoreState>,
    /// Keys that end within a week and that no other has taken over from; the first to end first, at most 5.
    pub ending: Vec<KeyView>,
}

/// What changes have done to one store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreImpact {
    /// The store's name, as it is or was.
    pub store_name: String,
    /// Whether it is the sandbox: nothing real was touched.
    pub sandbox: bool,
    /// Changes that took effect, undoing ones too.
    pub changes: u64,
    /// Different orders that they changed.
    pub orders: u64,
    /// By how much the orders' totals moved, each without its sign, in the store's currency.
    pub money: Money,
    /// Of the changes, the ones that were undone.
    pub undone: u64,
}

/// Calls in one slot of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotCount {
    /// The slot's start.
    pub starts_at: UtcMillis,
    /// Calls that succeeded.
    pub ok: u64,
    /// Calls that failed.
    pub failed: u64,
    /// The 95th percentile of their duration in milliseconds; absent without calls.
    pub p95_ms: Option<u64>,
}

/// A store on the dashboard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoreState {
    /// The store.
    pub store: StoreView,
    /// Its request bucket; absent when the saved credentials cannot be opened.
    pub bucket: Option<BucketView>,
    /// Its calls in the last 24 hours.
    pub calls: u64,
    /// Of those, the ones that failed.
    pub errors: u64,
    /// When a call last used it.
    pub last_call_at: Option<UtcMillis>,
}

/// A failed call on the dashboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedCall {
    /// The recorded call.
    pub trace_id: TraceId,
    /// The tool.
    pub tool: String,
    /// The store's name, where one was involved.
    pub store_name: Option<String>,
    /// The failure's kind.
    pub code: crate::ErrorCode,
    /// When it began.
    pub started_at: UtcMillis,
}
