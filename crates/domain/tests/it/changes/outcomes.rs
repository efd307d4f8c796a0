//! What each tool does to the order, and nothing else.

use orderdesk_mcp_contract::{ChangeState, ErrorCode};
use orderdesk_mcp_domain::Caller;
use orderdesk_sim::seed;
use serde_json::{Value, json};

use super::{ORDER, assert_state, change_id, differing, small};
use crate::support::{Bench, STORE_ID, settings};

#[tokio::test]
async fn a_city_changes_and_nothing_else() {
    let (bench, owner) = small().await;
    let before = bench.order(ORDER);
    let receipt = bench
        .update(&owner, json!({ "shipping": { "city": "Reno" } }))
        .await;
    assert_eq!(receipt["status"], "success", "{receipt}");
    assert_eq!(receipt["state"], "verified");
    assert_eq!(
        receipt["diff"],
        json!([{ "path": "shipping.city", "before": "Leeds", "after": "Reno" }])
    );
    let after = bench.order(ORDER);
    assert_eq!(after["shipping"]["city"], "Reno");
    assert_eq!(differing(&before, &after), ["shipping"]);
    assert_eq!(bench.writes(), [format!("PUT /orders/{ORDER}")]);
    let read = bench
        .ok(&owner, "orders_get", json!({ "order_id": ORDER }))
        .await;
    assert_eq!(
        read["version"], receipt["version"],
        "the version is the order's"
    );
    assert_eq!(
        read["order"]["shipping"]["city"], "Reno",
        "no old copy is shown"
    );
}

#[tokio::test]
async fn what_order_desk_adds_to_a_new_order_is_nobodys_edit() {
    let (bench, owner) = small().await;
    let order = json!({ "source_id": "N-1", "shipping": { "company": "C" }, "order_items": [{ "name": "Hat" }] });
    let receipt = bench
        .ok(&owner, "orders_create", json!({ "order_data": order }))
        .await;
    let message = receipt["message"].as_str().unwrap();
    assert!(!message.contains("Somebody else"), "{message}");
}

#[tokio::test]
async fn a_preview_writes_nothing() {
    let (bench, owner) = small().await;
    for (tool, arguments, call) in [
        (
            "orders_update",
            json!({ "order_id": ORDER, "changes": { "email": "b@example.com" } }),
            "PUT /orders/{id}",
        ),
        (
            "orders_delete",
            json!({ "order_id": ORDER }),
            "DELETE /orders/{id}",
        ),
        (
            "orders_move",
            json!({ "order_id": ORDER, "folder": "Closed" }),
            "POST /move-orders",
        ),
        (
            "orders_add_note",
            json!({ "order_id": ORDER, "note": "Called." }),
            "POST /orders/{id}/order-history",
        ),
        (
            "orders_add_shipment",
            json!({ "order_id": ORDER, "tracking_number": "1Z9" }),
            "POST /orders/{id}/shipments",
        ),
        (
            "orders_add_items",
            json!({ "order_id": ORDER, "items": [{ "name": "Hat" }] }),
            "POST /orders/{id}/order-items",
        ),
        (
            "orders_update_item",
            json!({ "order_id": ORDER, "order_item_id": "11", "changes": { "quantity": 3 } }),
            "PUT /orders/{id}/order-items/{id}",
        ),
        (
            "orders_remove_item",
            json!({ "order_id": ORDER, "order_item_id": "11" }),
            "DELETE /orders/{id}/order-items/{id}",
        ),
        (
            "products_update",
            json!({ "product_id": "501", "changes": { "price": 16 } }),
            "PUT /inventory-items/{id}",
        ),
        (
            "products_adjust_stock",
            json!({ "product_id": "501", "by": -2 }),
            "PUT /inventory-items/{id}",
        ),
        (
            "orders_create",
            json!({ "order_data": { "shipping": { "company": "C" }, "order_items": [{ "name": "Hat" }] } }),
            "POST /orders",
        ),
    ] {
        let mut arguments = arguments;
        arguments["dry_run"] = true.into();
        let preview = bench.ok(&owner, tool, arguments).await;
        assert_eq!(preview["status"], "preview", "{tool}: {preview}");
        assert_eq!(preview["upstream_calls"], json!([call]), "{tool}");
        assert!(preview.get("change_id").is_none(), "{tool}: {preview}");
        let shows = !preview["diff"].as_array().unwrap().is_empty() || tool == "orders_delete";
        assert!(shows, "{tool}: {preview}");
    }
    assert_eq!(bench.writes(), [""; 0]);
    let page = bench.ok(&owner, "changes_list", json!({})).await;
    assert_eq!(page["changes"], json!([]), "nothing was recorded");
}

