use super::super::operation::{
    CREATE_SHIPMENT, CREATE_SHIPMENTS, DELETE_SHIPMENT, GET_SHIPMENT, LIST_SHIPMENTS,
    UPDATE_SHIPMENT,
};
use super::super::request::Request;
use super::super::{Call, ClientError};
use super::{batch, check_id, receipt, record_of, records};
use crate::json::Json;
use crate::{BatchEntry, Envelope, OrderId, Shipment, ShipmentId};

impl Call<'_> {
    /// The shipments of an order: `GET /orders/{order_id}/shipments`.
    pub async fn list_shipments(&self, order: &OrderId) -> Result<Vec<Shipment>, ClientError> {
        self.run(
            Request::new(&LIST_SHIPMENTS, &[order.as_str()]),
            records("shipments"),
        )
        .await
    }

    /// One shipment: `GET /orders/{order_id}/shipments/{shipment_id}`.
    pub async fn get_shipment(
        &self,
        order: &OrderId,
        id: &ShipmentId,
    ) -> Result<Shipment, ClientError> {
        let request = Request::new(&GET_SHIPMENT, &[order.as_str(), id.as_str()]);
        self.run(request, record_of("shipment", id.as_str())).await
    }

    /// Records a shipment: `POST /orders/{order_id}/shipments`. One that exists already is refused.
    pub async fn create_shipment(
        &self,
        order: &OrderId,
        shipment: &Shipment,
    ) -> Result<Envelope, ClientError> {
        let request = Request::new(&CREATE_SHIPMENT, &[order.as_str()]);
        self.run(request.body(&Json::from(shipment.clone())), receipt)
            .await
    }

    /// Replaces a shipment: `PUT /orders/{order_id}/shipments/{shipment_id}`. Send the whole record.
    pub async fn update_shipment(
        &self,
        order: &OrderId,
        id: &ShipmentId,
        shipment: &Shipment,
    ) -> Result<Envelope, ClientError> {
        check_id(shipment.as_object(), id.as_str())?;
        let request = Request::new(&UPDATE_SHIPMENT, &[order.as_str(), id.as_str()]);
        self.run(request.body(&Json::from(shipment.clone())), receipt)
            .await
    }

    /// Deletes a shipment: `DELETE /orders/{order_id}/shipments/{shipment_id}`.
    pub async fn delete_shipment(
        &self,
        order: &OrderId,
        id: &ShipmentId,
    ) -> Result<Envelope, ClientError> {
        self.run(
            Request::new(&DELETE_SHIPMENT, &[order.as_str(), id.as_str()]),
            receipt,
        )
        .await
    }

    /// Records shipments of many orders, each naming its `order_id`: `POST /batch-shipments`. Look
    /// at each entry of the result; they come in the order sent.
    pub async fn create_shipments(
        &self,
        shipments: &[Shipment],
    ) -> Result<Vec<BatchEntry>, ClientError> {
        if shipments
            .iter()
            .any(|shipment| shipment.order_id().is_none())
        {
            return Err(ClientError::InvalidRequest {
                what: "a shipment lacks its order_id",
            });
        }
        let request = Request::new(&CREATE_SHIPMENTS, &[]).body(&batch(shipments)?);
        self.run(request, records("results")).await
    }
}
