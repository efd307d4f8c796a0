//! The tools that change single lines of an order.

use orderdesk::{Object, OrderId, OrderItemId};

use crate::access::Access;
use crate::error::ApiError;
use crate::tool::{Hints, Need, Tool};
use crate::tools::receipt::ChangeReceipt;
use crate::tools::write::write_input;
use crate::validate;

/// Most lines added by one call: each is a request to Order Desk.
const ITEMS_MAX: usize = 50;

/// Add lines.
pub struct OrdersAddItems;

impl Tool for OrdersAddItems {
    const NAME: &'static str = "orders_add_items";
    const TITLE: &'static str = "Add lines to an order";
    const NEED: Need = Need::Access(Access::Propose);
    const HINTS: Hints = Hints::ADD;
    type Input = AddItems;
    type Output = ChangeReceipt;
}

write_input! {
    /// Adds lines to an order; Order Desk works the totals out anew. `changes_undo` removes them.
    pub struct AddItems in a store {
        /// The order's Order Desk id.
        pub order_id: OrderId,
        /// 1 to 50 lines with Order Desk's member names: `name` or `code` (the SKU), and such as `quantity`, `price`,
        /// `weight`, `variation_list`.
        #[schemars(length(min = 1, max = 50))]
        pub items: Vec<Object>,
    }
}

impl AddItems {
    fn check(&self) -> Result<(), ApiError> {
        let count = self.items.len();
        if !(1..=ITEMS_MAX).contains(&count) {
            return Err(ApiError::invalid(
                "items",
                format!("`items` takes 1 to {ITEMS_MAX} lines; these are {count}."),
            ));
        }
        for (place, item) in self.items.iter().enumerate() {
            let is_named = ["name", "code"].iter().any(|member| {
                item.filled(member)
                    .is_some_and(|text| !text.trim().is_empty())
            });
            if !is_named {
                return Err(ApiError::invalid(
                    format!("items[{place}]"),
                    format!("`items[{place}]` needs a `name` or a `code`, which is the SKU."),
                ));
            }
        }
        Ok(())
    }
}

/// Change a line.
pub struct OrdersUpdateItem;

impl Tool for OrdersUpdateItem {
    const NAME: &'static str = "orders_update_item";
    const TITLE: &'static str = "Change a line of an order";
    const NEED: Need = Need::Access(Access::Propose);
    const HINTS: Hints = Hints::DESTROY;
    type Input = UpdateItem;
    type Output = ChangeReceipt;
}

write_input! {
    /// Changes the named members of one line of an order and nothing else; Order Desk works the totals out anew.
    /// `changes_undo` restores them.
    pub struct UpdateItem in a store {
        /// The order's Order Desk id.
        pub order_id: OrderId,
        /// The line's id, as `orders_get` gives it in `order_items`.
        pub order_item_id: OrderItemId,
        /// The members to change, with Order Desk's names, such as `quantity` or `price`; `null` clears.
        pub changes: Object,
    }
}

impl UpdateItem {
    fn check(&self) -> Result<(), ApiError> {
        validate::members("changes", &self.changes)
    }
}

/// Remove a line.
pub struct OrdersRemoveItem;

impl Tool for OrdersRemoveItem {
    const NAME: &'static str = "orders_remove_item";
    const TITLE: &'static str = "Remove a line of an order";
    const NEED: Need = Need::Access(Access::Propose);
    const HINTS: Hints = Hints::DESTROY;
    type Input = RemoveItem;
    type Output = ChangeReceipt;
}

write_input! {
    /// Removes one line of an order; Order Desk works the totals out anew. `changes_undo` adds it again, with another id.
    pub struct RemoveItem in a store {
        /// The order's Order Desk id.
        pub order_id: OrderId,
        /// The line's id, as `orders_get` gives it in `order_items`.
        pub order_item_id: OrderItemId,
    }
}

impl RemoveItem {
    fn check(&self) -> Result<(), ApiError> {
        Ok(())
    }
}
