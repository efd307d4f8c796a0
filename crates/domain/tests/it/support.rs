//! A whole backend without a door.

use std::collections::HashSet;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use orderdesk::client::{Client, ClientConfig, PaceConfig};
use orderdesk_mcp_contract::{Access, ApiError, KeyKind, Role, SecretText, UtcMillis};
use orderdesk_mcp_db_sqlite::{SqliteLocation, SqliteStorage};
use orderdesk_mcp_domain::stores::Sandbox;
use orderdesk_mcp_domain::{
    Caller, Clock, Door, NewKeyRequest, NewUser, Origin, Parts, Services, Settings, StartError,
};
use orderdesk_mcp_storage::Storage;
use orderdesk_mcp_storage::record::{TraceBlock, TraceFilter, TraceRecord};
use orderdesk_mcp_vault::{KeyEncryptionKey, KeyRing, OsEntropy, Secret};
use orderdesk_sim::{Sim, SimServer, seed};
use serde_json::{Map, Value, json};
use sqlx::{Connection as _, SqliteConnection};
use tempfile::TempDir;

pub const STORE_ID: &str = "41207";
pub const STORE_KEY: &str = "CANARY-orderdesk-key-0001";
/// 2026-11-22 09:30:00 UTC.
pub const NOW: i64 = 1_795_339_800_000;

/// A clock that tests move.
pub struct TestClock {
    millis: AtomicI64,
    /// For tests in which time must pass by itself, and no faster than it does.
    runs_since: Option<Instant>,
}

