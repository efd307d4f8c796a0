//! What the gate answers by itself, seen over HTTP with a handler of one tool behind it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use http::{HeaderMap, Request, StatusCode};
use orderdesk_mcp_contract::{ApiError, ErrorCode};
use orderdesk_mcp_mcp::McpSettings;
use orderdesk_mcp_mcp::endpoint::mount;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ServerCapabilities, ServerConfig,
};
use rmcp::service::RequestContext;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::{ErrorData, RoleServer, ServerHandler};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

const PING: &str = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
const CALL: &str = r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"any"}}"#;

#[derive(Clone)]
struct OneTool;

impl ServerHandler for OneTool {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
    }

    async fn call_tool(
        &self,
        _: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        Ok(CallToolResult::structured(json!({ "done": true })).into())
    }
}

/// A router that lets `tokens` requests be charged, and the number that were.
fn router(tokens: usize) -> (Router, Arc<AtomicUsize>) {
    let charged = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&charged);
    let charge = move |_: &http::Extensions| {
        if count.fetch_add(1, Ordering::SeqCst) < tokens {
            return Ok(());
        }
        Err(
            ApiError::new(ErrorCode::RateLimited, "Too many requests; wait 9 s.")
                .with_retry_after_secs(9),
        )
    };
    let settings = McpSettings {
        allowed_hosts: vec!["localhost".into()],
        allowed_origins: vec!["http://localhost:*".into()],
        cancellation_token: CancellationToken::new(),
        max_body_bytes: 2048,
    };
    (
        mount(
            || OneTool,
            NeverSessionManager::default(),
            false,
            settings,
            Arc::new(charge),
        ),
        charged,
    )
}

async fn send(router: &Router, request: Request<Body>) -> (StatusCode, HeaderMap, Value) {
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    assert_eq!(parts.headers["cache-control"], "no-store");
    assert!(
        parts
            .headers
            .get_all("vary")
            .iter()
            .any(|value| value == "Authorization")
    );
    let bytes = to_bytes(body, 1 << 20).await.unwrap();
    let value = if bytes.is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(&bytes).unwrap()
    };
    (parts.status, parts.headers, value)
}

