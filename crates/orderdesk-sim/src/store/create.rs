//! `POST /orders`: what a new order must have, and what it gets.

use serde_json::{Map, Value};

use super::order::{CUSTOMER, SHIPPING, blank, fill, recalculate, set_balance};
use super::{Event, Rules, Shop, StoredOrder, items};
use crate::reply::Reply;
use crate::switches::{DuplicateOrder, Switches};
use crate::{date, php};

impl Shop {
    pub(super) fn create_order(&mut self, body: &Value, rules: Rules) -> Reply {
        let Value::Object(body) = body else {
            return Reply::error(400, "Order Not Added");
        };
        let mut record = blank();
        fill(&mut record, body, rules);
        let errors = problems(&record, body);
        if !errors.is_empty() {
            let errors = Value::from(errors);
            return Reply::error(400, "Order Not Added").member(
                "errors",
                &errors,
                rules.switches.empty_maps,
            );
        }
        copy_missing_address(&mut record);
        if let Some(existing) = self.duplicate_of(body, rules.switches) {
            return Reply::error(
                400,
                format!("Order Not Added. Duplicate of order {existing}"),
            );
        }
        self.last_ids.order += 1;
        let id = self.last_ids.order;
        self.identify(&mut record, id, body, rules);
        let items = items::new_items(body, &mut self.last_ids.item, rules.switches);
        record.insert("order_items".to_owned(), Value::Array(items));
        recalculate(&mut record);
        set_balance(&mut record, body);
        let count = self.email_count(&record, 1);
        record.insert("email_count".to_owned(), Value::from(count));
        let mut order = StoredOrder::new(record, Vec::new());
        order.log("API", "Order Imported", rules.now);
        let printed = order.print(rules.switches).to_string();
        self.orders.insert(id, order);
        let reply = Reply::ok()
            .status(201)
            .message("Order Added")
            .printed("order", printed);
        reply.applied().event(Event::OrderImported, id)
    }

    /// Source, folder and dates of a new order.
    fn identify(
        &self,
        record: &mut Map<String, Value>,
        id: u64,
        body: &Map<String, Value>,
        rules: Rules,
    ) {
        let or = |name: &str, default: &str| {
            let text = php::text(body.get(name));
            Value::from(if text.is_empty() {
                default.to_owned()
            } else {
                text
            })
        };
        let folder = php::id(body.get("folder_id")).filter(|id| self.folder_name(*id).is_some());
        let added = date::parse(&php::text(body.get("date_added"))).unwrap_or(rules.now);
        let members = [
            ("id", Value::from(id.to_string())),
            ("source_name", or("source_name", "Order Desk")),
            ("source_id", or("source_id", &id.to_string())),
            (
                "folder_id",
                Value::from(folder.unwrap_or_else(|| self.first_folder())),
            ),
            ("date_added", Value::from(date::format(added))),
            ("date_updated", Value::from(date::format(rules.now))),
        ];
        for (name, value) in members {
            record.insert(name.to_owned(), value);
        }
    }

    fn duplicate_of(&self, body: &Map<String, Value>, switches: &Switches) -> Option<u64> {
        let source_id = php::text(body.get("source_id"));
        if source_id.is_empty() || switches.duplicate_order == DuplicateOrder::Accepted {
            return None;
        }
        let given = php::text(body.get("source_name"));
        let source_name = if given.is_empty() {
            "Order Desk"
        } else {
            &given
        };
        let same = |order: &StoredOrder| {
            order.record.get("source_id").and_then(Value::as_str) == Some(&source_id)
                && order.record.get("source_name").and_then(Value::as_str) == Some(source_name)
        };
        self.orders
            .iter()
            .find(|(_, order)| same(order))
            .map(|(id, _)| *id)
    }

    /// Orders with this record's email, as text; `others_than` is added for the record itself.
    pub(super) fn email_count(&self, record: &Map<String, Value>, itself: usize) -> String {
        let email = php::text(record.get("email")).to_lowercase();
        if email.is_empty() {
            return "1".to_owned();
        }
        let same =
            |order: &&StoredOrder| php::text(order.record.get("email")).to_lowercase() == email;
        (self.orders.values().filter(same).count() + itself).to_string()
    }
}

/// Why an order cannot be added.
fn problems(record: &Map<String, Value>, body: &Map<String, Value>) -> Vec<&'static str> {
    let mut errors = Vec::new();
    if php::list(body.get("order_items")).is_empty() {
        errors.push("Order must contain at least one item");
    }
    if !is_named(record, "shipping") && !is_named(record, "customer") {
        errors.push("A name or company is required");
    }
    errors
}

fn is_named(record: &Map<String, Value>, address: &str) -> bool {
    let part = |name: &str| {
        record
            .get(address)
            .is_some_and(|whole| !php::text(whole.get(name)).is_empty())
    };
    part("first_name") || part("last_name") || part("company")
}

/// The address left wholly blank becomes a copy of the other.
fn copy_missing_address(record: &mut Map<String, Value>) {
    let is_blank = |name: &str| php::map(record.get(name)).values().all(|part| part == "");
    let (from, to, members) = match (is_blank("shipping"), is_blank("customer")) {
        (false, true) => ("shipping", "customer", &CUSTOMER[..]),
        (true, false) => ("customer", "shipping", &SHIPPING[..]),
        _ => return,
    };
    let source = php::map(record.get(from));
    let copy = members.iter().map(|part| {
        let value = source
            .get(*part)
            .cloned()
            .unwrap_or_else(|| Value::from(""));
        ((*part).to_owned(), value)
    });
    record.insert(to.to_owned(), Value::Object(copy.collect()));
}
