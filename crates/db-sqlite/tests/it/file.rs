//! What is particular to a database in a file.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use crate::support::{File, add_tenant, key_id, tenant_id};
use orderdesk_mcp_contract::UtcMillis;
use orderdesk_mcp_db_sqlite::{SqliteLocation, SqliteStorage};
use orderdesk_mcp_storage::port::{Alerts, Keys, Tenants};
use orderdesk_mcp_storage::suite::Db;
use orderdesk_mcp_storage::suite::damage::ThreeBlocks;
use orderdesk_mcp_storage::{Storage, StorageError};

#[tokio::test]
async fn only_the_owner_can_read_what_is_created() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/deeper/app.db");
    let storage = SqliteStorage::open(&SqliteLocation::from_path(&path))
        .await
        .unwrap();
    storage.migrate().await.unwrap();
    add_tenant(&storage).await;
    let mode = |name: &str| {
        let file = fs::metadata(folder.path().join("new/deeper").join(name)).unwrap();
        file.permissions().mode() & 0o777
    };
    assert_eq!(["app.db", "app.db-wal", "app.db-shm"].map(mode), [0o600; 3]);
    assert_eq!(mode("."), 0o700);
    assert_eq!(mode(".."), 0o700);
    storage.close().await;
}

#[tokio::test]
async fn closing_empties_the_log() {
    let file = File::migrated().await;
    let storage = file.open().await.unwrap();
    add_tenant(&storage).await;
    assert!(file.path().with_extension("db-wal").exists());
    storage.close().await;
    assert!(!file.path().with_extension("db-wal").exists());
    let storage = file.open().await.unwrap();
    assert_eq!(storage.count_tenants().await.unwrap(), 1);
    storage.close().await;
}

#[tokio::test]
async fn how_few_calls_there_were_is_forgotten() {
    let file = File::migrated().await;
    let storage = file.open().await.unwrap();
    add_tenant(&storage).await;
    file.meddle(
        "INSERT INTO trace_blocks SELECT 1, id, '0000000001000000000000000c', '0000000001000000000000000c', 1, 0, x'5b5d',
                x'5b5d', NULL, NULL FROM tenants;
         INSERT INTO trace_postings SELECT id, 'all', '', '0000000001000000000000000c', 1, 1 FROM tenants;
         ANALYZE;",
    )
    .await;
    storage.close().await;
    // The key of the second row is taken where anything is left, and where nothing was counted at all.
    file.meddle(
        "CREATE TEMP TABLE counted (id INTEGER PRIMARY KEY);
         INSERT INTO counted VALUES (1);
         INSERT INTO counted SELECT 1 FROM sqlite_stat1 WHERE tbl LIKE 'trace%' LIMIT 1;
         INSERT INTO counted SELECT 1 FROM sqlite_stat4 WHERE tbl LIKE 'trace%' LIMIT 1;
         INSERT INTO counted SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM sqlite_stat1 WHERE tbl = 'tenants');",
    )
    .await;
}

#[tokio::test]
async fn migrations_are_told_applied_and_done() {
    let file = File::new();
    let storage = file.open().await.unwrap();
    let pending = storage.pending().await.unwrap();
    assert_eq!(
        (pending[0].version, pending[0].name.as_str()),
        (1, "foundation")
    );
    assert!(
        storage.ping().await.is_err(),
        "not ready before it is migrated"
    );
    // Two processes at once: one does the work, both succeed.
    let second = file.open().await.unwrap();
    let (one, two) = tokio::join!(storage.migrate(), second.migrate());
    let mut applied = one.unwrap();
    applied.extend(two.unwrap());
    assert_eq!(applied, pending);
    assert_eq!(storage.pending().await.unwrap(), []);
    assert_eq!(storage.migrate().await.unwrap(), []);
    assert_eq!(
        storage.ping().await.unwrap().schema_version,
        pending.last().unwrap().version
    );
    second.close().await;
    storage.close().await;
}

async fn refusal(file: &File) -> StorageError {
    let storage = file.open().await.unwrap();
    let error = storage.migrate().await.unwrap_err();
    assert_eq!(
        storage.pending().await.unwrap_err().to_string(),
        error.to_string()
    );
    storage.close().await;
    error
}

