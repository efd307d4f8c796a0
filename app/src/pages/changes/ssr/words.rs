//! Order Desk's records in the merchant's words: fields by name, values as people write them.

use orderdesk::{FieldPath, Json, Object, Step};

/// Order Desk's members and what a merchant calls them. Names mean the same wherever they stand.
const WORDS: &[(&str, &str)] = &[
    ("address1", "address line 1"),
    ("address2", "address line 2"),
    ("address3", "address line 3"),
    ("address4", "address line 4"),
    ("amount", "amount"),
    ("carrier_code", "carrier"),
    ("cart_shipment_id", "id in the cart"),
    ("category_code", "category"),
    ("cc_exp", "card expiry"),
    ("cc_number_masked", "card number"),
    ("checkout_data", "checkout data"),
    ("city", "city"),
    ("code", "SKU"),
    ("company", "company"),
    ("content", "text"),
    ("cost", "cost"),
    ("country", "country"),
    ("customer", "customer address"),
    ("customer_id", "customer id"),
    ("date_added", "date added"),
    ("date_shipped", "date shipped"),
    ("date_updated", "date updated"),
    ("delivery_type", "delivery type"),
    ("discount_list", "discounts"),
    ("discount_total", "discount total"),
    ("email", "email"),
    ("email_count", "orders with this email"),
    ("first_name", "first name"),
    ("folder_id", "folder"),
    ("fulfillment_id", "fulfillment id"),
    ("fulfillment_method", "fulfillment method"),
    ("fulfillment_name", "fulfillment"),
    ("handling_total", "handling total"),
    ("id", "id"),
    ("ip_address", "IP address"),
    ("label_format", "label format"),
    ("label_image", "label image"),
    ("label_shipment_id", "label id"),
    ("last_name", "last name"),
    ("location", "location"),
    ("manufacturer_sku", "manufacturer SKU"),
    ("metadata", "hidden data"),
    ("name", "name"),
    ("note", "text"),
    ("order_history", "history"),
    ("order_id", "order id"),
    ("order_items", "lines"),
    ("order_metadata", "hidden data"),
    ("order_notes", "notes"),
    ("order_shipments", "shipments"),
    ("order_total", "order total"),
    ("payment_status", "payment status"),
    ("payment_type", "payment type"),
    ("phone", "phone"),
    ("postal_code", "postal code"),
    ("price", "price"),
    ("print_status", "print status"),
    ("processor_balance", "balance at the payment processor"),
    ("processor_response", "payment processor's answer"),
    ("product_total", "product total"),
    ("quantity", "quantity"),
    ("quantity_total", "number of items"),
    ("refund_total", "refund total"),
    ("return_address", "return address"),
    ("shipment_method", "shipment method"),
    ("shipping", "shipping address"),
    ("shipping_method", "shipping method"),
    ("shipping_total", "shipping total"),
    ("source_id", "source id"),
    ("source_name", "source"),
    ("state", "state"),
    ("status", "status"),
    ("stock", "stock"),
    ("store_id", "store id"),
    ("tag_color", "tag color"),
    ("tag_name", "tag"),
    ("tax_total", "tax total"),
    ("title", "title"),
    ("tracking_number", "tracking number"),
    ("tracking_url", "tracking address"),
    ("update_source", "last changed by"),
    ("username", "author"),
    ("variation_list", "options"),
    ("weight", "weight"),
    ("weight_total", "total weight"),
];

/// What one of a list is called.
const ONE_OF: &[(&str, &str)] = &[
    ("discount_list", "Discount"),
    ("order_history", "History entry"),
    ("order_items", "Line"),
    ("order_notes", "Note"),
    ("order_shipments", "Shipment"),
];

/// Maps whose entries the merchant or the cart names.
const MAPS: &[&str] = &[
    "checkout_data",
    "metadata",
    "order_metadata",
    "variation_list",
];

fn find(table: &[(&'static str, &'static str)], name: &str) -> Option<&'static str> {
    table
        .iter()
        .find_map(|(found, words)| (*found == name).then_some(*words))
}

