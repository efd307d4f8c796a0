use super::{Discount, HistoryEntry, Note, OrderItem, Shipment};
use crate::{FolderId, OrderId};

record!(
    /// An order. Members and their types: `orderdesk-api.md` 4.1.
    Order, "an order"
);

impl Order {
    accessors! {
        /// Order Desk's id.
        id(OrderId) id;
        /// The id in the cart it came from; free text.
        text source_id;
        /// The cart it came from: `Shopify`, `Order Desk`, ...
        text source_name;
        /// The folder it lies in: exactly one.
        id(FolderId) folder_id;
        /// The buyer's e-mail address.
        text email;
        /// How it is to be shipped.
        text shipping_method;
        /// Sum of the items' quantities.
        decimal quantity_total;
        /// Sum of the items' weights.
        decimal weight_total;
        /// Sum of the items' prices.
        decimal product_total;
        /// Shipping charge.
        decimal shipping_total;
        /// Handling charge.
        decimal handling_total;
        /// Tax.
        decimal tax_total;
        /// Sum of discounts, positive.
        decimal discount_total;
        /// Products + shipping + handling + tax - discounts.
        decimal order_total;
        /// What the payment processor still holds.
        decimal processor_balance;
        /// Refunded so far; absent in older replies.
        decimal refund_total;
        /// How it was paid: `Visa`, `PayPal`, ...
        text payment_type;
        /// `Captured`, `Pending`, `Fully Refunded`, ...
        text payment_status;
        /// The gateway's answer, `<gateway>: <transaction id>`.
        text processor_response;
        /// The buyer's id in the cart.
        text customer_id;
        /// The buyer's IP address; not always a possible one.
        text ip_address;
        /// Tag shown in Order Desk.
        text tag_name;
        /// Colour of the tag.
        text tag_color;
        /// Where it was sent for fulfilment.
        text fulfillment_name;
        /// Its id there.
        text fulfillment_id;
        /// When it came in, UTC, `YYYY-MM-DD HH:MM:SS`.
        text date_added;
        /// When it last changed, UTC, to the second.
        text date_updated;
        /// Where to ship.
        address shipping;
        /// Who ordered.
        address customer;
        /// Where returns go.
        address return_address;
        /// Data the buyer gave, visible in Order Desk, in order.
        map checkout_data;
        /// Hidden data of integrations, in order.
        map order_metadata;
        /// Discounts.
        list(Discount) discount_list;
        /// Notes of the staff.
        list(Note) order_notes;
        /// Lines.
        list(OrderItem) order_items;
        /// Shipments; a write of the order does not change them.
        list(Shipment) order_shipments;
        /// History; only when asked for.
        list(HistoryEntry) order_history;
    }
}
