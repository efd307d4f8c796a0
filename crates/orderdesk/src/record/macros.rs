/// The value is not an object, so it cannot be that record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected {what} as an object, found a {found}")]
pub struct RecordError {
    /// The record, in words: `an order`.
    pub what: &'static str,
    /// The kind that came instead: `list`.
    pub found: &'static str,
}

/// Defines a record: a wrapper of an ordered object that serialises back equal.
macro_rules! record {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        ///
        /// Wraps the ordered object: members this crate does not know are kept and written back.
        /// `Debug` tells the number of members only.
        #[derive(Clone, PartialEq, Eq, Default)]
        pub struct $name($crate::json::Object);

        impl $name {
            /// The whole record.
            pub fn as_object(&self) -> &$crate::json::Object {
                &self.0
            }

            /// The whole record, to change.
            pub fn as_object_mut(&mut self) -> &mut $crate::json::Object {
                &mut self.0
            }

            /// The whole record, taken out.
            pub fn into_object(self) -> $crate::json::Object {
                self.0
            }

            /// Any member by its Order Desk name.
            pub fn member(&self, name: &str) -> Option<&$crate::json::Json> {
                self.0.get(name)
            }
        }

        impl AsRef<$crate::json::Object> for $name {
            fn as_ref(&self) -> &$crate::json::Object {
                &self.0
            }
        }

        impl From<$crate::json::Object> for $name {
            fn from(object: $crate::json::Object) -> Self {
                Self(object)
            }
        }

        impl From<$name> for $crate::json::Object {
            fn from(record: $name) -> Self {
                record.0
            }
        }

        impl From<$name> for $crate::json::Json {
            fn from(record: $name) -> Self {
                Self::Object(record.0)
            }
        }

        impl TryFrom<$crate::json::Json> for $name {
            type Error = $crate::record::RecordError;

            fn try_from(json: $crate::json::Json) -> Result<Self, Self::Error> {
                match json {
                    $crate::json::Json::Object(object) => Ok(Self(object)),
                    other => {
                        Err($crate::record::RecordError { what: $what, found: other.kind() })
                    }
                }
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({} members)", stringify!($name), self.0.len())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serde::Serialize::serialize(&self.0, serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                let json = <$crate::json::Json as serde::Deserialize>::deserialize(deserializer)?;
                Self::try_from(json).map_err(serde::de::Error::custom)
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "object",
                    "description": concat!("The whole of ", $what, " as Order Desk holds it.")
                })
            }
        }
    };
}

/// Writes accessors named like the members they read.
///
/// `text`: filled text, `None` when absent, `null` or blank. `decimal`: an exact number. `integer`:
/// a whole number. `flag`: set or not. `map`: entries in order. `address`: an address, empty when
/// absent. `list(T)`: records.
macro_rules! accessors {
    ($($(#[$doc:meta])* $kind:ident $(($of:ty))? $name:ident;)*) => {
        $(accessors!(@$kind $(($of))? $(#[$doc])* $name);)*
    };
    (@text $(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        pub fn $name(&self) -> Option<&str> {
            self.0.filled(stringify!($name))
        }
    };
    (@decimal $(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        pub fn $name(&self) -> Option<$crate::Decimal> {
            self.0.decimal(stringify!($name))
        }
    };
    (@integer $(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        pub fn $name(&self) -> Option<i64> {
            self.0.integer(stringify!($name))
        }
    };
    (@flag $(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        pub fn $name(&self) -> bool {
            self.0.flag(stringify!($name))
        }
    };
    (@map $(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        pub fn $name(&self) -> Vec<$crate::json::Entry<'_>> {
            self.0.entries(stringify!($name))
        }
    };
    (@address $(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        pub fn $name(&self) -> $crate::record::Address {
            self.0.get(stringify!($name)).map($crate::record::Address::read).unwrap_or_default()
        }
    };
    (@list ($of:ty) $(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        pub fn $name(&self) -> Vec<$of> {
            self.0.records(stringify!($name))
        }
    };
    (@id ($of:ty) $(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        pub fn $name(&self) -> Option<$of> {
            self.0.get(stringify!($name)).and_then(<$of>::from_json)
        }
    };
}