fn post(body: impl Into<Body>, extra: &[(&'static str, &str)]) -> Request<Body> {
    let mut request = Request::post("/mcp")
        .header("host", "localhost")
        .body(body.into())
        .unwrap();
    request
        .headers_mut()
        .insert("content-type", "application/json".parse().unwrap());
    for (name, value) in extra {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    request
}

#[tokio::test]
async fn serves_whatever_accepts_json() {
    let (router, _) = router(100);
    for accept in [
        None,
        Some("*/*"),
        Some("application/json"),
        Some("application/*;q=0.8"),
        Some("text/event-stream, application/json"),
    ] {
        let extra: Vec<_> = accept.map(|value| ("accept", value)).into_iter().collect();
        let (status, headers, body) = send(&router, post(CALL, &extra)).await;
        assert_eq!(
            (status, headers["content-type"].as_bytes()),
            (StatusCode::OK, b"application/json".as_slice()),
            "{accept:?}"
        );
        assert_eq!(
            body["result"]["structuredContent"]["done"], true,
            "{accept:?}"
        );
    }
    let (status, _, body) = send(&router, post(CALL, &[("accept", "text/html")])).await;
    assert_eq!(
        (status, body["error"]["code"].as_i64()),
        (StatusCode::NOT_ACCEPTABLE, Some(-32600))
    );
}

/// Body, headers; status, JSON-RPC code, id of the answer.
type Case<'a> = (&'a str, &'a [(&'static str, &'a str)], u16, i64, Value);

#[tokio::test]
async fn refuses_in_json_rpc_with_the_id() {
    let (router, _) = router(100);
    let long = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"ping","params":{{"x":"{}"}}}}"#,
        "x".repeat(3000)
    );
    let deep = format!(
        r#"{{"jsonrpc":"2.0","id":4,"method":"tools/call","params":{{"name":"any","arguments":{{"x":{}{}}}}}}}"#,
        "[".repeat(300),
        "]".repeat(300)
    );
    let cases: [Case<'_>; 10] = [
        ("{nonsense", &[], 400, -32700, Value::Null),
        ("[]", &[], 400, -32600, Value::Null),
        (
            r#"{"jsonrpc":"2.0","id":"a","method":9}"#,
            &[],
            400,
            -32600,
            json!("a"),
        ),
        (
            r#"{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{}}"#,
            &[],
            400,
            -32602,
            json!(3),
        ),
        (&deep, &[], 400, -32602, json!(4)),
        (&long, &[], 413, -32600, Value::Null),
        (
            PING,
            &[("content-type", "text/plain")],
            415,
            -32600,
            json!(1),
        ),
        (PING, &[("host", "evil.example")], 403, -32600, json!(1)),
        (
            PING,
            &[("origin", "http://evil.example")],
            403,
            -32600,
            json!(1),
        ),
        (
            PING,
            &[("mcp-protocol-version", "1999-01-01")],
            400,
            -32600,
            json!(1),
        ),
    ];
    for (body, headers, status, code, id) in cases {
        let (got, _, answer) = send(&router, post(body.to_owned(), headers)).await;
        let shown: String = body.chars().take(80).collect();
        assert_eq!(
            (got.as_u16(), answer["error"]["code"].as_i64()),
            (status, Some(code)),
            "{shown}: {answer}"
        );
        assert_eq!(answer.get("id").cloned().unwrap_or_default(), id, "{shown}");
        assert!(
            answer["error"]["message"].as_str().unwrap().len() > 10,
            "{shown}: {answer}"
        );
    }
}

#[tokio::test]
async fn takes_post_only() {
    let (router, _) = router(100);
    for method in ["GET", "DELETE", "PUT"] {
        let request = Request::builder()
            .method(method)
            .uri("/mcp")
            .header("host", "localhost");
        let (status, headers, body) = send(&router, request.body(Body::empty()).unwrap()).await;
        assert_eq!(
            (status, headers["allow"].as_bytes()),
            (StatusCode::METHOD_NOT_ALLOWED, b"POST".as_slice())
        );
        assert_eq!(body["error"]["code"], -32600);
    }
}

#[tokio::test]
async fn charges_all_but_tool_calls_that_reach_their_tool() {
    let (router, charged) = router(3);
    let (status, ..) = send(&router, post(CALL, &[])).await;
    assert_eq!(
        (status, charged.load(Ordering::SeqCst)),
        (StatusCode::OK, 0),
        "the use cases charge it"
    );
    send(&router, post(PING, &[])).await;
    send(&router, post("garbage", &[])).await;
    let (status, ..) = send(
        &router,
        post(CALL, &[("mcp-protocol-version", "1999-01-01")]),
    )
    .await;
    assert_eq!(
        (status, charged.load(Ordering::SeqCst)),
        (StatusCode::BAD_REQUEST, 3)
    );

    let (status, headers, body) = send(&router, post(PING, &[])).await;
    assert_eq!(
        (status, headers["retry-after"].as_bytes()),
        (StatusCode::TOO_MANY_REQUESTS, b"9".as_slice())
    );
    assert_eq!(
        (&body["id"], &body["error"]["code"]),
        (&json!(1), &json!(429))
    );
    assert_eq!(
        body["error"]["data"],
        json!({ "code": "rate_limited", "retry_after_secs": 9 })
    );
}

#[tokio::test]
async fn takes_notifications_without_an_answer() {
    let (router, _) = router(100);
    let note = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
    let (status, _, body) = send(&router, post(note, &[])).await;
    assert_eq!((status, body), (StatusCode::ACCEPTED, Value::Null));
}
