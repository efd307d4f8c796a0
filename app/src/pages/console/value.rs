//! The one value that form and JSON show: between it and what is typed into a field.
//!
//! A field is named by its JSON Pointer (RFC 6901). What cannot be what the field wants stays in the value as text, so that
//! nothing typed is lost and the server says what is wrong with it.

use orderdesk_mcp_contract::form::{Field, FieldKind, FormSpec, Json, Number, Object};

use super::pointer::{at, below, field_at, steps};

/// Longest pointer, in steps; forms have none so long. Each step is a call within a call.
const STEPS_MAX: usize = 32;

/// Takes what was typed into a field, or whether it was ticked.
pub(super) fn put(
    arguments: &mut Object,
    spec: &FormSpec,
    pointer: &str,
    typed: &str,
    is_on: bool,
) {
    let Some(field) = field_at(spec, pointer) else {
        return;
    };
    let mut steps = steps(pointer);
    if steps.len() > STEPS_MAX {
        return;
    }
    if field.kind == FieldKind::Many {
        let Some(option) = steps.pop() else { return };
        put_option(arguments, field, &steps, &option, is_on);
        return;
    }
    set(arguments, &steps, read(field, typed, is_on));
}

/// What was typed as the value it stands for; none when it is left out.
fn read(field: &Field, typed: &str, is_on: bool) -> Option<Json> {
    let as_text = || Json::String(typed.to_owned());
    match field.kind {
        FieldKind::Flag => is_on.then_some(Json::Bool(true)),
        _ if typed.trim().is_empty() => None,
        FieldKind::Integer | FieldKind::Number => {
            let number = Number::parse(typed.trim()).map(Json::Number);
            Some(number.unwrap_or_else(as_text))
        }
        FieldKind::Json | FieldKind::List | FieldKind::Object => {
            Some(Json::parse_in_browser(typed).unwrap_or_else(|_| as_text()))
        }
        FieldKind::Text
        | FieldKind::LongText
        | FieldKind::Date
        | FieldKind::Choice
        | FieldKind::Many => Some(as_text()),
    }
}

fn put_option(arguments: &mut Object, field: &Field, steps: &[String], option: &str, is_on: bool) {
    let pointer: String = steps
        .iter()
        .fold(String::new(), |path, step| below(&path, step));
    let chosen = at(arguments, &pointer)
        .and_then(Json::as_array)
        .unwrap_or_default();
    let is_chosen = |name: &str| {
        if name == option {
            is_on
        } else {
            chosen.iter().any(|one| one.as_str() == Some(name))
        }
    };
    let all: Vec<Json> = field
        .options
        .iter()
        .filter(|name| is_chosen(name))
        .map(|name| Json::String(name.clone()))
        .collect();
    set(
        arguments,
        steps,
        (!all.is_empty()).then_some(Json::Array(all)),
    );
}

/// Sets what stands at the end of the steps, or removes it; what leads there is made.
fn set(members: &mut Object, steps: &[String], value: Option<Json>) {
    let Some((first, rest)) = steps.split_first() else {
        return;
    };
    if rest.is_empty() {
        match value {
            Some(value) => drop(members.insert(first.as_str(), value)),
            None => drop(members.remove(first)),
        }
        return;
    }
    if !matches!(members.get(first), Some(Json::Object(_) | Json::Array(_))) {
        if value.is_none() {
            return;
        }
        members.insert(first.as_str(), holder_of(&rest[0]));
    }
    if let Some(child) = members.get_mut(first) {
        set_below(child, rest, value);
    }
}

fn set_below(at: &mut Json, steps: &[String], value: Option<Json>) {
    match at {
        Json::Object(members) => set(members, steps, value),
        Json::Array(elements) => {
            let Ok(place) = steps[0].parse::<usize>() else {
                return;
            };
            let rest = &steps[1..];
            if place >= elements.len() {
                let (Some(_), true) = (&value, place == elements.len()) else {
                    return;
                };
                elements.push(rest.first().map_or(Json::Null, |next| holder_of(next)));
            }
            if rest.is_empty() {
                // An element that is blanked keeps its place, or those behind it would change theirs while one types.
                elements[place] = value.unwrap_or(Json::String(String::new()));
            } else {
                set_below(&mut elements[place], rest, value);
            }
        }
        _ => {}
    }
}

/// What holds a step: a list for a number, else an object.
fn holder_of(step: &str) -> Json {
    if step.bytes().all(|b| b.is_ascii_digit()) {
        Json::Array(Vec::new())
    } else {
        Json::Object(Object::new())
    }
}

/// Adds an element to a list.
pub(super) fn add_element(arguments: &mut Object, spec: &FormSpec, pointer: &str) {
    let item = field_at(spec, pointer).and_then(|field| field.item.as_deref());
    let blank = match item.map(|item| item.kind) {
        Some(FieldKind::Object | FieldKind::Json) => Json::Object(Object::new()),
        Some(FieldKind::List | FieldKind::Many) => Json::Array(Vec::new()),
        _ => Json::String(String::new()),
    };
    let mut elements = at(arguments, pointer)
        .and_then(Json::as_array)
        .unwrap_or_default()
        .to_vec();
    elements.push(blank);
    set(arguments, &steps(pointer), Some(Json::Array(elements)));
}

