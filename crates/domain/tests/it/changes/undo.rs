//! Taking changes back.

use orderdesk_mcp_contract::{ChangeState, ErrorCode};
use serde_json::json;

use super::{ORDER, assert_state, differing, small};
use crate::support::STORE_ID;

#[tokio::test]
async fn an_update_is_undone_and_the_undo_too() {
    let (bench, owner) = small().await;
    let before = bench.order(ORDER);
    let changes = json!({
        "shipping": { "city": "Reno", "phone": null }, "checkout_data": { "Gift Message": null, "New": "x" },
        "order_items": [{ "id": "11", "quantity": 7 }], "order_notes": "Second", "email": null,
    });
    let receipt = bench.update(&owner, changes).await;
    let changed = bench.order(ORDER);
    let undo = bench
        .ok(
            &owner,
            "changes_undo",
            json!({ "change_id": receipt["change_id"] }),
        )
        .await;
    assert_eq!(undo["state"], "verified", "{undo}");
    assert_eq!(differing(&before, &bench.order(ORDER)), [""; 0]);
    assert_state(&bench.detail(&owner, &receipt).await, ChangeState::Undone);
    let again = bench
        .err(
            &owner,
            "changes_undo",
            json!({ "change_id": receipt["change_id"], "partial": true }),
        )
        .await;
    assert!(again.message.contains("already"), "{again}");
    let redo = bench
        .ok(
            &owner,
            "changes_undo",
            json!({ "change_id": undo["change_id"] }),
        )
        .await;
    assert_eq!(redo["state"], "verified", "{redo}");
    assert_eq!(differing(&changed, &bench.order(ORDER)), [""; 0]);
}

#[tokio::test]
async fn what_somebody_else_has_changed_since_is_left_alone() {
    let (bench, owner) = small().await;
    let receipt = bench
        .update(
            &owner,
            json!({ "shipping": { "city": "Reno" }, "email": "n@example.com" }),
        )
        .await;
    bench.sim.sim().edit_order(STORE_ID, ORDER, |order| {
        order["shipping"]["city"] = "Paris".into();
    });
    let refused = bench
        .err(
            &owner,
            "changes_undo",
            json!({ "change_id": receipt["change_id"] }),
        )
        .await;
    assert_eq!(refused.code, ErrorCode::Conflict);
    assert!(
        refused.message.contains("shipping.city") && !refused.message.contains("Paris"),
        "{refused}"
    );
    assert!(refused.message.contains("partial"), "{refused}");
    let undo = bench
        .ok(
            &owner,
            "changes_undo",
            json!({ "change_id": receipt["change_id"], "partial": true }),
        )
        .await;
    assert_eq!(undo["state"], "verified", "{undo}");
    let order = bench.order(ORDER);
    assert_eq!(
        (&order["shipping"]["city"], &order["email"]),
        (&json!("Paris"), &json!("ada@example.com"))
    );
}

#[tokio::test]
async fn lines_shipments_moves_and_products_go_back() {
    let (bench, owner) = small().await;
    let before = bench.order(ORDER);
    let product = bench.sim.sim().product(STORE_ID, 501).unwrap();
    for (tool, arguments) in [
        (
            "orders_add_items",
            json!({ "order_id": ORDER, "items": [{ "name": "Hat" }, { "name": "Hat" }] }),
        ),
        (
            "orders_update_item",
            json!({ "order_id": ORDER, "order_item_id": "11", "changes": { "price": 1 } }),
        ),
        (
            "orders_add_shipment",
            json!({ "order_id": ORDER, "tracking_number": "1Z9" }),
        ),
        (
            "orders_move",
            json!({ "order_id": ORDER, "folder": "Closed" }),
        ),
        (
            "products_adjust_stock",
            json!({ "product_id": "501", "set_to": 3 }),
        ),
    ] {
        let receipt = bench.ok(&owner, tool, arguments).await;
        let undo = bench
            .ok(
                &owner,
                "changes_undo",
                json!({ "change_id": receipt["change_id"] }),
            )
            .await;
        assert_eq!(undo["state"], "verified", "{tool}: {undo}");
        assert_eq!(differing(&before, &bench.order(ORDER)), [""; 0], "{tool}");
    }
    let now = bench.sim.sim().product(STORE_ID, 501).unwrap();
    assert_eq!(now["stock"], product["stock"]);
    let receipt = bench
        .ok(
            &owner,
            "orders_remove_item",
            json!({ "order_id": ORDER, "order_item_id": "12" }),
        )
        .await;
    let undo = bench
        .ok(
            &owner,
            "changes_undo",
            json!({ "change_id": receipt["change_id"] }),
        )
        .await;
    assert_eq!(undo["state"], "verified", "{undo}");
    let lines = bench.order(ORDER)["order_items"]
        .as_array()
        .unwrap()
        .clone();
    assert_eq!(lines[1]["variation_list"], json!({ "Size": "Large" }));
    assert_ne!(lines[1]["id"], "12", "it is a new line");
}

