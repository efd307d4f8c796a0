//! Order items: alone under their own paths, and as part of an order.

use serde_json::{Map, Value, json};

use super::{Event, Rules, Shop, Touch, order};
use crate::decimal::Decimal;
use crate::php;
use crate::reply::Reply;
use crate::switches::{MissingItem, SubRecordCreated, Switches, UnknownMembers};

/// An item from what a client sent: whole, with blanks for what it left out.
fn whole_item(id: &str, given: &Map<String, Value>, switches: &Switches) -> Value {
    let text = |name: &str| Value::from(php::text(given.get(name)));
    let delivery = php::text(given.get("delivery_type"));
    let quantity = match given.get("quantity") {
        None | Some(Value::Null) => 1,
        Some(quantity) => i64::try_from(Decimal::read(Some(quantity)).whole()).unwrap_or(i64::MAX),
    };
    // Official samples show a price both as a number and as text: it comes back as it was sent.
    let price = match given.get("price") {
        Some(Value::String(price)) if !price.is_empty() => Value::from(price.clone()),
        price => Decimal::read(price).to_value(),
    };
    let item = json!({
        "id": id, "name": text("name"), "price": price, "quantity": quantity,
        "weight": Decimal::read(given.get("weight")).to_value(), "code": text("code"),
        "delivery_type": if delivery.is_empty() { "ship" } else { &delivery },
        "category_code": text("category_code"), "fulfillment_method": text("fulfillment_method"),
        "variation_list": php::map(given.get("variation_list")), "metadata": php::map(given.get("metadata")),
    });
    let mut item = php::map(Some(&item));
    if switches.unknown_members == UnknownMembers::Stored {
        order::store_unknown(&mut item, given);
    }
    Value::Object(item)
}

fn next(last_id: &mut u64) -> String {
    *last_id += 1;
    last_id.to_string()
}

/// A seeded item keeps its id and its unknown members.
pub(super) fn seeded(given: &Value, last_id: &mut u64, switches: &Switches) -> Value {
    let given = php::map(Some(given));
    let id = match php::id(given.get("id")) {
        Some(id) => {
            *last_id = id.max(*last_id);
            id.to_string()
        }
        None => next(last_id),
    };
    whole_item(&id, &given, switches)
}

/// The items of a new order: every one gets an id, whatever the body says.
pub(super) fn new_items(
    body: &Map<String, Value>,
    last_id: &mut u64,
    switches: &Switches,
) -> Vec<Value> {
    let given = php::list(body.get("order_items"));
    given
        .iter()
        .map(|item| whole_item(&next(last_id), &php::map(Some(item)), switches))
        .collect()
}

/// The items after a PUT: known ids are updated, others added, unnamed ones removed (or kept).
pub(super) fn merged_items(
    old: &[Value],
    given: &[Value],
    last_id: &mut u64,
    switches: &Switches,
) -> Vec<Value> {
    let mut merged = Vec::with_capacity(given.len());
    for item in given {
        let item = php::map(Some(item));
        let id = php::text(item.get("id"));
        let known = old
            .iter()
            .find(|existing| php::text(existing.get("id")) == id);
        merged.push(match known {
            Some(_) => whole_item(&id, &item, switches),
            None => whole_item(&next(last_id), &item, switches),
        });
    }
    if switches.missing_item == MissingItem::Kept {
        let named = |item: &&Value| !given.iter().any(|other| same_id(other, item));
        merged.extend(old.iter().filter(named).cloned());
    }
    merged
}

fn same_id(left: &Value, right: &Value) -> bool {
    php::text(left.get("id")) == php::text(right.get("id"))
}

/// Position of a record in a list of records with ids.
pub(super) fn position(list: &[Value], id: u64) -> Option<usize> {
    list.iter()
        .position(|entry| php::id(entry.get("id")) == Some(id))
}

