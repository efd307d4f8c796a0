//! How the server itself refuses: JSON for programs, a small page for browsers.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use orderdesk_mcp_contract::{ApiError, ErrorCode};

/// Whether the client would rather have a page than JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taste {
    /// A browser asking for a page.
    Html,
    /// Everything else.
    Json,
}

impl Taste {
    /// What the request's `Accept` asks for.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let accept = headers
            .get(header::ACCEPT)
            .and_then(|value| value.to_str().ok());
        if accept.is_some_and(|value| value.contains("text/html")) {
            Self::Html
        } else {
            Self::Json
        }
    }
}

/// An answer with the status that belongs to the error.
pub(crate) fn refuse(taste: Taste, error: &ApiError) -> Response {
    let status =
        StatusCode::from_u16(error.code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    refuse_as(taste, status, error)
}

/// An answer with a status of its own, for faults of HTTP that have no error code.
pub(crate) fn refuse_as(taste: Taste, status: StatusCode, error: &ApiError) -> Response {
    let (kind, body) = match taste {
        Taste::Html => (
            "text/html; charset=utf-8",
            page(status, &error.message, None),
        ),
        Taste::Json => (
            "application/json",
            serde_json::to_string(error).unwrap_or_default(),
        ),
    };
    let mut answer = (status, Body::from(body)).into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Some(seconds) = error.retry_after_secs {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    answer
}

/// Something of ours broke; the page names the id under which that was logged.
pub(crate) fn broken(taste: Taste, request_id: Option<&str>) -> Response {
    let error = ApiError::internal();
    let mut answer = refuse(taste, &error);
    if taste == Taste::Html {
        *answer.body_mut() = Body::from(page(answer.status(), &error.message, request_id));
    }
    answer
}

/// There is no such address here.
pub(crate) fn nothing_here(taste: Taste) -> Response {
    refuse(
        taste,
        &ApiError::new(ErrorCode::NotFound, "There is nothing at this address."),
    )
}

/// Its style sheet is one of its own, at an address that no build changes; without it the page still reads.
fn page(status: StatusCode, message: &str, request_id: Option<&str>) -> String {
    let title = status.canonical_reason().unwrap_or("Error");
    let message = escaped(message);
    let id = request_id.map_or_else(String::new, |id| {
        format!("<p>Request id: <code>{}</code></p>", escaped(id))
    });
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><title>{title}</title>\
         <link rel=\"stylesheet\" href=\"/plain.css\"></head><body><main><h1>{title}</h1>\
         <p>{message}</p>{id}<p><a href=\"/\">Go to the start page</a></p></main></body></html>"
    )
}

/// Our own texts only, but some of them quote a setting.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
