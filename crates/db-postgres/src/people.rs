use std::collections::BTreeMap;

use async_trait::async_trait;
use orderdesk_mcp_contract::{KeyId, Role, StoreUid, TenantId, UserId, UtcMillis};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::port::People;
use orderdesk_mcp_storage::record::{
    MemberChanged, MemberRecord, Membership, PersonRecord, UserRecord,
};
use orderdesk_mcp_storage::row::{MembershipRow, PersonRow, UserRow, holds_nul};

use crate::connect::PostgresStorage;
use crate::fault::fault;
use crate::members::{insert_member, insert_user, lock_owners, outcome};

macro_rules! select_users {
    ($condition:tt, $($argument:expr),+) => {
        sqlx::query_as!(
            UserRow,
            r#"SELECT id, email, email_key, name, password_hash,
                      is_instance_admin, created_at, last_sign_in_at
               FROM users "# + $condition,
            $($argument),+
        )
    };
}

macro_rules! select_people {
    ($condition:tt, $($argument:expr),+) => {
        sqlx::query_as!(
            PersonRow,
            r#"SELECT members.id, tenant_id, user_id, role, active_store, members.created_at,
                      disabled_at, last_seen_at, sessions_valid_from, email AS user_email,
                      email_key AS user_email_key,
                      name AS user_name, password_hash AS user_password_hash,
                      is_instance_admin AS user_is_instance_admin,
                      users.created_at AS user_created_at, last_sign_in_at AS user_last_sign_in_at
               FROM members JOIN users ON users.id = members.user_id "# + $condition,
            $($argument),+
        )
    };
}

#[async_trait]
impl People for PostgresStorage {
    async fn add_person(
        &self,
        user: &UserRecord,
        member: &MemberRecord,
    ) -> Result<(), StorageError> {
        let mut transaction = self.pool.begin().await.map_err(fault)?;
        insert_user(&mut transaction, user).await?;
        insert_member(&mut transaction, member).await?;
        transaction.commit().await.map_err(fault)
    }

    async fn user(&self, id: UserId) -> Result<Option<UserRecord>, StorageError> {
        let id = id.to_string();
        let row = select_users!("WHERE id = $1", id)
            .fetch_optional(&self.pool)
            .await;
        row.map_err(fault)?.map(TryInto::try_into).transpose()
    }

    async fn user_by_email_key(&self, email_key: &str) -> Result<Option<UserRecord>, StorageError> {
        if holds_nul(email_key) {
            return Ok(None);
        }
        let row = select_users!("WHERE email_key = $1", email_key)
            .fetch_optional(&self.pool)
            .await;
        row.map_err(fault)?.map(TryInto::try_into).transpose()
    }

    async fn set_user_name(&self, id: UserId, name: &str) -> Result<bool, StorageError> {
        let id = id.to_string();
        let done = sqlx::query!("UPDATE users SET name = $2 WHERE id = $1", id, name)
            .execute(&self.pool)
            .await
            .map_err(fault)?;
        Ok(done.rows_affected() == 1)
    }

    async fn set_user_password(&self, id: UserId, hash: &str) -> Result<bool, StorageError> {
        let id = id.to_string();
        let done = sqlx::query!(
            "UPDATE users SET password_hash = $2 WHERE id = $1",
            id,
            hash
        )
        .execute(&self.pool)
        .await
        .map_err(fault)?;
        Ok(done.rows_affected() == 1)
    }

    async fn set_instance_admin(&self, id: UserId, is_one: bool) -> Result<bool, StorageError> {
        let id = id.to_string();
        let done = sqlx::query!(
            "UPDATE users SET is_instance_admin = $2 WHERE id = $1",
            id,
            is_one
        )
        .execute(&self.pool)
        .await
        .map_err(fault)?;
        Ok(done.rows_affected() == 1)
    }

    async fn note_sign_in(&self, id: UserId, at: UtcMillis) -> Result<(), StorageError> {
        let id = id.to_string();
        sqlx::query!(
            "UPDATE users SET last_sign_in_at = GREATEST(coalesce(last_sign_in_at, 0), $2) WHERE id = $1",
            id,
            at.0
        )
        .execute(&self.pool)
        .await
        .map_err(fault)?;
        Ok(())
    }

    async fn member(&self, id: KeyId) -> Result<Option<PersonRecord>, StorageError> {
        let id = id.to_string();
        let row = select_people!("WHERE members.id = $1", id)
            .fetch_optional(&self.pool)
            .await;
        row.map_err(fault)?.map(TryInto::try_into).transpose()
    }

