//! Creating, replacing and deleting orders.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Desk, STORE};

#[tokio::test]
async fn a_put_blanks_what_it_leaves_out() {
    let desk = Desk::tiny().await;
    let answer = desk
        .put(
            "/orders/1001",
            json!({ "shipping_method": "USPS Priority" }),
        )
        .await;
    assert_eq!(
        (answer.status, &answer.json()["message"]),
        (200, &json!("Order Updated"))
    );
    let order = answer.json()["order"].clone();
    for (member, expected) in [
        ("shipping_method", json!("USPS Priority")),
        ("email", json!("")),
        ("email_count", json!("1")),
        ("shipping_total", json!(0)),
        ("tax_total", json!(0)),
        ("discount_total", json!(0)),
        ("discount_list", json!([])),
        ("payment_type", json!("")),
        ("payment_status", json!("Captured")),
        ("cc_number_masked", json!("")),
        ("checkout_data", json!([])),
        ("order_metadata", json!([])),
        ("order_notes", json!([])),
        // What identifies the order stays, and so do the items.
        ("id", json!("1001")),
        ("source_name", json!("Shopify")),
        ("source_id", json!("S-1")),
        ("folder_id", json!(518_210)),
        ("date_added", json!("2026-01-10 09:00:00")),
        ("quantity_total", json!(3)),
        ("product_total", json!(50)),
        ("order_total", json!(50)),
        ("processor_balance", json!(50)),
        ("date_updated", json!("2026-03-02 18:00:10")),
    ] {
        assert_eq!(order[member], expected, "{member}");
    }
    assert_eq!(order["shipping"]["first_name"], "");
    assert_eq!(order["order_shipments"][0]["tracking_number"], "1Z001");
}

#[tokio::test]
async fn a_whole_put_changes_nothing_but_the_date() {
    let desk = Desk::tiny().await;
    for id in [1001, 1002, 1003] {
        let mut before = desk.order(id).await;
        desk.clock.advance(Duration::from_secs(1));
        let answer = desk.put(&format!("/orders/{id}"), before.clone()).await;
        let after = answer.json()["order"].clone();
        assert_ne!(before["date_updated"], after["date_updated"]);
        before["date_updated"] = after["date_updated"].clone();
        assert_eq!(before, after);
        assert_eq!(desk.order(id).await, after);
    }
}

#[tokio::test]
async fn a_nested_address_erases_its_siblings() {
    let desk = Desk::tiny().await;
    let mut order = desk.order(1001).await;
    order["shipping"] = json!({ "city": "York" });
    let after = desk.put("/orders/1001", order).await.json()["order"].clone();
    assert_eq!(after["shipping"]["city"], "York");
    assert_eq!(after["shipping"]["first_name"], "");
    assert_eq!(after["customer"]["first_name"], "Ada");
}

