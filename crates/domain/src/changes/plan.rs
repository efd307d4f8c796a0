//! Working a change out on the record as it is now: pure.

use std::collections::BTreeSet;

use orderdesk::{Conflict, FieldChange, FieldPath, FolderId, Json, Object, Order};
use orderdesk_mcp_contract::Money;
use orderdesk_mcp_contract::views::change::RecordKind;
use serde::{Deserialize, Serialize};

use super::operation::Operation;
use super::record::Record;
use super::totals;
use crate::traces::up_to_others;

/// A change worked out on one version of its record.
#[derive(Clone, Debug)]
pub(super) struct Planned {
    pub(super) operation: Operation,
    /// The record as it is expected afterwards; absent when it is deleted.
    pub(super) after: Option<Record>,
    pub(super) diff: Vec<FieldChange>,
    pub(super) warnings: Vec<String>,
    pub(super) money: Money,
}

/// What is sealed of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Plan {
    pub(super) operation: Operation,
    pub(super) diff: Vec<FieldChange>,
    pub(super) warnings: Vec<String>,
    /// Why it waits for a person; empty when it does not.
    pub(super) reasons: Vec<String>,
}

/// The record has changed so that the operation does not fit it any more.
#[derive(Debug)]
pub(super) struct Clash {
    /// What is in the way, in words without values.
    pub(super) what: String,
}

impl Clash {
    pub(super) fn gone(what: &str) -> Self {
        Self {
            what: what.to_owned(),
        }
    }

    fn fields(conflicts: &[Conflict]) -> Self {
        let paths: BTreeSet<_> = conflicts
            .iter()
            .map(|conflict| up_to_others(&conflict.change.path).to_string())
            .collect();
        let what = format!(
            "somebody else has changed {}",
            paths.into_iter().collect::<Vec<_>>().join(", ")
        );
        Self { what }
    }
}

impl Planned {
    pub(super) fn is_nothing(&self) -> bool {
        self.diff.is_empty() && self.after.is_some()
    }

    /// What it does, in one short sentence without values.
    pub(super) fn summary(&self) -> String {
        summary(&self.operation, &self.diff)
    }
}

/// Works an operation out on this version of its record.
pub(super) fn plan(operation: &Operation, before: Option<&Record>) -> Result<Planned, Clash> {
    let whole = || before.and_then(Record::order).cloned().unwrap_or_default();
    let after = match operation {
        Operation::CreateOrder { order } => Some(Record::Order(Order::from(order.clone()))),
        Operation::DeleteOrder => None,
        Operation::UpdateOrder { diff }
        | Operation::UpdateItem { diff, .. }
        | Operation::UpdateProduct { diff } => Some(applied(before, diff)?),
        Operation::MoveOrder { folder_id, .. } => {
            let mut order = whole();
            let id = FolderId::new(folder_id)
                .map_or_else(|_| Json::from(folder_id.as_str()), |id| id.to_json());
            order.as_object_mut().insert("folder_id", id);
            Some(Record::Order(order))
        }
        Operation::AddNote { .. } => before.cloned(),
        Operation::AddShipment { shipment } => Some(Record::Order(with(
            whole(),
            "order_shipments",
            std::slice::from_ref(shipment),
        ))),
        Operation::AddItems { items } => Some(Record::Order(with(whole(), "order_items", items))),
        Operation::RemoveShipment { shipment_id } => Some(Record::Order(without(
            whole(),
            "order_shipments",
            std::slice::from_ref(shipment_id),
        )?)),
        Operation::RemoveItems { item_ids } => {
            Some(Record::Order(without(whole(), "order_items", item_ids)?))
        }
    };
    let diff = difference(operation, before, after.as_ref());
    let order_before = before.and_then(Record::order);
    let order_after = after.as_ref().and_then(Record::order);
    let money = match operation.record_kind() {
        RecordKind::Order => totals::moved(order_before, order_after),
        RecordKind::Product => Money::ZERO,
    };
    if let (Some(before), Some(after)) = (order_before, order_after)
        && let Err(error) = after.check_limits(before)
    {
        return Err(Clash::gone(&error.to_string()));
    }
    Ok(Planned {
        operation: operation.clone(),
        warnings: warnings(operation),
        after,
        diff,
        money,
    })
}

fn difference(
    operation: &Operation,
    before: Option<&Record>,
    after: Option<&Record>,
) -> Vec<FieldChange> {
    if let Operation::AddNote { note, .. } = operation {
        return vec![FieldChange {
            path: FieldPath::member("order_history"),
            before: None,
            after: Some(Json::from(note.as_str())),
        }];
    }
    match (before, after) {
        (Some(before), Some(after)) => before.diff(after),
        (None, Some(after)) => Record::Order(Order::default()).diff(after),
        // All of it goes; the record before says what that is.
        (_, None) => Vec::new(),
    }
}

fn applied(before: Option<&Record>, diff: &[FieldChange]) -> Result<Record, Clash> {
    let Some(before) = before else {
        return Err(Clash::gone("the record is gone"));
    };
    let applied = before.apply(diff);
    if applied.conflicts.is_empty() {
        Ok(applied.record)
    } else {
        Err(Clash::fields(&applied.conflicts))
    }
}

fn with(mut order: Order, member: &str, added: &[Object]) -> Order {
    let mut list: Vec<Json> = elements(&order, member);
    list.extend(added.iter().cloned().map(Json::Object));
    order.as_object_mut().insert(member, Json::Array(list));
    order
}

fn without(mut order: Order, member: &str, ids: &[String]) -> Result<Order, Clash> {
    let mut list = elements(&order, member);
    let before = list.len();
    list.retain(|element| !id_of(element).is_some_and(|id| ids.iter().any(|gone| gone == id)));
    if before - list.len() != ids.len() {
        let what = if member == "order_items" {
            "the line is not in the order (any more)"
        } else {
            "the shipment is not in the order (any more)"
        };
        return Err(Clash::gone(what));
    }
    order.as_object_mut().insert(member, Json::Array(list));
    Ok(order)
}

