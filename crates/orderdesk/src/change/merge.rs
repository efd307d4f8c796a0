use std::collections::BTreeSet;

use super::path::{FieldPath, Step};
use super::tree::{elements, has_id, members};
use crate::json::{Json, Number, Object};
use crate::version::{Kind, Member, canonical_member, member_kind, member_names};
use crate::{Note, Order, Product};

/// What notes are added with.
#[derive(Debug, Clone, Default)]
pub struct NewNotes {
    /// Who writes a note that does not say so itself.
    pub username: String,
    /// When, as Order Desk prints it: UTC, `YYYY-MM-DD HH:MM:SS`.
    pub date_added: String,
    /// Whether a note is added even when the order has one with the same words.
    pub repeat: bool,
}

/// A change that cannot be merged. Its text is for the one who asked for the change and holds none of its values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{path}` {problem}")]
pub struct MergeError {
    /// The member at fault.
    pub path: FieldPath,
    /// What is wrong with it.
    pub problem: MergeProblem,
}

/// Why a member cannot be changed as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MergeProblem {
    /// Order Desk computes or keeps it.
    #[error("cannot be changed here: {0}")]
    ReadOnly(&'static str),
    /// Nobody knows such a member.
    #[error("is not a member that can be changed; there are: {}", .0.join(", "))]
    Unknown(Vec<&'static str>),
    /// A value of the wrong kind.
    #[error("must be {expected}, not a {found}")]
    Kind {
        /// What is accepted.
        expected: &'static str,
        /// The kind that came.
        found: &'static str,
    },
    /// A line that the order does not have.
    #[error(
        "names a line that the order does not have; `orders_get` lists the lines with their ids"
    )]
    NoSuchLine,
    /// Two changes of one line.
    #[error("names the same line twice")]
    LineTwice,
    /// More than Order Desk keeps.
    #[error("would have {found} characters and Order Desk keeps {most}: shorten it")]
    TooLong {
        /// Characters after the change.
        found: usize,
        /// Characters that are kept.
        most: usize,
    },
}

impl MergeError {
    pub(super) fn at(name: &str, problem: MergeProblem) -> Self {
        Self {
            path: FieldPath::member(name),
            problem,
        }
    }
}

type Merged<T> = Result<T, MergeError>;

impl Order {
    /// This order with changes merged in, as the body of a tool call gives them.
    ///
    /// * Objects merge deeply; a member that is not named stays as it is.
    /// * `null` clears: text becomes blank, an amount zero, a map empty, and an entry of a map goes away.
    /// * `order_items` is a list of lines, each with its `id` and the members to change; lines not named stay.
    ///   Lines are added and removed one by one, by endpoints of their own.
    /// * `order_notes` is a text, a note or a list of them. They are added to those there are, except those whose words
    ///   the order has already (compared without case and spaces), unless [`NewNotes::repeat`] is set.
    /// * Members that Order Desk computes may be given with the value they have, as one who sends a whole order does.
    ///
    /// # Errors
    /// [`MergeError`], the first one found; nothing is merged then.
    pub fn merge(&self, changes: &Object, notes: &NewNotes) -> Result<Self, MergeError> {
        let mut merged = self.clone();
        for (name, change) in changes.iter() {
            let path = FieldPath::member(name);
            let record = merged.as_object_mut();
            match name {
                "order_items" => merge_lines(&path, record, change)?,
                "order_notes" => merge_notes(&path, record, change, notes)?,
                _ => merge_member(Kind::Order, &path, record, name, change)?,
            }
        }
        merged.check_limits(self)?;
        Ok(merged)
    }
}

impl Product {
    /// This product with changes merged in, by the rules of [`Order::merge`].
    ///
    /// # Errors
    /// As there.
    pub fn merge(&self, changes: &Object) -> Result<Self, MergeError> {
        let mut merged = self.clone();
        for (name, change) in changes.iter() {
            let path = FieldPath::member(name);
            merge_member(Kind::Product, &path, merged.as_object_mut(), name, change)?;
        }
        Ok(merged)
    }
}

