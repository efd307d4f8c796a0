//! The handle to a running simulator: stores, switches, faults, log.

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::net::SocketAddr;
use std::sync::{
    Arc, LazyLock, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
};

use serde_json::{Map, Value};
use tokio::net::TcpListener;

use crate::bucket::Bucket;
use crate::clock::Clock;
use crate::fault::{Fault, Faults};
use crate::log::{Log, LogEntry};
use crate::seed::Seed;
use crate::server::SimServer;
use crate::store::Shop;
use crate::switches::Switches;
use crate::webhook::Webhooks;

/// A stand-in for Order Desk with any number of stores. Clones share everything.
#[derive(Clone)]
pub struct Sim(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    stores: RwLock<HashMap<String, Arc<Store>>>,
    switches: RwLock<Arc<Switches>>,
    pub(crate) clock: Clock,
    rate_limit: bool,
    pub(crate) admin: bool,
    faults: Mutex<Faults>,
    log: Mutex<Log>,
    pub(crate) webhooks: Webhooks,
}

pub(crate) struct Store {
    pub(crate) api_key: String,
    pub(crate) bucket: Mutex<Bucket>,
    shop: LazyShop,
    /// For [`Sim::reset`].
    seed: Option<Seed>,
}

/// Records that are made when they are first asked for.
type LazyShop = LazyLock<RwLock<Shop>, Box<dyn FnOnce() -> RwLock<Shop> + Send + Sync>>;

impl Store {
    fn new(store_id: &str, api_key: &str, seed: Seed, clock: &Clock) -> Self {
        let store = Self {
            seed: Some(seed.clone()),
            ..Self::lazy(store_id, api_key, move || seed, clock)
        };
        LazyLock::force(&store.shop);
        store
    }

    fn lazy(
        store_id: &str,
        api_key: &str,
        seed: impl FnOnce() -> Seed + Send + Sync + 'static,
        clock: &Clock,
    ) -> Self {
        let (id, key, shop_clock) = (store_id.to_owned(), api_key.to_owned(), clock.clone());
        Self {
            api_key: api_key.to_owned(),
            bucket: Mutex::new(Bucket::full(clock.now())),
            shop: LazyLock::new(Box::new(move || {
                RwLock::new(Shop::new(&id, &key, seed(), shop_clock.unix_secs()))
            })),
            seed: None,
        }
    }

    pub(crate) fn read(&self) -> RwLockReadGuard<'_, Shop> {
        self.shop.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn write(&self) -> RwLockWriteGuard<'_, Shop> {
        self.shop.write().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Sets a simulator up.
pub struct SimBuilder {
    stores: Vec<(String, String, Seed)>,
    switches: Switches,
    clock: Clock,
    rate_limit: bool,
    admin: bool,
    log_capacity: usize,
    addr: SocketAddr,
}

impl SimBuilder {
    /// Adds a store with its credentials and first records.
    #[must_use]
    pub fn store(mut self, store_id: &str, api_key: &str, seed: Seed) -> Self {
        self.stores
            .push((store_id.to_owned(), api_key.to_owned(), seed));
        self
    }

    /// Readings of the open questions. Default: [`Switches::default`].
    #[must_use]
    pub fn switches(mut self, switches: Switches) -> Self {
        self.switches = switches;
        self
    }

    /// Where time comes from. Default: the machine.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Whether the bucket of 20 requests, refilled with 3 a second, holds. Default: yes.
    #[must_use]
    pub fn rate_limit(mut self, is_on: bool) -> Self {
        self.rate_limit = is_on;
        self
    }

    /// Whether `/__sim/…` answers, to loopback peers only. Default: no.
    #[must_use]
    pub fn admin(mut self, is_on: bool) -> Self {
        self.admin = is_on;
        self
    }

    /// How many requests the log remembers. Default: 10,000.
    #[must_use]
    pub fn log_capacity(mut self, entries: usize) -> Self {
        self.log_capacity = entries;
        self
    }

    /// Where [`SimBuilder::start`] listens. Default: any free port of 127.0.0.1.
    #[must_use]
    pub fn addr(mut self, addr: SocketAddr) -> Self {
        self.addr = addr;
        self
    }

    /// The simulator without a listener, to be served by [`Sim::serve`] or [`Sim::router`].
    #[must_use]
    pub fn build(self) -> Sim {
        let sim = Sim(Arc::new(Inner {
            stores: RwLock::new(HashMap::new()),
            switches: RwLock::new(Arc::new(self.switches)),
            clock: self.clock,
            rate_limit: self.rate_limit,
            admin: self.admin,
            faults: Mutex::default(),
            log: Mutex::new(Log::new(self.log_capacity)),
            webhooks: Webhooks::default(),
        }));
        for (store_id, api_key, seed) in self.stores {
            sim.add_store(&store_id, &api_key, seed);
        }
        sim
    }

    /// Starts to listen; the server stops when it is dropped. Needs a Tokio runtime.
    ///
    /// # Errors
    /// When the address cannot be bound.
    pub async fn start(self) -> io::Result<SimServer> {
        let listener = TcpListener::bind(self.addr).await?;
        self.build().serve(listener)
    }
}

impl Sim {
    /// A simulator without stores, with every default.
    #[must_use]
    pub fn builder() -> SimBuilder {
        SimBuilder {
            stores: Vec::new(),
            switches: Switches::default(),
            clock: Clock::real(),
            rate_limit: true,
            admin: false,
            log_capacity: 10_000,
            addr: SocketAddr::from(([127, 0, 0, 1], 0)),
        }
    }

