//! The tools that change orders as a whole.

use orderdesk::{Decimal, Object, OrderId};

use crate::access::Access;
use crate::error::ApiError;
use crate::tool::{Hints, Need, Tool};
use crate::tools::receipt::ChangeReceipt;
use crate::tools::write::write_input;
use crate::validate;

/// Longest note of an order's history, in characters.
const NOTE_MAX: usize = 2_000;
/// Longest tracking address, in characters.
const URL_MAX: usize = 500;

/// Create an order.
pub struct OrdersCreate;

impl Tool for OrdersCreate {
    const NAME: &'static str = "orders_create";
    const TITLE: &'static str = "Create an order";
    const NEED: Need = Need::Access(Access::Propose);
    const HINTS: Hints = Hints::ADD;
    type Input = CreateOrder;
    type Output = ChangeReceipt;
}

write_input! {
    /// Creates an order in a store. `changes_undo` deletes it again; what Order Desk did with it meanwhile, such as
    /// sending e-mail, cannot be taken back.
    pub struct CreateOrder in a store {
        /// The order, with Order Desk's member names: at least one line in `order_items`, and a name or company in
        /// `shipping` or `customer`. Its number in the cart goes into `source_id`.
        pub order_data: Object,
    }
}

impl CreateOrder {
    fn check(&self) -> Result<(), ApiError> {
        validate::members("order_data", &self.order_data)
    }
}

/// Change an order.
pub struct OrdersUpdate;

impl Tool for OrdersUpdate {
    const NAME: &'static str = "orders_update";
    const TITLE: &'static str = "Change an order";
    const NEED: Need = Need::Access(Access::Propose);
    /// Not idempotent because of `repeat_notes`.
    const HINTS: Hints = Hints::OVERWRITE;
    type Input = UpdateOrder;
    type Output = ChangeReceipt;
}

write_input! {
    /// Changes the named members of an order and nothing else. `changes_undo` restores them. To move an order, or to
    /// add lines, shipments or history, use the tools for that.
    pub struct UpdateOrder in a store {
        /// The order's Order Desk id.
        pub order_id: OrderId,
        /// The members to change, with Order Desk's names. Objects such as `shipping` merge; `null` clears;
        /// `order_items` lists lines by `id`, each with the members to change; `order_notes` adds notes.
        pub changes: Object,
        /// Add a note even if the order has one with the same words.
        #[serde(default)]
        pub repeat_notes: bool,
    }
}

impl UpdateOrder {
    fn check(&self) -> Result<(), ApiError> {
        validate::members("changes", &self.changes)
    }
}

/// Delete an order.
pub struct OrdersDelete;

impl Tool for OrdersDelete {
    const NAME: &'static str = "orders_delete";
    const TITLE: &'static str = "Delete an order";
    const NEED: Need = Need::Access(Access::Propose);
    const HINTS: Hints = Hints::DESTROY;
    type Input = DeleteOrder;
    type Output = ChangeReceipt;
}

write_input! {
    /// Deletes an order. Order Desk cannot bring it back: `changes_undo` makes a new order of what was read, with
    /// another id and without shipments and history. Ask the person first; by default one must approve it.
    pub struct DeleteOrder in a store {
        /// The order's Order Desk id.
        pub order_id: OrderId,
    }
}

impl DeleteOrder {
    fn check(&self) -> Result<(), ApiError> {
        Ok(())
    }
}

/// Add a note to the history.
pub struct OrdersAddNote;

impl Tool for OrdersAddNote {
    const NAME: &'static str = "orders_add_note";
    const TITLE: &'static str = "Add a note to an order's history";
    const NEED: Need = Need::Access(Access::Propose);
    const HINTS: Hints = Hints::ADD;
    type Input = AddNote;
    type Output = ChangeReceipt;
}

write_input! {
    /// Adds a note to the history of an order, for the staff. It cannot be taken back. For a note in the order itself use
    /// `orders_update` with `order_notes`.
    pub struct AddNote in a store {
        /// The order's Order Desk id.
        pub order_id: OrderId,
        /// The note, 1 to 2000 characters.
        #[schemars(length(min = 1, max = 2000))]
        pub note: String,
    }
}

