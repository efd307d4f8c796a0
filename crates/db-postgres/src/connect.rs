//! Connecting, with the settings of every connection.

use std::time::Duration;

use orderdesk_mcp_storage::StorageError;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{Connection, PgConnection};

use crate::fault::fault;

/// How many connections there may be, and how long anything may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolSettings {
    /// Most connections of this process. All processes together must stay below the server's
    /// `max_connections`.
    pub max_connections: u32,
    /// How long a call waits for a connection before it is answered "unavailable".
    pub acquire_timeout: Duration,
    /// Longest statement.
    pub statement_timeout: Duration,
    /// Longest wait for a lock.
    pub lock_timeout: Duration,
    /// Longest pause inside a transaction before the server ends the session.
    pub idle_in_transaction_timeout: Duration,
}

impl Default for PoolSettings {
    fn default() -> Self {
        Self {
            max_connections: 10,
            acquire_timeout: Duration::from_secs(2),
            statement_timeout: Duration::from_secs(5),
            lock_timeout: Duration::from_secs(2),
            idle_in_transaction_timeout: Duration::from_secs(10),
        }
    }
}

/// The storage ports on one PostgreSQL database.
#[derive(Debug, Clone)]
pub struct PostgresStorage {
    pub(crate) pool: PgPool,
}

impl PostgresStorage {
    /// Connects, and proves by one connection that the database can be reached. No table is made or
    /// changed: see `migrate`.
    ///
    /// # Errors
    /// `Unavailable` when the server cannot be reached in the acquire timeout; `Failed` when the URL
    /// is wrong or the server refuses the account. No error repeats the URL.
    pub async fn connect(url: &str, settings: &PoolSettings) -> Result<Self, StorageError> {
        let options: PgConnectOptions = url.parse().map_err(fault)?;
        let options = options.application_name("orderdesk-mcp").options([
            ("statement_timeout", millis(settings.statement_timeout)),
            ("lock_timeout", millis(settings.lock_timeout)),
            (
                "idle_in_transaction_session_timeout",
                millis(settings.idle_in_transaction_timeout),
            ),
        ]);
        // The pool would try again until its timeout and then report only that: the first connection is
        // made by hand, so that its cause is told.
        tokio::time::timeout(
            settings.acquire_timeout,
            PgConnection::connect_with(&options),
        )
        .await
        .map_err(|e| StorageError::Unavailable(Box::new(e)))?
        .map_err(fault)?
        .close()
        .await
        .map_err(fault)?;
        let pool = PgPoolOptions::new()
            .min_connections(1)
            .max_connections(settings.max_connections)
            .acquire_timeout(settings.acquire_timeout)
            .connect_with(options)
            .await
            .map_err(fault)?;
        Ok(Self { pool })
    }
}

/// A duration as PostgreSQL reads it.
pub(crate) fn millis(duration: Duration) -> String {
    format!("{}ms", duration.as_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_settings_are_in_force() {
        let url = std::env::var("TEST_POSTGRES_URL").expect(
            "this test needs a PostgreSQL server: run `make test`, or set TEST_POSTGRES_URL",
        );
        let storage = PostgresStorage::connect(&url, &PoolSettings::default())
            .await
            .unwrap();
        for (name, expected) in [
            ("statement_timeout", "5s"),
            ("lock_timeout", "2s"),
            ("idle_in_transaction_session_timeout", "10s"),
            ("application_name", "orderdesk-mcp"),
        ] {
            let value: String = sqlx::query_scalar("SELECT current_setting($1)")
                .bind(name)
                .fetch_one(&storage.pool)
                .await
                .unwrap();
            assert_eq!(value, expected, "{name}");
        }
        let options = storage.pool.options();
        assert_eq!(options.get_max_connections(), 10);
        assert_eq!(options.get_acquire_timeout(), Duration::from_secs(2));
        storage.pool.close().await;
    }
}
