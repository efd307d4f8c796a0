//! Comparing what Order Desk has with what was planned: pure.

use orderdesk::{FieldChange, FieldPath, Json, Order, OrderItem, Shipment};

use super::operation::Operation;
use super::plan::{Planned, elements, id_of};
use super::record::Record;

/// What a look at Order Desk says of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// All of it is there.
    AsPlanned,
    /// None of it is there.
    AsBefore,
    /// So many of its parts are there.
    Partly { done: usize, of: usize },
    /// Its fields hold something else again.
    Otherwise,
}

/// What was found.
pub(super) enum Found<'a> {
    /// The record, or that there is none.
    Record(Option<&'a Record>),
    /// Whether the history has the entry with our mark.
    Note(bool),
}

/// Judges a change by the record before, the record as planned, and what was found.
pub(super) fn judge(
    operation: &Operation,
    diff: &[FieldChange],
    before: Option<&Record>,
    after: Option<&Record>,
    found: &Found<'_>,
) -> Verdict {
    let found = match found {
        Found::Note(true) => return Verdict::AsPlanned,
        Found::Note(false) => return Verdict::AsBefore,
        Found::Record(found) => *found,
    };
    match (operation, found) {
        (Operation::DeleteOrder, None) => Verdict::AsPlanned,
        (Operation::DeleteOrder, Some(_)) | (Operation::CreateOrder { .. }, None) => {
            Verdict::AsBefore
        }
        // The order was deleted by somebody else meanwhile.
        (_, None) => Verdict::Otherwise,
        (Operation::CreateOrder { order }, Some(found)) => {
            let planned = elements(&Order::from(order.clone()), "order_items");
            let new = list(Some(found), "order_items");
            let matched = matches(&planned, &new, is_line);
            if matched == planned.len() && new.len() == planned.len() {
                Verdict::AsPlanned
            } else {
                Verdict::Otherwise
            }
        }
        (Operation::AddItems { items }, Some(found)) => {
            let planned: Vec<_> = items.iter().cloned().map(Json::Object).collect();
            added(&planned, &new_ones(before, found, "order_items"), is_line)
        }
        (Operation::AddShipment { shipment }, Some(found)) => {
            let planned = [Json::Object(shipment.clone())];
            added(
                &planned,
                &new_ones(before, found, "order_shipments"),
                is_shipment,
            )
        }
        (Operation::RemoveItems { item_ids }, Some(found)) => {
            removed(item_ids, &list(Some(found), "order_items"))
        }
        (Operation::RemoveShipment { shipment_id }, Some(found)) => removed(
            std::slice::from_ref(shipment_id),
            &list(Some(found), "order_shipments"),
        ),
        (_, Some(found)) => by_fields(diff, before, after, found),
    }
}

/// Fields of the change that differ between two versions.
fn touched(diff: &[FieldChange], between: &[FieldChange]) -> bool {
    between
        .iter()
        .any(|other| diff.iter().any(|ours| ours.path.overlaps(&other.path)))
}

fn by_fields(
    diff: &[FieldChange],
    before: Option<&Record>,
    after: Option<&Record>,
    found: &Record,
) -> Verdict {
    let differs = |from: Option<&Record>| from.is_none_or(|from| touched(diff, &from.diff(found)));
    if !differs(after) {
        Verdict::AsPlanned
    } else if !differs(before) {
        Verdict::AsBefore
    } else {
        Verdict::Otherwise
    }
}

fn added(planned: &[Json], new: &[Json], same: fn(&Json, &Json) -> bool) -> Verdict {
    match matches(planned, new, same) {
        done if done == planned.len() => Verdict::AsPlanned,
        0 => Verdict::AsBefore,
        done => Verdict::Partly {
            done,
            of: planned.len(),
        },
    }
}

fn removed(ids: &[String], left: &[Json]) -> Verdict {
    let is_left = |id: &&String| left.iter().any(|one| id_of(one) == Some(id));
    match ids.iter().filter(is_left).count() {
        0 => Verdict::AsPlanned,
        still if still == ids.len() => Verdict::AsBefore,
        still => Verdict::Partly {
            done: ids.len() - still,
            of: ids.len(),
        },
    }
}

fn list(record: Option<&Record>, member: &str) -> Vec<Json> {
    record
        .and_then(Record::order)
        .map(|order| elements(order, member))
        .unwrap_or_default()
}

/// The elements of a list that were not there before.
pub(super) fn new_ones(before: Option<&Record>, found: &Record, member: &str) -> Vec<Json> {
    let old = list(before, member);
    let is_new = |one: &Json| !old.iter().any(|other| id_of(other) == id_of(one));
    list(Some(found), member)
        .into_iter()
        .filter(is_new)
        .collect()
}

/// How many of the planned ones each have one of their own among those found.
fn matches(planned: &[Json], found: &[Json], same: fn(&Json, &Json) -> bool) -> usize {
    let mut left: Vec<&Json> = found.iter().collect();
    planned
        .iter()
        .filter(
            |wanted| match left.iter().position(|one| same(wanted, one)) {
                Some(place) => {
                    left.swap_remove(place);
                    true
                }
                None => false,
            },
        )
        .count()
}

/// Whether everything that was given is there; what Order Desk adds by itself does not count.
fn is_line(given: &Json, found: &Json) -> bool {
    let line = |json: &Json| OrderItem::try_from(json.clone()).unwrap_or_default();
    has_all(&line(given).diff(&line(found)))
}

