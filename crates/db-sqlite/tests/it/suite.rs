//! The cases that every database must pass, each on a file of its own.

use std::sync::Arc;

use orderdesk_mcp_db_sqlite::{SqliteLocation, SqliteStorage};
use orderdesk_mcp_storage::storage_suite;
use orderdesk_mcp_storage::suite::Fixture;

pub(crate) async fn make() -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let location = SqliteLocation::from_path(folder.path().join("app.db"));
    let storage = SqliteStorage::open(&location).await.unwrap();
    storage.migrate().await.unwrap();
    Fixture::new(Arc::new(storage), async move { folder.close().unwrap() })
}

storage_suite!(crate::suite::make);
