#![doc = include_str!("../README.md")]

mod change;
mod decimal;
mod filter;
mod id;
mod json;
#[macro_use]
mod record;
mod reply;
mod version;

#[cfg(feature = "client")]
pub mod client;

pub use change::{
    Applied, CHECKOUT_DATA_MAX, Conflict, FieldChange, FieldPath, METADATA_MAX, MergeError,
    MergeProblem, NOTES_MAX, NewNotes, PathError, Step,
};
pub use decimal::{Decimal, DecimalError};
pub use filter::{
    Direction, FieldName, FilterDate, FilterError, Limit, OrderFilter, ProductCode, ProductFilter,
};
pub use id::{FolderId, IdError, MAX_ID, OrderId, OrderItemId, ProductId, ShipmentId, StoreId};
pub use json::{Entry, Json, JsonError, MAX_DEPTH, MAX_VALUES, Number, Object};
pub use record::{
    Address, Discount, Folder, HistoryEntry, Note, Order, OrderItem, Product, REDACTED,
    RecordError, Shipment, StoreInfo,
};
pub use reply::{BatchEntry, Envelope, EnvelopeError, MAX_MESSAGE, Page, Status};
