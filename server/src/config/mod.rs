//! Settings: what an operator can turn, read once at the start, with every problem found at once.
//!
//! One struct per section. Each section holds its own part of the table ([`SETTINGS`](sections)) that
//! names, defaults and reference texts come from, so a setting cannot be read without being documented.

mod alerts;
mod cache;
mod changes;
mod check;
mod database;
mod exports;
mod http;
mod limits;
mod log;
mod ops;
mod orderdesk;
mod origin;
mod proxy;
mod reader;
pub mod reference;
mod sandbox;
mod session;
mod source;
mod vault;

use std::path::Path;

pub use alerts::Alerts;
pub use cache::Cache;
pub use changes::Changes;
pub use check::Warning;
pub use database::{Database, DatabaseKind};
pub use exports::Exports;
pub use http::Http;
pub use limits::Limits;
pub use log::{Log, LogFormat};
pub use ops::Ops;
pub use orderdesk::OrderDesk;
pub use origin::WebOrigin;
pub use proxy::TrustedProxies;
pub use reader::{Effective, Problem, Problems, Setting};
pub use sandbox::Sandbox;
pub use session::Session;
pub use source::Source;
pub use vault::{KMS_KEY_FILE, Vault};

use reader::Reader;

/// All settings, checked.
#[derive(Debug)]
pub struct Config {
    /// The main listener and what it answers to.
    pub http: Http,
    /// The listener of the operator.
    pub ops: Ops,
    /// Where data lies.
    pub database: Database,
    /// The key-encryption key.
    pub vault: Vault,
    /// The upstream.
    pub orderdesk: OrderDesk,
    /// How long answers are reused.
    pub cache: Cache,
    /// How changes are carried out and kept.
    pub changes: Changes,
    /// Alerts on recorded calls.
    pub alerts: Alerts,
    /// Scheduled exports of recorded calls.
    pub exports: Exports,
    /// How much callers may ask for.
    pub limits: Limits,
    /// Browser sessions.
    pub session: Session,
    /// What is logged, and how.
    pub log: Log,
    /// The built-in sandbox store.
    pub sandbox: Sandbox,
    /// Every setting with the value in force; secrets only as `set` or `not set`.
    pub effective: Vec<Effective>,
    /// What is allowed and still worth knowing.
    pub warnings: Vec<Warning>,
}

impl Config {
    /// Reads the environment and, where one is named, a file; the environment wins.
    ///
    /// # Errors
    /// Every problem found, each with its remedy.
    pub fn load(file: Option<&Path>) -> Result<Self, Problems> {
        Self::read(&Source::from_environment(file)?)
    }

    /// Reads settings from a source.
    ///
    /// # Errors
    /// Every problem found, each with its remedy.
    pub fn read(source: &Source) -> Result<Self, Problems> {
        let mut reader = Reader::new(source);
        let database = Database::read(&mut reader);
        let mut config = Self {
            http: Http::read(&mut reader),
            ops: Ops::read(&mut reader),
            vault: Vault::read(&mut reader, &database),
            database,
            orderdesk: OrderDesk::read(&mut reader),
            cache: Cache::read(&mut reader),
            changes: Changes::read(&mut reader),
            alerts: Alerts::read(&mut reader),
            exports: Exports::read(&mut reader),
            limits: Limits::read(&mut reader),
            session: Session::read(&mut reader),
            log: Log::read(&mut reader),
            sandbox: Sandbox::read(&mut reader),
            effective: Vec::new(),
            warnings: Vec::new(),
        };
        check::across_sections(&mut config, &mut reader);
        config.effective = reader.finish()?;
        Ok(config)
    }
}

/// A heading of the reference and its settings.
pub struct Section {
    /// The heading.
    pub title: &'static str,
    /// Its settings, in the order of the reference.
    pub settings: &'static [Setting],
}

/// The table of all settings, in the order of the reference.
pub fn sections() -> [Section; 13] {
    [
        Section {
            title: "Web and MCP",
            settings: http::SETTINGS,
        },
        Section {
            title: "Operations",
            settings: ops::SETTINGS,
        },
        Section {
            title: "Data",
            settings: database::SETTINGS,
        },
        Section {
            title: "Secrets at rest",
            settings: vault::SETTINGS,
        },
        Section {
            title: "Order Desk",
            settings: orderdesk::SETTINGS,
        },
        Section {
            title: "Cache",
            settings: cache::SETTINGS,
        },
        Section {
            title: "Changes",
            settings: changes::SETTINGS,
        },
        Section {
            title: "Alerts",
            settings: alerts::SETTINGS,
        },
        Section {
            title: "Scheduled exports",
            settings: exports::SETTINGS,
        },
        Section {
            title: "Limits",
            settings: limits::SETTINGS,
        },
        Section {
            title: "Browser sessions",
            settings: session::SETTINGS,
        },
        Section {
            title: "Log",
            settings: log::SETTINGS,
        },
        Section {
            title: "Sandbox",
            settings: sandbox::SETTINGS,
        },
    ]
}

#[cfg(test)]
mod tests;
