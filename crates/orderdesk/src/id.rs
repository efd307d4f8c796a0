//! Checked ids. Order Desk prints them as strings in one place and as numbers in another, and they
//! exceed 32 bits; here each is a short text that is safe in a path.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};

use crate::json::{Json, Number};

/// The longest id, in bytes. Order Desk's have 5 to 10 digits.
pub const MAX_ID: usize = 64;

/// The text cannot be an Order Desk id. It is not repeated here: it may be anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{what} must be 1 to 64 letters, digits, `_` or `-`, such as `4981200417`")]
pub struct IdError {
    what: &'static str,
}

impl IdError {
    /// Which id it was, in words: `order id`.
    pub fn what(self) -> &'static str {
        self.what
    }
}

fn is_id(text: &str) -> bool {
    (1..=MAX_ID).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        ///
        /// 1 to 64 ASCII letters, digits, `_` or `-`, so `../store` can never be one.
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Box<str>);

        impl $name {
            /// Checks a text.
            ///
            /// # Errors
            /// [`IdError`]: empty, too long, or holding any other character.
            pub fn new(text: &str) -> Result<Self, IdError> {
                if is_id(text) { Ok(Self(text.into())) } else { Err(IdError { what: $what }) }
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Reads an id Order Desk printed as string or number; `None` for anything else.
            pub fn from_json(json: &Json) -> Option<Self> {
                match json {
                    Json::String(_) | Json::Number(_) => Self::new(json.text()?).ok(),
                    _ => None,
                }
            }

            /// The id as Order Desk's write calls document it: a number where it is one.
            pub fn to_json(&self) -> Json {
                let number = Number::parse(&self.0)
                    .filter(|_| self.0.len() <= 18 && self.0.bytes().all(|byte| byte.is_ascii_digit()));
                number.map_or_else(|| Json::from(self.as_str()), Json::Number)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl From<u64> for $name {
            fn from(number: u64) -> Self {
                Self(number.to_string().into())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        /// From a string or a whole number.
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::from_json(&Json::deserialize(deserializer)?)
                    .ok_or_else(|| D::Error::custom(IdError { what: $what }))
            }
        }

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$" })
            }
        }
    };
}

id!(
    /// Order Desk's own id of an order (not the cart's `source_id`).
    OrderId, "order id"
);
id!(
    /// The id of a line of an order.
    OrderItemId, "order item id"
);
id!(
    /// The id of a shipment.
    ShipmentId, "shipment id"
);
id!(
    /// Order Desk's own id of a product (inventory item), not its SKU.
    ProductId, "product id"
);
id!(
    /// The id of a folder of a store.
    FolderId, "folder id"
);
id!(
    /// The id of a store, as its API settings page shows it.
    StoreId, "store id"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_leave_a_path_is_no_id() {
        let long = "9".repeat(65);
        for text in [
            "", "../store", "a/b", "%2e%2e", ".", "1 2", "1?x=1", "1#", "é", "1\n", &long,
        ] {
            assert!(OrderId::new(text).is_err(), "{text}");
        }
        for text in ["1", "4981200417", "SKU_1-a"] {
            assert_eq!(OrderId::new(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn strings_and_numbers_are_the_same_id() {
        let from = |text: &str| serde_json::from_str::<OrderId>(text);
        assert_eq!(
            from("4981200417").unwrap(),
            from(r#""4981200417""#).unwrap()
        );
        for text in ["-1", "1.5", "true", "null", "[]", r#""""#] {
            // `-1` passes the alphabet; nothing harmful follows, Order Desk just does not know it.
            assert_eq!(from(text).is_ok(), text == "-1", "{text}");
        }
        assert_eq!(OrderId::from(7).to_json().to_string(), "7");
        assert_eq!(
            OrderId::new("007").unwrap().to_json().to_string(),
            r#""007""#
        );
        assert_eq!(OrderId::new("a7").unwrap().to_json().to_string(), r#""a7""#);
    }
}