/// Why a member of this kind of record is never changed by a merge.
fn read_only(kind: Kind, name: &str) -> Option<&'static str> {
    const COMPUTED: &str = "Order Desk computes it";
    Some(match (kind, name) {
        (_, "id" | "date_added" | "date_updated") => "Order Desk sets it",
        (
            Kind::Order,
            "quantity_total" | "weight_total" | "product_total" | "discount_total" | "order_total"
            | "refund_total" | "email_count",
        ) => COMPUTED,
        (Kind::Order, "cc_number_masked") => "Order Desk keeps the card",
        (Kind::Order, "order_history") => "it is written by what happens; use `orders_add_note`",
        (Kind::Order, "order_shipments") => "use `orders_add_shipment`",
        (Kind::Order, "folder_id") => "use `orders_move`",
        _ => return None,
    })
}

pub(super) fn merge_member(
    kind: Kind,
    path: &FieldPath,
    record: &mut Object,
    name: &str,
    change: &Json,
) -> Merged<()> {
    let fail = |problem| {
        Err(MergeError {
            path: path.clone(),
            problem,
        })
    };
    let now = record.get(name);
    if let Some(reason) = read_only(kind, name) {
        let means = |value: &Json| canonical_member(kind, name, value);
        let is_same = now.and_then(means) == means(change);
        return if is_same || member_kind(kind, name) == Member::Volatile {
            Ok(())
        } else {
            fail(MergeProblem::ReadOnly(reason))
        };
    }
    let merged = match member_kind(kind, name) {
        Member::Unknown | Member::Volatile => match now {
            Some(now) => merge_json(now, change),
            None => return fail(MergeProblem::Unknown(changeable(kind))),
        },
        Member::Text => text(path, change)?,
        Member::Number => number(path, change)?,
        Member::Map => map(path, now, change)?,
        Member::One(inner) => return merge_nested(inner, path, record, name, change),
        Member::Many(_) => list(path, change)?,
    };
    record.insert(name, merged);
    Ok(())
}

/// The names a mistyped one is answered with.
fn changeable(kind: Kind) -> Vec<&'static str> {
    member_names(kind)
        .iter()
        .copied()
        .filter(|name| read_only(kind, name).is_none())
        .collect()
}

pub(super) fn wrong_kind<T>(path: &FieldPath, expected: &'static str, found: &Json) -> Merged<T> {
    Err(MergeError {
        path: path.clone(),
        problem: MergeProblem::Kind {
            expected,
            found: found.kind(),
        },
    })
}

pub(super) fn text(path: &FieldPath, change: &Json) -> Merged<Json> {
    match change {
        Json::Null => Ok(Json::from("")),
        Json::String(_) | Json::Number(_) => Ok(change.clone()),
        other => wrong_kind(path, "text, or null to clear it", other),
    }
}

fn number(path: &FieldPath, change: &Json) -> Merged<Json> {
    match change {
        Json::Null => Ok(Json::from(0)),
        Json::Number(_) => Ok(change.clone()),
        Json::String(_) => match change
            .decimal()
            .map(|number| Number::parse(&number.plain()))
        {
            Some(Some(number)) => Ok(Json::Number(number)),
            _ => wrong_kind(path, "a number such as 19.95", change),
        },
        other => wrong_kind(path, "a number, or null for zero", other),
    }
}

fn list(path: &FieldPath, change: &Json) -> Merged<Json> {
    match change {
        Json::Null => Ok(Json::Array(Vec::new())),
        Json::Array(_) => Ok(change.clone()),
        other => wrong_kind(path, "a list, which replaces the one there is", other),
    }
}

fn map(path: &FieldPath, now: Option<&Json>, change: &Json) -> Merged<Json> {
    let entries = match change {
        Json::Null => return Ok(Json::Object(Object::new())),
        // A list is how PHP prints an empty map, and one with the keys 0, 1, 2.
        Json::Object(_) | Json::Array(_) => members(Some(change)),
        other => return wrong_kind(path, "an object, or null to empty it", other),
    };
    Ok(Json::Object(merge_entries(&members(now), &entries)))
}

/// Values nobody knows the type of: objects merge as in RFC 7386, all else is replaced.
fn merge_json(now: &Json, change: &Json) -> Json {
    let (Json::Object(now), Json::Object(change)) = (now, change) else {
        return change.clone();
    };
    Json::Object(merge_entries(now, change))
}

fn merge_entries(now: &Object, changes: &Object) -> Object {
    let mut merged = now.clone();
    for (name, change) in changes.iter() {
        if change.is_null() {
            merged.remove(name);
        } else {
            let value = merged
                .get(name)
                .map_or_else(|| change.clone(), |now| merge_json(now, change));
            merged.insert(name, value);
        }
    }
    merged
}

