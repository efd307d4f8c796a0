//! The use cases' state, and its beginning and end.

use std::net::IpAddr;
use std::sync::{Arc, Weak};
use std::time::Duration;

use orderdesk::client::Client;
use orderdesk_mcp_contract::{ApiError, UtcMillis};
use orderdesk_mcp_notify::{MailSetupError, SetupError};
use orderdesk_mcp_storage::port::DatabaseState;
use orderdesk_mcp_storage::record::{KekCheck, SealedBlob};
use orderdesk_mcp_storage::{Storage, StorageError};
use orderdesk_mcp_vault::{CheckError, Entropy, KeyRing, NoEntropy, Sealed, SecretBytes};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::accounts::Accounts;
use crate::alerts::Alerts;
use crate::audit;
use crate::changes::Wishes;
use crate::clock::Clock;
use crate::error::Failure;
use crate::ids::TraceIds;
use crate::limits::Limits;
use crate::schedules::Exports;
use crate::settings::Settings;
use crate::stores::{Sandbox, StoreRows};
use crate::tools::Caches;
use crate::traces::{BlockSealer, Recorder};

/// How long changes under way may take to end when the process is to end.
const CHANGES_END: Duration = Duration::from_secs(25);

/// What the use cases work with. All of it is made by the server and handed in.
pub struct Parts {
    /// The database.
    pub storage: Arc<dyn Storage>,
    /// The key-encryption keys.
    pub keyring: Arc<KeyRing>,
    /// Random bytes.
    pub entropy: Arc<dyn Entropy>,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// Order Desk.
    pub orderdesk: Client,
    /// The built-in sandbox, when this process runs one.
    pub sandbox: Option<Sandbox>,
}

/// Every use case. Cheap to clone.
#[derive(Clone)]
pub struct Services(Arc<Inner>);

/// The services, which this does not keep.
pub(crate) struct WeakServices(Weak<Inner>);

impl WeakServices {
    /// The services, if somebody still keeps them.
    pub(crate) fn upgrade(&self) -> Option<Services> {
        self.0.upgrade().map(Services)
    }
}

struct Inner {
    parts: Parts,
    settings: Settings,
    limits: Limits,
    accounts: Accounts,
    store_rows: StoreRows,
    caches: Caches,
    recorder: Recorder,
    trace_ids: TraceIds,
    audit_turn: audit::Turn,
    wishes: Wishes,
    change_tasks: TaskTracker,
    alerts: Alerts,
    exports: Exports,
    ending: CancellationToken,
}

