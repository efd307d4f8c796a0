//! Shipments: every value is text, an existing tracking number is refused.

use serde_json::{Map, Value, json};

use super::{Event, Rules, Shop, StoredOrder, Touch, items, order};
use crate::reply::Reply;
use crate::switches::{RefusedShipment, SubRecordCreated, UnknownMembers};
use crate::{date, php};

/// What Order Desk's own texts use where there is no number; any count of these may exist.
const NO_TRACKING: &str = "n/a";

impl Shop {
    pub(super) fn list_shipments(&self, order_id: u64, rules: Rules) -> Reply {
        let Some(order) = self.orders.get(&order_id) else {
            return Reply::unknown("Order", rules.switches.unknown_record);
        };
        let shipments = shipments_of(order);
        let reply = Reply::ok().number("total_records", shipments.len());
        reply.member(
            "shipments",
            &Value::Array(shipments),
            rules.switches.empty_maps,
        )
    }

    pub(super) fn get_shipment(&self, order_id: u64, id: u64, rules: Rules) -> Reply {
        let Some(order) = self.orders.get(&order_id) else {
            return Reply::unknown("Order", rules.switches.unknown_record);
        };
        let shipments = shipments_of(order);
        match items::position(&shipments, id) {
            Some(at) => Reply::ok().member("shipment", &shipments[at], rules.switches.empty_maps),
            None => Reply::unknown("Shipment", rules.switches.unknown_record),
        }
    }

    pub(super) fn create_shipment(&mut self, order_id: u64, body: &Value, rules: Rules) -> Reply {
        match self.add_shipment(order_id, &php::map(Some(body)), rules) {
            Ok(()) => {
                let created = rules.switches.sub_record_created == SubRecordCreated::Created;
                let reply = Reply::ok()
                    .status(if created { 201 } else { 200 })
                    .message("Shipment Added");
                reply.applied().event(Event::ShipmentAdded, order_id)
            }
            Err(Refusal::UnknownOrder) => Reply::unknown("Order", rules.switches.unknown_record),
            Err(Refusal::NoTracking) => Reply::error(400, "Shipment Not Added"),
            Err(Refusal::Exists) => {
                let as_error = rules.switches.refused_shipment == RefusedShipment::BadRequest;
                Reply::error(if as_error { 400 } else { 200 }, "Shipment Not Added")
            }
        }
    }

    pub(super) fn batch_shipments(&mut self, body: &Value, rules: Rules) -> Reply {
        let Value::Array(entries) = body else {
            return Reply::error(400, "Shipments Not Added");
        };
        let mut results = Vec::with_capacity(entries.len());
        let mut reply = Reply::ok();
        for entry in entries {
            let entry = php::map(Some(entry));
            let order_id = php::id(entry.get("order_id")).unwrap_or(0);
            let (status, message) = match self.add_shipment(order_id, &entry, rules) {
                Ok(()) => {
                    reply = reply.applied().event(Event::ShipmentAdded, order_id);
                    ("success", "Shipment Added")
                }
                Err(Refusal::UnknownOrder) => ("error", "Order Not Found"),
                Err(Refusal::NoTracking | Refusal::Exists) => ("error", "Shipment Not Added"),
            };
            let given = entry.get("order_id").cloned().unwrap_or(Value::Null);
            results.push(json!({ "order_id": given, "status": status, "message": message }));
        }
        reply.member("results", &Value::Array(results), rules.switches.empty_maps)
    }

    fn add_shipment(
        &mut self,
        order_id: u64,
        given: &Map<String, Value>,
        rules: Rules,
    ) -> Result<(), Refusal> {
        let order = self
            .orders
            .get_mut(&order_id)
            .ok_or(Refusal::UnknownOrder)?;
        let tracking = php::text(given.get("tracking_number"));
        if tracking.is_empty() {
            return Err(Refusal::NoTracking);
        }
        let mut shipments = shipments_of(order);
        let same = |one: &Value| php::text(one.get("tracking_number")) == tracking;
        if tracking != NO_TRACKING && shipments.iter().any(same) {
            return Err(Refusal::Exists);
        }
        self.last_ids.shipment += 1;
        let id = self.last_ids.shipment;
        shipments.push(whole_shipment(
            &fixed_members(id, order_id, &self.id, rules.now),
            given,
            rules,
        ));
        order
            .record
            .insert("order_shipments".to_owned(), Value::Array(shipments));
        order.log("API", &format!("Shipment Added: {tracking}"), rules.now);
        Self::touch(order, rules, Touch::Details);
        Ok(())
    }

