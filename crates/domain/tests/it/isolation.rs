//! Two workspaces cannot see, count or name each other's things.

use orderdesk_mcp_contract::tools::catalog;
use orderdesk_mcp_contract::views::dashboard::{FailedCall, Needs, Range};
use orderdesk_mcp_contract::{ErrorCode, StoreUid};
use serde_json::{Value, json};

use crate::support::{Bench, STORE_ID, STORE_KEY};

/// What the owner has.
struct Things {
    order: String,
    line: String,
    product: String,
    change: String,
}

/// For each tool: arguments that would succeed for the owner of the things, and whether a stranger is
/// refused as if there were nothing. A tool without a row fails the test.
fn row(tool: &str, of: &Things) -> Option<(Value, bool)> {
    let Things {
        order,
        line,
        product,
        change,
    } = of;
    let on_order = |other: Value| {
        let mut arguments = json!({ "store_identifier": "Main", "order_id": order });
        let other = other.as_object().cloned().unwrap();
        arguments.as_object_mut().unwrap().extend(other);
        (arguments, true)
    };
    Some(match tool {
        "tenant_use_master_key" => (json!({ "master_key": "odm_mk_not_a_real_key" }), true),
        "stores_register" => (
            json!({ "store_id": STORE_ID, "api_key": "wrong-key" }),
            true,
        ),
        "stores_list" => (json!({}), false),
        "stores_use_store" | "stores_resolve" => (json!({ "identifier": "Main" }), true),
        "stores_delete" => (json!({ "store_identifier": STORE_ID }), true),
        "orders_list" | "products_list" => (json!({ "store_identifier": "Main" }), true),
        "orders_get" => (
            json!({ "store_identifier": STORE_ID, "order_id": order }),
            true,
        ),
        "products_get" => (
            json!({ "store_identifier": "main", "product_id": product }),
            true,
        ),
        "orders_create" => {
            let named = json!({ "company": "Acme" });
            let order = json!({ "shipping": named, "order_items": [{ "name": "Pen" }] });
            let arguments = json!({ "store_identifier": "Main", "order_data": order });
            (arguments, true)
        }
        "orders_update" => on_order(json!({ "changes": { "email": "a@example.com" } })),
        "orders_move" => on_order(json!({ "folder": "Prepared" })),
        "orders_add_note" => on_order(json!({ "note": "Hello" })),
        "orders_add_shipment" => on_order(json!({ "tracking_number": "1Z" })),
        "orders_add_items" => on_order(json!({ "items": [{ "name": "Pen" }] })),
        "orders_update_item" => {
            on_order(json!({ "order_item_id": line, "changes": { "quantity": 2 } }))
        }
        "orders_remove_item" => on_order(json!({ "order_item_id": line })),
        "orders_delete" => on_order(json!({})),
        "products_update" => (
            json!({ "store_identifier": "Main", "product_id": product, "changes": { "price": 1 } }),
            true,
        ),
        "products_adjust_stock" => (
            json!({ "store_identifier": "Main", "product_id": product, "by": 1 }),
            true,
        ),
        "changes_list" => (json!({}), false),
        "changes_get" | "changes_undo" => (json!({ "change_id": change }), true),
        _ => return None,
    })
}

#[tokio::test]
async fn no_tool_reaches_into_another_workspace() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Owner").await;
    let stranger = bench.tenant("Stranger").await;
    let order = bench.sim.sim().order_ids(STORE_ID)[0].to_string();
    let product = bench.sim.sim().product_ids(STORE_ID)[0].to_string();
    let read = bench
        .ok(&owner, "orders_get", json!({ "order_id": order }))
        .await;
    let line = read["order"]["order_items"][0]["id"].as_str().unwrap();
    let changes = json!({ "email": "owner@example.com" });
    let update = json!({ "order_id": order, "changes": changes });
    let receipt = bench.ok(&owner, "orders_update", update).await;
    assert_eq!(receipt["status"], "success", "{receipt}");
    let things = Things {
        order: order.clone(),
        line: line.to_owned(),
        product: product.clone(),
        change: receipt["change_id"].as_str().unwrap().to_owned(),
    };
    // Warm every cache for the owner first: the stranger must not profit from it.
    bench
        .ok(&owner, "orders_get", json!({ "order_id": order }))
        .await;
    bench
        .ok(&owner, "products_get", json!({ "product_id": product }))
        .await;
    bench.ok(&owner, "orders_list", json!({})).await;
    bench
        .ok(&owner, "stores_resolve", json!({ "identifier": STORE_ID }))
        .await;
    bench.sim.sim().clear_log();
    for spec in catalog::offered() {
        let Some((arguments, is_refused)) = row(spec.name, &things) else {
            panic!("the new tool `{}` needs a row in this matrix", spec.name);
        };
        let answer = bench.call(&stranger, spec.name, arguments).await;
        assert_eq!(answer.is_err(), is_refused, "{}: {answer:?}", spec.name);
        if let Err(error) = answer {
            assert!(
                error.allowed.is_empty() && !error.message.contains("Stores:"),
                "{}: {error:?}",
                spec.name
            );
        }
    }
    assert_eq!(
        bench.ok(&stranger, "stores_list", json!({})).await["count"],
        0
    );
    let changes = bench.ok(&stranger, "changes_list", json!({})).await;
    assert_eq!(
        (&changes["count"], &changes["waiting"]),
        (&json!(0), &json!(0))
    );
    // Adding a store is the only thing that may ask, and it is asked with another key.
    assert_eq!(bench.sim.count("GET", "/orders"), 0);
    assert_eq!(bench.sim.count("GET", "/inventory-items"), 0);
    let log = bench.sim.sim().log();
    assert!(log.iter().all(|entry| entry.method == "GET"), "{log:?}");
    assert_eq!(
        bench.ok(&owner, "stores_list", json!({})).await["count"],
        1,
        "nothing of the owner's was removed"
    );
}

