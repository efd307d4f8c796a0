//! The 26 operations, told apart by method and path.

/// One call the API knows. Ids that are no number are 0, which no record has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Test,
    GetStore,
    ListOrders,
    CreateOrder,
    GetOrder(u64),
    ReplaceOrder(u64),
    DeleteOrder(u64),
    AddHistory(u64),
    MoveOrders,
    ListItems(u64),
    CreateItem(u64),
    GetItem(u64, u64),
    ReplaceItem(u64, u64),
    DeleteItem(u64, u64),
    ListShipments(u64),
    CreateShipment(u64),
    GetShipment(u64, u64),
    ReplaceShipment(u64, u64),
    DeleteShipment(u64, u64),
    BatchShipments,
    ListInventory,
    CreateInventory,
    GetInventory(u64),
    ReplaceInventory(u64),
    DeleteInventory(u64),
    BatchInventory,
}

impl Operation {
    /// Finds the operation of a method and a path below `/api/v2`. The status is the refusal: 404 for an
    /// unknown path, 405 for a method that the path does not take.
    pub(crate) fn parse(method: &str, path: &str) -> Result<Self, u16> {
        let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let id = |text: &str| text.parse::<u64>().unwrap_or(0);
        let found = match (method, segments.as_slice()) {
            ("GET", ["test"]) => Self::Test,
            ("GET", ["store"]) => Self::GetStore,
            ("GET", ["orders"]) => Self::ListOrders,
            ("POST", ["orders"]) => Self::CreateOrder,
            ("GET", ["orders", order]) => Self::GetOrder(id(order)),
            ("PUT", ["orders", order]) => Self::ReplaceOrder(id(order)),
            ("DELETE", ["orders", order]) => Self::DeleteOrder(id(order)),
            ("POST", ["orders", order, "order-history"]) => Self::AddHistory(id(order)),
            ("POST", ["move-orders"]) => Self::MoveOrders,
            ("GET", ["orders", order, "order-items"]) => Self::ListItems(id(order)),
            ("POST", ["orders", order, "order-items"]) => Self::CreateItem(id(order)),
            ("GET", ["orders", order, "order-items", item]) => Self::GetItem(id(order), id(item)),
            ("PUT", ["orders", order, "order-items", item]) => {
                Self::ReplaceItem(id(order), id(item))
            }
            ("DELETE", ["orders", order, "order-items", item]) => {
                Self::DeleteItem(id(order), id(item))
            }
            ("GET", ["orders", order, "shipments"]) => Self::ListShipments(id(order)),
            ("POST", ["orders", order, "shipments"]) => Self::CreateShipment(id(order)),
            ("GET", ["orders", order, "shipments", one]) => Self::GetShipment(id(order), id(one)),
            ("PUT", ["orders", order, "shipments", one]) => {
                Self::ReplaceShipment(id(order), id(one))
            }
            ("DELETE", ["orders", order, "shipments", one]) => {
                Self::DeleteShipment(id(order), id(one))
            }
            ("POST", ["batch-shipments"]) => Self::BatchShipments,
            ("GET", ["inventory-items"]) => Self::ListInventory,
            ("POST", ["inventory-items"]) => Self::CreateInventory,
            ("GET", ["inventory-items", item]) => Self::GetInventory(id(item)),
            ("PUT", ["inventory-items", item]) => Self::ReplaceInventory(id(item)),
            ("DELETE", ["inventory-items", item]) => Self::DeleteInventory(id(item)),
            ("PUT", ["batch-inventory-items"]) => Self::BatchInventory,
            (_, segments) => return Err(if is_known(segments) { 405 } else { 404 }),
        };
        Ok(found)
    }

    /// The order that the path names.
    pub(crate) fn order_id(path: &str) -> Option<u64> {
        let mut segments = path.trim_start_matches('/').split('/');
        (segments.next() == Some("orders")).then(|| segments.next()?.parse().ok())?
    }
}

fn is_known(segments: &[&str]) -> bool {
    matches!(
        segments,
        ["test" | "store" | "orders" | "move-orders"]
            | ["batch-shipments" | "inventory-items" | "batch-inventory-items"]
            | ["orders" | "inventory-items", _]
            | ["orders", _, "order-history" | "order-items" | "shipments"]
            | ["orders", _, "order-items" | "shipments", _]
    )
}
