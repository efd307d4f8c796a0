use async_trait::async_trait;
use orderdesk_mcp_contract::{InviteId, TenantId, UtcMillis};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::port::Invites;
use orderdesk_mcp_storage::record::{Acceptance, InviteRecord};
use orderdesk_mcp_storage::row::InviteRow;

use crate::fault::fault;
use crate::members::{insert_member, insert_user};
use crate::open::SqliteStorage;

macro_rules! select_invites {
    ($condition:tt, $($argument:expr),+) => {
        sqlx::query_as!(
            InviteRow,
            "SELECT id, tenant_id, email, email_key, role, code_hash, created_by, created_at,
                    expires_at, accepted_at, revoked_at
             FROM invites " + $condition,
            $($argument),+
        )
    };
}

#[async_trait]
impl Invites for SqliteStorage {
    async fn add_invite(&self, invite: &InviteRecord) -> Result<(), StorageError> {
        let (id, tenant) = (invite.id.to_string(), invite.tenant_id.to_string());
        let (role, by) = (invite.role.as_str(), invite.created_by.to_string());
        let accepted_at = invite.accepted_at.map(|at| at.0);
        let revoked_at = invite.revoked_at.map(|at| at.0);
        let mut transaction = self.begin().await?;
        sqlx::query!(
            "UPDATE invites SET revoked_at = ?3
             WHERE tenant_id = ?1 AND email_key = ?2 AND accepted_at IS NULL
               AND revoked_at IS NULL AND expires_at <= ?3",
            tenant,
            invite.email_key,
            invite.created_at.0
        )
        .execute(&mut *transaction)
        .await
        .map_err(fault)?;
        sqlx::query!(
            "INSERT INTO invites (id, tenant_id, email, email_key, role, code_hash, created_by,
                                  created_at, expires_at, accepted_at, revoked_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            id,
            tenant,
            invite.email,
            invite.email_key,
            role,
            invite.code_hash,
            by,
            invite.created_at.0,
            invite.expires_at.0,
            accepted_at,
            revoked_at
        )
        .execute(&mut *transaction)
        .await
        .map_err(fault)?;
        transaction.commit().await.map_err(fault)
    }

    async fn invite(&self, id: InviteId) -> Result<Option<InviteRecord>, StorageError> {
        let id = id.to_string();
        let row = select_invites!("WHERE id = ?1", id)
            .fetch_optional(&self.readers)
            .await;
        row.map_err(fault)?.map(TryInto::try_into).transpose()
    }

    async fn open_invites(
        &self,
        tenant: TenantId,
        now: UtcMillis,
    ) -> Result<Vec<InviteRecord>, StorageError> {
        let tenant = tenant.to_string();
        let rows = select_invites!(
            "WHERE tenant_id = ?1 AND accepted_at IS NULL AND revoked_at IS NULL
               AND expires_at > ?2
             ORDER BY id DESC",
            tenant,
            now.0
        )
        .fetch_all(&self.readers)
        .await
        .map_err(fault)?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    async fn revoke_invite(
        &self,
        tenant: TenantId,
        id: InviteId,
        at: UtcMillis,
    ) -> Result<bool, StorageError> {
        let (tenant, id) = (tenant.to_string(), id.to_string());
        let done = sqlx::query!(
            "UPDATE invites SET revoked_at = ?3
             WHERE tenant_id = ?1 AND id = ?2 AND accepted_at IS NULL AND revoked_at IS NULL
               AND expires_at > ?3",
            tenant,
            id,
            at.0
        )
        .execute(&self.writer)
        .await
        .map_err(fault)?;
        Ok(done.rows_affected() == 1)
    }

    async fn accept_invite(&self, acceptance: &Acceptance) -> Result<bool, StorageError> {
        let (id, tenant) = (
            acceptance.invite.to_string(),
            acceptance.member.tenant_id.to_string(),
        );
        let mut transaction = self.begin().await?;
        let done = sqlx::query!(
            "UPDATE invites SET accepted_at = ?3
             WHERE tenant_id = ?1 AND id = ?2 AND accepted_at IS NULL AND revoked_at IS NULL
               AND expires_at > ?3",
            tenant,
            id,
            acceptance.at.0
        )
        .execute(&mut *transaction)
        .await
        .map_err(fault)?;
        if done.rows_affected() != 1 {
            return Ok(false);
        }
        if let Some(user) = &acceptance.user {
            insert_user(&mut transaction, user).await?;
        }
        insert_member(&mut transaction, &acceptance.member).await?;
        transaction.commit().await.map_err(fault)?;
        Ok(true)
    }
    async fn remove_ended_invites(
        &self,
        before: UtcMillis,
        limit: u32,
    ) -> Result<u64, StorageError> {
        let done = sqlx::query!(
            "DELETE FROM invites WHERE id IN
                 (SELECT id FROM invites WHERE expires_at < ?1 ORDER BY expires_at LIMIT ?2)",
            before.0,
            limit
        )
        .execute(&self.writer)
        .await
        .map_err(fault)?;
        Ok(done.rows_affected())
    }
}
