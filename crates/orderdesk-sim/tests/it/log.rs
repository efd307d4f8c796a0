//! The request log.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use orderdesk_sim::{Sim, seed};
use serde_json::json;

use crate::support::{Desk, KEY, STORE};

#[tokio::test]
async fn entries_say_what_came_and_what_was_answered() {
    let desk = Desk::tiny().await;
    desk.get("/orders?email=ada%40example.com&limit=2").await;
    desk.put("/orders/1002", json!({ "email": "x@example.com" }))
        .await;
    desk.get("/orders/9").await;
    let log = desk.server.log();
    assert_eq!(
        log.iter().map(|entry| entry.seq).collect::<Vec<_>>(),
        [1, 2, 3]
    );
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        log[0].query,
        [pair("email", "ada@example.com"), pair("limit", "2")]
    );
    assert_eq!(
        (log[0].status, log[0].applied, log[0].answer.as_str()),
        (Some(200), false, "")
    );
    assert!(log[0].answer_bytes > 100);
    assert_eq!(
        (
            log[1].method.as_str(),
            log[1].path.as_str(),
            log[1].store_id.as_str()
        ),
        ("PUT", "/orders/1002", STORE)
    );
    assert_eq!(
        (&log[1].body, log[1].applied),
        (&json!({ "email": "x@example.com" }), true)
    );
    assert!(log[1].answer.contains("Order Updated"));
    assert!(log[2].answer.contains("Order Not Found"));
    assert_eq!(log[2].unix_ms, 1_772_474_410_000);
    assert_eq!(
        (
            desk.server.count("GET", "/orders"),
            desk.server.count("PUT", "/orders/1")
        ),
        (2, 1)
    );
    desk.server.clear_log();
    assert!(desk.server.log().is_empty());
}

#[tokio::test]
async fn no_entry_ever_holds_the_key() {
    let mut desk = Desk::tiny().await;
    desk.get("/store").await;
    desk.get(&format!("/orders?api_key={KEY}&{KEY}=1")).await;
    desk.get(&format!("/orders/{KEY}")).await;
    desk.put(
        "/orders/1001",
        json!({ "email": KEY, "checkout_data": { KEY: [KEY] } }),
    )
    .await;
    desk.put("/orders/1001", json!(format!("not an object but {KEY}")))
        .await;
    desk.post(
        "/orders/1001/order-history",
        json!({ "note": format!("key is {KEY}") }),
    )
    .await;
    desk.store = KEY.to_owned();
    desk.get("/test").await;
    let log = desk.server.log();
    assert_eq!(log.len(), 7);
    let printed = format!("{log:?}") + &serde_json::to_string(&log).unwrap();
    assert!(!printed.contains(KEY));
    assert!(printed.contains("[api key]"));
}

#[tokio::test]
async fn forwarded_headers_show() {
    let desk = Desk::tiny().await;
    desk.get("/test").await;
    assert!(desk.server.unexpected_headers().is_empty());
    let forwarded = [
        ("authorization", "Bearer secret"),
        ("cookie", "a=b"),
        ("user-agent", "orderdesk-mcp"),
    ];
    desk.send_with("GET", "/test", None, &forwarded)
        .await
        .unwrap();
    let names: Vec<String> = desk.server.unexpected_headers().into_iter().collect();
    assert_eq!(names, ["authorization", "cookie"]);
    assert_eq!(desk.server.log()[1].unexpected_headers, names);
    assert!(!format!("{:?}", desk.server.log()).contains("Bearer"));
}

#[tokio::test]
async fn a_full_log_forgets_the_oldest() {
    let sim = Sim::builder()
        .store(STORE, KEY, seed::tiny())
        .log_capacity(2);
    let server = sim.start().await.unwrap();
    let desk = Desk {
        clock: server.clock().clone(),
        server,
        key: KEY.to_owned(),
        store: STORE.to_owned(),
    };
    for path in ["/test", "/store", "/orders"] {
        desk.get(path).await;
    }
    let paths: Vec<_> = desk
        .server
        .log()
        .into_iter()
        .map(|entry| entry.path)
        .collect();
    assert_eq!(paths, ["/store", "/orders"]);
}

#[tokio::test]
async fn a_reset_brings_the_seed_back() {
    let desk = Desk::tiny().await;
    desk.delete("/orders/1001").await;
    desk.server.reset();
    assert!(desk.server.log().is_empty());
    assert_eq!(desk.order(1001).await["id"], "1001");
}

#[tokio::test]
async fn a_lazy_store_is_made_when_asked_for_and_keeps_its_records_over_a_reset() {
    let is_made = Arc::new(AtomicBool::new(false));
    let sim = Sim::builder().build();
    sim.add_lazy_store(STORE, KEY, {
        let is_made = is_made.clone();
        move || {
            is_made.store(true, Ordering::SeqCst);
            seed::tiny()
        }
    });
    assert!(!is_made.load(Ordering::SeqCst));
    assert!(sim.edit_order(STORE, 1002, |order| {
        order.insert("tag_name".to_owned(), json!("kept"));
    }));
    assert!(is_made.load(Ordering::SeqCst));
    sim.reset();
    assert_eq!(sim.order(STORE, 1002).unwrap()["tag_name"], "kept");
}
