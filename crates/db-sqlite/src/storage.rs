use async_trait::async_trait;
use orderdesk_mcp_storage::port::DatabaseState;
use orderdesk_mcp_storage::{Storage, StorageError};

use crate::fault::fault;
use crate::open::SqliteStorage;

#[async_trait]
impl Storage for SqliteStorage {
    async fn ping(&self) -> Result<DatabaseState, StorageError> {
        // A transaction that is rolled back proves nothing: its pages never reach the disk. This one
        // is committed, and has taken away again what it added.
        let mut transaction = self.begin().await?;
        sqlx::query!("INSERT INTO write_probes (id) VALUES (1)")
            .execute(&mut *transaction)
            .await
            .map_err(fault)?;
        sqlx::query!("DELETE FROM write_probes")
            .execute(&mut *transaction)
            .await
            .map_err(fault)?;
        transaction.commit().await.map_err(fault)?;
        let schema_version = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations")
            .fetch_one(&self.readers)
            .await
            .map_err(fault)?;
        let [open, idle] = [&self.writer, &self.readers]
            .map(|pool| {
                [
                    pool.size(),
                    u32::try_from(pool.num_idle()).unwrap_or(u32::MAX),
                ]
            })
            .into_iter()
            .fold([0, 0], |sum, pool| [sum[0] + pool[0], sum[1] + pool[1]]);
        Ok(DatabaseState {
            kind: "sqlite",
            schema_version,
            connections_in_use: open.saturating_sub(idle),
            connections_idle: idle,
        })
    }

    async fn close(&self) {
        self.settle().await;
    }
}
