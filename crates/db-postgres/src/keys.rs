use std::collections::BTreeMap;

use async_trait::async_trait;
use orderdesk_mcp_contract::{KeyId, KeyPolicy, StoreUid, TenantId, UtcMillis};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::port::Keys;
use orderdesk_mcp_storage::record::{KeyRecord, NewKey};
use orderdesk_mcp_storage::row::{KeyRow, policy_text};
use sqlx::PgConnection;

use crate::connect::PostgresStorage;
use crate::fault::fault;
use crate::policies::lock_out_beginnings;

macro_rules! select_keys {
    ($condition:tt, $($argument:expr),+) => {
        sqlx::query_as!(
            KeyRow,
            "SELECT id, tenant_id, name, kind, access, hash, hint, active_store, created_at,
                    expires_at, last_used_at, revoked_at, replaced_by, created_by
             FROM keys " + $condition,
            $($argument),+
        )
    };
}

#[async_trait]
impl Keys for PostgresStorage {
    async fn add_key(&self, key: &NewKey) -> Result<(), StorageError> {
        let mut writer = self.pool.acquire().await.map_err(fault)?;
        insert_key(&mut writer, key).await
    }

    async fn add_limited_key(&self, key: &NewKey, policy: &KeyPolicy) -> Result<(), StorageError> {
        let (tenant, id) = (key.tenant_id.to_string(), key.id.to_string());
        let policy = policy_text(policy)?;
        let mut transaction = self.pool.begin().await.map_err(fault)?;
        insert_key(&mut transaction, key).await?;
        sqlx::query!(
            "INSERT INTO key_policies (tenant_id, key_id, updated_at, policy) VALUES ($1, $2, $3, $4)",
            tenant,
            id,
            key.created_at.0,
            policy
        )
        .execute(&mut *transaction)
        .await
        .map_err(fault)?;
        transaction.commit().await.map_err(fault)
    }

    async fn replace_key(
        &self,
        old: KeyId,
        new: &NewKey,
        ends_at: UtcMillis,
    ) -> Result<bool, StorageError> {
        let (tenant, old) = (new.tenant_id.to_string(), old.to_string());
        let id = new.id.to_string();
        let mut transaction = self.pool.begin().await.map_err(fault)?;
        // Before a stop of the old key, which the new one inherits, or after it, when the stop reaches both.
        lock_out_beginnings(&mut transaction, &tenant).await?;
        let done = sqlx::query!(
            "UPDATE keys SET replaced_by = $3, expires_at = LEAST(coalesce(expires_at, $4), $4)
             WHERE tenant_id = $1 AND id = $2 AND replaced_by IS NULL AND revoked_at IS NULL
               AND (expires_at IS NULL OR expires_at > $5)",
            tenant,
            old,
            id,
            ends_at.0,
            new.created_at.0
        )
        .execute(&mut *transaction)
        .await
        .map_err(fault)?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        insert_key(&mut transaction, new).await?;
        sqlx::query!(
            "UPDATE keys SET active_store = (SELECT active_store FROM keys WHERE tenant_id = $1 AND id = $2)
             WHERE tenant_id = $1 AND id = $3",
            tenant,
            old,
            id
        )
        .execute(&mut *transaction)
        .await
        .map_err(fault)?;
        sqlx::query!(
            "INSERT INTO key_policies (tenant_id, key_id, updated_at, policy)
             SELECT tenant_id, $3, $4, policy FROM key_policies WHERE tenant_id = $1 AND key_id = $2",
            tenant,
            old,
            id,
            new.created_at.0
        )
        .execute(&mut *transaction)
        .await
        .map_err(fault)?;
        sqlx::query!(
            "INSERT INTO write_stops (tenant_id, scope, target, stopped_at, stopped_by, reason)
             SELECT tenant_id, scope, $3, stopped_at, stopped_by, reason FROM write_stops
             WHERE tenant_id = $1 AND scope = 'key' AND target = $2",
            tenant,
            old,
            id
        )
        .execute(&mut *transaction)
        .await
        .map_err(fault)?;
        transaction.commit().await.map_err(fault)?;
        Ok(true)
    }