/// Removes the element that a pointer leads to; the list with its last one.
pub(super) fn remove_element(arguments: &mut Object, pointer: &str) {
    let Some((list, place)) = pointer.rsplit_once('/') else {
        return;
    };
    let (Some(Json::Array(elements)), Ok(place)) = (at(arguments, list), place.parse::<usize>())
    else {
        return;
    };
    let mut kept = elements.clone();
    if place < kept.len() {
        kept.remove(place);
    }
    let kept = (!kept.is_empty()).then_some(Json::Array(kept));
    set(arguments, &steps(list), kept);
}

/// The arguments without secrets.
pub(super) fn without_secrets(arguments: &Object, spec: &FormSpec) -> Object {
    let mut kept = arguments.clone();
    for name in spec.secrets() {
        kept.remove(name);
    }
    kept
}

#[cfg(test)]
mod tests {
    use orderdesk_mcp_contract::tools::catalog;

    use super::*;

    fn spec(tool: &str) -> FormSpec {
        FormSpec::of(catalog::find(tool).unwrap())
    }

    fn typed(tool: &str, fields: &[(&str, &str)]) -> String {
        let spec = spec(tool);
        let mut arguments = Object::new();
        for (pointer, text) in fields {
            put(&mut arguments, &spec, pointer, text, *text == "on");
        }
        Json::Object(arguments).to_string()
    }

    #[test]
    fn each_kind_is_read_as_what_it_is() {
        let fields = [
            ("/email", "a@example.com"),
            ("/search_start_date", "2026-11-22"),
            ("/order", "ASC"),
            ("/limit", "20"),
            ("/offset", ""),
            ("/fields/notes", "on"),
            ("/fields/items", "on"),
            ("/no_such", "x"),
        ];
        assert_eq!(
            typed("orders_list", &fields),
            r#"{"email":"a@example.com","search_start_date":"2026-11-22","order":"ASC","limit":20,"fields":["items","notes"]}"#
        );
        let fields = [
            ("/order_id", "7"),
            ("/weight", "1.50"),
            ("/dry_run", "on"),
            ("/reason", " "),
        ];
        assert_eq!(
            typed("orders_add_shipment", &fields),
            r#"{"order_id":"7","weight":1.50,"dry_run":true}"#
        );
    }

    #[test]
    fn what_does_not_fit_stays_as_text() {
        assert_eq!(
            typed("orders_list", &[("/limit", "many")]),
            r#"{"limit":"many"}"#
        );
        assert_eq!(
            typed("orders_update", &[("/changes", "{\"a\":")]),
            r#"{"changes":"{\"a\":"}"#
        );
        assert_eq!(
            typed("orders_update", &[("/changes", "{\"a\": 1.10}")]),
            r#"{"changes":{"a":1.10}}"#
        );
    }

    #[test]
    fn lists_grow_and_shrink() {
        let spec = spec("orders_add_items");
        let mut arguments = Object::new();
        put(
            &mut arguments,
            &spec,
            "/items/0",
            "{\"name\": \"A\"}",
            false,
        );
        add_element(&mut arguments, &spec, "/items");
        put(
            &mut arguments,
            &spec,
            "/items/1",
            "{\"name\": \"B\"}",
            false,
        );
        put(&mut arguments, &spec, "/items/9", "{}", false);
        let text = |arguments: &Object| Json::Object(arguments.clone()).to_string();
        assert_eq!(text(&arguments), r#"{"items":[{"name":"A"},{"name":"B"}]}"#);
        remove_element(&mut arguments, "/items/0");
        assert_eq!(text(&arguments), r#"{"items":[{"name":"B"}]}"#);
        remove_element(&mut arguments, "/items/0");
        assert_eq!(text(&arguments), "{}");
    }

    #[test]
    fn no_pointer_leads_without_end() {
        let deep = ["/items/0", &"/a".repeat(100_000)].concat();
        assert_eq!(typed("orders_add_items", &[(&deep, "1")]), "{}");
    }

    #[test]
    fn options_go_with_the_last_one() {
        let spec = spec("orders_get");
        let mut arguments = Object::new();
        for is_on in [true, false] {
            put(&mut arguments, &spec, "/fields/notes", "on", is_on);
        }
        assert!(arguments.is_empty());
    }

    #[test]
    fn members_of_objects_are_found() {
        let inner = Field {
            name: "a/b".into(),
            help: String::new(),
            kind: FieldKind::Integer,
            required: false,
            secret: false,
            min: None,
            max: None,
            default: None,
            options: Vec::new(),
            fields: Vec::new(),
            item: None,
            picker: None,
        };
        let object = Field {
            name: "address".into(),
            kind: FieldKind::Object,
            fields: vec![inner.clone()],
            ..inner.clone()
        };
        let list = Field {
            name: "rows".into(),
            kind: FieldKind::List,
            item: Some(Box::new(object.clone())),
            ..inner
        };
        let spec = FormSpec {
            tool: "t".into(),
            fields: vec![object, list],
        };
        let mut arguments = Object::new();
        put(&mut arguments, &spec, &below("/address", "a/b"), "1", false);
        put(&mut arguments, &spec, "/rows/0/a~1b", "2", false);
        let text = Json::Object(arguments.clone()).to_string();
        assert_eq!(text, r#"{"address":{"a/b":1},"rows":[{"a/b":2}]}"#);
        put(&mut arguments, &spec, "/address/a~1b", "", false);
        assert_eq!(
            at(&arguments, "/address"),
            Some(&Json::Object(Object::new()))
        );
    }

    #[test]
    fn secrets_are_left_out() {
        let mut arguments = Object::new();
        arguments.insert("master_key", Json::String("odm_mk_x".into()));
        assert!(without_secrets(&arguments, &spec("tenant_use_master_key")).is_empty());
    }
}
