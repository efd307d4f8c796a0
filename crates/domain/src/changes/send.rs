//! Sending a change to Order Desk.

use orderdesk::client::ClientError;
use orderdesk::{FolderId, Order, OrderItemId, ShipmentId};

use super::crash;
use super::look::{order_id, product_id};
use super::operation::Operation;
use super::plan::{Planned, elements, id_of};
use super::record::Record;
use crate::error::Failure;
use crate::upstream::Shop;

/// How sending ended.
#[derive(Debug)]
pub(super) enum Sent {
    /// Order Desk said yes to all of it.
    Done {
        /// The id of what was made.
        record_id: Option<String>,
        /// The answer itself proved it, where nothing else can.
        is_proved: bool,
    },
    /// Order Desk certainly took nothing of it.
    Refused(ClientError),
    /// Order Desk took some of it, said no, or gave no usable answer.
    Unsure {
        error: ClientError,
        /// Whether an answer arrived, so that nothing is on its way any more.
        is_answered: bool,
    },
}

/// Sends every request of the change, and stops at the first that fails.
pub(super) async fn send(
    shop: &Shop,
    record_id: Option<&str>,
    planned: &Planned,
) -> Result<Sent, Failure> {
    crash::here("before_send");
    crash::soon("sending");
    let mut steps_done = 0_usize;
    let outcome = requests(shop, record_id, planned, &mut steps_done).await?;
    crash::here("reply_read");
    Ok(match outcome {
        Ok((record_id, is_proved)) => Sent::Done {
            record_id,
            is_proved,
        },
        Err(error) if steps_done == 0 && is_certainly_not_taken(&error) => Sent::Refused(error),
        Err(error) => Sent::Unsure {
            is_answered: !matches!(error, ClientError::OutcomeUnknown { status: None, .. }),
            error,
        },
    })
}

/// A refusal that Order Desk states is still looked into, where it came in the form of a success.
fn is_certainly_not_taken(error: &ClientError) -> bool {
    match error {
        ClientError::Unauthorized | ClientError::RateLimited { .. } => true,
        ClientError::Rejected { status, .. } => *status >= 400,
        other => other.is_unsent(),
    }
}

type Requested = Result<(Option<String>, bool), ClientError>;

async fn requests(
    shop: &Shop,
    record_id: Option<&str>,
    planned: &Planned,
    steps_done: &mut usize,
) -> Result<Requested, Failure> {
    let id = || order_id(record_id.unwrap_or_default());
    let after = planned.after.as_ref();
    let done = |sent: Result<(), ClientError>| Ok(sent.map(|()| (None, false)));
    match &planned.operation {
        Operation::CreateOrder { order } => {
            let made = shop.create_order(&Order::from(order.clone())).await;
            Ok(made.map(|order| (order.id().map(|id| id.to_string()), false)))
        }
        Operation::UpdateOrder { .. } => {
            let Some(Record::Order(order)) = after else {
                return Err(no_after());
            };
            done(shop.put_order(&id()?, order).await)
        }
        Operation::DeleteOrder => done(shop.delete_order(&id()?).await),
        Operation::MoveOrder { folder_id, .. } => {
            let folder = FolderId::new(folder_id)
                .map_err(|error| Failure::bug("a planned folder id is not one", error))?;
            done(shop.move_order(&id()?, &folder).await)
        }
        Operation::AddNote { note, mark } => {
            let added = shop.add_note(&id()?, note, mark).await;
            Ok(added.map(|is_proved| (None, is_proved)))
        }
        Operation::AddShipment { shipment } => done(shop.add_shipment(&id()?, shipment).await),
        Operation::RemoveShipment { shipment_id } => {
            let shipment = ShipmentId::new(shipment_id)
                .map_err(|error| Failure::bug("a planned shipment id is not one", error))?;
            done(shop.remove_shipment(&id()?, &shipment).await)
        }
        Operation::AddItems { items } => {
            for item in items {
                if let Err(error) = shop.add_item(&id()?, item).await {
                    return Ok(Err(error));
                }
                *steps_done += 1;
            }
            done(Ok(()))
        }
        Operation::UpdateItem { item_id, .. } => {
            let item = item_id_of(item_id)?;
            let order = after.and_then(Record::order).ok_or_else(no_after)?;
            let lines = elements(order, "order_items");
            let line = lines.iter().find(|line| id_of(line) == Some(item_id));
            let line = line
                .and_then(|line| line.as_object())
                .ok_or_else(no_after)?;
            done(shop.put_item(&id()?, &item, line).await)
        }
        Operation::RemoveItems { item_ids } => {
            for item in item_ids {
                if let Err(error) = shop.remove_item(&id()?, &item_id_of(item)?).await {
                    return Ok(Err(error));
                }
                *steps_done += 1;
            }
            done(Ok(()))
        }
        Operation::UpdateProduct { .. } => {
            let Some(Record::Product(product)) = after else {
                return Err(no_after());
            };
            let id = product_id(record_id.unwrap_or_default())?;
            done(shop.put_product(&id, product).await)
        }
    }
}

fn item_id_of(id: &str) -> Result<OrderItemId, Failure> {
    OrderItemId::new(id).map_err(|error| Failure::bug("a planned line id is not one", error))
}

fn no_after() -> Failure {
    Failure::bug("a planned write has no record to write", "after is missing")
}
