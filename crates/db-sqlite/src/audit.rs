use async_trait::async_trait;
use orderdesk_mcp_contract::{ErrorCode, TenantId};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::port::Audit;
use orderdesk_mcp_storage::record::{AuditEnd, AuditEntry};
use orderdesk_mcp_storage::row::{AuditEndRow, AuditRow, tenant_id_of};

use crate::fault::fault;
use crate::open::SqliteStorage;

macro_rules! select_entries {
    ($condition:tt, $($argument:expr),+) => {
        sqlx::query_as!(
            AuditRow,
            "SELECT tenant_id, seq, at, act, actor_id, door, request_id, of_seq, error, facts, hash
             FROM audit_entries " + $condition,
            $($argument),+
        )
    };
}

#[async_trait]
impl Audit for SqliteStorage {
    async fn add_audit_entry(
        &self,
        entry: &AuditEntry,
        end: &AuditEnd,
    ) -> Result<bool, StorageError> {
        let tenant = entry.tenant_id.to_string();
        let seq = number(entry.seq);
        let actor = entry.actor_id.map(|id| id.to_string());
        let (door, error) = (entry.door.as_str(), entry.error.map(ErrorCode::as_str));
        let of_seq = entry.of_seq.map(number);
        let hash = entry.hash.as_slice();
        let mut transaction = self.begin().await?;
        let added = sqlx::query!(
            "INSERT INTO audit_entries (tenant_id, seq, at, act, actor_id, door, request_id, of_seq, error, facts, hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
             ON CONFLICT (tenant_id, seq) DO NOTHING",
            tenant,
            seq,
            entry.at.0,
            entry.act,
            actor,
            door,
            entry.request_id,
            of_seq,
            error,
            entry.facts,
            hash
        )
        .execute(&mut *transaction)
        .await
        .map_err(fault)?;
        if added.rows_affected() == 0 {
            return Ok(false);
        }
        let version = i64::from(end.key_version);
        sqlx::query!(
            "INSERT INTO audit_ends (tenant_id, sealed_key_version, sealed_end) VALUES (?1, ?2, ?3)
             ON CONFLICT (tenant_id) DO UPDATE
             SET sealed_key_version = excluded.sealed_key_version, sealed_end = excluded.sealed_end",
            tenant,
            version,
            end.bytes
        )
        .execute(&mut *transaction)
        .await
        .map_err(fault)?;
        transaction.commit().await.map_err(fault)?;
        Ok(true)
    }

    async fn audit_end(&self, tenant: TenantId) -> Result<Option<AuditEnd>, StorageError> {
        let tenant = tenant.to_string();
        let row = sqlx::query_as!(
            AuditEndRow,
            "SELECT tenant_id, sealed_key_version, sealed_end FROM audit_ends WHERE tenant_id = ?1",
            tenant
        )
        .fetch_optional(&self.readers)
        .await;
        row.map_err(fault)?.map(TryInto::try_into).transpose()
    }

    async fn tenants_without_audit_end(&self) -> Result<Vec<TenantId>, StorageError> {
        let ids = sqlx::query_scalar!(
            "SELECT id FROM tenants
             WHERE NOT EXISTS (SELECT 1 FROM audit_ends WHERE tenant_id = tenants.id) ORDER BY id"
        )
        .fetch_all(&self.readers)
        .await
        .map_err(fault)?;
        ids.iter().map(|id| tenant_id_of(id)).collect()
    }

    async fn audit_entries(
        &self,
        tenant: TenantId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, StorageError> {
        let (tenant, after, limit) = (tenant.to_string(), number(after), i64::from(limit));
        let rows = select_entries!(
            "WHERE tenant_id = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
            tenant,
            after,
            limit
        )
        .fetch_all(&self.readers)
        .await
        .map_err(fault)?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    async fn latest_audit_entries(
        &self,
        tenant: TenantId,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, StorageError> {
        let (tenant, limit) = (tenant.to_string(), i64::from(limit));
        let before = before.map_or(i64::MAX, number);
        let rows = select_entries!(
            "WHERE tenant_id = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3",
            tenant,
            before,
            limit
        )
        .fetch_all(&self.readers)
        .await
        .map_err(fault)?;
        rows.into_iter().map(TryInto::try_into).collect()
    }
}

fn number(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}
