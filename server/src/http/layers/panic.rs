//! The last resort: a panic becomes an answer, and the process goes on.

use std::panic::AssertUnwindSafe;

use axum::extract::Request;
use axum::response::Response;
use futures::FutureExt;
use orderdesk_mcp_domain::metrics::PANICS_TOTAL;

use super::facts::Facts;
use crate::http::answer::{Taste, broken};

/// Answers 500 for a request whose handling panicked. Where it did was logged by the panic hook; the text may quote
/// data and is told nobody.
pub(in crate::http) async fn catch<F: Future<Output = Response>>(
    request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    let taste = Taste::of(request.headers());
    let facts = request.extensions().get::<Facts>().cloned();
    // Inside, because some of the handling happens before the first wait.
    let handling = async { next(request).await };
    match AssertUnwindSafe(handling).catch_unwind().await {
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
    use axum::body::Body;
    use http::{StatusCode, header};

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
        let proxies = TrustedProxies::default();
        let panicking = |_: Request| async { panic!("canary") };
        for (accept, kind) in [
            ("text/html", "text/html; charset=utf-8"),
            ("*/*", "application/json"),
        ] {
            let request = Request::builder()
                .header(header::ACCEPT, accept)
                .body(Body::empty())
                .unwrap();
            let response = headers::set(policy, request, |request| {
                facts::gather(&proxies, request, |request| catch(request, panicking))
            });
            let response = response.await;
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
