use async_trait::async_trait;
use orderdesk_mcp_contract::{KeyId, SessionId, TenantId, UtcMillis};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::port::Sessions;
use orderdesk_mcp_storage::record::SessionRecord;
use orderdesk_mcp_storage::row::{SessionCountRow, SessionRow};

use crate::connect::PostgresStorage;
use crate::fault::fault;

macro_rules! select_sessions {
    ($condition:tt, $($argument:expr),+) => {
        sqlx::query_as!(
            SessionRow,
            "SELECT id_hash, public_id, tenant_id, actor_id, user_agent, ip, sealed_key_version,
                    sealed_data, created_at, last_seen_at, expires_at
             FROM sessions " + $condition,
            $($argument),+
        )
    };
}

#[async_trait]
impl Sessions for PostgresStorage {
    async fn add_session(&self, session: &SessionRecord) -> Result<(), StorageError> {
        let public_id = session.public_id.to_string();
        let tenant = session.tenant_id.map(|id| id.to_string());
        let actor = session.actor_id.map(|id| id.to_string());
        sqlx::query!(
            "INSERT INTO sessions (id_hash, public_id, tenant_id, sealed_key_version, sealed_data,
                                   created_at, last_seen_at, expires_at, actor_id, user_agent, ip)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            session.id_hash,
            public_id,
            tenant,
            i64::from(session.sealed_data.key_version),
            session.sealed_data.bytes,
            session.created_at.0,
            session.last_seen_at.0,
            session.expires_at.0,
            actor,
            session.user_agent,
            session.ip
        )
        .execute(&self.pool)
        .await
        .map_err(fault)?;
        Ok(())
    }

    async fn save_session(&self, session: &SessionRecord) -> Result<bool, StorageError> {
        let tenant = session.tenant_id.map(|id| id.to_string());
        let actor = session.actor_id.map(|id| id.to_string());
        let done = sqlx::query!(
            "UPDATE sessions SET tenant_id = $2, sealed_key_version = $3, sealed_data = $4,
                                 last_seen_at = $5, expires_at = $6, actor_id = $7,
                                 user_agent = $8, ip = $9
             WHERE id_hash = $1",
            session.id_hash,
            tenant,
            i64::from(session.sealed_data.key_version),
            session.sealed_data.bytes,
            session.last_seen_at.0,
            session.expires_at.0,
            actor,
            session.user_agent,
            session.ip
        )
        .execute(&self.pool)
        .await
        .map_err(fault)?;
        Ok(done.rows_affected() == 1)
    }

    async fn session(
        &self,
        id_hash: &[u8],
        now: UtcMillis,
    ) -> Result<Option<SessionRecord>, StorageError> {
        let row = select_sessions!("WHERE id_hash = $1 AND expires_at >= $2", id_hash, now.0)
            .fetch_optional(&self.pool)
            .await;
        row.map_err(fault)?.map(TryInto::try_into).transpose()
    }

    async fn remove_session(&self, id_hash: &[u8]) -> Result<bool, StorageError> {
        let done = sqlx::query!("DELETE FROM sessions WHERE id_hash = $1", id_hash)
            .execute(&self.pool)
            .await
            .map_err(fault)?;
        Ok(done.rows_affected() == 1)
    }

    async fn actor_sessions(
        &self,
        tenant: TenantId,
        actor: KeyId,
        now: UtcMillis,
    ) -> Result<Vec<SessionRecord>, StorageError> {
        let (tenant, actor) = (tenant.to_string(), actor.to_string());
        let rows = select_sessions!(
            "WHERE tenant_id = $1 AND actor_id = $2 AND expires_at >= $3
             ORDER BY last_seen_at DESC, public_id DESC",
            tenant,
            actor,
            now.0
        )
        .fetch_all(&self.pool)
        .await
        .map_err(fault)?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    async fn session_counts(
        &self,
        tenant: TenantId,
        now: UtcMillis,
        seen_since: UtcMillis,
    ) -> Result<Vec<(KeyId, u32)>, StorageError> {
        let tenant = tenant.to_string();
        let rows = sqlx::query_as!(
            SessionCountRow,
            r#"SELECT actor_id AS "actor_id!", count(*) AS "sessions!: i64" FROM sessions
               WHERE tenant_id = $1 AND actor_id IS NOT NULL AND expires_at >= $2
                 AND last_seen_at >= $3
               GROUP BY actor_id ORDER BY actor_id"#,
            tenant,
            now.0,
            seen_since.0
        )
        .fetch_all(&self.pool)
        .await
        .map_err(fault)?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    async fn remove_actor_session(
        &self,
        tenant: TenantId,
        actor: KeyId,
        id: SessionId,
    ) -> Result<bool, StorageError> {
        let (tenant, actor, id) = (tenant.to_string(), actor.to_string(), id.to_string());
        let done = sqlx::query!(
            "DELETE FROM sessions WHERE tenant_id = $1 AND actor_id = $2 AND public_id = $3",
            tenant,
            actor,
            id
        )
        .execute(&self.pool)
        .await
        .map_err(fault)?;
        Ok(done.rows_affected() == 1)
    }

    async fn remove_actor_sessions(
        &self,
        tenant: TenantId,
        actor: KeyId,
        but: Option<&[u8]>,
    ) -> Result<u64, StorageError> {
        let (tenant, actor) = (tenant.to_string(), actor.to_string());
        let done = sqlx::query!(
            "DELETE FROM sessions
             WHERE tenant_id = $1 AND actor_id = $2 AND ($3::bytea IS NULL OR id_hash <> $3)",
            tenant,
            actor,
            but
        )
        .execute(&self.pool)
        .await
        .map_err(fault)?;
        Ok(done.rows_affected())
    }

    async fn remove_tenant_sessions(&self, tenant: TenantId) -> Result<u64, StorageError> {
        let tenant = tenant.to_string();
        let done = sqlx::query!("DELETE FROM sessions WHERE tenant_id = $1", tenant)
            .execute(&self.pool)
            .await
            .map_err(fault)?;
        Ok(done.rows_affected())
    }

    async fn remove_expired_sessions(
        &self,
        now: UtcMillis,
        limit: u32,
    ) -> Result<u64, StorageError> {
        let done = sqlx::query!(
            "DELETE FROM sessions WHERE id_hash IN
                 (SELECT id_hash FROM sessions WHERE expires_at < $1 ORDER BY expires_at LIMIT $2
                  FOR UPDATE SKIP LOCKED)",
            now.0,
            i64::from(limit)
        )
        .execute(&self.pool)
        .await
        .map_err(fault)?;
        Ok(done.rows_affected())
    }
}
