//! What a tool asks to be changed.

use std::sync::Arc;

use orderdesk::{Object, OrderId, OrderItemId, ProductId};
use orderdesk_mcp_contract::tools::receipt::WriteOptions;
use orderdesk_mcp_storage::record::StoreRecord;

/// A change that a tool asks for.
pub(crate) struct ChangeRequest {
    /// The tool.
    pub(crate) tool: &'static str,
    /// The store.
    pub(crate) store: Arc<StoreRecord>,
    /// What to do.
    pub(crate) asked: Asked,
    /// How to do it.
    pub(crate) options: WriteOptions,
}

/// What to do, in the words of the tools.
pub(crate) enum Asked {
    /// Make an order.
    CreateOrder { order: Object },
    /// Merge these members into an order.
    UpdateOrder {
        id: OrderId,
        changes: Object,
        /// Add a note even when the order has one with the same words.
        repeat_notes: bool,
    },
    /// Delete an order.
    DeleteOrder { id: OrderId },
    /// Move an order into the folder with this id or name.
    MoveOrder { id: OrderId, folder: String },
    /// Add to an order's history.
    AddNote { id: OrderId, note: String },
    /// Record a shipment.
    AddShipment { id: OrderId, shipment: Object },
    /// Add lines.
    AddItems { id: OrderId, items: Vec<Object> },
    /// Merge these members into a line.
    UpdateItem {
        id: OrderId,
        item: OrderItemId,
        changes: Object,
    },
    /// Remove a line.
    RemoveItem { id: OrderId, item: OrderItemId },
    /// Merge these members into a product.
    UpdateProduct { id: ProductId, changes: Object },
    /// Change a product's stock by so many pieces, or set it.
    AdjustStock { id: ProductId, stock: NewStock },
}

/// A new stock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NewStock {
    /// So many pieces more, or fewer.
    By(i64),
    /// So many pieces.
    To(i64),
}
