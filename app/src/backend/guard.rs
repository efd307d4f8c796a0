//! Who may come in, and how a refusal is answered.

use http::request::Parts;
use http::{HeaderValue, StatusCode, Uri, header};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use orderdesk_mcp_contract::{ApiError, ErrorCode};
use orderdesk_mcp_domain::{Caller, Services};

use super::{extension, services};
use crate::routes;

/// The use cases and who calls them: the first line of every server function.
///
/// # Errors
/// `Unauthenticated` when nobody is signed in; a page, or a form that the browser sent, is then answered with a redirect
/// to the sign-in page.
pub(crate) fn enter() -> Result<(Services, Caller), ApiError> {
    match extension::<Option<Caller>>().flatten() {
        Some(caller) => Ok((services()?, caller)),
        None => reply(Err(ApiError::new(ErrorCode::Unauthenticated, SIGNED_OUT))),
    }
}

/// Shown where a form was sent: pages themselves lead to the sign-in.
const SIGNED_OUT: &str = "Your session has ended, so nothing was done. Sign in again in another tab: what you typed stays here and can be sent again.";

/// Passes a result on and sets the answer's status and `Retry-After` from its error.
///
/// # Errors
/// Those of the result.
pub(crate) fn reply<T>(result: Result<T, ApiError>) -> Result<T, ApiError> {
    if let Err(error) = &result
        && let (Some(parts), Some(response)) =
            (use_context::<Parts>(), use_context::<ResponseOptions>())
    {
        if error.code == ErrorCode::Unauthenticated && is_from_browser(&parts) {
            see_other(&response, &routes::login_then(&page_of(&parts)));
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

/// Whether the answer is shown by the browser itself: a page, or what follows a form that it sent.
fn is_from_browser(parts: &Parts) -> bool {
    !is_server_fn(parts) || accepts_html(parts)
}

/// The page that a form was sent from; the dashboard when the browser does not say.
pub(crate) fn page_before() -> String {
    use_context::<Parts>().map_or_else(|| path_of(None), |parts| page_of(&parts))
}

/// The page asked for, or for a form the page that it was on.
fn page_of(parts: &Parts) -> String {
    if is_server_fn(parts) {
        let referer = parts
            .headers
            .get(header::REFERER)
            .and_then(|referer| referer.to_str().ok()?.parse::<Uri>().ok());
        path_of(referer.as_ref())
    } else {
        path_of(Some(&parts.uri))
    }
}

fn path_of(uri: Option<&Uri>) -> String {
    uri.and_then(Uri::path_and_query)
        .map_or(routes::DASHBOARD, |path| path.as_str())
        .to_owned()
}

pub(super) fn accepts_html(parts: &Parts) -> bool {
    let accept = parts
        .headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok());
    accept.is_some_and(|value| value.contains("text/html"))
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
