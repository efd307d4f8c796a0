//! A call that nobody waits for any more ends, gives its place back and is recorded as cancelled.

use std::time::Duration;

use http::StatusCode;
use orderdesk_mcp_contract::ErrorCode;
use orderdesk_mcp_domain::Settings;
use orderdesk_mcp_storage::port::Traces as _;
use orderdesk_mcp_storage::record::TraceFilter;
use orderdesk_sim::{Action, Fault};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::stdio::Client;
use crate::support::{Backend, modern, post, send};

/// A workspace with room for one call, and an Order Desk that does not answer it.
async fn hanging() -> Backend {
    let mut settings = Settings::default();
    settings.limits.calls_in_flight = 1;
    let backend = Backend::with(settings).await;
    backend.add_store().await;
    let duration = Duration::from_secs(60);
    let apply = false;
    backend.sim.sim().fault(Fault::on(
        "GET",
        "/orders",
        Action::Hang { duration, apply },
    ));
    backend
}

fn call() -> Value {
    json!({ "name": "orders_list", "arguments": { "store_identifier": "Main" } })
}

/// Until the upstream was asked.
async fn under_way(backend: &Backend) {
    while backend.sim.sim().count("GET", "/orders") == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Until the call is gone: recorded as cancelled, its place free.
async fn is_cancelled(backend: &Backend) {
    let cancelled = async {
        loop {
            let tenant = backend.owner.tenant_id();
            let filter = TraceFilter {
                limit: 100,
                ..TraceFilter::default()
            };
            let recorded = backend.storage.list_traces(tenant, &filter);
            if let Some(call) = recorded
                .await
                .unwrap()
                .iter()
                .find(|call| call.tool == "orders_list")
            {
                assert_eq!(call.error, Some(ErrorCode::Cancelled));
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), cancelled)
        .await
        .expect("the call goes on without its client");
    let arguments = json!({}).as_object().cloned().unwrap();
    let next = backend
        .services
        .call_tool(&backend.owner, "stores_list", arguments);
    assert!(next.await.is_ok(), "its place is free");
}

#[tokio::test]
async fn a_client_that_hangs_up_cancels_its_call() {
    for is_modern in [true, false] {
        let backend = hanging().await;
        let door = backend.door(Some(&backend.owner));
        let request = if is_modern {
            modern("tools/call", call())
        } else {
            let body =
                json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call() });
            post(body.to_string())
        };
        tokio::select! {
            answer = door.oneshot(request) => panic!("nothing to answer: {answer:?}"),
            () = under_way(&backend) => {}
        }
        is_cancelled(&backend).await;
    }
}

#[tokio::test]
async fn a_client_on_stdio_takes_its_call_back() {
    let backend = hanging().await;
    let mut client = Client::connect(&backend, &backend.owner).await;
    client.request(7, "tools/call", call()).await;
    under_way(&backend).await;
    client
        .notify("notifications/cancelled", json!({ "requestId": 7 }))
        .await;
    is_cancelled(&backend).await;
    client.request(8, "ping", json!({})).await;
    assert_eq!(
        client.answer().await["id"],
        8,
        "nothing is said to the call"
    );
}

/// Calls under way may finish once the end was asked for; streams would have to end at once. Whoever offers the
/// first one must make it do so.
#[tokio::test]
async fn no_streams_are_offered() {
    let backend = Backend::start(10_000).await;
    let door = backend.door(Some(&backend.owner));
    let mut listen = post("");
    *listen.method_mut() = http::Method::GET;
    let (status, _, _) = send(&door, listen).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    let all = json!({ "notifications": { "toolsListChanged": true } });
    let (_, _, body) = send(&door, modern("subscriptions/listen", all)).await;
    assert_eq!(body["error"]["code"], -32601, "{body}");
}
