//! What changes need of Order Desk: fresh reads, and the writes.

use std::sync::Arc;

use orderdesk::client::{CallContext, Client, ClientError, Credentials, Destination, Priority};
use orderdesk::{
    FolderId, Object, Order, OrderFilter, OrderId, OrderItem, OrderItemId, Product, ProductId,
    Shipment, ShipmentId,
};

use crate::traces::SpanLog;

/// How many orders are looked through for one with our source id or mark.
const LOOK_THROUGH: u32 = 50;

/// A write goes before everything else that waits for the store: between its last read and itself nobody can see what
/// somebody else edits, so that stretch is kept as short as can be.
const AFTER_READING: Priority = Priority::Verify;

/// A store, opened for the reads and writes of one change.
#[derive(Clone)]
pub(crate) struct Shop {
    client: Client,
    credentials: Credentials,
    observer: Arc<SpanLog>,
}

impl Shop {
    pub(crate) fn new(client: Client, credentials: Credentials, observer: Arc<SpanLog>) -> Self {
        Self {
            client,
            credentials,
            observer,
        }
    }

    /// Where else what is done for the change is told of.
    pub(crate) fn log(&self) -> &SpanLog {
        &self.observer
    }

    fn context(&self, priority: Priority) -> CallContext {
        CallContext::new(priority).observed_by(Arc::clone(&self.observer) as _)
    }

    /// The order as it is now; none when there is no such order.
    pub(crate) async fn order(
        &self,
        id: &OrderId,
        priority: Priority,
    ) -> Result<Option<Order>, ClientError> {
        let context = self.context(priority);
        let call = self.client.on(&self.credentials, &context);
        none_if_missing(call.get_order(id).await)
    }

    /// The product as it is now; none when there is no such product.
    pub(crate) async fn product(
        &self,
        id: &ProductId,
        priority: Priority,
    ) -> Result<Option<Product>, ClientError> {
        let context = self.context(priority);
        let call = self.client.on(&self.credentials, &context);
        none_if_missing(call.get_product(id).await)
    }

    /// The order with this source id, where there is one; the source name tells two carts apart.
    pub(crate) async fn order_of_source(
        &self,
        source_id: &str,
        source_name: Option<&str>,
        priority: Priority,
    ) -> Result<Option<Order>, ClientError> {
        let orders = self.listed(source_id, source_name, false, priority).await?;
        let is_it = |order: &Order| {
            order.source_id() == Some(source_id)
                && source_name.is_none_or(|name| order.source_name() == Some(name))
        };
        Ok(orders.into_iter().find(is_it))
    }

    /// Whether the order's history has an entry whose source name is the mark. Order Desk gives the history in lists
    /// only, where an order is found by its source id.
    pub(crate) async fn has_mark(
        &self,
        id: &OrderId,
        source_id: &str,
        mark: &str,
    ) -> Result<Option<bool>, ClientError> {
        let orders = self.listed(source_id, None, true, Priority::Verify).await?;
        let order = orders
            .into_iter()
            .find(|order| order.id().as_ref() == Some(id));
        Ok(order.map(|order| is_marked(&order, mark)))
    }

    async fn listed(
        &self,
        source_id: &str,
        source_name: Option<&str>,
        get_order_history: bool,
        priority: Priority,
    ) -> Result<Vec<Order>, ClientError> {
        let filter = OrderFilter {
            source_id: Some(source_id.to_owned()),
            source_name: source_name.map(str::to_owned),
            get_order_history,
            limit: orderdesk::Limit::new(LOOK_THROUGH).ok(),
            ..OrderFilter::default()
        };
        let context = self.context(priority);
        let page = self
            .client
            .on(&self.credentials, &context)
            .list_orders(&filter)
            .await?;
        Ok(page.items)
    }

    pub(crate) async fn create_order(&self, order: &Order) -> Result<Order, ClientError> {
        let context = self.context(AFTER_READING);
        let call = self.client.on(&self.credentials, &context);
        call.create_order(order).await
    }

