//! Records that a store has from the start.

use serde_json::Value;

use super::order::{CUSTOMER, RETURN_ADDRESS, SHIPPING, address, blank, recalculate};
use super::{Shop, StoredOrder, items};
use crate::seed::SeedOrder;
use crate::switches::{Switches, UnknownMembers};
use crate::{date, php};

impl Shop {
    /// Stores a seeded order: members as given, the rest blank, ids given where none are.
    pub(super) fn seed_order(&mut self, seed: SeedOrder, now: i64) {
        let switches = Switches {
            unknown_members: UnknownMembers::Stored,
            ..Switches::default()
        };
        let mut given = seed.record;
        let id = php::id(given.get("id")).unwrap_or(self.last_ids.order + 1);
        self.last_ids.order = self.last_ids.order.max(id);
        given.insert("id".to_owned(), Value::from(id.to_string()));
        let mut record = blank();
        for (name, value) in given {
            let value = match name.as_str() {
                "checkout_data" | "order_metadata" => Value::Object(php::map(Some(&value))),
                "order_items" => {
                    let items = php::list(Some(&value));
                    let kept = items
                        .iter()
                        .map(|item| items::seeded(item, &mut self.last_ids.item, &switches));
                    Value::Array(kept.collect())
                }
                "order_shipments" => Value::Array(self.seeded_shipments(&value)),
                _ => value,
            };
            record.insert(name, value);
        }
        for (name, members) in [
            ("shipping", &SHIPPING[..]),
            ("customer", &CUSTOMER[..]),
            ("return_address", &RETURN_ADDRESS[..]),
        ] {
            let whole = address(members, &record, name);
            record.insert(name.to_owned(), whole);
        }
        if php::text(record.get("date_updated")).is_empty() {
            record.insert("date_updated".to_owned(), Value::from(date::format(now)));
        }
        recalculate(&mut record);
        self.orders
            .insert(id, StoredOrder::new(record, seed.history));
    }

    /// Seeded shipments belong to this store, whatever store they were written for.
    fn seeded_shipments(&mut self, given: &Value) -> Vec<Value> {
        let mut shipments = php::list(Some(given));
        for shipment in &mut shipments {
            let id = php::id(shipment.get("id")).unwrap_or(0);
            self.last_ids.shipment = self.last_ids.shipment.max(id);
            shipment["store_id"] = Value::from(self.id.clone());
        }
        shipments
    }
}
