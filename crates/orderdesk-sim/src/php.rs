//! JSON as PHP's `json_encode` prints it: `/` escaped, non-ASCII as `\uXXXX`, whole floats as integers,
//! and arrays that are a map and a list at once.

use std::fmt::Write as _;

use serde_json::{Map, Number, Value};

use crate::switches::EmptyMaps;

/// Prints a value the way the service does.
#[must_use]
pub(crate) fn encode(value: &Value, maps: EmptyMaps) -> String {
    let mut out = String::new();
    write_value(&mut out, value, maps);
    out
}

pub(crate) fn encode_map(map: &Map<String, Value>, maps: EmptyMaps) -> String {
    let mut out = String::new();
    write_object(&mut out, map, maps);
    out
}

fn write_value(out: &mut String, value: &Value, maps: EmptyMaps) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Number(number) => write_number(out, number),
        Value::String(text) => write_text(out, text),
        Value::Array(list) => write_list(out, list.iter(), maps),
        Value::Object(map) => write_object(out, map, maps),
    }
}

fn write_object(out: &mut String, map: &Map<String, Value>, maps: EmptyMaps) {
    // A PHP array whose keys are 0..n-1 is a list; the empty one is the common case.
    if maps == EmptyMaps::List && map.keys().enumerate().all(|(i, key)| *key == i.to_string()) {
        return write_list(out, map.values(), maps);
    }
    out.push('{');
    for (i, (key, value)) in map.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        write_text(out, key);
        out.push(':');
        write_value(out, value, maps);
    }
    out.push('}');
}

fn write_list<'a>(out: &mut String, list: impl Iterator<Item = &'a Value>, maps: EmptyMaps) {
    out.push('[');
    for (i, value) in list.enumerate() {
        if i > 0 {
            out.push(',');
        }
        write_value(out, value, maps);
    }
    out.push(']');
}

/// Whole numbers without a point, others in the shortest form that reads back the same.
fn write_number(out: &mut String, number: &Number) {
    let written = match (number.as_i64(), number.as_u64(), number.as_f64()) {
        (Some(whole), _, _) => write!(out, "{whole}"),
        (_, Some(whole), _) => write!(out, "{whole}"),
        (_, _, Some(float)) => write!(out, "{float}"),
        _ => write!(out, "{number}"),
    };
    debug_assert!(written.is_ok(), "writing into a String cannot fail");
}

pub(crate) fn write_text(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '/' => out.push_str("\\/"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            ' '..='~' | '\u{7f}' => out.push(c),
            _ => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let written = write!(out, "\\u{unit:04x}");
                    debug_assert!(written.is_ok(), "writing into a String cannot fail");
                }
            }
        }
    }
    out.push('"');
}

/// Reads a member as text: numbers become digits, `null` and what is no scalar become blank.
pub(crate) fn text(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => {
            let mut out = String::new();
            write_number(&mut out, number);
            out
        }
        Some(Value::Bool(true)) => "1".to_owned(),
        _ => String::new(),
    }
}

/// Reads a member as a key/value map: `{}` and `[]` alike are empty, a list has its positions as keys.
pub(crate) fn map(value: Option<&Value>) -> Map<String, Value> {
    match value {
        Some(Value::Object(map)) => map.clone(),
        Some(Value::Array(list)) => list
            .iter()
            .enumerate()
            .map(|(i, value)| (i.to_string(), value.clone()))
            .collect(),
        _ => Map::new(),
    }
}

/// Reads a member as a list: a PHP map gives its values, scalars give nothing.
pub(crate) fn list(value: Option<&Value>) -> Vec<Value> {
    match value {
        Some(Value::Array(list)) => list.clone(),
        Some(Value::Object(map)) => map.values().cloned().collect(),
        _ => Vec::new(),
    }
}

/// Reads an id given as a number or as digits.
pub(crate) fn id(value: Option<&Value>) -> Option<u64> {
    match value? {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn prints_as_php_does() {
        let value = json!({
            "path": "a/b", "name": "Zoë 🎂", "whole": 19.0, "part": 0.1, "empty": {}, "list": {"0": "a", "1": "b"},
            "odd": {"1": "a"}, "control": "\u{1}\n"
        });
        assert_eq!(
            encode(&value, EmptyMaps::List),
            r#"{"path":"a\/b","name":"Zo\u00eb \ud83c\udf82","whole":19,"part":0.1,"empty":[],"list":["a","b"],"odd":{"1":"a"},"control":"\u0001\n"}"#
        );
        assert!(
            encode(&value, EmptyMaps::Object).contains(r#""empty":{},"list":{"0":"a","1":"b"}"#)
        );
    }

    #[test]
    fn the_unicode_fixture_prints_byte_for_byte() {
        let fixture: Value =
            serde_json::from_str(include_str!("../fixtures/03-order-unicode.json")).unwrap();
        let response = &fixture["response"];
        assert_eq!(
            encode(&response["body"], EmptyMaps::List),
            response["body_raw"].as_str().unwrap()
        );
    }
}
