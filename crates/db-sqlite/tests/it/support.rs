//! Files to try things with, and a way around the ports, to damage them.

use std::path::PathBuf;

use orderdesk_mcp_contract::{Access, KeyId, KeyKind, TenantId, UtcMillis};
use orderdesk_mcp_db_sqlite::{SqliteLocation, SqliteStorage};
use orderdesk_mcp_storage::record::{NewKey, TenantRecord};
use orderdesk_mcp_storage::{Storage, StorageError};
use sqlx::{Connection, SqliteConnection};
use tempfile::TempDir;

/// A database file in a folder of its own.
pub(crate) struct File {
    folder: TempDir,
}

impl File {
    /// No file yet.
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A migrated file that nobody has open.
    pub async fn migrated() -> Self {
        let file = Self::new();
        let storage = file.open().await.unwrap();
        storage.migrate().await.unwrap();
        storage.close().await;
        file
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("app.db")
    }

    pub async fn open(&self) -> Result<SqliteStorage, StorageError> {
        SqliteStorage::open(&SqliteLocation::from_path(self.path())).await
    }

    /// Runs statements as another program would, with all checks off.
    pub async fn meddle(&self, sql: &'static str) {
        self.try_meddle(sql).await.unwrap();
    }

    /// The same, for statements that the database is to refuse.
    pub async fn try_meddle(&self, sql: &'static str) -> Result<(), sqlx::Error> {
        let url = format!("sqlite:{}?mode=rwc", self.path().display());
        let mut connection = SqliteConnection::connect(&url).await.unwrap();
        sqlx::raw_sql("PRAGMA ignore_check_constraints = ON")
            .execute(&mut connection)
            .await
            .unwrap();
        let done = sqlx::raw_sql(sql).execute(&mut connection).await;
        connection.close().await.unwrap();
        done.map(|_| ())
    }
}

pub(crate) fn tenant_id() -> TenantId {
    TenantId::from_parts(1, 1)
}

pub(crate) fn key_id() -> KeyId {
    KeyId::from_parts(1, 2)
}

/// Adds a workspace with its first key.
pub(crate) async fn add_tenant(storage: &dyn Storage) {
    let tenant = TenantRecord {
        id: tenant_id(),
        name: "Workspace".into(),
        name_key: "workspace".into(),
        created_at: UtcMillis(1),
        suspended_at: None,
    };
    let key = NewKey {
        id: key_id(),
        tenant_id: tenant_id(),
        name: "first".into(),
        kind: KeyKind::Master,
        access: Access::Write,
        hash: "$argon2id$".into(),
        hint: "odm_mk".into(),
        created_at: UtcMillis(1),
        expires_at: None,
        created_by: None,
    };
    storage.add_tenant(&tenant, &key).await.unwrap();
}
