//! Comparing lists: by id where the records have one, else by content.

use std::collections::BTreeSet;

use super::diff::{self, FieldChange, meaning};
use super::path::{FieldPath, Step};
use super::tree::{elements, has_id};
use crate::json::Json;
use crate::version::Kind;

pub(super) fn differences(
    kind: Kind,
    path: &FieldPath,
    before: Option<&Json>,
    after: Option<&Json>,
    out: &mut Vec<FieldChange>,
) {
    let (old, new) = (elements(before), elements(after));
    if has_ids(&old) && has_ids(&new) {
        by_id(kind, path, &old, &new, out);
    } else {
        by_content(kind, path, &old, &new, out);
    }
}

fn id_of(value: &Json) -> Option<&str> {
    value.as_object()?.filled("id")
}

/// Whether each has an id of its own that a path can name. A line that is about to be added has none yet.
fn has_ids(elements: &[Json]) -> bool {
    let mut seen = BTreeSet::new();
    elements.iter().all(|element| {
        id_of(element).is_some_and(|id| {
            id.bytes().all(|byte| byte.is_ascii_alphanumeric()) && seen.insert(id)
        })
    })
}

fn by_id(kind: Kind, path: &FieldPath, old: &[Json], new: &[Json], out: &mut Vec<FieldChange>) {
    let find = |list: &[Json], id: &str| list.iter().position(|element| has_id(element, id));
    for before in old {
        let Some(id) = id_of(before) else { continue };
        let path = path.then(Step::Id(id.to_owned()));
        match find(new, id).map(|place| (before.as_object(), new[place].as_object())) {
            Some((Some(before), Some(after))) => diff::records(kind, &path, before, after, out),
            Some(_) => {}
            None => out.push(FieldChange {
                path,
                before: Some(before.clone()),
                after: None,
            }),
        }
    }
    for after in new {
        let Some(id) = id_of(after) else { continue };
        if find(old, id).is_none() {
            out.push(FieldChange {
                path: path.then(Step::Id(id.to_owned())),
                before: None,
                after: Some(after.clone()),
            });
        }
    }
}

/// What only one of the two has, each as often as it has it more; the same content in another order is one change of the
/// whole list.
fn by_content(
    kind: Kind,
    path: &FieldPath,
    old: &[Json],
    new: &[Json],
    out: &mut Vec<FieldChange>,
) {
    let means = |list: &[Json]| -> Vec<Json> {
        list.iter().map(|element| meaning(kind, element)).collect()
    };
    let (old_means, new_means) = (means(old), means(new));
    if old_means == new_means {
        return;
    }
    let removed = left_over(&old_means, &new_means);
    let added = left_over(&new_means, &old_means);
    // What both have must stand in the same order, or single additions and removals would not tell the difference.
    let is_reordered = without(&old_means, &removed) != without(&new_means, &added);
    if is_reordered {
        out.push(FieldChange {
            path: path.clone(),
            before: Some(Json::Array(old.to_vec())),
            after: Some(Json::Array(new.to_vec())),
        });
        return;
    }
    for index in removed {
        out.push(FieldChange {
            path: path.then(Step::At(index)),
            before: Some(old[index].clone()),
            after: None,
        });
    }
    for index in added {
        out.push(FieldChange {
            path: path.then(Step::At(index)),
            before: None,
            after: Some(new[index].clone()),
        });
    }
}

fn without<'a>(list: &'a [Json], places: &[usize]) -> Vec<&'a Json> {
    let kept = list.iter().enumerate();
    kept.filter(|(index, _)| !places.contains(index))
        .map(|(_, element)| element)
        .collect()
}

/// The places in `list` of what `other` does not have, counting repeats.
fn left_over(list: &[Json], other: &[Json]) -> Vec<usize> {
    let mut rest: Vec<&Json> = other.iter().collect();
    let mut places = Vec::new();
    for (index, element) in list.iter().enumerate() {
        match rest.iter().position(|candidate| *candidate == element) {
            Some(found) => {
                rest.swap_remove(found);
            }
            None => places.push(index),
        }
    }
    places
}
