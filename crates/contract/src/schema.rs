//! JSON Schemas as small as clients like them.
//!
//! The generator's default output has `$ref`s, `null` branches and integer formats that strict clients
//! warn about and some drop; inlined and tidied it is a third smaller and understood everywhere.

use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform as _, transform_subschemas};
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value};

/// The schema of a tool's arguments: inlined, an optional argument is one that may be left out.
pub fn input_schema<T: JsonSchema>() -> Map<String, Value> {
    let mut object = finished(generate::<T>(SchemaSettings::draft2020_12(), tidy_input));
    // Clients expect the member even where a tool takes nothing.
    object
        .entry("properties")
        .or_insert_with(|| Value::Object(Map::new()));
    object
}

/// The schema of a tool's result. Its own members are described; what is inside them is shape only, because every client
/// reads the whole list of tools before the first call.
pub fn output_schema<T: JsonSchema>() -> Map<String, Value> {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut root = generate::<T>(settings, tidy_output);
    let members = root.get_mut("properties").and_then(Value::as_object_mut);
    for member in members.into_iter().flat_map(|members| members.values_mut()) {
        if let Ok(member) = <&mut Schema>::try_from(member) {
            let mut bare =
                RecursiveTransform(|inner: &mut Schema| drop(inner.remove("description")));
            transform_subschemas(&mut bare, member);
        }
    }
    finished(root)
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

fn generate<T: JsonSchema>(mut settings: SchemaSettings, tidy: fn(&mut Schema)) -> Schema {
    settings.inline_subschemas = true;
    settings.meta_schema = None;
    let mut root = settings.into_generator().into_root_schema_for::<T>();
    RecursiveTransform(tidy).transform(&mut root);
    root
}

fn finished(root: Schema) -> Map<String, Value> {
    match root.to_value() {
        Value::Object(mut object) => {
            object.remove("description");
            object
        }
        // A schema that accepts anything prints as `true`.
        _ => Map::new(),
    }
}

fn tidy_input(schema: &mut Schema) {
    tidy(schema);
    constants_as_list(schema, true);
}

/// What a result must be is for us to keep: the client needs no pattern to check an id by.
fn tidy_output(schema: &mut Schema) {
    tidy(schema);
    constants_as_list(schema, false);
    for check in ["pattern", "minimum"] {
        schema.remove(check);
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
    // That there may be other members goes without saying.
    if object.get("additionalProperties") == Some(&Value::Bool(true)) {
        object.remove("additionalProperties");
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
}

/// An enum of documented constants: said as one list, with what each means in the description where that is wanted.
fn constants_as_list(schema: &mut Schema, with_meaning: bool) {
    let Some(object) = schema.as_object_mut() else {
        return;
    };
    let Some(Value::Array(variants)) = object.get("oneOf").cloned() else {
        return;
    };
    let names: Option<Vec<_>> = variants.iter().map(|v| v.get("const").cloned()).collect();
    let Some(names) = names else { return };
    object.remove("oneOf");
    object.insert("type".into(), "string".into());
    object.insert("enum".into(), Value::Array(names));
    if !with_meaning {
        return;
    }
    let meaning = |variant: &Value| {
        let name = variant.get("const")?.as_str()?;
        let text = variant.get("description")?.as_str()?;
        Some(format!("{name}: {text}"))
    };
    let meanings: Vec<_> = variants.iter().filter_map(meaning).collect();
    let own = object
        .get("description")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let text = format!("{own} ({})", meanings.join(" "));
    object.insert("description".into(), text.trim().into());
}
