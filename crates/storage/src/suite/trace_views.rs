use orderdesk_mcp_contract::TraceViewId;

use super::Db;
use super::sample::{NOON, at, key_id, tenant_id, two_tenants};
use crate::StorageError;
use crate::record::TraceViewRecord;

fn view_id(number: u64) -> TraceViewId {
    TraceViewId::from_parts(NOON.0.unsigned_abs() + number, 7)
}

fn view(tenant: u128, actor: u128, number: u64) -> TraceViewRecord {
    TraceViewRecord {
        tenant_id: tenant_id(tenant),
        actor_id: key_id(actor),
        id: view_id(number),
        name: format!("Ünï 日本 {number}"),
        query: format!("store:\"Größe\" order:{number}"),
        created_at: at(9),
    }
}

async fn views(db: &Db, tenant: u128, actor: u128) -> Vec<TraceViewRecord> {
    let views = db.trace_views(tenant_id(tenant), key_id(actor)).await;
    views.unwrap()
}

fn is_name_taken<T: std::fmt::Debug>(result: Result<T, StorageError>) -> bool {
    matches!(result, Err(StorageError::Taken { what: "view_name" }))
}

pub async fn a_view_comes_back_as_it_was(db: Db) {
    two_tenants(&db).await;
    let mut long = view(1, 1, 2);
    long.name = "日".repeat(80);
    long.query = "日".repeat(1_000);
    for kept in [&view(1, 1, 3), &view(1, 1, 1), &long] {
        assert!(db.add_trace_view(kept, 50).await.unwrap());
    }
    let expected = [view(1, 1, 1), long, view(1, 1, 3)];
    assert_eq!(views(&db, 1, 1).await, expected, "the oldest comes first");
}

pub async fn views_stay_up_to_their_limit(db: Db) {
    two_tenants(&db).await;
    for number in 1..=3 {
        let is_kept = db.add_trace_view(&view(1, 1, number), 3).await.unwrap();
        assert!(is_kept, "{number}");
    }
    assert!(!db.add_trace_view(&view(1, 1, 4), 3).await.unwrap());
    assert!(db.add_trace_view(&view(1, 2, 4), 3).await.unwrap());
    assert!(db.add_trace_view(&view(2, 1, 4), 3).await.unwrap());
    assert_eq!(views(&db, 1, 1).await.len(), 3);
}

pub async fn of_many_who_keep_the_last_one_does(db: Db) {
    two_tenants(&db).await;
    let keep = |number| {
        let db = Db::clone(&db);
        tokio::spawn(async move { db.add_trace_view(&view(1, 1, number), 5).await.unwrap() })
    };
    let tasks: Vec<_> = (0..16).map(keep).collect();
    let mut count = 0;
    for task in tasks {
        count += usize::from(task.await.unwrap());
    }
    assert_eq!((count, views(&db, 1, 1).await.len()), (5, 5));
}

pub async fn a_view_is_renamed_and_removed(db: Db) {
    two_tenants(&db).await;
    let (tenant, actor) = (tenant_id(1), key_id(1));
    for number in [1, 2] {
        let kept = db.add_trace_view(&view(1, 1, number), 50).await;
        assert!(kept.unwrap());
    }
    let rename = async |id, name: &str| {
        let renamed = db.rename_trace_view(tenant, actor, view_id(id), name);
        renamed.await
    };
    assert!(rename(1, "Other").await.unwrap());
    assert!(rename(1, "Other").await.unwrap(), "its own name is free");
    assert!(!rename(3, "Not there").await.unwrap());
    assert!(is_name_taken(rename(2, "Other").await));
    let names: Vec<_> = views(&db, 1, 1)
        .await
        .into_iter()
        .map(|view| view.name)
        .collect();
    assert_eq!(names, ["Other", &view(1, 1, 2).name]);
    for is_there in [true, false] {
        let removed = db.remove_trace_view(tenant, actor, view_id(1)).await;
        assert_eq!(removed.unwrap(), is_there);
    }
    assert_eq!(views(&db, 1, 1).await, [view(1, 1, 2)]);
}

pub async fn a_name_stands_for_one_view_of_a_person(db: Db) {
    two_tenants(&db).await;
    assert!(db.add_trace_view(&view(1, 1, 1), 50).await.unwrap());
    let same = |tenant, actor| TraceViewRecord {
        id: view_id(2),
        name: view(1, 1, 1).name,
        ..view(tenant, actor, 2)
    };
    assert!(is_name_taken(db.add_trace_view(&same(1, 1), 50).await));
    for (tenant, actor) in [(1, 2), (2, 1)] {
        let kept = db.add_trace_view(&same(tenant, actor), 50).await;
        assert!(kept.unwrap(), "{tenant} {actor}");
    }
}

pub async fn views_are_the_persons_own(db: Db) {
    two_tenants(&db).await;
    assert!(db.add_trace_view(&view(1, 1, 1), 50).await.unwrap());
    for (tenant, actor) in [(1, 2), (2, 1), (2, 2), (3, 1)] {
        assert_eq!(views(&db, tenant, actor).await, []);
        let (tenant, actor, id) = (tenant_id(tenant), key_id(actor), view_id(1));
        let renamed = db.rename_trace_view(tenant, actor, id, "x").await;
        let removed = db.remove_trace_view(tenant, actor, id).await;
        assert!(!renamed.unwrap() && !removed.unwrap());
    }
    assert_eq!(views(&db, 1, 1).await, [view(1, 1, 1)]);
}

pub async fn a_view_needs_its_workspace(db: Db) {
    let error = db.add_trace_view(&view(1, 1, 1), 50).await.unwrap_err();
    assert!(
        matches!(error, StorageError::Gone { what: "tenant" }),
        "{error:?}"
    );
}
