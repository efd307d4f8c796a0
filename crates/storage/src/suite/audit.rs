use orderdesk_mcp_contract::ErrorCode;

use super::Db;
use super::sample::{at, key_id, tenant_id, two_tenants};
use crate::StorageError;
use crate::record::{AuditEntry, Door, SealedBlob};

/// An entry of which every second one has all that may be absent.
fn entry(tenant: u128, seq: u64) -> AuditEntry {
    let is_whole = seq.is_multiple_of(2);
    AuditEntry {
        tenant_id: tenant_id(tenant),
        seq,
        at: at(i64::try_from(seq).unwrap()),
        act: format!("act_{seq}"),
        actor_id: is_whole.then(|| key_id(500 + u128::from(seq))),
        door: if is_whole { Door::Web } else { Door::Cli },
        request_id: is_whole.then(|| format!("request {seq} ä")),
        of_seq: is_whole.then_some(seq - 1),
        error: is_whole.then_some(ErrorCode::Conflict),
        facts: format!(r#"{{"number":{seq}}}"#),
        hash: [u8::try_from(seq % 256).unwrap(); 32],
    }
}

fn end(seq: u64) -> SealedBlob {
    SealedBlob {
        key_version: 7,
        bytes: vec![u8::try_from(seq % 256).unwrap(), 0, 255],
    }
}

async fn add(db: &Db, tenant: u128, seqs: impl IntoIterator<Item = u64>) {
    for seq in seqs {
        let added = db.add_audit_entry(&entry(tenant, seq), &end(seq)).await;
        assert!(added.unwrap(), "{seq}");
    }
}

pub async fn an_entry_comes_back_as_it_was(db: Db) {
    two_tenants(&db).await;
    assert_eq!(db.audit_end(tenant_id(1)).await.unwrap(), None);
    let without = async || db.tenants_without_audit_end().await.unwrap();
    assert_eq!(without().await, [tenant_id(1), tenant_id(2)]);
    add(&db, 1, 1..=2).await;
    assert_eq!(without().await, [tenant_id(2)]);
    add(&db, 2, 1..=1).await;
    assert_eq!(without().await, []);
    let found = db.audit_entries(tenant_id(1), 0, 10).await.unwrap();
    assert_eq!(found, [entry(1, 1), entry(1, 2)]);
    assert_eq!(db.audit_end(tenant_id(1)).await.unwrap(), Some(end(2)));
    assert_eq!(db.audit_end(tenant_id(2)).await.unwrap(), Some(end(1)));
}

pub async fn entries_are_read_page_by_page_from_either_end(db: Db) {
    two_tenants(&db).await;
    add(&db, 1, 1..=5).await;
    add(&db, 2, 1..=7).await;
    let tenant = tenant_id(1);
    let seqs = |entries: Vec<AuditEntry>| entries.iter().map(|row| row.seq).collect::<Vec<_>>();
    for (after, expected) in [(0, vec![1, 2]), (2, vec![3, 4]), (4, vec![5]), (5, vec![])] {
        let page = db.audit_entries(tenant, after, 2).await.unwrap();
        assert_eq!(seqs(page), expected, "after {after}");
    }
    for (before, expected) in [
        (None, vec![5, 4]),
        (Some(4), vec![3, 2]),
        (Some(2), vec![1]),
        (Some(1), vec![]),
    ] {
        let page = db.latest_audit_entries(tenant, before, 2).await.unwrap();
        assert_eq!(seqs(page), expected, "before {before:?}");
    }
}

pub async fn a_place_is_taken_once(db: Db) {
    two_tenants(&db).await;
    add(&db, 1, 1..=1).await;
    let mut other = entry(1, 1);
    other.act = "another".into();
    assert!(!db.add_audit_entry(&other, &end(9)).await.unwrap());
    let found = db.audit_entries(tenant_id(1), 0, 10).await.unwrap();
    assert_eq!(found, [entry(1, 1)]);
    assert_eq!(db.audit_end(tenant_id(1)).await.unwrap(), Some(end(1)));
}

pub async fn of_many_who_add_at_once_one_does(db: Db) {
    two_tenants(&db).await;
    let tasks = (0..16).map(|number| {
        let db = Db::clone(&db);
        tokio::spawn(async move {
            let mut mine = entry(1, 1);
            mine.act = format!("act of {number}");
            let added = db.add_audit_entry(&mine, &end(number)).await.unwrap();
            added.then_some((mine, end(number)))
        })
    });
    let mut added = Vec::new();
    for task in tasks.collect::<Vec<_>>() {
        added.extend(task.await.unwrap());
    }
    let [(entry, end)] = added.as_slice() else {
        panic!("{} were added", added.len());
    };
    let found = db.audit_entries(tenant_id(1), 0, 10).await.unwrap();
    assert_eq!(found, std::slice::from_ref(entry));
    assert_eq!(
        db.audit_end(tenant_id(1)).await.unwrap().as_ref(),
        Some(end)
    );
}

pub async fn an_entry_needs_its_workspace(db: Db) {
    two_tenants(&db).await;
    let gone = db.add_audit_entry(&entry(404, 1), &end(1)).await;
    let gone = gone.unwrap_err();
    assert!(
        matches!(gone, StorageError::Gone { what: "tenant" }),
        "{gone:?}"
    );
}

pub async fn a_log_goes_with_its_workspace(db: Db) {
    two_tenants(&db).await;
    add(&db, 1, 1..=3).await;
    add(&db, 2, 1..=2).await;
    let tenant = tenant_id(1);
    db.set_tenant_suspended(tenant, Some(at(50))).await.unwrap();
    db.remove_tenant(tenant, 10).await.unwrap();
    assert_eq!(db.tenant(tenant).await.unwrap(), None);
    assert_eq!(db.audit_entries(tenant, 0, 10).await.unwrap(), []);
    assert_eq!(db.audit_end(tenant).await.unwrap(), None);
    let others = db.audit_entries(tenant_id(2), 0, 10).await.unwrap();
    assert_eq!(others.len(), 2);
}
