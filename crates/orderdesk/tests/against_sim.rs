//! The client against the simulator, which shares no code with it.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

use std::sync::Arc;
use std::time::Duration;

use orderdesk::client::{
    CallContext, Client, ClientConfig, ClientError, Credentials, Destination, Outcome, Priority,
    Recorder,
};
use orderdesk::{
    FolderId, Limit, Order, OrderFilter, OrderId, Product, ProductFilter, Shipment, ShipmentId,
    StoreId,
};
use orderdesk_sim::{Action, Fault, Seed, Sim, SimServer, seed};

const STORE: &str = "41207";
const KEY: &str = "TEST-KEY-NOT-REAL";

async fn start(seed: Seed, rate_limit: bool) -> (SimServer, Client, Credentials) {
    let server = Sim::builder()
        .store(STORE, KEY, seed)
        .rate_limit(rate_limit)
        .start()
        .await
        .unwrap();
    let mut config = ClientConfig {
        base_url: server.base_url(),
        ..ClientConfig::default()
    };
    if !rate_limit {
        config.pace.burst = 100_000;
    }
    let client = Client::new(config).unwrap();
    let credentials = Credentials::new(StoreId::new(STORE).unwrap(), KEY).unwrap();
    (server, client, credentials)
}

fn record<T: serde::de::DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).unwrap()
}

fn first_order(server: &SimServer) -> OrderId {
    OrderId::from(server.order_ids(STORE)[0])
}

#[tokio::test]
async fn every_fixture_order_reads_and_writes_back_unchanged() {
    let (server, client, credentials) = start(seed::fixtures(), false).await;
    let context = CallContext::new(Priority::Write);
    let call = client.on(&credentials, &context);
    let ids = server.order_ids(STORE);
    assert!(ids.len() >= 5);
    for id in ids {
        let id = OrderId::from(id);
        let before = call.get_order(&id).await.unwrap();
        let stored = call.update_order(&id, &before).await.unwrap();
        let after = call.get_order(&id).await.unwrap();
        assert_eq!(stored.version(), after.version(), "{id}");
        assert_eq!(
            before.normalised().to_string(),
            after.normalised().to_string(),
            "{id}"
        );
    }
    for id in server.product_ids(STORE) {
        let id = id.into();
        let before: Product = call.get_product(&id).await.unwrap();
        call.update_product(&id, &before).await.unwrap();
        assert_eq!(
            before.version(),
            call.get_product(&id).await.unwrap().version(),
            "{id}"
        );
    }
    assert!(
        server.unexpected_headers().is_empty(),
        "{:?}",
        server.unexpected_headers()
    );
}

