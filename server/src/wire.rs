//! Settings to a running product: the one place that names both databases.

use std::collections::HashSet;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, bail};
use orderdesk::client::{Client, ClientConfig};
use orderdesk_mcp_contract::views::people::SettingView;
use orderdesk_mcp_db_postgres::{PoolSettings, PostgresStorage};
use orderdesk_mcp_db_sqlite::{SqliteLocation, SqliteStorage};
use orderdesk_mcp_domain::stores::{OpenShop, Sandbox};
use orderdesk_mcp_domain::{
    AlertSettings, CacheSettings, ChangeSettings, Clock, ExportSettings, LimitSettings,
    MailSettings, Parts, Services, Settings, SystemClock,
};
use orderdesk_mcp_storage::{Storage, StorageError};
use orderdesk_mcp_vault::{Entropy, KeyEncryptionKey, KeyRing, OsEntropy, Secret};
use orderdesk_sim::{Sim, SimServer, seed};

use crate::config::{Config, DatabaseKind, Effective, OrderDesk, WebOrigin};

/// The key version of the one key an installation has until keys are rotated.
const KEY_VERSION: u32 = 1;
/// Chooses the sandbox's invented orders; the same at every start.
const SANDBOX_SEED: u64 = 42;
/// What a call has left when its request to Order Desk ran out of time.
const AFTER_UPSTREAM: Duration = Duration::from_secs(5);
/// The sandbox is a toy, not a log.
const SANDBOX_LOG_ENTRIES: usize = 100;

/// A running product without its doors.
pub struct Wired {
    /// The use cases.
    pub services: Services,
    /// The database.
    pub storage: Arc<dyn Storage>,
    /// The key-encryption keys.
    pub keyring: Arc<KeyRing>,
    /// Random bytes.
    pub entropy: Arc<dyn Entropy>,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// The sandbox lives as long as this does.
    _sandbox: Option<SimServer>,
}

impl Wired {
    /// Writes what is still to be written and closes the database.
    pub async fn close(self) {
        self.services.close().await;
    }
}

/// The use cases for a command that ends at once.
///
/// # Errors
/// Anything that keeps them from starting, in words for the operator.
pub async fn services(config: &Config) -> anyhow::Result<Wired> {
    let public = config.http.public_url(config.http.port);
    wire(config, &public, None).await
}

/// The use cases with the built-in sandbox, where it is switched on.
///
/// # Errors
/// As [`services`].
pub async fn services_with_sandbox(config: &Config, public: WebOrigin) -> anyhow::Result<Wired> {
    let sandbox = if config.sandbox.is_enabled {
        Some(start_sandbox().await?)
    } else {
        None
    };
    wire(config, &public, sandbox).await
}

async fn wire(
    config: &Config,
    public: &WebOrigin,
    sandbox: Option<SimServer>,
) -> anyhow::Result<Wired> {
    prepare_data_dir(&config.database.data_dir)?;
    let keyring = Arc::new(open_keyring(config)?);
    let storage = open_storage(config).await?;
    let entropy: Arc<dyn Entropy> = Arc::new(OsEntropy);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let in_process = match &sandbox {
        Some(server) => Some(Sandbox {
            client: client(config, &server.base_url())?,
            open_shop: open_shops_of(server.sim().clone()),
        }),
        None => None,
    };
    let parts = Parts {
        storage: Arc::clone(&storage),
        keyring: Arc::clone(&keyring),
        entropy: Arc::clone(&entropy),
        clock: Arc::clone(&clock),
        orderdesk: client(config, config.orderdesk.api_url.as_str())?,
        sandbox: in_process,
    };
    let services = Services::start(parts, settings(config, public)).await?;
    Ok(Wired {
        services,
        storage,
        keyring,
        entropy,
        clock,
        _sandbox: sandbox,
    })
}

