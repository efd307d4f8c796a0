//! The dashboard: real numbers of the last 24 hours.

use serde::{Deserialize, Serialize};

use super::store::{BucketView, StoreView};
use crate::id::TraceId;
use crate::time::UtcMillis;

/// Everything the dashboard shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dashboard {
    /// The moment the figures were taken.
    pub as_of: UtcMillis,
    /// Calls through any door in the last 24 hours.
    pub calls: u64,
    /// Of those, the ones that failed.
    pub errors: u64,
    /// Of the cacheable reads, the ones answered from the cache.
    pub cache_hits: u64,
    /// Reads that could have been answered from the cache.
    pub cache_lookups: u64,
    /// 95th percentile of the calls' duration in milliseconds; absent without calls.
    pub p95_ms: Option<u64>,
    /// Calls per hour, oldest first, 24 of them.
    pub hourly: Vec<HourCount>,
    /// The stores with their state.
    pub stores: Vec<StoreState>,
    /// The latest failed calls, newest first, at most 5.
    pub latest_errors: Vec<FailedCall>,
    /// Whether the workspace has a key that an assistant can use.
    pub has_api_key: bool,
    /// Whether any call ever came in over MCP.
    pub has_mcp_call: bool,
}

/// Calls in one hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HourCount {
    /// The hour's start.
    pub starts_at: UtcMillis,
    /// Calls that succeeded.
    pub ok: u64,
    /// Calls that failed.
    pub failed: u64,
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
