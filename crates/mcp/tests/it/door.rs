//! The door with real use cases behind it, in both eras.

use http::StatusCode;
use serde_json::{Value, json};

use crate::support::{Backend, modern, post, send};

const ERROR_META: &str = "orderdesk-mcp/error";
const SERVER_INFO: &str = "io.modelcontextprotocol/serverInfo";

fn legacy(method: &str, params: Value) -> http::Request<axum::body::Body> {
    post(json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string())
}

#[tokio::test]
async fn nobody_without_a_caller() {
    let backend = Backend::start(10_000).await;
    let door = backend.door(None);
    let (status, headers, body) = send(&door, legacy("ping", json!({}))).await;
    assert_eq!(
        (status, headers["www-authenticate"].as_bytes()),
        (StatusCode::UNAUTHORIZED, b"Bearer".as_slice())
    );
    assert_eq!(body["error"]["data"]["code"], "unauthenticated");
}

#[tokio::test]
async fn serves_both_eras_without_sessions() {
    let backend = Backend::start(10_000).await;
    let door = backend.door(Some(&backend.owner));
    let hello = json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "t", "version": "1" } });
    let (_, headers, body) = send(&door, legacy("initialize", hello)).await;
    assert!(
        !headers.contains_key("mcp-session-id"),
        "there are no sessions"
    );
    assert_eq!(body["result"]["serverInfo"]["name"], "orderdesk-mcp");
    let icon = &body["result"]["serverInfo"]["icons"][0];
    assert_eq!(icon["mimeType"], "image/svg+xml");
    let icon = icon["src"].as_str().unwrap();
    let icon = icon.strip_prefix("data:image/svg+xml;base64,").unwrap();
    let icon = data_encoding::BASE64.decode(icon.as_bytes()).unwrap();
    assert!(icon.starts_with(b"<svg"));
    assert_eq!(body["result"]["capabilities"], json!({ "tools": {} }));
    assert!(
        body["result"]["instructions"]
            .as_str()
            .unwrap()
            .contains("stores_list")
    );

    let (_, _, body) = send(&door, modern("server/discover", json!({}))).await;
    assert_eq!(
        body["result"]["_meta"][SERVER_INFO]["name"],
        "orderdesk-mcp"
    );
    let versions = body["result"]["supportedVersions"].as_array().unwrap();
    assert!(versions.contains(&json!("2026-07-28")) && versions.contains(&json!("2025-11-25")));

    let (_, _, body) = send(&door, modern("tools/list", json!({}))).await;
    assert_eq!(
        (&body["result"]["ttlMs"], &body["result"]["cacheScope"]),
        (&json!(300_000), &json!("private"))
    );
    assert_eq!(
        body["result"]["_meta"][SERVER_INFO]["name"],
        "orderdesk-mcp"
    );
    let (_, _, body) = send(
        &door,
        modern(
            "tools/call",
            json!({ "name": "stores_list", "arguments": {} }),
        ),
    )
    .await;
    let signature = &body["result"]["_meta"][SERVER_INFO];
    assert_eq!(signature["title"], "Order Desk");
    assert!(signature.get("icons").is_none(), "not in every result");
    let (_, _, body) = send(
        &door,
        legacy("tools/call", json!({ "name": "stores.list" })),
    )
    .await;
    assert_eq!(body["result"]["structuredContent"]["count"], 0);
    assert!(
        body["result"].get("_meta").is_none(),
        "older clients are not told in each result"
    );

    for (method, status) in [
        ("resources/list", 404),
        ("prompts/list", 404),
        ("ping", 404),
    ] {
        let (got, _, body) = send(&door, modern(method, json!({}))).await;
        assert_eq!(
            (got.as_u16(), &body["error"]["code"]),
            (status, &json!(-32601)),
            "{method}"
        );
    }
    let (_, _, body) = send(&door, legacy("ping", json!({}))).await;
    assert_eq!(body["result"], json!({}));
}

