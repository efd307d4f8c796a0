//! Databases to try things with, on the server that `TEST_POSTGRES_URL` names.

use std::sync::atomic::{AtomicU32, Ordering};

use orderdesk_mcp_contract::{Access, KeyId, KeyKind, TenantId, UtcMillis};
use orderdesk_mcp_db_postgres::{PoolSettings, PostgresStorage};
use orderdesk_mcp_storage::Storage;
use orderdesk_mcp_storage::record::{NewKey, TenantRecord};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

static NEXT: AtomicU32 = AtomicU32::new(1);

/// A database of its own on the server.
pub(crate) struct Database {
    server_url: String,
    name: String,
}

impl Database {
    pub(crate) async fn new() -> Self {
        let server_url = std::env::var("TEST_POSTGRES_URL").expect(
            "these tests need a PostgreSQL server: run `make test`, or set TEST_POSTGRES_URL to the \
             superuser's URL of one that may be thrown away, or run `scripts/postgres.sh cargo test`",
        );
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("odm_test_{}_{number}", std::process::id());
        let database = Self { server_url, name };
        database
            .on_server(format!(
                "CREATE DATABASE {} TEMPLATE template0",
                database.name
            ))
            .await;
        database
    }

    pub(crate) async fn migrated() -> Self {
        let database = Self::new().await;
        let storage = database.connect().await;
        storage.migrate().await.unwrap();
        storage.close().await;
        database
    }

    /// The server's URL with this database's name in place of the one in it.
    pub(crate) fn url(&self) -> String {
        let (address, options) = self
            .server_url
            .split_once('?')
            .unwrap_or((&self.server_url, ""));
        let (server, _) = address.rsplit_once('/').unwrap();
        let mark = if options.is_empty() { "" } else { "?" };
        format!("{server}/{}{mark}{options}", self.name)
    }

    pub(crate) async fn connect(&self) -> PostgresStorage {
        PostgresStorage::connect(&self.url(), &PoolSettings::default())
            .await
            .unwrap()
    }

    /// Runs statements as another program would.
    pub(crate) async fn meddle(&self, sql: &'static str) {
        self.try_meddle(sql).await.unwrap();
    }

    /// The same, for statements that the database is to refuse.
    pub(crate) async fn try_meddle(&self, sql: &'static str) -> Result<(), sqlx::Error> {
        let mut connection = PgConnection::connect(&self.url()).await.unwrap();
        let done = sqlx::raw_sql(sql).execute(&mut connection).await;
        connection.close().await.unwrap();
        done.map(|_| ())
    }

    pub(crate) async fn remove(self) {
        self.on_server(format!("DROP DATABASE {} WITH (FORCE)", self.name))
            .await;
    }

    async fn on_server(&self, sql: String) {
        let mut connection = PgConnection::connect(&self.server_url).await.unwrap();
        // The only part that is not written here is the name, which is made of letters and numbers.
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
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
