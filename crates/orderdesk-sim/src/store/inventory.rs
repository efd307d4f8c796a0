//! Inventory items: ids are numbers here, and `total_records` is text.

use serde_json::{Map, Value, json};

use super::{Query, Rules, Shop, order};
use crate::decimal::Decimal;
use crate::reply::Reply;
use crate::switches::{InventoryTotal, Switches, UnknownMembers};
use crate::{date, php};

/// An inventory item from what a client sent, blank where it sent nothing; `old` gives `date_added`.
pub(super) fn whole_record(
    id: u64,
    given: &Map<String, Value>,
    old: Option<&Map<String, Value>>,
    rules: Rules,
) -> Map<String, Value> {
    let text = |name: &str| Value::from(php::text(given.get(name)));
    let amount = |name: &str| Decimal::read(given.get(name)).to_value();
    let stock = i64::try_from(Decimal::read(given.get("stock")).whole()).unwrap_or(i64::MAX);
    let sku = match given.get("manufacturer_sku") {
        None | Some(Value::Null) => Value::Null,
        sku => Value::from(php::text(sku)),
    };
    let source = php::text(given.get("update_source"));
    let now = date::format(rules.now);
    let added = match old {
        Some(old) => php::text(old.get("date_added")),
        None => now.clone(),
    };
    let item = json!({
        "id": id, "name": text("name"), "code": text("code"), "price": amount("price"),
        "cost": amount("cost"), "weight": amount("weight"), "stock": stock, "manufacturer_sku": sku,
        "variation_list": php::map(given.get("variation_list")), "metadata": php::map(given.get("metadata")),
        "location": text("location"), "update_source": if source.is_empty() { "API" } else { &source },
        "date_added": added, "date_updated": now,
    });
    let mut item = php::map(Some(&item));
    if rules.switches.unknown_members == UnknownMembers::Stored {
        order::store_unknown(&mut item, given);
    }
    item
}

/// A seeded item brings its own dates and unknown members.
pub(super) fn seeded(id: u64, given: &Map<String, Value>, now: i64) -> Map<String, Value> {
    let switches = Switches {
        unknown_members: UnknownMembers::Stored,
        ..Switches::default()
    };
    let mut item = whole_record(
        id,
        given,
        None,
        Rules {
            switches: &switches,
            now,
        },
    );
    for name in ["date_added", "date_updated", "update_source"] {
        if let Some(value) = given.get(name) {
            item.insert(name.to_owned(), value.clone());
        }
    }
    item
}

impl Shop {
    pub(super) fn list_products(&self, query: &Query, rules: Rules) -> Reply {
        let page = match query.page(&["code", "limit", "offset"], rules.switches) {
            Ok(page) => page,
            Err(refusal) => return *refusal,
        };
        let codes = query
            .get("code")
            .map(|codes| codes.split(',').map(str::trim).collect::<Vec<_>>());
        let wanted = |product: &&Map<String, Value>| match &codes {
            Some(codes) => codes.contains(&php::text(product.get("code")).as_str()),
            None => true,
        };
        let found: Vec<_> = self.products.values().filter(wanted).collect();
        let total = match rules.switches.inventory_total {
            InventoryTotal::ZeroWhenFiltered if codes.is_some() => 0,
            InventoryTotal::Zero => 0,
            _ => found.len(),
        };
        let shown = found.into_iter().skip(page.offset).take(page.limit);
        let items: Vec<Value> = shown
            .map(|product| Value::Object(product.clone()))
            .collect();
        Reply::ok()
            .number("records_returned", items.len())
            .printed("total_records", format!("\"{total}\""))
            .member(
                "inventory_items",
                &Value::Array(items),
                rules.switches.empty_maps,
            )
    }

    pub(super) fn get_product(&self, id: u64, rules: Rules) -> Reply {
        match self.products.get(&id) {
            Some(item) => Reply::ok().number("records_returned", 1).printed(
                "inventory_item",
                php::encode_map(item, rules.switches.empty_maps),
            ),
            None => Reply::unknown("Inventory Item", rules.switches.unknown_record),
        }
    }

    pub(super) fn create_product(&mut self, body: &Value, rules: Rules) -> Reply {
        let given = php::map(Some(body));
        let mut errors = missing_members(&given);
        let code = php::text(given.get("code"));
        if self
            .products
            .values()
            .any(|item| php::text(item.get("code")) == code)
        {
            errors.push("An item with this code exists");
        }
        if !errors.is_empty() {
            let errors = Value::from(errors);
            let reply = Reply::error(400, "Inventory Item Not Added");
            return reply.member("errors", &errors, rules.switches.empty_maps);
        }
        self.last_ids.product += 1;
        let id = self.last_ids.product;
        let item = whole_record(id, &given, None, rules);
        let printed = php::encode_map(&item, rules.switches.empty_maps);
        self.products.insert(id, item);
        let reply = Reply::ok().status(201).message("Inventory Item Added");
        reply.printed("inventory_item", printed).applied()
    }

    pub(super) fn replace_product(&mut self, id: u64, body: &Value, rules: Rules) -> Reply {
        match self.put_product(id, &php::map(Some(body)), rules) {
            Some(true) => Reply::ok().message("Inventory Item Updated").applied(),
            Some(false) => Reply::error(400, "Inventory Item Not Updated"),
            None => Reply::unknown("Inventory Item", rules.switches.unknown_record),
        }
    }

    pub(super) fn delete_product(&mut self, id: u64, rules: Rules) -> Reply {
        match self.products.remove(&id) {
            Some(_) => Reply::ok()
                .message(format!("Inventory Item {id} Deleted"))
                .applied(),
            None => Reply::unknown("Inventory Item", rules.switches.unknown_record),
        }
    }

    pub(super) fn batch_products(&mut self, body: &Value, rules: Rules) -> Reply {
        let Value::Array(entries) = body else {
            return Reply::error(400, "Inventory Items Not Updated");
        };
        let mut updated = 0_usize;
        let mut results = Vec::with_capacity(entries.len());
        for entry in entries {
            let entry = php::map(Some(entry));
            let (status, message) =
                match self.put_product(php::id(entry.get("id")).unwrap_or(0), &entry, rules) {
                    Some(true) => {
                        updated += 1;
                        ("success", "Inventory Item Updated")
                    }
                    Some(false) => ("error", "Inventory Item Not Updated"),
                    None => ("error", "Inventory Item Not Found"),
                };
            let given = entry.get("id").cloned().unwrap_or(Value::Null);
            results.push(json!({ "id": given, "status": status, "message": message }));
        }
        let mut reply = Reply::ok().message(format!("{updated} Inventory Items Updated"));
        reply.applied = updated > 0;
        reply.member("results", &Value::Array(results), rules.switches.empty_maps)
    }

    /// Replaces an item; `None` without one, `false` when name or code is missing.
    fn put_product(&mut self, id: u64, given: &Map<String, Value>, rules: Rules) -> Option<bool> {
        let old = self.products.get(&id)?;
        if !missing_members(given).is_empty() {
            return Some(false);
        }
        let mut item = whole_record(id, given, Some(old), rules);
        if rules.switches.unknown_members == UnknownMembers::Ignored {
            order::store_unknown(&mut item, old);
        }
        self.products.insert(id, item);
        Some(true)
    }
}

fn missing_members(given: &Map<String, Value>) -> Vec<&'static str> {
    let is_blank = |name: &str| php::text(given.get(name)).is_empty();
    let mut errors = Vec::new();
    if is_blank("name") {
        errors.push("Name is required");
    }
    if is_blank("code") {
        errors.push("Code is required");
    }
    errors
}
