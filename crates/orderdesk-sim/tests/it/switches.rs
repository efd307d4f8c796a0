//! Both sides of every switch that no other file covers.

use orderdesk_sim::switches::{
    CardRoundTrip, DateUpdated, DuplicateOrder, EmptyMaps, FolderOrder, GetWithBody,
    InventoryTotal, MissingItem, MissingOrderInMove, PutFolder, PutWithoutIdentity,
    PutWithoutItems, RefusedShipment, SubRecordCreated, UnknownFolder, UnknownMembers,
    UnknownRecord,
};
use orderdesk_sim::{Switches, seed};
use serde_json::{Value, json};

use crate::support::Desk;

async fn desk(set: impl FnOnce(&mut Switches)) -> Desk {
    let mut switches = Switches::default();
    set(&mut switches);
    Desk::switched(switches).await
}

#[tokio::test]
async fn put_without_items() {
    for (side, left) in [(PutWithoutItems::Keep, 2), (PutWithoutItems::RemoveAll, 0)] {
        let desk = desk(|switches| switches.put_without_items = side).await;
        let order = desk
            .put("/orders/1001", json!({ "email": "a@example.com" }))
            .await
            .json()["order"]
            .clone();
        assert_eq!(
            order["order_items"].as_array().unwrap().len(),
            left,
            "{side:?}"
        );
    }
}

#[tokio::test]
async fn put_without_identity() {
    let desk = desk(|switches| switches.put_without_identity = PutWithoutIdentity::Blank).await;
    let order = desk.put("/orders/1003", json!({})).await.json()["order"].clone();
    assert_eq!(
        (&order["source_name"], &order["source_id"]),
        (&json!("Order Desk"), &json!("1003"))
    );
    assert_eq!(
        (&order["folder_id"], &order["date_added"]),
        (&json!(518_210), &json!("2026-03-02 18:00:10"))
    );
}

#[tokio::test]
async fn put_of_another_folder() {
    for (side, folder) in [(PutFolder::Moves, 518_213), (PutFolder::Ignored, 518_210)] {
        let desk = desk(|switches| switches.put_folder = side).await;
        let order = desk
            .put("/orders/1001", json!({ "folder_id": 518_213 }))
            .await
            .json()["order"]
            .clone();
        assert_eq!(order["folder_id"], folder, "{side:?}");
    }
}

#[tokio::test]
async fn items_that_a_put_does_not_name() {
    for (side, left) in [(MissingItem::Removed, 1), (MissingItem::Kept, 2)] {
        let desk = desk(|switches| switches.missing_item = side).await;
        let body = json!({ "order_items": [{ "id": "11", "name": "Mug", "price": 1 }] });
        let order = desk.put("/orders/1001", body).await.json()["order"].clone();
        assert_eq!(
            order["order_items"].as_array().unwrap().len(),
            left,
            "{side:?}"
        );
    }
}

