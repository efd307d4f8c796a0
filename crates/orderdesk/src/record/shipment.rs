use super::OrderItem;
use crate::{OrderId, ShipmentId, StoreId};

record!(
    /// A shipment of an order. Order Desk prints all its values as strings.
    Shipment, "a shipment"
);

impl Shipment {
    accessors! {
        /// Its id.
        id(ShipmentId) id;
        /// The order it belongs to.
        id(OrderId) order_id;
        /// The store it belongs to.
        id(StoreId) store_id;
        /// Tracking number; `n/a` when there is none.
        text tracking_number;
        /// `UPS`, `USPS`, ...
        text carrier_code;
        /// Service of the carrier.
        text shipment_method;
        /// Weight.
        decimal weight;
        /// Cost; `None` when unknown.
        decimal cost;
        /// Status, where a carrier's webhook sets one.
        text status;
        /// Where to follow it; guessed by Order Desk when not given.
        text tracking_url;
        /// True once its label was printed.
        flag print_status;
        /// The parcel's items; empty when it holds the whole order.
        list(OrderItem) order_items;
        /// The day it left, `YYYY-MM-DD`.
        text date_shipped;
        /// When it was recorded, UTC.
        text date_added;
    }
}
