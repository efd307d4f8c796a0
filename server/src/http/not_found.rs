//! Addresses that must never answer with a page, because programs probe them.

use axum::Router;
use axum::extract::Request;
use axum::response::Response;

use super::answer::{Taste, nothing_here};
use super::routes::{API_OTHERWISE, OAUTH_OTHERWISE, WELL_KNOWN_OTHERWISE};

/// JSON 404 for whatever is not a route of its own below the prefixes that programs probe.
pub(super) fn for_programs() -> Router {
    [API_OTHERWISE, OAUTH_OTHERWISE, WELL_KNOWN_OTHERWISE]
        .iter()
        .fold(Router::new(), |router, route| {
            route.on(router, || async { nothing_here(Taste::Json) })
        })
}

/// The end of all routes while there is no web app.
pub(super) async fn anything(request: Request) -> Response {
    nothing_here(Taste::of(request.headers()))
}
