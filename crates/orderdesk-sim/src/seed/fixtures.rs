//! The store of the recorded exchanges: every order and inventory item they name.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{FOLDERS, Seed, SeedOrder, object};
use crate::php;

/// The exchanges that show records, earlier ones first: a later copy of a record (after a write) is not
/// what the store holds at first.
const EXCHANGES: [&str; 9] = [
    include_str!("../../fixtures/01-order-minimal-empty-maps-as-lists.json"),
    include_str!("../../fixtures/02-order-typical.json"),
    include_str!("../../fixtures/03-order-unicode.json"),
    include_str!("../../fixtures/04-order-200-items.json"),
    include_str!("../../fixtures/08-orders-list-with-history.json"),
    include_str!("../../fixtures/09-order-partial-shipments.json"),
    include_str!("../../fixtures/12-order-create.json"),
    include_str!("../../fixtures/21-inventory-items-list.json"),
    include_str!("../../fixtures/23-inventory-item-created.json"),
];

/// A store of these records and nothing else. Orders: 4981200417, 4981200618, 4981201990, 4981204444,
/// 4981209009, 4981210010; inventory items: 61200310 to 61200312 and 61200399.
///
/// # Panics
/// Never: the exchanges are part of the program and read by its tests.
#[must_use]
pub fn fixtures() -> Seed {
    let mut orders: BTreeMap<u64, SeedOrder> = BTreeMap::new();
    let mut products: BTreeMap<u64, Map<String, Value>> = BTreeMap::new();
    for text in EXCHANGES {
        let exchange: Value = serde_json::from_str(text).expect("the recorded exchanges are JSON");
        let body = &exchange["response"]["body"];
        for order in records(body, "order", "orders") {
            let mut record = object(order);
            let history = php::list(record.shift_remove("order_history").as_ref());
            let entry = orders
                .entry(php::id(record.get("id")).unwrap_or(0))
                .or_default();
            if entry.record.is_empty() {
                entry.record = record;
            }
            if entry.history.is_empty() {
                entry.history = history;
            }
        }
        for item in records(body, "inventory_item", "inventory_items") {
            let item = object(item);
            products
                .entry(php::id(item.get("id")).unwrap_or(0))
                .or_insert(item);
        }
    }
    let mut seed = Seed::empty("Northwind Goods");
    // The recorded store has five folders; the sixth is the shop's.
    seed.folders.retain(|(id, _)| *id != FOLDERS[3].0);
    seed.orders = orders.into_values().collect();
    seed.products = products.into_values().collect();
    seed
}

fn records(body: &Value, one: &str, many: &str) -> Vec<Value> {
    let single = body.get(one).cloned();
    php::list(body.get(many))
        .into_iter()
        .chain(single)
        .collect()
}
