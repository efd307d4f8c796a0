//! Opening and closing the file, with the settings of every connection.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use orderdesk_mcp_storage::StorageError;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, Sqlite, Transaction};

use crate::fault::fault;
use crate::location::SqliteLocation;

/// How long a call waits for a connection; after that it is answered "unavailable" rather than kept.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);
/// How long SQLite waits for another process that is writing.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Readers beside the one writer.
const READERS: u32 = 4;
/// What the writer keeps in memory of the file, in KiB: every recorded call goes into indexes all over it, and with SQLite's own
/// 2 MiB most of their pages are read again for each batch.
const WRITER_CACHE_KIB: u32 = 16 << 10;
/// Largest file that is checked whole at every start. The check reads all of the file, about 1 s for
/// each GiB from a fast disk; at this size it stays under 100 ms. Larger ones are checked on request.
const CHECKED_AT_START_BYTES: u64 = 64 * 1024 * 1024;

/// The storage ports on one SQLite file.
#[derive(Debug, Clone)]
pub struct SqliteStorage {
    pub(crate) writer: SqlitePool,
    pub(crate) readers: SqlitePool,
}

impl SqliteStorage {
    /// Opens the file, and creates it, readable by its owner only, when it is not there. Its pages are
    /// checked when it has at most 64 MiB. No table is made or changed: see `migrate`.
    ///
    /// # Errors
    /// `Unavailable` when it cannot be opened or written; `Damaged` when it is no SQLite database or
    /// the check finds a fault.
    pub async fn open(location: &SqliteLocation) -> Result<Self, StorageError> {
        let path = location.path();
        create(path).map_err(|e| StorageError::Unavailable(Box::new(e)))?;
        let writer = pool(1)
            .connect_with(options(path).pragma("cache_size", format!("-{WRITER_CACHE_KIB}")))
            .await
            .map_err(fault)?;
        let readers = pool(READERS)
            .connect_with(options(path).read_only(true).pragma("query_only", "ON"))
            .await
            .map_err(fault)?;
        let storage = Self { writer, readers };
        let bytes = fs::metadata(path).map_or(0, |file| file.len());
        if bytes <= CHECKED_AT_START_BYTES {
            storage.check().await?;
        } else {
            tracing::info!(
                bytes,
                "left out the check of the database file, because it is large"
            );
        }
        Ok(storage)
    }

    /// Reads the whole file and checks that its pages hold together (`PRAGMA quick_check`). It takes
    /// about 1 s for each GiB and keeps one reader busy; writers go on.
    ///
    /// # Errors
    /// `Damaged` with the first finding.
    pub async fn check(&self) -> Result<(), StorageError> {
        let finding: String = sqlx::query_scalar("PRAGMA quick_check(1)")
            .fetch_one(&self.readers)
            .await
            .map_err(fault)?;
        if finding == "ok" {
            Ok(())
        } else {
            Err(StorageError::Damaged { finding })
        }
    }

    /// Begins a transaction that writes.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Sqlite>, StorageError> {
        self.writer
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(fault)
    }

    /// Closes readers first, so that the writer can empty the write-ahead log into the file.
    pub(crate) async fn settle(&self) {
        self.readers.close().await;
        // None of it is needed for correctness, so a failure is told and not returned. An error of the
        // last is that of another process still reading.
        self.try_to("PRAGMA optimize").await;
        if let Err(error) = self.forget_calls().await {
            tracing::warn!(%error, "failed to forget how many recorded calls there are while closing the database");
        }
        self.try_to("PRAGMA wal_checkpoint(TRUNCATE)").await;
        self.writer.close().await;
    }

    async fn try_to(&self, settle: &'static str) {
        if let Err(error) = sqlx::query(settle).execute(&self.writer).await {
            tracing::warn!(%error, "`{settle}` failed while closing the database");
        }
    }

    /// Makes SQLite forget how many recorded calls there are. It plans by that until it counts again, which is when the database
    /// is closed: where there were few after the set-up, it would read all of millions later. Of what it has not counted it
    /// expects much.
    async fn forget_calls(&self) -> Result<(), sqlx::Error> {
        // They are not there before SQLite has counted for the first time.
        let counts: Vec<String> = sqlx::query_scalar(
            "SELECT name FROM sqlite_schema WHERE name IN ('sqlite_stat1', 'sqlite_stat4')",
        )
        .fetch_all(&self.writer)
        .await?;
        for table in counts {
            // One of the two names above.
            let forget = format!("DELETE FROM {table} WHERE tbl GLOB 'trace*'");
            sqlx::query(AssertSqlSafe(forget))
                .execute(&self.writer)
                .await?;
        }
        Ok(())
    }
}

