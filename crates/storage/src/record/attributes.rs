//! Facts of what happened inside a call.

use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value, json};

/// More facts of a span: a JSON object of short values (status, attempt, tokens left). It is kept as text, because a call makes
/// some, most are never read, and a tree of them takes several pieces of memory.
#[derive(Debug, Clone, Default)]
pub struct Attributes(Option<Box<RawValue>>);

impl Attributes {
    /// No more facts.
    pub const NONE: Self = Self(None);

    /// The facts; none when the value is no object.
    pub fn of(facts: &Value) -> Self {
        let facts = facts.as_object().filter(|facts| !facts.is_empty());
        Self(facts.and_then(|facts| to_raw_value(facts).ok()))
    }

    /// The facts by their names, in order.
    pub fn read(&self) -> Map<String, Value> {
        let text = self.0.as_ref().map_or("{}", |facts| facts.get());
        serde_json::from_str(text).unwrap_or_default()
    }
}

impl PartialEq for Attributes {
    fn eq(&self, other: &Self) -> bool {
        self.read() == other.read()
    }
}

impl Eq for Attributes {}

impl Serialize for Attributes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Some(facts) => facts.serialize(serializer),
            None => json!({}).serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Attributes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let facts = Box::<RawValue>::deserialize(deserializer)?;
        Ok(Self((facts.get() != "{}").then_some(facts)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_kept_as_they_are() {
        for facts in [json!({}), json!({ "b": 200, "a": null, "c": "\u{0}\"ü" })] {
            let kept = Attributes::of(&facts);
            assert_eq!(Value::Object(kept.read()), facts);
            let text = serde_json::to_string(&kept).unwrap();
            assert_eq!(text, facts.to_string());
            let read: Attributes = serde_json::from_str(&text).unwrap();
            assert_eq!(read, kept);
        }
        assert_ne!(Attributes::of(&json!({ "a": 1 })), Attributes::NONE);
        for odd in [json!(null), json!([1]), json!("a")] {
            assert_eq!(Attributes::of(&odd), Attributes::NONE);
        }
    }
}