/// The elements of a list of an order.
pub(super) fn elements(order: &Order, member: &str) -> Vec<Json> {
    let list = order.member(member).map(Json::elements).unwrap_or_default();
    list.into_iter().cloned().collect()
}

/// The id of a record in a list.
pub(super) fn id_of(element: &Json) -> Option<&str> {
    element.as_object()?.filled("id")
}

fn warnings(operation: &Operation) -> Vec<String> {
    let one = match operation {
        Operation::DeleteOrder => {
            "Order Desk cannot bring a deleted order back. Undoing this makes a new order of what was read, with another id and without shipments and history."
        }
        Operation::MoveOrder { .. } => {
            "Order Desk runs the merchant's rules for the folder, which may send e-mail or submit the order to fulfilment. Moving it back does not take that back."
        }
        Operation::AddNote { .. } => "An entry of the order's history cannot be taken back.",
        Operation::RemoveItems { .. } => "Undoing this adds the line again, with another id.",
        Operation::AddShipment { .. } => {
            "Order Desk may run rules for a new shipment, such as telling the customer. Removing the shipment does not take that back."
        }
        _ => return Vec::new(),
    };
    vec![one.to_owned()]
}

fn summary(operation: &Operation, diff: &[FieldChange]) -> String {
    match operation {
        Operation::CreateOrder { order } => {
            let lines = Order::from(order.clone()).order_items().len();
            format!("Create an order with {lines} line{}", plural(lines))
        }
        Operation::UpdateOrder { .. } => format!("Change {}", members(diff)),
        Operation::DeleteOrder => "Delete the order".to_owned(),
        Operation::MoveOrder { folder_name, .. } => {
            let name: String = folder_name.chars().take(80).collect();
            format!("Move to the folder {name}")
        }
        Operation::AddNote { .. } => "Add a note to the history".to_owned(),
        Operation::AddShipment { .. } => "Add a shipment".to_owned(),
        Operation::RemoveShipment { .. } => "Remove a shipment".to_owned(),
        Operation::AddItems { items } => format!("Add {} line{}", items.len(), plural(items.len())),
        Operation::UpdateItem { item_id, .. } => format!("Change line {item_id}"),
        Operation::RemoveItems { item_ids } => {
            format!("Remove {} line{}", item_ids.len(), plural(item_ids.len()))
        }
        Operation::UpdateProduct { .. } => format!("Change {}", members(diff)),
    }
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// The record's own members a difference leads through; deeper names can be a customer's words.
fn members(diff: &[FieldChange]) -> String {
    let names: BTreeSet<_> = diff.iter().map(|change| change.path.first()).collect();
    let shown: Vec<_> = names.iter().take(3).copied().collect();
    let rest = names.len().saturating_sub(shown.len());
    let more = if rest > 0 {
        format!(" and {rest} more")
    } else {
        String::new()
    };
    format!("{}{more}", shown.join(", "))
}

/// What of an operation still fits the record although somebody else has changed some of it; none when nothing does.
pub(super) fn rest(operation: &Operation, before: &Record) -> Option<Planned> {
    let left = |diff: &[FieldChange]| -> Vec<FieldChange> {
        let conflicts = before.apply(diff).conflicts;
        let is_free = |change: &&FieldChange| {
            !conflicts
                .iter()
                .any(|conflict| conflict.change.path == change.path)
        };
        diff.iter().filter(is_free).cloned().collect()
    };
    let still_there = |ids: &[String], member: &str| -> Vec<String> {
        let list = before.order().map(|order| elements(order, member));
        let list = list.unwrap_or_default();
        let is_there = |id: &&String| list.iter().any(|one| id_of(one) == Some(id));
        ids.iter().filter(is_there).cloned().collect()
    };
    let rest = match operation {
        Operation::UpdateOrder { diff } => Operation::UpdateOrder { diff: left(diff) },
        Operation::UpdateProduct { diff } => Operation::UpdateProduct { diff: left(diff) },
        Operation::UpdateItem { item_id, diff } => Operation::UpdateItem {
            item_id: item_id.clone(),
            diff: left(diff),
        },
        Operation::RemoveItems { item_ids } => Operation::RemoveItems {
            item_ids: still_there(item_ids, "order_items"),
        },
        _ => return None,
    };
    plan(&rest, Some(before))
        .ok()
        .filter(|rest| !rest.is_nothing())
}

/// The same wish on a record whose fields somebody else has changed: what was wanted, against what is there now.
pub(super) fn renewed(operation: &Operation, now: &Record) -> Option<Planned> {
    let against_now = |diff: &[FieldChange]| -> Vec<FieldChange> {
        let conflicts = now.apply(diff).conflicts;
        let renew = |change: &FieldChange| {
            let found = conflicts
                .iter()
                .find(|conflict| conflict.change.path == change.path);
            FieldChange {
                before: found.map_or_else(|| change.before.clone(), |one| one.found.clone()),
                ..change.clone()
            }
        };
        diff.iter().map(renew).collect()
    };
    let renewed = match operation {
        Operation::UpdateOrder { diff } => Operation::UpdateOrder {
            diff: against_now(diff),
        },
        Operation::UpdateProduct { diff } => Operation::UpdateProduct {
            diff: against_now(diff),
        },
        Operation::UpdateItem { item_id, diff } => Operation::UpdateItem {
            item_id: item_id.clone(),
            diff: against_now(diff),
        },
        other => other.clone(),
    };
    plan(&renewed, Some(now)).ok()
}
