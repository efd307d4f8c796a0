//! What is particular to a database server.

use std::sync::Arc;
use std::time::Duration;

use orderdesk_mcp_contract::{Access, KeyKind, UtcMillis};
use orderdesk_mcp_db_postgres::{PoolSettings, PostgresStorage};
use orderdesk_mcp_storage::port::{Alerts, Keys, Tenants};
use orderdesk_mcp_storage::record::{NewKey, TenantRecord};
use orderdesk_mcp_storage::suite::Db;
use orderdesk_mcp_storage::suite::damage::ThreeBlocks;
use orderdesk_mcp_storage::{Storage, StorageError};

use crate::support::{Database, add_tenant, key_id, tenant_id};

#[tokio::test]
async fn migrations_are_told_applied_and_done() {
    let database = Database::new().await;
    let storage = database.connect().await;
    let pending = storage.pending().await.unwrap();
    assert_eq!(
        (pending[0].version, pending[0].name.as_str()),
        (1, "foundation")
    );
    assert!(
        storage.ping().await.is_err(),
        "not ready before it is migrated"
    );
    // Three servers at once: one does the work, all succeed.
    let (second, third) = (database.connect().await, database.connect().await);
    let (one, two, three) = tokio::join!(storage.migrate(), second.migrate(), third.migrate());
    let applied: Vec<_> = [one, two, three]
        .into_iter()
        .flat_map(Result::unwrap)
        .collect();
    assert_eq!(applied, pending);
    assert_eq!(storage.pending().await.unwrap(), []);
    assert_eq!(storage.migrate().await.unwrap(), []);
    assert_eq!(
        storage.ping().await.unwrap().schema_version,
        pending.last().unwrap().version
    );
    for storage in [storage, second, third] {
        storage.close().await;
    }
    database.remove().await;
}

async fn refusal(database: Database) -> StorageError {
    let storage = database.connect().await;
    let error = storage.migrate().await.unwrap_err();
    assert_eq!(
        storage.pending().await.unwrap_err().to_string(),
        error.to_string()
    );
    storage.close().await;
    database.remove().await;
    error
}

#[tokio::test]
async fn a_newer_database_is_refused() {
    let database = Database::migrated().await;
    database
        .meddle(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (9999, 'from the future', true, '', 1)",
        )
        .await;
    let error = refusal(database).await;
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
    let database = Database::migrated().await;
    database
        .meddle("UPDATE _sqlx_migrations SET checksum = '' WHERE version = 1")
        .await;
    let error = refusal(database).await;
    assert!(
        matches!(error, StorageError::AlteredMigration { version: 1 }),
        "{error:?}"
    );
}

