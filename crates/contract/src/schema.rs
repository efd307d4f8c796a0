//! JSON Schemas as small as clients like them.
//!
//! The generator's default output has `$ref`s, `null` branches and integer formats that strict clients
//! warn about and some drop; inlined and tidied it is a third smaller and understood everywhere.

use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform as _};
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value};

/// The schema of a tool's arguments: inlined, an optional argument is one that may be left out.
pub fn input_schema<T: JsonSchema>() -> Map<String, Value> {
    let mut object = generate::<T>(SchemaSettings::draft2020_12());
    object.remove("description");
    // Clients expect the member even where a tool takes nothing.
    object
        .entry("properties")
        .or_insert_with(|| Value::Object(Map::new()));
    object
}

/// The schema of a tool's result.
pub fn output_schema<T: JsonSchema>() -> Map<String, Value> {
    let mut object = generate::<T>(SchemaSettings::draft2020_12().for_serialize());
    object.remove("description");
    object
}

/// The documentation comment of a type.
pub fn description<T: JsonSchema>() -> String {
    let root = SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<T>();
    let text = root
        .get("description")
        .and_then(Value::as_str)
        .unwrap_or_default();
    text.split("\n\n")
        .map(|part| part.replace('\n', " "))
        .collect::<Vec<_>>()
        .join("\n\n")
}

fn generate<T: JsonSchema>(mut settings: SchemaSettings) -> Map<String, Value> {
    settings.inline_subschemas = true;
    settings.meta_schema = None;
    let mut root = settings.into_generator().into_root_schema_for::<T>();
    RecursiveTransform(tidy as fn(&mut Schema)).transform(&mut root);
    match root.to_value() {
        Value::Object(object) => object,
        // A schema that accepts anything prints as `true`.
        _ => Map::new(),
    }
}

fn tidy(schema: &mut Schema) {
    let Some(object) = schema.as_object_mut() else {
        return;
    };
    object.remove("title");
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|name| name != "null");
        if types.len() == 1 {
            let only = types.remove(0);
            object.insert("type".into(), only);
        }
    }
    if let Some(Value::Array(values)) = object.get_mut("enum") {
        values.retain(|value| !value.is_null());
    }
    if let Some(Value::Array(branches)) = object.get("anyOf").cloned() {
        let kept: Vec<_> = branches
            .into_iter()
            .filter(|branch| branch.get("type").and_then(Value::as_str) != Some("null"))
            .collect();
        if let [Value::Object(only)] = kept.as_slice() {
            object.remove("anyOf");
            for (name, value) in only {
                object.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
    }
    // `default: null` says no more than an absent member.
    if object.get("default").is_some_and(Value::is_null) {
        object.remove("default");
    }
    if object
        .get("format")
        .and_then(Value::as_str)
        .is_some_and(|f| f.starts_with("int") || f.starts_with("uint"))
    {
        object.remove("format");
    }
    // An enum of documented constants: say it as one list, with what each means in the description.
    if let Some(Value::Array(variants)) = object.get("oneOf").cloned()
        && variants
            .iter()
            .all(|variant| variant.get("const").is_some())
    {
        object.remove("oneOf");
        let names: Vec<_> = variants
            .iter()
            .filter_map(|v| v.get("const").cloned())
            .collect();
        let meaning: Vec<_> = variants
            .iter()
            .filter_map(|v| {
                Some(format!(
                    "{}: {}",
                    v.get("const")?.as_str()?,
                    v.get("description")?.as_str()?
                ))
            })
            .collect();
        object.insert("type".into(), "string".into());
        object.insert("enum".into(), Value::Array(names));
        let own = object
            .get("description")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let text = format!("{own} ({})", meaning.join(" "));
        object.insert("description".into(), text.trim().into());
    }
}