/// A nested record, such as an address: its members one by one. `null` clears each that there is.
fn merge_nested(
    kind: Kind,
    path: &FieldPath,
    record: &mut Object,
    name: &str,
    change: &Json,
) -> Merged<()> {
    let mut nested = members(record.get(name)).into_owned();
    match change {
        Json::Null => {
            for (_, value) in nested.iter_mut() {
                *value = Json::from("");
            }
        }
        Json::Object(changes) => {
            for (name, change) in changes.iter() {
                let path = path.then(Step::Member(name.to_owned()));
                merge_member(kind, &path, &mut nested, name, change)?;
            }
        }
        other => return wrong_kind(path, "an object of the members to change", other),
    }
    record.insert(name, nested);
    Ok(())
}

fn merge_lines(path: &FieldPath, record: &mut Object, change: &Json) -> Merged<()> {
    const EXPECTED: &str = "a list of lines, each with its `id` and the members to change; `orders_add_items` and `orders_remove_item` add and remove lines";
    let Json::Array(changes) = change else {
        return wrong_kind(path, EXPECTED, change);
    };
    let mut lines = elements(record.get("order_items"));
    let mut seen = BTreeSet::new();
    for (index, change) in changes.iter().enumerate() {
        let path = path.then(Step::At(index));
        let fail = |problem| {
            Err(MergeError {
                path: path.clone(),
                problem,
            })
        };
        let Some(change) = change.as_object() else {
            return wrong_kind(&path, EXPECTED, change);
        };
        // A line without an id, as one that is only being added, is never meant.
        let Some(id) = change.filled("id") else {
            return fail(MergeProblem::NoSuchLine);
        };
        let line = lines.iter_mut().find(|line| has_id(line, id));
        let Some(line) = line.and_then(Json::as_object_mut) else {
            return fail(MergeProblem::NoSuchLine);
        };
        if !seen.insert(id) {
            return fail(MergeProblem::LineTwice);
        }
        for (name, change) in change.iter().filter(|(name, _)| *name != "id") {
            let path = path.then(Step::Member(name.to_owned()));
            merge_member(Kind::OrderItem, &path, line, name, change)?;
        }
    }
    if !seen.is_empty() {
        record.insert("order_items", lines);
    }
    Ok(())
}

pub(super) fn merge_notes(
    path: &FieldPath,
    record: &mut Object,
    change: &Json,
    new: &NewNotes,
) -> Merged<()> {
    let mut notes = elements(record.get("order_notes"));
    let mut words: BTreeSet<String> = notes
        .iter()
        .filter_map(Json::as_object)
        .filter_map(|note| note.text("content"))
        .map(plain_words)
        .collect();
    let single = [change.clone()];
    let given = match change {
        Json::Array(notes) => notes.as_slice(),
        Json::String(_) | Json::Object(_) => single.as_slice(),
        other => {
            return wrong_kind(
                path,
                "a text, a note or a list of them; notes are added, never removed",
                other,
            );
        }
    };
    let before = notes.len();
    for (index, change) in given.iter().enumerate() {
        let note = note(&path.then(Step::At(index)), change, new)?;
        let content = note.content().map(plain_words).unwrap_or_default();
        // One that came from the order itself is no wish to repeat it, whatever `repeat` says.
        let is_echo = notes[..before].contains(change);
        if content.is_empty() || is_echo || !(words.insert(content) || new.repeat) {
            continue;
        }
        notes.push(note.into());
    }
    if notes.len() > before {
        record.insert("order_notes", notes);
    }
    Ok(())
}

fn note(path: &FieldPath, change: &Json, new: &NewNotes) -> Merged<Note> {
    let mut note = Object::new();
    note.insert("date_added", new.date_added.as_str());
    note.insert("username", new.username.as_str());
    match change {
        Json::String(content) => {
            note.insert("content", content.as_str());
        }
        Json::Object(given) => {
            for (name, value) in given.iter() {
                if !matches!(name, "date_added" | "username" | "content") {
                    let problem = MergeProblem::Unknown(vec!["content", "username", "date_added"]);
                    return Err(MergeError {
                        path: path.then(Step::Member(name.to_owned())),
                        problem,
                    });
                }
                note.insert(
                    name,
                    text(&path.then(Step::Member(name.to_owned())), value)?,
                );
            }
        }
        other => return wrong_kind(path, "a text or an object with `content`", other),
    }
    Ok(Note::from(note))
}

/// A note's words without case and spaces, by which two notes are the same.
fn plain_words(content: &str) -> String {
    content
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect()
}
