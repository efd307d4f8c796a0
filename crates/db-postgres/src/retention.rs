//! How long recorded calls are kept, and throwing them away.

use async_trait::async_trait;
use orderdesk_mcp_contract::trace::retention::Retention;
use orderdesk_mcp_contract::{TenantId, TraceId, UtcMillis};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::port::TraceRetention;
use orderdesk_mcp_storage::record::{TraceStock, TraceStretch};
use orderdesk_mcp_storage::row::{
    RetentionRow, TraceStockRow, TraceStretchRow, trace_id_of, words_read,
};

use crate::connect::PostgresStorage;
use crate::fault::fault;

#[async_trait]
impl TraceRetention for PostgresStorage {
    async fn trace_retention(&self, tenant: TenantId) -> Result<Option<Retention>, StorageError> {
        let id = tenant.to_string();
        let row = sqlx::query_as!(
            RetentionRow,
            r#"SELECT tenant_id, keep_days AS "keep_days?", keep_calls FROM trace_retention WHERE tenant_id = $1"#,
            id
        )
        .fetch_optional(&self.pool)
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
             VALUES ($1, $2, $3, $4)
             ON CONFLICT (tenant_id) DO UPDATE
             SET keep_days = excluded.keep_days, keep_calls = excluded.keep_calls, updated_at = excluded.updated_at",
            tenant,
            days,
            calls,
            at.0
        )
        .execute(&self.pool)
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
        .fetch_all(&self.pool)
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
            "SELECT id FROM traces WHERE tenant_id = $1 ORDER BY id DESC LIMIT 1 OFFSET $2",
            tenant,
            before
        )
        .fetch_optional(&self.pool)
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
        let most = i64::from(most);
        sqlx::query_as!(
            TraceStretchRow,
            r#"SELECT (SELECT count(*) FROM (SELECT id FROM traces
                                             WHERE tenant_id = $1 AND id >= $2 AND id < $3 LIMIT $4) AS counted) AS "calls!",
                      (SELECT id FROM traces WHERE tenant_id = $1 AND id >= $2 AND id < $3
                       ORDER BY id LIMIT 1) AS "oldest?",
                      (SELECT id FROM traces WHERE tenant_id = $1 AND id >= $2 AND id < $3
                       ORDER BY id DESC LIMIT 1) AS "newest?""#,
            tenant,
            from,
            before,
            most
        )
        .fetch_one(&self.pool)
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
        let limit = i64::from(limit);
        let mut transaction = self.pool.begin().await.map_err(fault)?;
        let gone = sqlx::query!(
            // Within a condition the selection could be made more than once, with more than the limit in the end.
            "WITH oldest AS MATERIALIZED (
                 SELECT id FROM traces WHERE tenant_id = $1 AND id < $2 ORDER BY id LIMIT $3
                 FOR UPDATE SKIP LOCKED)
             DELETE FROM traces USING oldest WHERE traces.tenant_id = $1 AND traces.id = oldest.id
             RETURNING traces.id, traces.words",
            tenant,
            before,
            limit
        )
        .fetch_all(&mut *transaction)
        .await
        .map_err(fault)?;
        let (mut ids, mut words) = (Vec::new(), Vec::new());
        for call in &gone {
            for word in words_read(&call.id, call.words.as_deref())? {
                ids.push(call.id.as_str());
                words.push(word);
            }
        }
        // As lists whose length the planner knows: it takes one read from JSON for a hundred times as long.
        sqlx::query!(
            "DELETE FROM trace_words USING UNNEST($2::text[], $3::text[]) AS found (word, id)
             WHERE trace_words.tenant_id = $1 AND trace_words.word = found.word AND trace_words.trace_id = found.id",
            tenant,
            &words,
            &ids as &[&str]
        )
        .execute(&mut *transaction)
        .await
        .map_err(fault)?;
        transaction.commit().await.map_err(fault)?;
        Ok(gone.len() as u64)
    }

    async fn trace_stock(&self, tenant: TenantId) -> Result<TraceStock, StorageError> {
        let tenant = tenant.to_string();
        let row = sqlx::query_as!(
            TraceStockRow,
            r#"SELECT (SELECT count(*) FROM traces WHERE tenant_id = $1) AS "calls!",
                      (SELECT started_at FROM traces WHERE tenant_id = $1 ORDER BY id LIMIT 1) AS "oldest?",
                      (SELECT CAST(coalesce(avg(bytes), 0) AS BIGINT)
                       FROM (SELECT 200 + coalesce(length(sealed_payload), 0)
                                    + length(spans) AS bytes
                             FROM (SELECT sealed_payload, spans FROM traces
                                   WHERE tenant_id = $1 ORDER BY id DESC LIMIT 200) AS newest) AS sizes) AS "bytes_each!""#,
            tenant
        )
        .fetch_one(&self.pool)
        .await
        .map_err(fault)?;
        Ok(row.into())
    }
}
