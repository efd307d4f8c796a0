//! The last resort: a panic becomes an answer, and the process goes on.

use std::panic::AssertUnwindSafe;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use futures::FutureExt;
use orderdesk_mcp_domain::metrics::PANICS_TOTAL;

use super::facts::Facts;
use crate::http::answer::{Taste, broken};

/// Answers 500 for a request whose handling panicked. Where it did was logged by the panic hook; the text may quote
/// data and is told nobody.
pub(in crate::http) async fn catch(request: Request, next: Next) -> Response {
    let taste = Taste::of(request.headers());
    let facts = request.extensions().get::<Facts>().cloned();
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(_) => {
            metrics::counter!(PANICS_TOTAL).increment(1);
            tracing::error!("the handling of a request panicked");
            broken(taste, facts.as_ref().map(|facts| &*facts.request_id))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::Router;
    use axum::body::Body;
    use axum::middleware::{from_fn, from_fn_with_state};
    use axum::routing::get;
    use http::{StatusCode, header};
    use tower::ServiceExt;

    use super::*;
    use crate::config::TrustedProxies;
    use crate::http::layers::facts;
    use crate::http::layers::headers::{self, Policy};

    #[tokio::test]
    async fn a_panic_is_answered_with_all_headers_and_without_its_text() {
        let policy = Policy {
            is_https: false,
            reload_port: None,
        };
        let router = Router::new()
            .route(
                "/",
                get(|| async {
                    if true {
                        panic!("canary")
                    }
                }),
            )
            .layer(from_fn(catch))
            .layer(from_fn_with_state(
                Arc::new(TrustedProxies::default()),
                facts::gather,
            ))
            .layer(from_fn_with_state(Arc::new(policy), headers::set));
        for (accept, kind) in [
            ("text/html", "text/html; charset=utf-8"),
            ("*/*", "application/json"),
        ] {
            let request = Request::builder()
                .header(header::ACCEPT, accept)
                .body(Body::empty())
                .unwrap();
            let response = router.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
            assert_eq!(response.headers()[header::CONTENT_TYPE], kind);
            for (name, value) in headers::ALWAYS {
                assert_eq!(response.headers()[name], value);
            }
            assert!(
                response
                    .headers()
                    .contains_key(header::CONTENT_SECURITY_POLICY)
            );
            assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
            let id = response.headers()["x-request-id"]
                .to_str()
                .unwrap()
                .to_owned();
            let body = axum::body::to_bytes(response.into_body(), 4096)
                .await
                .unwrap();
            let body = String::from_utf8_lossy(&body);
            assert!(!body.contains("canary"));
            assert_eq!(body.contains(&id), accept == "text/html", "{body}");
        }
    }
}
