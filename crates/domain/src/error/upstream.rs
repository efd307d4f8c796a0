//! What Order Desk's failures mean for the caller.

use std::time::Duration;

use orderdesk::client::{ClientError, UpstreamText};
use orderdesk_mcp_contract::{ApiError, ErrorCode};

/// The words for the caller. These failures are expected in operation: they are counted by the client's
/// observer and shown in the trace, so they are not logged as errors of ours.
pub(super) fn answer(error: &ClientError) -> ApiError {
    match error {
        ClientError::Unauthorized => ApiError::new(
            ErrorCode::UpstreamRefused,
            "Order Desk refused the saved credentials of this store: the API key was changed or removed there. Ask the owner of the workspace to remove the store and add it again with the new key.",
        ),
        ClientError::NotFound => {
            ApiError::new(ErrorCode::NotFound, "Order Desk has no such record.")
        }
        ClientError::Rejected { status, message } => {
            let said = message.as_str();
            let said = if said.is_empty() {
                String::new()
            } else {
                format!(" It said: \"{said}\".")
            };
            ApiError::new(
                ErrorCode::UpstreamRejected,
                format!(
                    "Order Desk refused the request (HTTP {status}).{said} Nothing was changed."
                ),
            )
        }
        ClientError::RateLimited { retry_after } => later(
            ErrorCode::UpstreamUnavailable,
            "Order Desk's request limit for this store is used up, by us or by another integration of the merchant",
            *retry_after,
        ),
        ClientError::CircuitOpen { retry_after } => later(
            ErrorCode::UpstreamUnavailable,
            "Order Desk has been failing for this store, so it is being left alone for a moment",
            *retry_after,
        ),
        ClientError::Overloaded { retry_after } => later(
            ErrorCode::UpstreamUnavailable,
            "Too many requests wait for this store; Order Desk allows about three a second",
            *retry_after,
        ),
        ClientError::Unavailable { status } => later(
            ErrorCode::UpstreamUnavailable,
            &format!("Order Desk is failing (HTTP {status})"),
            Duration::from_secs(10),
        ),
        ClientError::Connect | ClientError::Lost => later(
            ErrorCode::UpstreamUnavailable,
            "Order Desk cannot be reached from this server",
            Duration::from_secs(10),
        ),
        ClientError::Timeout => later(
            ErrorCode::UpstreamTimeout,
            "Order Desk did not answer in time",
            Duration::from_secs(5),
        ),
        ClientError::TooLarge { limit_bytes } => ApiError::new(
            ErrorCode::UpstreamRejected,
            format!(
                "Order Desk's answer is larger than {} MiB. Ask for fewer records with `limit` or filters.",
                limit_bytes >> 20
            ),
        ),
        ClientError::InvalidReply { what } => {
            tracing::warn!(what, "a reply of Order Desk could not be understood");
            ApiError::new(
                ErrorCode::UpstreamUnavailable,
                "Order Desk answered with something that is not understood. Try again; if it stays, tell the operator.",
            )
            .with_retry_after_secs(5)
        }
        ClientError::InvalidRequest { what } => ApiError::new(
            ErrorCode::Invalid,
            format!("The request cannot be sent to Order Desk: {what}."),
        ),
        ClientError::InvalidFilter(error) => ApiError::new(
            ErrorCode::Invalid,
            format!("The filters are not accepted: {error}."),
        ),
        ClientError::OutcomeUnknown { .. } => ApiError::new(
            ErrorCode::UpstreamTimeout,
            "The request was sent and its answer was lost: it is unknown whether Order Desk applied it. Read the record before trying again.",
        ),
    }
}

/// The same failure without what Order Desk wrote, which may repeat what a customer did: for what is kept unsealed.
pub(crate) fn without_words(error: &ClientError) -> ClientError {
    match error {
        ClientError::Rejected { status, .. } => ClientError::Rejected {
            status: *status,
            message: UpstreamText::default(),
        },
        error => error.clone(),
    }
}

fn later(code: ErrorCode, what: &str, wait: Duration) -> ApiError {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    let seconds = seconds.max(1);
    ApiError::new(code, format!("{what}. Try again in {seconds} s.")).with_retry_after_secs(seconds)
}
