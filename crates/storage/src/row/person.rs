use orderdesk_mcp_contract::UtcMillis;

use super::{At, TenantRow};
use crate::error::StorageError;
use crate::record::{InviteRecord, MemberRecord, Membership, PersonRecord, UserRecord};

/// A row of `users`.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct UserRow {
    pub id: String,
    pub email: String,
    pub email_key: String,
    pub name: String,
    pub password_hash: String,
    pub is_instance_admin: bool,
    pub created_at: i64,
    pub last_sign_in_at: Option<i64>,
}

impl TryFrom<UserRow> for UserRecord {
    type Error = StorageError;
    fn try_from(row: UserRow) -> Result<Self, StorageError> {
        let at = At {
            table: "users",
            row: &row.id,
        };
        Ok(Self {
            id: at.parse("id", &row.id)?,
            email: row.email,
            email_key: row.email_key,
            name: row.name,
            password_hash: row.password_hash,
            is_instance_admin: row.is_instance_admin,
            created_at: UtcMillis(row.created_at),
            last_sign_in_at: row.last_sign_in_at.map(UtcMillis),
        })
    }
}

/// A row of `members` with its row of `users`, whose columns begin with `user_`.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct PersonRow {
    pub id: String,
    pub tenant_id: String,
    pub user_id: String,
    pub role: String,
    pub active_store: Option<String>,
    pub created_at: i64,
    pub disabled_at: Option<i64>,
    pub last_seen_at: Option<i64>,
    pub sessions_valid_from: Option<i64>,
    pub user_email: String,
    pub user_email_key: String,
    pub user_name: String,
    pub user_password_hash: String,
    pub user_is_instance_admin: bool,
    pub user_created_at: i64,
    pub user_last_sign_in_at: Option<i64>,
}

impl TryFrom<PersonRow> for PersonRecord {
    type Error = StorageError;
    fn try_from(row: PersonRow) -> Result<Self, StorageError> {
        let user = UserRow {
            id: row.user_id.clone(),
            email: row.user_email,
            email_key: row.user_email_key,
            name: row.user_name,
            password_hash: row.user_password_hash,
            is_instance_admin: row.user_is_instance_admin,
            created_at: row.user_created_at,
            last_sign_in_at: row.user_last_sign_in_at,
        };
        let member = MemberRow {
            id: row.id,
            tenant_id: row.tenant_id,
            user_id: row.user_id,
            role: row.role,
            active_store: row.active_store,
            created_at: row.created_at,
            disabled_at: row.disabled_at,
            last_seen_at: row.last_seen_at,
            sessions_valid_from: row.sessions_valid_from,
        };
        Ok(Self {
            member: member.try_into()?,
            user: user.try_into()?,
        })
    }
}

/// The columns of `members`.
struct MemberRow {
    id: String,
    tenant_id: String,
    user_id: String,
    role: String,
    active_store: Option<String>,
    created_at: i64,
    disabled_at: Option<i64>,
    last_seen_at: Option<i64>,
    sessions_valid_from: Option<i64>,
}

impl TryFrom<MemberRow> for MemberRecord {
    type Error = StorageError;
    fn try_from(row: MemberRow) -> Result<Self, StorageError> {
        let at = At {
            table: "members",
            row: &row.id,
        };
        Ok(Self {
            id: at.parse("id", &row.id)?,
            tenant_id: at.parse("tenant_id", &row.tenant_id)?,
            user_id: at.parse("user_id", &row.user_id)?,
            role: at.parse("role", &row.role)?,
            active_store: at.parse_opt("active_store", row.active_store)?,
            created_at: UtcMillis(row.created_at),
            disabled_at: row.disabled_at.map(UtcMillis),
            last_seen_at: row.last_seen_at.map(UtcMillis),
            sessions_valid_from: row.sessions_valid_from.map(UtcMillis),
        })
    }
}

/// A row of `members` with its row of `tenants`, whose columns begin with `tenant_`.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct MembershipRow {
    pub id: String,
    pub tenant_id: String,
    pub user_id: String,
    pub role: String,
    pub active_store: Option<String>,
    pub created_at: i64,
    pub disabled_at: Option<i64>,
    pub last_seen_at: Option<i64>,
    pub sessions_valid_from: Option<i64>,
    pub tenant_name: String,
    pub tenant_name_key: String,
    pub tenant_created_at: i64,
    pub tenant_suspended_at: Option<i64>,
}

impl TryFrom<MembershipRow> for Membership {
    type Error = StorageError;
    fn try_from(row: MembershipRow) -> Result<Self, StorageError> {
        let tenant = TenantRow {
            id: row.tenant_id.clone(),
            name: row.tenant_name,
            name_key: row.tenant_name_key,
            created_at: row.tenant_created_at,
            suspended_at: row.tenant_suspended_at,
        };
        let member = MemberRow {
            id: row.id,
            tenant_id: row.tenant_id,
            user_id: row.user_id,
            role: row.role,
            active_store: row.active_store,
            created_at: row.created_at,
            disabled_at: row.disabled_at,
            last_seen_at: row.last_seen_at,
            sessions_valid_from: row.sessions_valid_from,
        };
        Ok(Self {
            member: member.try_into()?,
            tenant: tenant.try_into()?,
        })
    }
}

/// A row of `invites`.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct InviteRow {
    pub id: String,
    pub tenant_id: String,
    pub email: String,
    pub email_key: String,
    pub role: String,
    pub code_hash: String,
    pub created_by: String,
    pub created_at: i64,
    pub expires_at: i64,
    pub accepted_at: Option<i64>,
    pub revoked_at: Option<i64>,
}

impl TryFrom<InviteRow> for InviteRecord {
    type Error = StorageError;
    fn try_from(row: InviteRow) -> Result<Self, StorageError> {
        let at = At {
            table: "invites",
            row: &row.id,
        };
        Ok(Self {
            id: at.parse("id", &row.id)?,
            tenant_id: at.parse("tenant_id", &row.tenant_id)?,
            email: row.email,
            email_key: row.email_key,
            role: at.parse("role", &row.role)?,
            code_hash: row.code_hash,
            created_by: at.parse("created_by", &row.created_by)?,
            created_at: UtcMillis(row.created_at),
            expires_at: UtcMillis(row.expires_at),
            accepted_at: row.accepted_at.map(UtcMillis),
            revoked_at: row.revoked_at.map(UtcMillis),
        })
    }
}
