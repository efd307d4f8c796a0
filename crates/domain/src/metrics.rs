//! Names of the metrics. Labels are drawn from closed lists: never a tenant, key, order or raw path.

/// Calls by `tool` and `outcome` (`ok` or an error code).
pub const TOOL_CALLS_TOTAL: &str = "odmcp_mcp_tool_calls_total";
/// Duration of calls by `tool`, in seconds.
pub const TOOL_CALL_DURATION_SECONDS: &str = "odmcp_mcp_tool_call_duration_seconds";
/// Calls under way.
pub const TOOL_CALLS_IN_PROGRESS: &str = "odmcp_mcp_tool_calls_in_progress";
/// Requests to Order Desk by `operation` and `outcome`.
pub const UPSTREAM_REQUESTS_TOTAL: &str = "odmcp_upstream_requests_total";
/// Duration of requests to Order Desk by `operation`, in seconds.
pub const UPSTREAM_REQUEST_DURATION_SECONDS: &str = "odmcp_upstream_request_duration_seconds";
/// Requests to Order Desk that were tried again.
pub const UPSTREAM_RETRIES_TOTAL: &str = "odmcp_upstream_retries_total";
/// Time spent waiting for a place in a store's request bucket, in seconds.
pub const UPSTREAM_PACING_WAIT_SECONDS: &str = "odmcp_upstream_pacing_wait_seconds";
/// Cache lookups by `cache` and `result` (`hit`, `miss`).
pub const CACHE_REQUESTS_TOTAL: &str = "odmcp_cache_requests_total";
/// Refused credentials by `reason`.
pub const AUTH_FAILURES_TOTAL: &str = "odmcp_auth_failures_total";
/// Requests refused by a limit, by `scope` (`key`, `tenant`, `console`, `sign_in`, `passwords`, `bad_keys`, `address`, `in_flight`).
pub const RATE_LIMIT_REJECTIONS_TOTAL: &str = "odmcp_ratelimit_rejections_total";
/// Sealed values that could not be opened, by `reason`.
pub const DECRYPT_FAILURES_TOTAL: &str = "odmcp_decrypt_failures_total";
/// Recorded calls waiting to be written.
pub const TRACE_BACKLOG: &str = "odmcp_trace_backlog";
/// Recorded calls that could not be written.
pub const TRACES_LOST_TOTAL: &str = "odmcp_traces_lost_total";
/// Panics that were caught and answered.
pub const PANICS_TOTAL: &str = "odmcp_panics_total";
