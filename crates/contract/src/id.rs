//! Identifiers of our own rows.
//!
//! Each is a ULID (48 bits of milliseconds, 80 random bits) written as 26 lower-case Crockford base32
//! letters, so rows sort by age and an id can stand in a key, a path or a file name as it is.
//! Order Desk's own ids live in the `orderdesk` crate.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use ulid::Ulid;

/// The text is not one of our identifiers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier: expected 26 lower-case letters and digits")]
pub struct InvalidId;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Ulid);

        impl $name {
            /// Makes an id from a time in milliseconds since 1970 (its low 48 bits) and random bits
            /// (the low 80 are used).
            pub fn from_parts(millis: u64, random: u128) -> Self {
                Self(Ulid::from_parts(millis, random))
            }

            /// All of it: the time above, the random bits below.
            pub fn to_bits(self) -> u128 {
                self.0.into()
            }

            /// When it was made, in milliseconds since 1970.
            pub fn millis(self) -> u64 {
                self.0.timestamp_ms()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_lower(self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_lower(self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                parse_lower(text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn inline_schema() -> bool {
                true
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string" })
            }
        }
    )*};
}

ids! {
    /// One customer's workspace.
    TenantId,
    /// A bearer key; it stands in the key's text, so a lookup needs no search.
    KeyId,
    /// Our row of a store, not Order Desk's store id.
    StoreUid,
    /// One recorded call.
    TraceId,
    /// A change: one write to Order Desk.
    ChangeId,
    /// A call of the console, run or saved.
    ConsoleCallId,
    /// A query of recorded calls that a person keeps under a name.
    TraceViewId,
    /// An alert on recorded calls.
    AlertId,
    /// Something that an alert told of.
    AlertEventId,
    /// Exports of recorded calls on a schedule.
    ScheduleId,
    /// A browser session as people see it in lists; not the cookie's secret.
    SessionId,
    /// A person, the same in every workspace.
    UserId,
    /// An invitation to a workspace; it stands in the invitation's code.
    InviteId,
}

fn write_lower(ulid: Ulid, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut buffer = [0; ulid::ULID_LEN];
    let text = ulid.array_to_str(&mut buffer);
    text.make_ascii_lowercase();
    f.write_str(text)
}

fn parse_lower(text: &str) -> Result<Ulid, InvalidId> {
    // One spelling only: upper case and Crockford's aliases would give one row several names.
    if text.len() != ulid::ULID_LEN || text.bytes().any(|b| b.is_ascii_uppercase()) {
        return Err(InvalidId);
    }
    Ulid::from_string(text).map_err(|_| InvalidId)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_one_spelling() {
        let id = TenantId::from_parts(1_764_000_000_000, 42);
        let text = id.to_string();
        assert_eq!(text.len(), 26);
        assert_eq!(text, text.to_ascii_lowercase());
        assert_eq!(text.parse::<TenantId>(), Ok(id));
        assert!(text.to_ascii_uppercase().parse::<TenantId>().is_err());
        for bad in ["", "short", "../store", "01kb9ct5q8000000000000001!"] {
            assert!(bad.parse::<TenantId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn sorts_by_time() {
        let early = TraceId::from_parts(1, u128::MAX);
        let late = TraceId::from_parts(2, 0);
        assert!(early < late && early.to_string() < late.to_string());
        assert_eq!((early.millis(), late.millis()), (1, 2));
    }
}
