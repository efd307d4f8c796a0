//! A checker for the part of JSON Schema that the OpenAPI file uses. A keyword it does not know is a
//! failure, so that a richer file cannot pass unchecked.

use std::cell::RefCell;
use std::collections::HashMap;

use regex::Regex;
use serde_json::Value;

/// The consolidated description of the API.
pub fn openapi() -> Value {
    serde_json::from_str(include_str!("../../openapi.json")).unwrap()
}

/// Every way in which `value` departs from `schema`, with its place.
pub fn violations(root: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    check(root, schema, value, "$", &mut found);
    found
}

/// Follows `$ref`s inside the document.
pub fn resolve<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    match schema.get("$ref").and_then(Value::as_str) {
        Some(reference) => {
            let target = root.pointer(reference.trim_start_matches('#'));
            resolve(
                root,
                target.unwrap_or_else(|| panic!("{reference} leads nowhere")),
            )
        }
        None => schema,
    }
}

fn check(root: &Value, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    let schema = resolve(root, schema)
        .as_object()
        .expect("a schema is an object");
    for (keyword, rule) in schema {
        match keyword.as_str() {
            "$ref" | "description" | "summary" | "examples" | "default" | "format" | "readOnly" => {
            }
            "contentMediaType" | "contentSchema" => {}
            "type" if !has_type(rule, value) => found.push(format!("{at}: {value} is no {rule}")),
            "type" => {}
            "enum" if !rule.as_array().unwrap().contains(value) => {
                found.push(format!("{at}: {value} not in {rule}"));
            }
            "enum" => {}
            "const" if rule != value => found.push(format!("{at}: {value} is not {rule}")),
            "const" => {}
            "pattern" => pattern(rule, value, at, found),
            "minimum" => bound(
                value.as_f64(),
                rule,
                |value, limit| value >= limit,
                at,
                found,
            ),
            "maximum" => bound(
                value.as_f64(),
                rule,
                |value, limit| value <= limit,
                at,
                found,
            ),
            "minLength" => bound(
                length(value.as_str()),
                rule,
                |value, limit| value >= limit,
                at,
                found,
            ),
            "maxLength" => bound(
                length(value.as_str()),
                rule,
                |value, limit| value <= limit,
                at,
                found,
            ),
            "minItems" => bound(count(value), rule, |value, limit| value >= limit, at, found),
            "maxItems" => bound(count(value), rule, |value, limit| value <= limit, at, found),
            "required" => required(rule, value, at, found),
            "properties" => properties(root, rule, value, at, found),
            "additionalProperties" => {
                additional(root, rule, schema.get("properties"), value, at, found);
            }
            "propertyNames" => names(root, rule, value, at, found),
            "items" => {
                for (i, entry) in value.as_array().into_iter().flatten().enumerate() {
                    check(root, rule, entry, &format!("{at}[{i}]"), found);
                }
            }
            "allOf" => rule
                .as_array()
                .unwrap()
                .iter()
                .for_each(|part| check(root, part, value, at, found)),
            "anyOf" | "oneOf" => {
                let fits = |part: &&Value| violations(root, part, value).is_empty();
                let fitting = rule.as_array().unwrap().iter().filter(fits).count();
                if fitting == 0 || (keyword == "oneOf" && fitting > 1) {
                    found.push(format!("{at}: {value} fits {fitting} of {keyword}"));
                }
            }
            other if other.starts_with("x-") => {}
            other => panic!("the schema checker does not know `{other}`"),
        }
    }
}

fn has_type(rule: &Value, value: &Value) -> bool {
    let is = |name: &str| match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        other => panic!("unknown type `{other}`"),
    };
    match rule {
        Value::Array(names) => names.iter().any(|name| is(name.as_str().unwrap())),
        name => is(name.as_str().unwrap()),
    }
}

fn pattern(rule: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    if let Some(text) = value.as_str()
        && !is_match(rule.as_str().unwrap(), text)
    {
        found.push(format!("{at}: {text:?} does not match {rule}"));
    }
}

/// Compiles each pattern once: a shop has some ten thousand texts to look at.
fn is_match(pattern: &str, text: &str) -> bool {
    thread_local!(static COMPILED: RefCell<HashMap<String, Regex>> = RefCell::default());
    COMPILED.with_borrow_mut(|compiled| {
        let entry = compiled.entry(pattern.to_owned());
        entry
            .or_insert_with(|| Regex::new(pattern).unwrap())
            .is_match(text)
    })
}

fn bound(
    held: Option<f64>,
    rule: &Value,
    fits: impl Fn(f64, f64) -> bool,
    at: &str,
    found: &mut Vec<String>,
) {
    if let Some(held) = held
        && !fits(held, rule.as_f64().unwrap())
    {
        found.push(format!("{at}: {held} breaks a bound of {rule}"));
    }
}

fn length(text: Option<&str>) -> Option<f64> {
    text.map(|text| f64::from(u32::try_from(text.chars().count()).unwrap()))
}

fn count(value: &Value) -> Option<f64> {
    value
        .as_array()
        .map(|list| f64::from(u32::try_from(list.len()).unwrap()))
}

fn required(rule: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    let Some(map) = value.as_object() else { return };
    for name in rule.as_array().unwrap() {
        if !map.contains_key(name.as_str().unwrap()) {
            found.push(format!("{at}: {name} is missing"));
        }
    }
}

fn properties(root: &Value, rule: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    for (name, schema) in rule.as_object().unwrap() {
        if let Some(member) = value.get(name) {
            check(root, schema, member, &format!("{at}.{name}"), found);
        }
    }
}

fn additional(
    root: &Value,
    rule: &Value,
    known: Option<&Value>,
    value: &Value,
    at: &str,
    found: &mut Vec<String>,
) {
    let extra = value
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, _)| known.is_none_or(|known| known.get(name).is_none()));
    for (name, member) in extra {
        match rule {
            Value::Bool(true) => {}
            Value::Bool(false) => found.push(format!("{at}: {name} is not allowed")),
            schema => check(root, schema, member, &format!("{at}.{name}"), found),
        }
    }
}

fn names(root: &Value, rule: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    for name in value
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name)
    {
        check(
            root,
            rule,
            &Value::from(name.clone()),
            &format!("{at} name"),
            found,
        );
    }
}

#[test]
fn the_checker_finds_what_is_wrong() {
    let root = openapi();
    let schema = |name: &str| root["components"]["schemas"][name].clone();
    let order = serde_json::json!({ "id": "1", "quantity_total": "x", "date_added": "yesterday", "order_items": [{}] });
    let found = violations(&root, &schema("Order"), &order);
    assert_eq!(found.len(), 3, "{found:?}");
    let folders = serde_json::json!({ "id": "1", "folders": { "new": 1 } });
    assert_eq!(violations(&root, &schema("Store"), &folders).len(), 1);
}
