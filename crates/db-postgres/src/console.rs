use async_trait::async_trait;
use orderdesk_mcp_contract::{ConsoleCallId, KeyId, TenantId};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::port::Console;
use orderdesk_mcp_storage::record::{ConsoleCallHead, ConsoleCallRecord, SealedBlob};
use orderdesk_mcp_storage::row::{ConsoleCallRow, ConsoleHeadRow, outcome_name};
use sqlx::PgConnection;

use crate::connect::PostgresStorage;
use crate::fault::fault;
use crate::tenants::lock_tenant;

#[async_trait]
impl Console for PostgresStorage {
    async fn add_console_run(
        &self,
        call: &ConsoleCallRecord,
        keep: u32,
    ) -> Result<(), StorageError> {
        let (tenant, actor) = (call.tenant_id.to_string(), call.actor_id.to_string());
        let mut transaction = self.pool.begin().await.map_err(fault)?;
        insert(&mut transaction, call).await?;
        sqlx::query!(
            "DELETE FROM console_calls
             WHERE tenant_id = $1 AND actor_id = $2 AND name IS NULL AND id <= (
                 SELECT id FROM console_calls WHERE tenant_id = $1 AND actor_id = $2 AND name IS NULL
                 ORDER BY id DESC LIMIT 1 OFFSET $3)",
            tenant,
            actor,
            i64::from(keep)
        )
        .execute(&mut *transaction)
        .await
        .map_err(fault)?;
        transaction.commit().await.map_err(fault)
    }

    async fn add_saved_call(
        &self,
        call: &ConsoleCallRecord,
        limit: u32,
    ) -> Result<bool, StorageError> {
        let (tenant, actor) = (call.tenant_id.to_string(), call.actor_id.to_string());
        let mut transaction = self.pool.begin().await.map_err(fault)?;
        // One after the other, so that those who save at once do not all find a place.
        lock_tenant(&mut transaction, &tenant).await?;
        let count = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM console_calls
               WHERE tenant_id = $1 AND actor_id = $2 AND name IS NOT NULL"#,
            tenant,
            actor
        )
        .fetch_one(&mut *transaction)
        .await
        .map_err(fault)?;
        if count >= i64::from(limit) {
            return Ok(false);
        }
        insert(&mut transaction, call).await?;
        transaction.commit().await.map_err(fault)?;
        Ok(true)
    }

    async fn console_calls(
        &self,
        tenant: TenantId,
        actor: KeyId,
    ) -> Result<Vec<ConsoleCallHead>, StorageError> {
        let (tenant, actor) = (tenant.to_string(), actor.to_string());
        let rows = sqlx::query_as!(
            ConsoleHeadRow,
            "SELECT id, tool, name, outcome, duration_us, created_at FROM console_calls
             WHERE tenant_id = $1 AND actor_id = $2 ORDER BY id DESC",
            tenant,
            actor
        )
        .fetch_all(&self.pool)
        .await
        .map_err(fault)?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    async fn console_call(
        &self,
        tenant: TenantId,
        actor: KeyId,
        id: ConsoleCallId,
    ) -> Result<Option<ConsoleCallRecord>, StorageError> {
        let (tenant, actor, id) = (tenant.to_string(), actor.to_string(), id.to_string());
        let row = sqlx::query_as!(
            ConsoleCallRow,
            "SELECT tenant_id, actor_id, id, tool, name, outcome, duration_us, created_at,
                    sealed_key_version, answer_key_version, sealed_arguments, sealed_answer
             FROM console_calls WHERE tenant_id = $1 AND actor_id = $2 AND id = $3",
            tenant,
            actor,
            id
        )
        .fetch_optional(&self.pool)
        .await;
        row.map_err(fault)?.map(TryInto::try_into).transpose()
    }

    async fn rename_saved_call(
        &self,
        tenant: TenantId,
        actor: KeyId,
        id: ConsoleCallId,
        name: &str,
    ) -> Result<bool, StorageError> {
        let (tenant, actor, id) = (tenant.to_string(), actor.to_string(), id.to_string());
        let done = sqlx::query!(
            "UPDATE console_calls SET name = $4
             WHERE tenant_id = $1 AND actor_id = $2 AND id = $3 AND name IS NOT NULL",
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

    async fn remove_console_call(
        &self,
        tenant: TenantId,
        actor: KeyId,
        id: ConsoleCallId,
    ) -> Result<bool, StorageError> {
        let (tenant, actor, id) = (tenant.to_string(), actor.to_string(), id.to_string());
        let done = sqlx::query!(
            "DELETE FROM console_calls WHERE tenant_id = $1 AND actor_id = $2 AND id = $3",
            tenant,
            actor,
            id
        )
        .execute(&self.pool)
        .await
        .map_err(fault)?;
        Ok(done.rows_affected() == 1)
    }

    async fn keep_console_answer(
        &self,
        tenant: TenantId,
        actor: KeyId,
        id: ConsoleCallId,
        answer: &SealedBlob,
    ) -> Result<bool, StorageError> {
        let (tenant, actor, id) = (tenant.to_string(), actor.to_string(), id.to_string());
        let mut transaction = self.pool.begin().await.map_err(fault)?;
        sqlx::query!(
            "UPDATE console_calls SET answer_key_version = NULL, sealed_answer = NULL
             WHERE tenant_id = $1 AND actor_id = $2 AND answer_key_version IS NOT NULL",
            tenant,
            actor
        )
        .execute(&mut *transaction)
        .await
        .map_err(fault)?;
        let done = sqlx::query!(
            "UPDATE console_calls SET answer_key_version = $4, sealed_answer = $5
             WHERE tenant_id = $1 AND actor_id = $2 AND id = $3",
            tenant,
            actor,
            id,
            i64::from(answer.key_version),
            answer.bytes
        )
        .execute(&mut *transaction)
        .await
        .map_err(fault)?;
        transaction.commit().await.map_err(fault)?;
        Ok(done.rows_affected() == 1)
    }
}

async fn insert(
    connection: &mut PgConnection,
    call: &ConsoleCallRecord,
) -> Result<(), StorageError> {
    let (tenant, actor) = (call.tenant_id.to_string(), call.actor_id.to_string());
    let head = &call.head;
    let id = head.id.to_string();
    let outcome = head.outcome.map(outcome_name);
    let duration = head.outcome.map(|outcome| outcome.duration_us.max(0));
    let answer = call.sealed_answer.as_ref();
    let (answer_version, answer) = answer
        .map(|blob| (i64::from(blob.key_version), &blob.bytes))
        .unzip();
    sqlx::query!(
        "INSERT INTO console_calls
             (tenant_id, actor_id, id, tool, name, outcome, duration_us, created_at,
              sealed_key_version, answer_key_version, sealed_arguments, sealed_answer)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        tenant,
        actor,
        id,
        head.tool,
        head.name,
        outcome,
        duration,
        head.created_at.0,
        i64::from(call.sealed_arguments.key_version),
        answer_version,
        call.sealed_arguments.bytes,
        answer
    )
    .execute(connection)
    .await
    .map_err(fault)?;
    Ok(())
}