    async fn key(&self, id: KeyId) -> Result<Option<KeyRecord>, StorageError> {
        let id = id.to_string();
        let row = select_keys!("WHERE id = $1", id)
            .fetch_optional(&self.pool)
            .await;
        row.map_err(fault)?.map(TryInto::try_into).transpose()
    }

    async fn list_keys(&self, tenant: TenantId) -> Result<Vec<KeyRecord>, StorageError> {
        let tenant = tenant.to_string();
        let rows = select_keys!(
            "WHERE tenant_id = $1 ORDER BY created_at DESC, id DESC",
            tenant
        )
        .fetch_all(&self.pool)
        .await
        .map_err(fault)?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    async fn revoke_key(
        &self,
        tenant: TenantId,
        id: KeyId,
        at: UtcMillis,
    ) -> Result<bool, StorageError> {
        let (tenant, id) = (tenant.to_string(), id.to_string());
        let done = sqlx::query!(
            "UPDATE keys SET revoked_at = coalesce(revoked_at, $3) WHERE tenant_id = $1 AND id = $2",
            tenant,
            id,
            at.0
        )
        .execute(&self.pool)
        .await
        .map_err(fault)?;
        Ok(done.rows_affected() == 1)
    }

    async fn touch_keys(&self, used: &[(KeyId, UtcMillis)]) -> Result<(), StorageError> {
        let mut latest: BTreeMap<KeyId, UtcMillis> = BTreeMap::new();
        for (id, at) in used {
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
        // Locked in order of id first: an UPDATE locks in whatever order it meets the rows, and two
        // servers that meet them differently would each wait for the other.
        sqlx::query!(
            "WITH used AS MATERIALIZED
                 (SELECT keys.id, given.at
                  FROM UNNEST($1::text[], $2::bigint[]) AS given (id, at) JOIN keys ON keys.id = given.id
                  ORDER BY keys.id FOR NO KEY UPDATE OF keys)
             UPDATE keys SET last_used_at = GREATEST(keys.last_used_at, used.at)
             FROM used WHERE keys.id = used.id",
            &ids,
            &dates
        )
        .execute(&self.pool)
        .await
        .map_err(fault)?;
        Ok(())
    }

    async fn set_active_store(
        &self,
        tenant: TenantId,
        key: KeyId,
        store: Option<StoreUid>,
    ) -> Result<bool, StorageError> {
        let (tenant, key) = (tenant.to_string(), key.to_string());
        let store = store.map(|id| id.to_string());
        let done = sqlx::query!(
            "UPDATE keys SET active_store = $3
             WHERE tenant_id = $1 AND id = $2
               AND ($3::text IS NULL OR EXISTS (SELECT 1 FROM stores WHERE tenant_id = $1 AND id = $3 AND deleted_at IS NULL))",
            tenant,
            key,
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

pub(crate) async fn insert_key(
    connection: &mut PgConnection,
    key: &NewKey,
) -> Result<(), StorageError> {
    let (id, tenant) = (key.id.to_string(), key.tenant_id.to_string());
    let (kind, access) = (key.kind.as_str(), key.access.as_str());
    let expires_at = key.expires_at.map(|at| at.0);
    let created_by = key.created_by.map(|id| id.to_string());
    sqlx::query!(
        "INSERT INTO keys (id, tenant_id, name, kind, access, hash, hint, created_at, expires_at,
                           created_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        id,
        tenant,
        key.name,
        kind,
        access,
        key.hash,
        key.hint,
        key.created_at.0,
        expires_at,
        created_by
    )
    .execute(connection)
    .await
    .map_err(fault)?;
    Ok(())
}
