use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::FilterError;

/// Which end comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
pub enum Direction {
    /// Smallest first.
    #[serde(rename = "ASC", alias = "asc")]
    Ascending,
    /// Largest first; Order Desk's default.
    #[default]
    #[serde(rename = "DESC", alias = "desc")]
    Descending,
}

impl Direction {
    /// `ASC` or `DESC`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ascending => "ASC",
            Self::Descending => "DESC",
        }
    }
}

/// The name of a member to sort by: `date_added`, `shipping_last_name`, ...
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FieldName(Box<str>);

impl FieldName {
    /// Checks a text: 1 to 64 lower-case letters, digits or `_`, a letter first.
    ///
    /// # Errors
    /// [`FilterError::Field`].
    pub fn new(text: &str) -> Result<Self, FilterError> {
        let fits = (1..=64).contains(&text.len())
            && text.starts_with(|letter: char| letter.is_ascii_lowercase())
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if fits {
            Ok(Self(text.into()))
        } else {
            Err(FilterError::Field)
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for FieldName {
    type Error = FilterError;

    fn try_from(text: String) -> Result<Self, FilterError> {
        Self::new(&text)
    }
}

impl From<FieldName> for String {
    fn from(name: FieldName) -> Self {
        name.0.into()
    }
}

impl fmt::Display for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl JsonSchema for FieldName {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "FieldName".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[a-z][a-z0-9_]{0,63}$" })
    }
}

/// A page size: 1 to 500. Order Desk's own default is 50.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Limit(u32);

impl Limit {
    /// The largest page.
    pub const MAX: Self = Self(500);
    /// What Order Desk takes when nothing is said.
    pub const DEFAULT: Self = Self(50);

    /// Checks a page size.
    ///
    /// # Errors
    /// [`FilterError::Limit`].
    pub fn new(limit: u32) -> Result<Self, FilterError> {
        if (1..=500).contains(&limit) {
            Ok(Self(limit))
        } else {
            Err(FilterError::Limit)
        }
    }

    /// The number.
    pub fn get(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for Limit {
    type Error = FilterError;

    fn try_from(limit: u32) -> Result<Self, FilterError> {
        Self::new(limit)
    }
}

impl From<Limit> for u32 {
    fn from(limit: Limit) -> Self {
        limit.0
    }
}

impl JsonSchema for Limit {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Limit".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 1, "maximum": 500 })
    }
}
