//! One log line and one count for each request. Both name the route's template, never the path: paths hold ids.
//! Headers, queries and bodies are nowhere near the log.

use std::sync::{Arc, LazyLock};
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::response::Response;
use http::Method;
use metrics::Gauge;
use orderdesk_mcp_contract::TenantId;
use tracing::field::Empty;
use tracing::{Instrument, Span};

use super::facts::Facts;
use crate::http::metrics::{HTTP_REQUEST_DURATION_SECONDS, HTTP_REQUESTS_TOTAL, INFLIGHT_REQUESTS};

/// Who the request turned out to come from; inner layers put it into the answer.
#[derive(Debug, Clone, Copy)]
pub(in crate::http) struct OfTenant(pub(in crate::http) TenantId);

/// A name for answers that no route gave, such as those from files.
#[derive(Debug, Clone, Copy)]
pub(in crate::http) struct RouteName(pub(in crate::http) &'static str);

/// The status of a request whose client hung up before there was an answer, as nginx has it.
const HUNG_UP: u16 = 499;

/// Looked up once: the recorder is there before the first request.
static IN_FLIGHT: LazyLock<Gauge> = LazyLock::new(|| metrics::gauge!(INFLIGHT_REQUESTS));

/// Logs and counts.
pub(in crate::http) async fn record<F: Future<Output = Response>>(
    request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    let watch = Watch::begin(&request);
    let span = watch.span.clone();
    let response = next(request).instrument(span).await;
    watch.answered(&response);
    response
}

/// A request under way. Dropped before it was answered, its client hung up.
struct Watch {
    started: Instant,
    method: &'static str,
    matched: Option<MatchedPath>,
    request_id: Arc<str>,
    span: Span,
    is_answered: bool,
}

impl Watch {
    fn begin(request: &Request) -> Self {
        let facts = request.extensions().get::<Facts>();
        let request_id = facts.map_or_else(Arc::default, |facts| Arc::clone(&facts.request_id));
        let span = tracing::info_span!("request", %request_id, traceparent = Empty);
        if let Some(traceparent) = facts.and_then(|facts| facts.traceparent.as_deref()) {
            span.record("traceparent", traceparent);
        }
        IN_FLIGHT.increment(1.0);
        Self {
            started: Instant::now(),
            method: bounded(request.method()),
            matched: request.extensions().get().cloned(),
            request_id,
            span,
            is_answered: false,
        }
    }

    fn answered(mut self, response: &Response) {
        self.is_answered = true;
        let extensions = response.extensions();
        let name = extensions.get().map(|RouteName(name)| *name);
        let tenant = extensions.get().map(|OfTenant(id)| *id);
        self.tell(name, response.status().as_u16(), tenant);
    }

    fn tell(&self, name: Option<&'static str>, status: u16, tenant: Option<TenantId>) {
        let matched = self.matched.as_ref().map(MatchedPath::as_str);
        let route = name.or(matched).unwrap_or("unmatched").to_owned();
        let elapsed = self.started.elapsed();
        tracing::info!(
            target: "access",
            parent: &self.span,
            request_id = &*self.request_id,
            method = self.method,
            route,
            status,
            duration_ms = elapsed.as_secs_f64() * 1000.0,
            tenant = tenant.map(|id| id.to_string()),
            "{}",
            if status == HUNG_UP { "the client hung up" } else { "answered" },
        );
        metrics::counter!(HTTP_REQUESTS_TOTAL, "route" => route.clone(), "method" => self.method, "code" => status.to_string())
            .increment(1);
        metrics::histogram!(HTTP_REQUEST_DURATION_SECONDS, "route" => route).record(elapsed);
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        IN_FLIGHT.decrement(1.0);
        if !self.is_answered {
            self.tell(None, HUNG_UP, None);
        }
    }
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
