//! From a JSON Schema to fields.
//!
//! Our own schemas are inlined and plain. What other generators write is read too, so that no shape makes a form that
//! cannot be filled in: `$ref`, `allOf`, alternatives with `null`, constants in any of the usual spellings.

use serde_json::{Map, Value};

use super::{Field, FieldKind};

type Schema = Map<String, Value>;

/// Most steps from one schema to what it stands for, so that a reference to itself ends.
const STEPS_MAX: u32 = 8;
/// Deepest form; what lies deeper is typed as JSON.
const DEPTH_MAX: u32 = 6;
/// Texts that may be longer than this are drawn with several lines.
const LONG_TEXT: i64 = 500;

/// The fields of an object's schema.
pub(super) fn fields(schema: &Schema) -> Vec<Field> {
    members(&resolved(schema, schema), schema, DEPTH_MAX)
}

fn members(schema: &Schema, root: &Schema, depth: u32) -> Vec<Field> {
    let required: Vec<&str> = strings(schema.get("required")).unwrap_or_default();
    let properties = schema.get("properties").and_then(Value::as_object);
    let member = |(name, schema): (&String, &Value)| {
        let is_required = required.contains(&name.as_str());
        field(name, schema, is_required, root, depth)
    };
    properties.into_iter().flatten().map(member).collect()
}

fn field(name: &str, schema: &Value, required: bool, root: &Schema, depth: u32) -> Field {
    let nothing = Schema::new();
    let schema = resolved(schema.as_object().unwrap_or(&nothing), root);
    let mut field = Field {
        name: name.to_owned(),
        help: text(&schema, "description").to_owned(),
        kind: FieldKind::Json,
        required,
        secret: text(&schema, "format") == "password",
        min: None,
        max: None,
        default: schema.get("default").map(Value::to_string),
        options: Vec::new(),
        fields: Vec::new(),
        item: None,
        picker: None,
    };
    let bounds = |least: &str, most: &str| [number(&schema, least), number(&schema, most)];
    [field.min, field.max] = match type_of(&schema) {
        "string" => bounds("minLength", "maxLength"),
        "integer" | "number" => bounds("minimum", "maximum"),
        "array" => bounds("minItems", "maxItems"),
        _ => [None, None],
    };
    if let Some(options) = constants(&schema) {
        field.options = options;
        field.kind = FieldKind::Choice;
        return field;
    }
    field.kind = match type_of(&schema) {
        "string" if is_date(name, &schema) => FieldKind::Date,
        "string" if field.max.is_some_and(|max| max > LONG_TEXT) => FieldKind::LongText,
        "string" => FieldKind::Text,
        "integer" => FieldKind::Integer,
        "number" => FieldKind::Number,
        "boolean" => FieldKind::Flag,
        "array" if depth > 0 => list(&mut field, &schema, root, depth),
        "object" if depth > 0 => {
            field.fields = members(&schema, root, depth - 1);
            if field.fields.is_empty() {
                FieldKind::Json
            } else {
                FieldKind::Object
            }
        }
        _ => FieldKind::Json,
    };
    field
}

fn list(field: &mut Field, schema: &Schema, root: &Schema, depth: u32) -> FieldKind {
    let Some(items) = schema.get("items") else {
        return FieldKind::Json;
    };
    let mut item = self::field("", items, false, root, depth - 1);
    if item.kind == FieldKind::Choice {
        field.options = std::mem::take(&mut item.options);
        return FieldKind::Many;
    }
    field.item = Some(Box::new(item));
    FieldKind::List
}

/// The schema with everything it refers to in it.
fn resolved(schema: &Schema, root: &Schema) -> Schema {
    let mut schema = schema.clone();
    for _ in 0..STEPS_MAX {
        if let Some(Value::String(reference)) = schema.remove("$ref") {
            let target = reference.strip_prefix('#').and_then(|pointer| {
                // Only definitions are pointed to, which stand in the root.
                let mut steps = pointer.trim_start_matches('/').split('/');
                let first = root.get(steps.next()?)?;
                steps.try_fold(first, |at, step| at.get(step))
            });
            merge(&mut schema, target);
        } else if let Some(Value::Array(parts)) = schema.remove("allOf") {
            for part in &parts {
                merge(&mut schema, Some(part));
            }
        } else if let Some(name) = ["anyOf", "oneOf"]
            .into_iter()
            .find(|name| schema.contains_key(*name))
        {
            if constants(&schema).is_some() {
                break;
            }
            let Some(Value::Array(branches)) = schema.remove(name) else {
                break;
            };
            alternatives(&mut schema, &branches, root);
        } else {
            break;
        }
    }
    schema
}

