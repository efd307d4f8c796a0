//! Listing, showing, deciding and undoing changes.

use leptos::prelude::*;
use orderdesk_mcp_contract::ApiError;

use super::view::{ChangeView, ChangesView, Choices, Undone};

/// The forms' names in a [`crate::flash::Flash`].
pub(crate) const DECIDE_FORM: &str = "decide_change";
pub(super) const UNDO_FORM: &str = "undo_change";

/// A page of changes, newest first. The filter is a query as it stands in the page's address. Errors: `Unavailable`.
#[server(endpoint = "list_changes")]
pub async fn list_changes(#[server(default)] filter: String) -> Result<ChangesView, ApiError> {
    ssr::list(&filter).await
}

/// What the list can be narrowed to.
#[server(endpoint = "change_choices")]
pub async fn change_choices() -> Result<Choices, ApiError> {
    ssr::choices().await
}

/// The changes that wait for a decision, the oldest first. Errors: `Unavailable`.
#[server(endpoint = "list_approvals")]
pub async fn list_approvals() -> Result<super::view::ApprovalsView, ApiError> {
    ssr::approvals().await
}

/// One change; with what taking it back would do, if that is asked for. `from` is the place of the first field shown of a
/// long difference. Errors: `NotFound`.
#[server(endpoint = "get_change")]
pub async fn get_change(
    id: String,
    #[server(default)] undo: bool,
    #[server(default)] from: String,
) -> Result<ChangeView, ApiError> {
    ssr::change(&id, undo, &from).await
}

/// Approves exactly the difference that was looked at, and carries it out; says what came of it. Errors: `Forbidden` for
/// whoever proposed it, `NotFound`, `Conflict` when the difference is another by now or nothing waits any more, and what
/// carrying it out answers.
#[server(endpoint = "approve_change")]
pub async fn approve_change(
    id: String,
    plan_hash: String,
    #[server(default)] back: String,
) -> Result<ChangeView, ApiError> {
    ssr::approve(&id, &plan_hash, &back).await
}

/// Turns a proposal down. Errors: `Forbidden`, `NotFound`, `Invalid` for a reason that is too long, `Conflict` when it no
/// longer waits.
#[server(endpoint = "deny_change")]
pub async fn deny_change(
    id: String,
    #[server(default)] reason: String,
    #[server(default)] back: String,
) -> Result<ChangeView, ApiError> {
    ssr::deny(&id, &reason, &back).await
}

/// Takes a change back; with `partial` also when somebody else has changed some of its fields since. Errors: `NotFound`,
/// `Conflict`, and all that refuses a write.
#[server(endpoint = "undo_change")]
pub async fn undo_change(id: String, #[server(default)] partial: bool) -> Result<Undone, ApiError> {
    ssr::undo(&id, partial).await
}

#[cfg(feature = "ssr")]
#[path = "ssr/mod.rs"]
mod ssr;
