//! Posting orders, and trying again.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use orderdesk_sim::{DeliveryState, Event, HashVariant, RETRY_MINUTES, WebhookRule, webhook_hash};
use serde_json::{Value, json};

use crate::support::{Desk, KEY, STORE};

/// A receiver that notes what came and answers with the statuses it was given, then 200.
#[derive(Clone, Default)]
struct Receiver {
    seen: Arc<Mutex<Vec<(HeaderMap, String)>>>,
    answers: Arc<Mutex<Vec<u16>>>,
}

impl Receiver {
    async fn start(answers: &[u16]) -> (Self, String) {
        let receiver = Self {
            answers: Arc::new(Mutex::new(answers.to_vec())),
            ..Self::default()
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!(
            "http://{}/hooks/orders?from=desk",
            listener.local_addr().unwrap()
        );
        let router = Router::new().fallback(receive).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (receiver, url)
    }

    fn seen(&self) -> Vec<(HeaderMap, String)> {
        self.seen.lock().unwrap().clone()
    }
}

async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> StatusCode {
    receiver
        .seen
        .lock()
        .unwrap()
        .push((headers, String::from_utf8(body.to_vec()).unwrap()));
    let mut answers = receiver.answers.lock().unwrap();
    let status = if answers.is_empty() {
        200
    } else {
        answers.remove(0)
    };
    StatusCode::from_u16(status).unwrap()
}

fn rule(url: &str, events: &[Event], hash: HashVariant) -> WebhookRule {
    WebhookRule {
        url: url.to_owned(),
        events: events.to_vec(),
        hash,
    }
}

/// The value of the form's one field, decoded without the simulator's own code.
fn order_field(form: &str) -> String {
    let encoded = form.strip_prefix("order=").unwrap().replace('+', "%20");
    let mut bytes = Vec::new();
    let mut parts = encoded.split('%');
    bytes.extend(parts.next().unwrap().bytes());
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
        bytes.extend(part[2..].bytes());
    }
    String::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn an_order_is_posted_as_it_would_be_read() {
    let desk = Desk::tiny().await;
    for (number, hash) in [HashVariant::Plain, HashVariant::RawUrlDecoded]
        .into_iter()
        .enumerate()
    {
        let (receiver, url) = Receiver::start(&[]).await;
        desk.server.clear_webhooks();
        desk.server.add_webhook(STORE, rule(&url, &[], hash));
        assert_eq!(desk.server.post_webhook(STORE, 1001).await, 1);
        let (headers, form) = receiver.seen().remove(0);
        let order = order_field(&form);
        assert!(
            desk.get("/orders/1001")
                .await
                .text
                .contains(&format!(r#""order":{order}"#)),
            "{number}"
        );
        assert_eq!(headers["content-type"], "application/x-www-form-urlencoded");
        assert_eq!(headers["x-order-desk-store-id"], STORE);
        assert_eq!(
            headers["x-order-desk-hash"],
            webhook_hash(KEY, &order, hash)
        );
        assert_eq!(desk.server.deliveries()[0].state, DeliveryState::Delivered);
    }
    assert_eq!(desk.server.post_webhook(STORE, 9).await, 0);
    assert_eq!(desk.server.post_webhook("unknown", 1001).await, 0);
}

#[tokio::test]
async fn events_post_by_themselves() {
    let desk = Desk::tiny().await;
    let (receiver, url) = Receiver::start(&[]).await;
    desk.server.add_webhook(
        STORE,
        rule(
            &url,
            &[
                Event::OrderImported,
                Event::FolderChanged,
                Event::ShipmentAdded,
            ],
            HashVariant::Plain,
        ),
    );
    desk.post(
        "/orders",
        json!({ "shipping_company": "X", "order_items": [{ "name": "a" }] }),
    )
    .await;
    desk.post(
        "/move-orders",
        json!({ "order_id_list": [1001, 1002], "destination_folder_id": 518_212 }),
    )
    .await;
    desk.post("/orders/1001/shipments", json!({ "tracking_number": "T" }))
        .await;
    // Not asked for, refused, or no change of a folder:
    desk.put("/orders/1001", json!({})).await;
    desk.post("/orders/1001/shipments", json!({ "tracking_number": "T" }))
        .await;
    desk.server.post_due_webhooks().await;
    let folders: Vec<Value> = receiver
        .seen()
        .iter()
        .map(|(_, form)| {
            serde_json::from_str::<Value>(&order_field(form)).unwrap()["folder_id"].clone()
        })
        .collect();
    assert_eq!(folders, [518_210, 518_212, 518_212, 518_212]);
}

#[tokio::test]
async fn a_failed_delivery_is_tried_five_times_over_two_hours() {
    let desk = Desk::tiny().await;
    let (receiver, url) = Receiver::start(&[500, 302, 202, 404, 503, 500]).await;
    desk.server
        .add_webhook(STORE, rule(&url, &[], HashVariant::Plain));
    desk.server.post_webhook(STORE, 1001).await;
    let mut passed = 0;
    for (tries, minutes) in RETRY_MINUTES.into_iter().enumerate() {
        assert_eq!(receiver.seen().len(), tries + 1);
        desk.clock
            .advance(Duration::from_secs((minutes - passed) * 60 - 1));
        desk.server.post_due_webhooks().await;
        assert_eq!(receiver.seen().len(), tries + 1, "too early");
        desk.clock.advance(Duration::from_secs(1));
        desk.server.post_due_webhooks().await;
        passed = minutes;
    }
    let delivery = desk.server.deliveries().remove(0);
    assert_eq!(delivery.state, DeliveryState::GivenUp);
    assert_eq!(delivery.attempts, [500, 302, 202, 404, 503, 500].map(Some));
    desk.clock.advance(Duration::from_secs(86_400));
    desk.server.post_due_webhooks().await;
    assert_eq!(receiver.seen().len(), 6);
    let forms: Vec<_> = receiver.seen().into_iter().map(|(_, form)| form).collect();
    assert!(
        forms.windows(2).all(|pair| pair[0] == pair[1]),
        "every try posts the same text"
    );
}

#[tokio::test]
async fn an_absent_receiver_counts_as_a_failed_try() {
    let desk = Desk::tiny().await;
    let (receiver, url) = Receiver::start(&[]).await;
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nowhere = format!("http://{}/", closed.local_addr().unwrap());
    drop(closed);
    desk.server
        .add_webhook(STORE, rule(&nowhere, &[], HashVariant::Plain));
    desk.server
        .add_webhook(STORE, rule(&url, &[], HashVariant::Plain));
    assert_eq!(desk.server.post_webhook(STORE, 1001).await, 2);
    let states: Vec<_> = desk
        .server
        .deliveries()
        .into_iter()
        .map(|one| (one.state, one.attempts))
        .collect();
    assert_eq!(
        states,
        [
            (DeliveryState::Waiting, vec![None]),
            (DeliveryState::Delivered, vec![Some(200)])
        ]
    );
    assert_eq!(receiver.seen().len(), 1);
}
