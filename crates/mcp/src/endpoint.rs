//! The HTTP endpoint: gate, protocol layer, settings. Used by the product and by the conformance server alike.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::IntoResponse as _;
use axum::routing::any;
use orderdesk_mcp_contract::{ApiError, ErrorCode};
use orderdesk_mcp_domain::{Caller, Services};
use rmcp::ServerHandler;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{
    SessionManager, StreamableHttpServerConfig, StreamableHttpService,
};
use tokio_util::sync::CancellationToken;

use crate::gate::{Charge, Gate, Protocol};
use crate::handler::Handler;
use crate::plain::Plain;
use crate::refusal::Refusal;

/// The endpoint's path, exact.
pub const PATH: &str = "/mcp";
/// Largest request body by default, in bytes.
pub const MAX_BODY_BYTES: usize = 1 << 20;
/// How often an open event stream says that it is alive.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// What the endpoint needs to know of its surroundings.
#[derive(Clone, Debug)]
pub struct McpSettings {
    /// `Host` values served, as names or `name:port`; others are refused with 403, which stops DNS rebinding.
    pub allowed_hosts: Vec<String>,
    /// `Origin` values of browsers served, as `https://name:port` or `http://localhost:*`; a request with
    /// another origin is refused with 403, one without an origin is no browser's and passes.
    pub allowed_origins: Vec<String>,
    /// Ends everything, calls under way too: the end that no longer waits. There are no streams that would have to
    /// end before; a test sees to that.
    pub cancellation_token: CancellationToken,
    /// Largest request body, in bytes; see [`MAX_BODY_BYTES`].
    pub max_body_bytes: usize,
}

/// The route `/mcp`, serving both protocol eras without sessions.
///
/// The layer in front must have put a [`Caller`] into the request's extensions; without one the answer is 401.
pub fn service(services: Services, settings: McpSettings) -> Router {
    let charge: Charge = {
        let services = services.clone();
        Arc::new(move |extensions| match extensions.get::<Caller>() {
            Some(caller) => services.charge_request(caller),
            None => Err(unrecognised()),
        })
    };
    let handler = Handler::new(services);
    let plain = Plain::new(
        handler.clone(),
        &settings.allowed_hosts,
        settings.cancellation_token.clone(),
    );
    let gate = Gate {
        max_body_bytes: settings.max_body_bytes,
        charge,
        plain: Some(plain),
        protocol: protocol(
            move || handler.clone(),
            NeverSessionManager::default(),
            false,
            settings,
        ),
    };
    let gate = Arc::new(gate);
    let answer = move |request: Request| {
        let gate = Arc::clone(&gate);
        async move {
            if request.extensions().get::<Caller>().is_none() {
                return Refusal::of_error(&unrecognised()).into_response();
            }
            gate.pass(request).await
        }
    };
    Router::new().route(PATH, any(answer))
}

/// The route `/mcp` over any handler and session manager, behind the same gate as the product's. `sessions`
/// turns on the sessions of the legacy era.
pub fn mount<H, M>(
    handler: impl Fn() -> H + Send + Sync + 'static,
    session_manager: M,
    sessions: bool,
    settings: McpSettings,
    charge: Charge,
) -> Router
where
    H: ServerHandler,
    M: SessionManager,
{
    let gate = Arc::new(Gate {
        max_body_bytes: settings.max_body_bytes,
        charge,
        plain: None,
        protocol: protocol(handler, session_manager, sessions, settings),
    });
    let answer = move |request: Request| {
        let gate = Arc::clone(&gate);
        async move { gate.pass(request).await }
    };
    Router::new().route(PATH, any(answer))
}

/// rmcp's HTTP service with our settings.
fn protocol<H, M>(
    handler: impl Fn() -> H + Send + Sync + 'static,
    session_manager: M,
    sessions: bool,
    settings: McpSettings,
) -> Protocol
where
    H: ServerHandler,
    M: SessionManager,
{
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(sessions)
        .with_json_response(true)
        .with_sse_keep_alive(Some(KEEP_ALIVE))
        .with_max_request_body_bytes(settings.max_body_bytes)
        .with_allowed_hosts(settings.allowed_hosts)
        .enforce_origin_validation()
        .with_allowed_origins(settings.allowed_origins)
        .with_cancellation_token(settings.cancellation_token);
    let service = Arc::new(StreamableHttpService::new(
        move || Ok(handler()),
        Arc::new(session_manager),
        config,
    ));
    // Shared, because the service's settings are many strings.
    Box::new(move |request| {
        let service = Arc::clone(&service);
        Box::pin(async move { service.handle(request).await.map(Body::new) })
    })
}

fn unrecognised() -> ApiError {
    ApiError::new(
        ErrorCode::Unauthenticated,
        "Send a key of this server as `Authorization: Bearer odm_...`; the web app's Connect page makes one.",
    )
}