#[tokio::test]
async fn a_shop_is_paged_through_without_loss_or_repetition() {
    let (server, client, credentials) = start(seed::shop(7, 1_772_400_000), false).await;
    let context = CallContext::default();
    let call = client.on(&credentials, &context);
    let mut seen = std::collections::BTreeSet::new();
    let limit = Limit::new(120).unwrap();
    for offset in (0..).step_by(120) {
        let filter = OrderFilter {
            limit: Some(limit),
            offset: Some(offset),
            ..OrderFilter::default()
        };
        let page = call.list_orders(&filter).await.unwrap();
        assert_eq!(page.plausible_total(offset.into()), Some(500));
        seen.extend(page.items.iter().map(|order| order.id().unwrap()));
        if !page.may_have_more(limit.get()) {
            break;
        }
    }
    assert_eq!(seen.len(), 500);
    let products = ProductFilter {
        limit: Some(Limit::MAX),
        ..ProductFilter::default()
    };
    assert_eq!(
        call.list_products(&products).await.unwrap().items.len(),
        server.product_ids(STORE).len()
    );
    let store = call.get_store().await.unwrap();
    assert_eq!(store.folders()[2].name, "Rückfragen / Hold");
    assert!(
        !serde_json::to_string(&store.redacted())
            .unwrap()
            .contains(KEY)
    );
    assert!(
        call.test_connection()
            .await
            .unwrap()
            .current_date_time
            .is_some()
    );
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one row for each step")]
async fn the_life_of_an_order() {
    let (_server, client, credentials) = start(seed::tiny(), false).await;
    let context = CallContext::new(Priority::Write);
    let call = client.on(&credentials, &context);
    let new: Order = record(
        r#"{"source_id":"T-1","source_name":"Order Desk","shipping":{"first_name":"Ada","last_name":"Byrne"},
            "order_items":[{"name":"Mug","price":9.50,"quantity":2,"code":"MUG"}],"checkout_data":{"b":"1","a":"2"}}"#,
    );
    let id = call.create_order(&new).await.unwrap().id().unwrap();
    assert_eq!(
        call.create_order(&new).await.unwrap_err().label(),
        "rejected",
        "a duplicate"
    );
    let order = call.get_order(&id).await.unwrap();
    assert_eq!(order.order_total().unwrap().plain(), "19");
    let names: Vec<_> = order
        .checkout_data()
        .into_iter()
        .map(|(name, _)| name.into_owned())
        .collect();
    assert_eq!(names, ["b", "a"]);

    call.add_order_history(&id, "Seen", Some("test"))
        .await
        .unwrap();
    let moved = call
        .move_orders(
            std::slice::from_ref(&id),
            &Destination::Id(FolderId::from(518_211)),
        )
        .await;
    assert_eq!(
        moved.unwrap()[0].original_folder_id(),
        Some(FolderId::from(518_210))
    );

    call.create_order_item(
        &id,
        &record(r#"{"name":"Tray","price":5,"quantity":1,"code":"TR"}"#),
    )
    .await
    .unwrap();
    let items = call.list_order_items(&id).await.unwrap();
    assert_eq!(items.len(), 2);
    let tray = items.iter().find(|item| item.code() == Some("TR")).unwrap();
    let tray_id = tray.id().unwrap();
    let mut changed = tray.clone();
    changed.as_object_mut().insert("quantity", 3);
    call.update_order_item(&id, &tray_id, &changed)
        .await
        .unwrap();
    assert_eq!(
        call.get_order_item(&id, &tray_id)
            .await
            .unwrap()
            .quantity()
            .unwrap()
            .plain(),
        "3"
    );
    call.delete_order_item(&id, &tray_id).await.unwrap();
    assert_eq!(
        call.get_order_item(&id, &tray_id).await.unwrap_err(),
        ClientError::NotFound
    );

    let parcel: Shipment = record(r#"{"tracking_number":"1Z1","carrier_code":"UPS"}"#);
    call.create_shipment(&id, &parcel).await.unwrap();
    assert_eq!(
        call.create_shipment(&id, &parcel)
            .await
            .unwrap_err()
            .label(),
        "rejected"
    );
    let shipment = call.list_shipments(&id).await.unwrap().remove(0);
    let shipment_id: ShipmentId = shipment.id().unwrap();
    let mut changed = shipment.clone();
    changed.as_object_mut().insert("carrier_code", "FedEx");
    call.update_shipment(&id, &shipment_id, &changed)
        .await
        .unwrap();
    assert_eq!(
        call.get_shipment(&id, &shipment_id)
            .await
            .unwrap()
            .carrier_code(),
        Some("FedEx")
    );
    call.delete_shipment(&id, &shipment_id).await.unwrap();
    let mut batch: Vec<Shipment> = vec![
        record(r#"{"tracking_number":"1Z2"}"#),
        record(r#"{"tracking_number":"1Z3"}"#),
    ];
    batch[0].as_object_mut().insert("order_id", id.to_json());
    batch[1]
        .as_object_mut()
        .insert("order_id", OrderId::from(1).to_json());
    let results = call.create_shipments(&batch).await.unwrap();
    assert_eq!(
        [results[0].is_success(), results[1].is_success()],
        [Some(true), Some(false)]
    );

    call.delete_order(&id).await.unwrap();
    assert_eq!(
        call.get_order(&id).await.unwrap_err(),
        ClientError::NotFound
    );
}

#[tokio::test]
async fn the_life_of_a_product() {
    let (_server, client, credentials) = start(seed::tiny(), false).await;
    let context = CallContext::new(Priority::Write);
    let call = client.on(&credentials, &context);
    let new: Product = record(r#"{"name":"Lamp","code":"LAMP-9","price":45.00,"stock":3}"#);
    let id = call
        .create_product(&new)
        .await
        .unwrap()
        .unwrap()
        .id()
        .unwrap();
    let mut lamp = call.get_product(&id).await.unwrap();
    lamp.as_object_mut().insert("stock", -2);
    call.update_products(std::slice::from_ref(&lamp))
        .await
        .unwrap();
    let found = call
        .list_products(&record(r#"{"codes":["LAMP-9"]}"#))
        .await
        .unwrap();
    assert_eq!(found.items[0].stock().unwrap().to_integer(), Some(-2));
    call.delete_product(&id).await.unwrap();
    assert_eq!(
        call.get_product(&id).await.unwrap_err(),
        ClientError::NotFound
    );
}

#[tokio::test]
async fn faults_of_a_write_are_told_apart() {
    for (action, label) in [
        (Action::Status500BeforeApply, "outcome_unknown"),
        (Action::Status500AfterApply, "outcome_unknown"),
        (Action::ResetBeforeApply, "outcome_unknown"),
        (Action::ResetAfterApply, "outcome_unknown"),
        (Action::TruncatedJson, "outcome_unknown"),
        (Action::HtmlError502, "outcome_unknown"),
        (Action::ErrorBody200, "rejected"),
    ] {
        let (server, client, credentials) = start(seed::tiny(), false).await;
        let context = CallContext::new(Priority::Write);
        let call = client.on(&credentials, &context);
        let id = first_order(&server);
        let order = call.get_order(&id).await.unwrap();
        server.fault(Fault::on("PUT", "/orders/*", action));
        assert_eq!(
            call.update_order(&id, &order).await.unwrap_err().label(),
            label
        );
        assert_eq!(server.count("PUT", "/orders/"), 1, "sent once");
    }
}

#[tokio::test]
async fn faults_of_a_read_are_overcome() {
    for action in [
        Action::Status500BeforeApply,
        Action::ResetBeforeApply,
        Action::HtmlError502,
    ] {
        let (server, client, credentials) = start(seed::tiny(), false).await;
        let recorder = Arc::new(Recorder::default());
        let context = CallContext::default().observed_by(recorder.clone());
        server.fault(Fault::on("GET", "/orders/*", action));
        client
            .on(&credentials, &context)
            .get_order(&first_order(&server))
            .await
            .unwrap();
        let outcomes: Vec<_> = recorder
            .take()
            .iter()
            .map(|attempt| attempt.outcome)
            .collect();
        assert_eq!((outcomes.len(), outcomes[1]), (2, Outcome::Ok));
    }
}

#[tokio::test]
async fn a_wrong_key_is_refused() {
    let (_server, client, _) = start(seed::tiny(), false).await;
    let wrong = Credentials::new(StoreId::new(STORE).unwrap(), "wrong").unwrap();
    let context = CallContext::default();
    assert_eq!(
        client
            .on(&wrong, &context)
            .test_connection()
            .await
            .unwrap_err(),
        ClientError::Unauthorized
    );
}

/// Pacing keeps clear of 429s at full speed, and leaves the reserve to others.
#[tokio::test]
async fn a_rush_meets_no_429() {
    let (server, client, credentials) = start(seed::tiny(), true).await;
    let id = first_order(&server);
    let start = std::time::Instant::now();
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..24 {
        let (client, credentials, id) = (client.clone(), credentials.clone(), id.clone());
        calls.spawn(async move {
            let recorder = Arc::new(Recorder::default());
            let context = CallContext::default().observed_by(recorder.clone());
            client
                .on(&credentials, &context)
                .get_order(&id)
                .await
                .unwrap();
            recorder.take()
        });
    }
    let attempts: Vec<_> = calls.join_all().await.into_iter().flatten().collect();
    assert_eq!(attempts.len(), 24, "none was tried twice");
    let least = attempts
        .iter()
        .filter_map(|attempt| attempt.tokens_remaining)
        .min();
    assert!(
        least.is_some_and(|least| least >= 4),
        "{least:?} left for others"
    );
    let took = start.elapsed();
    assert!(
        (Duration::from_millis(2_500)..Duration::from_secs(8)).contains(&took),
        "{took:?}"
    );
}
