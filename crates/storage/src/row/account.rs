use orderdesk_mcp_contract::{KeyId, UtcMillis};

use super::At;
use crate::error::StorageError;
use crate::record::{
    DeletedStore, KekCheck, KeyRecord, SessionRecord, StoreRecord, StoreTies, TenantFigures,
    TenantRecord,
};

/// A row of `tenants`.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct TenantRow {
    pub id: String,
    pub name: String,
    pub name_key: String,
    pub created_at: i64,
    pub suspended_at: Option<i64>,
}

impl TryFrom<TenantRow> for TenantRecord {
    type Error = StorageError;
    fn try_from(row: TenantRow) -> Result<Self, StorageError> {
        let at = At {
            table: "tenants",
            row: &row.id,
        };
        Ok(Self {
            id: at.parse("id", &row.id)?,
            name: row.name,
            name_key: row.name_key,
            created_at: UtcMillis(row.created_at),
            suspended_at: row.suspended_at.map(UtcMillis),
        })
    }
}

/// A row of `tenants` with its figures.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct TenantFiguresRow {
    pub id: String,
    pub name: String,
    pub name_key: String,
    pub created_at: i64,
    pub suspended_at: Option<i64>,
    pub stores: i64,
    pub keys: i64,
    pub people: i64,
    pub calls: i64,
    pub last_used_at: Option<i64>,
    pub last_seen_at: Option<i64>,
}

impl TryFrom<TenantFiguresRow> for TenantFigures {
    type Error = StorageError;
    fn try_from(row: TenantFiguresRow) -> Result<Self, StorageError> {
        let tenant = TenantRow {
            id: row.id,
            name: row.name,
            name_key: row.name_key,
            created_at: row.created_at,
            suspended_at: row.suspended_at,
        };
        Ok(Self {
            tenant: tenant.try_into()?,
            stores: row.stores.unsigned_abs(),
            keys: row.keys.unsigned_abs(),
            people: row.people.unsigned_abs(),
            calls: row.calls.unsigned_abs(),
            last_active_at: row.last_used_at.max(row.last_seen_at).map(UtcMillis),
        })
    }
}

/// A row of `keys`.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct KeyRow {
    pub id: String,
    pub tenant_id: String,
    pub name: String,
    pub kind: String,
    pub access: String,
    pub hash: String,
    pub hint: String,
    pub active_store: Option<String>,
    pub created_at: i64,
    pub expires_at: Option<i64>,
    pub last_used_at: Option<i64>,
    pub revoked_at: Option<i64>,
    pub replaced_by: Option<String>,
    pub created_by: Option<String>,
}

impl TryFrom<KeyRow> for KeyRecord {
    type Error = StorageError;
    fn try_from(row: KeyRow) -> Result<Self, StorageError> {
        let at = At {
            table: "keys",
            row: &row.id,
        };
        Ok(Self {
            id: at.parse("id", &row.id)?,
            tenant_id: at.parse("tenant_id", &row.tenant_id)?,
            name: row.name,
            kind: at.parse("kind", &row.kind)?,
            access: at.parse("access", &row.access)?,
            hash: row.hash,
            hint: row.hint,
            active_store: at.parse_opt("active_store", row.active_store)?,
            created_at: UtcMillis(row.created_at),
            expires_at: row.expires_at.map(UtcMillis),
            last_used_at: row.last_used_at.map(UtcMillis),
            revoked_at: row.revoked_at.map(UtcMillis),
            replaced_by: at.parse_opt("replaced_by", row.replaced_by)?,
            created_by: at.parse_opt("created_by", row.created_by)?,
        })
    }
}

/// A row of `stores`.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct StoreRow {
    pub id: String,
    pub tenant_id: String,
    pub store_id: String,
    pub name: String,
    pub name_key: String,
    pub label: Option<String>,
    pub sandbox: bool,
    pub sealed_key_version: i64,
    pub sealed_api_key: Vec<u8>,
    pub key_fingerprint: String,
    pub created_at: i64,
    pub updated_at: i64,
    pub deleted_at: Option<i64>,
}