#[tokio::test]
async fn a_key_sees_the_tools_it_may_use() {
    let backend = Backend::start(10_000).await;
    let names = async |caller| {
        let (_, _, body) = send(&backend.door(Some(caller)), legacy("tools/list", json!({}))).await;
        let tools = body["result"]["tools"].as_array().unwrap().clone();
        tools
            .iter()
            .map(|tool| tool["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let (all, reading) = (names(&backend.owner).await, names(&backend.reader).await);
    assert!(
        all.contains(&"stores_delete".to_owned()) && !reading.contains(&"stores_delete".to_owned())
    );

    let call = json!({ "name": "stores_delete", "arguments": { "store_identifier": "x" } });
    let (_, _, body) = send(
        &backend.door(Some(&backend.reader)),
        legacy("tools/call", call),
    )
    .await;
    assert_eq!(body["result"]["isError"], true);
    assert_eq!(
        body["result"]["_meta"][ERROR_META]["code"], "forbidden",
        "hiding is courtesy, this is the lock"
    );
}

#[tokio::test]
async fn tells_the_three_kinds_of_failure_apart() {
    let backend = Backend::start(10_000).await;
    let door = backend.door(Some(&backend.owner));
    let (_, _, body) = send(
        &door,
        legacy("tools/call", json!({ "name": "no_such\u{1b}_tool" })),
    )
    .await;
    assert_eq!(body["error"]["code"], -32602);
    assert!(
        body["error"]["message"]
            .as_str()
            .unwrap()
            .contains("`no_such_tool`"),
        "{body}"
    );
    assert!(
        body["error"]["data"]["tools"]
            .as_array()
            .unwrap()
            .contains(&json!("orders_get"))
    );

    let call =
        json!({ "name": "orders_list", "arguments": { "limit": 501, "store_identifier": "Main" } });
    let (_, _, body) = send(&door, legacy("tools/call", call)).await;
    assert!(
        body["result"]["content"][0]["text"]
            .as_str()
            .unwrap()
            .contains("1 to 500"),
        "{body}"
    );
    assert_eq!(body["result"]["_meta"][ERROR_META]["field"], "limit");
    assert!(body["result"].get("structuredContent").is_none());
}

#[tokio::test]
async fn the_list_of_tools_has_one_page() {
    let backend = Backend::start(10_000).await;
    let door = backend.door(Some(&backend.owner));
    let (_, _, body) = send(&door, legacy("tools/list", json!({ "cursor": "made up" }))).await;
    assert_eq!(body["error"]["code"], -32602);
}

#[tokio::test]
async fn reads_an_order_of_every_shape() {
    let backend = Backend::start(10_000).await;
    backend.add_store().await;
    let door = backend.door(Some(&backend.owner));
    let (_, _, body) = send(
        &door,
        legacy(
            "tools/call",
            json!({ "name": "orders_list", "arguments": { "store_identifier": "main" } }),
        ),
    )
    .await;
    let orders = body["result"]["structuredContent"]["orders"]
        .as_array()
        .unwrap()
        .clone();
    assert_eq!(orders.len(), 6, "{body}");
    for order in orders {
        let arguments = json!({ "store_identifier": "Main", "order_id": order["id"] });
        let (_, _, body) = send(
            &door,
            modern(
                "tools/call",
                json!({ "name": "orders_get", "arguments": arguments }),
            ),
        )
        .await;
        let result = &body["result"];
        assert_eq!(
            result["structuredContent"]["order"]["id"], order["id"],
            "{result}"
        );
        let text: Value =
            serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap();
        assert_eq!(text, result["structuredContent"], "both channels are equal");
    }
}

#[tokio::test]
async fn too_many_requests_are_refused_until_later() {
    let backend = Backend::start(2).await;
    let door = backend.door(Some(&backend.reader));
    let mut refused = None;
    for _ in 0..10 {
        let (status, headers, body) = send(&door, legacy("ping", json!({}))).await;
        if status == StatusCode::TOO_MANY_REQUESTS {
            refused = Some((headers, body));
            break;
        }
    }
    let (headers, body) = refused.expect("ten requests are more than the limit allows");
    let seconds: u64 = headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!(
        seconds > 0 && body["error"]["data"]["retry_after_secs"] == seconds,
        "{body}"
    );

    for name in ["stores_list", "no_such_tool"] {
        let (status, _, body) = send(&door, legacy("tools/call", json!({ "name": name }))).await;
        assert_eq!(
            (status, &body["result"]["isError"]),
            (StatusCode::OK, &json!(true)),
            "{body}"
        );
        let facts = &body["result"]["_meta"][ERROR_META];
        assert_eq!(facts["code"], "rate_limited");
        assert!(facts["retry_after_secs"].as_u64().unwrap() > 0);
    }
}
