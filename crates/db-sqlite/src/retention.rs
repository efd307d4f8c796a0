//! How long recorded calls are kept, and throwing them away.

use async_trait::async_trait;
use orderdesk_mcp_contract::trace::retention::Retention;
use orderdesk_mcp_contract::{TenantId, TraceId, UtcMillis};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::port::TraceRetention;
use orderdesk_mcp_storage::record::{TraceStock, TraceStretch};
use orderdesk_mcp_storage::row::{RetentionRow, TraceStockRow, TraceStretchRow, trace_id_of};

use crate::fault::fault;
use crate::open::SqliteStorage;

#[async_trait]
impl TraceRetention for SqliteStorage {
    async fn trace_retention(&self, tenant: TenantId) -> Result<Option<Retention>, StorageError> {
        let id = tenant.to_string();
        let row = sqlx::query_as!(
            RetentionRow,
            r#"SELECT tenant_id, keep_days AS "keep_days?", keep_calls FROM trace_retention WHERE tenant_id = ?1"#,
            id
        )
        .fetch_optional(&self.readers)
        .await
        .map_err(fault)?;
        Ok(row
            .map(RetentionRow::read)
            .transpose()?
            .and_then(|(_, chosen)| chosen))
    }

    async fn set_trace_retention(
        &self,
        tenant: TenantId,
        retention: &Retention,
        at: UtcMillis,
    ) -> Result<(), StorageError> {
        let tenant = tenant.to_string();
        let days = i64::from(retention.keep_days);
        let calls = retention
            .keep_calls
            .map(|calls| i64::try_from(calls).unwrap_or(i64::MAX));
        sqlx::query!(
            "INSERT INTO trace_retention (tenant_id, keep_days, keep_calls, updated_at)
             VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (tenant_id) DO UPDATE
             SET keep_days = excluded.keep_days, keep_calls = excluded.keep_calls, updated_at = excluded.updated_at",
            tenant,
            days,
            calls,
            at.0
        )
        .execute(&self.writer)
        .await
        .map_err(fault)?;
        Ok(())
    }

    async fn trace_retentions(&self) -> Result<Vec<(TenantId, Option<Retention>)>, StorageError> {
        let rows = sqlx::query_as!(
            RetentionRow,
            r#"SELECT tenants.id AS tenant_id, keep_days AS "keep_days?", keep_calls AS "keep_calls?"
               FROM tenants LEFT JOIN trace_retention ON trace_retention.tenant_id = tenants.id
               ORDER BY tenants.id"#
        )
        .fetch_all(&self.readers)
        .await
        .map_err(fault)?;
        rows.into_iter().map(RetentionRow::read).collect()
    }

    async fn oldest_trace_to_keep(
        &self,
        tenant: TenantId,
        count: u64,
    ) -> Result<Option<TraceId>, StorageError> {
        let tenant = tenant.to_string();
        let before = i64::try_from(count.saturating_sub(1)).unwrap_or(i64::MAX);
        let id = sqlx::query_scalar!(
            "SELECT id FROM traces WHERE tenant_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2",
            tenant,
            before
        )
        .fetch_optional(&self.readers)
        .await
        .map_err(fault)?;
        id.map(|id| trace_id_of(&id)).transpose()
    }

    async fn traces_between(
        &self,
        tenant: TenantId,
        from: TraceId,
        before: TraceId,
        most: u32,
    ) -> Result<TraceStretch, StorageError> {
        let tenant = tenant.to_string();
        let (from, before) = (from.to_string(), before.to_string());
        sqlx::query_as!(
            TraceStretchRow,
            r#"SELECT (SELECT count(*) FROM (SELECT id FROM traces
                                             WHERE tenant_id = ?1 AND id >= ?2 AND id < ?3 LIMIT ?4) AS counted) AS "calls!: i64",
                      (SELECT id FROM traces WHERE tenant_id = ?1 AND id >= ?2 AND id < ?3
                       ORDER BY id LIMIT 1) AS "oldest?: String",
                      (SELECT id FROM traces WHERE tenant_id = ?1 AND id >= ?2 AND id < ?3
                       ORDER BY id DESC LIMIT 1) AS "newest?: String""#,
            tenant,
            from,
            before,
            most
        )
        .fetch_one(&self.readers)
        .await
        .map_err(fault)?
        .try_into()
    }

    async fn purge_traces(
        &self,
        tenant: TenantId,
        before: TraceId,
        limit: u32,
    ) -> Result<u64, StorageError> {
        let (tenant, before) = (tenant.to_string(), before.to_string());
        let mut transaction = self.begin().await?;
        sqlx::query!(
            "DELETE FROM trace_words WHERE (tenant_id, word, trace_id) IN
                 (SELECT ?1, word.value, oldest.id
                  FROM (SELECT id, words FROM traces WHERE tenant_id = ?1 AND id < ?2 ORDER BY id LIMIT ?3) AS oldest,
                       json_each(oldest.words) AS word)",
            tenant,
            before,
            limit
        )
        .execute(&mut *transaction)
        .await
        .map_err(fault)?;
        let done = sqlx::query!(
            "DELETE FROM traces WHERE tenant_id = ?1
               AND id IN (SELECT id FROM traces WHERE tenant_id = ?1 AND id < ?2 ORDER BY id LIMIT ?3)",
            tenant,
            before,
            limit
        )
        .execute(&mut *transaction)
        .await
        .map_err(fault)?;
        transaction.commit().await.map_err(fault)?;
        Ok(done.rows_affected())
    }

    async fn trace_stock(&self, tenant: TenantId) -> Result<TraceStock, StorageError> {
        let tenant = tenant.to_string();
        let row = sqlx::query_as!(
            TraceStockRow,
            r#"SELECT (SELECT count(*) FROM traces WHERE tenant_id = ?1) AS "calls!: i64",
                      (SELECT started_at FROM traces WHERE tenant_id = ?1 ORDER BY id LIMIT 1) AS "oldest?: i64",
                      (SELECT CAST(coalesce(avg(bytes), 0) AS INTEGER)
                       FROM (SELECT 200 + coalesce(length(sealed_payload), 0)
                                    + length(spans) AS bytes
                             FROM (SELECT sealed_payload, spans FROM traces
                                   WHERE tenant_id = ?1 ORDER BY id DESC LIMIT 200) AS newest) AS sizes) AS "bytes_each!: i64""#,
            tenant
        )
        .fetch_one(&self.readers)
        .await
        .map_err(fault)?;
        Ok(row.into())
    }
}
