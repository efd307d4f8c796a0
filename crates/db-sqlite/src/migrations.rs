//! Bringing the schema up to date.

use orderdesk_mcp_storage::{Migration, StorageError, migration};
use sqlx::SqliteConnection;
use sqlx::migrate::{Migrate, MigrateError, Migrator};

use crate::fault::fault;
use crate::open::SqliteStorage;

static MIGRATOR: Migrator = sqlx::migrate!("../../migrations/sqlite");
/// Where sqlx notes what was applied.
const APPLIED_TABLE: &str = "_sqlx_migrations";

impl SqliteStorage {
    /// The migrations that the file still needs, in order.
    ///
    /// # Errors
    /// `NewerSchema`, `AlteredMigration` or `Foreign` when the file is not this program's to use.
    pub async fn pending(&self) -> Result<Vec<Migration>, StorageError> {
        let mut reader = self.readers.acquire().await.map_err(fault)?;
        pending(&mut reader).await
    }

    /// Applies what is pending, all or nothing, and says what it was. A second process that migrates
    /// at the same time waits and then finds nothing to do.
    ///
    /// # Errors
    /// As `pending`; nothing is changed then.
    pub async fn migrate(&self) -> Result<Vec<Migration>, StorageError> {
        if self.pending().await?.is_empty() {
            return Ok(Vec::new());
        }
        let mut transaction = self.begin().await?;
        let applied = pending(&mut transaction).await?;
        MIGRATOR
            .run(&mut *transaction)
            .await
            .map_err(migrate_fault)?;
        transaction.commit().await.map_err(fault)?;
        Ok(applied)
    }
}

async fn pending(connection: &mut SqliteConnection) -> Result<Vec<Migration>, StorageError> {
    let table: Option<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'
         ORDER BY name <> '_sqlx_migrations', name LIMIT 1",
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
