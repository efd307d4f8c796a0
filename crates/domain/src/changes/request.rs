//! What a tool asks to be changed.

use std::sync::Arc;

use orderdesk::{Json, Object, OrderId, OrderItemId, ProductId};
use orderdesk_mcp_contract::tools::receipt::WriteOptions;
use orderdesk_mcp_contract::views::change::RecordKind;
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

impl Asked {
    /// What is asked for, with all its values, as one text; equal for equal wishes.
    pub(super) fn in_text(&self) -> String {
        let object = |object: &Object| Json::from(object.clone()).normalised().to_string();
        match self {
            Self::CreateOrder { order } => format!("create {}", object(order)),
            Self::UpdateOrder {
                id,
                changes,
                repeat_notes,
            } => format!("update {id} {repeat_notes} {}", object(changes)),
            Self::DeleteOrder { id } => format!("delete {id}"),
            Self::MoveOrder { id, folder } => format!("move {id} {folder}"),
            Self::AddNote { id, note } => format!("note {id} {note}"),
            Self::AddShipment { id, shipment } => format!("ship {id} {}", object(shipment)),
            Self::AddItems { id, items } => {
                let items: Vec<_> = items.iter().map(object).collect();
                format!("add {id} {}", items.join("\n"))
            }
            Self::UpdateItem { id, item, changes } => {
                format!("line {id} {item} {}", object(changes))
            }
            Self::RemoveItem { id, item } => format!("remove {id} {item}"),
            Self::UpdateProduct { id, changes } => format!("product {id} {}", object(changes)),
            Self::AdjustStock { id, stock } => format!("stock {id} {stock:?}"),
        }
    }

    /// Order or product, and which; an order that is only being made has no id.
    pub(super) fn target(&self) -> (RecordKind, Option<&str>) {
        match self {
            Self::CreateOrder { .. } => (RecordKind::Order, None),
            Self::UpdateOrder { id, .. }
            | Self::DeleteOrder { id }
            | Self::MoveOrder { id, .. }
            | Self::AddNote { id, .. }
            | Self::AddShipment { id, .. }
            | Self::AddItems { id, .. }
            | Self::UpdateItem { id, .. }
            | Self::RemoveItem { id, .. } => (RecordKind::Order, Some(id.as_str())),
            Self::UpdateProduct { id, .. } | Self::AdjustStock { id, .. } => {
                (RecordKind::Product, Some(id.as_str()))
            }
        }
    }
}
