//! The tools of orders: reading, changing, and changing their lines.

mod filters;
mod lines;
mod read;
mod write;

pub use filters::{ListOrders, SortDirection};
pub use lines::{
    AddItems, OrdersAddItems, OrdersRemoveItem, OrdersUpdateItem, RemoveItem, UpdateItem,
};
pub use read::{GetOrder, OrderPage, OrderRead, OrderSummary, OrdersGet, OrdersList};
pub use write::{
    AddNote, AddShipment, CreateOrder, DeleteOrder, MoveOrder, OrdersAddNote, OrdersAddShipment,
    OrdersCreate, OrdersDelete, OrdersMove, OrdersUpdate, UpdateOrder,
};

use orderdesk::StoreId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How much of a record to return.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// The few members that tell records apart.
    Summary,
    /// Everything Order Desk has.
    Full,
}

/// A part of an order that can be asked for beside the summary.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum OrderPart {
    /// The lines of the order.
    Items,
    /// Shipping, customer and return address.
    Addresses,
    /// Totals, discounts, payment type and status.
    Payment,
    /// Notes of the staff.
    Notes,
    /// Shipments and tracking numbers.
    Shipments,
    /// What happened to the order (slower: it is read apart).
    History,
    /// Checkout data and metadata.
    Metadata,
}

/// Which store an answer is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StoreRef {
    /// Order Desk's store id.
    pub store_id: StoreId,
    /// The store's name in this workspace.
    pub store_name: String,
}
