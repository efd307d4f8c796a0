use super::diff::{FieldChange, meaning};
use super::path::{FieldPath, Step};
use super::tree;
use crate::json::Json;
use crate::version::{Kind, Member, canonical_member, member_kind};
use crate::{Order, Product};

/// A record with changes carried over to it.
#[derive(Debug, Clone)]
pub struct Applied<R> {
    /// The record with every change that could be carried over.
    pub record: R,
    /// Those that could not, because somebody else changed the same field: left as they found it.
    pub conflicts: Vec<Conflict>,
}

/// A field that two sides changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// What was to be changed.
    pub change: FieldChange,
    /// What stands there now.
    pub found: Option<Json>,
}

macro_rules! applied {
    ($($record:ty, $kind:expr;)*) => {$(
        impl $record {
            /// Carries changes over to this version of the record, which may have been edited since they were worked
            /// out: a field that still has its value from before, or already the one from after, takes the change; any
            /// other is a conflict and stays.
            pub fn apply(&self, changes: &[FieldChange]) -> Applied<Self> {
                let (record, conflicts) = apply($kind, Json::Object(self.as_object().clone()), changes);
                let record = match record {
                    Json::Object(object) => Self::from(object),
                    _ => self.clone(),
                };
                Applied { record, conflicts }
            }
        }
    )*};
}
applied! {
    Order, Kind::Order;
    Product, Kind::Product;
}

fn apply(kind: Kind, mut record: Json, changes: &[FieldChange]) -> (Json, Vec<Conflict>) {
    let mut conflicts = Vec::new();
    // Removals first, so that an addition finds the place it was made at.
    let (removals, others): (Vec<_>, Vec<_>) =
        changes.iter().partition(|change| change.after.is_none());
    for change in removals.into_iter().chain(others) {
        let is_done = match (
            change.path.steps().split_last(),
            element_kind(kind, &change.path),
        ) {
            (Some((Step::At(place), list)), Some(kind)) => {
                apply_element(kind, &mut record, list, *place, change)
            }
            _ => apply_value(kind, &mut record, change),
        };
        if !is_done {
            conflicts.push(Conflict {
                change: change.clone(),
                found: tree::get(&record, change.path.steps()).cloned(),
            });
        }
    }
    (record, conflicts)
}

/// The kind of the elements, where the path ends in an element of one of the record's own lists.
fn element_kind(kind: Kind, path: &FieldPath) -> Option<Kind> {
    match (path.steps().len(), member_kind(kind, path.first())) {
        (2, Member::Many(inner)) => Some(inner),
        _ => None,
    }
}

fn apply_value(kind: Kind, record: &mut Json, change: &FieldChange) -> bool {
    let steps = change.path.steps();
    let found = tree::get(record, steps);
    let same = |left: Option<&Json>, right: Option<&Json>| {
        meaning_at(kind, &change.path, left) == meaning_at(kind, &change.path, right)
    };
    if same(found, change.after.as_ref()) {
        return true;
    }
    same(found, change.before.as_ref()) && tree::set(record, steps, change.after.clone())
}

/// Elements without an id have moved when others came or went, so they are found by their content.
fn apply_element(
    kind: Kind,
    record: &mut Json,
    list: &[Step],
    place: usize,
    change: &FieldChange,
) -> bool {
    let mut elements = tree::elements(tree::get(record, list));
    match (&change.before, &change.after) {
        (None, Some(added)) => elements.insert(place.min(elements.len()), added.clone()),
        (Some(removed), None) => {
            let wanted = meaning(kind, removed);
            let found = elements
                .iter()
                .rposition(|element| meaning(kind, element) == wanted);
            match found {
                Some(index) => drop(elements.remove(index)),
                None => return false,
            }
        }
        _ => return false,
    }
    tree::set(record, list, Some(Json::Array(elements)))
}

/// A value's meaning where it stands: the kinds of the records on the way decide how it is compared.
fn meaning_at(kind: Kind, path: &FieldPath, value: Option<&Json>) -> Option<Json> {
    let value = value?;
    let mut kind = kind;
    let mut steps = path.steps().iter().peekable();
    while let Some(step) = steps.next() {
        let Step::Member(name) = step else { continue };
        match (member_kind(kind, name), steps.peek()) {
            (_, None) => return canonical_member(kind, name, value),
            (Member::One(inner) | Member::Many(inner), Some(_)) => kind = inner,
            (_, Some(_)) => return Some(value.normalised()),
        }
    }
    Some(meaning(kind, value))
}
