//! Which pages of other sites may call `/mcp`.

use std::time::Duration;

use http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::config::WebOrigin;

/// How long a browser may remember the answer to a preflight; Chromium's own maximum.
const MAX_AGE: Duration = Duration::from_secs(7200);

/// The headers are those of MCP 2026-07-28 and of the era before. Credentials (cookies) are not allowed: the
/// bearer key is the only credential of this door.
pub(in crate::http) fn layer<'a>(origins: impl Iterator<Item = &'a WebOrigin>) -> CorsLayer {
    let origins = origins.filter_map(|origin| HeaderValue::from_str(&origin.to_string()).ok());
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::ACCEPT,
            HeaderName::from_static("mcp-protocol-version"),
            HeaderName::from_static("mcp-method"),
            HeaderName::from_static("mcp-name"),
            HeaderName::from_static("mcp-session-id"),
            HeaderName::from_static("last-event-id"),
        ])
        .expose_headers([
            header::WWW_AUTHENTICATE,
            header::RETRY_AFTER,
            HeaderName::from_static("mcp-session-id"),
            HeaderName::from_static("x-request-id"),
        ])
        .max_age(MAX_AGE)
}
