//! The cases that every database must pass, each on a database of its own.

use std::sync::Arc;
use std::time::Duration;

use orderdesk_mcp_db_postgres::{PoolSettings, PostgresStorage};
use orderdesk_mcp_storage::storage_suite;
use orderdesk_mcp_storage::suite::Fixture;

use crate::support::Database;

pub(crate) async fn make() -> Fixture {
    let database = Database::new().await;
    // Patient, because the cases are about what is stored, and CI's machine may be slow.
    let settings = PoolSettings {
        acquire_timeout: Duration::from_secs(20),
        ..PoolSettings::default()
    };
    let storage = PostgresStorage::connect(&database.url(), &settings)
        .await
        .unwrap();
    storage.migrate().await.unwrap();
    Fixture::new(Arc::new(storage), database.remove())
}

storage_suite!(crate::suite::make);
