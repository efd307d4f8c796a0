use std::collections::BTreeSet;

use orderdesk_mcp_contract::ErrorCode;
use serde_json::json;

use crate::support::{Bench, STORE_ID};

#[tokio::test]
async fn pages_lead_through_every_product_once() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let expected: BTreeSet<String> = bench
        .sim
        .sim()
        .product_ids(STORE_ID)
        .iter()
        .map(u64::to_string)
        .collect();
    let mut seen = BTreeSet::new();
    let mut arguments = json!({ "limit": 50 });
    loop {
        let page = bench.ok(&owner, "products_list", arguments.clone()).await;
        for product in page["products"].as_array().unwrap() {
            assert!(
                seen.insert(product["id"].as_str().unwrap().to_owned()),
                "a product came twice"
            );
        }
        match page["next_cursor"].as_str() {
            Some(cursor) => arguments["cursor"] = json!(cursor),
            None => break,
        }
    }
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_product_is_found_by_sku_and_read_whole() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let id = bench.sim.sim().product_ids(STORE_ID)[5];
    let read = bench
        .ok(
            &owner,
            "products_get",
            json!({ "product_id": id.to_string() }),
        )
        .await;
    assert_eq!(
        read["product"]["id"],
        json!(id),
        "ids of products are numbers, as Order Desk sends them"
    );
    let code = read["product"]["code"].as_str().unwrap();
    let found = bench
        .ok(
            &owner,
            "products.list",
            json!({ "code": code, "detail": "full" }),
        )
        .await;
    assert_eq!(found["count"], 1);
    assert_eq!(found["products"][0]["version"], read["version"]);
    assert_eq!(
        bench
            .ok(&owner, "products_get", json!({ "product_id": id }))
            .await["cached"],
        json!(true)
    );
    let missing = bench
        .err(&owner, "products_get", json!({ "product_id": "1" }))
        .await;
    assert_eq!(
        (missing.code, missing.field.as_deref()),
        (ErrorCode::NotFound, Some("product_id"))
    );
    let refused = bench
        .err(&owner, "products_list", json!({ "search": "mug" }))
        .await;
    assert_eq!(refused.field.as_deref(), Some("search"));
}

#[tokio::test]
async fn a_list_of_no_skus_is_refused_and_not_the_whole_catalogue() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    for code in [",", " , ", "A,,B", "A,"] {
        let refused = bench
            .err(&owner, "products_list", json!({ "code": code }))
            .await;
        assert_eq!(
            (refused.code, refused.field.as_deref()),
            (ErrorCode::Invalid, Some("code")),
            "{code}"
        );
    }
    assert_eq!(bench.sim.count("GET", "/inventory-items"), 0);
}
