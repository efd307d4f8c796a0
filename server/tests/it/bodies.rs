//! Bodies that are too large, too slow or nonsense.

use std::time::{Duration, Instant};

use reqwest::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{TestServer, json_of};

async fn connect(server: &TestServer) -> TcpStream {
    TcpStream::connect(server.url.strip_prefix("http://").unwrap())
        .await
        .unwrap()
}

#[tokio::test]
async fn too_large_is_413_at_each_door() {
    let server = TestServer::start().await;
    for (path, bytes) in [("/api/sign_in", 257 * 1024), ("/csp-report", 17 * 1024)] {
        let answer = server
            .request(Method::POST, path)
            .body("x".repeat(bytes))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 413, "{path}");
        assert!(
            json_of(answer).await["message"]
                .as_str()
                .unwrap()
                .contains("KiB"),
            "{path}"
        );
    }
    let answer = server
        .mcp(Some(&server.master_key))
        .body("x".repeat((1 << 20) + 1))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 413);
    let error = &json_of(answer).await["error"];
    assert_eq!(error["code"], -32600, "MCP clients read JSON-RPC: {error}");
    assert!(error["message"].as_str().unwrap().contains("1024 KiB"));
    let within = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"ping","params":{{"x":"{}"}}}}"#,
        "x".repeat(512 * 1024)
    );
    let answer = server
        .mcp(Some(&server.master_key))
        .body(within)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200, "half a MiB is fine for /mcp");
}

#[tokio::test]
async fn nonsense_is_answered_in_the_protocols_own_words() {
    let server = TestServer::start().await;
    for body in ["", "{", "nonsense", "\u{0}", "[1,2", "\"text\""] {
        let answer = server
            .mcp(Some(&server.master_key))
            .body(body)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 400, "{body:?}");
        assert!(json_of(answer).await["error"]["code"].is_i64(), "{body:?}");
    }
    let answer = server
        .mcp(Some(&server.master_key))
        .body("{")
        .send()
        .await
        .unwrap();
    assert_eq!(json_of(answer).await["error"]["code"], -32700);
    for path in ["/api/sign_in", "/api/add_store", "/api/get_store"] {
        let request = server
            .request(Method::POST, path)
            .header("content-type", "application/x-www-form-urlencoded");
        let status = request.body("%%%=\u{1}").send().await.unwrap().status();
        assert!(status.is_client_error(), "{path}: {status}");
    }
}

#[tokio::test]
async fn a_head_that_never_ends_is_cut_off() {
    let server = TestServer::with(&[("HEADER_TIMEOUT", "0.3")]).await;
    let mut slow = connect(&server).await;
    slow.write_all(b"GET /login HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        .await
        .unwrap();
    let started = Instant::now();
    let mut rest = Vec::new();
    // Either an orderly end or a reset; what counts is that it comes.
    let ended = tokio::time::timeout(Duration::from_secs(10), slow.read_to_end(&mut rest)).await;
    assert!(ended.is_ok(), "the connection is still held");
    assert!(
        started.elapsed() >= Duration::from_millis(200),
        "it was given its time"
    );
    let mut silent = connect(&server).await;
    let ended = tokio::time::timeout(Duration::from_secs(10), silent.read_to_end(&mut rest)).await;
    assert!(ended.is_ok(), "a connection without a word is held");
}

#[tokio::test]
async fn a_body_that_never_ends_is_408() {
    let server = TestServer::with(&[("BODY_TIMEOUT", "0.3")]).await;
    for (path, key) in [("/api/sign_in", None), ("/mcp", Some(&server.master_key))] {
        let mut slow = connect(&server).await;
        let authorization = key
            .map(|key| format!("Authorization: Bearer {key}\r\n"))
            .unwrap_or_default();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\n{authorization}Content-Length: 100\r\n\r\nonly a start"
        );
        slow.write_all(head.as_bytes()).await.unwrap();
        let mut answer = String::new();
        tokio::time::timeout(Duration::from_secs(10), slow.read_to_string(&mut answer))
            .await
            .unwrap()
            .unwrap();
        assert!(answer.starts_with("HTTP/1.1 408"), "{path}: {answer}");
        let is_json_rpc = answer.contains("\"jsonrpc\":\"2.0\"");
        assert_eq!(is_json_rpc, path == "/mcp", "{answer}");
    }
}

#[tokio::test]
async fn a_head_that_is_too_large_is_431() {
    let server = TestServer::start().await;
    let mut large = connect(&server).await;
    let head = format!(
        "GET /login HTTP/1.1\r\nHost: localhost\r\nX-Large: {}\r\n\r\n",
        "x".repeat(40 * 1024)
    );
    large.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    large.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 431");
}

#[tokio::test]
async fn browsers_reports_are_counted() {
    let server = TestServer::start().await;
    let report = r#"{"csp-report":{"effective-directive":"script-src-elem","blocked-uri":"https://evil.example/x"}}"#;
    let answer = server
        .request(Method::POST, "/csp-report")
        .body(report)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 204);
    let metrics = server.get_ops("/metrics").await.text().await.unwrap();
    assert!(
        metrics.contains("odmcp_csp_reports_total{directive=\"script-src-elem\"} 1"),
        "{metrics}"
    );
}

#[tokio::test]
async fn browsers_cannot_fill_the_log_with_reports() {
    let server = TestServer::start().await;
    let many = vec![r#"{"body":{"effectiveDirective":"img-src"}}"#; 40].join(",");
    let report = || {
        let request = server.request(Method::POST, "/csp-report");
        request.body(format!("[{many}]")).send()
    };
    for _ in 0..10 {
        assert_eq!(report().await.unwrap().status(), 204);
    }
    let refused = report().await.unwrap();
    assert_eq!(refused.status(), 429);
    assert!(refused.headers().contains_key("retry-after"));
    let log = server.log.clone();
    server.stop().await;
    let log = log.lock().unwrap();
    let lines = log.lines().filter(|line| line.contains("img-src")).count();
    assert_eq!(lines, 10, "one line for each request: {log}");
}
