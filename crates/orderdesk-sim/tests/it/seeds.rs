//! The ready-made stores.

use std::collections::BTreeSet;

use orderdesk_sim::{Sim, parse_date, seed};
use serde_json::Value;

use crate::support::{KEY, NOW, STORE};

fn shop(number: u64) -> Sim {
    let now = i64::try_from(NOW).unwrap();
    Sim::builder()
        .store(STORE, KEY, seed::shop(number, now))
        .build()
}

fn orders(sim: &Sim) -> Vec<Value> {
    let ids = sim.order_ids(STORE);
    ids.into_iter()
        .map(|id| Value::Object(sim.order(STORE, id).unwrap()))
        .collect()
}

#[test]
fn the_same_number_gives_the_same_shop() {
    assert_eq!(orders(&shop(7)), orders(&shop(7)));
    assert_ne!(orders(&shop(7)), orders(&shop(8)));
}

#[test]
fn a_shop_is_as_large_and_as_mixed_as_promised() {
    let sim = shop(1);
    let orders = orders(&sim);
    assert_eq!(orders.len(), seed::SHOP_ORDERS);
    assert_eq!(sim.product_ids(STORE).len(), seed::SHOP_PRODUCTS);

    let distinct = |name: &str| {
        orders
            .iter()
            .map(|order| order[name].to_string())
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(distinct("folder_id").len(), seed::FOLDERS.len());
    assert_eq!(distinct("payment_status").len(), 8);
    assert!(distinct("source_name").len() >= 9);
    assert_eq!(distinct("source_id").len(), orders.len());

    let has = |what: &dyn Fn(&Value) -> bool| orders.iter().filter(|order| what(order)).count();
    assert!(has(&|order| order["checkout_data"].as_object().unwrap().is_empty()) > 50);
    assert!(has(&|order| !order["order_notes"].as_array().unwrap().is_empty()) > 50);
    assert!(has(&|order| !order["discount_list"].as_array().unwrap().is_empty()) > 20);
    assert!(has(&|order| order["order_items"].as_array().unwrap().len() == 200) == 1);
    let partial = |order: &Value| {
        order["order_shipments"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["order_items"].is_array())
    };
    assert!(has(&partial) > 10);
    assert!(has(&|order| !order["shipping"].to_string().is_ascii()) > 100);

    let products: Vec<_> = sim
        .product_ids(STORE)
        .into_iter()
        .map(|id| sim.product(STORE, id).unwrap())
        .collect();
    assert!(
        products
            .iter()
            .any(|item| item["stock"].as_i64().unwrap() < 0)
    );
    assert!(
        products
            .iter()
            .any(|item| item["manufacturer_sku"].is_null())
    );
    let codes: BTreeSet<_> = products
        .iter()
        .map(|item| item["code"].to_string())
        .collect();
    assert_eq!(codes.len(), products.len());
}

#[test]
fn generated_orders_lie_in_the_last_120_days() {
    let now = i64::try_from(NOW).unwrap();
    let fixture_ids = seed::fixtures().orders.len();
    let recent = orders(&shop(3)).into_iter().filter(|order| {
        let added = parse_date(order["date_added"].as_str().unwrap()).unwrap();
        (now - 120 * 86_400..=now).contains(&added)
    });
    assert!(recent.count() >= seed::SHOP_ORDERS - fixture_ids);
}