fn is_shipment(given: &Json, found: &Json) -> bool {
    let shipment = |json: &Json| Shipment::try_from(json.clone()).unwrap_or_default();
    has_all(&shipment(given).diff(&shipment(found)))
}

fn has_all(from_given_to_found: &[FieldChange]) -> bool {
    from_given_to_found
        .iter()
        .all(|change| change.before.as_ref().is_none_or(Json::is_blank))
}

/// Fields that somebody else has changed too, or that hold something else than planned, for the three-way view. What a
/// new order has beyond what was given is Order Desk's, nobody else's.
pub(super) fn elsewhere(planned: &Planned, found: &Record) -> Vec<FieldPath> {
    let after = planned.after.as_ref();
    let Some(after) = after.filter(|_| !matches!(planned.operation, Operation::CreateOrder { .. }))
    else {
        return Vec::new();
    };
    let diff = &planned.diff;
    let ours = |path: &FieldPath| diff.iter().any(|change| change.path.overlaps(path));
    after
        .diff(found)
        .into_iter()
        .map(|change| change.path)
        .filter(|path| !ours(path) && !is_computed(path))
        .collect()
}

/// Members that Order Desk works out anew with every write (`orderdesk-api.md` 5).
fn is_computed(path: &FieldPath) -> bool {
    matches!(
        path.first(),
        "quantity_total"
            | "weight_total"
            | "product_total"
            | "discount_total"
            | "order_total"
            | "processor_balance"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::changes::plan::plan;

    fn order(text: &str) -> Record {
        Record::Order(Order::try_from(Json::parse(text).unwrap()).unwrap())
    }

    fn verdict(operation: &Operation, before: &Record, found: Option<&Record>) -> Verdict {
        let planned = plan(operation, Some(before)).unwrap();
        judge(
            operation,
            &planned.diff,
            Some(before),
            planned.after.as_ref(),
            &Found::Record(found),
        )
    }

    const BEFORE: &str = r#"{"id":"1","email":"a","tag_name":"t","order_items":[{"id":"7","name":"A","quantity":1}],
        "order_notes":[{"content":"first"}],"order_total":5}"#;

    #[test]
    fn fields_are_judged_by_themselves() {
        let before = order(BEFORE);
        let wanted = order(&BEFORE.replace(r#""email":"a""#, r#""email":"b""#));
        let operation = Operation::UpdateOrder {
            diff: before.diff(&wanted),
        };
        let found = |text: &str| Some(order(text));
        for (found, expected) in [
            (found(BEFORE), Verdict::AsBefore),
            (Some(wanted.clone()), Verdict::AsPlanned),
            // Somebody else's edit elsewhere does not hide ours.
            (
                found(&BEFORE.replace(
                    r#""email":"a","tag_name":"t""#,
                    r#""email":"b","tag_name":"u""#,
                )),
                Verdict::AsPlanned,
            ),
            (
                found(&BEFORE.replace(r#""email":"a""#, r#""email":"c""#)),
                Verdict::Otherwise,
            ),
            (None, Verdict::Otherwise),
        ] {
            assert_eq!(verdict(&operation, &before, found.as_ref()), expected);
        }
    }

    #[test]
    fn new_lines_are_counted_without_their_ids() {
        let before = order(BEFORE);
        let line = |text: &str| Json::parse(text).unwrap().as_object().cloned().unwrap();
        let operation = Operation::AddItems {
            items: vec![
                line(r#"{"name":"B","price":"2.00"}"#),
                line(r#"{"name":"B","price":"2.00"}"#),
            ],
        };
        let with = |lines: &str| {
            order(&BEFORE.replace(r#""quantity":1}]"#, &format!(r#""quantity":1}}{lines}]"#)))
        };
        let one = r#",{"id":"8","name":"B","price":2,"quantity":1,"metadata":[]}"#;
        let two = format!(r#"{one},{{"id":"9","name":"B","price":2}}"#);
        assert_eq!(
            verdict(&operation, &before, Some(&with(""))),
            Verdict::AsBefore
        );
        assert_eq!(
            verdict(&operation, &before, Some(&with(one))),
            Verdict::Partly { done: 1, of: 2 }
        );
        assert_eq!(
            verdict(&operation, &before, Some(&with(&two))),
            Verdict::AsPlanned
        );
    }

    #[test]
    fn a_note_of_somebody_else_is_not_ours() {
        let before = order(BEFORE);
        let with = |notes: &str| {
            order(&BEFORE.replace(
                r#"[{"content":"first"}]"#,
                &format!(r#"[{{"content":"first"}}{notes}]"#),
            ))
        };
        let wanted = with(r#",{"content":"ours"}"#);
        let operation = Operation::UpdateOrder {
            diff: before.diff(&wanted),
        };
        let both = with(r#",{"content":"theirs"},{"content":"ours"}"#);
        assert_ne!(
            verdict(&operation, &before, Some(&with(r#",{"content":"theirs"}"#))),
            Verdict::AsPlanned
        );
        assert_eq!(
            verdict(&operation, &before, Some(&wanted)),
            Verdict::AsPlanned
        );
        assert_ne!(verdict(&operation, &before, Some(&both)), Verdict::AsBefore);
    }

    #[test]
    fn a_deleted_order_is_gone() {
        let before = order(BEFORE);
        assert_eq!(
            verdict(&Operation::DeleteOrder, &before, None),
            Verdict::AsPlanned
        );
        assert_eq!(
            verdict(&Operation::DeleteOrder, &before, Some(&before)),
            Verdict::AsBefore
        );
    }
}