/// A field in the merchant's words, `Shipping address: city`, `Line 9917300551: quantity`; nothing for one that we have no
/// words for.
pub(super) fn field(path: &FieldPath) -> Option<String> {
    let mut parts = Vec::new();
    let mut steps = path.steps().iter().peekable();
    while let Some(step) = steps.next() {
        let Step::Member(name) = step else {
            return None;
        };
        let place = steps.next_if(|next| !matches!(next, Step::Member(_)));
        parts.push(match place {
            Some(Step::Id(id)) => format!("{} {id}", find(ONE_OF, name)?),
            Some(Step::At(index)) => format!("{} {}", find(ONE_OF, name)?, index + 1),
            _ => find(WORDS, name)?.to_owned(),
        });
        // Below a map stand the merchant's own names.
        if MAPS.contains(&name.as_str())
            && place.is_none()
            && let Some(Step::Member(entry)) = steps.next()
        {
            parts.push(entry.clone());
            if steps.peek().is_some() {
                return None;
            }
        }
    }
    Some(capitalised(&parts.join(": "))).filter(|words| !words.is_empty())
}

/// A sentence in which paths are replaced by the merchant's words, where there are any.
pub(super) fn sentence(text: &str) -> String {
    let words = text.split(' ').map(|word| {
        let path = word.trim_end_matches([',', '.', ';', ':']);
        let is_path = path.contains(['.', '[', '_']);
        let named = is_path.then(|| path.parse().ok().and_then(|path| field(&path)));
        match named.flatten() {
            Some(named) => lowered(&named) + &word[path.len()..],
            None => word.to_owned(),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// What a change does. The engine names members of the record, `Change shipping, email`: those are put into words here.
pub(super) fn summary(text: &str) -> String {
    let Some(members) = text
        .strip_prefix("Change ")
        .filter(|rest| !rest.starts_with("line "))
    else {
        return sentence(text);
    };
    let words = members.split(' ').map(|part| {
        let name = part.trim_end_matches(',');
        [word(name), &part[name.len()..]].concat()
    });
    let words: Vec<_> = words.collect();
    ["Change ", &words.join(" ")].concat()
}

/// A value as people write it. What has parts gets a line for each.
pub(super) fn value(value: &Json) -> String {
    match value {
        Json::Object(object) if !object.is_empty() => lines(object),
        Json::Array(elements) if !elements.is_empty() => {
            let elements: Vec<_> = elements.iter().map(short).collect();
            elements.join("\n")
        }
        other => short(other),
    }
}

/// The same in one line.
fn short(value: &Json) -> String {
    match value {
        Json::Null => "(nothing)".to_owned(),
        Json::String(text) if text.is_empty() => "(blank)".to_owned(),
        Json::Array(elements) if elements.is_empty() => "(none)".to_owned(),
        Json::Object(object) if object.is_empty() => "(none)".to_owned(),
        Json::String(text) => text.clone(),
        Json::Number(number) => number.as_str().to_owned(),
        Json::Bool(true) => "yes".to_owned(),
        Json::Bool(false) => "no".to_owned(),
        Json::Array(_) | Json::Object(_) => value.to_string(),
    }
}

fn lines(object: &Object) -> String {
    let filled = object.iter().filter(|(_, value)| !value.is_blank());
    let lines: Vec<_> = filled
        .map(|(name, value)| format!("{}: {}", capitalised(word(name)), short(value)))
        .collect();
    if lines.is_empty() {
        "(none)".to_owned()
    } else {
        lines.join("\n")
    }
}

fn word(name: &str) -> &str {
    find(WORDS, name).unwrap_or(name)
}

/// What people look for first in a record.
const FIRST: &[&str] = &[
    "id",
    "source_id",
    "name",
    "code",
    "email",
    "shipping",
    "customer",
    "order_items",
    "order_total",
    "order_notes",
    "order_shipments",
];

/// What a record holds, field by field: blank ones are left out, lines come in a line each.
pub(super) fn record(object: &Object) -> Vec<(String, String)> {
    let mut rows = Vec::new();
    let mut members: Vec<_> = object.iter().filter(|(_, json)| !json.is_blank()).collect();
    let rank = |name: &str| {
        FIRST
            .iter()
            .position(|first| *first == name)
            .unwrap_or(FIRST.len())
    };
    members.sort_by_key(|(name, _)| rank(name));
    for (name, json) in members {
        match (find(ONE_OF, name), json) {
            (Some(one), Json::Array(elements)) => {
                rows.extend(elements.iter().enumerate().map(|(index, element)| {
                    let (id, text) = element_of_list(element);
                    let id = id.unwrap_or_else(|| (index + 1).to_string());
                    (format!("{one} {id}"), text)
                }));
            }
            _ => rows.push((capitalised(word(name)), value(json))),
        }
    }
    rows
}

/// An element's id and what it is: a line as `2 × Name (SKU) at 19.00`, a note as its text.
fn element_of_list(element: &Json) -> (Option<String>, String) {
    let Some(object) = element.as_object() else {
        return (None, short(element));
    };
    let id = object.filled("id").map(str::to_owned);
    let exact = |name| object.get(name).map(short);
    let text = match (
        exact("quantity"),
        object.filled("name"),
        object.filled("content"),
    ) {
        (Some(quantity), Some(name), _) => {
            let code = object
                .filled("code")
                .map(|code| format!(" ({code})"))
                .unwrap_or_default();
            let price = exact("price")
                .map(|price| format!(" at {price}"))
                .unwrap_or_default();
            format!("{quantity} × {name}{code}{price}")
        }
        (_, _, Some(content)) => content.to_owned(),
        _ => lines(object),
    };
    (id, text)
}

fn capitalised(text: &str) -> String {
    with_first(text, char::to_uppercase)
}

fn lowered(text: &str) -> String {
    with_first(text, char::to_lowercase)
}

fn with_first<I: Iterator<Item = char>>(text: &str, change: fn(char) -> I) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| change(first).chain(letters).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(path: &str) -> Option<String> {
        field(&path.parse().unwrap())
    }

    fn json(text: &str) -> Json {
        text.parse().unwrap()
    }

    #[test]
    fn fields_have_the_merchants_names() {
        for (path, name) in [
            ("shipping.city", "Shipping address: city"),
            ("customer.postal_code", "Customer address: postal code"),
            ("email", "Email"),
            ("folder_id", "Folder"),
            (
                "order_items[id=9917300551].quantity",
                "Line 9917300551: quantity",
            ),
            ("order_items[id=9917300551]", "Line 9917300551"),
            (
                "order_items[id=99].variation_list.Size",
                "Line 99: options: Size",
            ),
            ("order_notes[0]", "Note 1"),
            (
                "order_shipments[id=5].tracking_number",
                "Shipment 5: tracking number",
            ),
            (
                "checkout_data[\"Gift Message\"]",
                "Checkout data: Gift Message",
            ),
            ("stock", "Stock"),
        ] {
            assert_eq!(words(path).as_deref(), Some(name), "{path}");
        }
        for path in [
            "unheard_of",
            "shipping.unheard_of",
            "custom[0]",
            "checkout_data.a.b",
        ] {
            assert_eq!(words(path), None, "{path}");
        }
    }

    #[test]
    fn every_name_stands_once_and_in_order() {
        for table in [WORDS, ONE_OF] {
            assert!(table.windows(2).all(|pair| pair[0].0 < pair[1].0));
        }
    }

    #[test]
    fn sentences_are_put_into_words() {
        assert_eq!(
            sentence("Change shipping.city, order_items[id=99].quantity and 2 more."),
            "Change shipping address: city, line 99: quantity and 2 more."
        );
        assert_eq!(
            sentence("Move to folder Prepared. Nothing is sent."),
            "Move to folder Prepared. Nothing is sent."
        );
        assert_eq!(sentence("Set nobody.knows"), "Set nobody.knows");
    }

    #[test]
    fn summaries_name_members_in_words() {
        for (text, words) in [
            (
                "Change shipping, order_items and 2 more",
                "Change shipping address, lines and 2 more",
            ),
            ("Change line 99", "Change line 99"),
            ("Move to the folder shipping", "Move to the folder shipping"),
        ] {
            assert_eq!(summary(text), words);
        }
    }

    #[test]
    fn values_read_as_people_write_them() {
        for (text, shown) in [
            ("\"Reno\"", "Reno"),
            ("\"\"", "(blank)"),
            ("null", "(nothing)"),
            ("19.00", "19.00"),
            ("true", "yes"),
            ("[]", "(none)"),
            (
                r#"{"name":"Mug","quantity":2,"code":"","metadata":{"a":1}}"#,
                "Name: Mug\nQuantity: 2\nHidden data: {\"a\":1}",
            ),
        ] {
            assert_eq!(value(&json(text)), shown, "{text}");
        }
    }

    #[test]
    fn a_record_is_told_field_by_field() {
        let order = json(
            r#"{"id":"7","email":"","order_total":21.50,"shipping":{"city":"Reno","company":""},
                "order_items":[{"id":"99","name":"Mug","quantity":2,"code":"M-1","price":9.50}],
                "order_notes":[{"content":"Call first","username":"Ada"}]}"#,
        );
        let rows = record(order.as_object().unwrap());
        let rows: Vec<_> = rows
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(
            rows,
            [
                ("Id", "7"),
                ("Shipping address", "City: Reno"),
                ("Line 99", "2 × Mug (M-1) at 9.50"),
                ("Order total", "21.50"),
                ("Note 1", "Call first"),
            ]
        );
    }
}
