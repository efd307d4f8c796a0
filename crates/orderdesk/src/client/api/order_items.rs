use super::super::operation::{CREATE_ITEM, DELETE_ITEM, GET_ITEM, LIST_ITEMS, UPDATE_ITEM};
use super::super::request::Request;
use super::super::{Call, ClientError};
use super::{check_id, receipt, record_of, records};
use crate::json::Json;
use crate::{Envelope, OrderId, OrderItem, OrderItemId};

impl Call<'_> {
    /// The lines of an order: `GET /orders/{order_id}/order-items`.
    pub async fn list_order_items(&self, order: &OrderId) -> Result<Vec<OrderItem>, ClientError> {
        self.run(
            Request::new(&LIST_ITEMS, &[order.as_str()]),
            records("order_items"),
        )
        .await
    }

    /// One line: `GET /orders/{order_id}/order-items/{order_item_id}`.
    pub async fn get_order_item(
        &self,
        order: &OrderId,
        id: &OrderItemId,
    ) -> Result<OrderItem, ClientError> {
        let request = Request::new(&GET_ITEM, &[order.as_str(), id.as_str()]);
        self.run(request, record_of("order_item", id.as_str()))
            .await
    }

    /// Adds a line: `POST /orders/{order_id}/order-items`. Order Desk does not tell its id.
    pub async fn create_order_item(
        &self,
        order: &OrderId,
        item: &OrderItem,
    ) -> Result<Envelope, ClientError> {
        let request = Request::new(&CREATE_ITEM, &[order.as_str()]).body(&Json::from(item.clone()));
        self.run(request, receipt).await
    }

    /// Replaces a line: `PUT /orders/{order_id}/order-items/{order_item_id}`. Send the whole record.
    pub async fn update_order_item(
        &self,
        order: &OrderId,
        id: &OrderItemId,
        item: &OrderItem,
    ) -> Result<Envelope, ClientError> {
        check_id(item.as_object(), id.as_str())?;
        let request = Request::new(&UPDATE_ITEM, &[order.as_str(), id.as_str()]);
        self.run(request.body(&Json::from(item.clone())), receipt)
            .await
    }

    /// Removes a line: `DELETE /orders/{order_id}/order-items/{order_item_id}`.
    pub async fn delete_order_item(
        &self,
        order: &OrderId,
        id: &OrderItemId,
    ) -> Result<Envelope, ClientError> {
        self.run(
            Request::new(&DELETE_ITEM, &[order.as_str(), id.as_str()]),
            receipt,
        )
        .await
    }
}
