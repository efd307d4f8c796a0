use async_trait::async_trait;
use orderdesk_mcp_storage::port::DatabaseState;
use orderdesk_mcp_storage::{Storage, StorageError};

use crate::connect::PostgresStorage;
use crate::fault::fault;

#[async_trait]
impl Storage for PostgresStorage {
    async fn ping(&self) -> Result<DatabaseState, StorageError> {
        // Committed, and has taken away again what it added: a transaction that is rolled back would
        // prove neither that the disk takes writes nor that the server is not read-only. The number is
        // the session's, so that servers asking at once do not wait for each other.
        let mut transaction = self.pool.begin().await.map_err(fault)?;
        sqlx::query!("INSERT INTO write_probes (id) VALUES (pg_backend_pid())")
            .execute(&mut *transaction)
            .await
            .map_err(fault)?;
        sqlx::query!("DELETE FROM write_probes WHERE id = pg_backend_pid()")
            .execute(&mut *transaction)
            .await
            .map_err(fault)?;
        let schema_version = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations")
            .fetch_one(&mut *transaction)
            .await
            .map_err(fault)?;
        transaction.commit().await.map_err(fault)?;
        let idle = u32::try_from(self.pool.num_idle()).unwrap_or(u32::MAX);
        Ok(DatabaseState {
            kind: "postgres",
            schema_version,
            connections_in_use: self.pool.size().saturating_sub(idle),
            connections_idle: idle,
        })
    }

    async fn close(&self) {
        self.pool.close().await;
    }
}
