//! The product without a door, on a database and a simulator.

use std::sync::Arc;
use std::time::Duration;

use orderdesk::client::{Client, ClientConfig, PaceConfig};
use orderdesk_mcp_domain::{Caller, Door, Origin, Parts, Services, Settings, SystemClock};
use orderdesk_mcp_vault::{KeyEncryptionKey, KeyRing, OsEntropy};
use serde_json::{Value, json};

use crate::place::Place;

/// The simulator's store.
pub const STORE_ID: &str = "41207";
/// Its key.
pub const STORE_KEY: &str = "CANARY-orderdesk-key-0001";
/// How long a request to the simulator may take. Shorter than the product's, so that a scenario does not wait for long.
pub const TRY_TIMEOUT: Duration = Duration::from_millis(1500);
/// The key all databases here are sealed with; there is nothing to hide in them.
const SEALED_WITH: &str = "0707070707070707070707070707070707070707070707070707070707070707";

/// Starts the product. Nothing but times and limits differs from the real one.
///
/// # Errors
/// The database's, or the product's.
pub async fn start(place: &Place, orderdesk: &str, lease: Duration) -> anyhow::Result<Services> {
    let config = ClientConfig {
        base_url: orderdesk.to_owned(),
        try_timeout: TRY_TIMEOUT,
        // The simulator's bucket is off: pacing would only take time.
        pace: PaceConfig {
            burst: 1000,
            per_second: 1000.0,
            ..PaceConfig::default()
        },
        ..ClientConfig::default()
    };
    let parts = Parts {
        storage: place.open().await?,
        keyring: Arc::new(KeyRing::new(1, KeyEncryptionKey::parse(SEALED_WITH)?)),
        entropy: Arc::new(OsEntropy),
        clock: Arc::new(SystemClock),
        orderdesk: Client::new(config)?,
        sandbox: None,
    };
    let mut settings = Settings::default();
    settings.limits.calls_per_minute = 1_000_000;
    settings.limits.sign_ins_per_minute = 1_000;
    settings.limits.calls_in_flight = 10_000;
    settings.changes.lease = lease;
    Ok(Services::start(parts, settings).await?)
}

/// Makes a workspace with the simulator's store, and gives its master key.
///
/// # Errors
/// The product's.
pub async fn furnish(services: &Services) -> anyhow::Result<String> {
    let made = services.create_tenant("Crash").await?;
    let key = made.master_key.expose().to_owned();
    let caller = sign_in(services, &key).await?;
    let store = json!({ "store_id": STORE_ID, "api_key": STORE_KEY, "store_name": "Main" });
    call(services, &caller, "stores_register", store).await?;
    Ok(key)
}

/// The owner of a key, as an assistant.
///
/// # Errors
/// The product's.
pub async fn sign_in(services: &Services, key: &str) -> anyhow::Result<Caller> {
    Ok(services.authenticate(key, Origin::of(Door::Mcp)).await?)
}

/// Calls a tool.
///
/// # Errors
/// The tool's.
pub async fn call(
    services: &Services,
    caller: &Caller,
    tool: &str,
    arguments: Value,
) -> Result<Value, orderdesk_mcp_contract::ApiError> {
    let arguments = arguments.as_object().cloned().unwrap_or_default();
    let answer = services.call_tool(caller, tool, arguments).await?;
    Ok(answer.value().expect("what was written as JSON is JSON"))
}
