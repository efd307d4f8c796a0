use std::time::Duration;

use super::reader::{Reader, Setting};

const CACHE_TTL_ORDERS: Setting = Setting::new(
    "CACHE_TTL_ORDERS",
    "15",
    "Seconds an order or a list of orders is reused, 0 (never) to 3600.",
);
const CACHE_TTL_PRODUCTS: Setting = Setting::new(
    "CACHE_TTL_PRODUCTS",
    "60",
    "Seconds a product or a list of products is reused, 0 to 86400.",
);
const CACHE_TTL_STORE_SETTINGS: Setting = Setting::new(
    "CACHE_TTL_STORE_SETTINGS",
    "300",
    "Seconds a store's settings and folders are reused, 0 to 86400.",
);
const CACHE_MAX_MB: Setting = Setting::new(
    "CACHE_MAX_MB",
    "64",
    "The most memory reused answers may take, in MiB for each of the three, 1 to 65536.",
);

pub(super) const SETTINGS: &[Setting] = &[
    CACHE_TTL_ORDERS,
    CACHE_TTL_PRODUCTS,
    CACHE_TTL_STORE_SETTINGS,
    CACHE_MAX_MB,
];

/// How long answers of Order Desk are reused.
#[derive(Debug, Clone)]
pub struct Cache {
    /// Orders.
    pub orders_ttl: Duration,
    /// Products.
    pub products_ttl: Duration,
    /// Settings and folders.
    pub store_settings_ttl: Duration,
    /// Memory, in bytes.
    pub max_bytes: u64,
}

impl Cache {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            orders_ttl: reader.seconds(&CACHE_TTL_ORDERS, 0.0..=3600.0),
            products_ttl: reader.seconds(&CACHE_TTL_PRODUCTS, 0.0..=86_400.0),
            store_settings_ttl: reader.seconds(&CACHE_TTL_STORE_SETTINGS, 0.0..=86_400.0),
            max_bytes: reader.number::<u64>(&CACHE_MAX_MB, 1..=65_536) << 20,
        }
    }
}