impl AddNote {
    fn check(&self) -> Result<(), ApiError> {
        validate::long_text("note", &self.note, NOTE_MAX)
    }
}

/// Move an order.
pub struct OrdersMove;

impl Tool for OrdersMove {
    const NAME: &'static str = "orders_move";
    const TITLE: &'static str = "Move an order to a folder";
    const NEED: Need = Need::Access(Access::Propose);
    const HINTS: Hints = Hints::DESTROY;
    type Input = MoveOrder;
    type Output = ChangeReceipt;
}

write_input! {
    /// Moves an order into another folder of its store. Order Desk then runs the merchant's rules for the folder, which
    /// may send e-mail or submit the order to fulfilment; `changes_undo` moves it back and cannot take that back.
    pub struct MoveOrder in a store {
        /// The order's Order Desk id.
        pub order_id: OrderId,
        /// The folder's id, or its name (case does not matter).
        pub folder: String,
    }
}

impl MoveOrder {
    fn check(&self) -> Result<(), ApiError> {
        validate::short_text("folder", &self.folder, validate::FILTER_MAX)
    }
}

/// Add a shipment.
pub struct OrdersAddShipment;

impl Tool for OrdersAddShipment {
    const NAME: &'static str = "orders_add_shipment";
    const TITLE: &'static str = "Add a shipment to an order";
    const NEED: Need = Need::Access(Access::Propose);
    const HINTS: Hints = Hints::ADD;
    type Input = AddShipment;
    type Output = ChangeReceipt;
}

write_input! {
    /// Records a shipment of an order. Order Desk may run rules for it, such as telling the customer; `changes_undo`
    /// removes the shipment and cannot take that back.
    pub struct AddShipment in a store {
        /// The order's Order Desk id.
        pub order_id: OrderId,
        /// The tracking number; `n/a` when there is none.
        pub tracking_number: String,
        /// The carrier, such as `UPS` or `USPS`.
        #[serde(default)]
        pub carrier_code: Option<String>,
        /// The carrier's service, such as `Priority Mail`.
        #[serde(default)]
        pub shipment_method: Option<String>,
        /// Weight, in the store's unit.
        #[serde(default)]
        #[schemars(with = "Option<serde_json::Number>")]
        pub weight: Option<Decimal>,
        /// What the shipment cost, in the store's currency.
        #[serde(default)]
        #[schemars(with = "Option<serde_json::Number>")]
        pub cost: Option<Decimal>,
        /// State of the delivery, such as `in_transit`.
        #[serde(default)]
        pub status: Option<String>,
        /// Where to follow it, http or https. Default: Order Desk's guess.
        #[serde(default)]
        pub tracking_url: Option<String>,
    }
}

impl AddShipment {
    fn check(&self) -> Result<(), ApiError> {
        let texts = [
            ("tracking_number", Some(&self.tracking_number)),
            ("carrier_code", self.carrier_code.as_ref()),
            ("shipment_method", self.shipment_method.as_ref()),
            ("status", self.status.as_ref()),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                validate::short_text(name, text, validate::FILTER_MAX)?;
            }
        }
        for (name, amount) in [("weight", &self.weight), ("cost", &self.cost)] {
            if amount.as_ref().is_some_and(Decimal::is_negative) {
                return Err(ApiError::invalid(
                    name,
                    format!("`{name}` must not be negative."),
                ));
            }
        }
        match &self.tracking_url {
            Some(url) => web_address("tracking_url", url),
            None => Ok(()),
        }
    }
}

/// An address that a customer may be sent to.
fn web_address(field: &str, url: &str) -> Result<(), ApiError> {
    validate::short_text(field, url, URL_MAX)?;
    let is_web = ["https://", "http://"].iter().any(|scheme| {
        url.strip_prefix(scheme)
            .is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace))
    });
    if is_web {
        return Ok(());
    }
    Err(ApiError::invalid(
        field,
        format!("`{field}` must be an address that begins with https:// or http://."),
    ))
}
