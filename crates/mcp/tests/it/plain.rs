//! A plain call and the same one over the long way are answered alike.

use axum::Router;
use axum::body::Body;
use axum::{Extension, body::to_bytes};
use http::{HeaderMap, Request, StatusCode};
use orderdesk_mcp_domain::{Caller, Settings};
use orderdesk_mcp_mcp::endpoint::mount;
use orderdesk_mcp_mcp::{Handler, MAX_BODY_BYTES, McpSettings};
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::generate::{self, Dice};
use crate::support::{Backend, modern, post};

const REQUESTS: usize = 4_000;
const SEED: u64 = 20_261_126;

/// The same handler without the plain way.
fn long_way(backend: &Backend, caller: &Caller) -> Router {
    let settings = McpSettings {
        allowed_hosts: vec!["localhost".into()],
        allowed_origins: vec!["http://localhost:*".into()],
        cancellation_token: CancellationToken::new(),
        max_body_bytes: MAX_BODY_BYTES,
    };
    let handler = Handler::new(backend.services.clone());
    let sessions = NeverSessionManager::default();
    let charge = Arc::new(|_: &http::Extensions| Ok(()));
    mount(move || handler.clone(), sessions, false, settings, charge)
        .layer(Extension(caller.clone()))
}

/// The answer, with numbers as the protocol layer writes them: the plain way keeps their text.
async fn answer(door: &Router, request: Request<Body>) -> (StatusCode, HeaderMap, String) {
    let response = door.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, 32 << 20).await.unwrap();
    let value: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    (parts.status, parts.headers, value.to_string())
}

async fn both_ways_agree(doors: &[Router; 2], request: impl Fn() -> Request<Body>, shown: &str) {
    let [plain, long] = doors;
    // Once for the caches, so that neither is the first to ask.
    answer(long, request()).await;
    let expected = answer(long, request()).await;
    assert_eq!(answer(plain, request()).await, expected, "{shown}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_ways_answer_alike() {
    let mut settings = Settings::default();
    settings.limits.calls_per_minute = 10_000_000;
    // Both ways share what a minute allows.
    settings.limits.sign_ins_per_minute = 10_000_000;
    settings.cache.orders_ttl = Duration::from_secs(600);
    settings.cache.products_ttl = Duration::from_secs(600);
    let backend = Backend::with(settings).await;
    backend.add_store().await;
    // One who may change nothing, so that each request can be repeated.
    let caller = &backend.reader;
    let doors = [backend.door(Some(caller)), long_way(&backend, caller)];

    let list = json!({ "name": "orders_list", "arguments": { "store_identifier": "Main" } });
    let (_, _, listed) = answer(&doors[1], modern("tools/call", list.clone())).await;
    let listed: Value = serde_json::from_str(&listed).unwrap();
    let orders = listed["result"]["structuredContent"]["orders"]
        .as_array()
        .unwrap();
    let mut calls = vec![
        list,
        json!({ "name": "stores_list" }),
        json!({ "name": "stores.list", "arguments": null }),
        json!({ "name": "orders_get" }),
        json!({ "name": "orders_get", "arguments": { "order_id": "404", "store_identifier": "Main" } }),
        json!({ "name": "stores_delete", "arguments": { "store_identifier": "Main" } }),
    ];
    for order in orders {
        for detail in ["full", "summary"] {
            let arguments =
                json!({ "store_identifier": "Main", "order_id": order["id"], "detail": detail });
            calls.push(json!({ "name": "orders_get", "arguments": arguments }));
        }
    }
    for call in &calls {
        let shown = call.to_string();
        both_ways_agree(&doors, || modern("tools/call", call.clone()), &shown).await;
        let message =
            json!({ "jsonrpc": "2.0", "id": "a\"b", "method": "tools/call", "params": call });
        both_ways_agree(&doors, || post(message.to_string()), &shown).await;
    }

    let mut dice = Dice::new(SEED);
    for number in 0..REQUESTS {
        let generated = generate::request(&mut dice);
        let shown = format!("number {number}: {generated}");
        both_ways_agree(&doors, || generated.clone().into_http(), &shown).await;
    }
}
