use async_trait::async_trait;
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::port::Vault;
use orderdesk_mcp_storage::record::KekCheck;
use orderdesk_mcp_storage::row::KekCheckRow;

use crate::fault::fault;
use crate::open::SqliteStorage;

#[async_trait]
impl Vault for SqliteStorage {
    async fn kek_check(&self, version: u32) -> Result<Option<KekCheck>, StorageError> {
        let row = sqlx::query_as!(
            KekCheckRow,
            "SELECT version, sealed, created_at FROM kek_checks WHERE version = ?1",
            version
        )
        .fetch_optional(&self.readers)
        .await;
        row.map_err(fault)?.map(TryInto::try_into).transpose()
    }

    async fn add_kek_check(&self, check: &KekCheck) -> Result<KekCheck, StorageError> {
        // The update changes nothing; it makes the statement return the row that is there.
        let row = sqlx::query_as!(
            KekCheckRow,
            "INSERT INTO kek_checks (version, sealed, created_at) VALUES (?1, ?2, ?3)
             ON CONFLICT (version) DO UPDATE SET version = version
             RETURNING version, sealed, created_at",
            check.version,
            check.sealed,
            check.created_at.0
        )
        .fetch_one(&self.writer)
        .await;
        row.map_err(fault)?.try_into()
    }
}
