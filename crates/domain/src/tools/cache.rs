//! Answers of Order Desk that may be used again for a while.
//!
//! A key holds the workspace, our store row and the whole request as text, filters and all, so two
//! requests that differ in anything can never share an answer. Of many equal requests at once, one asks
//! Order Desk and the others wait for it and get what it got, a failure too: they would only have met
//! the same one. If its caller goes away meanwhile, the next takes over. Failures are not kept.

use std::sync::Arc;
use std::time::Duration;

use moka::Entry;
use moka::future::Cache;
use orderdesk::{Order, Page, Product, StoreInfo};
use orderdesk_mcp_contract::{ApiError, Document, StoreUid, TenantId};
use orderdesk_mcp_storage::record::{Attributes, SpanKind, StoreRecord};
use serde::Serialize;
use serde_json::json;
use tokio::time::Instant;

use crate::error::Failure;
use crate::metrics;
use crate::settings::CacheSettings;
use crate::tools::shape::document;
use crate::traces::Call;

/// An order with what takes longer to work out than all else that a cached answer needs.
pub(crate) struct KnownOrder {
    pub(crate) order: Order,
    pub(crate) version: String,
    /// The whole order, written down.
    pub(crate) whole: Document,
}

impl TryFrom<Order> for KnownOrder {
    type Error = Failure;

    fn try_from(order: Order) -> Result<Self, Failure> {
        Ok(Self {
            version: order.version(),
            whole: document(order.as_object())?,
            order,
        })
    }
}

/// All caches of answers.
pub(crate) struct Caches {
    pub(crate) orders: AnswerCache<KnownOrder>,
    pub(crate) order_pages: AnswerCache<Page<Order>>,
    pub(crate) products: AnswerCache<Product>,
    pub(crate) product_pages: AnswerCache<Page<Product>>,
    pub(crate) store_settings: AnswerCache<StoreInfo>,
}

impl Caches {
    pub(crate) fn new(settings: &CacheSettings) -> Self {
        let bytes = settings.max_bytes;
        Self {
            orders: AnswerCache::new("orders", settings.orders_ttl, bytes / 2),
            order_pages: AnswerCache::new("order_pages", settings.orders_ttl, bytes / 2),
            products: AnswerCache::new("products", settings.products_ttl, bytes / 2),
            product_pages: AnswerCache::new("product_pages", settings.products_ttl, bytes / 2),
            store_settings: AnswerCache::new("store_settings", settings.store_settings_ttl, bytes),
        }
    }

    /// Drops what a write may have made untrue: a store's orders and products, alone and in pages.
    pub(crate) fn forget_records(&self, tenant: TenantId, store: StoreUid) {
        self.orders.forget_store(tenant, store);
        self.order_pages.forget_store(tenant, store);
        self.products.forget_store(tenant, store);
        self.product_pages.forget_store(tenant, store);
    }

    /// Drops everything known of a store.
    pub(crate) fn forget_store(&self, tenant: TenantId, store: StoreUid) {
        self.forget_records(tenant, store);
        self.store_settings.forget_store(tenant, store);
    }
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    tenant: TenantId,
    store: StoreUid,
    request: String,
}

struct Answer<V> {
    value: Arc<V>,
    bytes: u32,
}

/// By hand: a derived one would ask for `V: Clone`.
impl<V> Clone for Answer<V> {
    fn clone(&self) -> Self {
        Self {
            value: Arc::clone(&self.value),
            bytes: self.bytes,
        }
    }
}

/// One kind of answer.
pub(crate) struct AnswerCache<V> {
    name: &'static str,
    entries: Cache<Key, Answer<V>>,
}

