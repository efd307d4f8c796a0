//! What is done to Order Desk, as it is kept sealed with the change.

use orderdesk::{FieldChange, Object};
use orderdesk_mcp_contract::views::change::RecordKind;
use serde::{Deserialize, Serialize};

/// One write, by the narrowest endpoint there is for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Operation {
    /// `POST /orders`. The order has a source id, by which it is found again.
    CreateOrder { order: Object },
    /// `PUT /orders/{id}` with the whole order.
    UpdateOrder { diff: Vec<FieldChange> },
    /// `DELETE /orders/{id}`.
    DeleteOrder,
    /// `POST /move-orders`.
    MoveOrder {
        folder_id: String,
        folder_name: String,
    },
    /// `POST /orders/{id}/order-history`. The mark stands in the entry's source name, where it is found again.
    AddNote { note: String, mark: String },
    /// `POST /orders/{id}/shipments`.
    AddShipment { shipment: Object },
    /// `DELETE /orders/{id}/shipments/{id}`.
    RemoveShipment { shipment_id: String },
    /// `POST /orders/{id}/order-items`, once for each line.
    AddItems { items: Vec<Object> },
    /// `PUT /orders/{id}/order-items/{id}` with the whole line.
    UpdateItem {
        item_id: String,
        diff: Vec<FieldChange>,
    },
    /// `DELETE /orders/{id}/order-items/{id}`, once for each line.
    RemoveItems { item_ids: Vec<String> },
    /// `PUT /inventory-items/{id}` with the whole product.
    UpdateProduct { diff: Vec<FieldChange> },
}

impl Operation {
    pub(super) fn record_kind(&self) -> RecordKind {
        match self {
            Self::UpdateProduct { .. } => RecordKind::Product,
            _ => RecordKind::Order,
        }
    }

    /// The requests that are sent, as Order Desk's documentation names them.
    pub(super) fn calls(&self) -> Vec<String> {
        let (call, times) = match self {
            Self::CreateOrder { .. } => ("POST /orders", 1),
            Self::UpdateOrder { .. } => ("PUT /orders/{id}", 1),
            Self::DeleteOrder => ("DELETE /orders/{id}", 1),
            Self::MoveOrder { .. } => ("POST /move-orders", 1),
            Self::AddNote { .. } => ("POST /orders/{id}/order-history", 1),
            Self::AddShipment { .. } => ("POST /orders/{id}/shipments", 1),
            Self::RemoveShipment { .. } => ("DELETE /orders/{id}/shipments/{id}", 1),
            Self::AddItems { items } => ("POST /orders/{id}/order-items", items.len()),
            Self::UpdateItem { .. } => ("PUT /orders/{id}/order-items/{id}", 1),
            Self::RemoveItems { item_ids } => {
                ("DELETE /orders/{id}/order-items/{id}", item_ids.len())
            }
            Self::UpdateProduct { .. } => ("PUT /inventory-items/{id}", 1),
        };
        vec![call.to_owned(); times]
    }

    /// Whether the write replaces or removes what was read, so that it must be read again right before: an addition
    /// takes nothing away.
    pub(super) fn needs_second_read(&self) -> bool {
        !matches!(self, Self::CreateOrder { .. } | Self::AddNote { .. })
    }

    /// The source id and name an order that is made is found again by.
    pub(super) fn source(&self) -> Option<(&str, Option<&str>)> {
        match self {
            Self::CreateOrder { order } => {
                Some((order.filled("source_id")?, order.filled("source_name")))
            }
            _ => None,
        }
    }
}
