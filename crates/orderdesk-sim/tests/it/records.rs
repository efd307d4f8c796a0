//! Items, shipments, moves, history, inventory and the store itself.

use serde_json::{Value, json};

use crate::support::{Answer, Desk, KEY, STORE};

fn outcome(answer: &Answer) -> (u16, String, String) {
    let body = answer.json();
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    (answer.status, text("status"), text("message"))
}

fn says(status: u16, kind: &str, message: &str) -> (u16, String, String) {
    (status, kind.to_owned(), message.to_owned())
}

#[tokio::test]
async fn items_live_and_totals_follow() {
    let desk = Desk::tiny().await;
    let item = json!({ "name": "Sticker", "price": 2, "quantity": 3, "code": "STK", "variation_list": { "Theme": "Space" } });
    let added = desk.post("/orders/1001/order-items", item).await;
    assert_eq!(outcome(&added), says(201, "success", "Order Item Added"));
    let list = desk.get("/orders/1001/order-items").await.json();
    assert_eq!(list["total_records"], 3);
    let id = list["order_items"][2]["id"].as_str().unwrap().to_owned();
    assert_eq!(desk.order(1001).await["order_total"], json!(61.25));

    let path = format!("/orders/1001/order-items/{id}");
    let replaced = desk.put(&path, json!({ "name": "Sticker" })).await;
    assert_eq!(
        outcome(&replaced),
        says(200, "success", "Order Item Updated")
    );
    let item = desk.get(&path).await.json()["order_item"].clone();
    assert_eq!(
        (&item["price"], &item["quantity"], &item["variation_list"]),
        (&json!(0), &json!(1), &json!([]))
    );

    assert_eq!(outcome(&desk.delete(&path).await).0, 200);
    assert_eq!(
        outcome(&desk.delete(&path).await),
        says(404, "error", "Order Item Not Found")
    );
    assert_eq!(desk.order(1001).await["order_total"], json!(55.25));
    assert_eq!(
        outcome(&desk.get("/orders/9/order-items").await),
        says(404, "error", "Order Not Found")
    );
}

#[tokio::test]
async fn shipments_are_text_and_come_once() {
    let desk = Desk::tiny().await;
    let body = json!({ "tracking_number": "1Z777", "carrier_code": "UPS", "weight": 1.2, "cost": 7.8,
        "order_items": [{ "id": "11", "quantity": 1 }] });
    assert_eq!(
        outcome(&desk.post("/orders/1002/shipments", body.clone()).await),
        says(201, "success", "Shipment Added")
    );
    assert_eq!(
        outcome(&desk.post("/orders/1002/shipments", body).await),
        says(200, "error", "Shipment Not Added")
    );
    let one = desk.get("/orders/1002/shipments").await.json()["shipments"][0].clone();
    for (member, expected) in [
        ("order_id", json!("1002")),
        ("store_id", json!(STORE)),
        ("weight", json!("1.2")),
        ("cost", json!("7.8")),
        (
            "tracking_url",
            json!("https://www.ups.com/track?tracknum=1Z777"),
        ),
        ("print_status", json!("0")),
        ("date_shipped", json!("2026-03-02")),
        ("date_added", json!("2026-03-02 18:00:10")),
        ("order_items", json!([{ "id": "11", "quantity": 1 }])),
    ] {
        assert_eq!(one[member], expected, "{member}");
    }
    for _ in 0..2 {
        let pickup = json!({ "tracking_number": "n/a" });
        assert_eq!(
            desk.post("/orders/1002/shipments", pickup).await.status,
            201
        );
    }
    assert_eq!(
        desk.post("/orders/1002/shipments", json!({})).await.status,
        400
    );
    assert_eq!(
        desk.order(1002).await["order_shipments"]
            .as_array()
            .unwrap()
            .len(),
        3
    );

    let path = format!("/orders/1002/shipments/{}", one["id"].as_str().unwrap());
    assert_eq!(
        outcome(&desk.put(&path, json!({ "tracking_number": "1Z778" })).await).0,
        200
    );
    let replaced = desk.get(&path).await.json()["shipment"].clone();
    assert_eq!(
        (&replaced["weight"], &replaced["order_items"]),
        (&json!(""), &json!(""))
    );
    assert_eq!(replaced["date_added"], one["date_added"]);
    let deleted = format!("Shipment {} Deleted", one["id"].as_str().unwrap());
    assert_eq!(
        outcome(&desk.delete(&path).await),
        says(200, "success", &deleted)
    );
    assert_eq!(
        outcome(&desk.get(&path).await),
        says(404, "error", "Shipment Not Found")
    );
}

