//! The door with everything real behind it: use cases, SQLite, a simulated Order Desk.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::{Extension, Router};
use http::{HeaderMap, Request, StatusCode};
use orderdesk::client::{Client, ClientConfig, PaceConfig};
use orderdesk_mcp_contract::{Access, ApiError, ErrorCode, KeyKind};
use orderdesk_mcp_db_sqlite::{SqliteLocation, SqliteStorage};
use orderdesk_mcp_domain::{
    Caller, Door, NewKeyRequest, Origin, Parts, Services, Settings, SystemClock, ToolAnswer,
};
use orderdesk_mcp_mcp::{MAX_BODY_BYTES, McpSettings, service};
use orderdesk_mcp_vault::{KeyEncryptionKey, KeyRing, OsEntropy, Secret};
use orderdesk_sim::{Sim, SimServer, seed};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

pub const STORE_ID: &str = "41207";
pub const STORE_KEY: &str = "CANARY-orderdesk-key-0001";

/// A running backend and the keys to it.
pub struct Backend {
    pub services: Services,
    pub owner: Caller,
    pub reader: Caller,
    pub sim: SimServer,
    pub storage: Arc<SqliteStorage>,
    _dir: TempDir,
}

impl Backend {
    /// A workspace without stores.
    pub async fn start(calls_per_minute: u32) -> Self {
        let mut settings = Settings::default();
        settings.limits.calls_per_minute = calls_per_minute;
        Self::with(settings).await
    }

    /// The same with settings of the test's own.
    pub async fn with(settings: Settings) -> Self {
        let sim = Sim::builder()
            .store(STORE_ID, STORE_KEY, seed::fixtures())
            .rate_limit(false);
        let sim = sim.start().await.unwrap();
        let dir = tempfile::tempdir().unwrap();
        let location = SqliteLocation::from_path(dir.path().join("test.db"));
        let storage = SqliteStorage::open(&location).await.unwrap();
        storage.migrate().await.unwrap();
        let storage = Arc::new(storage);
        // Waiting for the bucket is tested where the bucket is.
        let pace = PaceConfig {
            burst: 1_000_000,
            per_second: 1e6,
            ..PaceConfig::default()
        };
        let client = ClientConfig {
            base_url: sim.base_url(),
            pace,
            ..ClientConfig::default()
        };
        let key = KeyEncryptionKey::generate(&OsEntropy).unwrap();
        let parts = Parts {
            storage: Arc::clone(&storage) as _,
            keyring: Arc::new(KeyRing::new(
                1,
                KeyEncryptionKey::parse(key.expose()).unwrap(),
            )),
            entropy: Arc::new(OsEntropy),
            clock: Arc::new(SystemClock),
            orderdesk: Client::new(client).unwrap(),
            sandbox: None,
        };
        let services = Services::start(parts, settings).await.unwrap();
        let made = services.create_tenant("door").await.unwrap();
        let owner = signed_in(&services, &made.master_key).await;
        let reader = api_key(&services, &owner, Access::Read).await;
        Self {
            services,
            owner,
            reader,
            sim,
            storage,
            _dir: dir,
        }
    }

    /// Another API key of the owner's workspace.
    pub async fn api_key(&self, access: Access) -> Caller {
        api_key(&self.services, &self.owner, access).await
    }

    /// The door as a caller meets it once it was recognised; with `None`, before.
    pub fn door(&self, caller: Option<&Caller>) -> Router {
        let settings = McpSettings {
            allowed_hosts: vec!["localhost".into()],
            allowed_origins: vec!["http://localhost:*".into()],
            cancellation_token: CancellationToken::new(),
            max_body_bytes: MAX_BODY_BYTES,
        };
        let door = service(self.services.clone(), settings);
        match caller {
            Some(caller) => door.layer(Extension(caller.clone())),
            None => door,
        }
    }

    /// Adds the simulated store for the owner.
    pub async fn add_store(&self) {
        self.register_store().await.unwrap();
    }

    /// Adds it unless it is there.
    pub async fn keep_store(&self) {
        for deleted in self.services.deleted_stores(&self.owner).await.unwrap() {
            let restored = self.services.restore_store(&self.owner, deleted.store.id);
            restored.await.unwrap();
        }
        if let Err(error) = self.register_store().await {
            assert_eq!(error.code, ErrorCode::Conflict, "{error}");
        }
    }

    async fn register_store(&self) -> Result<ToolAnswer, ApiError> {
        let arguments = json!({ "store_id": STORE_ID, "api_key": STORE_KEY, "store_name": "Main" });
        let arguments = arguments.as_object().cloned().unwrap();
        self.services
            .call_tool(&self.owner, "stores_register", arguments)
            .await
    }
}

async fn api_key(services: &Services, owner: &Caller, access: Access) -> Caller {
    let request = NewKeyRequest {
        name: access.to_string(),
        kind: KeyKind::Api,
        access,
        expires_at: None,
    };
    let (_, key) = services.create_key(owner, request).await.unwrap();
    signed_in(services, &key).await
}

/// Whom a key belongs to.
pub async fn signed_in(services: &Services, key: &Secret) -> Caller {
    services
        .authenticate(key.expose(), Origin::of(Door::Mcp))
        .await
        .unwrap()
}

/// A POST with the headers every client sends.
pub fn post(body: impl Into<Body>) -> Request<Body> {
    Request::post("/mcp")
        .header("host", "localhost")
        .header("content-type", "application/json")
        .header("accept", "application/json, text/event-stream")
        .body(body.into())
        .unwrap()
}

/// A request of the modern era, with the headers that mirror it.
pub fn modern(method: &str, params: Value) -> Request<Body> {
    modern_with(&json!({}), method, params)
}

/// The same from a client that has these capabilities.
pub fn modern_with(capabilities: &Value, method: &str, mut params: Value) -> Request<Body> {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "door-test", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": capabilities
    });
    let name = params
        .get("name")
        .and_then(Value::as_str)
        .map(str::to_owned);
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    let mut request = post(body.to_string());
    let headers = request.headers_mut();
    headers.insert("mcp-protocol-version", "2026-07-28".parse().unwrap());
    headers.insert("mcp-method", method.parse().unwrap());
    if let Some(name) = name {
        headers.insert("mcp-name", name.parse().unwrap());
    }
    request
}

/// Sends a request; an answer without a body is `Null`.
pub async fn send(door: &Router, request: Request<Body>) -> (StatusCode, HeaderMap, Value) {
    let response = door.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, 32 << 20).await.unwrap();
    let value = if bytes.is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(&bytes).unwrap()
    };
    (parts.status, parts.headers, value)
}
