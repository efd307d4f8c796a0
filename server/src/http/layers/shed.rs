//! A bound on the requests under way: refusing at once beats being slow for everybody.

use axum::extract::Request;
use axum::response::Response;
use orderdesk_mcp_contract::{ApiError, ErrorCode};
use tokio::sync::Semaphore;

use crate::http::answer::{Taste, refuse};
use crate::http::metrics::LOAD_SHED_TOTAL;

/// Passes a request on while there is room, else answers 503.
pub(in crate::http) async fn limit<F: Future<Output = Response>>(
    room: &Semaphore,
    request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    let Ok(_place) = room.try_acquire() else {
        metrics::counter!(LOAD_SHED_TOTAL, "reason" => "in_flight").increment(1);
        let error = ApiError::new(
            ErrorCode::Unavailable,
            "The server is busy. Try again in a moment.",
        );
        return refuse(
            Taste::of(request.headers()),
            &error.with_retry_after_secs(1),
        );
    };
    next(request).await
}
