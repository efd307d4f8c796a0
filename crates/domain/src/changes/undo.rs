//! Taking a change back: a change of its own.

use orderdesk::{FieldChange, Json, Object, Order};
use orderdesk_mcp_contract::time::whole_millis;
use orderdesk_mcp_contract::tools::receipt::{ChangeReceipt, WriteOptions};
use orderdesk_mcp_contract::views::change::Undoable;
use orderdesk_mcp_contract::{ApiError, ChangeId, ChangeState, ErrorCode};
use orderdesk_mcp_storage::record::ChangeRecord;

use super::ask::{Proposal, Wish};
use super::operation::Operation;
use super::plan::{elements, id_of};
use super::receipt::no_such_change;
use super::record::Record;
use super::sealed::Opened;
use super::verify::new_ones;
use crate::error::Failure;
use crate::services::Services;
use crate::traces::Call;

/// The tool that takes changes back.
const TOOL: &str = "changes_undo";
/// Members of an order that a new one does not take over: Order Desk sets them, or they belong to what is gone.
const NOT_TAKEN_OVER: [&str; 12] = [
    "id",
    "date_updated",
    "email_count",
    "execution_time",
    "order_shipments",
    "order_history",
    "cc_number_masked",
    "quantity_total",
    "weight_total",
    "product_total",
    "order_total",
    "refund_total",
];

impl Services {
    /// Takes a change back; with `partial` also when somebody else has changed some of its fields since.
    ///
    /// # Errors
    /// In words: no such change, one that cannot be taken back (any more), a conflict, and all that a change answers.
    pub(crate) async fn ask_undo(
        &self,
        call: &Call,
        id: ChangeId,
        partial: bool,
        options: WriteOptions,
    ) -> Result<ChangeReceipt, Failure> {
        let tenant = call.tenant();
        let change = self
            .storage()
            .change(tenant, id)
            .await?
            .ok_or_else(no_such_change)?;
        call.about_store(change.store_id);
        call.about_record(change.record_kind, change.record_id.as_deref());
        let opened = self.open_parts(tenant, id).await?;
        let operation = self.way_back(&change, &opened).map_err(|why| {
            ApiError::new(ErrorCode::Conflict, format!("{why} Nothing was changed."))
        })?;
        let Some(store) = self.store_by_uid(tenant, change.store_id).await? else {
            return Err(ApiError::new(
                ErrorCode::NotFound,
                "The store of this change is no longer in this workspace, so it cannot be undone here.",
            )
            .into());
        };
        let record_id = match &operation {
            Operation::CreateOrder { .. } => None,
            _ => change.record_id.clone(),
        };
        let proposal = Proposal {
            tool: TOOL,
            store,
            wish: Wish::Back {
                operation,
                record_id,
                undoes: id,
                partial,
            },
            wish_text: format!("undo {id} {partial}"),
            options,
        };
        self.propose(call, proposal).await
    }

    /// Whether a change can be taken back now, in words.
    pub(super) fn undoable(&self, change: &ChangeRecord, opened: &Opened) -> Undoable {
        match self.way_back(change, opened) {
            Ok(back) => Undoable {
                possible: true,
                note: note_before(&back).to_owned(),
            },
            Err(why) => Undoable {
                possible: false,
                note: why,
            },
        }
    }

    /// The operation that takes a change back, or why there is none.
    fn way_back(&self, change: &ChangeRecord, opened: &Opened) -> Result<Operation, String> {
        match change.state {
            ChangeState::Verified => {}
            ChangeState::Undone => return Err("It has been undone already.".to_owned()),
            state if state.is_open() => {
                return Err("It is still being carried out or looked into.".to_owned());
            }
            _ => return Err("It was not made, so there is nothing to undo.".to_owned()),
        }
        let window = whole_millis(self.settings().changes.undo_window);
        if self.now().since(change.updated_at) > window {
            return Err("It is too long ago to be undone.".to_owned());
        }
        back_from(opened)
    }
}