    /// Replaces the whole order.
    pub(crate) async fn put_order(&self, id: &OrderId, order: &Order) -> Result<(), ClientError> {
        let context = self.context(AFTER_READING);
        let body = Order::from(order.put_body());
        let call = self.client.on(&self.credentials, &context);
        call.update_order(id, &body).await.map(drop)
    }

    pub(crate) async fn delete_order(&self, id: &OrderId) -> Result<(), ClientError> {
        let context = self.context(AFTER_READING);
        let call = self.client.on(&self.credentials, &context);
        call.delete_order(id).await.map(drop)
    }

    pub(crate) async fn move_order(
        &self,
        id: &OrderId,
        folder: &FolderId,
    ) -> Result<(), ClientError> {
        let context = self.context(AFTER_READING);
        let call = self.client.on(&self.credentials, &context);
        let to = Destination::Id(folder.clone());
        call.move_orders(std::slice::from_ref(id), &to)
            .await
            .map(drop)
    }

    /// Whether the answer shows the entry.
    pub(crate) async fn add_note(
        &self,
        id: &OrderId,
        note: &str,
        mark: &str,
    ) -> Result<bool, ClientError> {
        let context = self.context(AFTER_READING);
        let call = self.client.on(&self.credentials, &context);
        let order = call.add_order_history(id, note, Some(mark)).await?;
        Ok(is_marked(&order, mark))
    }

    pub(crate) async fn add_shipment(
        &self,
        id: &OrderId,
        shipment: &Object,
    ) -> Result<(), ClientError> {
        let context = self.context(AFTER_READING);
        let call = self.client.on(&self.credentials, &context);
        let shipment = Shipment::from(shipment.clone());
        call.create_shipment(id, &shipment).await.map(drop)
    }

    pub(crate) async fn remove_shipment(
        &self,
        id: &OrderId,
        shipment: &ShipmentId,
    ) -> Result<(), ClientError> {
        let context = self.context(AFTER_READING);
        let call = self.client.on(&self.credentials, &context);
        call.delete_shipment(id, shipment).await.map(drop)
    }

    pub(crate) async fn add_item(&self, id: &OrderId, item: &Object) -> Result<(), ClientError> {
        let context = self.context(AFTER_READING);
        let call = self.client.on(&self.credentials, &context);
        let item = OrderItem::from(item.clone());
        call.create_order_item(id, &item).await.map(drop)
    }

    /// Replaces the whole line.
    pub(crate) async fn put_item(
        &self,
        id: &OrderId,
        item: &OrderItemId,
        line: &Object,
    ) -> Result<(), ClientError> {
        let context = self.context(AFTER_READING);
        let call = self.client.on(&self.credentials, &context);
        let line = OrderItem::from(line.clone());
        call.update_order_item(id, item, &line).await.map(drop)
    }

    pub(crate) async fn remove_item(
        &self,
        id: &OrderId,
        item: &OrderItemId,
    ) -> Result<(), ClientError> {
        let context = self.context(AFTER_READING);
        let call = self.client.on(&self.credentials, &context);
        call.delete_order_item(id, item).await.map(drop)
    }

    /// Replaces the whole product.
    pub(crate) async fn put_product(
        &self,
        id: &ProductId,
        product: &Product,
    ) -> Result<(), ClientError> {
        let context = self.context(AFTER_READING);
        let call = self.client.on(&self.credentials, &context);
        call.update_product(id, product).await.map(drop)
    }
}

fn none_if_missing<T>(read: Result<T, ClientError>) -> Result<Option<T>, ClientError> {
    match read {
        Ok(record) => Ok(Some(record)),
        Err(ClientError::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

fn is_marked(order: &Order, mark: &str) -> bool {
    let history = order.order_history();
    history
        .iter()
        .any(|entry| entry.source_name() == Some(mark))
}
