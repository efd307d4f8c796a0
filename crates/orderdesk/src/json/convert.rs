use std::str::FromStr;

use serde_json::Value;
use serde_json::value::RawValue;

use super::{Json, MAX_DEPTH, Number, Object, parse};

/// Why a text or value could not become a [`Json`]. Says nothing of the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// Not JSON.
    #[error("the text is not valid JSON")]
    Syntax,
    /// Nested deeper than [`MAX_DEPTH`].
    #[error("the JSON is nested deeper than 64 levels")]
    TooDeep,
    /// More values than [`super::MAX_VALUES`].
    #[error("the JSON holds more than 1,000,000 values")]
    TooLarge,
}

impl Json {
    /// Reads one JSON document.
    ///
    /// # Errors
    /// [`JsonError`]: not JSON, too deep, or too many values.
    pub fn parse(text: &str) -> Result<Self, JsonError> {
        // The first pass checks the grammar without recursion or allocation; the second builds.
        let raw: &RawValue = serde_json::from_str(text).map_err(|_| JsonError::Syntax)?;
        parse::parse(raw.get())
    }

    /// Reads one JSON document in a single pass, which takes less code: control characters that JSON wants escaped are
    /// taken as they stand. For the browser, where a server checks what matters.
    ///
    /// # Errors
    /// As [`Json::parse`].
    pub fn parse_in_browser(text: &str) -> Result<Self, JsonError> {
        parse::parse(text)
    }

    /// Reads one JSON document from bytes, which must be UTF-8.
    ///
    /// # Errors
    /// As [`Json::parse`].
    pub fn from_slice(bytes: &[u8]) -> Result<Self, JsonError> {
        // A byte order mark is not JSON, but proxies add one.
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        Self::parse(std::str::from_utf8(bytes).map_err(|_| JsonError::Syntax)?)
    }
}

impl FromStr for Json {
    type Err = JsonError;

    fn from_str(text: &str) -> Result<Self, JsonError> {
        Self::parse(text)
    }
}

/// Numbers take the text `serde_json` prints; what it has already turned into a float stays so.
impl TryFrom<Value> for Json {
    type Error = JsonError;

    fn try_from(value: Value) -> Result<Self, JsonError> {
        from_value(value, 0)
    }
}

fn from_value(value: Value, depth: usize) -> Result<Json, JsonError> {
    if depth > MAX_DEPTH {
        return Err(JsonError::TooDeep);
    }
    Ok(match value {
        Value::Null => Json::Null,
        Value::Bool(flag) => Json::Bool(flag),
        Value::Number(number) => Number::parse(&number.to_string())
            .map(Json::Number)
            .ok_or(JsonError::Syntax)?,
        Value::String(text) => Json::String(text),
        Value::Array(elements) => Json::Array(
            elements
                .into_iter()
                .map(|element| from_value(element, depth + 1))
                .collect::<Result<_, _>>()?,
        ),
        Value::Object(members) => Json::Object(
            members
                .into_iter()
                .map(|(name, member)| Ok((name, from_value(member, depth + 1)?)))
                .collect::<Result<Object, JsonError>>()?,
        ),
    })
}

/// Loses what a [`Value`] cannot hold: `19.00` becomes `19.0`, integers beyond 64 bits become floats.
impl From<Json> for Value {
    fn from(json: Json) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(flag) => Self::Bool(flag),
            Json::Number(number) => serde_json::from_str(number.as_str()).unwrap_or(Self::Null),
            Json::String(text) => Self::String(text),
            Json::Array(elements) => elements.into_iter().map(Self::from).collect(),
            Json::Object(members) => members
                .into_iter()
                .map(|(name, member)| (name, Self::from(member)))
                .collect(),
        }
    }
}

impl From<bool> for Json {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<Number> for Json {
    fn from(number: Number) -> Self {
        Self::Number(number)
    }
}

impl From<Object> for Json {
    fn from(object: Object) -> Self {
        Self::Object(object)
    }
}

impl<V: Into<Json>> From<Vec<V>> for Json {
    fn from(elements: Vec<V>) -> Self {
        Self::Array(elements.into_iter().map(Into::into).collect())
    }
}

macro_rules! from_integers {
    ($($kind:ty),*) => {$(
        impl From<$kind> for Json {
            fn from(number: $kind) -> Self {
                Self::Number(number.into())
            }
        }
    )*};
}
from_integers!(i32, i64, u32, u64, usize);
