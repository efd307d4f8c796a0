use super::super::operation::{
    ADD_HISTORY, CREATE_ORDER, DELETE_ORDER, GET_ORDER, LIST_ORDERS, MOVE_ORDERS, UPDATE_ORDER,
};
use super::super::request::Request;
use super::super::{Call, ClientError};
use super::{check_id, page, receipt, record, record_of, records};
use crate::json::{Json, Object};
use crate::{BatchEntry, Envelope, FolderId, Order, OrderFilter, OrderId, Page};

/// Where to move orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// A folder by id.
    Id(FolderId),
    /// A folder by its exact name.
    Name(String),
}

impl Call<'_> {
    /// One page of orders, newest first unless the filter says otherwise: `GET /orders`.
    pub async fn list_orders(&self, filter: &OrderFilter) -> Result<Page<Order>, ClientError> {
        filter.validate()?;
        let request = Request::new(&LIST_ORDERS, &[]).query(&filter.query_pairs());
        self.run(request, page("orders")).await
    }

    /// One order: `GET /orders/{order_id}`.
    pub async fn get_order(&self, id: &OrderId) -> Result<Order, ClientError> {
        let request = Request::new(&GET_ORDER, &[id.as_str()]);
        self.run(request, record_of("order", id.as_str())).await
    }

    /// Adds an order: `POST /orders`. Gives it as stored, with its id.
    pub async fn create_order(&self, order: &Order) -> Result<Order, ClientError> {
        let request = Request::new(&CREATE_ORDER, &[]).body(&Json::from(order.clone()));
        let read = |envelope| {
            let order: Order = record("order")(envelope)?;
            if order.id().is_some() {
                Ok(order)
            } else {
                Err("the new order has no id")
            }
        };
        self.run(request, read).await
    }

    /// Replaces an order: `PUT /orders/{order_id}`. Send the whole record: what is left out becomes
    /// blank, an item without id is added, a missing item is removed. The history is not sent.
    pub async fn update_order(&self, id: &OrderId, order: &Order) -> Result<Order, ClientError> {
        check_id(order.as_object(), id.as_str())?;
        let mut body = order.clone().into_object();
        body.remove("order_history");
        let request = Request::new(&UPDATE_ORDER, &[id.as_str()]).body(&Json::Object(body));
        self.run(request, record_of("order", id.as_str())).await
    }

    /// Deletes an order: `DELETE /orders/{order_id}`.
    pub async fn delete_order(&self, id: &OrderId) -> Result<Envelope, ClientError> {
        self.run(Request::new(&DELETE_ORDER, &[id.as_str()]), receipt)
            .await
    }

    /// Appends to an order's history: `POST /orders/{order_id}/order-history`. `source_name` is the
    /// system that speaks.
    pub async fn add_order_history(
        &self,
        id: &OrderId,
        note: &str,
        source_name: Option<&str>,
    ) -> Result<Order, ClientError> {
        if note.trim().is_empty() {
            return Err(ClientError::InvalidRequest {
                what: "the note is blank",
            });
        }
        let mut body = Object::new();
        body.insert("note", note);
        if let Some(source_name) = source_name {
            body.insert("source_name", source_name);
        }
        let request = Request::new(&ADD_HISTORY, &[id.as_str()]).body(&Json::Object(body));
        self.run(request, record_of("order", id.as_str())).await
    }

    /// Moves orders to a folder: `POST /move-orders`. Runs the merchant's rules. Look at each entry
    /// of the result.
    pub async fn move_orders(
        &self,
        ids: &[OrderId],
        to: &Destination,
    ) -> Result<Vec<BatchEntry>, ClientError> {
        if ids.is_empty() {
            return Err(ClientError::InvalidRequest {
                what: "there is no order to move",
            });
        }
        let list: Vec<_> = ids.iter().map(OrderId::to_json).collect();
        let mut body = Object::new();
        body.insert("order_id_list", Json::Array(list));
        match to {
            Destination::Id(id) => body.insert("destination_folder_id", id.to_json()),
            Destination::Name(name) => body.insert("destination_folder_name", name.as_str()),
        };
        let request = Request::new(&MOVE_ORDERS, &[]).body(&Json::Object(body));
        self.run(request, records("results")).await
    }
}
