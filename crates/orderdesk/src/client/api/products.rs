use super::super::operation::{
    CREATE_PRODUCT, DELETE_PRODUCT, GET_PRODUCT, LIST_PRODUCTS, UPDATE_PRODUCT, UPDATE_PRODUCTS,
};
use super::super::request::Request;
use super::super::{Call, ClientError};
use super::{batch, check_id, complain, page, receipt, record_of};
use crate::json::Json;
use crate::{BatchEntry, Envelope, Page, Product, ProductFilter, ProductId};

impl Call<'_> {
    /// One page of products: `GET /inventory-items`. Its counts are unreliable; see [`Page`].
    pub async fn list_products(
        &self,
        filter: &ProductFilter,
    ) -> Result<Page<Product>, ClientError> {
        filter.validate()?;
        let request = Request::new(&LIST_PRODUCTS, &[]).query(&filter.query_pairs());
        self.run(request, page("inventory_items")).await
    }

    /// One product: `GET /inventory-items/{product_id}`.
    pub async fn get_product(&self, id: &ProductId) -> Result<Product, ClientError> {
        let request = Request::new(&GET_PRODUCT, &[id.as_str()]);
        self.run(request, record_of("inventory_item", id.as_str()))
            .await
    }

    /// Adds a product: `POST /inventory-items`. Needs a name and a code. Gives it as stored; `None`
    /// when Order Desk, as it used to, only says that it was added.
    pub async fn create_product(&self, product: &Product) -> Result<Option<Product>, ClientError> {
        let request = Request::new(&CREATE_PRODUCT, &[]).body(&Json::from(product.clone()));
        let read = |mut envelope: Envelope| match envelope.member("inventory_item") {
            Some(member) if !member.is_blank() => envelope
                .record("inventory_item")
                .map(Some)
                .map_err(complain),
            _ => Ok(None),
        };
        self.run(request, read).await
    }

    /// Replaces a product: `PUT /inventory-items/{product_id}`. Send the whole record.
    pub async fn update_product(
        &self,
        id: &ProductId,
        product: &Product,
    ) -> Result<Envelope, ClientError> {
        check_id(product.as_object(), id.as_str())?;
        let request = Request::new(&UPDATE_PRODUCT, &[id.as_str()]);
        self.run(request.body(&Json::from(product.clone())), receipt)
            .await
    }

    /// Deletes a product: `DELETE /inventory-items/{product_id}`.
    pub async fn delete_product(&self, id: &ProductId) -> Result<Envelope, ClientError> {
        self.run(Request::new(&DELETE_PRODUCT, &[id.as_str()]), receipt)
            .await
    }

    /// Replaces many products, each a whole record with id, name and code:
    /// `PUT /batch-inventory-items`. The entries are empty when Order Desk gives none: read back.
    pub async fn update_products(
        &self,
        products: &[Product],
    ) -> Result<Vec<BatchEntry>, ClientError> {
        let is_whole = |product: &Product| {
            product.id().is_some() && product.name().is_some() && product.code().is_some()
        };
        if !products.iter().all(is_whole) {
            return Err(ClientError::InvalidRequest {
                what: "a product lacks its id, name or code",
            });
        }
        let request = Request::new(&UPDATE_PRODUCTS, &[]).body(&batch(products)?);
        let read = |mut envelope: Envelope| match envelope.member("results") {
            Some(_) => envelope.records("results").map_err(complain),
            None => Ok(Vec::new()),
        };
        self.run(request, read).await
    }
}
