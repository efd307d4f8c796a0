use async_trait::async_trait;
use orderdesk_mcp_contract::{ScheduleId, TenantId, UtcMillis};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::port::Schedules;
use orderdesk_mcp_storage::record::ScheduleRecord;
use orderdesk_mcp_storage::row::{ScheduleRow, readable};

use crate::connect::PostgresStorage;
use crate::fault::fault;
use crate::tenants::lock_tenant;

#[async_trait]
impl Schedules for PostgresStorage {
    async fn add_schedule(
        &self,
        schedule: &ScheduleRecord,
        limit: u32,
    ) -> Result<bool, StorageError> {
        let (tenant, id) = (schedule.tenant_id.to_string(), schedule.id.to_string());
        let (key_version, bucket) = sealed(schedule);
        let mut transaction = self.pool.begin().await.map_err(fault)?;
        // One after the other, so that those who add one at once do not all find a place.
        lock_tenant(&mut transaction, &tenant).await?;
        let count = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM schedules WHERE tenant_id = $1"#,
            tenant
        )
        .fetch_one(&mut *transaction)
        .await
        .map_err(fault)?;
        if count >= i64::from(limit) {
            return Ok(false);
        }
        sqlx::query!(
            "INSERT INTO schedules (tenant_id, id, name, query, format, rhythm, sealed_key_version, sealed_bucket, is_on,
                                    exported_to, next_at, last_calls, parts, fails, fault, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
            tenant,
            id,
            schedule.name,
            schedule.query,
            schedule.format.as_str(),
            schedule.rhythm.as_str(),
            key_version,
            bucket,
            schedule.is_on,
            schedule.exported_to.0,
            schedule.next_at.0,
            number(schedule.last_calls),
            i64::from(schedule.parts),
            i64::from(schedule.fails),
            schedule.fault,
            schedule.created_at.0
        )
        .execute(&mut *transaction)
        .await
        .map_err(fault)?;
        transaction.commit().await.map_err(fault)?;
        Ok(true)
    }

    async fn schedules(&self, tenant: TenantId) -> Result<Vec<ScheduleRecord>, StorageError> {
        let tenant = tenant.to_string();
        let rows = sqlx::query_as!(
            ScheduleRow,
            r#"SELECT tenant_id, id, name, query, format, rhythm, sealed_key_version, sealed_bucket, is_on,
                      exported_to, next_at, last_calls, parts, fails, fault, created_at
               FROM schedules WHERE tenant_id = $1 ORDER BY id"#,
            tenant
        )
        .fetch_all(&self.pool)
        .await
        .map_err(fault)?;
        Ok(readable(rows))
    }

    async fn set_schedule(&self, schedule: &ScheduleRecord) -> Result<bool, StorageError> {
        let (tenant, id) = (schedule.tenant_id.to_string(), schedule.id.to_string());
        let (key_version, bucket) = sealed(schedule);
        let done = sqlx::query!(
            "UPDATE schedules SET name = $3, query = $4, next_at = $5, fails = 0, fault = NULL,
                                  sealed_key_version = coalesce($6, sealed_key_version),
                                  sealed_bucket = coalesce($7, sealed_bucket)
             WHERE tenant_id = $1 AND id = $2",
            tenant,
            id,
            schedule.name,
            schedule.query,
            schedule.next_at.0,
            key_version,
            bucket
        )
        .execute(&self.pool)
        .await
        .map_err(fault)?;
        Ok(done.rows_affected() == 1)
    }

    async fn switch_schedule(
        &self,
        tenant: TenantId,
        id: ScheduleId,
        is_on: bool,
        next_at: UtcMillis,
    ) -> Result<bool, StorageError> {
        let (tenant, id) = (tenant.to_string(), id.to_string());
        let done = sqlx::query!(
            "UPDATE schedules SET is_on = $3, next_at = $4, fails = 0, fault = NULL WHERE tenant_id = $1 AND id = $2",
            tenant,
            id,
            is_on,
            next_at.0
        )
        .execute(&self.pool)
        .await
        .map_err(fault)?;
        Ok(done.rows_affected() == 1)
    }

    async fn remove_schedule(
        &self,
        tenant: TenantId,
        id: ScheduleId,
    ) -> Result<bool, StorageError> {
        let (tenant, id) = (tenant.to_string(), id.to_string());
        let done = sqlx::query!(
            "DELETE FROM schedules WHERE tenant_id = $1 AND id = $2",
            tenant,
            id
        )
        .execute(&self.pool)
        .await
        .map_err(fault)?;
        Ok(done.rows_affected() == 1)
    }

    async fn take_due_schedules(
        &self,
        now: UtcMillis,
        until: UtcMillis,
        limit: u32,
    ) -> Result<Vec<ScheduleRecord>, StorageError> {
        let limit = i64::from(limit);
        let rows = sqlx::query_as!(
            ScheduleRow,
            r#"UPDATE schedules SET next_at = $2
               WHERE is_on AND next_at <= $1 AND (tenant_id, id) IN (
                   SELECT tenant_id, id FROM (
                       SELECT tenant_id, id, next_at,
                              row_number() OVER (PARTITION BY tenant_id ORDER BY next_at, id) AS turn
                       FROM schedules WHERE is_on AND next_at <= $1 AND EXISTS (
                           SELECT 1 FROM tenants WHERE tenants.id = schedules.tenant_id AND tenants.suspended_at IS NULL)) AS due
                   ORDER BY turn, next_at LIMIT $3)
               RETURNING tenant_id, id, name, query, format, rhythm, sealed_key_version, sealed_bucket, is_on,
                         exported_to, next_at, last_calls, parts, fails, fault, created_at"#,
            now.0,
            until.0,
            limit
        )
        .fetch_all(&self.pool)
        .await
        .map_err(fault)?;
        Ok(readable(rows))
    }

    async fn settle_schedule(
        &self,
        schedule: &ScheduleRecord,
        taken_until: UtcMillis,
    ) -> Result<bool, StorageError> {
        let (tenant, id) = (schedule.tenant_id.to_string(), schedule.id.to_string());
        let done = sqlx::query!(
            "UPDATE schedules SET exported_to = $3, next_at = $4, last_calls = $5, fails = $6, fault = $7, parts = $9
             WHERE tenant_id = $1 AND id = $2 AND next_at = $8 AND is_on",
            tenant,
            id,
            schedule.exported_to.0,
            schedule.next_at.0,
            number(schedule.last_calls),
            i64::from(schedule.fails),
            schedule.fault,
            taken_until.0,
            i64::from(schedule.parts)
        )
        .execute(&self.pool)
        .await
        .map_err(fault)?;
        Ok(done.rows_affected() == 1)
    }
}

/// The sealed bucket as its two columns.
fn sealed(schedule: &ScheduleRecord) -> (Option<i64>, Option<&[u8]>) {
    let bucket = schedule.sealed_bucket.as_ref();
    (
        bucket.map(|sealed| i64::from(sealed.key_version)),
        bucket.map(|sealed| sealed.bytes.as_slice()),
    )
}

/// A number of calls as its column holds it.
fn number(calls: Option<u64>) -> Option<i64> {
    calls.map(|calls| i64::try_from(calls).unwrap_or(i64::MAX))
}
