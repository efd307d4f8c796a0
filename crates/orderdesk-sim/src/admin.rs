//! `/__sim/…`: the same controls for scripts, over HTTP, for loopback peers only.

use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::{ConnectInfo, FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::Value;

use crate::fault::{Action, Fault, ForeignEdit};
use crate::log::LogEntry;
use crate::sim::Sim;
use crate::switches::{RateLimitBody, Switches};

pub(crate) fn router(sim: &Sim) -> Router {
    Router::new()
        .route("/__sim/faults", post(add_fault).delete(clear_faults))
        .route("/__sim/log", get(log).delete(clear_log))
        .route("/__sim/switches", get(switches).put(set_switches))
        .route("/__sim/reset", post(reset))
        .with_state(sim.clone())
}

/// Proof that the peer is on this machine. Without connection information nobody is.
struct Loopback;

impl<S: Send + Sync> FromRequestParts<S> for Loopback {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        match peer {
            Some(ConnectInfo(peer)) if peer.ip().is_loopback() => Ok(Self),
            _ => Err(StatusCode::FORBIDDEN),
        }
    }
}

/// A [`Fault`] as JSON: `{"method":"PUT","path":"/orders/*","action":"reset_after_apply","nth":2}`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultBody {
    #[serde(default = "any_method")]
    method: String,
    path: String,
    action: ActionBody,
    store_id: Option<String>,
    nth: Option<u64>,
    /// Absent: once. 0: without end.
    times: Option<u64>,
}

fn any_method() -> String {
    "*".to_owned()
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum ActionBody {
    #[serde(rename = "status_429")]
    Status429,
    #[serde(rename = "status_429_html")]
    Status429Html,
    #[serde(rename = "status_429_empty")]
    Status429Empty,
    #[serde(rename = "status_500_before_apply")]
    Status500BeforeApply,
    #[serde(rename = "status_500_after_apply")]
    Status500AfterApply,
    ResetBeforeApply,
    ResetAfterApply,
    Hang {
        duration_ms: u64,
        apply: bool,
    },
    TruncatedJson,
    Slow {
        delay_ms: u64,
    },
    #[serde(rename = "error_body_200")]
    ErrorBody200,
    #[serde(rename = "html_error_502")]
    HtmlError502,
    ForeignEdit {
        patch: Value,
        order_id: Option<u64>,
    },
}

impl From<ActionBody> for Action {
    fn from(body: ActionBody) -> Self {
        match body {
            ActionBody::Status429 => Self::Status429(RateLimitBody::Json),
            ActionBody::Status429Html => Self::Status429(RateLimitBody::Html),
            ActionBody::Status429Empty => Self::Status429(RateLimitBody::Empty),
            ActionBody::Status500BeforeApply => Self::Status500BeforeApply,
            ActionBody::Status500AfterApply => Self::Status500AfterApply,
            ActionBody::ResetBeforeApply => Self::ResetBeforeApply,
            ActionBody::ResetAfterApply => Self::ResetAfterApply,
            ActionBody::Hang { duration_ms, apply } => Self::Hang {
                duration: Duration::from_millis(duration_ms),
                apply,
            },
            ActionBody::TruncatedJson => Self::TruncatedJson,
            ActionBody::Slow { delay_ms } => Self::Slow {
                delay: Duration::from_millis(delay_ms),
            },
            ActionBody::ErrorBody200 => Self::ErrorBody200,
            ActionBody::HtmlError502 => Self::HtmlError502,
            ActionBody::ForeignEdit { patch, order_id } => {
                let mut edit = ForeignEdit::merge(patch);
                edit.order_id = order_id;
                Self::ForeignEdit(edit)
            }
        }
    }
}

async fn add_fault(_: Loopback, State(sim): State<Sim>, Json(body): Json<FaultBody>) -> StatusCode {
    let mut fault = Fault::on(&body.method, &body.path, body.action.into());
    if let Some(store_id) = &body.store_id {
        fault = fault.store(store_id);
    }
    if let Some(nth) = body.nth {
        fault = fault.nth(nth);
    }
    fault = match body.times {
        Some(0) => fault.always(),
        Some(times) => fault.times(times),
        None => fault,
    };
    sim.fault(fault);
    StatusCode::NO_CONTENT
}

async fn clear_faults(_: Loopback, State(sim): State<Sim>) -> StatusCode {
    sim.clear_faults();
    StatusCode::NO_CONTENT
}

async fn log(_: Loopback, State(sim): State<Sim>) -> Json<Vec<LogEntry>> {
    Json(sim.log())
}

async fn clear_log(_: Loopback, State(sim): State<Sim>) -> StatusCode {
    sim.clear_log();
    StatusCode::NO_CONTENT
}

async fn switches(_: Loopback, State(sim): State<Sim>) -> Json<Switches> {
    Json(sim.switches())
}

async fn set_switches(
    _: Loopback,
    State(sim): State<Sim>,
    Json(switches): Json<Switches>,
) -> StatusCode {
    sim.set_switches(switches);
    StatusCode::NO_CONTENT
}

async fn reset(_: Loopback, State(sim): State<Sim>) -> StatusCode {
    sim.reset();
    StatusCode::NO_CONTENT
}
