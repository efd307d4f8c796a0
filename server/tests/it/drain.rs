//! Ending without losing what is under way.

use std::time::Duration;

use orderdesk_sim::{Action, Fault};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{STORE_ID, STORE_KEY, TestServer};

/// A request of which the server has the head and half the body.
pub async fn half_a_request(server: &TestServer) -> TcpStream {
    let mut stream = TcpStream::connect(server.url.strip_prefix("http://").unwrap())
        .await
        .unwrap();
    let head = "POST /api/who_am_i HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\
                Content-Type: application/x-www-form-urlencoded\r\n\r\na=";
    stream.write_all(head.as_bytes()).await.unwrap();
    // Until the server has begun: it is counted as under way.
    for _ in 0..200 {
        let metrics = server.get_ops("/metrics").await.text().await.unwrap();
        if metrics.contains("odmcp_inflight_requests 1") {
            return stream;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the request never began");
}

#[tokio::test]
async fn a_request_under_way_is_finished_and_probes_see_the_end_coming() {
    let mut server = TestServer::start().await;
    let mut under_way = half_a_request(&server).await;
    server.signal("TERM");
    for _ in 0..200 {
        if server.get_ops("/health/ready").await.status() == 503 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(server.get_ops("/health/ready").await.status(), 503);
    assert_eq!(server.get_ops("/health/live").await.status(), 200);
    assert!(
        TcpStream::connect(server.url.strip_prefix("http://").unwrap())
            .await
            .is_err(),
        "no new connections"
    );

    under_way.write_all(b"1&").await.unwrap();
    let mut answer = String::new();
    under_way.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    assert_eq!(server.ended().await, Some(0));
}

#[tokio::test]
async fn a_tool_call_under_way_is_answered() {
    let mut server = TestServer::start().await;
    let store = json!({ "store_id": STORE_ID, "api_key": STORE_KEY, "store_name": "Books" });
    let key = server.master_key.clone();
    assert!(
        server
            .call(Some(&key), "stores_register", store)
            .await
            .is_ok()
    );
    let delay = Duration::from_secs(2);
    server
        .upstream
        .fault(Fault::on("GET", "/orders", Action::Slow { delay }));
    let list = json!({ "store_identifier": "Books" });
    let end = async {
        while server.upstream.count("GET", "/orders") == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        server.signal("TERM");
        while server.get_ops("/health/ready").await.status() != 503 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let (answer, ()) = tokio::join!(server.call(Some(&key), "orders_list", list), end);
    assert!(answer.is_ok(), "{answer:?}");
    assert_eq!(server.ended().await, Some(0));
}

#[tokio::test]
async fn a_second_signal_ends_at_once() {
    let mut server = TestServer::start().await;
    let _under_way = half_a_request(&server).await;
    server.signal("TERM");
    // Two signals of a kind may be merged while the first is pending; wait until it was seen.
    while server.get_ops("/health/ready").await.status() != 503 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    server.signal("INT");
    assert_eq!(server.ended().await, Some(0));
}

#[tokio::test]
async fn the_wait_has_an_end() {
    let mut server = TestServer::with(&[("DRAIN_TIMEOUT", "0.2"), ("BODY_TIMEOUT", "60")]).await;
    let _under_way = half_a_request(&server).await;
    server.signal("INT");
    assert_eq!(server.ended().await, Some(0));
    assert!(
        server.logged().contains("still under way"),
        "{}",
        server.logged()
    );
}
