//! The operator's own listener: health and metrics, away from the public port.

use std::time::Instant;

use axum::extract::State;
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use http::{StatusCode, header};
use metrics_exporter_prometheus::PrometheusHandle;
use orderdesk_mcp_domain::{Services, metrics as domain};
use serde_json::{Value, json};

use super::answer::{Taste, nothing_here};
use super::layers::headers;
use super::process;
use super::routes;
use super::shutdown::Shutdown;

/// What the operator's pages need.
#[derive(Clone)]
pub(crate) struct OpsState {
    /// The use cases.
    pub(crate) services: Services,
    /// Whether the end was asked for.
    pub(crate) shutdown: Shutdown,
    /// The counters, where they are kept.
    pub(crate) metrics: Option<PrometheusHandle>,
    /// Whether the detailed report is served.
    pub(crate) has_details: bool,
    /// When the process was ready.
    pub(crate) started: Instant,
}

/// The operator's routes.
pub(crate) fn router(state: OpsState) -> Router {
    let mut router = routes::HEALTH.on(Router::new(), health);
    router = routes::HEALTH_LIVE.on(router, live);
    router = routes::HEALTH_READY.on(router, ready);
    if state.has_details {
        router = routes::HEALTH_DETAILED.on(router, detailed);
    }
    if state.metrics.is_some() {
        router = routes::METRICS.on(router, exposition);
    }
    router
        .fallback(|| async { nothing_here(Taste::Json) })
        .layer(from_fn(headers::set_for_operator))
        .with_state(state)
}

async fn health(State(state): State<OpsState>) -> Json<Value> {
    Json(json!({
        "status": "ok",
        "service": "orderdesk-mcp",
        "version": env!("CARGO_PKG_VERSION"),
        "uptime_seconds": state.started.elapsed().as_secs(),
    }))
}

/// The process turns its wheels. Never the database or Order Desk: restarting us would not mend those.
async fn live(State(state): State<OpsState>) -> Json<Value> {
    Json(json!({ "status": "alive", "uptime_seconds": state.started.elapsed().as_secs() }))
}

/// Requests can be served: the database can be written and the end was not asked for.
async fn ready(State(state): State<OpsState>) -> Response {
    if state.shutdown.is_draining() {
        return not_ready("draining");
    }
    match state.services.ready().await {
        Ok(_) => Json(json!({ "status": "ready" })).into_response(),
        Err(_) => not_ready("database"),
    }
}

fn not_ready(reason: &str) -> Response {
    (
        StatusCode::SERVICE_UNAVAILABLE,
        Json(json!({ "status": "not_ready", "reason": reason })),
    )
        .into_response()
}

async fn detailed(State(state): State<OpsState>) -> Response {
    let database = state.services.ready().await;
    let is_ready = database.is_ok() && !state.shutdown.is_draining();
    let report = json!({
        "status": if is_ready { "ready" } else { "not_ready" },
        "version": env!("CARGO_PKG_VERSION"),
        "uptime_seconds": state.started.elapsed().as_secs(),
        "draining": state.shutdown.is_draining(),
        "database": database.map_or_else(|error| json!({ "error": error.message }), |database| json!({
            "kind": database.kind,
            "schema_version": database.schema_version,
            "connections_in_use": database.connections_in_use,
            "connections_idle": database.connections_idle,
        })),
        "trace_backlog": state.services.trace_backlog(),
        "resident_bytes": process::resident_bytes(),
        "open_fds": process::open_fds(),
    });
    let status = if is_ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(report)).into_response()
}

async fn exposition(State(state): State<OpsState>) -> Response {
    measure(&state).await;
    let text = state
        .metrics
        .map(|handle| handle.render())
        .unwrap_or_default();
    (
        [(
            header::CONTENT_TYPE,
            "text/plain; version=0.0.4; charset=utf-8",
        )],
        text,
    )
        .into_response()
}

/// Figures that are looked up rather than counted.
#[expect(
    clippy::cast_precision_loss,
    reason = "gauges are floats; these stay far below 2^52"
)]
async fn measure(state: &OpsState) {
    metrics::gauge!(domain::TRACE_BACKLOG).set(state.services.trace_backlog() as f64);
    if let Some(bytes) = process::resident_bytes() {
        metrics::gauge!("process_resident_memory_bytes").set(bytes as f64);
    }
    if let Some(fds) = process::open_fds() {
        metrics::gauge!("process_open_fds").set(fds as f64);
    }
    let runtime = tokio::runtime::Handle::current().metrics();
    metrics::gauge!("odmcp_tokio_alive_tasks").set(runtime.num_alive_tasks() as f64);
    metrics::gauge!("odmcp_tokio_global_queue_depth").set(runtime.global_queue_depth() as f64);
    if let Ok(database) = state.services.ready().await {
        for (connections, is) in [
            (database.connections_in_use, "in_use"),
            (database.connections_idle, "idle"),
        ] {
            metrics::gauge!("odmcp_db_pool_connections", "state" => is).set(f64::from(connections));
        }
    }
}
