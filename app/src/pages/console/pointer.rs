//! JSON Pointers (RFC 6901), which name a form's fields.

use orderdesk_mcp_contract::form::{Field, FieldKind, FormSpec, Json, Object};

/// A pointer's steps.
pub(super) fn steps(pointer: &str) -> Vec<String> {
    let step = |step: &str| step.replace("~1", "/").replace("~0", "~");
    pointer.split('/').skip(1).map(step).collect()
}

/// A pointer one step longer.
pub(super) fn below(pointer: &str, step: &str) -> String {
    let step = step.replace('~', "~0").replace('/', "~1");
    [pointer, "/", &step].concat()
}

/// The field that a pointer leads to; for an option of many, the field of the list.
pub(super) fn field_at<'a>(spec: &'a FormSpec, pointer: &str) -> Option<&'a Field> {
    let steps = steps(pointer);
    let (first, rest) = steps.split_first()?;
    rest.iter()
        .try_fold(spec.field(first)?, |at, step| match at.kind {
            FieldKind::Object => at.fields.iter().find(|field| field.name == *step),
            FieldKind::List => at.item.as_deref(),
            _ => Some(at),
        })
}

/// What stands at a pointer.
pub(super) fn at<'a>(arguments: &'a Object, pointer: &str) -> Option<&'a Json> {
    let steps = steps(pointer);
    let (first, rest) = steps.split_first()?;
    rest.iter()
        .try_fold(arguments.get(first)?, |at, step| match at {
            Json::Object(members) => members.get(step),
            Json::Array(elements) => elements.get(step.parse::<usize>().ok()?),
            _ => None,
        })
}