    pub(super) fn replace_shipment(
        &mut self,
        order_id: u64,
        id: u64,
        body: &Value,
        rules: Rules,
    ) -> Reply {
        let given = php::map(Some(body));
        if php::text(given.get("tracking_number")).is_empty() {
            return Reply::error(400, "Shipment Not Updated");
        }
        let replace = |shipments: &mut Vec<Value>, at: usize| {
            let old = php::map(shipments.get(at));
            shipments[at] = whole_shipment(&old, &given, rules);
        };
        self.shipment_write(order_id, id, replace, "Shipment Updated".to_owned(), rules)
    }

    pub(super) fn delete_shipment(&mut self, order_id: u64, id: u64, rules: Rules) -> Reply {
        let remove = |shipments: &mut Vec<Value>, at: usize| {
            shipments.remove(at);
        };
        self.shipment_write(
            order_id,
            id,
            remove,
            format!("Shipment {id} Deleted"),
            rules,
        )
    }

    fn shipment_write(
        &mut self,
        order_id: u64,
        id: u64,
        write: impl FnOnce(&mut Vec<Value>, usize),
        message: String,
        rules: Rules,
    ) -> Reply {
        let Some(order) = self.orders.get_mut(&order_id) else {
            return Reply::unknown("Order", rules.switches.unknown_record);
        };
        let mut shipments = shipments_of(order);
        let Some(at) = items::position(&shipments, id) else {
            return Reply::unknown("Shipment", rules.switches.unknown_record);
        };
        write(&mut shipments, at);
        order
            .record
            .insert("order_shipments".to_owned(), Value::Array(shipments));
        Self::touch(order, rules, Touch::Details);
        Reply::ok().message(message).applied()
    }
}

enum Refusal {
    UnknownOrder,
    NoTracking,
    Exists,
}

fn shipments_of(order: &StoredOrder) -> Vec<Value> {
    php::list(order.record.get("order_shipments"))
}

/// The members a client cannot write, as a new shipment has them.
fn fixed_members(id: u64, order_id: u64, store_id: &str, now: i64) -> Map<String, Value> {
    let date_added = date::format(now);
    let date_shipped = date_added.get(..10).unwrap_or_default();
    php::map(Some(&json!({
        "id": id.to_string(), "order_id": order_id.to_string(), "store_id": store_id,
        "label_format": "", "label_image": "", "print_status": "0",
        "cart_shipment_id": "", "label_shipment_id": "",
        "date_shipped": date_shipped, "date_added": date_added,
    })))
}

/// A shipment of the fixed members of `old` and what the client gave, blank where it gave nothing.
fn whole_shipment(old: &Map<String, Value>, given: &Map<String, Value>, rules: Rules) -> Value {
    let text = |name: &str| php::text(given.get(name));
    let fixed = |name: &str| php::text(old.get(name));
    let (tracking, carrier) = (text("tracking_number"), text("carrier_code"));
    let url = match text("tracking_url") {
        given if !given.is_empty() => given,
        _ => guessed_url(&carrier, &tracking),
    };
    let parcel = match php::list(given.get("order_items")) {
        list if list.is_empty() => Value::from(""),
        list => Value::Array(list),
    };
    let shipped = match date::parse(&text("date_shipped")) {
        Some(secs) => date::format(secs).get(..10).unwrap_or_default().to_owned(),
        None => fixed("date_shipped"),
    };
    let shipment = json!({
        "id": fixed("id"), "order_id": fixed("order_id"), "store_id": fixed("store_id"),
        "tracking_number": tracking, "carrier_code": carrier, "shipment_method": text("shipment_method"),
        "weight": text("weight"), "cost": text("cost"), "status": text("status"), "tracking_url": url,
        "label_format": fixed("label_format"), "label_image": fixed("label_image"),
        "print_status": fixed("print_status"), "order_items": parcel,
        "cart_shipment_id": fixed("cart_shipment_id"), "label_shipment_id": fixed("label_shipment_id"),
        "date_shipped": shipped, "date_added": fixed("date_added"),
    });
    let mut shipment = php::map(Some(&shipment));
    if rules.switches.unknown_members == UnknownMembers::Stored {
        order::store_unknown(&mut shipment, given);
    }
    Value::Object(shipment)
}

/// The tracking page that Order Desk guesses from carrier and number.
fn guessed_url(carrier: &str, tracking: &str) -> String {
    let base = match carrier.to_ascii_lowercase().as_str() {
        "ups" => "https://www.ups.com/track?tracknum=",
        "usps" => "https://tools.usps.com/go/TrackConfirmAction?tLabels=",
        "fedex" => "https://www.fedex.com/fedextrack/?trknbr=",
        "dhl" => "https://www.dhl.com/en/express/tracking.html?AWB=",
        _ => return String::new(),
    };
    if tracking == NO_TRACKING {
        String::new()
    } else {
        format!("{base}{tracking}")
    }
}
