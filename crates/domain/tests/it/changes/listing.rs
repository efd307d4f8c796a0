//! Finding changes, coming back to one, and keys that are kept from tools.

use std::collections::BTreeSet;

use orderdesk_mcp_contract::tools::changes::{ChangesList, ListChanges};
use orderdesk_mcp_contract::{Access, ErrorCode};
use serde_json::{Value, json};

use super::{ORDER, change_id, small};
use crate::support::STORE_ID;

fn ids(page: &Value) -> Vec<&str> {
    let changes = page["changes"].as_array().unwrap().iter();
    changes
        .map(|change| change["id"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn changes_are_listed_page_by_page_and_by_what_they_are_about() {
    let (bench, owner) = small().await;
    let product = bench.sim.sim().product_ids(STORE_ID)[0];
    let mut made = Vec::new();
    for city in ["Reno", "Austin", "Salem"] {
        let receipt = bench
            .update(&owner, json!({ "shipping": { "city": city } }))
            .await;
        made.insert(0, receipt["change_id"].as_str().unwrap().to_owned());
    }
    let stock = json!({ "product_id": product, "by": 2 });
    let stocked = bench.ok(&owner, "products_adjust_stock", stock).await;
    let all = bench.ok(&owner, "changes_list", json!({})).await;
    assert_eq!((&all["count"], &all["waiting"]), (&json!(4), &json!(0)));
    assert!(all.get("next_cursor").is_none());
    assert_eq!(ids(&all)[0], stocked["change_id"]);
    assert_eq!(ids(&all)[1..], made);

    let mut paged: Vec<String> = Vec::new();
    let mut arguments = json!({ "limit": 3 });
    loop {
        let page = bench.ok(&owner, "changes_list", arguments.clone()).await;
        paged.extend(ids(&page).into_iter().map(str::to_owned));
        match page.get("next_cursor") {
            Some(cursor) => arguments["cursor"] = cursor.clone(),
            None => break,
        }
    }
    assert_eq!(paged, ids(&all));

    for (arguments, expected) in [
        (json!({ "order_id": ORDER }), 3),
        (json!({ "product_id": product }), 1),
        // An order's id is no product's, even if a product had the same.
        (json!({ "product_id": ORDER }), 0),
        (json!({ "state": "verified" }), 4),
        (json!({ "state": "proposed" }), 0),
        (json!({ "store_identifier": "main", "order_id": ORDER }), 3),
    ] {
        let page = bench.ok(&owner, "changes_list", arguments.clone()).await;
        assert_eq!(page["count"], expected, "{arguments}");
    }
    let unknown = json!({ "store_identifier": "Nowhere" });
    let unknown = bench.err(&owner, "changes_list", unknown).await;
    assert_eq!(unknown.code, ErrorCode::NotFound);
}

#[tokio::test]
async fn a_caller_that_comes_back_gets_the_change_as_it_stands() {
    let (bench, owner) = small().await;
    let (assistant, _) = bench.api_key(&owner, Access::Propose).await;
    let arguments = json!({ "order_id": ORDER, "changes": { "shipping": { "city": "Reno" } } });
    let receipt = bench
        .ok(&assistant, "orders_update", arguments.clone())
        .await;
    let id = change_id(&receipt);
    let arguments = arguments.as_object().cloned().unwrap();
    let follow = || {
        bench
            .services
            .follow_change(&assistant, "orders_update", &arguments, id)
    };
    assert_eq!(follow().await.unwrap().value().unwrap(), receipt);
    bench.approve(&owner, &receipt).await.unwrap();
    let done = follow().await.unwrap().value().unwrap();
    assert_eq!(done["status"], "success", "{done}");
    assert_eq!(bench.writes().len(), 1);

    let stranger = bench.tenant("Stranger").await;
    let unknown = bench
        .services
        .follow_change(&stranger, "orders_update", &arguments, id)
        .await
        .unwrap_err();
    assert_eq!(unknown.code, ErrorCode::NotFound);
    let (reader, _) = bench.api_key(&owner, Access::Read).await;
    let refused = bench
        .services
        .follow_change(&reader, "orders_update", &arguments, id)
        .await
        .unwrap_err();
    assert_eq!(refused.code, ErrorCode::Forbidden, "the way of any call");
}

#[tokio::test]
async fn a_key_keeps_to_the_tools_it_was_left() {
    let (bench, owner) = small().await;
    let left = ["orders_get", "orders_add_note"].map(str::to_owned);
    let narrowed = bench
        .with_policy(&owner, |policy| policy.tools = Some(BTreeSet::from(left)))
        .await;
    // It was set past the use cases; what is known of a key is believed for two seconds.
    tokio::time::sleep(std::time::Duration::from_millis(2_100)).await;
    let narrowed = bench.in_browser(&narrowed).await;
    bench
        .ok(&narrowed, "orders_get", json!({ "order_id": ORDER }))
        .await;
    let note = json!({ "order_id": ORDER, "note": "Hello" });
    bench.ok(&narrowed, "orders_add_note", note).await;
    bench.sim.sim().clear_log();
    for (tool, arguments) in [
        ("orders_list", json!({})),
        ("orders_delete", json!({ "order_id": ORDER })),
        ("orders.delete", json!({ "order_id": ORDER })),
        (
            "changes_undo",
            json!({ "change_id": "01kb9ct5q8000000000000001a" }),
        ),
    ] {
        let refused = bench.err(&narrowed, tool, arguments).await;
        assert_eq!(refused.code, ErrorCode::Forbidden, "{tool}");
        assert!(refused.message.contains("has kept"), "{refused}");
    }
    // The typed way of the web app is the same way.
    let listed = bench
        .services
        .call::<ChangesList>(&narrowed, ListChanges::default());
    assert_eq!(listed.await.unwrap_err().code, ErrorCode::Forbidden);
    assert!(bench.sim.sim().log().is_empty(), "nothing was asked");
}