impl TryFrom<StoreRow> for StoreRecord {
    type Error = StorageError;
    fn try_from(row: StoreRow) -> Result<Self, StorageError> {
        let at = At {
            table: "stores",
            row: &row.id,
        };
        Ok(Self {
            id: at.parse("id", &row.id)?,
            tenant_id: at.parse("tenant_id", &row.tenant_id)?,
            store_id: row.store_id,
            name: row.name,
            name_key: row.name_key,
            label: row.label,
            sandbox: row.sandbox,
            sealed_api_key: at.sealed(row.sealed_key_version, row.sealed_api_key)?,
            key_fingerprint: row.key_fingerprint,
            created_at: UtcMillis(row.created_at),
            updated_at: UtcMillis(row.updated_at),
        })
    }
}

impl TryFrom<StoreRow> for DeletedStore {
    type Error = StorageError;
    fn try_from(row: StoreRow) -> Result<Self, StorageError> {
        let at = At {
            table: "stores",
            row: &row.id,
        };
        let deleted_at = row.deleted_at.ok_or_else(|| at.corrupt("deleted_at"))?;
        Ok(Self {
            store: row.try_into()?,
            deleted_at: UtcMillis(deleted_at),
        })
    }
}

/// The answer of the query for what hangs on a store.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct StoreTiesRow {
    pub changes: i64,
    pub waiting: i64,
    pub open: i64,
    pub active: i64,
}

impl From<StoreTiesRow> for StoreTies {
    fn from(row: StoreTiesRow) -> Self {
        Self {
            changes: row.changes.unsigned_abs(),
            waiting: row.waiting.unsigned_abs(),
            open: row.open.unsigned_abs(),
            active: row.active.unsigned_abs(),
        }
    }
}

/// A row of `sessions`.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct SessionRow {
    pub id_hash: Vec<u8>,
    pub public_id: String,
    pub tenant_id: Option<String>,
    pub actor_id: Option<String>,
    pub user_agent: Option<String>,
    pub ip: Option<String>,
    pub sealed_key_version: i64,
    pub sealed_data: Vec<u8>,
    pub created_at: i64,
    pub last_seen_at: i64,
    pub expires_at: i64,
}

impl TryFrom<SessionRow> for SessionRecord {
    type Error = StorageError;
    fn try_from(row: SessionRow) -> Result<Self, StorageError> {
        // The hash is as good as a credential to whoever holds the hashing key: name the public id.
        let at = At {
            table: "sessions",
            row: &row.public_id,
        };
        Ok(Self {
            id_hash: row.id_hash,
            public_id: at.parse("public_id", &row.public_id)?,
            tenant_id: at.parse_opt("tenant_id", row.tenant_id)?,
            actor_id: at.parse_opt("actor_id", row.actor_id)?,
            user_agent: row.user_agent,
            ip: row.ip,
            sealed_data: at.sealed(row.sealed_key_version, row.sealed_data)?,
            created_at: UtcMillis(row.created_at),
            last_seen_at: UtcMillis(row.last_seen_at),
            expires_at: UtcMillis(row.expires_at),
        })
    }
}

/// How many sessions somebody has.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the port says what they mean"
)]
pub struct SessionCountRow {
    pub actor_id: String,
    pub sessions: i64,
}

impl TryFrom<SessionCountRow> for (KeyId, u32) {
    type Error = StorageError;
    fn try_from(row: SessionCountRow) -> Result<Self, StorageError> {
        let at = At {
            table: "sessions",
            row: &row.actor_id,
        };
        let actor = at.parse("actor_id", &row.actor_id)?;
        Ok((actor, u32::try_from(row.sessions).unwrap_or(u32::MAX)))
    }
}

/// A row of `kek_checks`.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct KekCheckRow {
    pub version: i64,
    pub sealed: Vec<u8>,
    pub created_at: i64,
}

impl TryFrom<KekCheckRow> for KekCheck {
    type Error = StorageError;
    fn try_from(row: KekCheckRow) -> Result<Self, StorageError> {
        let name = row.version.to_string();
        let at = At {
            table: "kek_checks",
            row: &name,
        };
        Ok(Self {
            version: row.version.try_into().map_err(|_| at.corrupt("version"))?,
            sealed: row.sealed,
            created_at: UtcMillis(row.created_at),
        })
    }
}