/// Opens the database and brings it up to date.
///
/// # Errors
/// It cannot be reached, is damaged, or was written by a newer version.
pub async fn open_storage(config: &Config) -> anyhow::Result<Arc<dyn Storage>> {
    Ok(match &config.database.kind {
        DatabaseKind::Sqlite(path) => {
            prepare_data_dir(&config.database.data_dir)?;
            let storage = SqliteStorage::open(&SqliteLocation::from_path(path)).await?;
            storage.migrate().await?;
            Arc::new(storage)
        }
        DatabaseKind::Postgres(url) => {
            let storage = connect(config, url).await?;
            storage.migrate().await?;
            Arc::new(storage)
        }
    })
}

async fn connect(config: &Config, url: &Secret) -> Result<PostgresStorage, StorageError> {
    let settings = PoolSettings {
        max_connections: config.database.max_connections,
        ..PoolSettings::default()
    };
    PostgresStorage::connect(url.expose(), &settings).await
}

/// How many migrations the database still lacks. Changes nothing, but makes an SQLite file that is missing.
///
/// # Errors
/// As [`open_storage`].
pub async fn pending_migrations(config: &Config) -> anyhow::Result<usize> {
    Ok(match &config.database.kind {
        DatabaseKind::Sqlite(path) => {
            let storage = SqliteStorage::open(&SqliteLocation::from_path(path)).await?;
            let pending = storage.pending().await?.len();
            storage.close().await;
            pending
        }
        DatabaseKind::Postgres(url) => {
            let storage = connect(config, url).await?;
            let pending = storage.pending().await?.len();
            storage.close().await;
            pending
        }
    })
}

/// The keys to seal with: the one given, else the generated file's, which the first start makes.
///
/// # Errors
/// The file is damaged, or missing beside a database that needs it.
pub fn open_keyring(config: &Config) -> anyhow::Result<KeyRing> {
    let text = match &config.vault.key {
        Some(given) => given.clone(),
        None => read_or_make_key(config)?,
    };
    let key = KeyEncryptionKey::parse(text.expose())
        .with_context(|| format!("{} holds no key", config.vault.key_file.display()))?;
    Ok(KeyRing::new(KEY_VERSION, key))
}

fn read_or_make_key(config: &Config) -> anyhow::Result<Secret> {
    let file = &config.vault.key_file;
    match fs::read_to_string(file) {
        Ok(text) => return Ok(Secret::new(text.trim())),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => {
            return Err(error).with_context(|| format!("{} cannot be read", file.display()));
        }
    }
    if let DatabaseKind::Sqlite(database) = &config.database.kind
        && fs::metadata(database).is_ok_and(|file| file.len() > 0)
    {
        bail!(
            "the key-encryption key is missing: {} is not there, but the database {} is, and holds data sealed with that key. \
             Restore the file from its backup, or give the key with MCP_KMS_KEY",
            file.display(),
            database.display()
        );
    }
    let key = KeyEncryptionKey::generate(&OsEntropy)?;
    if keep_key(file, &key)? {
        return Ok(key);
    }
    // Another process made one at the same moment; its file is whole, because it appeared whole.
    let text =
        fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    Ok(Secret::new(text.trim()))
}

/// Writes the key to a file of its own and gives that its name, if the name is still free: nobody ever sees
/// half a key. `false` when somebody was faster.
fn keep_key(file: &Path, key: &Secret) -> anyhow::Result<bool> {
    let draft = file.with_extension(format!("key.{}", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&draft).and_then(|mut out| {
        out.write_all(key.expose().as_bytes())
            .and_then(|()| out.write_all(b"\n"))
            .and_then(|()| out.sync_all())
    });
    let linked = written.and_then(|()| fs::hard_link(&draft, file));
    let removed = fs::remove_file(&draft);
    match linked {
        Ok(()) => removed
            .map(|()| true)
            .with_context(|| format!("{} cannot be removed", draft.display())),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => {
            Err(error).with_context(|| format!("the key file {} cannot be written", file.display()))
        }
    }
}

/// Makes the data folder, for its owner only. One that is there stays as it is.
fn prepare_data_dir(folder: &Path) -> anyhow::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .with_context(|| format!("the data folder {} cannot be made", folder.display()))
}

fn client(config: &Config, base_url: &str) -> anyhow::Result<Client> {
    Client::new(client_config(&config.orderdesk, base_url))
        .context("the client for Order Desk cannot be set up")
}

