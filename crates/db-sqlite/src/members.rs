//! Rows of people and members, as several statements need them.

use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::record::{MemberChanged, MemberRecord, UserRecord};
use sqlx::SqliteConnection;

use crate::fault::fault;

/// What an update of one member, who was to be in the expected role, came to.
pub(crate) async fn outcome(
    connection: &mut SqliteConnection,
    tenant: &str,
    id: &str,
    expected: &str,
    changed: u64,
) -> Result<MemberChanged, StorageError> {
    if changed == 1 {
        return Ok(MemberChanged::Done);
    }
    let found = sqlx::query_scalar!(
        "SELECT role FROM members WHERE tenant_id = ?1 AND id = ?2",
        tenant,
        id
    )
    .fetch_optional(connection)
    .await
    .map_err(fault)?;
    Ok(match found {
        Some(role) if role == expected => MemberChanged::LastOwner,
        Some(_) => MemberChanged::Meanwhile,
        None => MemberChanged::NotThere,
    })
}

pub(crate) async fn insert_user(
    connection: &mut SqliteConnection,
    user: &UserRecord,
) -> Result<(), StorageError> {
    let id = user.id.to_string();
    let last_sign_in_at = user.last_sign_in_at.map(|at| at.0);
    sqlx::query!(
        "INSERT INTO users (id, email, email_key, name, password_hash, is_instance_admin,
                            created_at, last_sign_in_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        id,
        user.email,
        user.email_key,
        user.name,
        user.password_hash,
        user.is_instance_admin,
        user.created_at.0,
        last_sign_in_at
    )
    .execute(connection)
    .await
    .map_err(fault)?;
    Ok(())
}

pub(crate) async fn insert_member(
    connection: &mut SqliteConnection,
    member: &MemberRecord,
) -> Result<(), StorageError> {
    let (id, tenant) = (member.id.to_string(), member.tenant_id.to_string());
    let (user, role) = (member.user_id.to_string(), member.role.as_str());
    let active_store = member.active_store.map(|id| id.to_string());
    let disabled_at = member.disabled_at.map(|at| at.0);
    let last_seen_at = member.last_seen_at.map(|at| at.0);
    let valid_from = member.sessions_valid_from.map(|at| at.0);
    // From the person's row, so that one who is gone is told from a workspace that is.
    let done = sqlx::query!(
        "INSERT INTO members (id, tenant_id, user_id, role, active_store, created_at, disabled_at,
                              last_seen_at, sessions_valid_from)
         SELECT ?1, ?2, id, ?4, ?5, ?6, ?7, ?8, ?9 FROM users WHERE id = ?3",
        id,
        tenant,
        user,
        role,
        active_store,
        member.created_at.0,
        disabled_at,
        last_seen_at,
        valid_from
    )
    .execute(connection)
    .await
    .map_err(fault)?;
    if done.rows_affected() != 1 {
        return Err(StorageError::Gone { what: "user" });
    }
    Ok(())
}
