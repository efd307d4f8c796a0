//! Too much at once.

use serde_json::json;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use crate::headers;
use crate::support::{TestServer, json_of};

#[tokio::test]
async fn one_connection_too_many_is_told_so() {
    let server = TestServer::with(&[("MAX_CONNECTIONS", "2")]).await;
    let address = server.url.strip_prefix("http://").unwrap();
    let _held = [
        TcpStream::connect(address).await.unwrap(),
        TcpStream::connect(address).await.unwrap(),
    ];
    let mut refused = TcpStream::connect(address).await.unwrap();
    let mut answer = String::new();
    refused.read_to_string(&mut answer).await.unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 503") && answer.contains("Retry-After: 1"),
        "{answer}"
    );
    headers::check_raw("503", &answer);
}

#[tokio::test]
async fn a_key_has_its_calls_a_minute() {
    let server = TestServer::with(&[("RATE_LIMIT_RPM", "1")]).await;
    let key = server.key("main", "api", "read").await;
    // The bucket holds two reads and gets one back a minute.
    for _ in 0..2 {
        assert!(
            server
                .call(Some(&key), "stores_list", json!({}))
                .await
                .is_ok()
        );
    }
    let refused = server.call(Some(&key), "stores_list", json!({})).await;
    assert!(
        refused.is_refused(),
        "a tool call is refused in a form models understand: {refused:?}"
    );
    let list = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}"#;
    let limited = server.mcp(Some(&key)).body(list).send().await.unwrap();
    assert_eq!(limited.status(), 429);
    assert!(limited.headers().get("retry-after").is_some());
    assert!(json_of(limited).await.to_string().contains("imit"));
}