impl TestClock {
    pub fn advance_secs(&self, seconds: i64) {
        self.millis.fetch_add(seconds * 1000, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> UtcMillis {
        if let Some(since) = self.runs_since {
            let passed = i64::try_from(since.elapsed().as_millis()).unwrap();
            return UtcMillis(self.millis.load(Ordering::SeqCst) + passed);
        }
        // A millisecond passes with every look, so that ids made one after the other sort that way.
        UtcMillis(self.millis.fetch_add(1, Ordering::SeqCst))
    }
}

pub struct Bench {
    pub services: Services,
    pub storage: Arc<dyn Storage>,
    pub sim: SimServer,
    pub clock: Arc<TestClock>,
    pub dir: TempDir,
}

pub fn settings() -> Settings {
    let mut settings = Settings::default();
    // Limits have tests of their own; elsewhere they would only get in the way.
    settings.limits.calls_per_minute = 1_000_000;
    settings.limits.sign_ins_per_minute = 1_000;
    settings.limits.console_calls_per_minute = 1_000;
    settings.limits.calls_in_flight = 10_000;
    settings
}

impl Bench {
    /// Lets nobody read the calls that were recorded so far, as a damaged disk does.
    pub async fn damage_calls(&self) {
        let url = format!("sqlite:{}", self.dir.path().join("test.db").display());
        let mut connection = SqliteConnection::connect(&url).await.unwrap();
        sqlx::raw_sql("UPDATE trace_blocks SET facts = x'0500000000'")
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
    }

    pub async fn start() -> Self {
        Self::with(settings(), seed::shop(7, NOW / 1000)).await
    }

    pub async fn with(settings: Settings, seed: seed::Seed) -> Self {
        Self::by_clock(settings, seed, None).await
    }

    /// With a clock that runs by itself.
    pub async fn in_real_time(settings: Settings, seed: seed::Seed) -> Self {
        Self::by_clock(settings, seed, Some(Instant::now())).await
    }

    async fn by_clock(settings: Settings, seed: seed::Seed, runs_since: Option<Instant>) -> Self {
        let sim = Sim::builder()
            .store(STORE_ID, STORE_KEY, seed)
            .rate_limit(false)
            .start()
            .await
            .unwrap();
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(TestClock {
            millis: AtomicI64::new(NOW),
            runs_since,
        });
        let storage = open(&dir).await;
        let parts = parts(Arc::clone(&storage), Arc::clone(&clock), &sim, [7; 32]);
        let services = Services::start(parts, settings).await.unwrap();
        Self {
            services,
            storage,
            sim,
            clock,
            dir,
        }
    }

    /// Starts again on the same file, with another key-encryption key.
    pub async fn restart_with_key(&self, kek: [u8; 32]) -> Result<Services, StartError> {
        let parts = parts(
            open(&self.dir).await,
            Arc::clone(&self.clock),
            &self.sim,
            kek,
        );
        Services::start(parts, settings()).await
    }

    /// The same key behind the web app.
    pub async fn in_browser(&self, caller: &Caller) -> Caller {
        let identity = caller.identity();
        let origin = Origin::of(Door::Web);
        let found = self.services.session_caller(&identity, origin).await;
        found.unwrap().unwrap()
    }

    /// A workspace with its master key, signed in as an assistant.
    pub async fn tenant(&self, name: &str) -> Caller {
        let made = self.services.create_tenant(name).await.unwrap();
        self.signed_in(&made.master_key).await
    }

    pub async fn signed_in(&self, key: &Secret) -> Caller {
        self.services
            .authenticate(key.expose(), Origin::of(Door::Mcp))
            .await
            .unwrap()
    }

    pub async fn api_key(&self, owner: &Caller, access: Access) -> (Caller, Secret) {
        let request = NewKeyRequest {
            name: "Assistant".into(),
            kind: KeyKind::Api,
            access,
            expires_at: None,
        };
        let (_, secret) = self.services.create_key(owner, request).await.unwrap();
        (self.signed_in(&secret).await, secret)
    }

    /// Makes a person of a workspace.
    pub async fn person(&self, tenant: &str, email: &str) {
        let new = NewUser {
            tenant: tenant.into(),
            email: email.into(),
            name: "Ann".into(),
            role: Role::Owner,
            is_instance_admin: false,
            password: SecretText::new("a long password"),
        };
        self.services.create_user(&new).await.unwrap();
    }

    /// A workspace with the simulator's store.
    pub async fn tenant_with_store(&self, name: &str) -> Caller {
        let caller = self.tenant(name).await;
        let args = json!({ "store_id": STORE_ID, "api_key": STORE_KEY, "store_name": "Main" });
        self.ok(&caller, "stores_register", args).await;
        self.sim.sim().clear_log();
        caller
    }

    pub async fn call(
        &self,
        caller: &Caller,
        tool: &str,
        arguments: Value,
    ) -> Result<Value, ApiError> {
        let arguments: Map<String, Value> = arguments.as_object().cloned().unwrap();
        self.services
            .call_tool(caller, tool, arguments)
            .await
            .map(|answer| answer.value().unwrap())
    }

    pub async fn ok(&self, caller: &Caller, tool: &str, arguments: Value) -> Value {
        self.call(caller, tool, arguments)
            .await
            .unwrap_or_else(|error| panic!("{tool}: {error:?}"))
    }

    pub async fn err(&self, caller: &Caller, tool: &str, arguments: Value) -> ApiError {
        match self.call(caller, tool, arguments).await {
            Ok(answer) => panic!("{tool} should have been refused, but answered {answer}"),
            Err(error) => error,
        }
    }
}

/// Adds calls that were never made.
pub async fn add(bench: &Bench, calls: &[TraceRecord]) {
    let blocks = TraceBlock::without_payloads(calls);
    bench.storage.add_traces(&blocks).await.unwrap();
}

/// The calls that were recorded of a workspace, newest first, once there are so many.
pub async fn recorded(bench: &Bench, caller: &Caller, at_least: usize) -> Vec<TraceRecord> {
    let filter = TraceFilter {
        limit: 200,
        ..TraceFilter::default()
    };
    for _ in 0..100 {
        let rows = bench
            .storage
            .list_traces(caller.tenant_id(), &filter)
            .await
            .unwrap();
        if rows.len() >= at_least {
            return rows;
        }
        // The writer works in the background; there is nothing else to wait for.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("fewer than {at_least} traces were written");
}

async fn open(dir: &TempDir) -> Arc<dyn Storage> {
    let storage = SqliteStorage::open(&SqliteLocation::from_path(dir.path().join("test.db")))
        .await
        .unwrap();
    storage.migrate().await.unwrap();
    Arc::new(storage)
}

fn parts(
    storage: Arc<dyn Storage>,
    clock: Arc<TestClock>,
    sim: &SimServer,
    kek: [u8; 32],
) -> Parts {
    let text: String = kek.iter().map(|byte| format!("{byte:02x}")).collect();
    let kek = KeyEncryptionKey::parse(&text).unwrap();
    // The simulator has no limit here, so nothing has to wait for one.
    let pace = PaceConfig {
        burst: 10_000,
        per_second: 10_000.0,
        max_in_flight: 100,
        max_waiting: 10_000,
        ..PaceConfig::default()
    };
    let config = ClientConfig {
        base_url: sim.base_url(),
        pace,
        ..ClientConfig::default()
    };
    Parts {
        storage,
        keyring: Arc::new(KeyRing::new(1, kek)),
        entropy: Arc::new(OsEntropy),
        clock,
        orderdesk: Client::new(config.clone()).unwrap(),
        sandbox: Some(sandbox(sim, config)),
    }
}

/// The simulator doubles as the sandbox: the shops' ids tell them apart from the store.
fn sandbox(sim: &SimServer, config: ClientConfig) -> Sandbox {
    let (sim, open) = (sim.sim().clone(), Mutex::new(HashSet::new()));
    Sandbox {
        client: Client::new(config).unwrap(),
        open_shop: Box::new(move |shop, key| {
            if open.lock().unwrap().insert(shop.clone()) {
                sim.add_lazy_store(shop.as_str(), key, seed::tiny);
            }
        }),
    }
}
