//! The writes of the scenarios: each twice, with contents that tell the two apart.

use orderdesk_sim::Sim;
use serde_json::{Map, Value, json};

use crate::backend::STORE_ID;
use crate::child::Ask;

/// The order that is written.
pub const ORDER: u64 = 1001;
/// The product that is written.
pub const PRODUCT: u64 = 501;

/// A kind of write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Write {
    /// `orders_update`: the whole order.
    Update,
    /// `orders_add_items`.
    AddItems,
    /// `orders_move`.
    Move,
    /// `orders_create`.
    Create,
    /// `orders_add_note`.
    AddNote,
    /// `products_adjust_stock`: the whole product.
    Stock,
    /// `orders_add_shipment`.
    AddShipment,
    /// `orders_update_item`: a whole line.
    UpdateItem,
    /// `orders_remove_item`.
    RemoveItem,
}

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The one that meets the fault.
    First,
    /// The one after it.
    Second,
}

impl Which {
    /// A word that stands in what is written and nowhere else.
    pub fn mark(self) -> &'static str {
        match self {
            Self::First => "crashfirst",
            Self::Second => "crashsecond",
        }
    }
}

impl Write {
    /// The tool.
    pub fn tool(self) -> &'static str {
        match self {
            Self::Update => "orders_update",
            Self::AddItems => "orders_add_items",
            Self::Move => "orders_move",
            Self::Create => "orders_create",
            Self::AddNote => "orders_add_note",
            Self::Stock => "products_adjust_stock",
            Self::AddShipment => "orders_add_shipment",
            Self::UpdateItem => "orders_update_item",
            Self::RemoveItem => "orders_remove_item",
        }
    }

    /// The method of its requests to Order Desk.
    pub fn method(self) -> &'static str {
        match self {
            Self::Update | Self::Stock | Self::UpdateItem => "PUT",
            Self::RemoveItem => "DELETE",
            _ => "POST",
        }
    }

    /// Whether doing it twice leaves two of something.
    pub fn adds(self) -> bool {
        matches!(
            self,
            Self::AddItems | Self::Create | Self::AddNote | Self::AddShipment
        )
    }

    /// Whether the mark stands in its request.
    pub fn is_marked(self) -> bool {
        self.adds() || matches!(self, Self::Update | Self::UpdateItem)
    }

    /// The call of the tool.
    pub fn ask(self, which: Which, key: Option<&str>) -> Ask {
        let (mark, first) = (which.mark(), which == Which::First);
        let mut arguments = match self {
            Self::Update => json!({ "changes": match which {
                Which::First => json!({ "shipping": { "city": mark } }),
                Which::Second => json!({ "customer": { "company": mark } }),
            } }),
            Self::AddItems => json!({ "items": [{ "name": mark, "price": 2, "quantity": 1 }] }),
            Self::Move => json!({ "folder": if first { "Closed" } else { "Prepared" } }),
            Self::Create => json!({ "order_data": {
                "source_id": mark, "shipping": { "company": "C" }, "order_items": [{ "name": "Hat" }],
            } }),
            Self::AddNote => json!({ "note": mark }),
            Self::Stock => {
                json!({ "product_id": PRODUCT.to_string(), "by": if first { 3 } else { 5 } })
            }
            Self::AddShipment => json!({ "tracking_number": mark }),
            Self::UpdateItem => json!({
                "order_item_id": if first { "11" } else { "12" }, "changes": { "name": mark },
            }),
            Self::RemoveItem => json!({ "order_item_id": if first { "12" } else { "11" } }),
        };
        if let Some(object) = arguments.as_object_mut() {
            if self.is_about_the_order() {
                object.insert("order_id".to_owned(), ORDER.into());
            }
            if let Some(key) = key {
                object.insert("idempotency_key".to_owned(), format!("{key}-{mark}").into());
            }
        }
        Ask {
            tool: self.tool().to_owned(),
            arguments,
        }
    }

    /// Whether it is about [`ORDER`].
    pub fn is_about_the_order(self) -> bool {
        !matches!(self, Self::Create | Self::Stock)
    }

    /// Members of the order that it may change.
    pub fn members(self) -> &'static [&'static str] {
        match self {
            Self::Update => &["shipping", "customer"],
            Self::AddItems | Self::UpdateItem | Self::RemoveItem => &["order_items"],
            Self::Move => &["folder_id", "folder_name"],
            Self::AddShipment => &["order_shipments"],
            Self::Create | Self::AddNote | Self::Stock => &[],
        }
    }

    /// How often the marked thing is there.
    pub fn count(self, sim: &Sim, which: Which) -> usize {
        let order = sim.order(STORE_ID, ORDER).unwrap_or_default();
        let in_list = |list: Vec<Value>| {
            let marked = |one: &&Value| one.to_string().contains(which.mark());
            list.iter().filter(marked).count()
        };
        let member = |order: &Map<String, Value>, name: &str| {
            in_list(
                order
                    .get(name)
                    .and_then(Value::as_array)
                    .cloned()
                    .unwrap_or_default(),
            )
        };
        match self {
            Self::AddItems => member(&order, "order_items"),
            Self::AddShipment => member(&order, "order_shipments"),
            Self::AddNote => in_list(sim.history(STORE_ID, ORDER).unwrap_or_default()),
            Self::Create => {
                let ids = sim.order_ids(STORE_ID).into_iter();
                in_list(
                    ids.filter_map(|id| sim.order(STORE_ID, id))
                        .map(Value::Object)
                        .collect(),
                )
            }
            _ => usize::from(Value::Object(order).to_string().contains(which.mark())),
        }
    }
}
