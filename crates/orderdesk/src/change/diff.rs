use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::list;
use super::path::{FieldPath, Step};
use super::tree::members;
use crate::json::{Json, Object};
use crate::version::{Kind, Member, canonical_member, canonical_record, member_kind};
use crate::{Order, OrderItem, Product, Shipment};

/// One field that differs between two versions of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FieldChange {
    /// Where.
    pub path: FieldPath,
    /// The value before; absent when there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<serde_json::Value>")]
    pub before: Option<Json>,
    /// The value after; absent when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<serde_json::Value>")]
    pub after: Option<Json>,
}

impl FieldChange {
    /// The change back.
    #[must_use]
    pub fn reversed(&self) -> Self {
        Self {
            path: self.path.clone(),
            before: self.after.clone(),
            after: self.before.clone(),
        }
    }
}

macro_rules! compared {
    ($($record:ty, $kind:expr;)*) => {$(
        impl $record {
            /// What differs from `self` to `after`, by the meaning of the values ([`Self::normalised`]): each field by
            /// itself, lines by their id, notes and discounts by their content.
            pub fn diff(&self, after: &Self) -> Vec<FieldChange> {
                let mut changes = Vec::new();
                records($kind, &FieldPath::default(), self.as_object(), after.as_object(), &mut changes);
                changes
            }
        }
    )*};
}
compared! {
    Order, Kind::Order;
    OrderItem, Kind::OrderItem;
    Product, Kind::Product;
    Shipment, Kind::Shipment;
}

/// Compares two records of a kind that stand at the same path.
pub(super) fn records(
    kind: Kind,
    path: &FieldPath,
    before: &Object,
    after: &Object,
    out: &mut Vec<FieldChange>,
) {
    for name in names(before, after) {
        let path = path.then(Step::Member(name.to_owned()));
        let (before, after) = (before.get(name), after.get(name));
        match member_kind(kind, name) {
            Member::Volatile => {}
            Member::One(inner) if is_record(before) && is_record(after) => {
                records(inner, &path, &members(before), &members(after), out);
            }
            Member::Map if is_map(before) && is_map(after) => {
                entries(&path, &members(before), &members(after), out);
            }
            Member::Many(inner) if is_map(before) && is_map(after) => {
                list::differences(inner, &path, before, after, out);
            }
            _ => {
                let meaning = |value: Option<&Json>| canonical_member(kind, name, value?);
                if meaning(before) != meaning(after) {
                    out.push(FieldChange {
                        path,
                        before: before.cloned(),
                        after: after.cloned(),
                    });
                }
            }
        }
    }
}

fn entries(path: &FieldPath, before: &Object, after: &Object, out: &mut Vec<FieldChange>) {
    for name in names(before, after) {
        let (before, after) = (before.get(name), after.get(name));
        if before.map(Json::normalised) != after.map(Json::normalised) {
            out.push(FieldChange {
                path: path.then(Step::Member(name.to_owned())),
                before: before.cloned(),
                after: after.cloned(),
            });
        }
    }
}

fn names<'a>(before: &'a Object, after: &'a Object) -> Vec<&'a str> {
    let known: BTreeSet<_> = before.names().collect();
    let added = after.names().filter(|name| !known.contains(name));
    before.names().chain(added).collect()
}

/// Absent and blank are records without members.
fn is_record(value: Option<&Json>) -> bool {
    value.is_none_or(|value| value.is_blank() || value.as_object().is_some())
}

/// Absent and blank are maps without entries; PHP prints some maps as lists.
fn is_map(value: Option<&Json>) -> bool {
    value.is_none_or(|value| value.is_blank() || matches!(value, Json::Array(_) | Json::Object(_)))
}

/// An element of a list in the one form that equal meanings share.
pub(super) fn meaning(kind: Kind, value: &Json) -> Json {
    match value {
        Json::Object(object) => Json::Object(canonical_record(kind, object)),
        other => other.normalised(),
    }
}
