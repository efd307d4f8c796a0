//! Order Desk's records. Each wraps the object as it came, so that nothing is ever lost on the way
//! back; the typed accessors read through Order Desk's loose types.

#[macro_use]
mod macros;

mod address;
mod note;
mod order;
mod order_item;
mod product;
mod shipment;
mod store;

pub use address::Address;
pub use macros::RecordError;
pub use note::{Discount, HistoryEntry, Note};
pub use order::Order;
pub use order_item::OrderItem;
pub use product::Product;
pub use shipment::Shipment;
pub use store::{Folder, REDACTED, StoreInfo};
