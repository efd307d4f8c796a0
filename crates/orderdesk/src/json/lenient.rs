//! Reading members whose type Order Desk is loose about.

use std::borrow::Cow;

use super::{Json, Object};
use crate::Decimal;

/// One entry of a map-like member.
pub type Entry<'a> = (Cow<'a, str>, &'a Json);

impl Json {
    /// Text: a string, or a number's or boolean's own text (flags come as `"1"`, `1` and `true`).
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            Self::Number(number) => Some(number.as_str()),
            Self::Bool(true) => Some("1"),
            Self::Bool(false) => Some("0"),
            _ => None,
        }
    }

    /// A number or numeric string as a decimal; `None` for blank or anything else.
    pub fn decimal(&self) -> Option<Decimal> {
        match self {
            Self::Number(number) => Decimal::parse(number.as_str()),
            Self::String(text) => Decimal::parse(text),
            _ => None,
        }
    }

    /// The entries of a map: an object's members, or a list's elements under their index, because
    /// PHP prints a map with the keys 0, 1, 2 as a list and an empty map as `[]`. Else nothing.
    pub fn entries(&self) -> Vec<Entry<'_>> {
        match self {
            Self::Object(object) => object
                .iter()
                .map(|(name, value)| (Cow::Borrowed(name), value))
                .collect(),
            Self::Array(elements) => elements
                .iter()
                .enumerate()
                .map(|(index, value)| (Cow::Owned(index.to_string()), value))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// The elements of a list, or an object's values: PHP prints a list with a gap as an object.
    /// Blank forms (`""`, `null`) give nothing.
    pub fn elements(&self) -> Vec<&Self> {
        match self {
            Self::Array(elements) => elements.iter().collect(),
            Self::Object(object) => object.iter().map(|(_, value)| value).collect(),
            _ => Vec::new(),
        }
    }
}

impl Object {
    /// The member as text, blank included; `None` when absent, `null`, a list or an object.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.text()
    }

    /// The member as text that is not blank.
    pub fn filled(&self, name: &str) -> Option<&str> {
        self.text(name).filter(|text| !text.is_empty())
    }

    /// The member as a decimal, from a number or numeric string.
    pub fn decimal(&self, name: &str) -> Option<Decimal> {
        self.get(name)?.decimal()
    }

    /// The member as a whole number; `"3"`, `3` and `3.0` are the same.
    pub fn integer(&self, name: &str) -> Option<i64> {
        self.decimal(name)?.to_integer()
    }

    /// The member as a flag: `"1"`, `1` and `true` are set; anything else, or absence, is not.
    pub fn flag(&self, name: &str) -> bool {
        self.integer(name) == Some(1) || self.get(name) == Some(&Json::Bool(true))
    }

    /// The member as a map; see [`Json::entries`].
    pub fn entries(&self, name: &str) -> Vec<Entry<'_>> {
        self.get(name).map(Json::entries).unwrap_or_default()
    }

    /// The member as a list of records; what is not an object is left out here (never from the
    /// record itself).
    pub fn records<R: From<Self>>(&self, name: &str) -> Vec<R> {
        let elements = self.get(name).map(Json::elements).unwrap_or_default();
        elements
            .into_iter()
            .filter_map(Json::as_object)
            .cloned()
            .map(R::from)
            .collect()
    }
}
