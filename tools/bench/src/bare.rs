//! What the product is measured beside: a bare rmcp tool and a bare axum handler that answer the same bytes.
//!
//! The tool is as quick as one can be with rmcp: the router is built once, the arguments are read and not looked at,
//! and the answer was made beforehand and is only cloned. It verifies nobody, records nothing and limits nothing.

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use axum::serve::ListenerExt;
use rmcp::handler::server::router::tool::ToolRouter;
use rmcp::handler::server::wrapper::Parameters;
use rmcp::model::{CallToolResult, ProtocolVersion};
use rmcp::service::RequestContext;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use rmcp::{RoleServer, ServerHandler, tool, tool_handler, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::net::TcpListener;

/// Where the bare axum handler is.
pub(crate) const PLAIN_PATH: &str = "/plain";
/// The line that tells where it listens begins with this.
pub(crate) const LISTENING: &str = "listening on ";

/// The product's answers, whole bodies, in each era's form.
#[derive(Serialize, Deserialize)]
pub(crate) struct Answers {
    /// To a client of 2025-11-25.
    pub(crate) legacy: String,
    /// To a client of 2026-07-28.
    pub(crate) modern: String,
}

/// Serves both until it is killed.
///
/// # Errors
/// The file does not hold the answers, or nothing can be listened on.
pub(crate) async fn serve(answers: &Path) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(answers)
        .with_context(|| format!("{} cannot be read", answers.display()))?;
    let answers: Answers = serde_json::from_str(&text)?;
    let tools = Bare(Arc::new(Inner {
        tools: Bare::tool_router(),
        legacy: result_in(&answers.legacy)?,
        modern: result_in(&answers.modern)?,
    }));
    // The product's settings, one by one: see `mount` in crates/mcp/src/endpoint.rs.
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_sse_keep_alive(Some(Duration::from_secs(15)))
        .with_max_request_body_bytes(1 << 20)
        .with_allowed_hosts(["localhost", "127.0.0.1", "[::1]"])
        .enforce_origin_validation()
        .with_allowed_origins(["http://localhost:*", "http://127.0.0.1:*"]);
    let mcp = StreamableHttpService::new(
        move || Ok(tools.clone()),
        Arc::new(NeverSessionManager::default()),
        config,
    );
    let plain = Bytes::from(answers.legacy);
    let router = Router::new()
        .route_service("/mcp", mcp)
        .route(PLAIN_PATH, post(move |asked| answer_plainly(plain, asked)));
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
    let address = listener.local_addr()?;
    writeln!(std::io::stdout(), "{LISTENING}http://{address}")?;
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            // Only a connection that is gone already refuses.
            drop(error);
        }
    });
    axum::serve(listener, router).await?;
    Ok(())
}

/// Reads the request's body, as every server must, and answers.
async fn answer_plainly(
    answer: Bytes,
    _asked: Bytes,
) -> ([(&'static str, &'static str); 1], Bytes) {
    ([("content-type", "application/json")], answer)
}

fn result_in(answer: &str) -> anyhow::Result<CallToolResult> {
    let answer: Value = serde_json::from_str(answer)?;
    let result = answer.get("result").context("an answer has no result")?;
    Ok(serde_json::from_value(result.clone())?)
}

#[derive(Clone)]
struct Bare(Arc<Inner>);

struct Inner {
    tools: ToolRouter<Bare>,
    legacy: CallToolResult,
    modern: CallToolResult,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "read from the request, and nothing depends on it")]
struct GetOrder {
    /// The store's Order Desk id or name.
    #[serde(default)]
    store_identifier: Option<String>,
    /// The order's Order Desk id.
    order_id: String,
}

#[tool_router]
impl Bare {
    /// Gets an order.
    #[tool]
    async fn orders_get(
        &self,
        context: RequestContext<RoleServer>,
        Parameters(_asked): Parameters<GetOrder>,
    ) -> CallToolResult {
        let is_modern = context
            .protocol_version()
            .is_some_and(|version| version >= ProtocolVersion::V_2026_07_28);
        if is_modern {
            self.0.modern.clone()
        } else {
            self.0.legacy.clone()
        }
    }
}

#[tool_handler(router = self.0.tools)]
impl ServerHandler for Bare {}
