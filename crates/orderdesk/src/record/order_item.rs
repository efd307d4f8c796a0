use crate::OrderItemId;

record!(
    /// A line of an order.
    OrderItem, "an order item"
);

impl OrderItem {
    accessors! {
        /// Its id; in a write of the order its absence adds a new line.
        id(OrderItemId) id;
        /// What it is called.
        text name;
        /// The SKU.
        text code;
        /// Price of one.
        decimal price;
        /// How many.
        decimal quantity;
        /// Weight of one.
        decimal weight;
        /// `ship`, `noship`, `download` or `future`.
        text delivery_type;
        /// Category; free text.
        text category_code;
        /// Who fulfils it.
        text fulfillment_method;
        /// Variations such as `Size` → `Large`, in order.
        map variation_list;
        /// Hidden data, such as `print_sku` and `print_url`, in order.
        map metadata;
    }
}
