//! Listing, counting and showing recorded calls.

use leptos::prelude::*;
use orderdesk_mcp_contract::ApiError;

use super::view::{CountsView, OneView, TracesView};
use crate::parts::Drawn;

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

/// One call with the calls that it has to do with; of its steps the page with the step `from`. Errors: `NotFound`.
#[server(endpoint = "get_trace")]
pub async fn get_trace(id: String, #[server(default)] from: String) -> Result<OneView, ApiError> {
    ssr::one(&id, &from, false).await
}

/// The same with what it carried; that it was read is recorded. Errors: `NotFound`, `Forbidden`.
#[server(endpoint = "read_trace")]
pub async fn read_trace(id: String, #[server(default)] from: String) -> Result<OneView, ApiError> {
    ssr::one(&id, &from, true).await
}

/// One call as it is shown beside the list: its first steps, and nothing that it has to do with. None when it is not there
/// (any more): the list stays. Errors: `Unavailable`.
#[server(endpoint = "peek_trace")]
pub async fn peek_trace(id: String) -> Result<Option<OneView>, ApiError> {
    ssr::beside(&id).await
}

/// Two calls side by side, drawn; `b` may be a link to the other. With `carried` also what they were asked for; that it was
/// read is recorded of each. Errors: `Invalid` for one call twice, `NotFound`, `Forbidden`.
#[server(endpoint = "compare_traces")]
pub async fn compare_traces(
    a: String,
    #[server(default)] b: String,
    #[server(default)] carried: String,
) -> Result<Drawn, ApiError> {
    ssr::compare(&a, &b, !carried.is_empty()).await
}

#[cfg(feature = "ssr")]
#[path = "ssr/mod.rs"]
mod ssr;
