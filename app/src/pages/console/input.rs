//! The inputs of a form, one by one.

use orderdesk_mcp_contract::form::{Field, Json, Picker};

use super::pointer::below;
use super::print::{one_line, pretty};
use crate::parts::{Markup, Text, el};

/// The id of the list of what can be picked.
pub(super) fn list_id(picker: &str) -> String {
    ["pick-", picker].concat()
}

pub(super) fn named(input: Markup, path: &str) -> Markup {
    input
        .with("name", ["fields[", path, "]"].concat())
        .with("data-path", path.to_owned())
}

pub(super) fn picked(input: Markup, field: &Field) -> Markup {
    match field.picker {
        Some(picker) if picker != Picker::Store => input
            .with("list", list_id(picker.as_str()))
            .with("data-picker", picker.as_str()),
        _ => input,
    }
}

pub(super) fn bound(input: Markup, name: &'static str, bound: Option<i64>) -> Markup {
    match bound {
        Some(bound) => input.with(name, bound.to_string()),
        None => input,
    }
}

pub(super) fn label(field: &Field, id: &str) -> Markup {
    let optional = (!field.required).then(|| el("span").class("field-optional").text(" optional"));
    el("label")
        .with("for", id.to_owned())
        .child(el("code").text(field.name.clone()))
        .maybe(optional)
}

pub(super) fn help_id(id: &str) -> String {
    [id, "-help"].concat()
}

pub(super) fn help(field: &Field, id: &str) -> Markup {
    el("p")
        .class("field-help")
        .with("id", help_id(id))
        .text(field.help.clone())
}

pub(super) fn group(field: &Field) -> Markup {
    let optional = (!field.required).then(|| el("span").class("field-optional").text(" optional"));
    el("fieldset")
        .class("console-group console-wide")
        .child(
            el("legend")
                .child(el("code").text(field.name.clone()))
                .maybe(optional),
        )
        .child(el("p").class("field-help").text(field.help.clone()))
}

fn check(path: &str, text: &str, is_on: bool) -> Markup {
    let input = el("input")
        .with_all(&[("type", "checkbox"), ("value", "on")])
        .flag("checked", is_on);
    el("label")
        .class("check")
        .child(named(input, path))
        .child(el("code").text(text.to_owned()))
}

pub(super) fn flag(field: &Field, path: &str, value: Option<&Json>) -> Markup {
    let is_on = value == Some(&Json::Bool(true));
    el("div")
        .class("field")
        .child(check(path, &field.name, is_on))
        .child(el("p").class("field-help").text(field.help.clone()))
}

pub(super) fn many(field: &Field, path: &str, value: Option<&Json>) -> Markup {
    let chosen = value.and_then(Json::as_array).unwrap_or_default();
    let option = |option: &String| {
        let is_on = chosen.iter().any(|one| one.as_str() == Some(option));
        check(&below(path, option), option, is_on)
    };
    group(field).child(
        el("div")
            .class("console-checks")
            .children(field.options.iter().map(option)),
    )
}

/// A choice among options; a value that is none of them is one more.
pub(super) fn select(
    mut options: Vec<(String, String)>,
    value: Option<&Json>,
    blank: impl Into<Text>,
) -> Markup {
    let chosen = text_of(value);
    if !options.iter().any(|(value, _)| *value == chosen) && !chosen.is_empty() {
        options.push((chosen.clone(), chosen.clone()));
    }
    let option = |(value, label): (String, String)| {
        let is_chosen = value == chosen;
        el("option")
            .with("value", value)
            .flag("selected", is_chosen)
            .text(label)
    };
    el("select")
        .child(el("option").with("value", "").text(blank))
        .children(options.into_iter().map(option))
}

/// A value as a line of text.
pub(super) fn text_of(value: Option<&Json>) -> String {
    match value {
        None | Some(Json::Null) => String::new(),
        Some(Json::String(text)) => text.clone(),
        Some(other) => one_line(other),
    }
}

/// A value as JSON; text stands for what could not be read as JSON.
pub(super) fn json_of(value: Option<&Json>) -> String {
    match value {
        None => String::new(),
        Some(Json::String(text)) => text.clone(),
        Some(other) => pretty(other),
    }
}
