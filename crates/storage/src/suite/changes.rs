use orderdesk_mcp_contract::views::change::RecordKind;
use orderdesk_mcp_contract::{ChangeState, Money};

use super::Db;
use super::sample::{
    add, at, change, change_id, image, key_id, name, new_change, tenant_id, two_tenants,
};
use crate::StorageError;
use crate::record::{Added, ChangeEvent, ChangeFilter, ChangeRecord, Door, ImagePart, NewChange};

/// One with a value in every column that may have one when it is added.
fn full() -> ChangeRecord {
    ChangeRecord {
        record_kind: RecordKind::Product,
        state: ChangeState::Approved,
        door: Door::Web,
        field_count: u32::MAX,
        money: Money::from_ten_thousandths(i64::MAX),
        version_after: Some("v1-after".into()),
        applying_at: Some(at(300)),
        decided_by: Some(key_id(7)),
        decision_reason: Some("as agreed".into()),
        outcome: Some("done".into()),
        undoes: Some(change_id(70)),
        undone_by: Some(change_id(71)),
        ..change(1, 1)
    }
}

/// One without a value wherever there may be none.
fn bare() -> ChangeRecord {
    ChangeRecord {
        record_id: None,
        client: None,
        reason: None,
        field_count: 0,
        money: Money::ZERO,
        version_before: None,
        expires_at: None,
        ..change(1, 2)
    }
}

pub async fn a_change_comes_back_as_it_was(db: Db) {
    two_tenants(&db).await;
    for record in [full(), bare()] {
        let images: Vec<_> = ImagePart::ALL.into_iter().zip(1..).collect();
        let new = NewChange {
            change: record.clone(),
            images: images.iter().map(|(part, at)| image(*part, *at)).collect(),
            keys: vec![],
            first_event: "asked for by hand".into(),
        };
        add(&db, new.clone()).await;
        let (tenant, id) = (record.tenant_id, record.id);
        assert_eq!(db.change(tenant, id).await.unwrap().as_ref(), Some(&record));
        assert_eq!(db.change_images(tenant, id).await.unwrap(), new.images);
        let event = ChangeEvent {
            at: record.created_at,
            state: Some(record.state),
            text: new.first_event,
        };
        assert_eq!(db.change_events(tenant, id).await.unwrap(), [event]);
    }
    let unknown = change_id(404);
    assert_eq!(db.change(tenant_id(1), unknown).await.unwrap(), None);
    assert_eq!(db.change_images(tenant_id(1), unknown).await.unwrap(), []);
    assert_eq!(db.change_events(tenant_id(1), unknown).await.unwrap(), []);
}

pub async fn a_change_begins_proposed_or_approved(db: Db) {
    two_tenants(&db).await;
    for state in ChangeState::ALL {
        let record = ChangeRecord {
            state: *state,
            ..change(1, 1)
        };
        let begins = matches!(state, ChangeState::Proposed | ChangeState::Approved);
        if begins {
            continue;
        }
        let error = db.add_change(&new_change(record)).await.unwrap_err();
        assert!(matches!(error, StorageError::Failed(_)), "{error:?}");
        assert_eq!(db.change(tenant_id(1), change_id(1)).await.unwrap(), None);
    }
}

pub async fn a_change_needs_its_workspace(db: Db) {
    let new = NewChange {
        keys: vec![name(1)],
        ..new_change(change(1, 1))
    };
    let error = db.add_change(&new).await.unwrap_err();
    assert!(
        matches!(error, StorageError::Gone { what: "tenant" }),
        "{error:?}"
    );
}

pub async fn ids_are_unique_in_a_workspace(db: Db) {
    two_tenants(&db).await;
    add(&db, new_change(change(1, 1))).await;
    let other = ChangeRecord {
        id: change_id(1),
        ..bare()
    };
    let again = NewChange {
        keys: vec![name(1)],
        ..new_change(other)
    };
    let error = db.add_change(&again).await.unwrap_err();
    assert!(
        matches!(error, StorageError::Taken { what: "change" }),
        "{error:?}"
    );
    let found = db.change(tenant_id(1), change_id(1)).await.unwrap();
    assert_eq!(found, Some(change(1, 1)));
    let events = db.change_events(tenant_id(1), change_id(1)).await.unwrap();
    assert_eq!(events.len(), 1);
    let known = db.change_by_key(tenant_id(1), &name(1).hash, at(0)).await;
    assert_eq!(known.unwrap(), None);
}

