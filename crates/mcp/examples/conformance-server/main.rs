//! The fixtures of the MCP conformance suite behind the product's own gate and HTTP stack.
//!
//! Listens on loopback at `PORT` (0, the default, takes a free one) and prints its URL. Unlike the product it
//! keeps sessions for legacy clients, because the suite's legacy scenarios for sampling, elicitation, logging and
//! subscriptions send requests and notifications from the server to the client, which need one.

mod asks;
mod catalog;
mod contents;
mod legacy;
mod server;
mod tasks;

use std::io::Write as _;
use std::sync::Arc;

use orderdesk_mcp_mcp::endpoint::mount;
use orderdesk_mcp_mcp::{MAX_BODY_BYTES, McpSettings};
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use tokio_util::sync::CancellationToken;

use crate::server::Fixtures;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let port = std::env::var("PORT")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(0_u16);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    writeln!(std::io::stdout(), "http://{}/mcp", listener.local_addr()?)?;

    let settings = McpSettings {
        allowed_hosts: vec!["localhost".into(), "127.0.0.1".into(), "::1".into()],
        allowed_origins: vec!["http://localhost:*".into(), "http://127.0.0.1:*".into()],
        cancellation_token: CancellationToken::new(),
        max_body_bytes: MAX_BODY_BYTES,
    };
    let fixtures = Fixtures::new();
    let sessions = LocalSessionManager::default();
    let router = mount(
        move || fixtures.clone(),
        sessions,
        true,
        settings,
        Arc::new(|_| Ok(())),
    );
    let listener = axum::serve::ListenerExt::tap_io(listener, |tcp| {
        // Without it every event waits 40 ms; where it is refused the fixtures are only slower.
        let _ = tcp.set_nodelay(true);
    });
    axum::serve(listener, router).await
}
