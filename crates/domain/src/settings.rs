//! What an operator can turn.

use std::path::PathBuf;
use std::time::Duration;

use orderdesk_mcp_contract::views::people::SettingView;
use orderdesk_mcp_vault::Secret;

/// Settings of the use cases.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The address people and clients reach the server at, without a slash at the end.
    pub public_url: String,
    /// How long answers of Order Desk may be reused.
    pub cache: CacheSettings,
    /// How much a caller may ask for.
    pub limits: LimitSettings,
    /// The longest a call may take, waiting included.
    pub tool_deadline: Duration,
    /// How long a page waits for what of Order Desk's it can do without.
    pub page_patience: Duration,
    /// How changes are carried out and kept.
    pub changes: ChangeSettings,
    /// How alerts are looked at and sent.
    pub alerts: AlertSettings,
    /// Where scheduled exports may go.
    pub exports: ExportSettings,
    /// The longest a browser session lasts unused.
    pub session_idle: Duration,
    /// All settings of the process as whoever looks after the server may see them, secrets never.
    pub in_force: Vec<SettingView>,
}

/// How changes are carried out and kept.
#[derive(Debug, Clone)]
pub struct ChangeSettings {
    /// How long a proposal waits for a decision.
    pub proposal_ttl: Duration,
    /// For how long after it a change can be undone.
    pub undo_window: Duration,
    /// How long a process keeps the right to write one record without renewing it. What a dead process has left is
    /// settled after that, and so long Order Desk may still be working on a write whose answer was lost: only then is
    /// one that is not there called not applied.
    pub lease: Duration,
}

impl Default for ChangeSettings {
    fn default() -> Self {
        Self {
            proposal_ttl: Duration::from_secs(72 * 3600),
            undo_window: Duration::from_secs(30 * 24 * 3600),
            lease: Duration::from_secs(20),
        }
    }
}

/// How alerts are looked at and sent.
#[derive(Debug, Clone)]
pub struct AlertSettings {
    /// How often each alert is looked at.
    pub every: Duration,
    /// Whether webhooks may also go to this machine and its networks, without TLS: for development and tests.
    pub may_be_local: bool,
    /// The operator's mail server; absent: alerts go to webhooks only.
    pub mail: Option<MailSettings>,
}

/// The operator's mail server.
#[derive(Debug, Clone)]
pub struct MailSettings {
    /// Its address with name and password: `smtps://` or `smtp://`.
    pub server: Secret,
    /// Whom mails are from.
    pub from: String,
}

impl Default for AlertSettings {
    fn default() -> Self {
        Self {
            every: Duration::from_secs(30),
            may_be_local: false,
            mail: None,
        }
    }
}

/// Where scheduled exports may go.
#[derive(Debug, Clone, Default)]
pub struct ExportSettings {
    /// A folder that each workspace has one of its own in; absent: files go into buckets only.
    pub folder: Option<PathBuf>,
    /// Whether buckets may also be on this machine and its networks, without TLS: for an operator's own, development and tests.
    pub may_be_local: bool,
}

/// How long answers of Order Desk may be reused.
#[derive(Debug, Clone)]
pub struct CacheSettings {
    /// Orders and lists of orders.
    pub orders_ttl: Duration,
    /// Products and lists of products.
    pub products_ttl: Duration,
    /// A store's settings and folders.
    pub store_settings_ttl: Duration,
    /// The most memory the answers may take, in bytes, for each of the three.
    pub max_bytes: u64,
}

/// How much a caller may ask for.
#[derive(Debug, Clone)]
pub struct LimitSettings {
    /// Tokens a key gets back per minute; it can save up twice as many. A read costs 1, a write 2.
    pub calls_per_minute: u32,
    /// Sign-ins a minute from one address, and for one key.
    pub sign_ins_per_minute: u32,
    /// Calls a minute through the web app that may ask Order Desk, for each signed-in key.
    pub console_calls_per_minute: u32,
    /// Calls of one workspace under way at once.
    pub calls_in_flight: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            public_url: "http://127.0.0.1:8080".into(),
            cache: CacheSettings {
                orders_ttl: Duration::from_secs(15),
                products_ttl: Duration::from_secs(60),
                store_settings_ttl: Duration::from_secs(300),
                max_bytes: 64 << 20,
            },
            limits: LimitSettings {
                calls_per_minute: 120,
                sign_ins_per_minute: 5,
                console_calls_per_minute: 30,
                calls_in_flight: 100,
            },
            tool_deadline: Duration::from_secs(25),
            page_patience: Duration::from_secs(3),
            changes: ChangeSettings::default(),
            alerts: AlertSettings::default(),
            exports: ExportSettings::default(),
            session_idle: Duration::from_secs(30 * 60),
            in_force: Vec::new(),
        }
    }
}
