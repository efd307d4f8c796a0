//! Records that are only being made.

use super::merge::{self, MergeError, MergeProblem, NewNotes};
use super::path::{FieldPath, Step};
use crate::json::{Json, Object};
use crate::version::Kind;
use crate::{Order, OrderItem};

/// What an order is made with beside its own members (`orderdesk-api.md` 4.1, the names that are only written).
const ONLY_WRITTEN: [&str; 7] = [
    "customer_first_name",
    "customer_last_name",
    "customer_company",
    "shipping_first_name",
    "shipping_last_name",
    "shipping_company",
    "cc_number",
];
/// Members that are set when an order is made and never changed by a merge.
const ONLY_AT_FIRST: [&str; 2] = ["folder_id", "date_added"];

impl Order {
    /// A new order of these members, each checked as [`Order::merge`] does. Lines have no id yet.
    ///
    /// # Errors
    /// [`MergeError`] for the first member that is not accepted.
    pub fn of_members(given: &Object, notes: &NewNotes) -> Result<Self, MergeError> {
        let mut order = Object::new();
        for (name, value) in given.iter() {
            let path = FieldPath::member(name);
            match name {
                "order_items" => {
                    order.insert(name, Json::Array(new_lines(&path, value)?));
                }
                "order_notes" => merge::merge_notes(&path, &mut order, value, notes)?,
                _ if ONLY_WRITTEN.contains(&name) || ONLY_AT_FIRST.contains(&name) => {
                    order.insert(name, merge::text(&path, value)?);
                }
                _ => merge::merge_member(Kind::Order, &path, &mut order, name, value)?,
            }
        }
        let order = Self::from(order);
        order.check_limits(&Self::default())?;
        Ok(order)
    }
}

impl OrderItem {
    /// A new line of these members, each checked as [`Order::merge`] does.
    ///
    /// # Errors
    /// [`MergeError`] for the first member that is not accepted, an id among them.
    pub fn of_members(given: &Object) -> Result<Self, MergeError> {
        new_line(&FieldPath::default(), given).map(Self::from)
    }
}

fn new_lines(path: &FieldPath, value: &Json) -> Result<Vec<Json>, MergeError> {
    const EXPECTED: &str = "a list of lines";
    let Json::Array(lines) = value else {
        return merge::wrong_kind(path, EXPECTED, value);
    };
    let lines = lines.iter().enumerate();
    let line = |(index, line): (usize, &Json)| {
        let path = path.then(Step::At(index));
        match line {
            Json::Object(given) => new_line(&path, given).map(Json::Object),
            other => merge::wrong_kind(&path, "an object", other),
        }
    };
    lines.map(line).collect()
}

fn new_line(path: &FieldPath, given: &Object) -> Result<Object, MergeError> {
    let mut line = Object::new();
    for (name, value) in given.iter() {
        let path = path.then(Step::Member(name.to_owned()));
        if name == "id" {
            return Err(MergeError {
                path,
                problem: MergeProblem::ReadOnly("Order Desk gives a new line its id"),
            });
        }
        merge::merge_member(Kind::OrderItem, &path, &mut line, name, value)?;
    }
    Ok(line)
}
