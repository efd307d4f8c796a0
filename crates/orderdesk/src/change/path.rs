use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::json::Json;

/// One step from a value into a value inside it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// A member of an object or map.
    Member(String),
    /// The record of a list with this id: lines and shipments have one.
    Id(String),
    /// The element of a list at this place: notes and discounts have no id.
    At(usize),
}

/// Where in a record something stands: `shipping.city`, `order_items[id=9917300551].quantity`,
/// `checkout_data["Gift Message"]`, `order_notes[2]`.
///
/// A member whose name is not a plain word is written as a JSON string in brackets, so every path has one text and every
/// text one path.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct FieldPath(Vec<Step>);

/// The text is not a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a path such as `shipping.city` or `order_items[id=1].quantity`")]
pub struct PathError;

impl FieldPath {
    /// The path of a member of the record itself.
    pub fn member(name: &str) -> Self {
        Self::default().then(Step::Member(name.to_owned()))
    }

    /// This path and one step more.
    #[must_use]
    pub fn then(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }

    /// The steps from the record inwards.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// The record's own member that the path leads through; blank only for the path of the record itself.
    pub fn first(&self) -> &str {
        match self.0.first() {
            Some(Step::Member(name)) => name,
            _ => "",
        }
    }

    /// Whether one of the two leads through the other, or they are the same.
    pub fn overlaps(&self, other: &Self) -> bool {
        let shorter = self.0.len().min(other.0.len());
        self.0[..shorter] == other.0[..shorter]
    }
}

fn is_word(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, step) in self.0.iter().enumerate() {
            match step {
                Step::Member(name) if !is_word(name) => {
                    write!(f, "[{}]", Json::from(name.as_str()))?;
                }
                Step::Member(name) if place == 0 => f.write_str(name)?,
                Step::Member(name) => write!(f, ".{name}")?,
                Step::Id(id) => write!(f, "[id={id}]")?,
                Step::At(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// Tells the sort of step only, as the path does.
impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Member(_) => f.write_str("member"),
            Self::Id(_) => f.write_str("record"),
            Self::At(index) => write!(f, "element {index}"),
        }
    }
}

/// Paths name members, which can be a customer's words in a map.
impl fmt::Debug for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "path through {}", self.first())
    }
}

impl FromStr for FieldPath {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        let mut steps = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let (step, after) = next_step(rest, steps.is_empty()).ok_or(PathError)?;
            steps.push(step);
            rest = after;
        }
        Ok(Self(steps))
    }
}

fn next_step(text: &str, is_first: bool) -> Option<(Step, &str)> {
    if let Some(inner) = text.strip_prefix('[') {
        return bracketed(inner);
    }
    let text = if is_first {
        text
    } else {
        text.strip_prefix('.')?
    };
    let end = text.find(['.', '[']).unwrap_or(text.len());
    let (name, after) = text.split_at(end);
    is_word(name).then(|| (Step::Member(name.to_owned()), after))
}

fn bracketed(inner: &str) -> Option<(Step, &str)> {
    if inner.starts_with('"') {
        let mut names = serde_json::Deserializer::from_str(inner).into_iter::<String>();
        let name = names.next()?.ok()?;
        let after = inner.get(names.byte_offset()..)?.strip_prefix(']')?;
        return (!is_word(&name)).then_some((Step::Member(name), after));
    }
    let (inside, after) = inner.split_once(']')?;
    let step = match inside.strip_prefix("id=") {
        Some(id) if is_word(id) => Step::Id(id.to_owned()),
        Some(_) => return None,
        None => {
            let index: usize = inside.parse().ok()?;
            // One spelling for each place: no sign, no leading zero.
            (index.to_string() == inside).then_some(Step::At(index))?
        }
    };
    Some((step, after))
}

impl Serialize for FieldPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FieldPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for FieldPath {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "FieldPath".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "Where in the record: `shipping.city`, `order_items[id=9917300551].quantity`."
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn steps() -> impl Strategy<Value = FieldPath> {
        let step = prop_oneof![
            "[a-z_0-9]{1,6}".prop_map(Step::Member),
            any::<String>().prop_map(Step::Member),
            "[0-9]{1,12}".prop_map(Step::Id),
            any::<usize>().prop_map(Step::At),
        ];
        prop::collection::vec(step, 0..5).prop_map(FieldPath)
    }

    proptest! {
        #[test]
        fn every_path_has_one_text(path in steps()) {
            prop_assert!(path.to_string().parse::<FieldPath>() == Ok(path));
        }

        #[test]
        fn every_text_has_at_most_one_path(text in "[a-b.\\[\\]\"0-1=id]{0,12}") {
            if let Ok(path) = text.parse::<FieldPath>() {
                prop_assert_eq!(path.to_string(), text);
            }
        }
    }

    #[test]
    fn reads_like_what_people_write() {
        let path = FieldPath::member("order_items").then(Step::Id("99".into()));
        let path = path
            .then(Step::Member("metadata".into()))
            .then(Step::Member("Gift Message".into()));
        assert_eq!(
            path.to_string(),
            "order_items[id=99].metadata[\"Gift Message\"]"
        );
        assert!(path.overlaps(&FieldPath::member("order_items")));
        assert!(!path.overlaps(&FieldPath::member("shipping")));
    }
}
