use crate::{FolderId, OrderId, ProductId};

record!(
    /// The outcome of one entry of a batch (`move-orders`, `batch-shipments`,
    /// `batch-inventory-items`). An entry can fail inside a successful answer.
    BatchEntry, "a batch result"
);

impl BatchEntry {
    accessors! {
        /// The order it is about.
        id(OrderId) order_id;
        /// The folder the order came from (`move-orders`).
        id(FolderId) original_folder_id;
        /// The product it is about (`batch-inventory-items`).
        id(ProductId) id;
        /// What Order Desk says of it.
        text message;
    }

    /// Whether the entry succeeded: `None` when it has no status, as in `move-orders`.
    pub fn is_success(&self) -> Option<bool> {
        match self.0.text("status")? {
            "success" => Some(true),
            "error" => Some(false),
            _ => None,
        }
    }
}