#[tokio::test]
async fn another_programs_database_is_left_alone() {
    let database = Database::new().await;
    database
        .meddle("CREATE TABLE tenants (id TEXT, master_key_hash TEXT)")
        .await;
    let error = refusal(database).await;
    assert!(
        matches!(&error, StorageError::Foreign { table } if table == "tenants"),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_damaged_row_is_named_and_refused() {
    for (damage, column) in [
        (
            "ALTER TABLE keys DROP CONSTRAINT keys_kind_check; UPDATE keys SET kind = 'x'",
            "kind",
        ),
        (
            "ALTER TABLE keys DROP CONSTRAINT keys_access_check; UPDATE keys SET access = 'root'",
            "access",
        ),
        (
            "ALTER TABLE keys DROP CONSTRAINT keys_tenant_id_active_store_fkey;
             UPDATE keys SET active_store = 'nowhere'",
            "active_store",
        ),
    ] {
        let database = Database::migrated().await;
        let storage = database.connect().await;
        add_tenant(&storage).await;
        database.meddle(damage).await;
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
        database.remove().await;
    }
}

#[tokio::test]
async fn a_damaged_block_of_calls_is_told_from_a_sound_one() {
    let database = Database::migrated().await;
    let storage: Db = Arc::new(database.connect().await);
    let blocks = ThreeBlocks::add(Arc::clone(&storage)).await;
    database
        .meddle(
            "UPDATE trace_blocks SET spans = '\\x0500000000'
             WHERE oldest_id = (SELECT oldest_id FROM trace_blocks ORDER BY oldest_id LIMIT 1 OFFSET 1)",
        )
        .await;
    blocks.have_steps_told_apart().await;
    database
        .meddle(
            "UPDATE trace_blocks SET facts = '\\x0500000000'
             WHERE oldest_id = (SELECT oldest_id FROM trace_blocks ORDER BY oldest_id LIMIT 1 OFFSET 1)",
        )
        .await;
    blocks.are_told_apart().await;
    // The key of the second row is taken where anything finds a block still.
    database
        .meddle(
            "CREATE TEMP TABLE found (id integer PRIMARY KEY);
             INSERT INTO found VALUES (1);
             INSERT INTO found SELECT 1 FROM trace_postings;",
        )
        .await;
    storage.close().await;
    database.remove().await;
}

#[tokio::test]
async fn alerts_wait_behind_no_damaged_ones() {
    let database = Database::migrated().await;
    let storage = database.connect().await;
    add_tenant(&storage).await;
    database
        .meddle(
            "INSERT INTO alerts SELECT id, '0000000001000000000000000' || number, 'x', 'n' || number, 'q', 1, 1, NULL, true,
                NULL, NULL, NULL, 0, 1 FROM tenants, generate_series(0, 9) AS number;
         INSERT INTO alerts SELECT id, '0000000001000000000000000j', 'query', 'n', 'q', 1, 1, NULL, true, NULL, NULL, NULL, 1, 1
                FROM tenants;",
        )
        .await;
    let mut readable = Vec::new();
    let take = || storage.take_due_alerts(UtcMillis(5), UtcMillis(9), 10);
    while let Some(taken) = take().await.unwrap() {
        readable.push(taken.len());
    }
    assert_eq!(readable, [0, 1]);
    storage.close().await;
    database.remove().await;
}

#[tokio::test]
async fn a_removed_workspace_takes_everything_along() {
    let database = Database::migrated().await;
    let storage = database.connect().await;
    add_tenant(&storage).await;
    database
        .meddle(
            "INSERT INTO stores SELECT '0000000001000000000000000a', id, 's', 's', 's', NULL, false, 'f', 1, 1, 1, '', NULL FROM tenants;
             UPDATE keys SET active_store = '0000000001000000000000000a';
             INSERT INTO sessions SELECT decode(repeat('00', 32), 'hex'), '0000000001000000000000000b', id, 1, 1, 1, 1, '',
                    NULL, NULL, NULL FROM tenants;
             INSERT INTO users VALUES ('0000000001000000000000000d', 'a@b', 'a@b', 'n', 'h', false, 1, NULL);
             INSERT INTO members SELECT '0000000001000000000000000e', id, '0000000001000000000000000d', 'owner',
                    '0000000001000000000000000a', 1, NULL, NULL, NULL FROM tenants;
             INSERT INTO invites SELECT '0000000001000000000000000f', id, 'a@b', 'a@b', 'owner', 'h',
                    '0000000001000000000000000e', 1, 1, NULL, NULL FROM tenants;
             INSERT INTO console_calls SELECT id, '0000000001000000000000000e', '0000000001000000000000000g', 't', NULL, 'ok', 1,
                    1, 1, NULL, '', NULL FROM tenants;
             INSERT INTO trace_views SELECT id, '0000000001000000000000000e', '0000000001000000000000000h', 'n', 'q', 1
                    FROM tenants;
             INSERT INTO alerts SELECT id, '0000000001000000000000000j', 'query', 'n', 'q', 1, 1, NULL, true, NULL, NULL, NULL, 0, 1
                    FROM tenants;
             INSERT INTO alert_events SELECT id, '0000000001000000000000000k', '0000000001000000000000000j', 'n', 'q', 1, 1,
                    NULL, 1, 'shown', 0, 0, NULL, NULL FROM tenants;
             INSERT INTO schedules SELECT id, '0000000001000000000000000m', 'n', 'q', 'csv', 'daily', NULL, NULL, true, 1, 1,
                    NULL, 0, 0, NULL, 1 FROM tenants;
             INSERT INTO trace_blocks (tenant_id, id, oldest_id, calls, packing, facts, spans)
                    SELECT id, '0000000001000000000000000c', '0000000001000000000000000c', 1, 1, '', '' FROM tenants;
             INSERT INTO trace_postings SELECT id, 'tool', 't', '0000000001000000000000000c', 1, 1 FROM tenants;
             INSERT INTO key_tools SELECT id, '0000000001000000000000000e', 't', 1 FROM tenants;
             INSERT INTO tenant_doors SELECT id, 'mcp', 1 FROM tenants;
             INSERT INTO trace_margins SELECT id, 3600000, 'all', 0, '', 'mcp', 1, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM tenants;
             DELETE FROM tenants;
             DO $$ BEGIN
                 ASSERT (SELECT count(*) FROM (
                     SELECT id FROM keys UNION ALL SELECT id FROM stores UNION ALL SELECT public_id FROM sessions
                     UNION ALL SELECT id FROM trace_blocks UNION ALL SELECT value FROM trace_postings
                     UNION ALL SELECT tenant_id FROM tenant_doors UNION ALL SELECT id FROM members
                     UNION ALL SELECT id FROM invites UNION ALL SELECT id FROM console_calls
                         UNION ALL SELECT id FROM trace_views UNION ALL SELECT id FROM alerts
                         UNION ALL SELECT id FROM alert_events UNION ALL SELECT tool FROM key_tools
                         UNION ALL SELECT field FROM trace_margins
                         UNION ALL SELECT id FROM schedules) AS rows) = 0, 'rows are left';
             END $$;",
        )
        .await;
    assert_eq!(storage.tenant(tenant_id()).await.unwrap(), None);
    storage.close().await;
    database.remove().await;
}

/// The server repeats the refused row in its message's details; no log may hold it.
#[tokio::test]
async fn a_failure_never_repeats_the_row() {
    let database = Database::migrated().await;
    let storage = database.connect().await;
    let tenant = TenantRecord {
        id: tenant_id(),
        name: format!("canary{}", "x".repeat(300)),
        name_key: "canary".into(),
        created_at: UtcMillis(1),
        suspended_at: None,
    };
    let key = NewKey {
        id: key_id(),
        tenant_id: tenant_id(),
        name: "canary".into(),
        kind: KeyKind::Api,
        access: Access::Read,
        hash: "canary".into(),
        hint: "canary".into(),
        created_at: UtcMillis(1),
        expires_at: None,
        created_by: None,
    };
    let error = storage.add_tenant(&tenant, &key).await.unwrap_err();
    assert!(matches!(error, StorageError::Failed(_)), "{error:?}");
    let mut text = format!("{error} {error:?}");
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        text = format!("{text} {inner} {inner:?}");
        cause = inner.source();
    }
    assert!(
        text.contains("tenants_name_check"),
        "the cause is told: {text}"
    );
    assert!(!text.contains("canary"), "{text}");
    storage.close().await;
    database.remove().await;
}

#[tokio::test]
async fn a_refused_connection_does_not_repeat_the_url() {
    let settings = PoolSettings::default();
    // Port 1 is reserved and nobody listens there.
    let url = "postgres://user:canary@127.0.0.1:1/app";
    let error = PostgresStorage::connect(url, &settings).await.unwrap_err();
    assert!(matches!(error, StorageError::Unavailable(_)), "{error:?}");
    assert!(
        format!("{error:?}").contains("ConnectionRefused"),
        "the cause is told: {error:?}"
    );
    assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    let error = PostgresStorage::connect("postgres://user:canary@[/app", &settings)
        .await
        .unwrap_err();
    assert!(matches!(error, StorageError::Failed(_)), "{error:?}");
    assert!(!format!("{error:?}").contains("canary"), "{error:?}");
}

#[tokio::test]
async fn a_pool_without_a_free_connection_is_unavailable() {
    let database = Database::migrated().await;
    database
        .meddle(
            "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql
                 AS 'BEGIN PERFORM pg_sleep(4); RETURN NEW; END';
             CREATE TRIGGER slow BEFORE INSERT ON write_probes FOR EACH ROW EXECUTE FUNCTION slow();",
        )
        .await;
    let settings = PoolSettings {
        max_connections: 1,
        acquire_timeout: Duration::from_secs(2),
        ..PoolSettings::default()
    };
    let storage = PostgresStorage::connect(&database.url(), &settings)
        .await
        .unwrap();
    // The ping begins first, so it has the only connection.
    let (slow, refused) = tokio::join!(storage.ping(), storage.count_tenants());
    assert!(
        matches!(refused, Err(StorageError::Unavailable(_))),
        "{refused:?}"
    );
    assert_eq!(slow.unwrap().kind, "postgres");
    storage.close().await;
    database.remove().await;
}

#[tokio::test]
async fn a_statement_that_takes_too_long_is_unavailable() {
    let database = Database::migrated().await;
    database
        .meddle(
            "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql
                 AS 'BEGIN PERFORM pg_sleep(30); RETURN NEW; END';
             CREATE TRIGGER slow BEFORE INSERT ON write_probes FOR EACH ROW EXECUTE FUNCTION slow();",
        )
        .await;
    let settings = PoolSettings {
        statement_timeout: Duration::from_millis(200),
        acquire_timeout: Duration::from_secs(5),
        ..PoolSettings::default()
    };
    let storage = PostgresStorage::connect(&database.url(), &settings)
        .await
        .unwrap();
    let error = storage.ping().await.unwrap_err();
    assert!(matches!(error, StorageError::Unavailable(_)), "{error:?}");
    assert_eq!(
        storage.count_tenants().await.unwrap(),
        0,
        "the connection is whole again"
    );
    storage.close().await;
    database.remove().await;
}

#[tokio::test]
async fn a_read_only_server_is_unavailable() {
    let database = Database::migrated().await;
    database
        .meddle("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$")
        .await;
    let storage = database.connect().await;
    let error = storage.ping().await.unwrap_err();
    assert!(matches!(error, StorageError::Unavailable(_)), "{error:?}");
    assert_eq!(storage.count_tenants().await.unwrap(), 0, "reading goes on");
    storage.close().await;
    database.remove().await;
}
