use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::budget::Budget;
use super::stores::{StoreState, Stores};
use super::{BucketSnapshot, Call, CallContext, ClientConfig, ConfigError, Credentials, PaceKey};

/// Calls Order Desk. Cheap to clone; one per process, so that connections and pacing are shared.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub config: ClientConfig,
    /// Without trailing slash.
    pub base_url: String,
    pub http: reqwest::Client,
    stores: Stores,
    budget: Mutex<Budget>,
    rng: Mutex<fastrand::Rng>,
}

/// Makes `ring` the process's cryptography for TLS, unless it has one: reqwest brings none of its own here, and refuses
/// to build a client without. [`Client::new`] does this; others that build a client of reqwest must.
pub fn provide_tls() {
    // An error says that there is one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

impl Client {
    /// Builds a client. Opens no connection yet.
    ///
    /// # Errors
    /// [`ConfigError`]: a setting makes no sense, or TLS cannot be set up.
    pub fn new(config: ClientConfig) -> Result<Self, ConfigError> {
        let base_url = config.check()?;
        provide_tls();
        let http = reqwest::Client::builder()
            // The keys would go with a redirect, to wherever it points.
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .no_proxy()
            // Retries are decided here, never below.
            .retry(reqwest::retry::never())
            .gzip(true)
            .tcp_nodelay(true)
            .connect_timeout(config.connect_timeout)
            .pool_idle_timeout(Duration::from_secs(50))
            .user_agent(config.user_agent.clone())
            .build()
            .map_err(ConfigError::Http)?;
        let inner = Inner {
            base_url,
            http,
            stores: Stores::new(config.pace, config.breaker),
            budget: Mutex::new(Budget::new(Instant::now())),
            rng: Mutex::new(fastrand::Rng::new()),
            config,
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Prepares calls to one store: `client.on(&credentials, &context).get_order(&id).await`.
    pub fn on<'a>(&self, credentials: &'a Credentials, context: &'a CallContext) -> Call<'a> {
        Call::new(Arc::clone(&self.inner), credentials, context)
    }

    /// Names what this client remembers of a store, without keeping its key; for
    /// [`Client::bucket_snapshot`].
    pub fn pace_key(&self, credentials: &Credentials) -> PaceKey {
        self.inner.stores.key(credentials)
    }

    /// How a store stands right now; `None` when it was not called lately, so its bucket is full.
    pub fn bucket_snapshot(&self, key: &PaceKey) -> Option<BucketSnapshot> {
        self.inner.stores.snapshot(key)
    }

    /// How many stores this client remembers, for a gauge.
    pub fn remembered_stores(&self) -> usize {
        self.inner.stores.len()
    }

    /// The settings it was built with.
    pub fn config(&self) -> &ClientConfig {
        &self.inner.config
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.inner.base_url)
            .finish_non_exhaustive()
    }
}

impl Inner {
    pub fn state(&self, credentials: &Credentials) -> Arc<StoreState> {
        self.stores.state(&self.stores.key(credentials))
    }

    /// A call begins: the budget of repeats grows.
    pub fn count_call(&self) {
        self.budget
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .call(Instant::now());
    }

    /// Whether one more try is within the budget.
    pub fn spend_retry(&self) -> bool {
        self.budget
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .spend(Instant::now())
    }

    /// A draw between 0 and 1.
    pub fn roll(&self) -> f64 {
        self.rng
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .f64()
    }
}