#[tokio::test]
async fn a_newer_database_is_refused() {
    let file = File::migrated().await;
    file.meddle(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'from the future', true, x'00', 1)",
    )
    .await;
    let error = refusal(&file).await;
    assert!(
        matches!(
            error,
            StorageError::NewerSchema {
                found: 9999,
                known: 1..
            }
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn an_altered_migration_is_refused() {
    let file = File::migrated().await;
    file.meddle("UPDATE _sqlx_migrations SET checksum = x'00' WHERE version = 1")
        .await;
    let error = refusal(&file).await;
    assert!(
        matches!(error, StorageError::AlteredMigration { version: 1 }),
        "{error:?}"
    );
}

#[tokio::test]
async fn another_programs_database_is_left_alone() {
    let file = File::new();
    file.meddle("CREATE TABLE tenants (id TEXT, master_key_hash TEXT)")
        .await;
    let error = refusal(&file).await;
    assert!(
        matches!(&error, StorageError::Foreign { table } if table == "tenants"),
        "{error:?}"
    );
    let storage = file.open().await.unwrap();
    let error = storage.migrate().await.unwrap_err();
    assert!(
        matches!(error, StorageError::Foreign { .. }),
        "still nothing but theirs: {error:?}"
    );
    storage.close().await;
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let file = File::new();
    fs::write(
        file.path(),
        "this is a text file, not a database, and long enough to be looked at",
    )
    .unwrap();
    let error = file.open().await.unwrap_err();
    assert!(matches!(error, StorageError::Damaged { .. }), "{error:?}");
}

#[tokio::test]
async fn a_damaged_page_is_found_at_start() {
    let file = File::migrated().await;
    let mut bytes = fs::read(file.path()).unwrap();
    // The pages of tables and indexes, without the first, which holds the header.
    let page = 4096;
    assert!(bytes.len() > 4 * page);
    bytes[2 * page..3 * page].fill(0xff);
    fs::write(file.path(), bytes).unwrap();
    let error = file.open().await.unwrap_err();
    assert!(matches!(error, StorageError::Damaged { .. }), "{error:?}");
}

#[tokio::test]
async fn a_file_that_cannot_be_made_is_unavailable() {
    let file = File::new();
    fs::write(file.path(), "").unwrap();
    let below = file.path().join("app.db");
    let error = SqliteStorage::open(&SqliteLocation::from_path(below))
        .await
        .unwrap_err();
    assert!(matches!(error, StorageError::Unavailable(_)), "{error:?}");
}

#[tokio::test]
async fn a_damaged_row_is_named_and_refused() {
    for (damage, column) in [
        ("UPDATE keys SET kind = 'x'", "kind"),
        ("UPDATE keys SET access = 'root'", "access"),
        (
            "PRAGMA foreign_keys = OFF; UPDATE keys SET active_store = 'nowhere'",
            "active_store",
        ),
    ] {
        let file = File::migrated().await;
        let storage = file.open().await.unwrap();
        add_tenant(&storage).await;
        storage.close().await;
        file.meddle(damage).await;
        let storage = file.open().await.unwrap();
        for error in [
            storage.key(key_id()).await.unwrap_err(),
            storage.list_keys(tenant_id()).await.unwrap_err(),
        ] {
            let StorageError::Corrupt {
                table: "keys",
                column: found,
                row,
            } = error
            else {
                panic!("{error:?}");
            };
            assert_eq!((found, row), (column, key_id().to_string()));
        }
        storage.close().await;
    }
}

#[tokio::test]
async fn a_damaged_block_of_calls_is_told_from_a_sound_one() {
    let file = File::migrated().await;
    let storage: Db = Arc::new(file.open().await.unwrap());
    let blocks = ThreeBlocks::add(Arc::clone(&storage)).await;
    file.meddle(
        "UPDATE trace_blocks SET spans = x'0500000000'
         WHERE oldest_id = (SELECT oldest_id FROM trace_blocks ORDER BY oldest_id LIMIT 1 OFFSET 1)",
    )
    .await;
    blocks.have_steps_told_apart().await;
    file.meddle(
        "UPDATE trace_blocks SET facts = x'0500000000'
         WHERE oldest_id = (SELECT oldest_id FROM trace_blocks ORDER BY oldest_id LIMIT 1 OFFSET 1)",
    )
    .await;
    blocks.are_told_apart().await;
    // The key of the second row is taken where anything finds a block still.
    file.meddle(
        "CREATE TEMP TABLE found (id INTEGER PRIMARY KEY);
         INSERT INTO found VALUES (1);
         INSERT INTO found SELECT 1 FROM trace_postings;",
    )
    .await;
    storage.close().await;
}

#[tokio::test]
async fn alerts_wait_behind_no_damaged_ones() {
    let file = File::migrated().await;
    let storage = file.open().await.unwrap();
    add_tenant(&storage).await;
    storage.close().await;
    file.meddle(
        "WITH RECURSIVE numbers (number) AS (SELECT 0 UNION ALL SELECT number + 1 FROM numbers WHERE number < 9)
         INSERT INTO alerts SELECT id, '0000000001000000000000000' || number, 'x', 'n' || number, 'q', 1, 1, NULL, 1,
                NULL, NULL, NULL, 0, 1 FROM tenants, numbers;
         INSERT INTO alerts SELECT id, '0000000001000000000000000j', 'query', 'n', 'q', 1, 1, NULL, 1, NULL, NULL, NULL, 1, 1
                FROM tenants;",
    )
    .await;
    let storage = file.open().await.unwrap();
    let mut readable = Vec::new();
    let take = || storage.take_due_alerts(UtcMillis(5), UtcMillis(9), 10);
    while let Some(taken) = take().await.unwrap() {
        readable.push(taken.len());
    }
    assert_eq!(readable, [0, 1]);
    storage.close().await;
}

#[tokio::test]
async fn a_damaged_id_is_named_and_refused() {
    let file = File::migrated().await;
    file.meddle(
        "INSERT INTO tenants (id, name, name_key, created_at) VALUES ('no-id', 'n', 'n', 1)",
    )
    .await;
    let storage = file.open().await.unwrap();
    let error = storage.tenant_by_name_key("n").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the row no-id of table tenants is damaged: column id cannot be read"
    );
    storage.close().await;
}

#[tokio::test]
async fn a_removed_workspace_takes_everything_along() {
    let file = File::migrated().await;
    let storage = file.open().await.unwrap();
    add_tenant(&storage).await;
    storage.close().await;
    let id = tenant_id();
    file.meddle(
        "INSERT INTO stores SELECT '0000000001000000000000000a', id, 's', 's', 's', NULL, 0, 'f', 1, 1, 1, x'00', NULL FROM tenants;
         UPDATE keys SET active_store = '0000000001000000000000000a';
         INSERT INTO sessions SELECT zeroblob(32), '0000000001000000000000000b', id, 1, 1, 1, 1, x'00', NULL, NULL, NULL
                FROM tenants;
         INSERT INTO users VALUES ('0000000001000000000000000d', 'a@b', 'a@b', 'n', 'h', 0, 1, NULL);
         INSERT INTO members SELECT '0000000001000000000000000e', id, '0000000001000000000000000d', 'owner',
                '0000000001000000000000000a', 1, NULL, NULL, NULL FROM tenants;
         INSERT INTO invites SELECT '0000000001000000000000000f', id, 'a@b', 'a@b', 'owner', 'h',
                '0000000001000000000000000e', 1, 1, NULL, NULL FROM tenants;
         INSERT INTO console_calls SELECT id, '0000000001000000000000000e', '0000000001000000000000000g', 't', NULL, 'ok', 1, 1,
                1, NULL, x'00', NULL FROM tenants;
         INSERT INTO trace_views SELECT id, '0000000001000000000000000e', '0000000001000000000000000h', 'n', 'q', 1
                FROM tenants;
         INSERT INTO alerts SELECT id, '0000000001000000000000000j', 'query', 'n', 'q', 1, 1, NULL, 1, NULL, NULL, NULL, 0, 1
                FROM tenants;
         INSERT INTO alert_events SELECT id, '0000000001000000000000000k', '0000000001000000000000000j', 'n', 'q', 1, 1,
                NULL, 1, 'shown', 0, 0, NULL, NULL FROM tenants;
         INSERT INTO schedules SELECT id, '0000000001000000000000000m', 'n', 'q', 'csv', 'daily', NULL, NULL, 1, 1, 1, NULL,
                0, 0, NULL, 1 FROM tenants;
         INSERT INTO trace_blocks (tenant_id, id, oldest_id, calls, packing, facts, spans)
                SELECT id, '0000000001000000000000000c', '0000000001000000000000000c', 1, 1, x'00', x'00' FROM tenants;
         INSERT INTO trace_postings SELECT id, 'tool', 't', '0000000001000000000000000c', 1, 1 FROM tenants;
         INSERT INTO key_tools SELECT id, '0000000001000000000000000e', 't', 1 FROM tenants;
         INSERT INTO tenant_doors SELECT id, 'mcp', 1 FROM tenants;
         INSERT INTO trace_margins SELECT id, 3600000, 'all', 0, '', 'mcp', 1, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM tenants;
         DELETE FROM tenants;
         -- Fails when any row is left, as the key of the second would be taken.
         CREATE TEMP TABLE nothing_left (id INTEGER PRIMARY KEY);
         INSERT INTO nothing_left VALUES (1);
         INSERT INTO nothing_left SELECT 1 FROM (
             SELECT id FROM keys UNION ALL SELECT id FROM stores UNION ALL SELECT public_id FROM sessions
             UNION ALL SELECT id FROM trace_blocks UNION ALL SELECT value FROM trace_postings
             UNION ALL SELECT tenant_id FROM tenant_doors UNION ALL SELECT id FROM members
             UNION ALL SELECT id FROM invites UNION ALL SELECT id FROM console_calls
             UNION ALL SELECT id FROM trace_views UNION ALL SELECT id FROM alerts
             UNION ALL SELECT id FROM alert_events UNION ALL SELECT tool FROM key_tools
             UNION ALL SELECT field FROM trace_margins
             UNION ALL SELECT id FROM schedules) LIMIT 1;",
    )
    .await;
    let storage = file.open().await.unwrap();
    assert_eq!(storage.tenant(id).await.unwrap(), None);
    storage.close().await;
}
