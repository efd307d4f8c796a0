use crate::ProductId;

record!(
    /// A product; Order Desk calls it an inventory item.
    Product, "a product"
);

impl Product {
    accessors! {
        /// Order Desk's id.
        id(ProductId) id;
        /// What it is called.
        text name;
        /// The SKU, unique in the store.
        text code;
        /// Sales price.
        decimal price;
        /// Purchase cost.
        decimal cost;
        /// Weight of one.
        decimal weight;
        /// How many are there; below zero when oversold.
        decimal stock;
        /// The maker's SKU.
        text manufacturer_sku;
        /// Variations, in order.
        map variation_list;
        /// Hidden data, in order.
        map metadata;
        /// Warehouse or fulfilment method.
        text location;
        /// The system that last changed it.
        text update_source;
        /// When it was added, UTC.
        text date_added;
        /// When it last changed, UTC.
        text date_updated;
    }
}
