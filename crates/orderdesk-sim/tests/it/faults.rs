//! Every fault, and what it leaves behind.

use std::io::{self, ErrorKind};
use std::time::{Duration, Instant};

use orderdesk_sim::switches::RateLimitBody;
use orderdesk_sim::{Action, Fault, ForeignEdit};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Desk, KEY, STORE};

const ORDER: &str = "/orders/1002";

async fn with(action: Action) -> Desk {
    let desk = Desk::tiny().await;
    desk.server.fault(Fault::on("PUT", "/orders/*", action));
    desk
}

fn change() -> Value {
    json!({ "email": "changed@example.com" })
}

/// Sends the change, and goes away when there is no answer after so many milliseconds.
async fn give_up_writing(desk: &Desk, millis: u64) {
    let change = change();
    let write = desk.send("PUT", ORDER, Some(&change));
    let answer = tokio::time::timeout(Duration::from_millis(millis), write);
    assert!(answer.await.is_err());
}

async fn is_changed(desk: &Desk) -> bool {
    let stored = desk.server.order(STORE, 1002).unwrap()["email"] == "changed@example.com";
    assert_eq!(desk.server.log().last().unwrap().applied, stored);
    stored
}

#[tokio::test]
async fn answers_that_apply_nothing() {
    for (action, status, content_type, holds) in [
        (
            Action::Status429(RateLimitBody::Json),
            429,
            "application/json",
            "Too Many Requests",
        ),
        (
            Action::Status429(RateLimitBody::Html),
            429,
            "text/html",
            "<h1>429",
        ),
        (
            Action::Status429(RateLimitBody::Empty),
            429,
            "text/html",
            "",
        ),
        (
            Action::Status500BeforeApply,
            500,
            "application/json",
            r#"{"status":"error""#,
        ),
        (
            Action::ErrorBody200,
            200,
            "application/json",
            r#"{"status":"error""#,
        ),
        (Action::HtmlError502, 502, "text/html", "<h1>502"),
    ] {
        let name = format!("{action:?}");
        let desk = with(action).await;
        let answer = desk.put(ORDER, change()).await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (status, Some(content_type)),
            "{name}"
        );
        assert!(answer.text.contains(holds), "{name}: {}", answer.text);
        assert_eq!(answer.header("x-retry-after").is_some(), status == 429);
        assert!(!is_changed(&desk).await, "{name}");
        assert_eq!(desk.server.log()[0].fault, Some(name.as_str()));
        assert_eq!(
            desk.put(ORDER, change()).await.status,
            200,
            "{name} meets one request"
        );
        assert!(is_changed(&desk).await);
    }
}

#[tokio::test]
async fn a_500_after_applying() {
    let desk = with(Action::Status500AfterApply).await;
    let answer = desk.put(ORDER, change()).await;
    assert_eq!(
        (answer.status, &answer.json()["status"]),
        (500, &json!("error"))
    );
    assert!(is_changed(&desk).await);
}

/// What a client's socket sees after a whole request.
async fn raw_put(desk: &Desk) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(desk.server.addr()).await?;
    let body = change().to_string();
    let head = format!(
        "PUT /api/v2{ORDER} HTTP/1.1\r\nhost: x\r\norderdesk-store-id: {STORE}\r\norderdesk-api-key: {KEY}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes()).await?;
    let mut seen = Vec::new();
    stream.read_to_end(&mut seen).await?;
    Ok(seen)
}

#[tokio::test]
async fn resets_are_real_and_applied_or_not() {
    for (action, applied) in [
        (Action::ResetBeforeApply, false),
        (Action::ResetAfterApply, true),
    ] {
        let desk = with(action).await;
        let error = raw_put(&desk).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
        assert_eq!(is_changed(&desk).await, applied);
        assert_eq!(desk.server.log()[0].status, None);
    }
}

#[tokio::test]
async fn a_hang_ends_in_a_reset() {
    for apply in [false, true] {
        let desk = with(Action::Hang {
            duration: Duration::from_millis(60),
            apply,
        })
        .await;
        let started = Instant::now();
        assert!(desk.send("PUT", ORDER, Some(&change())).await.is_err());
        assert!(started.elapsed() >= Duration::from_millis(60));
        assert_eq!(is_changed(&desk).await, apply);
    }
}

#[tokio::test]
async fn a_client_that_gives_up_on_a_hang_finds_the_write_logged() {
    let desk = with(Action::Hang {
        duration: Duration::from_secs(3_600),
        apply: true,
    })
    .await;
    give_up_writing(&desk, 200).await;
    assert!(is_changed(&desk).await);
}

#[tokio::test]
async fn a_late_write_happens_even_when_its_client_has_gone_away() {
    let desk = Desk::tiny().await;
    let late = Fault::on("PUT", "/orders/*", Action::Status500AfterApply);
    desk.server.fault(late.late(Duration::from_millis(300)));
    give_up_writing(&desk, 100).await;
    assert!(desk.server.log().is_empty(), "not yet");
    while desk.server.log().is_empty() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(is_changed(&desk).await);
}

