//! What the log holds, and what it must never hold.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Browser, STORE_ID, STORE_KEY, TestServer};

#[tokio::test]
async fn no_secret_reaches_the_log_at_any_level() {
    let server = TestServer::with(&[("LOG_LEVEL", "trace,hyper=trace,sqlx=trace")]).await;
    let mut browser = Browser::signed_in(&server, &server.master_key).await;
    let session = browser.cookie.clone().unwrap();
    browser
        .post(
            &server,
            "/api/add_store",
            &[
                ("store_id", STORE_ID),
                ("api_key", STORE_KEY),
                ("store_name", "Books"),
            ],
        )
        .await;
    let register = json!({ "store_id": "9", "api_key": "canaryOther0123456789012345678901234567", "store_name": "x" });
    server
        .call(Some(&server.master_key), "stores_register", register)
        .await;
    server
        .call(
            Some(&server.master_key),
            "orders_list",
            json!({ "store_identifier": "Books" }),
        )
        .await;
    server
        .call(
            Some(&server.master_key),
            "tenant_use_master_key",
            json!({ "master_key": server.master_key }),
        )
        .await;
    server.get("/login?canaryQuery=1").await;
    server
        .request(Method::POST, "/mcp")
        .header("x-canary-header", "canaryHeader")
        .send()
        .await
        .unwrap();
    browser.post(&server, "/api/sign_out", &[]).await;
    let log = server.log.clone();
    let key = server.master_key.clone();
    server.stop().await;

    let log = log.lock().unwrap();
    assert!(log.lines().count() > 20, "the log was written: {log}");
    for secret in [
        key.as_str(),
        key.rsplit('_').nth(1).unwrap(),
        STORE_KEY,
        "canaryOther",
        session.split('=').nth(1).unwrap(),
        "canaryQuery",
        "canaryHeader",
    ] {
        let line = log.lines().find(|line| line.contains(secret));
        assert!(line.is_none(), "{secret} in {}", line.unwrap_or_default());
    }
}

#[tokio::test]
async fn each_request_is_one_line_with_its_id_and_route() {
    let server = TestServer::start().await;
    let mut browser = Browser::signed_in(&server, &server.master_key).await;
    browser.open(&server, "/stores").await;
    let request = server
        .request(Method::GET, "/stores/some-id?x=1")
        .header("x-request-id", "look-for-me");
    request.send().await.unwrap();
    let log = server.log.clone();
    server.stop().await;
    let lines: Vec<Value> = log
        .lock()
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}")))
        .collect();
    let access: Vec<&Value> = lines
        .iter()
        .filter(|line| line["target"] == "access")
        .collect();
    let found: Vec<&&Value> = access
        .iter()
        .filter(|line| line["request_id"] == "look-for-me")
        .collect();
    assert_eq!(found.len(), 1, "{access:#?}");
    assert_eq!(found[0]["route"], "/stores/{id}");
    assert_eq!(found[0]["method"], "GET");
    assert!(found[0]["duration_ms"].is_f64() && found[0]["status"].is_u64());
    let signed_in = access
        .iter()
        .find(|line| line["route"] == "/stores")
        .unwrap();
    assert!(signed_in["tenant"].is_string(), "{signed_in}");
}

#[tokio::test]
async fn the_clients_trace_is_named_in_the_log() {
    let server = TestServer::start().await;
    let trace = |n: u8| format!("00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333{n}-01");
    let key = server.master_key.clone();
    let call = |id: &'static str, meta: Value| {
        let message = json!({
            "jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": { "name": "stores_list", "arguments": {}, "_meta": meta },
        });
        let request = server.mcp(Some(&key)).header("x-request-id", id);
        request.body(message.to_string())
    };
    let of_http = call("of-http", json!({})).header("traceparent", trace(1));
    of_http.send().await.unwrap();
    let of_message = call("of-message", json!({ "traceparent": trace(2) }));
    of_message.send().await.unwrap();
    let odd = call("odd", json!({})).header("traceparent", "canary");
    odd.send().await.unwrap();

    let log = server.log.clone();
    server.stop().await;
    let log = log.lock().unwrap();
    assert!(!log.contains("canary"), "{log}");
    for (id, traceparent) in [("of-http", trace(1)), ("of-message", trace(2))] {
        let line = log
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            .find(|line| line["target"] == "access" && line["request_id"] == id)
            .unwrap();
        assert_eq!(line["span"]["traceparent"], traceparent, "{line}");
    }
}
