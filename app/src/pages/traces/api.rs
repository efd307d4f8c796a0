//! Listing, counting and showing recorded calls.

use leptos::prelude::*;
use orderdesk_mcp_contract::ApiError;

use super::view::{OneView, ScheduleForm, TracesView};
use crate::parts::Drawn;

/// The name of the forms of views in a [`crate::flash::Flash`].
pub(super) const VIEWS_FORM: &str = "trace_views";

/// A page of the calls that a query asks for, newest first, after the call `before`. A query that cannot be read is told of in
/// the answer. Errors: `Unavailable`.
#[server(endpoint = "list_traces")]
pub async fn list_traces(
    #[server(default)] query: String,
    #[server(default)] before: String,
) -> Result<TracesView, ApiError> {
    ssr::list(&query, &before).await
}

/// Keeps a query under a name, and says so. Errors: `Invalid` with the field at fault, `Conflict` when the name is taken or
/// there are too many.
#[server(endpoint = "save_trace_view")]
pub async fn save_trace_view(
    #[server(default)] name: String,
    #[server(default)] query: String,
) -> Result<String, ApiError> {
    ssr::views::save_view(&name, &query).await
}

/// Gives a view another name, and says so. Errors: `NotFound`, `Invalid`, `Conflict` when the name is taken.
#[server(endpoint = "rename_trace_view")]
pub async fn rename_trace_view(
    id: String,
    #[server(default)] name: String,
) -> Result<String, ApiError> {
    ssr::views::rename(&id, &name).await
}

/// Removes a view, and says so. Errors: `NotFound`.
#[server(endpoint = "remove_trace_view")]
pub async fn remove_trace_view(id: String) -> Result<String, ApiError> {
    ssr::views::remove(&id).await
}

/// How many calls that a query asks for are newer than the call `after`, in words, counted up to 200: blank when none is, and for
/// a query that cannot be read. Errors: `Unavailable`.
#[server(endpoint = "newer_traces")]
pub async fn newer_traces(
    #[server(default)] query: String,
    after: String,
) -> Result<String, ApiError> {
    ssr::newer(&query, &after).await
}

/// Counts of the calls that a query asks for, drawn; nothing for one that cannot be read. Errors: `Unavailable`.
#[server(endpoint = "count_traces")]
pub async fn count_traces(#[server(default)] query: String) -> Result<Drawn, ApiError> {
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

/// One call as it is shown beside the list, drawn: its first steps, and nothing that it has to do with. It says so when the call
/// is not there (any more): the list stays. Errors: `Unavailable`.
#[server(endpoint = "peek_trace")]
pub async fn peek_trace(id: String) -> Result<Drawn, ApiError> {
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

/// What a query that is being typed can go on with, drawn as the list of a field. Errors: `Unavailable`.
#[server(endpoint = "complete_query")]
pub async fn complete_query(#[server(default)] typed: String) -> Result<Drawn, ApiError> {
    ssr::completions(&typed).await
}

/// The story of an order, the part before a call, or of the run that a call belongs to, which may be named by a link; drawn.
/// Errors: `NotFound`, `Invalid` for what is no order's id, `Unavailable`.
#[server(endpoint = "tell_story")]
pub async fn tell_story(
    #[server(default)] call: String,
    #[server(default)] order: String,
    #[server(default)] before: String,
) -> Result<Drawn, ApiError> {
    ssr::story::page(&call, &order, &before).await
}

/// The alerts of the workspace and what fired lately, drawn; `query` is what a new one begins with. Errors: `Unavailable`.
#[server(endpoint = "list_alerts")]
pub async fn list_alerts(#[server(default)] query: String) -> Result<Drawn, ApiError> {
    ssr::alerts::list(&query).await
}

/// Adds an alert on a query or, with the `id` of one, changes it; and says so. Errors: `Forbidden`, `NotFound`, `Invalid` with
/// the field at fault, `Conflict` when the name is taken or there are too many.
#[server(endpoint = "save_alert")]
pub async fn save_alert(
    #[server(default)] id: String,
    #[server(default)] name: String,
    #[server(default)] query: String,
    #[server(default)] threshold: String,
    #[server(default)] window: String,
    #[server(default)] webhook: String,
    #[server(default)] zone: String,
) -> Result<String, ApiError> {
    ssr::alerts_acts::save(&id, [name, query, threshold, window, webhook, zone]).await
}

/// Switches an alert on or, with a blank `on`, off; and says so. Errors: `Forbidden`, `NotFound`.
#[server(endpoint = "switch_alert")]
pub async fn switch_alert(id: String, #[server(default)] on: String) -> Result<String, ApiError> {
    ssr::alerts_acts::switch(&id, !on.is_empty()).await
}

/// Removes an alert, and says so. Errors: `Forbidden`, `NotFound`, `Conflict` for a ready-made one.
#[server(endpoint = "remove_alert")]
pub async fn remove_alert(id: String) -> Result<String, ApiError> {
    ssr::alerts_acts::remove(&id).await
}

/// Lets an alert be sent nowhere any more, and says so. Errors: `Forbidden`, `NotFound`.
#[server(endpoint = "keep_alert_here")]
pub async fn keep_alert_here(id: String) -> Result<String, ApiError> {
    ssr::alerts_acts::keep_here(&id).await
}

/// Sends a test of an alert, and says so. Errors: `Forbidden`, `NotFound`, `Conflict` when it is sent nowhere, `RateLimited`,
/// `Unavailable` when it did not arrive.
#[server(endpoint = "try_alert")]
pub async fn try_alert(id: String) -> Result<String, ApiError> {
    ssr::alerts_acts::send_test(&id).await
}

/// The scheduled exports of the workspace, drawn. Errors: `Unavailable`.
#[server(endpoint = "list_schedules")]
pub async fn list_schedules() -> Result<Drawn, ApiError> {
    ssr::schedules::list().await
}

/// Adds a scheduled export or, with the `id` of one, changes it; and says so. Errors: `Forbidden`, `NotFound`, `Invalid` with the
/// field at fault, `Conflict` when the name is taken or there are too many, `Unavailable` when its place cannot be written.
#[server(endpoint = "save_schedule")]
pub async fn save_schedule(
    #[server(default)] id: String,
    #[server(flatten)] typed: ScheduleForm,
) -> Result<String, ApiError> {
    ssr::schedules_acts::save(&id, typed).await
}

/// Switches a scheduled export on or, with a blank `on`, off; and says so. Errors: `Forbidden`, `NotFound`.
#[server(endpoint = "switch_schedule")]
pub async fn switch_schedule(
    id: String,
    #[server(default)] on: String,
) -> Result<String, ApiError> {
    ssr::schedules_acts::switch(&id, !on.is_empty()).await
}

/// Removes a scheduled export, and says so. Errors: `Forbidden`, `NotFound`.
#[server(endpoint = "remove_schedule")]
pub async fn remove_schedule(id: String) -> Result<String, ApiError> {
    ssr::schedules_acts::remove(&id).await
}

#[cfg(feature = "ssr")]
#[path = "ssr/mod.rs"]
mod ssr;