    /// Adds a store, or replaces the one with this id.
    pub fn add_store(&self, store_id: &str, api_key: &str, seed: Seed) {
        let store = Store::new(store_id, api_key, seed, &self.0.clock);
        self.insert_store(store_id, store);
    }

    /// As [`Sim::add_store`], but the records take time and memory only from the first request for one of them on.
    /// [`Sim::reset`] leaves this store as it is.
    pub fn add_lazy_store(
        &self,
        store_id: &str,
        api_key: &str,
        seed: impl FnOnce() -> Seed + Send + Sync + 'static,
    ) {
        let store = Store::lazy(store_id, api_key, seed, &self.0.clock);
        self.insert_store(store_id, store);
    }

    fn insert_store(&self, store_id: &str, store: Store) {
        let mut stores = self
            .0
            .stores
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        stores.insert(store_id.to_owned(), Arc::new(store));
    }

    pub(crate) fn store(&self, store_id: &str) -> Option<Arc<Store>> {
        self.0
            .stores
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(store_id)
            .cloned()
    }

    pub(crate) fn api_keys(&self) -> Vec<String> {
        let stores = self.0.stores.read().unwrap_or_else(PoisonError::into_inner);
        stores
            .values()
            .map(|store| store.api_key.clone())
            .filter(|key| !key.is_empty())
            .collect()
    }

    /// The simulator's clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The switches in force.
    #[must_use]
    pub fn switches(&self) -> Switches {
        self.rules().as_ref().clone()
    }

    pub(crate) fn rules(&self) -> Arc<Switches> {
        Arc::clone(
            &self
                .0
                .switches
                .read()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    /// Turns switches while the simulator runs.
    pub fn set_switches(&self, switches: Switches) {
        *self
            .0
            .switches
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::new(switches);
        let stores = self.0.stores.read().unwrap_or_else(PoisonError::into_inner);
        stores
            .values()
            .for_each(|store| store.write().forget_prints());
    }

    pub(crate) fn is_rate_limited(&self) -> bool {
        self.0.rate_limit
    }

    /// Adds a rule; the first one that matches a request meets it.
    pub fn fault(&self, fault: Fault) {
        self.faults().add(fault);
    }

    /// Removes all rules.
    pub fn clear_faults(&self) {
        self.faults().clear();
    }

    /// How many rules may still meet a request.
    #[must_use]
    pub fn pending_faults(&self) -> usize {
        self.faults().pending()
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, Faults> {
        lock(&self.0.faults)
    }

    /// The last requests, oldest first.
    #[must_use]
    pub fn log(&self) -> Vec<LogEntry> {
        self.logged().entries()
    }

    /// How many logged requests have this method and a path (below `/api/v2`) that starts so.
    #[must_use]
    pub fn count(&self, method: &str, path_prefix: &str) -> usize {
        self.logged().count(method, path_prefix)
    }

    /// Forgets all requests, and the unexpected headers among them.
    pub fn clear_log(&self) {
        self.logged().clear();
    }

    /// Names of request headers that no client of Order Desk has a reason to send: a caller that forwards
    /// what it was given shows here.
    #[must_use]
    pub fn unexpected_headers(&self) -> BTreeSet<String> {
        self.logged().unexpected_headers()
    }

    pub(crate) fn logged(&self) -> MutexGuard<'_, Log> {
        lock(&self.0.log)
    }

    /// An order as stored (empty maps as `{}`, no history), without a request.
    #[must_use]
    pub fn order(&self, store_id: &str, order_id: u64) -> Option<Map<String, Value>> {
        Some(
            self.store(store_id)?
                .read()
                .orders
                .get(&order_id)?
                .record
                .clone(),
        )
    }

    /// The history of an order, oldest first.
    #[must_use]
    pub fn history(&self, store_id: &str, order_id: u64) -> Option<Vec<Value>> {
        Some(
            self.store(store_id)?
                .read()
                .orders
                .get(&order_id)?
                .history
                .clone(),
        )
    }

    /// An inventory item as stored.
    #[must_use]
    pub fn product(&self, store_id: &str, product_id: u64) -> Option<Map<String, Value>> {
        self.store(store_id)?
            .read()
            .products
            .get(&product_id)
            .cloned()
    }

    /// Ids of a store's orders, ascending; empty for an unknown store.
    #[must_use]
    pub fn order_ids(&self, store_id: &str) -> Vec<u64> {
        self.store(store_id)
            .map(|store| store.read().orders.keys().copied().collect())
            .unwrap_or_default()
    }

    /// Ids of a store's inventory items, ascending; empty for an unknown store.
    #[must_use]
    pub fn product_ids(&self, store_id: &str) -> Vec<u64> {
        self.store(store_id)
            .map(|store| store.read().products.keys().copied().collect())
            .unwrap_or_default()
    }

    /// Edits an order as another user would: totals follow, `date_updated` is now. Gives whether it exists.
    pub fn edit_order(
        &self,
        store_id: &str,
        order_id: u64,
        edit: impl FnOnce(&mut Map<String, Value>),
    ) -> bool {
        let now = self.0.clock.unix_secs();
        self.store(store_id)
            .is_some_and(|store| store.write().edit_order(order_id, edit, now))
    }

    /// Back to the seeds: records as at first, full buckets, no faults, an empty log. Stores added with
    /// [`Sim::add_lazy_store`] keep their records.
    pub fn reset(&self) {
        let mut stores = self
            .0
            .stores
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        for (store_id, store) in stores.iter_mut() {
            if let Some(seed) = store.seed.clone() {
                *store = Arc::new(Store::new(store_id, &store.api_key, seed, &self.0.clock));
            }
        }
        drop(stores);
        self.clear_faults();
        self.clear_log();
    }
}