/// Connections are kept for good and not tried before use: a file does not hang up.
fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .min_connections(1)
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY_TIMEOUT)
        .foreign_keys(true)
        // A schema that someone tampered with must not call functions with side effects.
        .pragma("trusted_schema", "OFF")
        .pragma("cell_size_check", "ON")
        // A mapped file turns an I/O error into the death of the process.
        .pragma("mmap_size", "0")
        .pragma("temp_store", "MEMORY")
        .pragma("wal_autocheckpoint", "1000")
        .pragma("journal_size_limit", "67108864")
        // Bounds what `PRAGMA optimize` reads at close.
        .pragma("analysis_limit", "400")
}

/// Makes folder and file with their modes before SQLite does it with the process's usual ones. SQLite
/// gives the files beside it (`-wal`, `-shm`) the mode of the database.
fn create(path: &Path) -> io::Result<()> {
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        && !folder.exists()
    {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder)?;
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            warn_if_shared(path);
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// A file that others may read was made so by someone: it is told, not changed.
fn warn_if_shared(path: &Path) {
    #[cfg(unix)]
    if let Ok(file) = fs::metadata(path) {
        let mode = std::os::unix::fs::PermissionsExt::mode(&file.permissions()) & 0o777;
        if mode & 0o077 != 0 {
            tracing::warn!(
                "the database file is open to other users (mode {mode:03o}); 600 is enough"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn value(pool: &SqlitePool, pragma: &'static str) -> String {
        let text: Option<String> = sqlx::query_scalar(pragma)
            .fetch_optional(pool)
            .await
            .unwrap_or(None);
        if let Some(text) = text {
            return text;
        }
        sqlx::query_scalar::<_, i64>(pragma)
            .fetch_one(pool)
            .await
            .unwrap()
            .to_string()
    }

    #[tokio::test]
    async fn the_settings_are_in_force() {
        let folder = tempfile::tempdir().unwrap();
        let location = SqliteLocation::from_path(folder.path().join("app.db"));
        let storage = SqliteStorage::open(&location).await.unwrap();
        for (pragma, expected) in [
            ("PRAGMA journal_mode", "wal"),
            ("PRAGMA synchronous", "2"),
            ("PRAGMA busy_timeout", "5000"),
            ("PRAGMA foreign_keys", "1"),
            ("PRAGMA trusted_schema", "0"),
            ("PRAGMA journal_size_limit", "67108864"),
            ("PRAGMA wal_autocheckpoint", "1000"),
            ("PRAGMA temp_store", "2"),
            ("PRAGMA mmap_size", "0"),
            ("PRAGMA cell_size_check", "1"),
        ] {
            assert_eq!(
                value(&storage.writer, pragma).await,
                expected,
                "{pragma} of the writer"
            );
            assert_eq!(
                value(&storage.readers, pragma).await,
                expected,
                "{pragma} of a reader"
            );
        }
        assert_eq!(value(&storage.readers, "PRAGMA query_only").await, "1");
        assert_eq!(storage.writer.options().get_max_connections(), 1);
        assert_eq!(storage.readers.options().get_max_connections(), 4);
        let refused = sqlx::query("CREATE TABLE t (id INTEGER)")
            .execute(&storage.readers)
            .await;
        assert!(matches!(
            fault(refused.unwrap_err()),
            StorageError::Unavailable(_)
        ));
        storage.settle().await;
    }
}
