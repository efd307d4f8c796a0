use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::{FilterError, Limit, is_search_text};

/// The most codes one query may name.
const MAX_CODES: usize = 100;

/// A SKU to search for. No commas: Order Desk would read two SKUs.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProductCode(Box<str>);

impl ProductCode {
    /// Checks a text.
    ///
    /// # Errors
    /// [`FilterError::Code`].
    pub fn new(text: &str) -> Result<Self, FilterError> {
        if is_search_text(text) && !text.contains(',') {
            Ok(Self(text.into()))
        } else {
            Err(FilterError::Code)
        }
    }

    /// The SKU.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ProductCode {
    type Error = FilterError;

    fn try_from(text: String) -> Result<Self, FilterError> {
        Self::new(&text)
    }
}

impl From<ProductCode> for String {
    fn from(code: ProductCode) -> Self {
        code.0.into()
    }
}

impl JsonSchema for ProductCode {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "ProductCode".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[^,]+$" })
    }
}

/// Which products to list. There is no text search upstream.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ProductFilter {
    /// SKUs; products with any of them. At most 100.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<ProductCode>,
    /// Page size, 1 to 500; Order Desk seems to take 50.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<Limit>,
    /// Records to skip.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<u32>,
}

impl ProductFilter {
    /// Checks what the types do not.
    ///
    /// # Errors
    /// [`FilterError::TooMany`].
    pub fn validate(&self) -> Result<(), FilterError> {
        if self.codes.len() > MAX_CODES {
            return Err(FilterError::TooMany("codes", MAX_CODES));
        }
        Ok(())
    }

    /// The query, always in the same order.
    pub fn query_pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        if !self.codes.is_empty() {
            let codes: Vec<_> = self.codes.iter().map(ProductCode::as_str).collect();
            pairs.push(("code", codes.join(",")));
        }
        pairs.extend(self.limit.map(|limit| ("limit", limit.get().to_string())));
        pairs.extend(self.offset.map(|offset| ("offset", offset.to_string())));
        pairs
    }
}
