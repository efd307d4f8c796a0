//! The tools that change orders.

use async_trait::async_trait;
use orderdesk::{Decimal, Object};
use orderdesk_mcp_contract::tools::orders::{
    AddItems, AddNote, AddShipment, CreateOrder, DeleteOrder, MoveOrder, OrdersAddItems,
    OrdersAddNote, OrdersAddShipment, OrdersCreate, OrdersDelete, OrdersMove, OrdersRemoveItem,
    OrdersUpdate, OrdersUpdateItem, RemoveItem, UpdateItem, UpdateOrder,
};
use orderdesk_mcp_contract::tools::receipt::ChangeReceipt;

use crate::changes::Asked;
use crate::services::Services;
use crate::tools::{Failed, Run, Running};

/// What each tool asks of the engine, in its own words. `about` is the order the call is recorded under.
macro_rules! writes {
    ($($tool:ident($input:ident: $arguments:ty $(, about $order:expr)?) => $asked:expr;)*) => {$(
        #[async_trait]
        impl Run<$tool> for Services {
            async fn run(
                &self,
                Running(call): Running<'_>,
                $input: $arguments,
            ) -> Result<ChangeReceipt, Failed> {
                $(call.about_order($order.as_str());)?
                let asked = $asked;
                Ok(self.write::<$tool>(call, &$input, asked).await?)
            }
        }
    )*};
}

writes! {
    OrdersCreate(input: CreateOrder) => Asked::CreateOrder {
        order: input.order_data.clone(),
    };
    OrdersUpdate(input: UpdateOrder, about input.order_id) => Asked::UpdateOrder {
        id: input.order_id.clone(),
        changes: input.changes.clone(),
        repeat_notes: input.repeat_notes,
    };
    OrdersDelete(input: DeleteOrder, about input.order_id) => Asked::DeleteOrder {
        id: input.order_id.clone(),
    };
    OrdersMove(input: MoveOrder, about input.order_id) => Asked::MoveOrder {
        id: input.order_id.clone(),
        folder: input.folder.clone(),
    };
    OrdersAddNote(input: AddNote, about input.order_id) => Asked::AddNote {
        id: input.order_id.clone(),
        note: input.note.clone(),
    };
    OrdersAddShipment(input: AddShipment, about input.order_id) => Asked::AddShipment {
        id: input.order_id.clone(),
        shipment: shipment(&input),
    };
    OrdersAddItems(input: AddItems, about input.order_id) => Asked::AddItems {
        id: input.order_id.clone(),
        items: input.items.clone(),
    };
    OrdersUpdateItem(input: UpdateItem, about input.order_id) => Asked::UpdateItem {
        id: input.order_id.clone(),
        item: input.order_item_id.clone(),
        changes: input.changes.clone(),
    };
    OrdersRemoveItem(input: RemoveItem, about input.order_id) => Asked::RemoveItem {
        id: input.order_id.clone(),
        item: input.order_item_id.clone(),
    };
}

/// The shipment as Order Desk prints one: all its values are text (`orderdesk-api.md` 4.4).
fn shipment(input: &AddShipment) -> Object {
    let text = |value: &Option<String>| value.as_deref().map(|text| text.trim().to_owned());
    let amount = |value: &Option<Decimal>| value.as_ref().map(Decimal::plain);
    let members = [
        (
            "tracking_number",
            Some(input.tracking_number.trim().to_owned()),
        ),
        ("carrier_code", text(&input.carrier_code)),
        ("shipment_method", text(&input.shipment_method)),
        ("weight", amount(&input.weight)),
        ("cost", amount(&input.cost)),
        ("status", text(&input.status)),
        ("tracking_url", text(&input.tracking_url)),
    ];
    members
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}