#[tokio::test]
async fn a_made_order_goes_and_a_deleted_one_is_made_anew() {
    let (bench, owner) = small().await;
    let other = bench.second_owner(&owner).await;
    let order = json!({ "order_data": { "shipping": { "company": "C" }, "order_items": [{ "name": "Hat" }] } });
    let made = bench.ok(&owner, "orders_create", order).await;
    let undo = bench
        .ok(
            &owner,
            "changes_undo",
            json!({ "change_id": made["change_id"] }),
        )
        .await;
    assert_eq!(
        undo["status"], "pending",
        "a deletion waits for a person: {undo}"
    );
    let approved = bench.approve(&other, &undo).await.unwrap();
    assert_state(&approved, ChangeState::Verified);
    let id: u64 = made["order_id"].as_str().unwrap().parse().unwrap();
    assert!(bench.sim.sim().order(STORE_ID, id).is_none());

    let deletion = bench
        .ok(&owner, "orders_delete", json!({ "order_id": ORDER }))
        .await;
    let detail = bench.approve(&other, &deletion).await.unwrap();
    assert_eq!(
        detail
            .deleted
            .unwrap()
            .pointer("/email")
            .and_then(orderdesk::Json::as_str),
        Some("ada@example.com")
    );
    assert!(bench.sim.sim().order(STORE_ID, ORDER).is_none());
    let undo = bench
        .ok(
            &owner,
            "changes_undo",
            json!({ "change_id": deletion["change_id"] }),
        )
        .await;
    assert_eq!(undo["state"], "verified", "{undo}");
    let id: u64 = undo["order_id"].as_str().unwrap().parse().unwrap();
    let again = bench.order(id);
    assert_ne!(id, ORDER);
    assert_eq!(
        (&again["source_id"], &again["email"]),
        (&json!("S-1"), &json!("ada@example.com"))
    );
    assert_eq!(again["order_items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn what_cannot_be_undone_says_so_before() {
    let (bench, owner) = small().await;
    let arguments = json!({ "order_id": ORDER, "note": "Called.", "dry_run": true });
    let preview = bench.ok(&owner, "orders_add_note", arguments).await;
    assert!(
        preview["warnings"][0]
            .as_str()
            .unwrap()
            .contains("cannot be taken back")
    );
    let receipt = bench
        .ok(
            &owner,
            "orders_add_note",
            json!({ "order_id": ORDER, "note": "Called." }),
        )
        .await;
    let refused = bench
        .err(
            &owner,
            "changes_undo",
            json!({ "change_id": receipt["change_id"] }),
        )
        .await;
    assert!(refused.message.contains("history"), "{refused}");
    bench.clock.advance_secs(31 * 86_400);
    let old = bench
        .update(&owner, json!({ "email": "z@example.com" }))
        .await;
    bench.clock.advance_secs(31 * 86_400);
    let refused = bench
        .err(
            &owner,
            "changes_undo",
            json!({ "change_id": old["change_id"] }),
        )
        .await;
    assert!(refused.message.contains("too long ago"), "{refused}");
}
