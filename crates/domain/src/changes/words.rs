//! What is said of changes. Never a value of a record: paths, counts, ids and names of folders only.

use orderdesk::client::ClientError;
use orderdesk::{FieldPath, OrderId};
use orderdesk_mcp_contract::{ApiError, ChangeId, ErrorCode, StopScope};
use orderdesk_mcp_storage::record::{BudgetCheck, BudgetUse, ChangeRecord, WriteStop};

use crate::error::Failure;

/// At most so many characters.
pub(super) fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// The error with the change it is about.
pub(super) fn with_change(mut error: ApiError, change: &ChangeRecord) -> ApiError {
    if !error.message.contains("Nothing was changed") {
        error.message.push_str(" Nothing was changed.");
    }
    error.message.push_str(&format!(" (Change {}.)", change.id));
    error
}

/// We failed after the write was begun.
pub(super) fn left_open(id: ChangeId) -> ApiError {
    ApiError::new(
        ErrorCode::Unavailable,
        format!(
            "The change {id} was begun, and how it ended could not be written down or read. It is being looked into by itself: do not send it again, follow it with `changes_get`."
        ),
    )
    .with_retry_after_secs(30)
}

fn about(change: Option<&ChangeRecord>) -> String {
    change.map_or_else(String::new, |change| format!(" (Change {}.)", change.id))
}

pub(super) fn stopped(stop: &WriteStop, change: Option<&ChangeRecord>) -> ApiError {
    let what = match stop.scope {
        StopScope::Tenant => "All writes of this workspace are",
        StopScope::Store => "Writes to this store are",
        StopScope::Key => "Writes of this key are",
    };
    ApiError::new(
        ErrorCode::Forbidden,
        format!(
            "{what} stopped by the owner. Nothing was changed. Tell the person; they can let writes go on in the web app.{}",
            about(change)
        ),
    )
}

pub(super) fn store_gone(change: &ChangeRecord) -> ApiError {
    ApiError::new(
        ErrorCode::NotFound,
        format!(
            "The store was deleted meanwhile. Nothing was changed.{}",
            about(Some(change))
        ),
    )
}

pub(super) fn over_budget(
    budget: Option<&BudgetCheck>,
    used: &BudgetUse,
    change: Option<&ChangeRecord>,
) -> ApiError {
    let limits = budget.map_or_else(String::new, |budget| {
        let mut parts = Vec::new();
        if let Some(most) = budget.changes {
            parts.push(format!("{} of {most} changes", used.changes));
        }
        if let Some(most) = budget.orders {
            parts.push(format!("{} of {most} orders", used.orders));
        }
        if let Some(most) = budget.money {
            parts.push(format!("{} of {most} in money", used.money));
        }
        parts.join(", ")
    });
    ApiError::new(
        ErrorCode::RateLimited,
        format!(
            "This change would go over the key's budget (used: {limits}). Nothing was changed. Wait until the window has moved on, or ask the owner of the workspace.{}",
            about(change)
        ),
    )
    .with_retry_after_secs(60)
}

pub(super) fn record_busy(change: &ChangeRecord) -> ApiError {
    let busy = ApiError::new(
        ErrorCode::Conflict,
        "Another change of the same record is being made. Read the record and try again in a few seconds.",
    );
    with_change(busy.with_retry_after_secs(5), change)
}

pub(super) fn source_taken(id: Option<&OrderId>, change: &ChangeRecord) -> ApiError {
    let which = id.map_or_else(String::new, |id| format!(" ({id})"));
    let taken = ApiError::new(
        ErrorCode::Conflict,
        format!(
            "The store has an order with this `source_id` and `source_name` already{which}. Read it with `orders_get`, or give another `source_id`."
        ),
    );
    with_change(taken, change)
}

pub(super) fn conflict(what: &str, change: &ChangeRecord) -> ApiError {
    ApiError::new(
        ErrorCode::Conflict,
        cut(
            &format!(
                "Not changed, because {what}; theirs was kept. Read the record again and decide anew; `changes_get` with {} shows the three sides.",
                change.id
            ),
            1000,
        ),
    )
}

pub(super) fn not_applied(error: Option<&ClientError>, change: &ChangeRecord) -> ApiError {
    match error {
        Some(ClientError::OutcomeUnknown { .. }) | None => with_change(
            ApiError::new(
                ErrorCode::UpstreamUnavailable,
                "Order Desk did not make the change; it was read again to be sure. Try again.",
            ),
            change,
        ),
        Some(error) => with_change(Failure::from(error.clone()).answer(), change),
    }
}

/// What is said of a change that was read back.
pub(super) fn verified(partly: Option<(usize, usize)>, elsewhere: &[FieldPath]) -> String {
    let mut text = match partly {
        None => "Read back from Order Desk and found as planned.".to_owned(),
        Some((done, of)) => format!(
            "Only {done} of {of} parts are there: Order Desk did not take the rest. Nothing was sent twice."
        ),
    };
    if !elsewhere.is_empty() {
        let mut members: Vec<_> = elsewhere.iter().map(FieldPath::first).collect();
        members.dedup();
        text.push_str(&format!(
            " Somebody else changed {} at the same time; that was left as it is.",
            members.join(", ")
        ));
    }
    cut(&text, 1000)
}
