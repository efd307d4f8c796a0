//! Changes and what belongs to them: damaged or removed behind the ports' back, and written by several servers at once.

use std::time::Duration;

use orderdesk_mcp_contract::{ChangeId, ChangeState, StopScope, StoreUid, UtcMillis};
use orderdesk_mcp_storage::port::{Changes, Policies, Stores, Tenants};
use orderdesk_mcp_storage::record::{ChangeFilter, ChangeStep, Lease, Stepped, WriteStop};
use orderdesk_mcp_storage::{Storage, StorageError};

use crate::support::{Database, add_tenant, key_id, tenant_id};

/// A row in each of the tables.
const FILL: &str = "INSERT INTO changes (tenant_id, id, store_id, store_name, record_kind, tool, summary, state, key_id, door,
                          field_count, money, plan_hash, created_at, updated_at, expires_at, applying_at)
     SELECT id, '0000000001000000000000000d', '0000000001000000000000000a', 's', 'order', 't', 's', 'proposed',
            '00000000010000000000000002', 'mcp', 1, 1, '0000000000000000000000000000000000000000000000000000000000000000', 1, 1, 1, 1 FROM tenants;
     INSERT INTO change_images (tenant_id, change_id, part, sealed_key_version, sealed)
     SELECT tenant_id, id, 'plan', 1, '' FROM changes;
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
    let database = Database::migrated().await;
    let storage = database.connect().await;
    add_tenant(&storage).await;
    // Another program's way around the checks.
    database
        .meddle(
            "DO $$ DECLARE found record; BEGIN
                 FOR found IN SELECT conrelid::regclass AS table_name, conname FROM pg_constraint
                              WHERE contype = 'c' AND connamespace = current_schema()::regnamespace
                 LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', found.table_name, found.conname); END LOOP;
             END $$",
        )
        .await;
    for (damage, expected) in DAMAGES {
        database.meddle(FILL).await;
        assert_eq!(told(&storage).await, []);
        database.meddle(damage).await;
        let told = told(&storage).await;
        let readers = if expected.0 == "changes" { 2 } else { 1 };
        assert_eq!(told, vec![expected; readers], "{damage}");
        database
            .meddle("DELETE FROM changes; DELETE FROM record_leases; DELETE FROM key_policies; DELETE FROM write_stops")
            .await;
    }
    storage.close().await;
    database.remove().await;
}

#[tokio::test]
async fn a_removed_workspace_takes_its_changes_along() {
    let database = Database::migrated().await;
    let storage = database.connect().await;
    add_tenant(&storage).await;
    database.meddle(FILL).await;
    let proposed = ChangeState::Proposed;
    assert_eq!(
        storage.count_changes(tenant_id(), proposed).await.unwrap(),
        1
    );
    database
        .meddle(
            "DELETE FROM tenants;
             DO $$ BEGIN
                 ASSERT (SELECT count(*) FROM (
                     SELECT tenant_id FROM changes UNION ALL SELECT tenant_id FROM change_images
                     UNION ALL SELECT tenant_id FROM change_events UNION ALL SELECT tenant_id FROM change_keys
                     UNION ALL SELECT tenant_id FROM record_leases UNION ALL SELECT tenant_id FROM key_policies
                     UNION ALL SELECT tenant_id FROM write_stops) AS rows) = 0, 'rows are left';
             END $$;",
        )
        .await;
    assert_eq!(storage.tenant(tenant_id()).await.unwrap(), None);
    storage.close().await;
    database.remove().await;
}

/// A child row of another workspace's change or key cannot be made, even if the program is wrong.
#[tokio::test]
async fn a_row_cannot_belong_to_another_workspaces_change() {
    let database = Database::migrated().await;
    let storage = database.connect().await;
    add_tenant(&storage).await;
    database.meddle(FILL).await;
    for stray in [
        "INSERT INTO change_images SELECT 'x', change_id, 'after', 1, '' FROM change_images",
        "INSERT INTO change_events SELECT 'x', change_id, 1, 1, NULL, 't' FROM change_events",
        "INSERT INTO change_keys SELECT 'x', 'other', change_id, 'r', 1 FROM change_keys",
        "INSERT INTO key_policies SELECT 'x', key_id, 1, '{}' FROM key_policies",
    ] {
        let refused = database.try_meddle(stray).await.unwrap_err().to_string();
        assert!(
            refused.contains("violates foreign key constraint"),
            "{refused}"
        );
    }
    storage.close().await;
    database.remove().await;
}

