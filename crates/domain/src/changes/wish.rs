//! From what a tool asks to an operation on the record as it is now: pure.

use orderdesk::{Json, MergeError, NewNotes, Object, Order, OrderItem};
use orderdesk_mcp_contract::{ApiError, ChangeId, ErrorCode};

use super::operation::Operation;
use super::record::Record;
use super::request::{Asked, NewStock};

/// What working out a change needs to know beside the record.
pub(super) struct Context {
    /// The change.
    pub(super) id: ChangeId,
    /// Who and when, for notes.
    pub(super) notes: NewNotes,
    /// The store's folders: id and name.
    pub(super) folders: Vec<(String, String)>,
}

/// Turns what a tool asks into an operation on the record as it is now.
pub(super) fn operation(
    asked: &Asked,
    before: Option<&Record>,
    context: &Context,
) -> Result<Operation, ApiError> {
    let order = || before.and_then(Record::order).cloned().unwrap_or_default();
    Ok(match asked {
        Asked::CreateOrder { order } => Operation::CreateOrder {
            order: new_order(order, context)?,
        },
        Asked::UpdateOrder {
            changes,
            repeat_notes,
            ..
        } => {
            let notes = NewNotes {
                repeat: *repeat_notes,
                ..context.notes.clone()
            };
            let before = order();
            let merged = before
                .merge(changes, &notes)
                .map_err(|e| wrong("changes", &e))?;
            Operation::UpdateOrder {
                diff: before.diff(&merged),
            }
        }
        Asked::DeleteOrder { .. } => Operation::DeleteOrder,
        Asked::MoveOrder { folder, .. } => {
            let (folder_id, folder_name) = find_folder(folder, &context.folders)?;
            Operation::MoveOrder {
                folder_id,
                folder_name,
            }
        }
        Asked::AddNote { note, .. } => Operation::AddNote {
            note: note.trim().to_owned(),
            mark: mark_of(context.id),
        },
        Asked::AddShipment { shipment, .. } => Operation::AddShipment {
            shipment: shipment.clone(),
        },
        Asked::AddItems { items, .. } => {
            let line = |item: &Object| {
                let line = OrderItem::of_members(item).map_err(|e| wrong("items", &e))?;
                Ok(line.into_object())
            };
            Operation::AddItems {
                items: items.iter().map(line).collect::<Result<_, ApiError>>()?,
            }
        }
        Asked::UpdateItem { item, changes, .. } => {
            let before = order();
            let mut line = changes.clone();
            line.insert("id", item.as_str());
            let mut whole = Object::new();
            whole.insert("order_items", Json::Array(vec![Json::Object(line)]));
            let merged = before
                .merge(&whole, &context.notes)
                .map_err(|e| wrong("changes", &e))?;
            Operation::UpdateItem {
                item_id: item.to_string(),
                diff: before.diff(&merged),
            }
        }
        Asked::RemoveItem { item, .. } => Operation::RemoveItems {
            item_ids: vec![item.to_string()],
        },
        Asked::UpdateProduct { changes, .. } => update_product(before, changes)?,
        Asked::AdjustStock { stock, .. } => {
            let pieces = match stock {
                NewStock::To(pieces) => *pieces,
                NewStock::By(pieces) => stock_of(before)?.saturating_add(*pieces),
            };
            let mut changes = Object::new();
            changes.insert("stock", pieces);
            update_product(before, &changes)?
        }
    })
}

/// What a history entry of ours has as its source name, by which it is found again.
fn mark_of(id: ChangeId) -> String {
    format!("orderdesk-mcp {id}")
}

fn new_order(given: &Object, context: &Context) -> Result<Object, ApiError> {
    let order = Order::of_members(given, &context.notes).map_err(|e| wrong("order_data", &e))?;
    let is_named = ["first_name", "last_name", "company"].iter().any(|part| {
        let flat = |address: &str| {
            order
                .as_object()
                .filled(&format!("{address}_{part}"))
                .is_some()
        };
        let inside = |address: &str| {
            let nested = order.member(address).and_then(Json::as_object);
            nested.is_some_and(|nested| nested.filled(part).is_some())
        };
        ["shipping", "customer"]
            .into_iter()
            .any(|address| flat(address) || inside(address))
    });
    if order.order_items().is_empty() || !is_named {
        return Err(ApiError::invalid(
            "order_data",
            "Order Desk takes an order with at least one line in `order_items` and a name or company in `shipping` or `customer`.",
        ));
    }
    let mut order = order.into_object();
    if order.filled("source_id").is_none() {
        order.insert("source_id", format!("MCP-{}", context.id));
    }
    Ok(order)
}

fn find_folder(wanted: &str, folders: &[(String, String)]) -> Result<(String, String), ApiError> {
    let wanted = wanted.trim();
    let by_id = folders.iter().find(|(id, _)| id == wanted);
    let by_name = || {
        folders
            .iter()
            .find(|(_, name)| name.to_lowercase() == wanted.to_lowercase())
    };
    by_id.or_else(by_name).cloned().ok_or_else(|| {
        let names: Vec<_> = folders.iter().map(|(_, name)| name.clone()).collect();
        ApiError::invalid(
            "folder",
            format!(
                "The store has no such folder. Folders: {}.",
                names.join(", ")
            ),
        )
        .with_allowed(names)
    })
}

fn stock_of(before: Option<&Record>) -> Result<i64, ApiError> {
    let stock = match before {
        Some(Record::Product(product)) => product.stock(),
        _ => None,
    };
    match stock.map(|stock| stock.to_integer()) {
        None => Ok(0),
        Some(Some(pieces)) => Ok(pieces),
        Some(None) => Err(ApiError::invalid(
            "by",
            "The product's stock is not a whole number; set it with `set_to`.",
        )),
    }
}

fn update_product(before: Option<&Record>, changes: &Object) -> Result<Operation, ApiError> {
    let Some(Record::Product(product)) = before else {
        return Err(ApiError::new(
            ErrorCode::NotFound,
            "There is no such product in this store.",
        ));
    };
    let merged = product.merge(changes).map_err(|e| wrong("changes", &e))?;
    Ok(Operation::UpdateProduct {
        diff: product.diff(&merged),
    })
}

fn wrong(argument: &str, error: &MergeError) -> ApiError {
    ApiError::invalid(argument, format!("`{argument}` is not accepted: {error}."))
}
