use std::fmt;

use super::{Number, Object};

/// Any JSON value, kept exactly: numbers as the text they arrived in, objects in their order.
///
/// Two values are equal when they print the same text, so `19` differs from `19.00`; compare
/// meanings through [`crate::Order::version`] and its kin. A key that occurs twice keeps its first
/// place and its last value, as PHP and browsers do.
///
/// `Debug` tells kind and size only, because orders hold customers' data; use `to_string()` where
/// the content is really wanted.
#[derive(Clone, PartialEq, Eq, Default)]
pub enum Json {
    /// `null`.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as its exact text.
    Number(Number),
    /// A string, with escapes resolved.
    String(String),
    /// A list.
    Array(Vec<Json>),
    /// An ordered map.
    Object(Object),
}

impl Json {
    /// The text of a string; `None` for any other kind.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The members of an object; `None` for any other kind.
    pub fn as_object(&self) -> Option<&Object> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The members of an object, to change; `None` for any other kind.
    pub fn as_object_mut(&mut self) -> Option<&mut Object> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The elements of a list; `None` for any other kind.
    pub fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(elements) => Some(elements),
            _ => None,
        }
    }

    /// True for `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// True for what Order Desk prints for "nothing": `null`, `""`, `[]` and `{}`.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Null => true,
            Self::String(text) => text.is_empty(),
            Self::Array(elements) => elements.is_empty(),
            Self::Object(object) => object.is_empty(),
            Self::Bool(_) | Self::Number(_) => false,
        }
    }

    /// The kind in one word, for messages: `null`, `boolean`, `number`, `string`, `list`, `object`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::String(_) => "string",
            Self::Array(_) => "list",
            Self::Object(_) => "object",
        }
    }

    /// The value a JSON Pointer (RFC 6901) names, e.g. `/order_items/0/metadata`; `""` is itself.
    pub fn pointer(&self, pointer: &str) -> Option<&Self> {
        if pointer.is_empty() {
            return Some(self);
        }
        pointer
            .strip_prefix('/')?
            .split('/')
            .try_fold(self, |at, step| {
                let step = step.replace("~1", "/").replace("~0", "~");
                match at {
                    Self::Object(object) => object.get(&step),
                    Self::Array(elements) => elements.get(step.parse::<usize>().ok()?),
                    _ => None,
                }
            })
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(_) => f.write_str("boolean"),
            Self::Number(_) => f.write_str("number"),
            Self::String(text) => write!(f, "string of {} bytes", text.len()),
            Self::Array(elements) => write!(f, "list of {}", elements.len()),
            Self::Object(object) => fmt::Debug::fmt(object, f),
        }
    }
}

/// The compact JSON text.
impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}
