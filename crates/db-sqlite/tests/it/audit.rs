//! What the database itself keeps from the audit log.

use orderdesk_mcp_storage::suite::upgrade::{AUDIT_SLIPS, audit_log};
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};

const FOUNDATION: &str = include_str!("../../../../migrations/sqlite/0001_foundation.sql");
const AUDIT: &str = include_str!("../../../../migrations/sqlite/0009_audit.sql");

#[tokio::test]
async fn entries_are_neither_changed_nor_removed_but_with_their_workspace() {
    let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    for migration in [FOUNDATION, AUDIT] {
        sqlx::raw_sql(migration)
            .execute(&mut connection)
            .await
            .unwrap();
    }
    sqlx::raw_sql(AssertSqlSafe(audit_log("zeroblob(32)")))
        .execute(&mut connection)
        .await
        .unwrap();
    for slip in AUDIT_SLIPS {
        let refused = sqlx::raw_sql(slip).execute(&mut connection).await;
        let refused = refused.unwrap_err().to_string();
        assert!(
            refused.contains("entries of the audit log"),
            "{slip}: {refused}"
        );
    }
    let left: (i64,) = sqlx::query_as("SELECT count(*) FROM audit_entries")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(left.0, 2);
    sqlx::raw_sql("DELETE FROM tenants")
        .execute(&mut connection)
        .await
        .unwrap();
    let left: (i64,) = sqlx::query_as("SELECT count(*) FROM audit_entries")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(left.0, 0);
}
