//! The tools that read orders.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use orderdesk::{Direction, FieldName, Limit, Order, OrderFilter, OrderId, Page};
use orderdesk_mcp_contract::cursor::OffsetCursor;
use orderdesk_mcp_contract::tools::orders::{
    Detail, GetOrder, ListOrders, OrderPage, OrderPart, OrderRead, OrdersGet, OrdersList,
    SortDirection, StoreRef,
};
use orderdesk_mcp_contract::{ApiError, ErrorCode};
use orderdesk_mcp_storage::record::StoreRecord;
use serde_json::{Map, Value};

use crate::error::Failure;
use crate::services::Services;
use crate::stores::store_id;
use crate::tools::cache::KnownOrder;
use crate::tools::shape::{FolderNames, OrderShape, document};
use crate::tools::{Failed, Run, Running};
use crate::traces::Call;
use crate::upstream;

/// Records in a page when the caller does not say.
pub(in crate::tools) const DEFAULT_LIMIT: u32 = 20;
/// How long an order that is in hand waits for the names of the folders.
const PATIENCE_FOR_NAMES: Duration = Duration::from_secs(2);

#[async_trait]
impl Run<OrdersGet> for Services {
    async fn run(&self, Running(call): Running<'_>, input: GetOrder) -> Result<OrderRead, Failed> {
        call.about_order(input.order_id.as_str());
        let store = self
            .store_of_call(call, input.store_identifier.as_deref())
            .await?;
        let parts = input.fields.as_deref().unwrap_or_default();
        let default = if input.fields.is_some() {
            Detail::Summary
        } else {
            Detail::Full
        };
        let known = self.read_order(call, &store, &input.order_id).await?;
        let with_history = if parts.contains(&OrderPart::History) {
            Some(self.with_history(call, &store, &known.order).await?)
        } else {
            None
        };
        let detail = input.detail.unwrap_or(default);
        let order = if detail == Detail::Full && with_history.is_none() {
            known.whole.clone()
        } else {
            let order = with_history.as_ref().unwrap_or(&known.order);
            let folders = self.folder_names(call, &store, detail).await;
            let shape = OrderShape {
                detail,
                parts,
                folders: &folders,
            };
            document(&shape.show(order, false)?)?
        };
        Ok(OrderRead {
            order,
            // History is no part of a version.
            version: known.version.clone(),
            cached: call.was_cached(),
            store: store_ref(&store)?,
        })
    }
}

#[async_trait]
impl Run<OrdersList> for Services {
    async fn run(
        &self,
        Running(call): Running<'_>,
        input: ListOrders,
    ) -> Result<OrderPage, Failed> {
        let store = self
            .store_of_call(call, input.store_identifier.as_deref())
            .await?;
        let limit = input.limit.unwrap_or(DEFAULT_LIMIT);
        let mut filter = filter_of(&input, limit)?;
        let query = fingerprint(&store, &format!("{:?}", filter.query_pairs()));
        let offset = match &input.cursor {
            Some(cursor) => read_cursor(cursor, &query)?.offset,
            None => input.offset.unwrap_or(0),
        };
        filter.offset = (offset > 0).then_some(offset);
        let page = self.list_page(call, &store, &filter).await?;
        let detail = input.detail.unwrap_or(Detail::Summary);
        let folders = self.folder_names(call, &store, detail).await;
        let shape = OrderShape {
            detail,
            parts: input.fields.as_deref().unwrap_or_default(),
            folders: &folders,
        };
        let orders = page
            .items
            .iter()
            .map(|order| shape.show(order, true))
            .collect::<Result<Vec<_>, _>>()?;
        let total = page.plausible_total(u64::from(offset));
        let next = offset.saturating_add(u32::try_from(page.items.len()).unwrap_or(u32::MAX));
        let has_more =
            page.may_have_more(limit) && total.is_none_or(|total| u64::from(next) < total);
        let cursor = OffsetCursor {
            offset: next,
            query,
            first: String::new(),
        };
        Ok(OrderPage {
            count: orders.len() as u64,
            orders,
            total,
            next_cursor: has_more.then(|| cursor.encode()),
            cached: call.was_cached(),
            store: store_ref(&store)?,
        })
    }
}

impl Services {
    /// An order of a store, from the cache or from Order Desk.
    async fn read_order(
        &self,
        call: &Call,
        store: &StoreRecord,
        id: &OrderId,
    ) -> Result<Arc<KnownOrder>, Failure> {
        let fetch = async {
            let (client, credentials) = self.open_store(store)?;
            let order = upstream::get_order(call, &client, &credentials, id).await?;
            KnownOrder::try_from(order)
        };
        let read = self
            .caches()
            .orders
            .get(call, store, id.to_string(), fetch)
            .await;
        read.map_err(|failure| match failure {
            Failure::Answer(error) if error.code == ErrorCode::NotFound => {
                no_such_order(id, store).into()
            }
            other => other,
        })
    }

