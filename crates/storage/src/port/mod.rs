//! The ports: what the use cases ask of a database.

mod alerts;
mod audit;
mod changes;
mod console;
mod invites;
mod keys;
mod people;
mod policies;
mod retention;
mod schedules;
mod sessions;
mod stores;
mod tenants;
mod trace_views;
mod traces;
mod vault;

pub use alerts::Alerts;
pub use audit::Audit;
pub use changes::Changes;
pub use console::Console;
pub use invites::Invites;
pub use keys::Keys;
pub use people::People;
pub use policies::Policies;
pub use retention::TraceRetention;
pub use schedules::Schedules;
pub use sessions::Sessions;
pub use stores::Stores;
pub use tenants::Tenants;
pub use trace_views::TraceViews;
pub use traces::Traces;
pub use vault::Vault;

use async_trait::async_trait;

use crate::error::StorageError;

/// What a database tells of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseState {
    /// `sqlite` or `postgres`.
    pub kind: &'static str,
    /// The newest migration applied.
    pub schema_version: i64,
    /// Connections in use.
    pub connections_in_use: u32,
    /// Connections open and idle.
    pub connections_idle: u32,
}

/// Everything a database must do.
#[async_trait]
pub trait Storage:
    Tenants
    + Keys
    + People
    + Invites
    + Stores
    + Sessions
    + Traces
    + TraceRetention
    + TraceViews
    + Alerts
    + Schedules
    + Vault
    + Changes
    + Console
    + Policies
    + Audit
    + Send
    + Sync
    + 'static
{
    /// Proves that the database can be read and written now, in one short transaction that leaves
    /// nothing behind.
    ///
    /// # Errors
    /// `Unavailable` when it cannot.
    async fn ping(&self) -> Result<DatabaseState, StorageError>;

    /// Finishes what is under way, settles files and closes all connections.
    async fn close(&self);
}
