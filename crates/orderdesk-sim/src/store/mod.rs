//! One store's records and what the 26 operations do to them.

mod create;
mod history;
mod inventory;
mod items;
mod list;
mod moves;
mod order;
mod replace;
mod seeded;
mod shipments;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use serde_json::{Map, Value, json};

use crate::php;
use crate::reply::Reply;
use crate::seed::Seed;
use crate::switches::{DateUpdated, FolderOrder, Switches};
use crate::zone::Zone;
use crate::{date, operation::Operation};

pub(crate) use list::Query;
pub use order::COMPUTED;

/// What a rule can react to (the subset of Order Desk's events that an API client can cause).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// An order was created.
    OrderImported,
    /// An order went to another folder.
    FolderChanged,
    /// An order or one of its items was written.
    OrderDetailsChanged,
    /// A shipment was added.
    ShipmentAdded,
}

/// The rules of the moment: which readings hold, and what time it is.
#[derive(Clone, Copy)]
pub(crate) struct Rules<'a> {
    pub(crate) switches: &'a Switches,
    pub(crate) now: i64,
}

/// An order with its history, and its printed form once somebody has asked for it.
#[derive(Debug)]
pub(crate) struct StoredOrder {
    pub(crate) record: Map<String, Value>,
    pub(crate) history: Vec<Value>,
    printed: OnceLock<Arc<str>>,
}

impl StoredOrder {
    pub(crate) fn new(record: Map<String, Value>, history: Vec<Value>) -> Self {
        Self {
            record,
            history,
            printed: OnceLock::new(),
        }
    }

    /// Must follow every change of the record.
    fn forget_print(&mut self) {
        self.printed = OnceLock::new();
    }

    fn print(&self, switches: &Switches) -> Arc<str> {
        let print = || php::encode_map(&self.record, switches.empty_maps).into();
        Arc::clone(self.printed.get_or_init(print))
    }

    fn print_with_history(&self, switches: &Switches) -> String {
        let mut record = self.record.clone();
        record.insert(
            "order_history".to_owned(),
            Value::Array(self.history.clone()),
        );
        php::encode_map(&record, switches.empty_maps)
    }
}

/// All records of one store.
#[derive(Debug)]
pub(crate) struct Shop {
    id: String,
    name: String,
    settings: Map<String, Value>,
    pub(crate) folders: Vec<(u64, String)>,
    zone: Zone,
    pub(crate) orders: BTreeMap<u64, StoredOrder>,
    pub(crate) products: BTreeMap<u64, Map<String, Value>>,
    last_ids: LastIds,
}

/// The last id given to each kind of record.
#[derive(Debug)]
struct LastIds {
    order: u64,
    item: u64,
    shipment: u64,
    product: u64,
}

impl Shop {
    pub(crate) fn new(store_id: &str, api_key: &str, seed: Seed, now: i64) -> Self {
        let mut settings = seed.settings;
        settings.insert("api_key".to_owned(), Value::from(api_key));
        settings.insert("timezone".to_owned(), Value::from(seed.zone.name.clone()));
        let mut shop = Self {
            id: store_id.to_owned(),
            name: seed.name,
            settings,
            folders: seed.folders,
            zone: seed.zone,
            orders: BTreeMap::new(),
            products: BTreeMap::new(),
            last_ids: LastIds {
                order: 4_981_300_000,
                item: 9_917_400_000,
                shipment: 88_300_000,
                product: 61_200_400,
            },
        };
        for order in seed.orders {
            shop.seed_order(order, now);
        }
        for product in seed.products {
            let id = php::id(product.get("id")).unwrap_or_else(|| shop.last_ids.product + 1);
            shop.last_ids.product = shop.last_ids.product.max(id);
            let record = inventory::seeded(id, &product, now);
            shop.products.insert(id, record);
        }
        shop
    }

    /// Makes every later print follow new switches.
    pub(crate) fn forget_prints(&mut self) {
        self.orders.values_mut().for_each(StoredOrder::forget_print);
    }

