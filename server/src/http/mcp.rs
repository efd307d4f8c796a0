//! The door for MCP clients.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use orderdesk_mcp_domain::Services;
use orderdesk_mcp_mcp::{MAX_BODY_BYTES, McpSettings};
use tokio_util::sync::CancellationToken;

use super::layers::body::{self, BodyLimit};
use super::layers::hosts::Hosts;
use super::layers::{bearer, cors};
use crate::config::WebOrigin;

/// What the door stands on.
pub(super) struct Mcp<'a> {
    /// The use cases.
    pub(super) services: Services,
    /// Names in `Host` that are answered.
    pub(super) hosts: &'a Hosts,
    /// Origins of browser pages that may call, our own among them.
    pub(super) origins: Vec<WebOrigin>,
    /// How long a body may take.
    pub(super) body_deadline: Duration,
    /// Ends calls under way; until then they may finish.
    pub(super) stop: CancellationToken,
}

impl Mcp<'_> {
    /// CORS outside the key, because a browser's preflight carries none; the body inside it, so that nobody
    /// without a key makes us hold a MiB.
    pub(super) fn router(self) -> Router {
        let settings = McpSettings {
            allowed_hosts: self.hosts.names(),
            allowed_origins: self.origins.iter().map(WebOrigin::with_port).collect(),
            cancellation_token: self.stop,
            max_body_bytes: MAX_BODY_BYTES,
        };
        let limit = BodyLimit {
            max_bytes: MAX_BODY_BYTES,
            deadline: self.body_deadline,
            words: body::Words::OfJsonRpc,
        };
        let entry = Entry {
            services: self.services.clone(),
            limit,
        };
        orderdesk_mcp_mcp::service(self.services, settings)
            .layer(from_fn_with_state(Arc::new(entry), enter))
            .layer(cors::layer(self.origins.iter()))
    }
}

/// What stands before the endpoint.
struct Entry {
    services: Services,
    limit: BodyLimit,
}

/// The key, then the body.
async fn enter(State(entry): State<Arc<Entry>>, request: Request, next: Next) -> Response {
    let entry = &*entry;
    bearer::require(&entry.services, request, move |request| {
        body::read_then(entry.limit, request, move |request| next.run(request))
    })
    .await
}
