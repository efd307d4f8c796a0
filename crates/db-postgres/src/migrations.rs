//! Bringing the schema up to date.

use std::time::Duration;

use orderdesk_mcp_storage::{Migration, StorageError, migration};
use sqlx::migrate::{Migrate, MigrateError, Migrator};
use sqlx::{Connection, PgConnection};

use crate::connect::{PostgresStorage, millis};
use crate::fault::fault;

static MIGRATOR: Migrator = sqlx::migrate!("../../migrations/postgres");
/// Where sqlx notes what was applied.
const APPLIED_TABLE: &str = "_sqlx_migrations";
/// The number of the advisory lock: the letters `odm-mig1`.
const LOCK: i64 = 0x6f64_6d2d_6d69_6731;
/// How long one server waits for another one's migration, and how long a step may take.
const PATIENCE: Duration = Duration::from_mins(5);

impl PostgresStorage {
    /// The migrations that the database still needs, in order.
    ///
    /// # Errors
    /// `NewerSchema`, `AlteredMigration` or `Foreign` when the database is not this program's to use.
    pub async fn pending(&self) -> Result<Vec<Migration>, StorageError> {
        let mut connection = self.pool.acquire().await.map_err(fault)?;
        pending(&mut connection).await
    }

    /// Applies what is pending, each step all or nothing, and says what it was. A second server that
    /// migrates at the same time waits and then finds nothing to do.
    ///
    /// # Errors
    /// As `pending`; nothing is changed then. `Unavailable` when a table stays locked for longer than
    /// the pool's lock timeout: better to try again than to make every reader queue behind.
    pub async fn migrate(&self) -> Result<Vec<Migration>, StorageError> {
        if self.pending().await?.is_empty() {
            return Ok(Vec::new());
        }
        let options = self.pool.connect_options().as_ref().clone().options([
            ("statement_timeout", millis(PATIENCE)),
            ("idle_in_transaction_session_timeout", millis(PATIENCE)),
        ]);
        let mut connection = PgConnection::connect_with(&options).await.map_err(fault)?;
        let applied = migrate(&mut connection).await;
        // The lock ends with the session, also after a failure.
        connection.close().await.map_err(fault)?;
        applied
    }
}

async fn migrate(connection: &mut PgConnection) -> Result<Vec<Migration>, StorageError> {
    let lock_timeout: String = sqlx::query_scalar("SHOW lock_timeout")
        .fetch_one(&mut *connection)
        .await
        .map_err(fault)?;
    // Waiting for the other server is patient, waiting for a table is not.
    set_lock_timeout(connection, &millis(PATIENCE)).await?;
    sqlx::query("SELECT pg_advisory_lock($1)")
        .bind(LOCK)
        .execute(&mut *connection)
        .await
        .map_err(fault)?;
    set_lock_timeout(connection, &lock_timeout).await?;
    let steps = pending(connection).await?;
    let mut migrator = Migrator::with_migrations(MIGRATOR.iter().cloned().collect());
    // sqlx's own lock would be a second one.
    migrator.set_locking(false);
    migrator.run(connection).await.map_err(migrate_fault)?;
    Ok(steps)
}

async fn set_lock_timeout(connection: &mut PgConnection, to: &str) -> Result<(), StorageError> {
    sqlx::query("SELECT set_config('lock_timeout', $1, false)")
        .bind(to)
        .execute(connection)
        .await
        .map_err(fault)?;
    Ok(())
}

async fn pending(connection: &mut PgConnection) -> Result<Vec<Migration>, StorageError> {
    // Tables of extensions may lie in the same schema; only ones with our names are in the way.
    let table: Option<String> = sqlx::query_scalar(
        "SELECT tablename::text FROM pg_tables
         WHERE schemaname = current_schema()
           AND tablename IN ('_sqlx_migrations', 'tenants', 'stores', 'keys', 'sessions', 'traces', 'changes')
         ORDER BY tablename <> '_sqlx_migrations', tablename LIMIT 1",
    )
    .fetch_optional(&mut *connection)
    .await
    .map_err(fault)?;
    let applied = match table.as_deref() {
        None => Vec::new(),
        Some(APPLIED_TABLE) => connection
            .list_applied_migrations(APPLIED_TABLE)
            .await
            .map_err(migrate_fault)?,
        Some(table) => {
            return Err(StorageError::Foreign {
                table: table.to_owned(),
            });
        }
    };
    let known = MIGRATOR.iter().map(|m| {
        let migration = Migration {
            version: m.version,
            name: m.description.to_string(),
        };
        (migration, m.checksum.as_ref())
    });
    let applied: Vec<_> = applied
        .iter()
        .map(|m| (m.version, m.checksum.as_ref()))
        .collect();
    migration::pending(known.collect(), &applied)
}

fn migrate_fault(error: MigrateError) -> StorageError {
    match error {
        MigrateError::Execute(inner) | MigrateError::ExecuteMigration(inner, _) => fault(inner),
        MigrateError::VersionMissing(version)
        | MigrateError::VersionMismatch(version)
        | MigrateError::Dirty(version) => StorageError::AlteredMigration { version },
        other => StorageError::Failed(Box::new(other)),
    }
}
