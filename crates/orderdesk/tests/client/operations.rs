//! Every operation sends what the API documents and reads what comes back.

use std::collections::BTreeSet;

use orderdesk::client::{CallContext, ClientError, Destination, OPERATIONS, Outcome, Priority};
use orderdesk::{
    FolderId, OrderFilter, OrderId, OrderItemId, Product, ProductFilter, ProductId, Shipment,
    ShipmentId,
};

use crate::server::*;

/// One answer that satisfies every operation.
const ALL: &str = r#"{"status":"success","message":"Done","current_date_time":"2026-03-01 00:00:00",
    "store":{"id":"41207","folders":{"1":"New"}},"order":{"id":"1"},"orders":[{"id":"1"}],"order_item":{"id":"2"},
    "order_items":[{"id":"2"}],"shipment":{"id":"3"},"shipments":[{"id":"3"}],"inventory_item":{"id":4},
    "inventory_items":[{"id":4}],"results":[{"status":"success"}],"total_records":"0"}"#;

fn record<T: serde::de::DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).unwrap()
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one row for each step")]
async fn each_of_the_26_sends_its_documented_request() {
    let server = Server::start([reply(200, ALL)]).await;
    let mut config = server.config();
    config.pace.burst = 100;
    let client = orderdesk::client::Client::new(config).unwrap();
    let (context, recorder) = watched(Priority::Write);
    let credentials = credentials();
    let call = client.on(&credentials, &context);
    let (order, item, shipment, product) = (
        order_id(),
        OrderItemId::from(2),
        ShipmentId::from(3),
        ProductId::from(4),
    );
    let parcel: Shipment = record(r#"{"order_id":1,"tracking_number":"n/a"}"#);
    let mug: Product = record(r#"{"id":4,"name":"Mug","code":"MUG","price":9.50}"#);
    let orders: OrderFilter = record(r#"{"limit":2,"email":"a b@x.de"}"#);
    let products: ProductFilter = record(r#"{"codes":["A","B"]}"#);
    let moved = [OrderId::from(1), OrderId::from(5)];

    assert_eq!(
        call.test_connection()
            .await
            .unwrap()
            .current_date_time
            .as_deref(),
        Some("2026-03-01 00:00:00")
    );
    assert_eq!(call.get_store().await.unwrap().folders().len(), 1);
    assert_eq!(call.list_orders(&orders).await.unwrap().items.len(), 1);
    call.create_order(&crate::server::order()).await.unwrap();
    assert_eq!(
        call.get_order(&order).await.unwrap().id(),
        Some(order.clone())
    );
    call.update_order(&order, &crate::server::order())
        .await
        .unwrap();
    call.delete_order(&order).await.unwrap();
    call.add_order_history(&order, "Label printed", Some("API"))
        .await
        .unwrap();
    call.move_orders(&moved, &Destination::Name("Prepared".into()))
        .await
        .unwrap();
    call.list_order_items(&order).await.unwrap();
    call.create_order_item(&order, &record(r#"{"name":"Mug"}"#))
        .await
        .unwrap();
    call.get_order_item(&order, &item).await.unwrap();
    call.update_order_item(&order, &item, &record(r#"{"id":"2"}"#))
        .await
        .unwrap();
    call.delete_order_item(&order, &item).await.unwrap();
    call.list_shipments(&order).await.unwrap();
    call.create_shipment(&order, &parcel).await.unwrap();
    call.get_shipment(&order, &shipment).await.unwrap();
    call.update_shipment(&order, &shipment, &parcel)
        .await
        .unwrap();
    call.delete_shipment(&order, &shipment).await.unwrap();
    call.create_shipments(std::slice::from_ref(&parcel))
        .await
        .unwrap();
    call.list_products(&products).await.unwrap();
    assert!(call.create_product(&mug).await.unwrap().is_some());
    call.get_product(&product).await.unwrap();
    call.update_product(&product, &mug).await.unwrap();
    call.delete_product(&product).await.unwrap();
    call.update_products(std::slice::from_ref(&mug))
        .await
        .unwrap();
    call.move_orders(&moved, &Destination::Id(FolderId::from(7)))
        .await
        .unwrap();

    let sent: Vec<_> = server
        .seen()
        .into_iter()
        .map(|seen| {
            (seen.line.replace("/api/v2", "") + " " + &seen.body)
                .trim_end()
                .to_owned()
        })
        .collect();
    let mug = r#"{"id":4,"name":"Mug","code":"MUG","price":9.50}"#;
    let parcel = r#"{"order_id":1,"tracking_number":"n/a"}"#;
    let whole = r#"{"id":"1","email":"canary@example.com"}"#;
    let expected = [
        "GET /test".to_owned(),
        "GET /store".to_owned(),
        "GET /orders?email=a%20b%40x%2Ede&limit=2".to_owned(),
        r#"POST /orders {"id":"1","email":"canary@example.com","order_history":[{"note":"x"}]}"#
            .to_owned(),
        "GET /orders/1".to_owned(),
        format!("PUT /orders/1 {whole}"),
        "DELETE /orders/1".to_owned(),
        r#"POST /orders/1/order-history {"note":"Label printed","source_name":"API"}"#.to_owned(),
        r#"POST /move-orders {"order_id_list":[1,5],"destination_folder_name":"Prepared"}"#
            .to_owned(),
        "GET /orders/1/order-items".to_owned(),
        r#"POST /orders/1/order-items {"name":"Mug"}"#.to_owned(),
        "GET /orders/1/order-items/2".to_owned(),
        r#"PUT /orders/1/order-items/2 {"id":"2"}"#.to_owned(),
        "DELETE /orders/1/order-items/2".to_owned(),
        "GET /orders/1/shipments".to_owned(),
        format!("POST /orders/1/shipments {parcel}"),
        "GET /orders/1/shipments/3".to_owned(),
        format!("PUT /orders/1/shipments/3 {parcel}"),
        "DELETE /orders/1/shipments/3".to_owned(),
        format!("POST /batch-shipments [{parcel}]"),
        "GET /inventory-items?code=A%2CB".to_owned(),
        format!("POST /inventory-items {mug}"),
        "GET /inventory-items/4".to_owned(),
        format!("PUT /inventory-items/4 {mug}"),
        "DELETE /inventory-items/4".to_owned(),
        format!("PUT /batch-inventory-items [{mug}]"),
        r#"POST /move-orders {"order_id_list":[1,5],"destination_folder_id":7}"#.to_owned(),
    ];
    assert_eq!(sent, expected);

    let attempts = recorder.take();
    assert!(
        attempts
            .iter()
            .all(|attempt| attempt.outcome == Outcome::Ok && attempt.number == 1)
    );
    let called: BTreeSet<_> = attempts
        .iter()
        .map(|attempt| attempt.operation.name)
        .collect();
    assert_eq!(
        called,
        OPERATIONS.iter().map(|operation| operation.name).collect()
    );
}

#[tokio::test]
async fn headers_are_those_the_api_wants() {
    let server = Server::start([ok()]).await;
    let client = server.client();
    let context = CallContext::default();
    let credentials = credentials();
    client
        .on(&credentials, &context)
        .get_order(&order_id())
        .await
        .unwrap();
    client
        .on(&credentials, &context)
        .update_order(&order_id(), &order())
        .await
        .unwrap();
    let [get, put] = &server.seen()[..] else {
        panic!("two requests")
    };
    for seen in [get, put] {
        assert_eq!(seen.header("orderdesk-store-id"), Some("41207"));
        assert_eq!(seen.header("orderdesk-api-key"), Some(KEY));
        assert!(
            seen.header("user-agent")
                .unwrap()
                .starts_with("orderdesk-rs/")
        );
        assert_eq!(seen.header("accept-encoding"), Some("gzip"));
    }
    assert_eq!(
        (get.header("content-type"), get.header("content-length")),
        (None, None)
    );
    assert_eq!(put.header("content-type"), Some("application/json"));
}

#[tokio::test]
async fn what_makes_no_sense_is_not_sent() {
    let server = Server::start([ok()]).await;
    let client = server.client();
    let context = CallContext::default();
    let credentials = credentials();
    let call = client.on(&credentials, &context);
    let other: orderdesk::Order = record(r#"{"id":"2"}"#);
    let bad = [
        call.update_order(&order_id(), &other).await.err(),
        call.list_orders(&record(r#"{"email":" "}"#)).await.err(),
        call.move_orders(&[], &Destination::Name("New".into()))
            .await
            .err(),
        call.create_shipments(&[]).await.err(),
        call.create_shipments(&[record("{}")]).await.err(),
        call.update_products(&[record(r#"{"id":1,"name":"x"}"#)])
            .await
            .err(),
        call.add_order_history(&order_id(), " ", None).await.err(),
    ];
    for error in bad {
        assert_eq!(error.unwrap().label(), "invalid_request");
    }
    assert_eq!(server.count(), 0);
}

#[tokio::test]
async fn another_record_than_asked_for_is_refused() {
    let server = Server::start([reply(200, r#"{"status":"success","order":{"id":"2"}}"#)]).await;
    let client = server.client();
    let (credentials, context) = (credentials(), CallContext::default());
    let call = client.on(&credentials, &context);
    let error = call.get_order(&order_id()).await.unwrap_err();
    assert_eq!(
        error,
        ClientError::InvalidReply {
            what: "it holds another record than asked for"
        }
    );
    assert!(
        call.update_order(&order_id(), &order())
            .await
            .unwrap_err()
            .is_outcome_unknown()
    );
}

#[tokio::test]
async fn refusals_carry_what_order_desk_said() {
    let refused = r#"{"status":"error","message":"Order Not Added","errors":["No items"]}"#;
    let server = Server::start([
        reply(400, refused),
        reply(200, r#"{"status":"error","message":"Shipment Not Added"}"#),
        reply(404, r#"{"status":"error","message":"Order Not Found"}"#),
        reply(401, r#"{"status":"error","message":"Invalid API Key"}"#),
    ])
    .await;
    let client = server.client();
    let (credentials, context) = (credentials(), CallContext::default());
    let call = client.on(&credentials, &context);
    match call.create_order(&order()).await.unwrap_err() {
        ClientError::Rejected {
            status: 400,
            message,
        } => {
            assert_eq!(message.as_str(), "Order Not Added; No items");
        }
        other => panic!("{other}"),
    }
    match call
        .create_shipment(&order_id(), &record("{}"))
        .await
        .unwrap_err()
    {
        ClientError::Rejected {
            status: 200,
            message,
        } => assert_eq!(message.as_str(), "Shipment Not Added"),
        other => panic!("{other}"),
    }
    assert_eq!(
        call.get_order(&order_id()).await.unwrap_err(),
        ClientError::NotFound
    );
    assert_eq!(
        call.get_order(&order_id()).await.unwrap_err(),
        ClientError::Unauthorized
    );
}