/// Alternatives: the only one that is not `null`; of several objects the members of all, of which those are required that
/// each requires; anything else is JSON.
fn alternatives(schema: &mut Schema, branches: &[Value], root: &Schema) {
    let is_null = |branch: &&Value| branch.get("type").is_some_and(|name| name == "null");
    let kept: Vec<_> = branches.iter().filter(|branch| !is_null(branch)).collect();
    if let [only] = kept.as_slice() {
        merge(schema, Some(only));
        return;
    }
    let kept: Vec<_> = kept
        .into_iter()
        .filter_map(Value::as_object)
        .map(|branch| resolved(branch, root))
        .collect();
    if !kept.iter().all(|branch| branch.contains_key("properties")) {
        schema.remove("type");
        return;
    }
    let every = |name: &str| {
        kept.iter().all(|branch| {
            strings(branch.get("required")).is_some_and(|required| required.contains(&name))
        })
    };
    let firsts = kept
        .first()
        .and_then(|first| strings(first.get("required")));
    let required: Vec<Value> = firsts
        .into_iter()
        .flatten()
        .filter(|name| every(name))
        .map(Value::from)
        .collect();
    for branch in &kept {
        let mut branch = branch.clone();
        branch.remove("required");
        merge(schema, Some(&Value::Object(branch)));
    }
    let mut all: Vec<Value> = match schema.remove("required") {
        Some(Value::Array(own)) => own,
        _ => Vec::new(),
    };
    all.extend(required);
    schema.insert("required".into(), all.into());
}

/// Adds what another schema says; what is said already stays, members and required ones are joined.
fn merge(schema: &mut Schema, other: Option<&Value>) {
    for (name, value) in other.and_then(Value::as_object).into_iter().flatten() {
        match (schema.get_mut(name), value) {
            (None, value) => {
                schema.insert(name.clone(), value.clone());
            }
            (Some(Value::Object(own)), Value::Object(more)) if name == "properties" => {
                for (member, schema) in more {
                    own.entry(member.clone()).or_insert_with(|| schema.clone());
                }
            }
            (Some(Value::Array(own)), Value::Array(more)) if name == "required" => {
                own.extend(more.iter().cloned());
            }
            _ => {}
        }
    }
}

/// The first kind that is not `null`. An id may be text or a number: text holds both.
fn type_of(schema: &Schema) -> &str {
    match schema.get("type") {
        Some(Value::String(name)) => name,
        Some(Value::Array(names)) => {
            let names = || names.iter().filter_map(Value::as_str);
            let text = names().find(|name| *name == "string");
            text.or_else(|| names().find(|name| *name != "null"))
                .unwrap_or_default()
        }
        _ if schema.contains_key("properties") => "object",
        _ => "",
    }
}

/// The values of an enum of texts: `enum`, or alternatives that are constants. `null` among them says only that it may be
/// left out.
fn constants(schema: &Schema) -> Option<Vec<String>> {
    let values: Vec<&Value> = if let Some(Value::Array(values)) = schema.get("enum") {
        values.iter().collect()
    } else if let Some(one) = schema.get("const") {
        vec![one]
    } else {
        let branches = ["oneOf", "anyOf"]
            .into_iter()
            .find_map(|name| schema.get(name)?.as_array())?;
        let constant = |branch: &Value| branch.get("const").is_some();
        let nothing = |branch: &Value| branch.get("type").is_some_and(|name| name == "null");
        if !branches
            .iter()
            .all(|branch| constant(branch) || nothing(branch))
        {
            return None;
        }
        branches
            .iter()
            .filter_map(|branch| branch.get("const"))
            .collect()
    };
    let texts = values.into_iter().filter(|value| !value.is_null());
    let texts: Option<Vec<String>> = texts
        .map(|value| value.as_str().map(str::to_owned))
        .collect();
    texts.filter(|texts| !texts.is_empty())
}

/// Dates of Order Desk have a form of their own, so that no `format` of JSON Schema fits them; their names tell.
fn is_date(name: &str, schema: &Schema) -> bool {
    matches!(text(schema, "format"), "date" | "date-time")
        || name.ends_with("_date")
        || name.ends_with("_date_local")
}

fn text<'a>(schema: &'a Schema, name: &str) -> &'a str {
    schema.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A bound; one that a 64-bit number cannot hold bounds nothing here.
fn number(schema: &Schema, name: &str) -> Option<i64> {
    schema.get(name).and_then(Value::as_i64)
}

fn strings(value: Option<&Value>) -> Option<Vec<&str>> {
    Some(
        value?
            .as_array()?
            .iter()
            .filter_map(Value::as_str)
            .collect(),
    )
}
