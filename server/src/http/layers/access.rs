//! One log line and one count for each request. Both name the route's template, never the path: paths hold ids.
//! Headers, queries and bodies are nowhere near the log.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use http::Method;
use orderdesk_mcp_contract::TenantId;
use tracing::Instrument;

use super::facts::Facts;
use crate::http::metrics::{HTTP_REQUEST_DURATION_SECONDS, HTTP_REQUESTS_TOTAL, INFLIGHT_REQUESTS};

/// Who the request turned out to come from; inner layers put it into the answer.
#[derive(Debug, Clone, Copy)]
pub(in crate::http) struct OfTenant(pub(in crate::http) TenantId);

/// A name for answers that no route gave, such as those from files.
#[derive(Debug, Clone, Copy)]
pub(in crate::http) struct RouteName(pub(in crate::http) &'static str);

/// Logs and counts.
pub(in crate::http) async fn record(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = bounded(request.method());
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let request_id = request
        .extensions()
        .get::<Facts>()
        .map(|facts| facts.request_id.clone());
    let request_id = request_id.as_deref().unwrap_or_default();
    let span = tracing::info_span!("request", request_id);
    let under_way = UnderWay::begin();
    let response = next.run(request).instrument(span).await;
    drop(under_way);

    let route = match (&matched, response.extensions().get::<RouteName>()) {
        (_, Some(RouteName(name))) => (*name).to_owned(),
        (Some(matched), None) => matched.as_str().to_owned(),
        (None, None) => "unmatched".to_owned(),
    };
    let status = response.status().as_u16();
    let elapsed = started.elapsed();
    let tenant = response
        .extensions()
        .get::<OfTenant>()
        .map(|OfTenant(id)| id.to_string());
    tracing::info!(
        target: "access",
        request_id,
        method,
        route,
        status,
        duration_ms = elapsed.as_secs_f64() * 1000.0,
        tenant,
        "answered"
    );
    metrics::counter!(HTTP_REQUESTS_TOTAL, "route" => route.clone(), "method" => method, "code" => status.to_string())
        .increment(1);
    metrics::histogram!(HTTP_REQUEST_DURATION_SECONDS, "route" => route).record(elapsed);
    response
}

/// Any token can be sent as a method; only the usual ones get a label of their own.
fn bounded(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// Counts a request as under way until it is dropped, also when the client hangs up.
struct UnderWay;

impl UnderWay {
    fn begin() -> Self {
        metrics::gauge!(INFLIGHT_REQUESTS).increment(1.0);
        Self
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        metrics::gauge!(INFLIGHT_REQUESTS).decrement(1.0);
    }
}
