//! What travels to Order Desk.

use crate::Order;
use crate::json::Object;

impl Order {
    /// The body of a `PUT` of this order: all of it, because what is left out is blanked, without what is never taken
    /// from a `PUT` (shipments, history). The last digits of the card go under the name they are written by, since the
    /// name they are read by is not taken and they would be blanked (`orderdesk-api.md` 5).
    pub fn put_body(&self) -> Object {
        let mut body = self.as_object().clone();
        for name in ["order_shipments", "order_history", "execution_time"] {
            body.remove(name);
        }
        if let Some(digits) = self.card_digits() {
            body.insert("cc_number", digits);
        }
        body
    }

    /// The last four digits of the card, where they are known.
    fn card_digits(&self) -> Option<&str> {
        let masked = self.as_object().filled("cc_number_masked")?;
        let digits = masked.get(masked.len().checked_sub(4)?..)?;
        digits
            .bytes()
            .all(|byte| byte.is_ascii_digit())
            .then_some(digits)
    }
}
