//! Reading and writing a value where a path points.

use std::borrow::Cow;

use super::path::Step;
use crate::json::{Json, Object};

/// A map as an object, whatever PHP printed it as: `[]` and absence are an empty one, a list has its places as names.
pub(super) fn members(value: Option<&Json>) -> Cow<'_, Object> {
    match value {
        Some(Json::Object(object)) => Cow::Borrowed(object),
        Some(list @ Json::Array(_)) => {
            let entries = list.entries().into_iter();
            Cow::Owned(
                entries
                    .map(|(name, value)| (name.into_owned(), value.clone()))
                    .collect(),
            )
        }
        _ => Cow::Owned(Object::new()),
    }
}

/// The elements of a list, whatever PHP printed it as; none of what is blank or absent.
pub(super) fn elements(list: Option<&Json>) -> Vec<Json> {
    let elements = list.map(Json::elements).unwrap_or_default();
    elements.into_iter().cloned().collect()
}

/// Whether a value is the record with this id.
pub(super) fn has_id(value: &Json, id: &str) -> bool {
    value
        .as_object()
        .and_then(|record| record.text("id"))
        .is_some_and(|found| found == id)
}

/// The value where the steps lead, if there is one.
pub(super) fn get<'a>(value: &'a Json, steps: &[Step]) -> Option<&'a Json> {
    let Some((step, rest)) = steps.split_first() else {
        return Some(value);
    };
    let inner = match (step, value) {
        (Step::Member(name), Json::Object(object)) => object.get(name)?,
        (Step::Member(name), Json::Array(elements)) => elements.get(name.parse::<usize>().ok()?)?,
        (Step::Id(id), _) => value
            .elements()
            .into_iter()
            .find(|element| has_id(element, id))?,
        (Step::At(index), Json::Array(elements)) => elements.get(*index)?,
        _ => return None,
    };
    get(inner, rest)
}

/// Sets or removes the value where the steps lead, making what is missing on the way. `false` when the way leads through
/// something that holds nothing, and the value is then as it was.
pub(super) fn set(value: &mut Json, steps: &[Step], new: Option<Json>) -> bool {
    let Some((step, rest)) = steps.split_first() else {
        *value = new.unwrap_or_default();
        return true;
    };
    match step {
        Step::Member(name) => set_member(value, name, rest, new),
        Step::Id(id) => set_record(value, id, rest, new),
        Step::At(index) => {
            let Json::Array(elements) = value else {
                return false;
            };
            match (elements.get_mut(*index), rest.is_empty(), new) {
                (Some(_), true, None) => {
                    elements.remove(*index);
                    true
                }
                (Some(element), _, new) => set(element, rest, new),
                (None, ..) => false,
            }
        }
    }
}

fn set_member(value: &mut Json, name: &str, rest: &[Step], new: Option<Json>) -> bool {
    if !matches!(value, Json::Object(_)) {
        if !(value.is_blank() || matches!(value, Json::Array(_))) {
            return false;
        }
        *value = Json::Object(members(Some(value)).into_owned());
    }
    let Some(object) = value.as_object_mut() else {
        return false;
    };
    if rest.is_empty() {
        match new {
            Some(new) => object.insert(name, new),
            None => object.remove(name),
        };
        return true;
    }
    if object.get(name).is_none() {
        object.insert(name, Json::Null);
    }
    object
        .get_mut(name)
        .is_some_and(|inner| set(inner, rest, new))
}

fn set_record(value: &mut Json, id: &str, rest: &[Step], new: Option<Json>) -> bool {
    if value.is_blank() {
        *value = Json::Array(Vec::new());
    }
    let Json::Array(elements) = value else {
        return false;
    };
    let found = elements.iter().position(|element| has_id(element, id));
    match (found, rest.is_empty(), new) {
        (Some(index), true, None) => {
            elements.remove(index);
            true
        }
        (Some(index), _, new) => set(&mut elements[index], rest, new),
        (None, true, Some(new)) => {
            elements.push(new);
            true
        }
        (None, true, None) => true,
        (None, false, _) => false,
    }
}
