//! Changes and what belongs to them, damaged or removed behind the ports' back.

use orderdesk_mcp_contract::{ChangeId, ChangeState, UtcMillis};
use orderdesk_mcp_storage::port::{Changes, Tenants};
use orderdesk_mcp_storage::record::ChangeFilter;
use orderdesk_mcp_storage::{Storage, StorageError};

use crate::support::{File, add_tenant, key_id, tenant_id};

/// A row in each of the tables.
const FILL: &str = "INSERT INTO changes (tenant_id, id, store_id, store_name, record_kind, tool, summary, state, key_id, door,
                          field_count, money, plan_hash, created_at, updated_at, expires_at, applying_at)
     SELECT id, '0000000001000000000000000d', '0000000001000000000000000a', 's', 'order', 't', 's', 'proposed',
            '00000000010000000000000002', 'mcp', 1, 1, '0000000000000000000000000000000000000000000000000000000000000000', 1, 1, 1, 1 FROM tenants;
     INSERT INTO change_images (tenant_id, change_id, part, sealed_key_version, sealed)
     SELECT tenant_id, id, 'plan', 1, x'00' FROM changes;
     INSERT INTO change_events (tenant_id, change_id, position, happened_at, state, text)
     SELECT tenant_id, id, 0, 1, 'proposed', 'asked for' FROM changes;
     INSERT INTO change_keys (tenant_id, hash, change_id, request_hash, expires_at)
     SELECT tenant_id, 'name', id, 'asked', 9 FROM changes;
     INSERT INTO record_leases (tenant_id, store_id, record, holder, fence, until_at)
     SELECT tenant_id, store_id, 'order:1', 'a', 1, 1 FROM changes;
     INSERT INTO key_policies (tenant_id, key_id, updated_at, policy) SELECT tenant_id, id, 1, '{}' FROM keys;
     INSERT INTO write_stops (tenant_id, scope, target, stopped_at, stopped_by)
     SELECT tenant_id, 'store', store_id, 1, key_id FROM changes;";

/// The table and column that cannot be read.
type Damage = (&'static str, &'static str);

/// Statements that damage a row, and what whoever reads it says. A change is read alone and in lists.
const DAMAGES: [(&str, Damage); 15] = [
    ("UPDATE changes SET state = 'done'", ("changes", "state")),
    (
        "UPDATE changes SET record_kind = 'shipment'",
        ("changes", "record_kind"),
    ),
    ("UPDATE changes SET door = 'window'", ("changes", "door")),
    (
        "UPDATE changes SET store_id = 'NOWHERE'",
        ("changes", "store_id"),
    ),
    (
        "UPDATE changes SET key_id = 'NOBODY'",
        ("changes", "key_id"),
    ),
    (
        "UPDATE changes SET decided_by = 'NOBODY'",
        ("changes", "decided_by"),
    ),
    (
        "UPDATE changes SET undoes = 'NOTHING'",
        ("changes", "undoes"),
    ),
    (
        "UPDATE changes SET undone_by = 'NOTHING'",
        ("changes", "undone_by"),
    ),
    (
        "UPDATE changes SET field_count = 4294967296",
        ("changes", "field_count"),
    ),
    (
        "UPDATE change_images SET part = 'whole'",
        ("change_images", "part"),
    ),
    (
        "UPDATE change_images SET sealed_key_version = -1",
        ("change_images", "sealed_key_version"),
    ),
    (
        "UPDATE change_events SET state = 'done'",
        ("change_events", "state"),
    ),
    (
        "UPDATE key_policies SET policy = '{\"tools\":7}'",
        ("key_policies", "policy"),
    ),
    (
        "UPDATE write_stops SET scope = 'world'",
        ("write_stops", "scope"),
    ),
    (
        "UPDATE write_stops SET stopped_by = 'NOBODY'",
        ("write_stops", "stopped_by"),
    ),
];

fn change_id() -> ChangeId {
    ChangeId::from_parts(1, 13)
}

/// What every reader of the damaged table says.
async fn told(storage: &dyn Storage) -> Vec<Damage> {
    let (tenant, id) = (tenant_id(), change_id());
    let all = ChangeFilter {
        limit: 9,
        ..ChangeFilter::default()
    };
    let now = UtcMillis(5);
    let readings = [
        storage.change(tenant, id).await.err(),
        storage.list_changes(tenant, &all).await.err(),
        storage.change_images(tenant, id).await.err(),
        storage.change_events(tenant, id).await.err(),
        storage.change_by_key(tenant, "name", now).await.err(),
        storage.overdue_proposals(now, 9).await.err(),
        storage.key_policy(tenant, key_id()).await.err(),
        storage.write_stops(tenant).await.err(),
    ];
    readings
        .into_iter()
        .flatten()
        .map(|error| match error {
            StorageError::Corrupt { table, column, .. } => (table, column),
            other => panic!("{other:?}"),
        })
        .collect()
}

#[tokio::test]
async fn a_damaged_row_is_named_and_refused() {
    for (damage, expected) in DAMAGES {
        let file = File::migrated().await;
        let storage = file.open().await.unwrap();
        add_tenant(&storage).await;
        file.meddle(FILL).await;
        assert_eq!(told(&storage).await, []);
        file.meddle(damage).await;
        let told = told(&storage).await;
        let readers = if expected.0 == "changes" { 2 } else { 1 };
        assert_eq!(told, vec![expected; readers], "{damage}");
        storage.close().await;
    }
}

#[tokio::test]
async fn a_removed_workspace_takes_its_changes_along() {
    let file = File::migrated().await;
    let storage = file.open().await.unwrap();
    add_tenant(&storage).await;
    file.meddle(FILL).await;
    let proposed = ChangeState::Proposed;
    assert_eq!(
        storage.count_changes(tenant_id(), proposed).await.unwrap(),
        1
    );
    file.meddle(
        "DELETE FROM tenants;
         -- Fails when any row is left, as the key of the second would be taken.
         CREATE TEMP TABLE nothing_left (id INTEGER PRIMARY KEY);
         INSERT INTO nothing_left VALUES (1);
         INSERT INTO nothing_left SELECT 1 FROM (
             SELECT tenant_id FROM changes UNION ALL SELECT tenant_id FROM change_images
             UNION ALL SELECT tenant_id FROM change_events UNION ALL SELECT tenant_id FROM change_keys
             UNION ALL SELECT tenant_id FROM record_leases UNION ALL SELECT tenant_id FROM key_policies
             UNION ALL SELECT tenant_id FROM write_stops) LIMIT 1;",
    )
    .await;
    assert_eq!(storage.tenant(tenant_id()).await.unwrap(), None);
    storage.close().await;
}

/// A child row of another workspace's change or key cannot be made, even if the program is wrong.
#[tokio::test]
async fn a_row_cannot_belong_to_another_workspaces_change() {
    let file = File::migrated().await;
    let storage = file.open().await.unwrap();
    add_tenant(&storage).await;
    file.meddle(FILL).await;
    for stray in [
        "INSERT INTO change_images SELECT 'x', change_id, 'after', 1, x'00' FROM change_images",
        "INSERT INTO change_events SELECT 'x', change_id, 1, 1, NULL, 't' FROM change_events",
        "INSERT INTO change_keys SELECT 'x', 'other', change_id, 'r', 1 FROM change_keys",
        "INSERT INTO key_policies SELECT 'x', key_id, 1, '{}' FROM key_policies",
    ] {
        let refused = file.try_meddle(stray).await.unwrap_err().to_string();
        assert!(
            refused.contains("FOREIGN KEY constraint failed"),
            "{refused}"
        );
    }
    storage.close().await;
}
