//! The endpoint of all server functions.

use axum::body::{Body, to_bytes};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, Request, StatusCode, header};
use orderdesk_mcp_contract::{ApiError, ErrorCode};
use orderdesk_mcp_domain::Services;

use super::provide;

/// More than any [`ApiError`] takes.
const ERROR_MAX_BYTES: usize = 64 * 1024;

/// Runs the server function that the path names. An error is answered as JSON with the HTTP status of its
/// code; Leptos itself would answer 500 for all of them.
pub async fn answer_server_fn(services: Services, request: Request<Body>) -> Response {
    let path = request.uri().path();
    if !server_fn::axum::server_fn_paths()
        .any(|(known, method)| known == path && method == *request.method())
    {
        return refuse(&ApiError::new(
            ErrorCode::NotFound,
            "This server does not know that request; it may have been updated meanwhile. Reload the page.",
        ));
    }
    let answer =
        leptos_axum::handle_server_fns_with_context(move || provide(services.clone()), request)
            .await;
    let answer = answer.into_response();
    if answer.headers().contains_key(header::CONTENT_DISPOSITION) {
        return as_file(answer);
    }
    with_status(answer).await
}

/// Leptos sends whoever sent a form on; a file is the answer itself.
fn as_file(mut answer: Response) -> Response {
    *answer.status_mut() = StatusCode::OK;
    answer.headers_mut().remove(header::LOCATION);
    answer
}

/// Replaces the general 500 by the status of the error in the body.
async fn with_status(answer: Response) -> Response {
    if answer.status() != StatusCode::INTERNAL_SERVER_ERROR {
        return answer;
    }
    let (mut parts, body) = answer.into_parts();
    let Ok(bytes) = to_bytes(body, ERROR_MAX_BYTES).await else {
        return refuse(&ApiError::internal());
    };
    if let Ok(error) = serde_json::from_slice::<ApiError>(&bytes) {
        parts.status = status_of(&error);
    }
    Response::from_parts(parts, Body::from(bytes))
}

fn refuse(error: &ApiError) -> Response {
    let body = serde_json::to_vec(error).unwrap_or_default();
    let mut answer = (status_of(error), body).into_response();
    answer.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    answer
}

fn status_of(error: &ApiError) -> StatusCode {
    StatusCode::from_u16(error.code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
