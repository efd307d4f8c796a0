//! One short text for the content of a record: Order Desk has no ETag, so this is ours.

mod canonical;
mod kinds;

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::json::{Json, Object};
use crate::{Order, OrderItem, Product, Shipment};

pub(crate) use canonical::{member as canonical_member, record as canonical_record};
pub(crate) use kinds::{Kind, Member, member as member_kind, names as member_names};

macro_rules! versioned {
    ($($record:ty, $name:literal, $kind:expr;)*) => {$(
        impl $record {
            /// The record in one canonical form; equal exactly when the content is the same.
            ///
            /// * Members are sorted by name, at every depth. Lists keep their order.
            /// * Amounts, weights and counts (`price`, `order_total`, `stock`, ...) are compared by
            ///   value whether number or string: `19`, `19.00` and `"19"` are the same.
            /// * Other known members are compared as text: id `437` is `"437"`.
            /// * Known members that are blank (`null`, `""`, `[]`, `{}`, or an address of blanks)
            ///   are as good as absent. Zero is not blank.
            /// * Maps (`metadata`, `checkout_data`, ...) printed as a list are maps with the keys
            ///   0, 1, 2. Inside maps and unknown members `19` and `19.00` are the same but the
            ///   string `"19"` is another value, `[]` equals `{}`, and `null` stays apart from absent.
            /// * Left out, because they change without anybody editing this record, or come only
            ///   when asked for: `date_updated`, `email_count`, `order_history`, `execution_time`.
            pub fn normalised(&self) -> Json {
                Json::Object(canonical::record($kind, self.as_object()))
            }

            /// A hash of [`Self::normalised`]: `v1-` and the first 16 hex digits of the SHA-256 of
            /// the record's kind, a line feed and the compact JSON text. Stable across processes,
            /// machines and releases; a new rule takes a new prefix.
            pub fn version(&self) -> String {
                hash($name, &self.normalised())
            }
        }
    )*};
}

versioned! {
    Order, "order", Kind::Order;
    OrderItem, "order_item", Kind::OrderItem;
    Shipment, "shipment", Kind::Shipment;
    Product, "product", Kind::Product;
}

fn hash(name: &str, normalised: &Json) -> String {
    let digest = Sha256::digest(format!("{name}\n{normalised}"));
    digest
        .iter()
        .take(8)
        .fold("v1-".to_owned(), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

impl Json {
    /// This value with members sorted and numbers in their plain spelling, as inside the maps of
    /// [`Order::normalised`].
    pub fn normalised(&self) -> Self {
        canonical::value(self)
    }
}

/// The kind of an order's member, for those that compare single members.
impl Order {
    /// The canonical form of one member of an order, by the rules of [`Order::normalised`]; `None`
    /// when it is blank or not compared. Two values of `name` mean the same when these are equal.
    pub fn normalised_member(name: &str, value: &Json) -> Option<Json> {
        canonical::member(Kind::Order, name, value)
    }
}

impl Product {
    /// The canonical form of one member of a product; see [`Order::normalised_member`].
    pub fn normalised_member(name: &str, value: &Json) -> Option<Json> {
        canonical::member(Kind::Product, name, value)
    }
}

/// Members sorted by name.
fn sorted(mut members: Vec<(String, Json)>) -> Object {
    members.sort_by(|left, right| left.0.cmp(&right.0));
    members.into_iter().collect()
}
