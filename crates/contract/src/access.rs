//! What a key may do.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How far a key may go with orders and products, from least to most.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Look at stores, orders and products.
    Read,
    /// Also propose changes that a person must approve.
    Propose,
    /// Also change orders and products.
    Write,
}

impl Access {
    /// Every level, from least to most.
    pub const ALL: [Self; 3] = [Self::Read, Self::Propose, Self::Write];

    /// The level's name as it is stored, sent and typed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Propose => "propose",
            Self::Write => "write",
        }
    }
}

/// Whose secret a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeyKind {
    /// The owner's key of a workspace: opens the web app and manages stores and keys.
    Master,
    /// A scoped key for one assistant or script.
    Api,
}

impl KeyKind {
    /// Both kinds.
    pub const ALL: [Self; 2] = [Self::Master, Self::Api];

    /// The kind's name as it is stored, sent and typed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Master => "master",
            Self::Api => "api",
        }
    }
}

/// The text is not one of the allowed names, which the message lists.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not one of: {allowed}")]
pub struct UnknownName {
    given: String,
    allowed: &'static str,
}

impl UnknownName {
    pub(crate) fn new(given: &str, allowed: &'static str) -> Self {
        Self {
            given: given.into(),
            allowed,
        }
    }
}

impl FromStr for Access {
    type Err = UnknownName;
    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Self::ALL
            .into_iter()
            .find(|level| level.as_str() == text)
            .ok_or_else(|| UnknownName::new(text, "read, propose, write"))
    }
}

impl FromStr for KeyKind {
    type Err = UnknownName;
    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| UnknownName::new(text, "master, api"))
    }
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
