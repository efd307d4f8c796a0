//! Who may come in, and how a refusal is answered.

use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use orderdesk_mcp_contract::{ApiError, ErrorCode};
use orderdesk_mcp_domain::{Caller, Services};

use super::{extension, services};
use crate::routes;

/// The use cases and who calls them: the first line of every server function.
///
/// # Errors
/// `Unauthenticated` when nobody is signed in; a page is then answered with a redirect to the sign-in page.
pub(crate) fn enter() -> Result<(Services, Caller), ApiError> {
    match extension::<Option<Caller>>().flatten() {
        Some(caller) => Ok((services()?, caller)),
        None => reply(Err(ApiError::new(
            ErrorCode::Unauthenticated,
            "Sign in to continue.",
        ))),
    }
}

/// Passes a result on and sets the answer's status and `Retry-After` from its error.
///
/// # Errors
/// Those of the result.
pub(crate) fn reply<T>(result: Result<T, ApiError>) -> Result<T, ApiError> {
    if let Err(error) = &result
        && let (Some(parts), Some(response)) =
            (use_context::<Parts>(), use_context::<ResponseOptions>())
    {
        if error.code == ErrorCode::Unauthenticated && !is_server_fn(&parts) {
            see_other(
                &response,
                &routes::login_then(parts.uri.path_and_query().map_or("/", |path| path.as_str())),
            );
        } else {
            let status = StatusCode::from_u16(error.code.http_status());
            response.set_status(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
        }
        if let Some(seconds) = error.retry_after_secs {
            response.insert_header(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
    }
    result
}

/// Answers with status 404; the page says so itself.
pub(crate) fn not_found() {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(StatusCode::NOT_FOUND);
    }
}

/// Whether the request calls a server function rather than asking for a page.
pub(super) fn is_server_fn(parts: &Parts) -> bool {
    parts.uri.path().starts_with("/api/")
}

/// Answers with a redirect that the browser follows with GET. A path that cannot stand in a header leads to
/// the dashboard.
pub(super) fn see_other(response: &ResponseOptions, path: &str) {
    let path = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    response.insert_header(header::LOCATION, path);
    response.set_status(StatusCode::SEE_OTHER);
}
