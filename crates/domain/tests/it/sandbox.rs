//! The sandbox: every workspace has a shop of its own there.

use std::collections::BTreeSet;

use orderdesk_mcp_contract::ErrorCode;
use orderdesk_mcp_contract::views::dashboard::Range;
use orderdesk_mcp_domain::Caller;
use serde_json::{Value, json};

use crate::support::Bench;

async fn with_sandbox(bench: &Bench, name: &str) -> (Caller, String) {
    let owner = bench.tenant(name).await;
    bench.sim.clear_log();
    let added = bench
        .ok(
            &owner,
            "stores_register",
            json!({ "store_id": "sandbox", "api_key": "sandbox", "store_name": "Sandbox" }),
        )
        .await;
    assert_eq!(added["store"]["store_id"], "sandbox");
    assert_eq!(added["store"]["sandbox"], true);
    let shop = bench.sim.log()[0].store_id.clone();
    (owner, shop)
}

async fn emails(bench: &Bench, owner: &Caller) -> BTreeSet<String> {
    let page = bench.ok(owner, "orders_list", json!({})).await;
    let orders = page["orders"].as_array().unwrap().iter();
    orders
        .filter_map(|order| order["email"].as_str().map(str::to_owned))
        .collect()
}

#[tokio::test]
async fn workspaces_do_not_meet_in_the_sandbox() {
    let bench = Bench::start().await;
    let (one, her_shop) = with_sandbox(&bench, "One").await;
    let (two, his_shop) = with_sandbox(&bench, "Two").await;
    assert_ne!(her_shop, his_shop);
    assert!(!her_shop.contains(&one.tenant_id().to_string()));

    let order = bench.sim.sim().order_ids(&her_shop)[0];
    assert!(bench.sim.sim().edit_order(&her_shop, order, |order| {
        order.insert("email".into(), json!("changed@example.com"));
    }));
    assert!(emails(&bench, &one).await.contains("changed@example.com"));
    assert!(!emails(&bench, &two).await.contains("changed@example.com"));

    for limit in 1..=10 {
        bench
            .ok(&one, "orders_list", json!({ "limit": limit }))
            .await;
    }
    let left = async |owner: &Caller| {
        let stores = bench
            .services
            .dashboard(owner, Range::Day)
            .await
            .unwrap()
            .stores;
        stores[0].bucket.unwrap().tokens
    };
    let (hers, his) = (left(&one).await, left(&two).await);
    assert!(
        hers < his,
        "her requests are not taken from him: {hers} and {his}"
    );
}

#[tokio::test]
async fn a_wrong_key_is_refused_there_too() {
    let bench = Bench::start().await;
    let owner = bench.tenant("One").await;
    let wrong = json!({ "store_id": "sandbox", "api_key": "guess" });
    let refused = bench.err(&owner, "stores_register", wrong).await;
    assert_eq!(
        (refused.code, refused.field.as_deref()),
        (ErrorCode::UpstreamRefused, Some("api_key"))
    );
}

#[tokio::test]
async fn a_saved_sandbox_store_works_after_a_restart() {
    let bench = Bench::start().await;
    let (owner, _) = with_sandbox(&bench, "One").await;
    let after = bench.restart_with_key([7; 32]).await.unwrap();
    let page = after
        .call_tool(&owner, "orders_list", Default::default())
        .await;
    let Value::Array(orders) = &page.unwrap().value().unwrap()["orders"] else {
        panic!("a page has orders");
    };
    assert!(!orders.is_empty());
}