    /// A page of orders of a store, from the cache or from Order Desk.
    async fn list_page(
        &self,
        call: &Call,
        store: &StoreRecord,
        filter: &OrderFilter,
    ) -> Result<Arc<Page<Order>>, Failure> {
        let request = format!("{:?}", filter.query_pairs());
        let fetch = async {
            let (client, credentials) = self.open_store(store)?;
            upstream::list_orders(call, &client, &credentials, filter).await
        };
        self.caches()
            .order_pages
            .get(call, store, request, fetch)
            .await
    }

    /// The order with its history, which Order Desk gives only in lists: it is found there by the
    /// number it has in its cart.
    async fn with_history(
        &self,
        call: &Call,
        store: &StoreRecord,
        order: &Order,
    ) -> Result<Order, Failure> {
        let filter = OrderFilter {
            source_id: order.source_id().map(str::to_owned),
            source_name: order.source_name().map(str::to_owned),
            get_order_history: true,
            ..OrderFilter::default()
        };
        if filter.source_id.is_none() {
            return Err(no_history());
        }
        let page = self.list_page(call, store, &filter).await?;
        let found = page.items.iter().find(|listed| listed.id() == order.id());
        found.cloned().ok_or_else(no_history)
    }

    /// The folders' names, where they are shown (a whole order has none) and can be had soon; an order
    /// can be shown without them.
    async fn folder_names(&self, call: &Call, store: &StoreRecord, detail: Detail) -> FolderNames {
        if detail == Detail::Full {
            return FolderNames::new();
        }
        let settings = self.store_settings(call, store);
        match tokio::time::timeout(PATIENCE_FOR_NAMES, settings).await {
            Ok(Ok(info)) => info
                .folders()
                .into_iter()
                .map(|folder| (folder.id.to_string(), folder.name))
                .collect(),
            Ok(Err(_)) | Err(_) => FolderNames::new(),
        }
    }
}

fn no_history() -> Failure {
    ApiError::invalid("fields", "The history of this order cannot be read: Order Desk does not list it under its source id. Leave out `history`.").into()
}

fn no_such_order(id: &OrderId, store: &StoreRecord) -> ApiError {
    let text = format!(
        "There is no order {id} in the store `{}`. Find the id with `orders_list`, for example by `source_id` or `email`.",
        store.name
    );
    ApiError {
        field: Some("order_id".into()),
        ..ApiError::new(ErrorCode::NotFound, text)
    }
}

pub(crate) fn store_ref(store: &StoreRecord) -> Result<StoreRef, Failure> {
    Ok(StoreRef {
        store_id: store_id(store)?,
        store_name: store.name.clone(),
    })
}

/// Binds a cursor to the store and the filters it was made for.
pub(in crate::tools) fn fingerprint(store: &StoreRecord, query: &str) -> String {
    use sha2::{Digest as _, Sha256};
    let digest = Sha256::digest(format!("{}\n{query}", store.id));
    digest[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

pub(in crate::tools) fn read_cursor(cursor: &str, query: &str) -> Result<OffsetCursor, ApiError> {
    OffsetCursor::decode(cursor, query).map_err(|_| {
        ApiError::invalid(
            "cursor",
            "This cursor was not given out for the same store and filters. Repeat the arguments of the page before, or leave `cursor` out to start again.",
        )
    })
}

fn filter_of(input: &ListOrders, limit: u32) -> Result<OrderFilter, Failure> {
    // Both types name the filters as Order Desk does, so they are carried over by name.
    let set = input.text_filters().into_iter().chain(input.date_filters());
    let by_name: Map<String, Value> = set
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect();
    let mut filter: OrderFilter = serde_path_to_error::deserialize(Value::Object(by_name))
        .map_err(|error| {
            let name = error.path().to_string();
            ApiError::invalid(
                name.clone(),
                format!("`{name}` is not accepted: {}.", error.inner()),
            )
        })?;
    filter.get_order_history = input
        .fields
        .as_ref()
        .is_some_and(|parts| parts.contains(&OrderPart::History));
    filter.order_by = match &input.order_by {
        Some(member) => Some(FieldName::new(member).map_err(|error| {
            ApiError::invalid("order_by", format!("`order_by` is not accepted: {error}."))
        })?),
        None => None,
    };
    filter.order = input.order.map(|direction| match direction {
        SortDirection::Asc => Direction::Ascending,
        SortDirection::Desc => Direction::Descending,
    });
    let limit = Limit::new(limit).map_err(|error| {
        ApiError::invalid("limit", format!("`limit` is not accepted: {error}."))
    })?;
    filter.limit = Some(limit);
    filter.validate().map_err(|error| {
        ApiError::new(
            ErrorCode::Invalid,
            format!("The filters are not accepted: {error}."),
        )
    })?;
    Ok(filter)
}