/// An approved change whose next step takes a second after it has looked at everything.
async fn slow_to_begin() -> Database {
    let database = Database::migrated().await;
    let storage = database.connect().await;
    add_tenant(&storage).await;
    storage.close().await;
    database.meddle(FILL).await;
    database
        .meddle(
            "UPDATE changes SET state = 'approved';
             DELETE FROM write_stops;
             DELETE FROM record_leases;
             CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql
                 AS 'BEGIN PERFORM pg_sleep(1); RETURN NEW; END';
             CREATE TRIGGER slow BEFORE INSERT ON change_events FOR EACH ROW EXECUTE FUNCTION slow();",
        )
        .await;
    database
}

fn begin(lease: Option<Lease>) -> ChangeStep {
    let (from, to) = (ChangeState::Approved, ChangeState::Applying);
    ChangeStep {
        lease,
        heeds_stops: true,
        ..ChangeStep::new(tenant_id(), change_id(), from, to, UtcMillis(5), "begun")
    }
}

/// Long enough for the step before it to have looked.
async fn soon<T>(then: impl Future<Output = T>) -> T {
    tokio::time::sleep(Duration::from_millis(400)).await;
    then.await
}

#[tokio::test]
async fn a_deletion_waits_for_what_has_begun() {
    let database = slow_to_begin().await;
    database
        .meddle(
            "INSERT INTO stores (id, tenant_id, store_id, name, name_key, sandbox, sealed_key_version, sealed_api_key,
                                 key_fingerprint, created_at, updated_at)
             SELECT store_id, tenant_id, '1', 's', 's', false, 1, '', 'f', 1, 1 FROM changes;
             UPDATE changes SET state = 'proposed'",
        )
        .await;
    let storage = database.connect().await;
    let (from, to) = (ChangeState::Proposed, ChangeState::Approved);
    let approved = ChangeStep::new(tenant_id(), change_id(), from, to, UtcMillis(4), "approved");
    let (begun, id) = (begin(None), StoreUid::from_parts(1, 10));
    let beginning = async {
        storage.step_change(&approved).await.unwrap();
        storage.step_change(&begun).await.unwrap()
    };
    let deleting = soon(storage.delete_store(tenant_id(), id, UtcMillis(5)));
    let (stepped, deleted) = tokio::join!(beginning, deleting);
    let deleted = deleted.unwrap();
    assert_eq!(
        (stepped == Stepped::Done, deleted),
        (!deleted, deleted),
        "one of them came first and the other heard of it"
    );
    storage.close().await;
    database.remove().await;
}

#[tokio::test]
async fn a_stop_waits_for_what_has_passed_it() {
    let database = slow_to_begin().await;
    let storage = database.connect().await;
    let stop = WriteStop {
        tenant_id: tenant_id(),
        scope: StopScope::Tenant,
        target: tenant_id().to_string(),
        since: UtcMillis(5),
        by: key_id(),
        reason: None,
    };
    let begun = begin(None);
    let stopping = soon(async {
        storage.add_write_stop(&stop).await.unwrap();
        let applying = ChangeState::Applying;
        storage.count_changes(tenant_id(), applying).await.unwrap()
    });
    let (stepped, begun_when_told) = tokio::join!(storage.step_change(&begun), stopping);
    assert_eq!(stepped.unwrap(), Stepped::Done);
    assert_eq!(begun_when_told, 1, "it began after the stop was told");
    storage.close().await;
    database.remove().await;
}

#[tokio::test]
async fn a_lease_is_not_taken_in_the_middle_of_a_step() {
    let database = slow_to_begin().await;
    let storage = database.connect().await;
    let take = async |holder: &str, now: i64, until: i64| {
        let (store, record) = (StoreUid::from_parts(1, 10), format!("new:{}", change_id()));
        let (now, until) = (UtcMillis(now), UtcMillis(until));
        storage
            .take_lease(tenant_id(), store, &record, holder, now, until)
            .await
            .unwrap()
            .unwrap()
    };
    let held = take("a", 1, 5).await;
    let begun = begin(Some(held));
    // The other server's clock is ahead: to it the lease has run out.
    let taking = soon(async {
        let other = take("b", 6, 9).await;
        let change = storage.change(tenant_id(), change_id()).await.unwrap();
        (other.fence, change.map(|change| change.state))
    });
    let (stepped, taken) = tokio::join!(storage.step_change(&begun), taking);
    assert_eq!(stepped.unwrap(), Stepped::Done);
    assert_eq!(taken, (2, Some(ChangeState::Applying)));
    storage.close().await;
    database.remove().await;
}