#[tokio::test]
async fn the_same_store_in_two_workspaces_is_two_things() {
    let bench = Bench::start().await;
    let one = bench.tenant_with_store("One").await;
    let two = bench.tenant_with_store("Two").await;
    let order = bench.sim.sim().order_ids(STORE_ID)[0].to_string();
    let read = json!({ "order_id": order });
    assert_eq!(
        bench.ok(&one, "orders_get", read.clone()).await["cached"],
        json!(false)
    );
    assert_eq!(
        bench.ok(&two, "orders_get", read.clone()).await["cached"],
        json!(false),
        "a cache is never shared"
    );
    let page = bench.ok(&one, "orders_list", json!({ "limit": 2 })).await;
    let cursor = page["next_cursor"].as_str().unwrap();
    let foreign = bench
        .err(&two, "orders_list", json!({ "limit": 2, "cursor": cursor }))
        .await;
    assert_eq!(
        foreign.field.as_deref(),
        Some("cursor"),
        "a cursor is bound to its workspace's store"
    );
}

#[tokio::test]
async fn pages_of_the_web_app_are_scoped_too() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Owner").await;
    let stranger = bench.tenant("Stranger").await;
    let stores = bench.ok(&owner, "stores_list", json!({})).await;
    let id: StoreUid = stores["stores"][0]["id"].as_str().unwrap().parse().unwrap();
    let unknown = bench
        .services
        .store_detail(&stranger, StoreUid::from_parts(1, 1))
        .await
        .unwrap_err();
    assert_eq!(
        bench
            .services
            .store_detail(&stranger, id)
            .await
            .unwrap_err(),
        unknown
    );
    assert_eq!(
        bench
            .services
            .test_connection(&stranger, id)
            .await
            .unwrap_err()
            .code,
        ErrorCode::NotFound
    );
    let keys = bench.services.list_keys(&stranger).await.unwrap();
    assert!(keys.iter().all(|key| key.id != owner.actor_id()));
    assert_eq!(
        bench
            .services
            .revoke_key(&stranger, owner.actor_id())
            .await
            .unwrap_err()
            .code,
        ErrorCode::NotFound
    );
    assert!(
        bench.services.list_keys(&owner).await.is_ok(),
        "still valid"
    );
    let dashboard = bench
        .services
        .dashboard(&stranger, Range::Month)
        .await
        .unwrap();
    // What the stranger was refused is recorded as theirs, and of no store.
    let of_a_store = |failed: &FailedCall| failed.store_name.is_some();
    assert!(dashboard.stores.is_empty() && !dashboard.latest_errors.iter().any(of_a_store));
    assert!(dashboard.impact.is_empty() && dashboard.needs == Needs::default());
}

#[tokio::test]
async fn a_sealed_key_moved_to_another_workspace_does_not_open() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Owner").await;
    let thief = bench.tenant("Thief").await;
    bench
        .sim
        .sim()
        .add_store("666", STORE_KEY, orderdesk_sim::seed::tiny());
    let row = bench
        .storage
        .list_stores(owner.tenant_id())
        .await
        .unwrap()
        .remove(0);
    let mut stolen = row.clone();
    stolen.id = StoreUid::from_parts(5, 5);
    stolen.tenant_id = thief.tenant_id();
    bench.storage.add_store(&stolen).await.unwrap();
    let refused = bench
        .err(&thief, "orders_list", json!({ "store_identifier": "Main" }))
        .await;
    assert_eq!(refused.code, ErrorCode::Internal);
    assert!(refused.message.contains("cannot be opened"), "{refused}");
    assert_eq!(bench.sim.count("GET", "/orders"), 0);
}