    async fn list_members(&self, tenant: TenantId) -> Result<Vec<PersonRecord>, StorageError> {
        let tenant = tenant.to_string();
        let rows = select_people!(
            "WHERE tenant_id = $1 ORDER BY members.created_at, members.id",
            tenant
        )
        .fetch_all(&self.pool)
        .await
        .map_err(fault)?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    async fn memberships(&self, user: UserId) -> Result<Vec<Membership>, StorageError> {
        let user = user.to_string();
        let rows = sqlx::query_as!(
            MembershipRow,
            "SELECT members.id, tenant_id, user_id, role, active_store, members.created_at,
                    disabled_at, last_seen_at, sessions_valid_from, name AS tenant_name,
                    name_key AS tenant_name_key,
                    tenants.created_at AS tenant_created_at, suspended_at AS tenant_suspended_at
             FROM members JOIN tenants ON tenants.id = members.tenant_id
             WHERE user_id = $1 ORDER BY name_key",
            user
        )
        .fetch_all(&self.pool)
        .await
        .map_err(fault)?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    async fn set_member_role(
        &self,
        tenant: TenantId,
        id: KeyId,
        expected: Role,
        role: Role,
    ) -> Result<MemberChanged, StorageError> {
        let (tenant, id) = (tenant.to_string(), id.to_string());
        let (expected, role) = (expected.as_str(), role.as_str());
        let mut transaction = self.pool.begin().await.map_err(fault)?;
        lock_owners(&mut transaction, &tenant).await?;
        let done = sqlx::query!(
            "UPDATE members SET role = $3
             WHERE tenant_id = $1 AND id = $2 AND role = $4
               AND ($3 = 'owner' OR role <> 'owner' OR disabled_at IS NOT NULL
                    OR EXISTS (SELECT 1 FROM members
                               WHERE tenant_id = $1 AND id <> $2 AND role = 'owner'
                                 AND disabled_at IS NULL))",
            tenant,
            id,
            role,
            expected
        )
        .execute(&mut *transaction)
        .await
        .map_err(fault)?;
        let done = done.rows_affected();
        let changed = outcome(&mut transaction, &tenant, &id, expected, done).await?;
        transaction.commit().await.map_err(fault)?;
        Ok(changed)
    }

    async fn set_member_disabled(
        &self,
        tenant: TenantId,
        id: KeyId,
        expected: Role,
        at: Option<UtcMillis>,
    ) -> Result<MemberChanged, StorageError> {
        let (tenant, id, at) = (tenant.to_string(), id.to_string(), at.map(|at| at.0));
        let expected = expected.as_str();
        let mut transaction = self.pool.begin().await.map_err(fault)?;
        lock_owners(&mut transaction, &tenant).await?;
        let done = sqlx::query!(
            "UPDATE members
             SET disabled_at = CASE WHEN $3::bigint IS NULL THEN NULL ELSE coalesce(disabled_at, $3) END,
                 sessions_valid_from = coalesce($3, sessions_valid_from)
             WHERE tenant_id = $1 AND id = $2 AND role = $4
               AND ($3::bigint IS NULL OR role <> 'owner' OR disabled_at IS NOT NULL
                    OR EXISTS (SELECT 1 FROM members
                               WHERE tenant_id = $1 AND id <> $2 AND role = 'owner'
                                 AND disabled_at IS NULL))",
            tenant,
            id,
            at,
            expected
        )
        .execute(&mut *transaction)
        .await
        .map_err(fault)?;
        let done = done.rows_affected();
        let changed = outcome(&mut transaction, &tenant, &id, expected, done).await?;
        transaction.commit().await.map_err(fault)?;
        Ok(changed)
    }

    async fn end_member_sessions(
        &self,
        tenant: TenantId,
        id: KeyId,
        at: UtcMillis,
    ) -> Result<bool, StorageError> {
        let (tenant, id) = (tenant.to_string(), id.to_string());
        let mut transaction = self.pool.begin().await.map_err(fault)?;
        let done = sqlx::query!(
            "UPDATE members SET sessions_valid_from = GREATEST(sessions_valid_from, $3)
             WHERE tenant_id = $1 AND id = $2",
            tenant,
            id,
            at.0
        )
        .execute(&mut *transaction)
        .await
        .map_err(fault)?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        sqlx::query!(
            "DELETE FROM sessions WHERE tenant_id = $1 AND actor_id = $2",
            tenant,
            id
        )
        .execute(&mut *transaction)
        .await
        .map_err(fault)?;
        transaction.commit().await.map_err(fault)?;
        Ok(true)
    }

    async fn touch_members(&self, seen: &[(KeyId, UtcMillis)]) -> Result<(), StorageError> {
        let mut latest: BTreeMap<KeyId, UtcMillis> = BTreeMap::new();
        for (id, at) in seen {
            let entry = latest.entry(*id).or_insert(*at);
            *entry = (*entry).max(*at);
        }
        if latest.is_empty() {
            return Ok(());
        }
        let (ids, dates): (Vec<String>, Vec<i64>) = latest
            .into_iter()
            .map(|(id, at)| (id.to_string(), at.0))
            .unzip();
        // Locked in order of id first, as keys are and for the same reason.
        sqlx::query!(
            "WITH seen AS MATERIALIZED
                 (SELECT members.id, given.at
                  FROM UNNEST($1::text[], $2::bigint[]) AS given (id, at)
                       JOIN members ON members.id = given.id
                  ORDER BY members.id FOR NO KEY UPDATE OF members)
             UPDATE members SET last_seen_at = GREATEST(members.last_seen_at, seen.at)
             FROM seen WHERE members.id = seen.id",
            &ids,
            &dates
        )
        .execute(&self.pool)
        .await
        .map_err(fault)?;
        Ok(())
    }

    async fn set_member_store(
        &self,
        tenant: TenantId,
        id: KeyId,
        store: Option<StoreUid>,
    ) -> Result<bool, StorageError> {
        let (tenant, id) = (tenant.to_string(), id.to_string());
        let store = store.map(|id| id.to_string());
        let done = sqlx::query!(
            "UPDATE members SET active_store = $3
             WHERE tenant_id = $1 AND id = $2
               AND ($3::text IS NULL OR EXISTS (SELECT 1 FROM stores WHERE tenant_id = $1 AND id = $3 AND deleted_at IS NULL))",
            tenant,
            id,
            store
        )
        .execute(&self.pool)
        .await;
        match done.map_err(fault) {
            Ok(done) => Ok(done.rows_affected() == 1),
            // The store was removed between the look and the update.
            Err(StorageError::Gone { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
