//! How long recorded calls are kept, and throwing them away.

use std::borrow::Cow;

use async_trait::async_trait;
use orderdesk_mcp_contract::trace::retention::Retention;
use orderdesk_mcp_contract::{TenantId, TraceId, UtcMillis};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::port::TraceRetention;
use orderdesk_mcp_storage::record::{BlockPosting, PurgeStep, TraceStock, TraceStretch};
use orderdesk_mcp_storage::row::{RetentionRow, TraceStockRow, TraceStretchRow, trace_id_of};
use sqlx::SqliteConnection;

use crate::fault::fault;
use crate::open::SqliteStorage;
use crate::traces::as_json;

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

    async fn oldest_block_to_keep(
        &self,
        tenant: TenantId,
        count: u64,
    ) -> Result<Option<TraceId>, StorageError> {
        let tenant = tenant.to_string();
        let before = i64::try_from(count.saturating_sub(1)).unwrap_or(i64::MAX);
        let id = sqlx::query_scalar!(
            "SELECT block_id
             FROM (SELECT block_id, sum(calls) OVER (ORDER BY block_id DESC) AS newest
                   FROM trace_postings WHERE tenant_id = ?1 AND field = 'all' AND value = '') AS counted
             WHERE newest > ?2 ORDER BY block_id DESC LIMIT 1",
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
            r#"SELECT (SELECT min(coalesce(sum(calls), 0), ?4)
                       FROM (SELECT calls FROM trace_postings
                             WHERE tenant_id = ?1 AND field = 'all' AND value = '' AND block_id >= ?2 AND block_id < ?3
                             LIMIT ?4) AS counted) AS "calls!: i64",
                      (SELECT oldest_id FROM trace_blocks INDEXED BY trace_blocks_by_id WHERE tenant_id = ?1 AND id >= ?2 AND id < ?3
                       ORDER BY id LIMIT 1) AS "oldest?: String",
                      (SELECT id FROM trace_blocks INDEXED BY trace_blocks_by_id WHERE tenant_id = ?1 AND id >= ?2 AND id < ?3
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

    async fn postings_of_block(
        &self,
        tenant: TenantId,
        block: &str,
    ) -> Result<Vec<BlockPosting>, StorageError> {
        let tenant = tenant.to_string();
        let found = sqlx::query!(
            "SELECT field, value FROM trace_postings WHERE tenant_id = ?1 AND block_id = ?2",
            tenant,
            block
        )
        .fetch_all(&self.readers)
        .await
        .map_err(fault)?;
        let postings = found.into_iter().map(|row| (row.field.into(), row.value));
        Ok(postings.collect())
    }

    async fn purge_step(&self, tenant: TenantId, step: &PurgeStep) -> Result<u64, StorageError> {
        let tenant = tenant.to_string();
        let mut transaction = self.begin().await?;
        delete_postings(&mut transaction, &tenant, &step.postings).await?;
        let gone = delete_blocks(&mut transaction, &tenant, &step.blocks).await?;
        transaction.commit().await.map_err(fault)?;
        Ok(gone)
    }

    async fn trace_stock(&self, tenant: TenantId) -> Result<TraceStock, StorageError> {
        let tenant = tenant.to_string();
        sqlx::query_as!(
            TraceStockRow,
            r#"SELECT coalesce((SELECT sum(calls) FROM trace_postings
                                WHERE tenant_id = ?1 AND field = 'all' AND value = ''), 0) AS "calls!: i64",
                      (SELECT oldest_id FROM trace_blocks INDEXED BY trace_blocks_by_id WHERE tenant_id = ?1 ORDER BY id LIMIT 1) AS "oldest?: String",
                      coalesce(sum(length(facts) + length(spans) + coalesce(length(sealed_payloads), 0)), 0) AS "bytes!: i64",
                      coalesce(sum(calls), 0) AS "bytes_of!: i64"
               FROM (SELECT facts, spans, sealed_payloads, calls FROM trace_blocks INDEXED BY trace_blocks_by_id
                     WHERE tenant_id = ?1 ORDER BY id DESC LIMIT 200) AS newest"#,
            tenant
        )
        .fetch_one(&self.readers)
        .await
        .map_err(fault)?
        .try_into()
    }
}

/// Deletes what blocks are found by.
async fn delete_postings(
    connection: &mut SqliteConnection,
    tenant: &str,
    postings: &[(Cow<'static, str>, String, String)],
) -> Result<(), StorageError> {
    let postings = as_json(&postings)?;
    sqlx::query!(
        "DELETE FROM trace_postings WHERE (tenant_id, field, value, block_id) IN
             (SELECT ?1, posting.value ->> 0, posting.value ->> 1, posting.value ->> 2 FROM json_each(?2) AS posting)",
        tenant,
        postings
    )
    .execute(connection)
    .await
    .map_err(fault)?;
    Ok(())
}

/// Deletes blocks. Gives how many calls they held.
async fn delete_blocks(
    connection: &mut SqliteConnection,
    tenant: &str,
    blocks: &[String],
) -> Result<u64, StorageError> {
    let blocks = as_json(&blocks)?;
    let gone = sqlx::query_scalar!(
        "DELETE FROM trace_blocks INDEXED BY trace_blocks_by_id WHERE tenant_id = ?1 AND id IN (SELECT value FROM json_each(?2)) RETURNING calls",
        tenant,
        blocks
    )
    .fetch_all(connection)
    .await
    .map_err(fault)?;
    Ok(gone.into_iter().map(i64::unsigned_abs).sum())
}
