//! Bodies are read here, whole, within a size and a time, so that no handler waits for a slow or endless one.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Body as _;
use orderdesk_mcp_contract::{ApiError, ErrorCode};
use orderdesk_mcp_mcp::refusal::Refusal;

use crate::http::answer::{Taste, refuse_as};

/// As much of a body too large is read and thrown away.
const DISCARD_MAX_BYTES: usize = 4 << 20;
/// For as long.
const DISCARD_PATIENCE: Duration = Duration::from_secs(2);

/// How large a body may be and how long it may take.
#[derive(Debug, Clone, Copy)]
pub(in crate::http) struct BodyLimit {
    /// Bytes.
    pub(in crate::http) max_bytes: usize,
    /// From the end of the head to the body's last byte.
    pub(in crate::http) deadline: Duration,
    /// How a refusal is worded.
    pub(in crate::http) words: Words,
}

/// How a refusal is worded.
#[derive(Debug, Clone, Copy)]
pub(in crate::http) enum Words {
    /// As everywhere: JSON or a page, as the client likes.
    OfHttp,
    /// As MCP clients read it: a JSON-RPC error without an id, because that was in the body.
    OfJsonRpc,
}

/// Passes the request on with its whole body, or answers 413, 408 or 400.
pub(in crate::http) async fn read(
    State(limit): State<BodyLimit>,
    request: Request,
    next: Next,
) -> Response {
    read_then(limit, request, move |request| next.run(request)).await
}

/// The same, before whatever comes next.
pub(in crate::http) async fn read_then<F: Future<Output = Response>>(
    limit: BodyLimit,
    request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    if request.body().is_end_stream() {
        return next(request).await;
    }
    let taste = Taste::of(request.headers());
    let announced = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse().ok());
    let (parts, body) = request.into_parts();
    if announced.is_some_and(|bytes: u64| bytes > limit.max_bytes as u64) {
        let discarded = tokio::time::timeout(DISCARD_PATIENCE, discard(body)).await;
        tracing::debug!(
            in_time = discarded.is_ok(),
            "a body too large was discarded"
        );
        return too_large(limit, taste);
    }
    match tokio::time::timeout(
        limit.deadline,
        Limited::new(body, limit.max_bytes).collect(),
    )
    .await
    {
        Ok(Ok(whole)) => next(Request::from_parts(parts, Body::from(whole.to_bytes()))).await,
        Ok(Err(error)) if error.is::<LengthLimitError>() => too_large(limit, taste),
        Ok(Err(_)) => {
            let text = "The request's body broke off. Send it again.";
            unread(limit, taste, StatusCode::BAD_REQUEST, text)
        }
        Err(_) => {
            let text = "The request's body took too long. Send it again.";
            unread(limit, taste, StatusCode::REQUEST_TIMEOUT, text)
        }
    }
}

/// Lets a client finish sending, within bounds: one whose data is still on the way when the connection closes
/// gets a reset instead of the answer.
async fn discard(mut body: Body) {
    let mut left = DISCARD_MAX_BYTES;
    while let Some(Ok(frame)) = body.frame().await {
        let bytes = frame.data_ref().map_or(0, Bytes::len);
        match left.checked_sub(bytes) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}

fn too_large(limit: BodyLimit, taste: Taste) -> Response {
    let text = format!(
        "The request's body is larger than the {} KiB allowed here.",
        limit.max_bytes / 1024
    );
    unread(limit, taste, StatusCode::PAYLOAD_TOO_LARGE, &text)
}

/// Part of the body was not read, so the connection ends here and says so: a client that took it for open would
/// send its next request into the void.
fn unread(limit: BodyLimit, taste: Taste, status: StatusCode, text: &str) -> Response {
    let mut response = match limit.words {
        Words::OfHttp => refuse_as(taste, status, &ApiError::new(ErrorCode::Invalid, text)),
        Words::OfJsonRpc => Refusal::invalid(status, text).into_response(),
    };
    response
        .headers_mut()
        .insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}
