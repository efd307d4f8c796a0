//! Looking at Order Desk for what a change is about.

use orderdesk::client::{ClientError, Priority};
use orderdesk::{OrderId, ProductId};
use orderdesk_mcp_contract::views::change::RecordKind;

use super::operation::Operation;
use super::plan::Planned;
use super::record::Record;
use super::verify::{Found, Verdict, judge};
use crate::error::Failure;
use crate::upstream::Shop;

/// Reads an order or a product by its id; none when Order Desk has it no more.
pub(super) async fn read(
    shop: &Shop,
    kind: RecordKind,
    id: &str,
    priority: Priority,
) -> Result<Option<Record>, Failure> {
    Ok(match kind {
        RecordKind::Order => shop
            .order(&order_id(id)?, priority)
            .await?
            .map(Record::Order),
        RecordKind::Product => shop
            .product(&product_id(id)?, priority)
            .await?
            .map(Record::Product),
    })
}

pub(super) fn order_id(id: &str) -> Result<OrderId, Failure> {
    OrderId::new(id).map_err(|error| Failure::bug("a change's order id is not one", error))
}

pub(super) fn product_id(id: &str) -> Result<ProductId, Failure> {
    ProductId::new(id).map_err(|error| Failure::bug("a change's product id is not one", error))
}

/// What a look brought.
pub(super) struct Look {
    pub(super) verdict: Verdict,
    /// The record as it was found; absent when there is none, or where it was not needed.
    pub(super) found: Option<Record>,
}

/// Looks whether a change is in force.
pub(super) async fn look(
    shop: &Shop,
    record_id: Option<&str>,
    planned: &Planned,
    before: Option<&Record>,
) -> Result<Look, Failure> {
    let operation = &planned.operation;
    let (diff, after) = (&planned.diff, planned.after.as_ref());
    if let Operation::AddNote { mark, .. } = operation {
        return look_for_note(shop, record_id, before, mark).await;
    }
    let found = match (operation.source(), record_id) {
        (Some((source_id, source_name)), _) => shop
            .order_of_source(source_id, source_name, Priority::Verify)
            .await?
            .map(Record::Order),
        (None, Some(id)) => read(shop, operation.record_kind(), id, Priority::Verify).await?,
        (None, None) => {
            return Err(Failure::bug(
                "a change names no record",
                "its id is missing",
            ));
        }
    };
    let verdict = judge(
        operation,
        diff,
        before,
        after,
        &Found::Record(found.as_ref()),
    );
    Ok(Look { verdict, found })
}

async fn look_for_note(
    shop: &Shop,
    record_id: Option<&str>,
    before: Option<&Record>,
    mark: &str,
) -> Result<Look, Failure> {
    let order = before.and_then(Record::order);
    let source = order.and_then(|order| order.source_id());
    let (Some(id), Some(source)) = (record_id, source) else {
        return Err(unlisted());
    };
    let id = order_id(id)?;
    let marked = shop.has_mark(&id, source, mark).await?;
    let Some(is_there) = marked else {
        return Err(unlisted());
    };
    Ok(Look {
        verdict: judge(
            &Operation::DeleteOrder,
            &[],
            None,
            None,
            &Found::Note(is_there),
        ),
        found: before.cloned(),
    })
}

/// Order Desk lists the order under another source id by now, so its history cannot be read.
fn unlisted() -> Failure {
    Failure::Upstream(ClientError::InvalidReply {
        what: "the order's history cannot be read",
    })
}
