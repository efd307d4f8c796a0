//! What the server sent, read member by member: the page has a reader of JSON anyway, and a compiled one for each type would
//! cost the browser more than all else here.

use orderdesk_mcp_contract::ApiError;
use orderdesk_mcp_contract::form::{Field, FieldKind, FormSpec, Json, Picker};
use orderdesk_mcp_contract::views::console::{ConsoleHints, ConsoleStore};

use crate::transport::unreadable;

/// A whole text.
pub(super) fn parse(text: &str) -> Result<Json, ApiError> {
    Json::parse_in_browser(text).map_err(|_| unreadable())
}

/// A member, unless it is absent or `null`.
pub(super) fn part<'a>(value: &'a Json, name: &str) -> Option<&'a Json> {
    value.as_object()?.get(name).filter(|part| !part.is_null())
}

/// A member that is text; blank when it is none.
pub(super) fn text<'a>(value: &'a Json, name: &str) -> &'a str {
    part(value, name).and_then(Json::as_str).unwrap_or_default()
}

/// A member that is yes or no.
pub(super) fn flag(value: &Json, name: &str) -> bool {
    part(value, name) == Some(&Json::Bool(true))
}

/// A member that is a whole number.
pub(super) fn number(value: &Json, name: &str) -> Option<i64> {
    match part(value, name)? {
        Json::Number(number) => number.as_str().parse().ok(),
        _ => None,
    }
}

/// The same where less than nothing makes no sense.
pub(super) fn size(value: &Json, name: &str) -> Option<u64> {
    number(value, name)?.try_into().ok()
}

/// A member that is a list; empty when it is none.
pub(super) fn list<'a>(value: &'a Json, name: &str) -> &'a [Json] {
    part(value, name)
        .and_then(Json::as_array)
        .unwrap_or_default()
}

fn texts(value: &Json, name: &str) -> Vec<String> {
    let texts = list(value, name).iter().filter_map(Json::as_str);
    texts.map(str::to_owned).collect()
}

/// A tool's form.
pub(super) fn spec(value: &Json) -> FormSpec {
    FormSpec {
        tool: text(value, "tool").to_owned(),
        fields: list(value, "fields").iter().map(field).collect(),
    }
}

fn field(value: &Json) -> Field {
    Field {
        name: text(value, "name").to_owned(),
        help: text(value, "help").to_owned(),
        kind: kind(text(value, "kind")),
        required: flag(value, "required"),
        secret: flag(value, "secret"),
        min: number(value, "min"),
        max: number(value, "max"),
        default: part(value, "default")
            .and_then(Json::as_str)
            .map(str::to_owned),
        options: texts(value, "options"),
        fields: list(value, "fields").iter().map(field).collect(),
        item: part(value, "item").map(|item| Box::new(field(item))),
        picker: Picker::ALL
            .into_iter()
            .find(|picker| picker.as_str() == text(value, "picker")),
    }
}

/// What is not known here is typed as JSON.
fn kind(name: &str) -> FieldKind {
    match name {
        "text" => FieldKind::Text,
        "long_text" => FieldKind::LongText,
        "date" => FieldKind::Date,
        "integer" => FieldKind::Integer,
        "number" => FieldKind::Number,
        "flag" => FieldKind::Flag,
        "choice" => FieldKind::Choice,
        "many" => FieldKind::Many,
        "object" => FieldKind::Object,
        "list" => FieldKind::List,
        _ => FieldKind::Json,
    }
}

/// What a tool says of itself.
pub(super) fn hints(tool: &Json) -> ConsoleHints {
    let hints = part(tool, "hints").unwrap_or(&Json::Null);
    ConsoleHints {
        reads: flag(hints, "reads"),
        destructive: flag(hints, "destructive"),
        idempotent: flag(hints, "idempotent"),
        dry_run: flag(hints, "dry_run"),
    }
}

pub(super) fn store(value: &Json) -> ConsoleStore {
    ConsoleStore {
        name: text(value, "name").to_owned(),
        sandbox: flag(value, "sandbox"),
        is_active: flag(value, "is_active"),
    }
}

#[cfg(test)]
mod tests {
    use orderdesk_mcp_contract::tools::catalog;

    use super::*;

    #[test]
    fn every_form_is_read_as_it_was_written() {
        for tool in catalog::offered() {
            let sent = FormSpec::of(tool);
            let text = serde_json::to_string(&sent).unwrap();
            assert_eq!(spec(&parse(&text).unwrap()), sent);
        }
    }

    #[test]
    fn hints_are_read_as_they_were_written() {
        let sent = ConsoleHints {
            reads: false,
            destructive: true,
            idempotent: false,
            dry_run: true,
        };
        let text = format!("{{\"hints\":{}}}", serde_json::to_string(&sent).unwrap());
        assert_eq!(hints(&parse(&text).unwrap()), sent);
    }
}
