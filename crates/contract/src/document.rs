//! A JSON document that was written down once and is passed on as it is.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

/// JSON as text. A clone shares the text, and writing it into a larger document copies it: an order in a cache is
/// turned into text once, not for each of its readers.
#[derive(Debug, Clone)]
pub struct Document(Arc<RawValue>);

impl Document {
    /// Writes a value down.
    ///
    /// # Errors
    /// It is no JSON, as a map whose keys are no text.
    pub fn of(value: &impl Serialize) -> Result<Self, serde_json::Error> {
        to_raw_value(value).map(|text| Self(Arc::from(text)))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        self.0.get()
    }
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <Box<RawValue>>::deserialize(deserializer).map(|text| Self(Arc::from(text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_keeps_its_text_inside_another() {
        #[derive(Serialize, Deserialize)]
        struct Holder {
            document: Document,
        }
        let text = r#"{"document":{"b":19.00,"a":[1e3,null]}}"#;
        let holder: Holder = serde_json::from_str(text).unwrap();
        assert_eq!(holder.document.as_str(), r#"{"b":19.00,"a":[1e3,null]}"#);
        assert_eq!(serde_json::to_string(&holder).unwrap(), text);
        assert_eq!(Document::of(&[1, 2]).unwrap().as_str(), "[1,2]");
    }
}
