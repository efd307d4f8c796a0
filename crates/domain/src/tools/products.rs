//! The tools of products.

use async_trait::async_trait;
use orderdesk::{Limit, ProductCode, ProductFilter, ProductId};
use orderdesk_mcp_contract::cursor::OffsetCursor;
use orderdesk_mcp_contract::tools::orders::Detail;
use orderdesk_mcp_contract::tools::products::{
    AdjustStock, GetProduct, ListProducts, ProductPage, ProductRead, ProductsAdjustStock,
    ProductsGet, ProductsList, ProductsUpdate, StockChange, UpdateProduct,
};
use orderdesk_mcp_contract::tools::receipt::ChangeReceipt;
use orderdesk_mcp_contract::{ApiError, ErrorCode};
use orderdesk_mcp_storage::record::StoreRecord;

use super::orders::{DEFAULT_LIMIT, fingerprint, read_cursor, store_ref};
use super::shape::show_product;
use super::{Failed, Run, Running};
use crate::changes::{Asked, NewStock};
use crate::error::Failure;
use crate::services::Services;
use crate::upstream;

#[async_trait]
impl Run<ProductsGet> for Services {
    async fn run(
        &self,
        Running(call): Running<'_>,
        input: GetProduct,
    ) -> Result<ProductRead, Failed> {
        let store = self
            .store_of_call(call, input.store_identifier.as_deref())
            .await?;
        let fetch = async {
            let (client, credentials) = self.open_store(&store)?;
            upstream::get_product(call, &client, &credentials, &input.product_id).await
        };
        let read = self
            .caches()
            .products
            .get(call, &store, input.product_id.to_string(), fetch)
            .await;
        let product = read.map_err(|failure| match failure {
            Failure::Answer(error) if error.code == ErrorCode::NotFound => {
                no_such_product(&input.product_id, &store).into()
            }
            other => other,
        })?;
        Ok(ProductRead {
            version: product.version(),
            product: product.as_object().clone().into(),
            cached: call.was_cached(),
            store: store_ref(&store)?,
        })
    }
}

#[async_trait]
impl Run<ProductsList> for Services {
    async fn run(
        &self,
        Running(call): Running<'_>,
        input: ListProducts,
    ) -> Result<ProductPage, Failed> {
        let store = self
            .store_of_call(call, input.store_identifier.as_deref())
            .await?;
        let limit = input.limit.unwrap_or(DEFAULT_LIMIT);
        let mut filter = filter_of(&input, limit)?;
        let query = fingerprint(&store, &format!("products {:?}", filter.query_pairs()));
        let cursor = input
            .cursor
            .as_deref()
            .map(|cursor| read_cursor(cursor, &query))
            .transpose()?;
        let offset = cursor.as_ref().map_or(0, |cursor| cursor.offset);
        filter.offset = (offset > 0).then_some(offset);
        let request = format!("{:?}", filter.query_pairs());
        let fetch = async {
            let (client, credentials) = self.open_store(&store)?;
            upstream::list_products(call, &client, &credentials, &filter).await
        };
        let page = self
            .caches()
            .product_pages
            .get(call, &store, request, fetch)
            .await?;
        let first = page
            .items
            .first()
            .and_then(orderdesk::Product::id)
            .map(|id| id.to_string())
            .unwrap_or_default();
        // Order Desk does not document paging for products: a page that begins like the one before
        // means that it does not page, and the list is at its end.
        let repeats = cursor.is_some_and(|cursor| !first.is_empty() && cursor.first == first);
        let items = if repeats { &[] } else { page.items.as_slice() };
        let detail = input.detail.unwrap_or(Detail::Summary);
        let products = items
            .iter()
            .map(|product| show_product(product, detail))
            .collect::<Result<Vec<_>, _>>()?;
        let next = offset.saturating_add(u32::try_from(items.len()).unwrap_or(u32::MAX));
        let has_more = !repeats && page.may_have_more(limit);
        Ok(ProductPage {
            count: products.len() as u64,
            products,
            next_cursor: has_more.then(|| {
                OffsetCursor {
                    offset: next,
                    query,
                    first,
                }
                .encode()
            }),
            cached: call.was_cached(),
            store: store_ref(&store)?,
        })
    }
}

#[async_trait]
impl Run<ProductsUpdate> for Services {
    async fn run(
        &self,
        Running(call): Running<'_>,
        input: UpdateProduct,
    ) -> Result<ChangeReceipt, Failed> {
        let asked = Asked::UpdateProduct {
            id: input.product_id.clone(),
            changes: input.changes.clone(),
        };
        Ok(self.write::<ProductsUpdate>(call, &input, asked).await?)
    }
}

#[async_trait]
impl Run<ProductsAdjustStock> for Services {
    async fn run(
        &self,
        Running(call): Running<'_>,
        input: AdjustStock,
    ) -> Result<ChangeReceipt, Failed> {
        let asked = Asked::AdjustStock {
            id: input.product_id.clone(),
            stock: match input.stock()? {
                StockChange::By(pieces) => NewStock::By(pieces),
                StockChange::To(pieces) => NewStock::To(pieces),
            },
        };
        Ok(self
            .write::<ProductsAdjustStock>(call, &input, asked)
            .await?)
    }
}

fn no_such_product(id: &ProductId, store: &StoreRecord) -> ApiError {
    let text = format!(
        "There is no product {id} in the store `{}`. Find the id with `products_list`, for example by `code` (the SKU).",
        store.name
    );
    ApiError {
        field: Some("product_id".into()),
        ..ApiError::new(ErrorCode::NotFound, text)
    }
}

fn filter_of(input: &ListProducts, limit: u32) -> Result<ProductFilter, ApiError> {
    let codes = input.code.as_deref().map(|codes| {
        codes
            .split(',')
            .map(|code| ProductCode::new(code.trim()))
            .collect::<Result<Vec<_>, _>>()
    });
    let codes = codes
        .transpose()
        .map_err(|error| ApiError::invalid("code", format!("`code` is not accepted: {error}.")))?;
    let limit = Limit::new(limit).map_err(|error| {
        ApiError::invalid("limit", format!("`limit` is not accepted: {error}."))
    })?;
    Ok(ProductFilter {
        codes: codes.unwrap_or_default(),
        limit: Some(limit),
        offset: None,
    })
}
