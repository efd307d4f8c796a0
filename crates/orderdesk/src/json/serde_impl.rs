use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::{Json, JsonError, MAX_DEPTH, Number, Object, parse};

/// The name under which `serde_json` hands over raw text; any other format takes it for an ordinary
/// newtype and passes the value itself, with numbers as machine numbers. A test below notices
/// should `serde_json` rename it.
const RAW: &str = "$serde_json::private::RawValue";

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(flag) => serializer.serialize_bool(*flag),
            Self::Number(number) => number.serialize(serializer),
            Self::String(text) => serializer.serialize_str(text),
            Self::Array(elements) => serializer.collect_seq(elements),
            Self::Object(object) => object.serialize(serializer),
        }
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

/// Integers go out as integers, so any format can carry them; the rest as raw JSON text.
impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.as_str() != "-0" {
            if let Ok(integer) = self.as_str().parse::<u64>() {
                return serializer.serialize_u64(integer);
            }
            if let Ok(integer) = self.as_str().parse::<i64>() {
                return serializer.serialize_i64(integer);
            }
        }
        let raw: &RawValue =
            serde_json::from_str(self.as_str()).map_err(serde::ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

impl<'de> de::Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(
            RAW,
            Builder {
                depth: 0,
                raw: true,
            },
        )
    }
}

impl<'de> de::Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Json::deserialize(deserializer)? {
            Json::Object(object) => Ok(object),
            other => Err(de::Error::custom(format_args!(
                "expected an object, found a {}",
                other.kind()
            ))),
        }
    }
}

/// Builds a value from raw text where the format offers it, else from what serde hands over.
#[derive(Clone, Copy)]
struct Builder {
    depth: usize,
    /// Only the outermost value may be raw text: inside, [`RAW`] is just a strange member name.
    raw: bool,
}

impl Builder {
    fn inner<E: de::Error>(self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH {
            return Err(E::custom(JsonError::TooDeep));
        }
        Ok(Self {
            depth: self.depth + 1,
            raw: false,
        })
    }
}

impl<'de> DeserializeSeed<'de> for Builder {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Builder {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Json, D::Error> {
        inner.deserialize_any(Self { raw: false, ..self })
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_none<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<Json, D::Error> {
        inner.deserialize_any(Self { raw: false, ..self })
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Json, E> {
        Ok(Json::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json, E> {
        Ok(Json::from(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json, E> {
        Ok(Json::from(number))
    }

    fn visit_i128<E>(self, number: i128) -> Result<Json, E> {
        Ok(Json::Number(number.into()))
    }

    fn visit_u128<E>(self, number: u128) -> Result<Json, E> {
        Ok(Json::Number(number.into()))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Json, E> {
        serde_json::Number::from_f64(number)
            .and_then(|finite| Number::parse(&finite.to_string()))
            .map(Json::Number)
            .ok_or_else(|| E::custom("not a finite number"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::from(text))
    }

    fn visit_string<E>(self, text: String) -> Result<Json, E> {
        Ok(Json::String(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json, A::Error> {
        let inner = self.inner()?;
        let mut elements = Vec::new();
        while let Some(element) = list.next_element_seed(inner)? {
            elements.push(element);
        }
        Ok(Json::Array(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let inner = self.inner()?;
        let mut object = Object::new();
        while let Some(name) = map.next_key::<Cow<'de, str>>()? {
            if self.raw && object.is_empty() && name == RAW {
                return map.next_value_seed(RawText);
            }
            let value = map.next_value_seed(inner)?;
            object.insert(name, value);
        }
        Ok(Json::Object(object))
    }
}

/// Reads the raw text `serde_json` passes as a string.
struct RawText;

impl<'de> DeserializeSeed<'de> for RawText {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for RawText {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON text")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Json, E> {
        parse::parse(text).map_err(E::custom)
    }
}

/// Any value. `{}` rather than `true`, which some MCP clients refuse to read.
impl JsonSchema for Json {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Json".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({})
    }
}

/// Any object.
impl JsonSchema for Object {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Object".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_text_survives_serde_json() {
        let text = r#"{"a":19.00,"b":[1e3,-0,123456789012345678901234567890]}"#;
        assert_eq!(
            serde_json::from_str::<Json>(text).unwrap().to_string(),
            text
        );
        assert_eq!(
            serde_json::from_slice::<Json>(text.as_bytes())
                .unwrap()
                .to_string(),
            text
        );
        assert_eq!(
            serde_json::from_reader::<_, Json>(text.as_bytes())
                .unwrap()
                .to_string(),
            text
        );
    }

    #[test]
    fn the_raw_name_inside_a_document_is_an_ordinary_member() {
        let text = r#"{"a":{"$serde_json::private::RawValue":"[1]"}}"#;
        assert_eq!(
            serde_json::from_str::<Json>(text).unwrap().to_string(),
            text
        );
    }
}