pub async fn workspaces_do_not_see_each_others(db: Db) {
    two_tenants(&db).await;
    // The same id, record and name in both.
    let theirs = ChangeRecord {
        summary: "theirs".into(),
        ..change(2, 1)
    };
    for record in [change(1, 1), theirs.clone()] {
        let new = NewChange {
            keys: vec![name(1)],
            ..new_change(record)
        };
        add(&db, new).await;
    }
    add(&db, new_change(change(2, 2))).await;
    let (one, two) = (tenant_id(1), tenant_id(2));
    let all = ChangeFilter {
        limit: 50,
        ..ChangeFilter::default()
    };
    assert_eq!(
        db.change(one, change_id(1)).await.unwrap(),
        Some(change(1, 1))
    );
    assert_eq!(
        db.change(two, change_id(1)).await.unwrap(),
        Some(theirs.clone())
    );
    assert_eq!(db.change(one, change_id(2)).await.unwrap(), None);
    assert_eq!(db.change_images(one, change_id(2)).await.unwrap(), []);
    assert_eq!(db.change_events(one, change_id(2)).await.unwrap(), []);
    assert_eq!(db.list_changes(one, &all).await.unwrap(), [change(1, 1)]);
    assert_eq!(
        db.list_changes(two, &all).await.unwrap(),
        [change(2, 2), theirs]
    );
    assert_eq!(db.list_changes(tenant_id(3), &all).await.unwrap(), []);
    let proposed = ChangeState::Proposed;
    assert_eq!(db.count_changes(one, proposed).await.unwrap(), 1);
    assert_eq!(db.count_changes(two, proposed).await.unwrap(), 2);
    db.note_change(one, change_id(2), at(300), "not theirs")
        .await
        .unwrap();
    db.note_change(one, change_id(1), at(300), "mine")
        .await
        .unwrap();
    for (tenant, id, events) in [(one, 1, 2), (two, 1, 1), (two, 2, 1)] {
        let found = db.change_events(tenant, change_id(id)).await.unwrap();
        assert_eq!(found.len(), events, "{tenant} {id}");
    }
}

pub async fn a_note_is_added_to_the_journal(db: Db) {
    two_tenants(&db).await;
    add(&db, new_change(change(1, 1))).await;
    let (tenant, id) = (tenant_id(1), change_id(1));
    // The journal is in the order it was written, whatever the clocks said.
    for (millis, text) in [(300, "looked"), (250, "looked again"), (300, "waits")] {
        db.note_change(tenant, id, at(millis), text).await.unwrap();
    }
    db.note_change(tenant, change_id(404), at(1), "nobody")
        .await
        .unwrap();
    let events = db.change_events(tenant, id).await.unwrap();
    let told: Vec<_> = events
        .iter()
        .map(|event| (event.at, event.state, event.text.as_str()))
        .collect();
    let expected = [
        (at(100), Some(ChangeState::Proposed), "asked for"),
        (at(300), None, "looked"),
        (at(250), None, "looked again"),
        (at(300), None, "waits"),
    ];
    assert_eq!(told, expected);
    assert_eq!(db.change(tenant, id).await.unwrap(), Some(change(1, 1)));
}

pub async fn notes_at_once_are_all_kept(db: Db) {
    two_tenants(&db).await;
    add(&db, new_change(change(1, 1))).await;
    let (tenant, id) = (tenant_id(1), change_id(1));
    let mut writers = tokio::task::JoinSet::new();
    for number in 0..16 {
        let db = std::sync::Arc::clone(&db);
        writers.spawn(async move {
            let text = format!("note {number}");
            db.note_change(tenant, id, at(300), &text).await.unwrap();
        });
    }
    writers.join_all().await;
    let events = db.change_events(tenant, id).await.unwrap();
    assert_eq!(events.len(), 17);
}

pub async fn a_known_change_leaves_nothing_of_the_new_one(db: Db) {
    two_tenants(&db).await;
    let first = NewChange {
        keys: vec![name(1)],
        ..new_change(change(1, 1))
    };
    add(&db, first).await;
    let second = NewChange {
        keys: vec![name(2), name(1)],
        ..new_change(change(1, 2))
    };
    let Added::Known(known) = db.add_change(&second).await.unwrap() else {
        panic!("it was added");
    };
    assert_eq!(known.id, change_id(1));
    assert_eq!(known.request_hash, name(1).request_hash);
    let (tenant, id) = (tenant_id(1), change_id(2));
    assert_eq!(db.change(tenant, id).await.unwrap(), None);
    assert_eq!(db.change_images(tenant, id).await.unwrap(), []);
    assert_eq!(db.change_events(tenant, id).await.unwrap(), []);
    let other_name = db.change_by_key(tenant, &name(2).hash, at(100)).await;
    assert_eq!(other_name.unwrap(), None);
}
