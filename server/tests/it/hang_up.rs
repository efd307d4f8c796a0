//! A client that goes away before its answer.

use std::time::{Duration, Instant};

use orderdesk_sim::{Action, Fault};
use serde_json::{Value, json};

use crate::support::{STORE_ID, STORE_KEY, TestServer};

#[tokio::test]
async fn it_frees_its_place_and_is_logged_and_counted() {
    let server = TestServer::with(&[("MAX_CALLS_IN_FLIGHT", "1")]).await;
    let key = server.master_key.clone();
    let store = json!({ "store_id": STORE_ID, "api_key": STORE_KEY, "store_name": "Books" });
    assert!(
        server
            .call(Some(&key), "stores_register", store)
            .await
            .is_ok()
    );
    let (duration, apply) = (Duration::from_secs(60), false);
    server.upstream.fault(Fault::on(
        "GET",
        "/orders",
        Action::Hang { duration, apply },
    ));
    let message = json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": { "name": "orders_list", "arguments": { "store_identifier": "Books" } },
    });
    let request = server.mcp(Some(&key)).header("x-request-id", "gone");
    let under_way = async {
        while server.upstream.count("GET", "/orders") == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::select! {
        answer = request.body(message.to_string()).send() => panic!("{answer:?}"),
        () = under_way => {}
    }

    let deadline = Instant::now() + Duration::from_secs(10);
    while !server
        .call(Some(&key), "stores_list", json!({}))
        .await
        .is_ok()
    {
        assert!(
            Instant::now() < deadline,
            "the call goes on without its client"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let log = server.logged();
    let line = log
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .find(|line| line["target"] == "access" && line["request_id"] == "gone")
        .unwrap_or_else(|| panic!("not in {log}"));
    assert_eq!(
        (&line["status"], &line["route"]),
        (&json!(499), &json!("/mcp"))
    );
    let metrics = server.get_ops("/metrics").await.text().await.unwrap();
    let count = r#"odmcp_http_requests_total{route="/mcp",method="POST",code="499"} 1"#;
    assert!(metrics.contains(count), "{metrics}");
    assert!(metrics.contains("odmcp_inflight_requests 0"), "{metrics}");
}