#[tokio::test]
async fn items_of_a_put_are_updated_added_and_removed() {
    let desk = Desk::tiny().await;
    let mut order = desk.order(1001).await;
    order["order_items"] = json!([
        { "id": "12", "name": "Tee", "price": 22, "quantity": 2, "code": "TEE-L" },
        { "name": "Sticker", "price": 0.5, "code": "STK" },
    ]);
    let after = desk.put("/orders/1001", order.clone()).await.json()["order"].clone();
    let items = after["order_items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    assert_eq!(
        (&items[0]["id"], &items[0]["price"]),
        (&json!("12"), &json!(22))
    );
    // Whole-item replacement: the variation that was not sent is gone.
    assert_eq!(items[0]["variation_list"], json!([]));
    assert_eq!(
        (&items[1]["quantity"], &items[1]["delivery_type"]),
        (&json!(1), &json!("ship"))
    );
    assert_eq!(after["product_total"], json!(44.5));
    assert_eq!(after["order_total"], json!(49.75));

    // The hazard of a replay: the item without an id is added a second time.
    order["order_items"]
        .as_array_mut()
        .unwrap()
        .insert(0, items[1].clone());
    let replayed = desk.put("/orders/1001", order).await.json()["order"].clone();
    let stickers = replayed["order_items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| item["code"] == "STK");
    assert_eq!(stickers.count(), 2);

    let mut emptied = desk.order(1001).await;
    emptied["order_items"] = json!([]);
    let after = desk.put("/orders/1001", emptied).await.json()["order"].clone();
    assert_eq!(
        (&after["order_items"], &after["quantity_total"]),
        (&json!([]), &json!(0))
    );
}

#[tokio::test]
async fn read_only_members_cannot_be_written() {
    let desk = Desk::tiny().await;
    let before = desk.order(1001).await;
    let mut order = before.clone();
    for (member, value) in [
        ("id", json!("9")),
        ("order_total", json!(1)),
        ("quantity_total", json!(99)),
        ("date_updated", json!("2001-01-01 00:00:00")),
        ("email_count", json!("44")),
        ("cc_number_masked", json!("xxxxxxxxxxxx0000")),
        ("order_shipments", json!([])),
        ("order_history", json!([{ "note": "forged" }])),
        ("surprise", json!("dropped")),
    ] {
        order[member] = value;
    }
    let mut after = desk.put("/orders/1001", order).await.json()["order"].clone();
    assert_eq!(after["date_updated"], "2026-03-02 18:00:10");
    after["date_updated"] = before["date_updated"].clone();
    assert_eq!(after, before);
    assert!(desk.server.history(STORE, 1001).unwrap().is_empty());
}

#[tokio::test]
async fn a_put_with_another_folder_moves_and_logs() {
    let desk = Desk::tiny().await;
    let mut order = desk.order(1001).await;
    order["folder_id"] = json!("518212");
    let after = desk.put("/orders/1001", order.clone()).await.json()["order"].clone();
    assert_eq!(after["folder_id"], 518_212);
    let history = desk.server.history(STORE, 1001).unwrap();
    assert_eq!(history[0]["note"], "Order Moved to Closed Folder");
    order["folder_id"] = json!(77);
    assert_eq!(
        desk.put("/orders/1001", order).await.json()["order"]["folder_id"],
        518_212
    );
}

#[tokio::test]
async fn writes_accept_both_kinds_of_empty_map_and_new_card_digits() {
    let desk = Desk::tiny().await;
    let mut order = desk.order(1001).await;
    order["checkout_data"] = json!([]);
    order["order_metadata"] = json!({});
    order["cc_number"] = json!("5678");
    let answer = desk.put("/orders/1001", order).await;
    assert!(
        answer
            .text
            .contains(r#""checkout_data":[],"order_metadata":[]"#)
    );
    assert_eq!(
        answer.json()["order"]["cc_number_masked"],
        "xxxxxxxxxxxx5678"
    );
}

#[tokio::test]
async fn a_created_order_gets_everything_it_lacks() {
    let desk = Desk::tiny().await;
    let body = json!({
        "customer_first_name": "Noor", "customer_last_name": "Haddad", "tax_total": "1.20",
        "order_items": [{ "name": "Pin", "price": "2.85", "quantity": 2, "code": "PIN" }],
    });
    let answer = desk.post("/orders", body).await;
    assert_eq!(answer.status, 201);
    let order = answer.json()["order"].clone();
    assert_eq!(order["source_id"], order["id"]);
    assert_eq!(order["source_name"], "Order Desk");
    assert_eq!(order["folder_id"], 518_210);
    assert_eq!(order["date_added"], "2026-03-02 18:00:10");
    assert_eq!(order["order_total"], json!(6.9));
    assert_eq!(order["processor_balance"], json!(6.9));
    assert_eq!(order["shipping"]["first_name"], "Noor");
    assert!(order["order_items"][0]["id"].is_string());
    let id: u64 = order["id"].as_str().unwrap().parse().unwrap();
    assert!(id > u64::from(u32::MAX));
    assert_eq!(desk.order(id).await, order);
    assert_eq!(
        desk.server.history(STORE, id).unwrap()[0]["note"],
        "Order Imported"
    );
}

#[tokio::test]
async fn a_refused_order_says_every_reason_and_changes_nothing() {
    let desk = Desk::tiny().await;
    let answer = desk
        .post("/orders", json!({ "email": "nobody@example.com" }))
        .await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json()["errors"].as_array().unwrap().len(), 2);
    for body in [json!([]), json!("text"), Value::Null] {
        assert_eq!(desk.post("/orders", body).await.status, 400);
    }
    assert_eq!(desk.server.order_ids(STORE), [1001, 1002, 1003]);
}

#[tokio::test]
async fn a_deleted_order_is_gone() {
    let desk = Desk::tiny().await;
    let answer = desk.delete("/orders/1002").await;
    assert_eq!(
        (answer.status, &answer.json()["message"]),
        (200, &json!("Order 1002 Deleted"))
    );
    for (method, path) in [
        ("GET", "/orders/1002"),
        ("DELETE", "/orders/1002"),
        ("GET", "/orders/..%2Fstore"),
    ] {
        let answer = desk.send(method, path, None).await.unwrap();
        assert_eq!(
            (answer.status, &answer.json()["message"]),
            (404, &json!("Order Not Found")),
            "{path}"
        );
    }
    assert_eq!(desk.put("/orders/1002", json!({})).await.status, 404);
}

#[tokio::test]
async fn a_post_can_stand_in_for_a_put() {
    let desk = Desk::tiny().await;
    let body = json!({ "email": "new@example.com" });
    let headers = [("x-http-method-override", "PUT")];
    let answer = desk
        .send_with("POST", "/orders/1002", Some(&body), &headers)
        .await
        .unwrap();
    assert_eq!(answer.json()["order"]["email"], "new@example.com");
    assert_eq!(desk.server.count("PUT", "/orders/1002"), 1);
    assert!(desk.server.unexpected_headers().is_empty());
}

#[tokio::test]
async fn unknown_paths_methods_and_bodies_are_refused() {
    let desk = Desk::tiny().await;
    assert_eq!(desk.get("/customers").await.status, 404);
    assert_eq!(desk.get("/orders/../store").await.status, 404);
    assert_eq!(
        desk.send("PATCH", "/orders/1001", None)
            .await
            .unwrap()
            .status,
        405
    );
    assert_eq!(desk.post("/store", json!({})).await.status, 405);
    assert_eq!(desk.put("/orders/1001", json!([])).await.status, 400);
    assert!(desk.server.log().iter().all(|entry| !entry.applied));
}
