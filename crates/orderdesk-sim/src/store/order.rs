//! The shape of an order: its members in their order, defaults and totals.

use serde_json::{Map, Value, json};

use super::Rules;
use crate::decimal::Decimal;
use crate::switches::UnknownMembers;
use crate::{date, php};

/// Members that are plain text and blank when left out.
pub(super) const TEXTS: [&str; 11] = [
    "email",
    "shipping_method",
    "cc_exp",
    "processor_response",
    "payment_type",
    "customer_id",
    "ip_address",
    "tag_color",
    "tag_name",
    "fulfillment_name",
    "fulfillment_id",
];

/// Amounts a client may set; 0 when left out.
pub(super) const AMOUNTS: [&str; 4] = [
    "shipping_total",
    "handling_total",
    "tax_total",
    "refund_total",
];

/// Names accepted in a write that are no members of the record.
const WRITE_ONLY: [&str; 8] = [
    "cc_number",
    "customer_first_name",
    "customer_last_name",
    "customer_company",
    "shipping_first_name",
    "shipping_last_name",
    "shipping_company",
    "order_history",
];

pub(super) const SHIPPING: [&str; 12] = [
    "first_name",
    "last_name",
    "company",
    "address1",
    "address2",
    "address3",
    "address4",
    "city",
    "state",
    "postal_code",
    "country",
    "phone",
];
pub(super) const CUSTOMER: [&str; 10] = [
    "first_name",
    "last_name",
    "company",
    "address1",
    "address2",
    "city",
    "state",
    "postal_code",
    "country",
    "phone",
];
pub(super) const RETURN_ADDRESS: [&str; 10] = [
    "title",
    "name",
    "company",
    "address1",
    "address2",
    "city",
    "state",
    "postal_code",
    "country",
    "phone",
];