#[tokio::test]
async fn unknown_records() {
    for (side, status) in [
        (UnknownRecord::NotFound, 404),
        (UnknownRecord::ErrorInOk, 200),
    ] {
        let desk = desk(|switches| switches.unknown_record = side).await;
        for path in [
            "/orders/9",
            "/orders/1001/order-items/9",
            "/orders/1001/shipments/9",
            "/inventory-items/9",
        ] {
            let answer = desk.get(path).await;
            assert_eq!(
                (answer.status, &answer.json()["status"]),
                (status, &json!("error")),
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn refused_shipments_and_created_records() {
    let desk = desk(|switches| {
        switches.refused_shipment = RefusedShipment::BadRequest;
        switches.sub_record_created = SubRecordCreated::Ok;
    })
    .await;
    let body = json!({ "tracking_number": "T" });
    assert_eq!(
        desk.post("/orders/1002/shipments", body.clone())
            .await
            .status,
        200
    );
    assert_eq!(desk.post("/orders/1002/shipments", body).await.status, 400);
    assert_eq!(
        desk.post("/orders/1002/order-items", json!({ "name": "x" }))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn moves_that_cannot_be() {
    let to_nowhere = json!({ "order_id_list": [1001], "destination_folder_name": "Nowhere" });
    let with_missing = json!({ "order_id_list": [1001, 9], "destination_folder_name": "Closed" });
    let plain = Desk::tiny().await;
    assert_eq!(
        plain.post("/move-orders", to_nowhere.clone()).await.status,
        400
    );

    let desk = desk(|switches| {
        switches.unknown_folder = UnknownFolder::NothingMoved;
        switches.missing_order_in_move = MissingOrderInMove::WholeCallFails;
    })
    .await;
    let answer = desk.post("/move-orders", to_nowhere).await;
    assert_eq!(
        (answer.status, &answer.json()["message"]),
        (200, &json!("0 Orders Moved"))
    );
    assert_eq!(desk.post("/move-orders", with_missing).await.status, 400);
    assert_eq!(desk.order(1001).await["folder_id"], 518_210);
}

#[tokio::test]
async fn duplicate_orders() {
    let body = json!({ "source_name": "Shopify", "source_id": "S-1", "shipping_company": "X", "order_items": [{}] });
    let plain = Desk::tiny().await;
    let refused = plain.post("/orders", body.clone()).await;
    assert_eq!(
        (refused.status, &refused.json()["message"]),
        (400, &json!("Order Not Added. Duplicate of order 1001"))
    );
    let mut other_source = body.clone();
    other_source["source_name"] = json!("Etsy");
    assert_eq!(plain.post("/orders", other_source).await.status, 201);
    let desk = desk(|switches| switches.duplicate_order = DuplicateOrder::Accepted).await;
    assert_eq!(desk.post("/orders", body).await.status, 201);
}

#[tokio::test]
async fn dates_of_moves_and_notes() {
    for (side, bumped) in [
        (DateUpdated::EveryWrite, true),
        (DateUpdated::NotMoveOrHistory, false),
    ] {
        let desk = desk(|switches| switches.date_updated = side).await;
        desk.post(
            "/move-orders",
            json!({ "order_id_list": [1001], "destination_folder_id": 518_212 }),
        )
        .await;
        desk.post("/orders/1002/order-history", json!({ "note": "x" }))
            .await;
        desk.put("/orders/1003/order-items/14", json!({ "name": "x" }))
            .await;
        let now = json!("2026-03-02 18:00:10");
        assert_eq!(
            desk.order(1001).await["date_updated"] == now,
            bumped,
            "{side:?}"
        );
        assert_eq!(
            desk.order(1002).await["date_updated"] == now,
            bumped,
            "{side:?}"
        );
        assert_eq!(desk.order(1003).await["date_updated"], now, "{side:?}");
    }
}

#[tokio::test]
async fn empty_maps_turn_while_it_runs() {
    let desk = Desk::tiny().await;
    assert!(
        desk.get("/orders/1002")
            .await
            .text
            .contains(r#""checkout_data":[],"order_metadata":[],"discount_list":[]"#)
    );
    desk.server.set_switches(Switches {
        empty_maps: EmptyMaps::Object,
        ..Switches::default()
    });
    assert!(
        desk.get("/orders/1002")
            .await
            .text
            .contains(r#""checkout_data":{},"order_metadata":{},"discount_list":[]"#)
    );
}

#[tokio::test]
async fn folder_order() {
    let keys = |body: &Value| -> Vec<String> {
        body["store"]["folders"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect()
    };
    let desk = Desk::tiny().await;
    assert_eq!(keys(&desk.get("/store").await.json())[2], "520007");
    desk.server.set_switches(Switches {
        folder_order: FolderOrder::Sorted,
        ..Switches::default()
    });
    assert_eq!(keys(&desk.get("/store").await.json())[2], "518212");
}

#[tokio::test]
async fn unknown_members() {
    for (side, kept) in [
        (UnknownMembers::Ignored, Value::Null),
        (UnknownMembers::Stored, json!("kept")),
    ] {
        let desk = desk(|switches| switches.unknown_members = side).await;
        let body = json!({ "novelty": "kept", "order_items": [{ "id": "13", "novelty": "kept" }] });
        desk.put("/orders/1002", body).await;
        let order = desk.order(1002).await;
        assert_eq!(
            (&order["novelty"], &order["order_items"][0]["novelty"]),
            (&kept, &kept),
            "{side:?}"
        );
        desk.put(
            "/inventory-items/501",
            json!({ "name": "Mug", "code": "MUG", "novelty": "kept" }),
        )
        .await;
        assert_eq!(
            desk.get("/inventory-items/501").await.json()["inventory_item"]["novelty"],
            kept
        );
    }
}

#[tokio::test]
async fn members_of_the_store_itself_outlive_a_put() {
    let seed = seed::Seed::empty("Newer").order(json!({ "id": "5", "label_count": 3 }));
    let desk = Desk::new(seed, Switches::default(), false).await;
    assert_eq!(
        desk.put("/orders/5", json!({ "label_count": 9 }))
            .await
            .json()["order"]["label_count"],
        3
    );
}

#[tokio::test]
async fn card_digits_over_a_round_trip() {
    for (side, digits) in [
        (CardRoundTrip::Keep, "xxxxxxxxxxxx4242"),
        (CardRoundTrip::Blank, ""),
    ] {
        let desk = desk(|switches| switches.card_round_trip = side).await;
        let order = desk.order(1001).await;
        assert_eq!(
            desk.put("/orders/1001", order).await.json()["order"]["cc_number_masked"],
            digits
        );
    }
}

#[tokio::test]
async fn totals_of_the_inventory_list() {
    for (side, filtered, whole) in [
        (InventoryTotal::ZeroWhenFiltered, "0", "3"),
        (InventoryTotal::Count, "1", "3"),
        (InventoryTotal::Zero, "0", "0"),
    ] {
        let desk = desk(|switches| switches.inventory_total = side).await;
        assert_eq!(
            desk.get("/inventory-items?code=MUG").await.json()["total_records"],
            filtered,
            "{side:?}"
        );
        assert_eq!(
            desk.get("/inventory-items").await.json()["total_records"],
            whole,
            "{side:?}"
        );
    }
}

#[tokio::test]
async fn gets_with_a_content_type() {
    for (side, status) in [(GetWithBody::Accepted, 200), (GetWithBody::Refused, 400)] {
        let desk = desk(|switches| switches.get_with_body = side).await;
        let header = [("content-type", "application/json")];
        assert_eq!(
            desk.send_with("GET", "/test", None, &header)
                .await
                .unwrap()
                .status,
            status,
            "{side:?}"
        );
        assert_eq!(desk.get("/test").await.status, 200);
    }
}

#[tokio::test]
async fn method_override_off() {
    let desk = desk(|switches| switches.method_override = false).await;
    let header = [("x-http-method-override", "PUT")];
    let answer = desk
        .send_with("POST", "/orders/1001", Some(&json!({})), &header)
        .await
        .unwrap();
    assert_eq!(answer.status, 405);
}

#[test]
fn switches_have_names_on_the_wire() {
    let given: Switches =
        serde_json::from_value(json!({ "empty_maps": "object", "method_override": false }))
            .unwrap();
    assert_eq!(
        given,
        Switches {
            empty_maps: EmptyMaps::Object,
            method_override: false,
            ..Switches::default()
        }
    );
    assert!(serde_json::from_value::<Switches>(json!({ "emptymaps": "object" })).is_err());
}
