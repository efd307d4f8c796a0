//! What PostgreSQL's failures mean to the rest of the program.

use orderdesk_mcp_storage::StorageError;
use sqlx::error::{DatabaseError, ErrorKind};

/// The unique rules, by the constraints' names.
const UNIQUE: [(&str, &str); 18] = [
    ("tenants_pkey", "tenant"),
    ("tenants_name_key_key", "tenant_name"),
    ("keys_pkey", "key_id"),
    ("stores_pkey", "store"),
    ("stores_store_id_key", "store_id"),
    ("stores_name_key_key", "store_name"),
    ("sessions_pkey", "session"),
    ("sessions_public_id_key", "session"),
    ("changes_pkey", "change"),
    ("users_pkey", "user"),
    ("users_email_key_key", "user_email"),
    ("members_pkey", "member"),
    ("members_of_user_key", "member_of_user"),
    ("invites_pkey", "invite"),
    ("invites_open", "invite_email"),
    ("trace_views_name_key", "view_name"),
    ("alerts_name_key", "alert_name"),
    ("schedules_name_key", "schedule_name"),
];

/// What the server said, without `DETAIL`, which repeats the row.
#[derive(Debug, thiserror::Error)]
#[error("PostgreSQL {code}: {message}")]
struct Refusal {
    code: String,
    message: String,
}

/// Sorts a failure by what can be done about it.
pub(crate) fn fault(error: sqlx::Error) -> StorageError {
    match error {
        sqlx::Error::Database(error) => of_database(error.as_ref()),
        sqlx::Error::ColumnDecode { index, .. } => StorageError::Damaged {
            finding: format!("column {index} cannot be decoded"),
        },
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => StorageError::Unavailable(Box::new(error)),
        _ => StorageError::Failed(Box::new(error)),
    }
}

fn of_database(error: &dyn DatabaseError) -> StorageError {
    let code = error.code().unwrap_or_default().into_owned();
    let taken = UNIQUE
        .iter()
        .find(|(rule, _)| Some(*rule) == error.constraint());
    match (error.kind(), taken) {
        (ErrorKind::UniqueViolation, Some((_, what))) => return StorageError::Taken { what },
        // Every foreign key that an insert or update can break leads to the workspace; the one of the
        // active store is handled where it is set, and what belongs to a change, key or person is added
        // from that one's row.
        (ErrorKind::ForeignKeyViolation, _) => return StorageError::Gone { what: "tenant" },
        _ => {}
    }
    let message = error.message().to_owned();
    if matches!(code.as_str(), "XX001" | "XX002") {
        return StorageError::Damaged { finding: message };
    }
    let is_passing = is_passing(&code);
    let refusal = Box::new(Refusal { code, message });
    if is_passing {
        StorageError::Unavailable(refusal)
    } else {
        StorageError::Failed(refusal)
    }
}

/// Whether the same statement may succeed later (PostgreSQL manual, appendix A): connection trouble,
/// the server full, stopping, starting or read-only, a timeout, or two transactions in each other's way.
fn is_passing(code: &str) -> bool {
    let class = code.get(..2).unwrap_or_default();
    matches!(class, "08" | "53" | "57" | "58")
        || matches!(code, "25006" | "25P03" | "40001" | "40P01" | "55P03")
}