/// Why the use cases cannot begin. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The key-encryption key is not the one this database was sealed with.
    #[error(
        "{0}; give MCP_KMS_KEY the key that was used before, or restore the key file from its backup"
    )]
    WrongKey(CheckError),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// TLS cannot be set up.
    #[error(transparent)]
    Webhooks(#[from] SetupError),
    /// E-mail cannot be set up.
    #[error("{0}; see SMTP_URL and MAIL_FROM")]
    Mail(#[from] MailSetupError),
    /// No random bytes.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
}

impl Services {
    /// Checks the key-encryption key against the database and begins.
    ///
    /// # Errors
    /// [`StartError`]; nothing was changed then.
    pub async fn start(parts: Parts, settings: Settings) -> Result<Self, StartError> {
        prove_key(&parts).await?;
        let alerts = Alerts::new(&settings.alerts)?;
        let exports = Exports::new(&settings.exports)?;
        let sealer = BlockSealer {
            keyring: Arc::clone(&parts.keyring),
            entropy: Arc::clone(&parts.entropy),
        };
        let recorder = Recorder::start(Arc::clone(&parts.storage), sealer);
        let services = Self(Arc::new(Inner {
            limits: Limits::new(&settings.limits),
            accounts: Accounts::default(),
            store_rows: StoreRows::default(),
            caches: Caches::new(&settings.cache),
            recorder,
            trace_ids: TraceIds::default(),
            audit_turn: audit::Turn::default(),
            wishes: Wishes::default(),
            change_tasks: TaskTracker::new(),
            alerts,
            exports,
            ending: CancellationToken::new(),
            parts,
            settings,
        }));
        services.spawn_upkeep();
        services.spawn_completer();
        Ok(services)
    }

    /// Lets changes under way come to their end, writes what is still to be written and closes the database. A change
    /// that does not end in time is settled at the next start.
    pub async fn close(&self) {
        self.0.ending.cancel();
        self.0.change_tasks.close();
        if tokio::time::timeout(CHANGES_END, self.0.change_tasks.wait())
            .await
            .is_err()
        {
            tracing::warn!(
                "changes under way did not end in time; the next start looks after them"
            );
        }
        self.0.recorder.finish().await;
        self.write_use().await;
        self.0.parts.storage.close().await;
    }

    /// The settings in force.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// Whether the database can be read and written now.
    ///
    /// # Errors
    /// `Unavailable` when it cannot.
    pub async fn ready(&self) -> Result<DatabaseState, ApiError> {
        self.storage()
            .ping()
            .await
            .map_err(|error| Failure::from(error).answer())
    }

    /// Recorded calls waiting to be written.
    pub fn trace_backlog(&self) -> usize {
        self.0.recorder.backlog()
    }

    /// One report of a browser from this address.
    ///
    /// # Errors
    /// `RateLimited`.
    pub fn charge_report(&self, ip: Option<IpAddr>) -> Result<(), ApiError> {
        self.limits().report(ip)
    }

    /// Keys for what a door hands to a client, to be believed when it comes back: the version that seals, and one key for
    /// each version that opens. Whoever has them can make a client's state up, so they go nowhere else.
    pub fn request_state_keys(&self) -> (u32, Vec<(u32, SecretBytes<32>)>) {
        let keyring = self.keyring();
        (keyring.current_version(), keyring.request_state_keys())
    }

    pub(crate) fn storage(&self) -> &dyn Storage {
        &*self.0.parts.storage
    }

    pub(crate) fn keyring(&self) -> &KeyRing {
        &self.0.parts.keyring
    }

    pub(crate) fn entropy(&self) -> &dyn Entropy {
        &*self.0.parts.entropy
    }

    pub(crate) fn entropy_shared(&self) -> Arc<dyn Entropy> {
        Arc::clone(&self.0.parts.entropy)
    }

    /// The time of day, by the clock that everything here goes by.
    pub fn now(&self) -> UtcMillis {
        self.0.parts.clock.now()
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }

    pub(crate) fn accounts(&self) -> &Accounts {
        &self.0.accounts
    }

    pub(crate) fn store_rows(&self) -> &StoreRows {
        &self.0.store_rows
    }

    pub(crate) fn audit_turn(&self) -> &audit::Turn {
        &self.0.audit_turn
    }

    pub(crate) fn caches(&self) -> &Caches {
        &self.0.caches
    }

    pub(crate) fn alert_state(&self) -> &Alerts {
        &self.0.alerts
    }

    pub(crate) fn exports(&self) -> &Exports {
        &self.0.exports
    }

    pub(crate) fn wishes(&self) -> &Wishes {
        &self.0.wishes
    }

    /// The tasks that carry out changes.
    pub(crate) fn change_tasks(&self) -> &TaskTracker {
        &self.0.change_tasks
    }

    /// The services as long as somebody else keeps them.
    pub(crate) fn downgrade(&self) -> WeakServices {
        WeakServices(Arc::downgrade(&self.0))
    }

    pub(crate) fn trace_ids(&self) -> &TraceIds {
        &self.0.trace_ids
    }

    pub(crate) fn recorder(&self) -> &Recorder {
        &self.0.recorder
    }

    /// Says when the process is about to end.
    pub(crate) fn end_of_process(&self) -> CancellationToken {
        self.0.ending.clone()
    }

    pub(crate) fn orderdesk(&self) -> &Client {
        &self.0.parts.orderdesk
    }

    pub(crate) fn sandbox(&self) -> Option<&Sandbox> {
        self.0.parts.sandbox.as_ref()
    }

    /// Does something again and again, with a pause between. Ends with the last clone of the services, or with the process.
    pub(crate) fn spawn_every<W>(&self, pause: Duration, work: impl Fn(Self) -> W + Send + 'static)
    where
        W: Future<Output = ()> + Send + 'static,
    {
        let weak = self.downgrade();
        let again = async move {
            let mut ticks = tokio::time::interval(pause);
            ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            ticks.tick().await;
            loop {
                ticks.tick().await;
                let Some(services) = weak.upgrade() else {
                    return;
                };
                work(services).await;
            }
        };
        tokio::spawn(self.end_of_process().run_until_cancelled_owned(again));
    }

    /// Once a minute: forget idle limit buckets, note the use of keys and the sight of people, purge deleted stores
    /// and old calls, remove ended invitations and sessions. Ends with the last clone of the services.
    fn spawn_upkeep(&self) {
        let weak = self.downgrade();
        tokio::spawn(async move {
            let mut ticks = tokio::time::interval(Duration::from_secs(60));
            ticks.tick().await;
            loop {
                ticks.tick().await;
                let Some(services) = weak.upgrade() else {
                    return;
                };
                services.limits().forget_idle();
                services.write_use().await;
                services.purge_deleted_stores().await;
                services.purge_ended_invites().await;
                services.purge_traces().await;
                if let Err(error) = services
                    .storage()
                    .remove_expired_sessions(services.now(), 1000)
                    .await
                {
                    tracing::warn!(%error, "failed to remove ended sessions; will try again in a minute");
                }
            }
        });
    }
}

/// A sealed value as the database keeps it.
pub(crate) fn blob(sealed: Sealed) -> SealedBlob {
    SealedBlob {
        key_version: sealed.key_version(),
        bytes: sealed.into_bytes(),
    }
}

async fn prove_key(parts: &Parts) -> Result<(), StartError> {
    let version = parts.keyring.current_version();
    let stored = match parts.storage.kek_check(version).await? {
        Some(stored) => stored,
        None => {
            let check = KekCheck {
                version,
                sealed: parts.keyring.check_blob(&*parts.entropy)?,
                created_at: parts.clock.now(),
            };
            parts.storage.add_kek_check(&check).await?
        }
    };
    parts
        .keyring
        .verify_check(&stored.sealed)
        .map_err(StartError::WrongKey)?;
    Ok(())
}
