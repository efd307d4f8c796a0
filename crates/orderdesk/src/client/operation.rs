use std::fmt;

/// One of Order Desk's calls.
#[derive(PartialEq, Eq, Hash)]
pub struct Operation {
    /// Its name, unique: `get_order`.
    pub name: &'static str,
    /// `GET`, `POST`, `PUT` or `DELETE`.
    pub method: &'static str,
    /// Its path below the base URL, with `{..}` in place of ids: fit for a metric label.
    pub route: &'static str,
}

impl Operation {
    /// True for calls that change nothing and may be repeated.
    pub fn is_read(&self) -> bool {
        self.method == "GET"
    }
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} {})", self.name, self.method, self.route)
    }
}

macro_rules! operations {
    ($($constant:ident $name:ident $method:ident $route:literal;)*) => {
        $(
            pub(super) static $constant: Operation = Operation {
                name: stringify!($name),
                method: stringify!($method),
                route: $route,
            };
        )*
        /// All 26 operations, in the order of `orderdesk-api.md` 3.
        pub static OPERATIONS: [&Operation; 26] = [$(&$constant),*];
    };
}

operations! {
    TEST test_connection GET "/test";
    STORE get_store GET "/store";
    LIST_ORDERS list_orders GET "/orders";
    CREATE_ORDER create_order POST "/orders";
    GET_ORDER get_order GET "/orders/{order_id}";
    UPDATE_ORDER update_order PUT "/orders/{order_id}";
    DELETE_ORDER delete_order DELETE "/orders/{order_id}";
    ADD_HISTORY add_order_history POST "/orders/{order_id}/order-history";
    MOVE_ORDERS move_orders POST "/move-orders";
    LIST_ITEMS list_order_items GET "/orders/{order_id}/order-items";
    CREATE_ITEM create_order_item POST "/orders/{order_id}/order-items";
    GET_ITEM get_order_item GET "/orders/{order_id}/order-items/{order_item_id}";
    UPDATE_ITEM update_order_item PUT "/orders/{order_id}/order-items/{order_item_id}";
    DELETE_ITEM delete_order_item DELETE "/orders/{order_id}/order-items/{order_item_id}";
    LIST_SHIPMENTS list_shipments GET "/orders/{order_id}/shipments";
    CREATE_SHIPMENT create_shipment POST "/orders/{order_id}/shipments";
    GET_SHIPMENT get_shipment GET "/orders/{order_id}/shipments/{shipment_id}";
    UPDATE_SHIPMENT update_shipment PUT "/orders/{order_id}/shipments/{shipment_id}";
    DELETE_SHIPMENT delete_shipment DELETE "/orders/{order_id}/shipments/{shipment_id}";
    CREATE_SHIPMENTS create_shipments POST "/batch-shipments";
    LIST_PRODUCTS list_products GET "/inventory-items";
    CREATE_PRODUCT create_product POST "/inventory-items";
    GET_PRODUCT get_product GET "/inventory-items/{product_id}";
    UPDATE_PRODUCT update_product PUT "/inventory-items/{product_id}";
    DELETE_PRODUCT delete_product DELETE "/inventory-items/{product_id}";
    UPDATE_PRODUCTS update_products PUT "/batch-inventory-items";
}
