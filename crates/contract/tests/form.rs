//! Forms of tools: every argument is drawn, what the form can say is what the schema and the reading accept, and what is
//! typed as JSON is told its faults by line.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

use orderdesk_mcp_contract::Access;
use orderdesk_mcp_contract::ApiError;
use orderdesk_mcp_contract::for_each_tool;
use orderdesk_mcp_contract::form::{
    ARGUMENTS_MAX, Field, FieldKind, FormSpec, Picker, faults, read_object,
};
use orderdesk_mcp_contract::tool::{Hints, Need, Tool, ToolSpec};
use orderdesk_mcp_contract::tools::{catalog, input};
use serde_json::{Map, Value, json};

fn read(tool: &ToolSpec, arguments: Map<String, Value>) -> Result<(), ApiError> {
    macro_rules! read_named {
        ($($each:ty),* $(,)?) => {
            match tool.name {
                $(<$each as Tool>::NAME => input::read::<$each>(tool, arguments).map(drop),)*
                name => panic!("{name}"),
            }
        };
    }
    for_each_tool!(read_named)
}

/// The form of a schema that no tool has.
fn form_of(schema: &Value) -> FormSpec {
    FormSpec::of(&ToolSpec {
        name: "test",
        title: "Test",
        description: String::new(),
        need: Need::Access(Access::Read),
        hints: Hints::READ,
        input_schema: schema.as_object().unwrap().clone(),
        output_schema: Map::new(),
        secrets: &[],
    })
}