#[tokio::test]
async fn every_tool_makes_its_change_and_it_is_read_back() {
    let (bench, owner) = small().await;
    let order = |bench: &Bench| bench.order(ORDER);
    let ok = async |tool: &str, arguments: Value| made(&bench, &owner, tool, arguments).await;
    ok(
        "orders_add_note",
        json!({ "order_id": ORDER, "note": "Called the customer." }),
    )
    .await;
    let history = bench.sim.sim().history(STORE_ID, ORDER).unwrap();
    let entry = history.last().unwrap();
    assert_eq!(entry["note"], "Called the customer.");
    assert!(
        entry["source_name"]
            .as_str()
            .unwrap()
            .starts_with("orderdesk-mcp ")
    );

    ok(
        "orders_move",
        json!({ "order_id": ORDER, "folder": "closed" }),
    )
    .await;
    assert_eq!(bench.writes().last().unwrap(), "POST /move-orders");

    ok(
        "orders_add_shipment",
        json!({ "order_id": ORDER, "tracking_number": "1Z9", "carrier_code": "UPS" }),
    )
    .await;
    assert_eq!(
        order(&bench)["order_shipments"].as_array().unwrap().len(),
        2
    );

    ok("orders_add_items", json!({ "order_id": ORDER, "items": [
        { "name": "Hat", "price": "9.50", "quantity": 2, "metadata": { "print": "x" } }, { "name": "Scarf" },
    ] })).await;
    let lines = order(&bench)["order_items"].as_array().unwrap().clone();
    assert_eq!(lines.len(), 4);
    let hat = lines[2]["id"].as_str().unwrap().to_owned();

    ok(
        "orders_update_item",
        json!({ "order_id": ORDER, "order_item_id": hat, "changes": { "quantity": 5 } }),
    )
    .await;
    assert_eq!(order(&bench)["order_items"][2]["quantity"], 5);
    assert_eq!(
        order(&bench)["order_items"][2]["metadata"],
        json!({ "print": "x" }),
        "the line was sent whole"
    );

    ok(
        "orders_remove_item",
        json!({ "order_id": ORDER, "order_item_id": hat }),
    )
    .await;
    assert_eq!(order(&bench)["order_items"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn products_change_and_orders_are_made() {
    let (bench, owner) = small().await;
    let ok = async |tool: &str, arguments: Value| made(&bench, &owner, tool, arguments).await;
    ok(
        "products_adjust_stock",
        json!({ "product_id": "501", "by": -2 }),
    )
    .await;
    assert_eq!(bench.sim.sim().product(STORE_ID, 501).unwrap()["stock"], 10);
    ok(
        "products_update",
        json!({ "product_id": "501", "changes": { "price": "16.50", "location": "A1" } }),
    )
    .await;
    let product = bench.sim.sim().product(STORE_ID, 501).unwrap();
    assert_eq!(product["location"], "A1");
    assert_eq!(
        product["manufacturer_sku"], "M-1",
        "what was not named stays"
    );

    let created = ok(
        "orders_create",
        json!({ "order_data": {
        "source_name": "Phone", "shipping": { "first_name": "Grace", "last_name": "Hopper" },
        "order_items": [{ "name": "Hat", "price": 9.5 }],
    } }),
    )
    .await;
    let id: u64 = created["order_id"].as_str().unwrap().parse().unwrap();
    let made = bench.order(id);
    assert_eq!(
        made["source_id"],
        format!("MCP-{}", created["change_id"].as_str().unwrap())
    );
    assert_eq!(bench.sim.sim().unexpected_headers().len(), 0);
}

#[tokio::test]
async fn every_fixture_order_survives_an_update_of_one_field() {
    let bench = Bench::with(settings(), seed::fixtures()).await;
    let owner = bench.tenant_with_store("Owner").await;
    let ids = bench.sim.sim().order_ids(STORE_ID);
    assert!(ids.len() >= 5, "{ids:?}");
    for id in ids {
        let before = bench.order(id);
        let arguments = json!({ "order_id": id, "changes": { "tag_name": "seen" } });
        let receipt = bench.ok(&owner, "orders_update", arguments).await;
        assert_eq!(receipt["state"], "verified", "{id}: {receipt}");
        let after = bench.order(id);
        assert_eq!(differing(&before, &after), ["tag_name"], "order {id}");
        let count =
            |order: &serde_json::Map<String, Value>| order["order_items"].as_array().map(Vec::len);
        assert_eq!(count(&before), count(&after), "order {id}");
    }
}

#[tokio::test]
async fn what_is_so_already_is_not_written() {
    let (bench, owner) = small().await;
    let receipt = bench
        .update(
            &owner,
            json!({ "shipping": { "city": "Leeds" }, "order_notes": "call  FIRST" }),
        )
        .await;
    assert_eq!(receipt["status"], "unchanged", "{receipt}");
    assert!(receipt.get("change_id").is_none());
    assert_eq!(bench.writes(), [""; 0]);
}

#[tokio::test]
async fn a_stale_version_refuses_the_change() {
    let (bench, owner) = small().await;
    let read = bench
        .ok(&owner, "orders_get", json!({ "order_id": ORDER }))
        .await;
    let version = read["version"].as_str().unwrap().to_owned();
    let arguments = json!({ "order_id": ORDER, "changes": { "email": "c@example.com" }, "if_version": version });
    bench.sim.sim().edit_order(STORE_ID, ORDER, |order| {
        order.insert("tag_name".into(), "theirs".into());
    });
    let refused = bench.err(&owner, "orders_update", arguments).await;
    assert_eq!(refused.code, ErrorCode::Conflict);
    assert_eq!(refused.field.as_deref(), Some("if_version"));
    assert_eq!(bench.writes(), [""; 0]);
    let now = bench
        .ok(
            &owner,
            "orders_get",
            json!({ "order_id": ORDER, "detail": "full" }),
        )
        .await;
    assert!(now["version"] != json!(version) || now["cached"] == json!(true));
}

#[tokio::test]
async fn wrong_wishes_are_answered_with_what_is_accepted() {
    let (bench, owner) = small().await;
    for (tool, arguments, code, words) in [
        (
            "orders_update",
            json!({ "order_id": ORDER, "changes": { "order_total": 5 } }),
            ErrorCode::Invalid,
            "Order Desk computes it",
        ),
        (
            "orders_update",
            json!({ "order_id": ORDER, "changes": { "colour": "x" } }),
            ErrorCode::Invalid,
            "shipping_method",
        ),
        (
            "orders_update",
            json!({ "order_id": ORDER, "changes": { "order_notes": "x".repeat(2100) } }),
            ErrorCode::Invalid,
            "2000",
        ),
        (
            "orders_update",
            json!({ "order_id": 99, "changes": { "email": "x" } }),
            ErrorCode::NotFound,
            "orders_list",
        ),
        (
            "orders_move",
            json!({ "order_id": ORDER, "folder": "Nowhere" }),
            ErrorCode::Invalid,
            "Closed",
        ),
        (
            "orders_update_item",
            json!({ "order_id": ORDER, "order_item_id": "99", "changes": { "quantity": 1 } }),
            ErrorCode::Invalid,
            "orders_get",
        ),
        (
            "orders_create",
            json!({ "order_data": { "email": "x" } }),
            ErrorCode::Invalid,
            "at least one line",
        ),
        (
            "orders_create",
            json!({ "order_data": { "shipping": { "company": "C" }, "order_items": [{ "id": "4", "name": "x" }] } }),
            ErrorCode::Invalid,
            "its id",
        ),
        (
            "changes_undo",
            json!({ "change_id": "01kb9ct5q80000000000000001" }),
            ErrorCode::NotFound,
            "changes_list",
        ),
    ] {
        let refused = bench.err(&owner, tool, arguments).await;
        assert_eq!(refused.code, code, "{tool}: {refused}");
        assert!(refused.message.contains(words), "{tool}: {refused}");
    }
    assert_eq!(bench.writes(), [""; 0]);
}

#[tokio::test]
async fn an_order_that_exists_is_not_made_again() {
    let (bench, owner) = small().await;
    let order = json!({ "order_data": { "source_name": "Shopify", "source_id": "S-1",
        "shipping": { "company": "C" }, "order_items": [{ "name": "Hat" }] } });
    let refused = bench.err(&owner, "orders_create", order).await;
    assert_eq!(refused.code, ErrorCode::Conflict, "{refused}");
    assert!(refused.message.contains("1001"), "{refused}");
    assert_eq!(bench.writes(), [""; 0], "it was looked for before");
}

#[tokio::test]
async fn a_change_is_explained() {
    let (bench, owner) = small().await;
    let receipt = bench
        .ok(&owner, "orders_update", json!({
            "order_id": ORDER, "changes": { "shipping": { "city": "Reno" } }, "reason": "The customer called.",
        }))
        .await;
    let detail = bench.detail(&owner, &receipt).await;
    assert_state(&detail, ChangeState::Verified);
    assert_eq!(
        detail.summary.reason.as_deref(),
        Some("The customer called.")
    );
    assert_eq!(detail.summary.key_name, "Owner");
    assert_eq!(detail.summary.record_id.as_deref(), Some("1001"));
    assert_eq!(detail.upstream_calls, ["PUT /orders/{id}"]);
    let states: Vec<_> = detail
        .events
        .iter()
        .filter_map(|event| event.state)
        .collect();
    assert_eq!(
        states,
        [
            ChangeState::Approved,
            ChangeState::Applying,
            ChangeState::Applied,
            ChangeState::Verified
        ]
    );
    assert!(detail.undo.possible, "{:?}", detail.undo);
    let page = bench
        .ok(&owner, "changes_list", json!({ "order_id": ORDER }))
        .await;
    assert_eq!(page["changes"][0]["id"], receipt["change_id"]);
    let shown = bench
        .ok(
            &owner,
            "changes_get",
            json!({ "change_id": change_id(&receipt) }),
        )
        .await;
    assert_eq!(shown["diff"], receipt["diff"]);
}

/// Calls a tool that writes, whose change must be made and proved.
async fn made(bench: &Bench, caller: &Caller, tool: &str, arguments: Value) -> Value {
    let receipt = bench.ok(caller, tool, arguments).await;
    assert_eq!(receipt["status"], "success", "{tool}: {receipt}");
    assert_eq!(receipt["state"], "verified", "{tool}: {receipt}");
    receipt
}
