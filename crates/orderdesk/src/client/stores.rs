//! What the client remembers of each store: its gate and its circuit.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::breaker::{Breaker, Ticket};
use super::gate::Gate;
use super::{BreakerConfig, Credentials, PaceConfig};
use crate::StoreId;

/// A store unused for that long is forgotten: its bucket has refilled and its pauses are over, so
/// a fresh start is the same.
const IDLE: Duration = Duration::from_secs(90);

/// Number of remembered stores below which nobody looks for idle ones.
const FEW: usize = 64;

/// Names what the client remembers of one store and key. Only good for the client that made it.
///
/// The key takes part so that a wrong key, typed by somebody else, cannot slow down or lock out
/// those who have the right one. It cannot be found out from here.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PaceKey {
    store_id: StoreId,
    key: u64,
}

/// State of a store's circuit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Circuit {
    /// Calls pass.
    Closed,
    /// Calls are refused for that long, then one probe passes.
    Open {
        /// Until the next probe.
        retry_after: Duration,
    },
    /// The next call is the probe.
    HalfOpen,
}

/// How a store stands, for a dashboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BucketSnapshot {
    /// Whole requests left in the bucket, as far as known.
    pub tokens: u32,
    /// Requests a full bucket holds.
    pub capacity: u32,
    /// Requests on their way.
    pub in_flight: u32,
    /// Calls waiting for their turn.
    pub waiting: usize,
    /// How long a 429 still forbids sending.
    pub blocked_for: Option<Duration>,
    /// The circuit.
    pub circuit: Circuit,
}

/// One store's state.
pub(super) struct StoreState {
    pub gate: Arc<Gate>,
    breaker: Mutex<Breaker>,
}

impl StoreState {
    fn breaker(&self) -> MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn refuses_for(&self) -> Option<Duration> {
        self.breaker().refuses_for(Instant::now())
    }

    pub fn admit(&self) -> Result<Ticket, Duration> {
        self.breaker().admit(Instant::now())
    }

    pub fn record(&self, ticket: Ticket, healthy: bool) {
        self.breaker().record(ticket, Instant::now(), healthy);
    }
}

/// All stores in use.
pub(super) struct Stores {
    pace: PaceConfig,
    breaker: BreakerConfig,
    hasher: RandomState,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    states: HashMap<PaceKey, Arc<StoreState>>,
    /// Number of stores at which to look for idle ones.
    sweep_at: usize,
}

impl Stores {
    pub fn new(pace: PaceConfig, breaker: BreakerConfig) -> Self {
        let known = Mutex::new(Known {
            states: HashMap::new(),
            sweep_at: FEW,
        });
        Self {
            pace,
            breaker,
            hasher: RandomState::new(),
            known,
        }
    }

    pub fn key(&self, credentials: &Credentials) -> PaceKey {
        PaceKey {
            store_id: credentials.store_id().clone(),
            key: self.hasher.hash_one(credentials.api_key()),
        }
    }

    /// The state of a store, fresh if it is not known.
    pub fn state(&self, key: &PaceKey) -> Arc<StoreState> {
        let now = Instant::now();
        let mut known = self.known();
        if let Some(state) = known.states.get(key) {
            return Arc::clone(state);
        }
        if known.states.len() >= known.sweep_at {
            known.states.retain(|_, state| {
                // Somebody else holding it is about to use it.
                Arc::strong_count(state) > 1 || now.duration_since(state.gate.used_at()) < IDLE
            });
            known.sweep_at = FEW.max(known.states.len() * 2);
        }
        let state = Arc::new(StoreState {
            gate: Arc::new(Gate::new(self.pace, now)),
            breaker: Mutex::new(Breaker::new(self.breaker)),
        });
        known.states.insert(key.clone(), Arc::clone(&state));
        state
    }

    pub fn snapshot(&self, key: &PaceKey) -> Option<BucketSnapshot> {
        let state = Arc::clone(self.known().states.get(key)?);
        let view = state.gate.view();
        let breaker = state.breaker();
        let circuit = match breaker.refuses_for(Instant::now()) {
            Some(retry_after) => Circuit::Open { retry_after },
            None if breaker.is_closed() => Circuit::Closed,
            None => Circuit::HalfOpen,
        };
        Some(BucketSnapshot {
            tokens: view.tokens,
            capacity: self.pace.burst,
            in_flight: view.in_flight,
            waiting: view.waiting,
            blocked_for: view.blocked_for,
            circuit,
        })
    }

    pub fn len(&self) -> usize {
        self.known().states.len()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stores() -> Stores {
        Stores::new(PaceConfig::default(), BreakerConfig::default())
    }

    fn credentials(id: u64, key: &str) -> Credentials {
        Credentials::new(StoreId::from(id), key).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn idle_stores_are_forgotten() {
        let stores = stores();
        for round in 0..20_u64 {
            for id in 0..100 {
                stores.state(&stores.key(&credentials(round * 100 + id, "k")));
            }
            tokio::time::advance(IDLE).await;
        }
        assert!(stores.len() <= 300, "{} remembered of 2000", stores.len());
    }

    #[tokio::test(start_paused = true)]
    async fn a_store_in_use_is_not_forgotten() {
        let stores = stores();
        let key = stores.key(&credentials(1, "k"));
        let held = stores.state(&key);
        tokio::time::advance(IDLE * 2).await;
        for id in 2..300 {
            stores.state(&stores.key(&credentials(id, "k")));
        }
        assert!(Arc::ptr_eq(&held, &stores.state(&key)));
    }

    #[test]
    fn a_wrong_key_has_its_own_state() {
        let stores = stores();
        let key = |key| stores.key(&credentials(1, key));
        assert!(key("right") != key("wrong") && key("right") == key("right"));
        let printed = format!("{:?}", key("CANARY"));
        assert!(!printed.contains("CANARY"));
        assert_eq!(stores.snapshot(&key("right")), None);
    }
}