/// As much of JSON Schema as our definitions use, written from its specification.
fn schema_takes(schema: &Value, value: &Value) -> bool {
    let number = |name: &str| schema.get(name).and_then(Value::as_f64);
    let within = |size: f64, least: &str, most: &str| {
        number(least).is_none_or(|least| size >= least)
            && number(most).is_none_or(|most| size <= most)
    };
    let names = match &schema["type"] {
        Value::String(name) => vec![name.as_str()],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_i64() || number.is_u64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let fits = |name: &&str| *name == kind || (*name == "number" && kind == "integer");
    if !names.is_empty() && !names.iter().any(fits) {
        return false;
    }
    if schema["enum"]
        .as_array()
        .is_some_and(|all| !all.contains(value))
    {
        return false;
    }
    match value {
        Value::Number(number) => within(number.as_f64().unwrap(), "minimum", "maximum"),
        Value::String(text) => within(text.chars().count() as f64, "minLength", "maxLength"),
        Value::Array(elements) => {
            within(elements.len() as f64, "minItems", "maxItems")
                && elements
                    .iter()
                    .all(|element| schema_takes(&schema["items"], element))
        }
        Value::Object(members) => {
            let required = schema["required"].as_array().into_iter().flatten();
            let properties = schema["properties"].as_object();
            required
                .into_iter()
                .all(|name| members.contains_key(name.as_str().unwrap()))
                && members.iter().all(|(name, member)| {
                    match properties.and_then(|all| all.get(name)) {
                        Some(schema) => schema_takes(schema, member),
                        None => schema["additionalProperties"] != false,
                    }
                })
        }
        _ => true,
    }
}

/// A value that the form lets somebody give for a field.
fn sample(field: &Field) -> Value {
    match field.kind {
        FieldKind::Choice => field.options[0].clone().into(),
        FieldKind::Many => field.options.clone().into(),
        FieldKind::Integer | FieldKind::Number => field.min.unwrap_or(1).into(),
        FieldKind::Flag => true.into(),
        FieldKind::Date => "2026-11-22".into(),
        FieldKind::Text | FieldKind::LongText => match field.name.as_str() {
            "change_id" | "cursor" => "01kb9ct5q8000000000000001a".into(),
            "master_key" => "odm_mk_0123456789".into(),
            "tracking_url" => "https://example.com/1".into(),
            "order_by" => "date_added".into(),
            _ => "7".into(),
        },
        FieldKind::List => vec![sample(field.item.as_ref().unwrap())].into(),
        FieldKind::Object => {
            let members = field
                .fields
                .iter()
                .map(|field| (field.name.clone(), sample(field)));
            Value::Object(members.collect())
        }
        FieldKind::Json => json!({ "name": "A" }),
    }
}

/// Values that the form does not let anybody give.
fn outside(field: &Field) -> Vec<Value> {
    let mut all = vec![
        json!({ "a": [1] }),
        json!([[[]]]),
        json!(true),
        json!(1.5),
        json!("\u{1}"),
    ];
    all.extend(
        field
            .min
            .filter(|_| field.kind == FieldKind::Integer)
            .map(|min| json!(min - 1)),
    );
    all.extend(
        field
            .max
            .filter(|_| field.kind == FieldKind::Integer)
            .map(|max| json!(max + 1)),
    );
    if field.kind == FieldKind::LongText {
        all.push(
            "x".repeat(usize::try_from(field.max.unwrap()).unwrap() + 1)
                .into(),
        );
    }
    let is_of_kind = |value: &Value| match field.kind {
        FieldKind::Flag => value.is_boolean(),
        FieldKind::Number => value.is_number(),
        FieldKind::Json => value.is_object(),
        FieldKind::Text | FieldKind::LongText => value == "\u{1}",
        _ => false,
    };
    all.retain(|value| !is_of_kind(value));
    all
}

#[test]
fn every_argument_of_every_tool_is_drawn() {
    let mut kinds = Vec::new();
    for tool in catalog::offered() {
        let form = FormSpec::of(tool);
        let names: Vec<_> = form
            .fields
            .iter()
            .map(|field| field.name.as_str())
            .collect();
        assert_eq!(names, tool.argument_names(), "{}", tool.name);
        for field in &form.fields {
            let at = format!("{}.{}", tool.name, field.name);
            assert!(field.help.len() > 8, "{at} says nothing");
            let is_free = matches!(field.name.as_str(), "order_data" | "changes");
            assert_eq!(field.kind == FieldKind::Json, is_free, "{at} falls through");
            let is_secret = tool.secrets.contains(&field.name.as_str());
            assert_eq!(field.secret, is_secret, "{at}");
            let required = tool.input_schema.get("required").and_then(Value::as_array);
            let is_required =
                required.is_some_and(|all| all.iter().any(|name| *name == field.name));
            assert_eq!(field.required, is_required, "{at}");
            kinds.push(field.kind);
        }
    }
    for kind in [
        FieldKind::Text,
        FieldKind::LongText,
        FieldKind::Date,
        FieldKind::Integer,
        FieldKind::Number,
        FieldKind::Flag,
        FieldKind::Choice,
        FieldKind::Many,
        FieldKind::List,
        FieldKind::Json,
    ] {
        assert!(
            kinds.contains(&kind),
            "no tool has {kind:?}: is it still drawn?"
        );
    }
}

#[test]
fn the_form_the_schema_and_the_reading_accept_the_same() {
    // One of several that exclude each other.
    const ALONE: [&str; 7] = [
        "by",
        "set_to",
        "cursor",
        "offset",
        "fields",
        "detail",
        "product_id",
    ];
    for tool in catalog::offered() {
        let form = FormSpec::of(tool);
        let schema = Value::Object(tool.input_schema.clone());
        let mut least: Map<String, Value> = form
            .fields
            .iter()
            .filter(|field| {
                field.required || (tool.name == "products_adjust_stock" && field.name == "by")
            })
            .map(|field| (field.name.clone(), sample(field)))
            .collect();
        let takes = |arguments: &Map<String, Value>| {
            let by_schema = schema_takes(&schema, &Value::Object(arguments.clone()));
            (by_schema, read(tool, arguments.clone()).is_ok())
        };
        let required = least.clone();
        assert_eq!(takes(&least), (true, true), "{} {least:?}", tool.name);
        for field in &form.fields {
            let at = format!("{}.{}", tool.name, field.name);
            let is_alone = ALONE.contains(&field.name.as_str());
            let mut arguments = if is_alone {
                required.clone()
            } else {
                least.clone()
            };
            if field.name == "set_to" {
                arguments.remove("by");
            }
            let mut values = vec![sample(field)];
            values.extend(
                field
                    .max
                    .filter(|_| field.kind == FieldKind::Integer)
                    .map(Value::from),
            );
            values.extend(
                field
                    .options
                    .iter()
                    .filter(|_| field.kind == FieldKind::Choice)
                    .map(|o| json!(o)),
            );
            for value in values {
                arguments.insert(field.name.clone(), value);
                assert_eq!(takes(&arguments), (true, true), "{at} {arguments:?}");
            }
            for value in outside(field) {
                arguments.insert(field.name.clone(), value);
                let (by_schema, by_reading) = takes(&arguments);
                assert!(!by_reading, "{at} {arguments:?}");
                // What JSON Schema cannot say is left to the reading: control characters, forms of dates and ids.
                let is_text = arguments[&field.name].is_string();
                assert!(!by_schema || is_text, "{at} {arguments:?}");
            }
            if field.required {
                arguments.remove(&field.name);
                assert_eq!(takes(&arguments), (false, false), "{at} left out");
            }
            if !field.required && !is_alone {
                least.insert(field.name.clone(), sample(field));
                assert_eq!(
                    takes(&least),
                    (true, true),
                    "{at} with all before: {least:?}"
                );
            }
        }
        least.insert("no_such".into(), json!(1));
        assert_eq!(takes(&least), (false, false), "{}", tool.name);
    }
}

#[test]
fn what_a_value_names_is_offered() {
    let picker = |tool: &str, name: &str| {
        let form = FormSpec::of(catalog::find(tool).unwrap());
        form.field(name).unwrap().picker
    };
    assert_eq!(
        picker("orders_get", "store_identifier"),
        Some(Picker::Store)
    );
    assert_eq!(
        picker("stores_delete", "store_identifier"),
        Some(Picker::Store)
    );
    assert_eq!(picker("orders_get", "order_id"), Some(Picker::Order));
    assert_eq!(picker("orders_move", "folder"), Some(Picker::FolderName));
    assert_eq!(picker("orders_list", "folder_id"), Some(Picker::FolderId));
    assert_eq!(picker("products_list", "code"), Some(Picker::Sku));
    assert_eq!(picker("products_get", "product_id"), Some(Picker::Product));
    assert_eq!(picker("changes_get", "change_id"), Some(Picker::Change));
    assert_eq!(picker("orders_list", "email"), None);
}

#[test]
fn a_form_crosses_the_wire_whole() {
    for tool in catalog::offered() {
        let form = FormSpec::of(tool);
        let text = serde_json::to_string(&form).unwrap();
        assert_eq!(serde_json::from_str::<FormSpec>(&text).unwrap(), form);
    }
}

#[test]
fn shapes_that_other_generators_write_are_drawn() {
    let form = form_of(&json!({
        "type": "object",
        "$defs": {
            "Size": { "enum": ["s", "m"] },
            "Address": {
                "type": "object",
                "properties": { "city": { "type": "string" }, "size": { "$ref": "#/$defs/Size" } },
                "required": ["city"]
            },
            "Endless": { "type": "object", "properties": { "inner": { "$ref": "#/$defs/Endless" } } },
            "Round": { "$ref": "#/$defs/Round" }
        },
        "properties": {
            "nullable_enum": { "anyOf": [{ "enum": ["a", "b"] }, { "type": "null" }] },
            "plain_enum": { "type": "string", "enum": ["a", "b", null] },
            "one_of": { "oneOf": [{ "const": "a", "title": "A" }, { "const": "b" }] },
            "any_of": { "anyOf": [{ "const": "a" }, { "const": "b" }, { "type": "null" }] },
            "only": { "const": "a" },
            "many": { "type": "array", "items": { "$ref": "#/$defs/Size" } },
            "many_titled": { "type": "array", "items": { "anyOf": [{ "const": "a" }, { "const": "b" }] } },
            "address": { "allOf": [{ "$ref": "#/$defs/Address" }], "description": "Where" },
            "both": { "allOf": [{ "properties": { "x": { "type": "integer" } }, "required": ["x"] }, { "$ref": "#/$defs/Address" }] },
            "grid": { "type": "array", "items": { "type": "array", "items": { "type": "integer" } } },
            "rows": { "type": "array", "items": { "$ref": "#/$defs/Address" }, "maxItems": 3 },
            "maybe_number": { "type": ["integer", "null"], "minimum": 0, "default": 3 },
            "id": { "type": ["integer", "string"] },
            "either": { "anyOf": [{ "type": "string" }, { "type": "integer" }] },
            "endless": { "$ref": "#/$defs/Endless" },
            "round": { "$ref": "#/$defs/Round" },
            "when": { "type": "string", "format": "date" },
            "secret": { "type": "string", "format": "password" },
            "free": { "type": "object", "additionalProperties": { "type": "string" } },
            "anything": true
        }
    }));
    let kind = |name: &str| form.field(name).unwrap().kind;
    for name in ["nullable_enum", "plain_enum", "one_of", "any_of"] {
        assert_eq!(kind(name), FieldKind::Choice, "{name}");
        assert_eq!(form.field(name).unwrap().options, ["a", "b"], "{name}");
    }
    assert_eq!(kind("only"), FieldKind::Choice);
    assert_eq!(kind("many"), FieldKind::Many);
    assert_eq!(form.field("many").unwrap().options, ["s", "m"]);
    assert_eq!(kind("many_titled"), FieldKind::Many);
    let members = |name: &str| {
        let fields = &form.field(name).unwrap().fields;
        fields
            .iter()
            .map(|field| (field.name.clone(), field.kind, field.required))
            .collect::<Vec<_>>()
    };
    let city = ("city".to_owned(), FieldKind::Text, true);
    let size = ("size".to_owned(), FieldKind::Choice, false);
    assert_eq!(members("address"), [city.clone(), size.clone()]);
    assert_eq!(form.field("address").unwrap().help, "Where");
    assert_eq!(
        members("both"),
        [("x".to_owned(), FieldKind::Integer, true), city, size]
    );
    let item = |name: &str| form.field(name).unwrap().item.clone().unwrap();
    assert_eq!(kind("grid"), FieldKind::List);
    assert_eq!(item("grid").kind, FieldKind::List);
    assert_eq!(item("grid").item.unwrap().kind, FieldKind::Integer);
    assert_eq!(item("rows").kind, FieldKind::Object);
    assert_eq!(form.field("rows").unwrap().max, Some(3));
    let number = form.field("maybe_number").unwrap();
    assert_eq!((number.kind, number.min), (FieldKind::Integer, Some(0)));
    assert_eq!(number.default.as_deref(), Some("3"));
    assert_eq!(kind("id"), FieldKind::Text);
    assert_eq!(kind("when"), FieldKind::Date);
    assert!(form.field("secret").unwrap().secret);
    assert_eq!(kind("endless"), FieldKind::Object);
    for name in ["either", "round", "free", "anything"] {
        assert_eq!(kind(name), FieldKind::Json, "{name}");
    }
}

#[test]
fn alternatives_at_the_root_give_all_their_fields() {
    let form = form_of(&json!({
        "anyOf": [
            { "properties": { "a": { "type": "string" }, "x": { "type": "string" } }, "required": ["a", "x"] },
            { "properties": { "b": { "type": "integer" }, "x": { "type": "string" } }, "required": ["b", "x"] }
        ]
    }));
    let fields: Vec<_> = form
        .fields
        .iter()
        .map(|field| (field.name.as_str(), field.required))
        .collect();
    assert_eq!(fields, [("a", false), ("x", true), ("b", false)]);
}

/// The faults as `line:column path`.
fn told(tool: &str, text: &str) -> Vec<String> {
    let faults = faults(catalog::find(tool).unwrap(), text);
    let say = |fault: &orderdesk_mcp_contract::form::JsonFault| {
        assert!(fault.message.len() > 15, "{fault:?}");
        format!("{}:{} {}", fault.line, fault.column, fault.path)
    };
    faults.iter().map(say).collect()
}

#[test]
fn faults_are_told_by_line() {
    assert_eq!(told("orders_get", "{ \"order_id\": \"1\" }"), [""; 0]);
    assert_eq!(told("stores_list", ""), [""; 0]);
    assert_eq!(told("orders_get", "{\n  \"order_id\": \"1\",\n}"), ["3:1 "]);
    assert_eq!(told("orders_get", "[1]"), ["1:1 "]);
    assert_eq!(told("orders_get", " \n{}"), ["2:1 order_id"]);
    let text = "{\n  \"limit\": 501,\n  \"ünknown\": 1, \"order\": \"UP\",\n  \"fields\": [\n    \"items\",\n    \"nothing\"\n  ],\n  \"search_start_date\": \"yesterday\"\n}";
    assert_eq!(
        told("orders_list", text),
        [
            "2:3 limit",
            "3:3 ünknown",
            "3:17 order",
            "6:5 fields[1]",
            "8:3 search_start_date"
        ]
    );
    let lines = "{\"order_id\": \"1\",\n\"items\": [{\"name\": \"A\"},\n  {\"price\": 1}]}";
    assert_eq!(told("orders_add_items", lines), ["3:3 items[1]"]);
    let twice = "{\"order_id\": \"1\",\n\"note\": \"a\\\"b\", \"order_id\": \"2\"}";
    assert_eq!(told("orders_add_note", twice), ["2:17 order_id"]);
    let many: String = (0..50).map(|number| format!("\"x{number}\": 1,")).collect();
    assert_eq!(
        told("stores_list", &format!("{{{many}\"y\": 1}}")).len(),
        20
    );
}

#[test]
fn a_secret_is_never_repeated() {
    for text in [
        "{\"master_key\": \"canary\"}",
        "{\"master_key\": [\"canary\"]}",
        "{\"master_key\": \"canary\"",
        "\"canary\"",
    ] {
        let faults = faults(catalog::find("tenant_use_master_key").unwrap(), text);
        assert!(
            !faults.is_empty() && faults.iter().all(|fault| !fault.message.contains("canary")),
            "{faults:?}"
        );
    }
}

#[test]
fn arguments_have_a_longest_length() {
    let of_length = |length: usize| format!("{{\"x\":\"{}\"}}", "y".repeat(length - 8));
    for (length, is_read) in [(ARGUMENTS_MAX, true), (ARGUMENTS_MAX + 1, false)] {
        let text = of_length(length);
        assert_eq!(text.len(), length);
        assert_eq!(read_object(&text).is_ok(), is_read);
    }
    let faults = faults(
        catalog::find("orders_get").unwrap(),
        &of_length(ARGUMENTS_MAX + 1),
    );
    assert!(
        faults.len() == 1 && faults[0].message.contains("64 kB is the most"),
        "{faults:?}"
    );
}

#[test]
fn a_long_name_and_many_values_are_no_burden() {
    let name = "k".repeat(ARGUMENTS_MAX / 2);
    let zeros = "0,".repeat(ARGUMENTS_MAX / 4 - 10);
    let told = told("orders_get", &format!("{{\"{name}\":[{zeros}0]}}"));
    // As much of the name as an error repeats.
    assert_eq!(told, [format!("1:1 {}", "k".repeat(60))]);
}