#[tokio::test]
async fn a_batch_of_shipments_answers_entry_by_entry() {
    let desk = Desk::tiny().await;
    let body = json!([
        { "order_id": 1001, "tracking_number": "NEW" },
        { "order_id": "1001", "tracking_number": "1Z001" },
        { "order_id": 9, "tracking_number": "X" },
    ]);
    let answer = desk.post("/batch-shipments", body).await;
    assert_eq!(answer.status, 200);
    let results = answer.json()["results"].clone();
    assert_eq!(
        results[0],
        json!({ "order_id": 1001, "status": "success", "message": "Shipment Added" })
    );
    assert_eq!(
        results[1],
        json!({ "order_id": "1001", "status": "error", "message": "Shipment Not Added" })
    );
    assert_eq!(
        results[2],
        json!({ "order_id": 9, "status": "error", "message": "Order Not Found" })
    );
    assert_eq!(
        desk.post("/batch-shipments", json!({ "shipments": [] }))
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn orders_move_together_and_leave_a_note() {
    let desk = Desk::tiny().await;
    let answer = desk
        .post(
            "/move-orders",
            json!({ "order_id_list": [1001, 9, "1003"], "destination_folder_name": "Prepared" }),
        )
        .await;
    assert_eq!(outcome(&answer), says(200, "success", "2 Orders Moved"));
    let results = answer.json()["results"].clone();
    let moved = "Order Moved to Prepared Folder";
    assert_eq!(
        results[0],
        json!({ "order_id": 1001, "message": moved, "original_folder_id": 518_210 })
    );
    assert_eq!(
        results[1],
        json!({ "order_id": 9, "message": "Order Not Found" })
    );
    assert_eq!(desk.order(1003).await["folder_id"], 518_211);
    assert_eq!(
        desk.order(1003).await["date_updated"],
        "2026-03-02 18:00:10"
    );
    assert_eq!(desk.server.history(STORE, 1001).unwrap()[0]["note"], moved);
    let by_id = desk
        .post(
            "/move-orders",
            json!({ "order_id_list": [1001], "destination_folder_id": 518_213 }),
        )
        .await;
    assert_eq!(
        by_id.json()["results"][0]["message"],
        "Order Moved to Canceled Folder"
    );
    assert_eq!(
        desk.post("/move-orders", json!({ "destination_folder_id": 518_213 }))
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn history_notes_append() {
    let desk = Desk::tiny().await;
    for note in ["one", "two"] {
        let answer = desk
            .post(
                "/orders/1001/order-history",
                json!({ "note": note, "source_name": "Line 3" }),
            )
            .await;
        assert_eq!(answer.json()["total_records"], 1);
    }
    let history = desk.server.history(STORE, 1001).unwrap();
    assert_eq!(
        history[1],
        json!({ "source_name": "Line 3", "note": "two", "date_added": "2026-03-02 18:00:10" })
    );
    assert_eq!(
        desk.post("/orders/1001/order-history", json!({}))
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn products_are_created_replaced_and_deleted() {
    let desk = Desk::tiny().await;
    let created = desk
        .post(
            "/inventory-items",
            json!({ "name": "Pin", "code": "PIN", "price": 11.0, "stock": "52" }),
        )
        .await;
    assert_eq!(
        outcome(&created),
        says(201, "success", "Inventory Item Added")
    );
    let item = created.json()["inventory_item"].clone();
    assert!(item["id"].is_u64());
    assert!(created.text.contains(r#""price":11,"#), "{}", created.text);
    assert_eq!(
        (&item["stock"], &item["manufacturer_sku"]),
        (&json!(52), &Value::Null)
    );
    assert_eq!(
        desk.post("/inventory-items", json!({ "name": "Pin", "code": "PIN" }))
            .await
            .status,
        400
    );
    assert_eq!(
        desk.post("/inventory-items", json!({ "name": "Pin" }))
            .await
            .json()["errors"],
        json!(["Code is required"])
    );

    let replaced = desk
        .put(
            "/inventory-items/501",
            json!({ "name": "Mug", "code": "MUG" }),
        )
        .await;
    assert_eq!(
        outcome(&replaced),
        says(200, "success", "Inventory Item Updated")
    );
    let mug = desk.get("/inventory-items/501").await.json()["inventory_item"].clone();
    assert_eq!((&mug["price"], &mug["stock"]), (&json!(0), &json!(0)));
    assert_eq!(
        (&mug["date_added"], &mug["date_updated"]),
        (&json!("2026-01-01 08:00:00"), &json!("2026-03-02 18:00:10"))
    );

    assert_eq!(
        outcome(&desk.delete("/inventory-items/501").await).2,
        "Inventory Item 501 Deleted"
    );
    assert_eq!(
        outcome(&desk.get("/inventory-items/501").await),
        says(404, "error", "Inventory Item Not Found")
    );
}

#[tokio::test]
async fn a_batch_of_products_answers_entry_by_entry() {
    let desk = Desk::tiny().await;
    let body = json!([
        { "id": 501, "name": "Mug", "code": "MUG", "stock": 3 },
        { "id": 502, "name": "" , "code": "TEE-L" },
        { "id": 9, "name": "?", "code": "?" },
    ]);
    let answer = desk.put("/batch-inventory-items", body).await;
    assert_eq!(
        outcome(&answer),
        says(200, "success", "1 Inventory Items Updated")
    );
    let results = answer.json()["results"].clone();
    let states: Vec<_> = results
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["status"].clone())
        .collect();
    assert_eq!(states, ["success", "error", "error"]);
    assert_eq!(desk.server.product(STORE, 501).unwrap()["stock"], 3);
    assert_eq!(desk.server.product(STORE, 502).unwrap()["stock"], -3);
}

#[tokio::test]
async fn the_store_shows_its_secrets() {
    let desk = Desk::tiny().await;
    let answer = desk.get("/store").await;
    let store = answer.json()["store"].clone();
    assert_eq!(
        (&store["id"], &store["settings"]["api_key"]),
        (&json!(STORE), &json!(KEY))
    );
    assert_ne!(store["settings"]["smtp_password"], "");
    assert_eq!(store["settings"]["timezone"], "America/New_York");
    assert!(
        answer
            .text
            .contains(r#""folders":{"518210":"New","518211":"Prepared","520007":"#)
    );
}
