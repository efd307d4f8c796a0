use async_trait::async_trait;
use orderdesk_mcp_contract::trace::alert::Delivery;
use orderdesk_mcp_contract::{AlertId, TenantId, UtcMillis};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::port::Alerts;
use orderdesk_mcp_storage::record::{AlertEventRecord, AlertRecord};
use orderdesk_mcp_storage::row::{AlertEventRow, AlertRow, readable};

use crate::connect::PostgresStorage;
use crate::fault::fault;
use crate::tenants::lock_tenant;

#[async_trait]
impl Alerts for PostgresStorage {
    async fn add_alert(&self, alert: &AlertRecord, limit: u32) -> Result<bool, StorageError> {
        let (tenant, id) = (alert.tenant_id.to_string(), alert.id.to_string());
        let (key_version, target) = sealed(alert);
        let mut transaction = self.pool.begin().await.map_err(fault)?;
        // One after the other, so that those who add one at once do not all find a place.
        lock_tenant(&mut transaction, &tenant).await?;
        let count = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM alerts WHERE tenant_id = $1"#,
            tenant
        )
        .fetch_one(&mut *transaction)
        .await
        .map_err(fault)?;
        if count >= i64::from(limit) {
            return Ok(false);
        }
        sqlx::query!(
            "INSERT INTO alerts (tenant_id, id, kind, name, query, threshold, window_minutes, is_on, sealed_key_version,
                                 sealed_target, firing_since, looked_at, created_at, zone)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
            tenant,
            id,
            alert.kind.as_str(),
            alert.name,
            alert.query,
            i64::from(alert.threshold),
            i64::from(alert.window_minutes),
            alert.is_on,
            key_version,
            target,
            alert.firing_since.map(|at| at.0),
            alert.looked_at.0,
            alert.created_at.0,
            alert.zone
        )
        .execute(&mut *transaction)
        .await
        .map_err(fault)?;
        transaction.commit().await.map_err(fault)?;
        Ok(true)
    }

    async fn alerts(&self, tenant: TenantId) -> Result<Vec<AlertRecord>, StorageError> {
        let tenant = tenant.to_string();
        let rows = sqlx::query_as!(
            AlertRow,
            r#"SELECT tenant_id, id, kind, name, query, threshold, window_minutes, zone, is_on, sealed_key_version,
                      sealed_target, firing_since, looked_at, created_at
               FROM alerts WHERE tenant_id = $1 ORDER BY id"#,
            tenant
        )
        .fetch_all(&self.pool)
        .await
        .map_err(fault)?;
        Ok(readable(rows))
    }

    async fn set_alert(&self, alert: &AlertRecord) -> Result<bool, StorageError> {
        let (tenant, id) = (alert.tenant_id.to_string(), alert.id.to_string());
        let (key_version, target) = sealed(alert);
        let done = sqlx::query!(
            "UPDATE alerts SET name = $3, query = $4, threshold = $5, window_minutes = $6, zone = $9, looked_at = 0,
                               sealed_key_version = coalesce($7, sealed_key_version),
                               sealed_target = coalesce($8, sealed_target),
                               firing_since = CASE WHEN query = $4 AND threshold = $5 AND window_minutes = $6
                                                   AND zone IS NOT DISTINCT FROM $9
                                              THEN firing_since END
             WHERE tenant_id = $1 AND id = $2",
            tenant,
            id,
            alert.name,
            alert.query,
            i64::from(alert.threshold),
            i64::from(alert.window_minutes),
            key_version,
            target,
            alert.zone
        )
        .execute(&self.pool)
        .await
        .map_err(fault)?;
        Ok(done.rows_affected() == 1)
    }

    async fn untarget_alert(&self, tenant: TenantId, id: AlertId) -> Result<bool, StorageError> {
        let (tenant, id) = (tenant.to_string(), id.to_string());
        let done = sqlx::query!(
            "UPDATE alerts SET sealed_key_version = NULL, sealed_target = NULL WHERE tenant_id = $1 AND id = $2",
            tenant,
            id
        )
        .execute(&self.pool)
        .await
        .map_err(fault)?;
        Ok(done.rows_affected() == 1)
    }

    async fn switch_alert(
        &self,
        tenant: TenantId,
        id: AlertId,
        is_on: bool,
    ) -> Result<bool, StorageError> {
        let (tenant, id) = (tenant.to_string(), id.to_string());
        let done = sqlx::query!(
            "UPDATE alerts SET is_on = $3, firing_since = NULL, looked_at = 0 WHERE tenant_id = $1 AND id = $2",
            tenant,
            id,
            is_on
        )
        .execute(&self.pool)
        .await
        .map_err(fault)?;
        Ok(done.rows_affected() == 1)
    }

    async fn remove_alert(&self, tenant: TenantId, id: AlertId) -> Result<bool, StorageError> {
        let (tenant, id) = (tenant.to_string(), id.to_string());
        let done = sqlx::query!(
            "DELETE FROM alerts WHERE tenant_id = $1 AND id = $2",
            tenant,
            id
        )
        .execute(&self.pool)
        .await
        .map_err(fault)?;
        Ok(done.rows_affected() == 1)
    }

    async fn take_due_alerts(
        &self,
        before: UtcMillis,
        now: UtcMillis,
        limit: u32,
    ) -> Result<Option<Vec<AlertRecord>>, StorageError> {
        let limit = i64::from(limit);
        let rows = sqlx::query_as!(
            AlertRow,
            r#"UPDATE alerts SET looked_at = $2
               WHERE (tenant_id, id) IN (
                   SELECT tenant_id, id FROM alerts WHERE is_on AND looked_at <= $1 AND EXISTS (
                       SELECT 1 FROM tenants WHERE tenants.id = alerts.tenant_id AND tenants.suspended_at IS NULL)
                   ORDER BY looked_at LIMIT $3 FOR UPDATE SKIP LOCKED)
               RETURNING tenant_id, id, kind, name, query, threshold, window_minutes, zone, is_on,
                         sealed_key_version, sealed_target, firing_since, looked_at, created_at"#,
            before.0,
            now.0,
            limit
        )
        .fetch_all(&self.pool)
        .await
        .map_err(fault)?;
        Ok((!rows.is_empty()).then(|| readable(rows)))
    }

    async fn renew_alerts(
        &self,
        tenant: TenantId,
        now: UtcMillis,
        fault_word: &str,
    ) -> Result<(), StorageError> {
        let tenant = tenant.to_string();
        let mut transaction = self.pool.begin().await.map_err(fault)?;
        sqlx::query!(
            "UPDATE alert_events SET delivery = 'failed', fault = $2
             WHERE tenant_id = $1 AND delivery = 'pending'
               AND EXISTS (SELECT 1 FROM tenants WHERE id = $1 AND suspended_at IS NOT NULL)",
            tenant,
            fault_word
        )
        .execute(&mut *transaction)
        .await
        .map_err(fault)?;
        sqlx::query!(
            "UPDATE alerts SET firing_since = NULL, looked_at = $2::bigint + window_minutes * 60000
             WHERE tenant_id = $1 AND EXISTS (SELECT 1 FROM tenants WHERE id = $1 AND suspended_at IS NOT NULL)",
            tenant,
            now.0
        )
        .execute(&mut *transaction)
        .await
        .map_err(fault)?;
        transaction.commit().await.map_err(fault)
    }

    async fn fire_alert(
        &self,
        event: &AlertEventRecord,
        looked_at: UtcMillis,
        keep_from: UtcMillis,
        keep: u32,
    ) -> Result<bool, StorageError> {
        let (tenant, id) = (event.tenant_id.to_string(), event.id.to_string());
        let alert = event.alert_id.to_string();
        let trace = event.trace_id.map(|id| id.to_string());
        let keep = i64::from(keep);
        let mut transaction = self.pool.begin().await.map_err(fault)?;
        let fired = sqlx::query!(
            "UPDATE alerts SET firing_since = coalesce(firing_since, $3)
             WHERE tenant_id = $1 AND id = $2 AND is_on AND looked_at = $4 AND (firing_since IS NULL OR NOT EXISTS (
                 SELECT 1 FROM alert_events AS told
                 WHERE told.tenant_id = alerts.tenant_id AND told.alert_id = alerts.id AND told.query = $5
                   AND told.at >= alerts.firing_since AND told.over_at IS NULL))",
            tenant,
            alert,
            event.at.0,
            looked_at.0,
            event.query
        )
        .execute(&mut *transaction)
        .await
        .map_err(fault)?;
        if fired.rows_affected() == 0 {
            return Ok(false);
        }
        sqlx::query!(
            "INSERT INTO alert_events (tenant_id, id, alert_id, name, query, calls, window_minutes, trace_id, at, delivery,
                                       attempts, next_try_at, fault)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            tenant,
            id,
            alert,
            event.name,
            event.query,
            i64::from(event.calls),
            i64::from(event.window_minutes),
            trace,
            event.at.0,
            event.delivery.as_str(),
            i64::from(event.attempts),
            event.next_try_at.0,
            event.fault
        )
        .execute(&mut *transaction)
        .await
        .map_err(fault)?;
        sqlx::query!(
            "DELETE FROM alert_events WHERE tenant_id = $1 AND delivery <> 'pending' AND (at < $2 OR id IN (
                 SELECT id FROM alert_events WHERE tenant_id = $1 ORDER BY id DESC LIMIT ALL OFFSET $3))",
            tenant,
            keep_from.0,
            keep
        )
        .execute(&mut *transaction)
        .await
        .map_err(fault)?;
        transaction.commit().await.map_err(fault)?;
        Ok(true)
    }

    async fn calm_alert(
        &self,
        tenant: TenantId,
        id: AlertId,
        looked_at: UtcMillis,
        still: &[String],
    ) -> Result<(), StorageError> {
        let (tenant, id) = (tenant.to_string(), id.to_string());
        let mut transaction = self.pool.begin().await.map_err(fault)?;
        sqlx::query!(
            "UPDATE alert_events SET over_at = $3
             WHERE tenant_id = $1 AND alert_id = $2 AND over_at IS NULL AND NOT (query = ANY($4)) AND EXISTS (
                 SELECT 1 FROM alerts WHERE tenant_id = $1 AND id = $2 AND looked_at = $3)",
            tenant,
            id,
            looked_at.0,
            still
        )
        .execute(&mut *transaction)
        .await
        .map_err(fault)?;
        sqlx::query!(
            "UPDATE alerts SET firing_since = NULL
             WHERE tenant_id = $1 AND id = $2 AND looked_at = $3 AND NOT EXISTS (
                 SELECT 1 FROM alert_events AS told
                 WHERE told.tenant_id = alerts.tenant_id AND told.alert_id = alerts.id AND told.at >= alerts.firing_since
                   AND told.over_at IS NULL)",
            tenant,
            id,
            looked_at.0
        )
        .execute(&mut *transaction)
        .await
        .map_err(fault)?;
        transaction.commit().await.map_err(fault)
    }

    async fn alert_events(
        &self,
        tenant: TenantId,
        limit: u32,
    ) -> Result<Vec<AlertEventRecord>, StorageError> {
        let (tenant, limit) = (tenant.to_string(), i64::from(limit));
        let rows = sqlx::query_as!(
            AlertEventRow,
            "SELECT tenant_id, id, alert_id, name, query, calls, window_minutes, trace_id, at, delivery, attempts, next_try_at,
                    fault
             FROM alert_events WHERE tenant_id = $1 ORDER BY id DESC LIMIT $2",
            tenant,
            limit
        )
        .fetch_all(&self.pool)
        .await
        .map_err(fault)?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    async fn take_alert_deliveries(
        &self,
        now: UtcMillis,
        until: UtcMillis,
        limit: u32,
    ) -> Result<Vec<AlertEventRecord>, StorageError> {
        let limit = i64::from(limit);
        let rows = sqlx::query_as!(
            AlertEventRow,
            r#"UPDATE alert_events SET next_try_at = $2, attempts = attempts + 1
               WHERE delivery = 'pending' AND next_try_at <= $1 AND (tenant_id, id) IN (
                   SELECT tenant_id, id FROM (
                       SELECT tenant_id, id, next_try_at,
                              row_number() OVER (PARTITION BY tenant_id ORDER BY next_try_at, id) AS turn
                       FROM alert_events WHERE delivery = 'pending' AND next_try_at <= $1 AND EXISTS (
                           SELECT 1 FROM tenants WHERE tenants.id = alert_events.tenant_id AND tenants.suspended_at IS NULL)) AS due
                   ORDER BY turn, next_try_at LIMIT $3)
               RETURNING tenant_id, id, alert_id, name, query, calls, window_minutes, trace_id, at, delivery,
                         attempts, next_try_at, fault"#,
            now.0,
            until.0,
            limit
        )
        .fetch_all(&self.pool)
        .await
        .map_err(fault)?;
        Ok(readable(rows))
    }

    async fn settle_alert_delivery(
        &self,
        event: &AlertEventRecord,
        delivery: Delivery,
        next_try_at: UtcMillis,
        fault_word: Option<&str>,
    ) -> Result<bool, StorageError> {
        let (tenant, id) = (event.tenant_id.to_string(), event.id.to_string());
        let done = sqlx::query!(
            "UPDATE alert_events SET delivery = $4, next_try_at = $5, fault = $6
             WHERE tenant_id = $1 AND id = $2 AND attempts = $3 AND delivery = 'pending'",
            tenant,
            id,
            i64::from(event.attempts),
            delivery.as_str(),
            next_try_at.0,
            fault_word
        )
        .execute(&self.pool)
        .await
        .map_err(fault)?;
        Ok(done.rows_affected() == 1)
    }
}

/// The sealed target as its two columns.
fn sealed(alert: &AlertRecord) -> (Option<i64>, Option<&[u8]>) {
    let target = alert.sealed_target.as_ref();
    (
        target.map(|sealed| i64::from(sealed.key_version)),
        target.map(|sealed| sealed.bytes.as_slice()),
    )
}