fn client_config(settings: &OrderDesk, base_url: &str) -> ClientConfig {
    let defaults = ClientConfig::default();
    let max_tries = settings.max_retries + 1;
    let share = settings.timeout / max_tries;
    ClientConfig {
        base_url: base_url.trim_end_matches('/').to_owned(),
        deadline: settings.timeout,
        try_timeout: share.max(defaults.try_timeout).min(settings.timeout),
        max_tries,
        user_agent: concat!("orderdesk-mcp/", env!("CARGO_PKG_VERSION")).to_owned(),
        ..defaults
    }
}

fn settings(config: &Config, public: &WebOrigin) -> Settings {
    let defaults = Settings::default();
    Settings {
        in_force: config.effective.iter().map(setting_view).collect(),
        public_url: public.to_string(),
        cache: CacheSettings {
            orders_ttl: config.cache.orders_ttl,
            products_ttl: config.cache.products_ttl,
            store_settings_ttl: config.cache.store_settings_ttl,
            max_bytes: config.cache.max_bytes,
        },
        limits: LimitSettings {
            calls_per_minute: config.limits.calls_per_minute,
            sign_ins_per_minute: config.limits.sign_ins_per_minute,
            console_calls_per_minute: config.limits.console_calls_per_minute,
            calls_in_flight: config.limits.calls_in_flight,
        },
        // A call outlasts one request to Order Desk, so that its end can still be told.
        tool_deadline: defaults
            .tool_deadline
            .max(config.orderdesk.timeout + AFTER_UPSTREAM),
        changes: ChangeSettings {
            proposal_ttl: config.changes.proposal_ttl,
            undo_window: config.changes.undo_window,
            lease: config.changes.lease,
        },
        alerts: AlertSettings {
            every: config.alerts.every,
            may_be_local: config.alerts.may_be_local,
            mail: config
                .alerts
                .mail
                .clone()
                .map(|(server, from)| MailSettings { server, from }),
        },
        exports: ExportSettings {
            folder: config.exports.folder.clone(),
            may_be_local: config.exports.may_be_local,
        },
        page_patience: defaults.page_patience,
        session_idle: config.session.idle_timeout,
    }
}

fn setting_view(setting: &Effective) -> SettingView {
    SettingView {
        name: setting.name.to_owned(),
        value: setting.value.clone(),
        is_given: setting.is_given,
    }
}

/// A stand-in for Order Desk on a free port of this machine, with its limits and quirks, and no shop yet.
async fn start_sandbox() -> anyhow::Result<SimServer> {
    Sim::builder()
        .log_capacity(SANDBOX_LOG_ENTRIES)
        .start()
        .await
        .context(
            "the sandbox cannot listen on this machine; switch it off with ENABLE_SANDBOX=false",
        )
}

/// Makes a shop of 500 orders where there is none. Most workspaces never look into theirs; those shall not
/// carry its orders.
fn open_shops_of(sandbox: Sim) -> OpenShop {
    let open = Mutex::new(HashSet::new());
    Box::new(move |shop, key| {
        let mut open = open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.insert(shop.clone()) {
            sandbox.add_lazy_store(shop.as_str(), key, || {
                let now_secs = SystemClock.now().0.div_euclid(1000);
                seed::shop(SANDBOX_SEED, now_secs)
            });
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Source;

    #[test]
    fn a_request_may_take_as_long_as_was_set() {
        for (timeout, retries, a_try) in [
            ("30", "3", 10),
            ("45", "0", 45),
            ("45", "2", 15),
            ("5", "3", 5),
        ] {
            let source = Source::from([("HTTP_TIMEOUT", timeout), ("HTTP_MAX_RETRIES", retries)]);
            let config = Config::read(&source).unwrap();
            let client = client_config(&config.orderdesk, "http://127.0.0.1/api/v2");
            assert_eq!(client.deadline, config.orderdesk.timeout);
            assert_eq!(
                client.try_timeout,
                Duration::from_secs(a_try),
                "{timeout} {retries}"
            );
            let settings = settings(&config, &config.http.public_url(8080));
            assert!(settings.tool_deadline > client.deadline, "{timeout}");
        }
    }
}
