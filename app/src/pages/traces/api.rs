//! Listing, counting and showing recorded calls.

use leptos::prelude::*;
use orderdesk_mcp_contract::ApiError;

use super::view::{CountsView, OneView, TracesView};

/// A page of the calls that a query asks for, newest first, after the call `before`. A query that cannot be read is told of in
/// the answer. Errors: `Unavailable`.
#[server(endpoint = "list_traces")]
pub async fn list_traces(
    #[server(default)] query: String,
    #[server(default)] before: String,
) -> Result<TracesView, ApiError> {
    ssr::list(&query, &before).await
}

/// Counts of the calls that a query asks for; none for one that cannot be read. Errors: `Unavailable`.
#[server(endpoint = "count_traces")]
pub async fn count_traces(
    #[server(default)] query: String,
) -> Result<Option<CountsView>, ApiError> {
    ssr::counts(&query).await
}

/// One call. Errors: `NotFound`.
#[server(endpoint = "get_trace")]
pub async fn get_trace(id: String) -> Result<OneView, ApiError> {
    ssr::one(&id, false).await
}

/// One call with what it carried; that it was read is recorded. Errors: `NotFound`, `Forbidden`.
#[server(endpoint = "read_trace")]
pub async fn read_trace(id: String) -> Result<OneView, ApiError> {
    ssr::one(&id, true).await
}

#[cfg(feature = "ssr")]
#[path = "ssr/mod.rs"]
mod ssr;