impl<V: Weigh + Send + Sync + 'static> AnswerCache<V> {
    fn new(name: &'static str, ttl: Duration, max_bytes: u64) -> Self {
        let entries = Cache::builder()
            .max_capacity(max_bytes)
            .weigher(|key: &Key, answer: &Answer<V>| {
                answer
                    .bytes
                    .saturating_add(u32::try_from(key.request.len()).unwrap_or(u32::MAX))
            })
            .time_to_live(ttl)
            .support_invalidation_closures()
            .build();
        Self { name, entries }
    }

    /// Whether the answer to a request of a store is known.
    pub(crate) fn knows(&self, store: &StoreRecord, request: &str) -> bool {
        self.entries.contains_key(&Key {
            tenant: store.tenant_id,
            store: store.id,
            request: request.to_owned(),
        })
    }

    /// The record a call is about: the answer that is known, or the one `fetch` gets. It counts as
    /// cached unless this call itself fetched it, so an answer another call was just fetching is one.
    pub(crate) async fn get(
        &self,
        call: &Call,
        store: &StoreRecord,
        request: String,
        fetch: impl Future<Output = Result<V, Failure>>,
    ) -> Result<Arc<V>, Failure> {
        let (value, is_cached) = self.look_up(call, store, request, fetch).await;
        call.asked_cache(is_cached);
        value
    }

    /// The same for what a call needs besides its record, which says nothing of the record's age.
    pub(crate) async fn get_aside(
        &self,
        call: &Call,
        store: &StoreRecord,
        request: String,
        fetch: impl Future<Output = Result<V, Failure>>,
    ) -> Result<Arc<V>, Failure> {
        self.look_up(call, store, request, fetch).await.0
    }

    async fn look_up(
        &self,
        call: &Call,
        store: &StoreRecord,
        request: String,
        fetch: impl Future<Output = Result<V, Failure>>,
    ) -> (Result<Arc<V>, Failure>, bool) {
        let began = Instant::now();
        let key = Key {
            tenant: store.tenant_id,
            store: store.id,
            request,
        };
        let known = self.entries.get(&key).await;
        let fetched = async {
            let value = fetch.await.map_err(Failure::answer)?;
            let bytes = u32::try_from(value.weigh()).unwrap_or(u32::MAX);
            Ok::<_, ApiError>(Answer {
                value: Arc::new(value),
                bytes,
            })
        };
        let (entry, hit) = match known {
            Some(answer) => (Ok(answer), true),
            None => {
                let entry = self.entries.entry(key).or_try_insert_with(fetched).await;
                let hit = entry.as_ref().is_ok_and(|entry| !entry.is_fresh());
                (entry.map(Entry::into_value), hit)
            }
        };
        let result = if hit { "hit" } else { "miss" };
        ::metrics::counter!(metrics::CACHE_REQUESTS_TOTAL, "cache" => self.name, "result" => result).increment(1);
        call.span(
            SpanKind::Cache,
            self.name,
            began,
            entry.is_ok(),
            Attributes::of(&json!({ "result": result })),
        );
        let value = match entry {
            Ok(answer) => Ok(answer.value),
            Err(error) => Err(Failure::Answer((*error).clone())),
        };
        (value, hit)
    }

    fn forget_store(&self, tenant: TenantId, store: StoreUid) {
        let all = self
            .entries
            .invalidate_entries_if(move |key, _| key.tenant == tenant && key.store == store);
        if all.is_err() {
            self.entries.invalidate_all();
        }
    }
}

/// Roughly how much memory a value takes, in bytes.
pub(crate) trait Weigh {
    fn weigh(&self) -> usize;
}

/// A parsed document takes about twice its text.
fn weight_of_json(value: &impl Serialize) -> usize {
    serde_json::to_string(value)
        .map_or(0, |text| text.len())
        .saturating_mul(2)
        .saturating_add(256)
}

impl Weigh for Order {
    fn weigh(&self) -> usize {
        weight_of_json(self)
    }
}

/// As the order, and its text once more.
impl Weigh for KnownOrder {
    fn weigh(&self) -> usize {
        let text = self.whole.as_str().len();
        text.saturating_mul(3).saturating_add(256)
    }
}

impl Weigh for Product {
    fn weigh(&self) -> usize {
        weight_of_json(self)
    }
}

impl Weigh for StoreInfo {
    fn weigh(&self) -> usize {
        weight_of_json(self)
    }
}

impl<T: Weigh> Weigh for Page<T> {
    fn weigh(&self) -> usize {
        self.items.iter().map(Weigh::weigh).sum()
    }
}