impl Shop {
    pub(super) fn list_items(&self, order_id: u64, rules: Rules) -> Reply {
        let Some(order) = self.orders.get(&order_id) else {
            return Reply::unknown("Order", rules.switches.unknown_record);
        };
        let items = php::list(order.record.get("order_items"));
        let reply = Reply::ok().number("total_records", items.len());
        reply.member(
            "order_items",
            &Value::Array(items),
            rules.switches.empty_maps,
        )
    }

    pub(super) fn get_item(&self, order_id: u64, item_id: u64, rules: Rules) -> Reply {
        let Some(order) = self.orders.get(&order_id) else {
            return Reply::unknown("Order", rules.switches.unknown_record);
        };
        let items = php::list(order.record.get("order_items"));
        match position(&items, item_id) {
            Some(at) => Reply::ok().member("order_item", &items[at], rules.switches.empty_maps),
            None => Reply::unknown("Order Item", rules.switches.unknown_record),
        }
    }

    pub(super) fn create_item(&mut self, order_id: u64, body: &Value, rules: Rules) -> Reply {
        if !body.is_object() {
            return Reply::error(400, "Order Item Not Added");
        }
        let last_id = &mut self.last_ids.item;
        let add = |items: &mut Vec<Value>| {
            items.push(whole_item(
                &next(last_id),
                &php::map(Some(body)),
                rules.switches,
            ));
            true
        };
        let Some(order) = self.orders.get_mut(&order_id) else {
            return Reply::unknown("Order", rules.switches.unknown_record);
        };
        change_items(order, add, rules);
        let created = rules.switches.sub_record_created == SubRecordCreated::Created;
        let reply = Reply::ok()
            .status(if created { 201 } else { 200 })
            .message("Order Item Added");
        reply
            .timing(None)
            .applied()
            .event(Event::OrderDetailsChanged, order_id)
    }

    pub(super) fn replace_item(
        &mut self,
        order_id: u64,
        item_id: u64,
        body: &Value,
        rules: Rules,
    ) -> Reply {
        if !body.is_object() {
            return Reply::error(400, "Order Item Not Updated");
        }
        let replace = |items: &mut Vec<Value>| match position(items, item_id) {
            Some(at) => {
                items[at] = whole_item(&item_id.to_string(), &php::map(Some(body)), rules.switches);
                true
            }
            None => false,
        };
        self.item_write(order_id, replace, "Order Item Updated".to_owned(), rules)
    }

    pub(super) fn delete_item(&mut self, order_id: u64, item_id: u64, rules: Rules) -> Reply {
        let remove = |items: &mut Vec<Value>| match position(items, item_id) {
            Some(at) => {
                items.remove(at);
                true
            }
            None => false,
        };
        self.item_write(
            order_id,
            remove,
            format!("Order Item {item_id} Deleted"),
            rules,
        )
    }

    fn item_write(
        &mut self,
        order_id: u64,
        write: impl FnOnce(&mut Vec<Value>) -> bool,
        message: String,
        rules: Rules,
    ) -> Reply {
        let Some(order) = self.orders.get_mut(&order_id) else {
            return Reply::unknown("Order", rules.switches.unknown_record);
        };
        if !change_items(order, write, rules) {
            return Reply::unknown("Order Item", rules.switches.unknown_record);
        }
        Reply::ok()
            .message(message)
            .timing(None)
            .applied()
            .event(Event::OrderDetailsChanged, order_id)
    }
}

/// Runs a change of the items; totals and date follow when it says that it changed something.
fn change_items(
    order: &mut super::StoredOrder,
    change: impl FnOnce(&mut Vec<Value>) -> bool,
    rules: Rules,
) -> bool {
    let mut items = php::list(order.record.get("order_items"));
    let changed = change(&mut items);
    if changed {
        order
            .record
            .insert("order_items".to_owned(), Value::Array(items));
        order::recalculate(&mut order.record);
        Shop::touch(order, rules, Touch::Details);
    }
    changed
}
