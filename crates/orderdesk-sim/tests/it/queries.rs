//! The filters, the sorting and the pages of the lists.

use orderdesk_sim::switches::{LimitOverMax, NameFilter, UnknownParameter};
use orderdesk_sim::{Switches, seed};
use serde_json::{Value, json};

use crate::support::{Answer, Desk, NOW};

fn ids(answer: &Answer) -> Vec<String> {
    let body = answer.json();
    let orders = body["orders"].as_array().unwrap();
    assert_eq!(body["records_returned"], orders.len());
    orders
        .iter()
        .map(|order| order["id"].as_str().unwrap().to_owned())
        .collect()
}

async fn found(desk: &Desk, query: &str) -> Vec<String> {
    let answer = desk.get(&format!("/orders?{query}")).await;
    assert_eq!(answer.status, 200, "{query}: {}", answer.text);
    ids(&answer)
}

#[tokio::test]
async fn each_filter_finds_its_orders() {
    let desk = Desk::tiny().await;
    for (query, expected) in [
        ("", vec!["1003", "1002", "1001"]),
        ("folder_id=518210", vec!["1001"]),
        ("folder_id=518210,518212", vec!["1003", "1001"]),
        ("folder_name=Prepared", vec!["1002"]),
        ("folder_name=prepared", vec![]),
        ("folder_id=518210&folder_name=Prepared", vec![]),
        ("source_id=S-1", vec!["1001"]),
        ("source_name=Order+Desk", vec!["1002"]),
        ("source_name=Etsy&email=ada@example.com", vec!["1003"]),
        ("email=ADA%40example.com", vec!["1003", "1001"]),
        ("customer_last_name=byrn", vec!["1001"]),
        ("shipping_first_name=zo%C3%AB", vec!["1003"]),
        ("shipping_company=lobby", vec!["1002"]),
        ("shipping_address1=mill", vec!["1001"]),
        ("shipping_phone=113", vec!["1001"]),
        ("customer_company=lobby", vec![]),
        (
            "search_start_date=2026-01-11+09:00:00",
            vec!["1003", "1002"],
        ),
        (
            "search_end_date=2026-01-11 09:00:00"
                .replace(' ', "%20")
                .leak(),
            vec!["1002", "1001"],
        ),
        (
            "search_start_date=2026-01-11&search_end_date=2026-01-12",
            vec!["1002"],
        ),
        ("search_start_date=2026-01-11T09:00:01Z", vec!["1003"]),
        (
            "search_start_date_local=2026-01-11%2004:00:00",
            vec!["1003", "1002"],
        ),
        (
            "search_start_date_local=2026-01-11%2004:00:01",
            vec!["1003"],
        ),
        ("search_end_date_local=2026-01-10%2004:00:00", vec!["1001"]),
        ("modified_start_date=2026-01-12", vec!["1003"]),
        ("modified_end_date=2026-01-10+09:30:00", vec!["1001"]),
        ("search_start_date=whenever", vec!["1003", "1002", "1001"]),
        ("email=", vec!["1003", "1002", "1001"]),
        ("page=2&status=x", vec!["1003", "1002", "1001"]),
        (
            "order_by=shipping_last_name&order=asc",
            vec!["1002", "1001", "1003"],
        ),
        (
            "order_by=order_total&order=DESC",
            vec!["1001", "1003", "1002"],
        ),
        ("order_by=nonsense", vec!["1003", "1002", "1001"]),
        (
            "order_by=date_updated&order=ASC&limit=1&offset=1",
            vec!["1002"],
        ),
        ("offset=9", vec![]),
    ] {
        assert_eq!(found(&desk, query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn two_filters_never_widen_each_other() {
    let desk = Desk::new(
        seed::shop(5, i64::try_from(NOW).unwrap()),
        Switches::default(),
        false,
    )
    .await;
    let one = found(&desk, "limit=500&source_name=Etsy").await;
    let other = found(&desk, "limit=500&folder_id=518212").await;
    let both = found(&desk, "limit=500&source_name=Etsy&folder_id=518212").await;
    let expected: Vec<_> = one.into_iter().filter(|id| other.contains(id)).collect();
    assert!(!expected.is_empty());
    assert_eq!(both, expected);
}

#[tokio::test]
async fn pages_cover_the_shop_once() {
    let desk = Desk::new(
        seed::shop(5, i64::try_from(NOW).unwrap()),
        Switches::default(),
        false,
    )
    .await;
    let mut seen = Vec::new();
    loop {
        let page = found(&desk, &format!("limit=120&offset={}", seen.len())).await;
        if page.is_empty() {
            break;
        }
        seen.extend(page);
    }
    assert_eq!(seen.len(), seed::SHOP_ORDERS);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), seed::SHOP_ORDERS);

    let first = desk.get("/orders").await.json();
    assert_eq!(
        (&first["limit"], &first["records_returned"]),
        (&json!(50), &json!(50))
    );
    assert_eq!(first["total_records"], seed::SHOP_ORDERS);
    for odd in ["limit=0", "limit=-1", "limit=x"] {
        assert_eq!(
            desk.get(&format!("/orders?{odd}")).await.json()["limit"],
            50,
            "{odd}"
        );
    }
    let products = desk
        .get("/inventory-items?limit=100&offset=100")
        .await
        .json();
    assert_eq!(products["records_returned"], 20);
    assert_eq!(products["total_records"], "120");
}

#[tokio::test]
async fn history_comes_only_when_asked_for() {
    let desk = Desk::tiny().await;
    desk.post(
        "/orders/1001/order-history",
        json!({ "note": "Label printed" }),
    )
    .await;
    let with = desk
        .get("/orders?source_id=S-1&get_order_history=1")
        .await
        .json();
    assert_eq!(with["orders"][0]["order_history"][0]["source_name"], "API");
    for without in [
        "/orders?source_id=S-1",
        "/orders?source_id=S-1&get_order_history=0",
    ] {
        assert_eq!(
            desk.get(without).await.json()["orders"][0].get("order_history"),
            None::<&Value>
        );
    }
    assert_eq!(desk.order(1001).await.get("order_history"), None);
}

#[tokio::test]
async fn codes_find_products() {
    let desk = Desk::tiny().await;
    let body = desk.get("/inventory-items?code=MUG,GIFT").await.json();
    let codes: Vec<_> = body["inventory_items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["code"].clone())
        .collect();
    assert_eq!(codes, ["MUG", "GIFT"]);
    assert_eq!(body["total_records"], "0");
    assert_eq!(
        desk.get("/inventory-items?code=none").await.json()["inventory_items"],
        json!([])
    );
}

#[tokio::test]
async fn the_switches_of_lists_have_two_sides() {
    let exact = Switches {
        name_filter: NameFilter::Exact,
        ..Switches::default()
    };
    let desk = Desk::switched(exact).await;
    assert_eq!(
        found(&desk, "customer_last_name=byrn").await,
        Vec::<String>::new()
    );
    assert_eq!(found(&desk, "customer_last_name=Byrne").await, ["1001"]);

    let strict = Switches {
        limit_over_max: LimitOverMax::Error,
        unknown_parameter: UnknownParameter::Error,
        ..Switches::default()
    };
    let desk = Desk::switched(strict).await;
    assert_eq!(desk.get("/orders?limit=501").await.status, 400);
    assert_eq!(desk.get("/orders?limit=500").await.json()["limit"], 500);
    let answer = desk.get("/orders?foo=bar").await;
    assert_eq!(
        (answer.status, &answer.json()["message"]),
        (400, &json!("Unknown Parameter: foo"))
    );

    let desk = Desk::tiny().await;
    assert_eq!(
        desk.get("/orders?limit=501&foo=bar").await.json()["limit"],
        500
    );
}
