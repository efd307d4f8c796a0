//! What Order Desk holds, and silently cuts off beyond (`orderdesk-api.md` 4.1 and quirk 26).

use super::merge::{MergeError, MergeProblem};
use crate::Order;
use crate::json::Json;

/// Characters of all notes of an order together, with their dates and names.
pub const NOTES_MAX: usize = 2_000;
/// Characters of `order_metadata` as JSON.
pub const METADATA_MAX: usize = 2_000;
/// Characters of `checkout_data` as JSON.
pub const CHECKOUT_DATA_MAX: usize = 3_500;

impl Order {
    /// Refuses a member that has grown beyond what Order Desk keeps since `before`. One that was too long before and was
    /// not touched is left alone.
    ///
    /// # Errors
    /// [`MergeProblem::TooLong`] for the first such member.
    pub fn check_limits(&self, before: &Self) -> Result<(), MergeError> {
        for (name, most) in [
            ("order_notes", NOTES_MAX),
            ("order_metadata", METADATA_MAX),
            ("checkout_data", CHECKOUT_DATA_MAX),
        ] {
            let found = size(self, name);
            if found > most && found > size(before, name) {
                return Err(MergeError::at(name, MergeProblem::TooLong { found, most }));
            }
        }
        Ok(())
    }
}

fn size(order: &Order, name: &str) -> usize {
    if name == "order_notes" {
        let notes = order.order_notes();
        let parts = notes.iter().flat_map(|note| {
            [note.date_added(), note.username(), note.content()]
                .into_iter()
                .flatten()
        });
        return parts.map(|part| part.chars().count()).sum();
    }
    order
        .member(name)
        .filter(|value| !value.is_blank())
        .map_or(0, |value| Json::to_string(value).chars().count())
}