fn back_from(opened: &Opened) -> Result<Operation, String> {
    let before = opened.before.as_ref();
    let missing = || "What is needed to undo it was not kept.".to_owned();
    let reversed = |diff: &[FieldChange]| diff.iter().map(FieldChange::reversed).collect();
    let new_ids = |member: &str| -> Result<Vec<String>, String> {
        let after = opened.after.as_ref().ok_or_else(missing)?;
        let new = new_ones(before, after, member);
        let ids = new.iter().filter_map(|one| id_of(one).map(str::to_owned));
        Ok(ids.collect())
    };
    Ok(match &opened.plan.operation {
        Operation::CreateOrder { .. } => Operation::DeleteOrder,
        Operation::DeleteOrder => Operation::CreateOrder {
            order: again(before.and_then(Record::order).ok_or_else(missing)?),
        },
        // The difference in force is the plan's: it was worked out anew for whatever was found.
        Operation::UpdateOrder { .. } => Operation::UpdateOrder {
            diff: reversed(&opened.plan.diff),
        },
        Operation::UpdateItem { item_id, .. } => Operation::UpdateItem {
            item_id: item_id.clone(),
            diff: reversed(&opened.plan.diff),
        },
        Operation::UpdateProduct { .. } => Operation::UpdateProduct {
            diff: reversed(&opened.plan.diff),
        },
        Operation::MoveOrder { .. } => {
            let order = before.and_then(Record::order).ok_or_else(missing)?;
            let folder = order.folder_id().ok_or_else(missing)?;
            Operation::MoveOrder {
                folder_name: folder.to_string(),
                folder_id: folder.to_string(),
            }
        }
        Operation::AddNote { .. } => {
            return Err(
                "An entry of the order's history cannot be taken back; add another note."
                    .to_owned(),
            );
        }
        Operation::AddShipment { .. } => Operation::RemoveShipment {
            shipment_id: new_ids("order_shipments")?.pop().ok_or_else(missing)?,
        },
        Operation::RemoveShipment { shipment_id } => {
            let order = before.and_then(Record::order).ok_or_else(missing)?;
            let shipments = elements(order, "order_shipments");
            let gone = shipments.iter().find(|one| id_of(one) == Some(shipment_id));
            Operation::AddShipment {
                shipment: shipment_again(gone.ok_or_else(missing)?),
            }
        }
        Operation::AddItems { .. } => {
            let item_ids = new_ids("order_items")?;
            if item_ids.is_empty() {
                return Err(missing());
            }
            Operation::RemoveItems { item_ids }
        }
        Operation::RemoveItems { item_ids } => {
            let order = before.and_then(Record::order).ok_or_else(missing)?;
            let left = opened.after.as_ref().and_then(Record::order);
            let left = left
                .map(|order| elements(order, "order_items"))
                .unwrap_or_default();
            // Of a removal that stopped half-way, some lines are still there.
            let is_gone = |line: &&Json| {
                id_of(line).is_some_and(|id| {
                    item_ids.iter().any(|one| one == id)
                        && !left.iter().any(|one| id_of(one) == Some(id))
                })
            };
            let lines = elements(order, "order_items");
            Operation::AddItems {
                items: lines.iter().filter(is_gone).map(without_id).collect(),
            }
        }
    })
}

/// What to know before taking it back.
fn note_before(back: &Operation) -> &'static str {
    match back {
        Operation::DeleteOrder => "Undoing it deletes the order that was made.",
        Operation::CreateOrder { .. } => {
            "The order itself cannot come back: undoing makes a new one of what was read, with another id and without shipments and history."
        }
        Operation::MoveOrder { .. } => {
            "The order goes back to its folder. What the folder's rules have done, such as e-mail, cannot be taken back, and going back runs rules again."
        }
        Operation::AddItems { .. } => "The lines come back as new ones, with other ids.",
        Operation::AddShipment { .. } => "The shipment comes back as a new one, with another id.",
        Operation::RemoveShipment { .. } => {
            "The shipment is removed. What was told to the customer cannot be taken back."
        }
        _ => "The fields get back the values they had, where nobody else has changed them since.",
    }
}

/// An order as it can be made again.
fn again(order: &Order) -> Object {
    let mut members = order.as_object().clone();
    for name in NOT_TAKEN_OVER {
        members.remove(name);
    }
    let lines = elements(order, "order_items");
    let lines = lines.iter().map(|line| Json::Object(without_id(line)));
    members.insert("order_items", Json::Array(lines.collect()));
    members
}

fn without_id(line: &Json) -> Object {
    let mut line = line.as_object().cloned().unwrap_or_default();
    line.remove("id");
    line
}

/// The members of a shipment that can be written (`orderdesk-api.md` 4.4).
fn shipment_again(shipment: &Json) -> Object {
    let shipment = shipment.as_object().cloned().unwrap_or_default();
    let written = [
        "tracking_number",
        "carrier_code",
        "shipment_method",
        "weight",
        "cost",
        "status",
        "tracking_url",
    ];
    let mut again = Object::new();
    for name in written {
        if let Some(value) = shipment.get(name).filter(|value| !value.is_blank()) {
            again.insert(name, value.clone());
        }
    }
    again
}
