use async_trait::async_trait;
use orderdesk_mcp_contract::{KeyId, TenantId, TraceViewId};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::port::TraceViews;
use orderdesk_mcp_storage::record::TraceViewRecord;
use orderdesk_mcp_storage::row::TraceViewRow;

use crate::connect::PostgresStorage;
use crate::fault::fault;
use crate::tenants::lock_tenant;

#[async_trait]
impl TraceViews for PostgresStorage {
    async fn add_trace_view(
        &self,
        view: &TraceViewRecord,
        limit: u32,
    ) -> Result<bool, StorageError> {
        let (tenant, actor) = (view.tenant_id.to_string(), view.actor_id.to_string());
        let id = view.id.to_string();
        let mut transaction = self.pool.begin().await.map_err(fault)?;
        // One after the other, so that those who keep one at once do not all find a place.
        lock_tenant(&mut transaction, &tenant).await?;
        let count = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM trace_views WHERE tenant_id = $1 AND actor_id = $2"#,
            tenant,
            actor
        )
        .fetch_one(&mut *transaction)
        .await
        .map_err(fault)?;
        if count >= i64::from(limit) {
            return Ok(false);
        }
        sqlx::query!(
            "INSERT INTO trace_views (tenant_id, actor_id, id, name, query, created_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
            tenant,
            actor,
            id,
            view.name,
            view.query,
            view.created_at.0
        )
        .execute(&mut *transaction)
        .await
        .map_err(fault)?;
        transaction.commit().await.map_err(fault)?;
        Ok(true)
    }

    async fn trace_views(
        &self,
        tenant: TenantId,
        actor: KeyId,
    ) -> Result<Vec<TraceViewRecord>, StorageError> {
        let (tenant, actor) = (tenant.to_string(), actor.to_string());
        let rows = sqlx::query_as!(
            TraceViewRow,
            "SELECT tenant_id, actor_id, id, name, query, created_at FROM trace_views
             WHERE tenant_id = $1 AND actor_id = $2 ORDER BY id",
            tenant,
            actor
        )
        .fetch_all(&self.pool)
        .await
        .map_err(fault)?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    async fn rename_trace_view(
        &self,
        tenant: TenantId,
        actor: KeyId,
        id: TraceViewId,
        name: &str,
    ) -> Result<bool, StorageError> {
        let (tenant, actor, id) = (tenant.to_string(), actor.to_string(), id.to_string());
        let done = sqlx::query!(
            "UPDATE trace_views SET name = $4 WHERE tenant_id = $1 AND actor_id = $2 AND id = $3",
            tenant,
            actor,
            id,
            name
        )
        .execute(&self.pool)
        .await
        .map_err(fault)?;
        Ok(done.rows_affected() == 1)
    }

    async fn remove_trace_view(
        &self,
        tenant: TenantId,
        actor: KeyId,
        id: TraceViewId,
    ) -> Result<bool, StorageError> {
        let (tenant, actor, id) = (tenant.to_string(), actor.to_string(), id.to_string());
        let done = sqlx::query!(
            "DELETE FROM trace_views WHERE tenant_id = $1 AND actor_id = $2 AND id = $3",
            tenant,
            actor,
            id
        )
        .execute(&self.pool)
        .await
        .map_err(fault)?;
        Ok(done.rows_affected() == 1)
    }
}