#[tokio::test]
async fn a_withheld_answer_comes_after_what_happens() {
    let desk = Desk::tiny().await;
    let withheld = Fault::on("PUT", "/orders/*", Action::Status500AfterApply);
    desk.server
        .fault(withheld.withheld(Duration::from_secs(3_600)));
    give_up_writing(&desk, 200).await;
    assert!(is_changed(&desk).await);
}

#[tokio::test]
async fn json_that_stops_half_way() {
    let desk = with(Action::TruncatedJson).await;
    let answer = desk.put(ORDER, change()).await;
    assert_eq!(answer.status, 200);
    assert!(answer.text.starts_with(r#"{"status":"success""#));
    assert!(serde_json::from_str::<Value>(&answer.text).is_err());
    assert!(is_changed(&desk).await);
}

#[tokio::test]
async fn a_slow_answer_is_a_right_one() {
    let desk = with(Action::Slow {
        delay: Duration::from_millis(60),
    })
    .await;
    let started = Instant::now();
    assert_eq!(
        desk.put(ORDER, change()).await.json()["order"]["email"],
        "changed@example.com"
    );
    assert!(started.elapsed() >= Duration::from_millis(60));
}

#[tokio::test]
async fn a_foreign_edit_falls_after_a_read_and_before_a_write() {
    let desk = Desk::tiny().await;
    let patch = json!({ "shipping": { "city": "York" }, "tag_name": "urgent", "email": null });
    desk.server.fault(Fault::on(
        "GET",
        ORDER,
        Action::ForeignEdit(ForeignEdit::merge(patch)),
    ));
    let read = desk.order(1002).await;
    assert_eq!(read["shipping"]["city"], "");
    let stored = desk.order(1002).await;
    assert_eq!(
        (&stored["shipping"]["city"], &stored["shipping"]["company"]),
        (&json!("York"), &json!("Lobby Furnishing"))
    );
    assert_eq!(
        (&stored["tag_name"], stored.get("email")),
        (&json!("urgent"), None)
    );
    assert_eq!(stored["date_updated"], "2026-03-02 18:00:10");

    let add_item = ForeignEdit::run(|order| {
        let items = order["order_items"].as_array_mut().unwrap();
        items.push(json!({ "id": "99", "name": "Late", "price": 1, "quantity": 1 }));
    });
    desk.server
        .fault(Fault::on("PUT", ORDER, Action::ForeignEdit(add_item)));
    let after = desk
        .put(ORDER, json!({ "email": "x@example.com" }))
        .await
        .json()["order"]
        .clone();
    assert_eq!(
        after["quantity_total"], 2,
        "the edit came before the write was applied"
    );

    let other = ForeignEdit::merge(json!({ "tag_name": "seen" })).of_order(1003);
    desk.server
        .fault(Fault::on("GET", "/store", Action::ForeignEdit(other)));
    desk.get("/store").await;
    assert_eq!(desk.order(1003).await["tag_name"], "seen");
}

#[tokio::test]
async fn rules_choose_method_path_store_and_turn() {
    let desk = Desk::tiny().await;
    desk.server.fault(
        Fault::on("*", "/orders/**", Action::HtmlError502)
            .nth(2)
            .times(2),
    );
    desk.server
        .fault(Fault::on("GET", "/test", Action::HtmlError502).store("another"));
    let statuses = [
        desk.get("/orders/1001").await,
        desk.put(ORDER, change()).await,
        desk.get("/orders/1001/shipments").await,
        desk.get("/orders/1001").await,
    ];
    assert_eq!(statuses.map(|answer| answer.status), [200, 502, 502, 200]);
    assert_eq!(desk.get("/test").await.status, 200);
    assert_eq!(desk.server.pending_faults(), 1);
    desk.server
        .fault(Fault::on("GET", "/test", Action::HtmlError502).always());
    for _ in 0..3 {
        assert_eq!(desk.get("/test").await.status, 502);
    }
    desk.server.clear_faults();
    assert_eq!(desk.get("/test").await.status, 200);
}

#[tokio::test]
async fn under_another_server_a_reset_is_still_no_answer() {
    let desk = Desk::tiny().await;
    desk.server
        .fault(Fault::on("GET", "/test", Action::ResetBeforeApply));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let router = desk.server.router();
    let serving = tokio::spawn(async move { axum::serve(listener, router).await });
    let mut stream = TcpStream::connect(addr).await.unwrap();
    stream
        .write_all(b"GET /api/v2/test HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let mut seen = Vec::new();
    // Whether this close is orderly is the other server's affair; nothing may come before it.
    let ended = stream.read_to_end(&mut seen).await;
    assert!(
        seen.is_empty(),
        "{ended:?}: {}",
        String::from_utf8_lossy(&seen)
    );
    serving.abort();
}
