//! Addresses that must never answer with a page, because programs probe them.

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use axum::routing::any;

use super::answer::{Taste, nothing_here};

/// Prefixes of addresses for programs.
pub(super) const FOR_PROGRAMS: [&str; 3] =
    ["/api/{*rest}", "/oauth/{*rest}", "/.well-known/{*rest}"];

/// JSON 404 for whatever is not a route of its own below those prefixes.
pub(super) fn for_programs() -> Router {
    FOR_PROGRAMS
        .into_iter()
        .fold(Router::new(), |router, path| {
            router.route(path, any(|| async { nothing_here(Taste::Json) }))
        })
}

/// The end of all routes while there is no web app.
pub(super) async fn anything(request: Request) -> Response {
    nothing_here(Taste::of(request.headers()))
}
