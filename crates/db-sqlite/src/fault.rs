//! What SQLite's failures mean to the rest of the program.

use orderdesk_mcp_storage::StorageError;
use sqlx::error::{DatabaseError, ErrorKind};

/// The unique rules, by the columns SQLite names when one would be broken.
const UNIQUE: [(&str, &str); 19] = [
    ("tenants.id", "tenant"),
    ("tenants.name_key", "tenant_name"),
    ("keys.id", "key_id"),
    ("stores.id", "store"),
    ("stores.tenant_id, stores.store_id", "store_id"),
    ("stores.tenant_id, stores.name_key", "store_name"),
    ("sessions.id_hash", "session"),
    ("sessions.public_id", "session"),
    ("changes.tenant_id, changes.id", "change"),
    ("trace_blocks.tenant_id, trace_blocks.id", "trace"),
    ("users.id", "user"),
    ("users.email_key", "user_email"),
    ("members.id", "member"),
    ("members.tenant_id, members.user_id", "member_of_user"),
    ("invites.id", "invite"),
    ("invites.tenant_id, invites.email_key", "invite_email"),
    (
        "trace_views.tenant_id, trace_views.actor_id, trace_views.name",
        "view_name",
    ),
    ("alerts.tenant_id, alerts.name", "alert_name"),
    ("schedules.tenant_id, schedules.name", "schedule_name"),
];

/// Sorts a failure by what can be done about it.
pub(crate) fn fault(error: sqlx::Error) -> StorageError {
    match &error {
        sqlx::Error::Database(inner) => of_database(inner.as_ref()),
        sqlx::Error::ColumnDecode { index, .. } => Some(StorageError::Damaged {
            finding: format!("column {index} cannot be decoded"),
        }),
        _ => None,
    }
    .unwrap_or_else(|| match &error {
        sqlx::Error::Database(inner) if !is_passing(inner.as_ref()) => {
            StorageError::Failed(Box::new(error))
        }
        sqlx::Error::Database(_)
        | sqlx::Error::Io(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => StorageError::Unavailable(Box::new(error)),
        _ => StorageError::Failed(Box::new(error)),
    })
}

fn of_database(error: &dyn DatabaseError) -> Option<StorageError> {
    match error.kind() {
        ErrorKind::UniqueViolation => {
            let columns = error.message().rsplit(": ").next()?;
            let (_, what) = UNIQUE.iter().find(|(rule, _)| *rule == columns)?;
            Some(StorageError::Taken { what })
        }
        // Every foreign key that an insert or update can break leads to the workspace: the one of the
        // active store is checked in the statement that sets it, and what belongs to a change, key or person
        // is added from that one's row.
        ErrorKind::ForeignKeyViolation => Some(StorageError::Gone { what: "tenant" }),
        // CORRUPT and NOTADB.
        _ if matches!(primary_code(error), Some(11 | 26)) => Some(StorageError::Damaged {
            finding: error.message().to_owned(),
        }),
        _ => None,
    }
}

/// BUSY, LOCKED, NOMEM, READONLY, IOERR, FULL and CANTOPEN: the database is as it should be, what
/// surrounds it is not.
fn is_passing(error: &dyn DatabaseError) -> bool {
    matches!(primary_code(error), Some(5 | 6 | 7 | 8 | 10 | 13 | 14))
}

/// The result code without its extension (<https://www.sqlite.org/rescode.html>).
fn primary_code(error: &dyn DatabaseError) -> Option<i32> {
    error.code()?.parse::<i32>().ok().map(|code| code & 0xff)
}