    /// Runs one operation. `body` is the parsed JSON of the request, `null` without one.
    pub(crate) fn write(&mut self, operation: Operation, body: &Value, rules: Rules) -> Reply {
        match operation {
            Operation::CreateOrder => self.create_order(body, rules),
            Operation::ReplaceOrder(order) => self.replace_order(order, body, rules),
            Operation::DeleteOrder(order) => self.delete_order(order, rules),
            Operation::AddHistory(order) => self.add_history(order, body, rules),
            Operation::MoveOrders => self.move_orders(body, rules),
            Operation::CreateItem(order) => self.create_item(order, body, rules),
            Operation::ReplaceItem(order, item) => self.replace_item(order, item, body, rules),
            Operation::DeleteItem(order, item) => self.delete_item(order, item, rules),
            Operation::CreateShipment(order) => self.create_shipment(order, body, rules),
            Operation::ReplaceShipment(order, one) => {
                self.replace_shipment(order, one, body, rules)
            }
            Operation::DeleteShipment(order, one) => self.delete_shipment(order, one, rules),
            Operation::BatchShipments => self.batch_shipments(body, rules),
            Operation::CreateInventory => self.create_product(body, rules),
            Operation::ReplaceInventory(id) => self.replace_product(id, body, rules),
            Operation::DeleteInventory(id) => self.delete_product(id, rules),
            Operation::BatchInventory => self.batch_products(body, rules),
            _ => Reply::error(405, "Method Not Allowed"),
        }
    }

    /// Answers one reading operation; `None` when the operation is a write.
    pub(crate) fn read(&self, operation: Operation, query: &Query, rules: Rules) -> Option<Reply> {
        Some(match operation {
            Operation::Test => Reply::ok().message("Connection Successful").member(
                "current_date_time",
                &Value::from(date::format(rules.now)),
                rules.switches.empty_maps,
            ),
            Operation::GetStore => self.get_store(rules),
            Operation::ListOrders => self.list_orders(query, rules),
            Operation::GetOrder(order) => self.get_order(order, rules),
            Operation::ListItems(order) => self.list_items(order, rules),
            Operation::GetItem(order, item) => self.get_item(order, item, rules),
            Operation::ListShipments(order) => self.list_shipments(order, rules),
            Operation::GetShipment(order, one) => self.get_shipment(order, one, rules),
            Operation::ListInventory => self.list_products(query, rules),
            Operation::GetInventory(id) => self.get_product(id, rules),
            _ => return None,
        })
    }

    fn get_store(&self, rules: Rules) -> Reply {
        let mut folders = self.folders.clone();
        if rules.switches.folder_order == FolderOrder::Sorted {
            folders.sort_by_key(|(id, _)| *id);
        }
        let folders: Map<String, Value> = folders
            .into_iter()
            .map(|(id, name)| (id.to_string(), Value::from(name)))
            .collect();
        let store = json!({ "id": self.id, "name": self.name, "settings": self.settings, "folders": folders });
        Reply::ok().member("store", &store, rules.switches.empty_maps)
    }

    fn get_order(&self, order_id: u64, rules: Rules) -> Reply {
        match self.orders.get(&order_id) {
            Some(order) => Reply::ok()
                .timing(Some(rules.switches.timing))
                .printed("order", order.print(rules.switches).to_string()),
            None => Reply::unknown("Order", rules.switches.unknown_record),
        }
    }

    fn delete_order(&mut self, order_id: u64, rules: Rules) -> Reply {
        match self.orders.remove(&order_id) {
            Some(_) => Reply::ok()
                .message(format!("Order {order_id} Deleted"))
                .applied(),
            None => Reply::unknown("Order", rules.switches.unknown_record),
        }
    }

    /// Changes an order as another user of the store would: totals follow, `date_updated` is now.
    /// Gives whether the order exists.
    pub(crate) fn edit_order(
        &mut self,
        order_id: u64,
        edit: impl FnOnce(&mut Map<String, Value>),
        now: i64,
    ) -> bool {
        let Some(order) = self.orders.get_mut(&order_id) else {
            return false;
        };
        edit(&mut order.record);
        order
            .record
            .insert("id".to_owned(), Value::from(order_id.to_string()));
        order::recalculate(&mut order.record);
        order
            .record
            .insert("date_updated".to_owned(), Value::from(date::format(now)));
        order.forget_print();
        true
    }

    /// Sets `date_updated` and drops the printed form; called at the end of every write to an order.
    fn touch(order: &mut StoredOrder, rules: Rules, write: Touch) {
        if write == Touch::Details || rules.switches.date_updated == DateUpdated::EveryWrite {
            order.record.insert(
                "date_updated".to_owned(),
                Value::from(date::format(rules.now)),
            );
        }
        order.forget_print();
    }

    fn folder_name(&self, folder_id: u64) -> Option<&str> {
        self.folders
            .iter()
            .find(|(id, _)| *id == folder_id)
            .map(|(_, name)| name.as_str())
    }

    fn first_folder(&self) -> u64 {
        self.folders.first().map_or(0, |(id, _)| *id)
    }
}

/// Which kind of write touches an order.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Touch {
    /// A change of the order's own content.
    Details,
    /// A folder move or a history note.
    MoveOrHistory,
}
