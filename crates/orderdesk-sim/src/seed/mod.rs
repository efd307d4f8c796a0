//! First records of a store: none, a handful, every fixture, or a whole shop.

mod catalog;
mod dice;
mod fixtures;
mod goods;
mod people;
mod shop;
mod tiny;
mod words;

use serde_json::{Map, Value, json};

use crate::zone::Zone;

pub use fixtures::fixtures;
pub use shop::{SHOP_ORDERS, SHOP_PRODUCTS, shop};
pub use tiny::tiny;

/// Ids of the folders every seed has, in their order: New, Prepared, two of the shop's own, Closed,
/// Canceled. The first is the default folder.
pub const FOLDERS: [(u64, &str); 6] = [
    (518_210, "New"),
    (518_211, "Prepared"),
    (520_007, "Rückfragen / Hold"),
    (520_008, "Print queue"),
    (518_212, "Closed"),
    (518_213, "Canceled"),
];

/// What a store holds when it is added.
#[derive(Clone, Debug)]
pub struct Seed {
    /// The store's name.
    pub name: String,
    /// `store.settings`; `api_key` and `timezone` are filled in.
    pub settings: Map<String, Value>,
    /// Folder ids and names in their order.
    pub folders: Vec<(u64, String)>,
    /// What the `*_local` filters count in.
    pub zone: Zone,
    /// The orders.
    pub orders: Vec<SeedOrder>,
    /// The inventory items; members left out are blank.
    pub products: Vec<Map<String, Value>>,
}

/// An order as it is stored at first: members left out are blank, ids are given where none are.
#[derive(Clone, Debug, Default)]
pub struct SeedOrder {
    /// Members of the order; unknown ones stay, too.
    pub record: Map<String, Value>,
    /// Entries of `order_history`, oldest first.
    pub history: Vec<Value>,
}

impl Seed {
    /// A store of this name without orders and products.
    #[must_use]
    pub fn empty(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            settings: settings(),
            folders: FOLDERS
                .iter()
                .map(|(id, name)| (*id, (*name).to_owned()))
                .collect(),
            zone: Zone::new_york(),
            orders: Vec::new(),
            products: Vec::new(),
        }
    }

    /// Adds an order. Anything but a JSON object adds a blank one.
    #[must_use]
    pub fn order(mut self, record: Value) -> Self {
        self.orders.push(SeedOrder {
            record: object(record),
            history: Vec::new(),
        });
        self
    }

    /// Adds an inventory item.
    #[must_use]
    pub fn product(mut self, record: Value) -> Self {
        self.products.push(object(record));
        self
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// Settings with the service's own mix of types, and the secrets that a client must not pass on.
fn settings() -> Map<String, Value> {
    object(json!({
        "app_version": "2.0", "locale_code": "en_US", "timezone": "", "store_country": "US",
        "store_email": "orders@store.example.com", "admin_email": "owner@store.example.com",
        "normalize_capitalization": "1", "normalize_phone_numbers": "0", "date_format": "Y-m-d H:i:s",
        "short_date_format": "Y-m-d", "orders_per_page": 50, "report_frequency": "",
        "dashboard_report_type": "daily", "store_url": "https://store.example.com", "custom_css": "",
        "security_po_box_warn": "", "security_different_address_warn": "",
        "security_different_country_warn": "", "security_quantity_warn": 0,
        "limit_address_field_char_length": 0, "country_name_format": "0", "all_orders_name": "All Orders",
        "api_key": "", "all_orders_column_view": [], "shipping_methods": [],
        "default_checkout_data_fields": [], "smtp_port": "25", "smtp_host": "mail.store.example.com",
        "smtp_username": "orders", "smtp_password": "smtp-password-of-the-simulator",
        "smtp_encryption": "", "smtp_headers": "", "auto_update_stock_count": "",
        "auto_create_inventory_items": "", "normalizeCapitalization": 1,
    }))
}