/// An order with every member blank, in the order the service prints them.
pub(super) fn blank() -> Map<String, Value> {
    let record = json!({
        "id": "", "email": "", "shipping_method": "", "quantity_total": 0, "weight_total": 0,
        "product_total": 0, "shipping_total": 0, "handling_total": 0, "tax_total": 0, "discount_total": 0,
        "order_total": 0, "cc_number_masked": "", "cc_exp": "", "processor_response": "", "payment_type": "",
        "payment_status": "Captured", "processor_balance": 0, "refund_total": 0, "customer_id": "",
        "email_count": "1", "ip_address": "", "tag_color": "", "source_name": "", "source_id": "",
        "fulfillment_name": "", "fulfillment_id": "", "tag_name": "", "folder_id": 0, "date_added": "",
        "date_updated": "", "shipping": {}, "customer": {}, "return_address": {}, "checkout_data": {},
        "order_metadata": {}, "discount_list": [], "order_notes": [], "order_items": [], "order_shipments": [],
    });
    match record {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// Writes everything of `body` that a client may write into a blank record; identity and items are the
/// caller's part.
pub(super) fn fill(record: &mut Map<String, Value>, body: &Map<String, Value>, rules: Rules) {
    let mut set = |name: &str, value: Value| record.insert(name.to_owned(), value);
    for name in TEXTS {
        set(name, Value::from(php::text(body.get(name))));
    }
    for name in AMOUNTS {
        set(name, Decimal::read(body.get(name)).to_value());
    }
    let payment_status = php::text(body.get("payment_status"));
    if !payment_status.is_empty() {
        set("payment_status", Value::from(payment_status));
    }
    let digits = php::text(body.get("cc_number"));
    if !digits.is_empty() {
        let start = digits.char_indices().rev().nth(3).map_or(0, |(at, _)| at);
        set(
            "cc_number_masked",
            Value::from(format!("xxxxxxxxxxxx{}", &digits[start..])),
        );
    }
    set("shipping", address(&SHIPPING, body, "shipping"));
    set("customer", address(&CUSTOMER, body, "customer"));
    set(
        "return_address",
        address(&RETURN_ADDRESS, body, "return_address"),
    );
    for name in ["checkout_data", "order_metadata"] {
        set(name, Value::Object(php::map(body.get(name))));
    }
    set(
        "discount_list",
        Value::Array(
            php::list(body.get("discount_list"))
                .iter()
                .map(discount)
                .collect(),
        ),
    );
    let notes = php::list(body.get("order_notes"));
    set(
        "order_notes",
        Value::Array(notes.iter().map(|given| note(given, rules.now)).collect()),
    );
    if rules.switches.unknown_members == UnknownMembers::Stored {
        store_unknown(record, body);
    }
}

/// Keeps the members of a write that the record does not have.
pub(super) fn store_unknown(record: &mut Map<String, Value>, body: &Map<String, Value>) {
    for (name, value) in body {
        if !record.contains_key(name) && !WRITE_ONLY.contains(&name.as_str()) {
            record.insert(name.clone(), value.clone());
        }
    }
}

/// An address from its nested member, names also from the flat ones of a write.
pub(super) fn address(members: &[&str], body: &Map<String, Value>, name: &str) -> Value {
    let given = php::map(body.get(name));
    let member = |part: &&str| {
        let nested = php::text(given.get(*part));
        let flat = || php::text(body.get(&format!("{name}_{part}")));
        let takes_flat = matches!(*part, "first_name" | "last_name" | "company");
        let text = if nested.is_empty() && takes_flat {
            flat()
        } else {
            nested
        };
        ((*part).to_owned(), Value::from(text))
    };
    Value::Object(members.iter().map(member).collect())
}

fn discount(given: &Value) -> Value {
    let mut entry = Map::new();
    entry.insert("name".to_owned(), Value::from(php::text(given.get("name"))));
    entry.insert("code".to_owned(), Value::from(php::text(given.get("code"))));
    // Samples show the amount as text, and always positive.
    let amount = php::text(given.get("amount"));
    entry.insert(
        "amount".to_owned(),
        Value::from(amount.trim_start_matches('-')),
    );
    Value::Object(entry)
}

fn note(given: &Value, now: i64) -> Value {
    let or = |name: &str, default: String| {
        let text = php::text(given.get(name));
        if text.is_empty() { default } else { text }
    };
    json!({
        "date_added": or("date_added", date::format(now)),
        "username": or("username", "API".to_owned()),
        "content": php::text(given.get("content")),
    })
}

/// Sums the items and discounts into the totals that no client can set.
pub(super) fn recalculate(record: &mut Map<String, Value>) {
    let items = php::list(record.get("order_items"));
    let times = |item: &Value, name: &str| {
        Decimal::read(item.get(name)).times(Decimal::read(item.get("quantity")))
    };
    let quantity: Decimal = items
        .iter()
        .map(|item| Decimal::read(item.get("quantity")))
        .sum();
    let weight: Decimal = items.iter().map(|item| times(item, "weight")).sum();
    let products: Decimal = items.iter().map(|item| times(item, "price")).sum();
    let discounts = php::list(record.get("discount_list"));
    let discount: Decimal = discounts
        .iter()
        .map(|entry| Decimal::read(entry.get("amount")).abs())
        .sum();
    let (products, discount) = (products.cents(), discount.cents());
    let extra: Decimal = ["shipping_total", "handling_total", "tax_total"]
        .iter()
        .map(|name| Decimal::read(record.get(*name)))
        .sum();
    let mut set = |name: &str, value: Decimal| record.insert(name.to_owned(), value.to_value());
    set("quantity_total", quantity);
    set("weight_total", weight);
    set("product_total", products);
    set("discount_total", discount);
    set("order_total", (products + extra - discount).cents());
}

/// Members of an order that Order Desk works out anew by itself when the order is written.
pub const COMPUTED: [&str; 8] = [
    "date_updated",
    "email_count",
    "quantity_total",
    "weight_total",
    "product_total",
    "discount_total",
    "order_total",
    "processor_balance",
];

/// `processor_balance` as given, else the order's total.
pub(super) fn set_balance(record: &mut Map<String, Value>, body: &Map<String, Value>) {
    let balance = match body.get("processor_balance") {
        Some(given) if !php::text(Some(given)).is_empty() => Decimal::read(Some(given)).to_value(),
        _ => record.get("order_total").cloned().unwrap_or(Value::from(0)),
    };
    record.insert("processor_balance".to_owned(), balance);
}
