//! Steps of changes: what they change, and what keeps them from being taken.

use std::sync::Arc;

use orderdesk_mcp_contract::{ChangeState, Money, StopScope};
use tokio::task::JoinSet;

use super::Db;
use super::sample::{
    BEGIN, add, add_in, all_of, at, change, change_id, hash, image, key_id, new_change, step,
    store, store_uid, tenant_id, two_tenants,
};
use crate::StorageError;
use crate::record::{
    BudgetCheck, ChangeRecord, ChangeStep, ChangeUpdate, ImagePart, Stepped, WriteStop,
};

pub async fn a_step_changes_what_it_sets(db: Db) {
    two_tenants(&db).await;
    let record = change(1, 1);
    add(&db, new_change(record.clone())).await;
    add(&db, new_change(change(1, 2))).await;
    let set = ChangeUpdate {
        record_id: Some("77".into()),
        summary: Some("another summary".into()),
        field_count: Some(u32::MAX),
        money: Some(Money::from_ten_thousandths(5)),
        plan_hash: Some(hash(5)),
        version_before: Some("v1-found".into()),
        version_after: Some("v1-after".into()),
        expires_at: Some(at(9000)),
        decided_by: Some(key_id(8)),
        decision_reason: Some("checked".into()),
        outcome: Some("as wanted".into()),
        undone_by: Some(change_id(9)),
    };
    let taken = ChangeStep {
        set,
        images: vec![image(ImagePart::Plan, 7), image(ImagePart::Found, 8)],
        ..step(&record, ChangeState::Proposed, ChangeState::Approved)
    };
    assert_eq!(db.step_change(&taken).await.unwrap(), Stepped::Done);
    let expected = ChangeRecord {
        state: ChangeState::Approved,
        updated_at: at(200),
        record_id: Some("77".into()),
        summary: "another summary".into(),
        field_count: u32::MAX,
        money: Money::from_ten_thousandths(5),
        plan_hash: hash(5),
        version_before: Some("v1-found".into()),
        version_after: Some("v1-after".into()),
        expires_at: Some(at(9000)),
        decided_by: Some(key_id(8)),
        decision_reason: Some("checked".into()),
        outcome: Some("as wanted".into()),
        undone_by: Some(change_id(9)),
        ..record.clone()
    };
    let found = db.change(record.tenant_id, record.id).await.unwrap();
    assert_eq!(found, Some(expected));
    let images = db.change_images(record.tenant_id, record.id).await.unwrap();
    assert_eq!(images, taken.images);
    // The one beside it is as it was.
    let beside = db.change(tenant_id(1), change_id(2)).await.unwrap();
    assert_eq!(beside, Some(change(1, 2)));
}

pub async fn a_bare_step_changes_the_state_only(db: Db) {
    two_tenants(&db).await;
    let record = change(1, 1);
    add(&db, new_change(record.clone())).await;
    let found = async || db.change(record.tenant_id, record.id).await.unwrap();
    let approved = step(&record, ChangeState::Proposed, ChangeState::Approved);
    assert_eq!(db.step_change(&approved).await.unwrap(), Stepped::Done);
    let expected = ChangeRecord {
        state: ChangeState::Approved,
        updated_at: at(200),
        ..record.clone()
    };
    assert_eq!(found().await, Some(expected.clone()));
    // The intent is dated, and what follows leaves its date.
    let bare = ChangeStep {
        at: at(300),
        ..step(&record, BEGIN.0, BEGIN.1)
    };
    assert_eq!(db.step_change(&bare).await.unwrap(), Stepped::Done);
    let applying = ChangeRecord {
        state: ChangeState::Applying,
        updated_at: at(300),
        applying_at: Some(at(300)),
        ..expected
    };
    assert_eq!(found().await, Some(applying.clone()));
    let later = ChangeStep {
        at: at(400),
        ..step(&record, ChangeState::Applying, ChangeState::Applied)
    };
    assert_eq!(db.step_change(&later).await.unwrap(), Stepped::Done);
    let applied = ChangeRecord {
        state: ChangeState::Applied,
        updated_at: at(400),
        ..applying
    };
    assert_eq!(found().await, Some(applied));
    let events = db.change_events(record.tenant_id, record.id).await.unwrap();
    let told: Vec<_> = events
        .iter()
        .map(|event| (event.at, event.state.unwrap(), event.text.as_str()))
        .collect();
    let expected = [
        (at(100), ChangeState::Proposed, "asked for"),
        (at(200), ChangeState::Approved, "went to approved"),
        (at(300), ChangeState::Applying, "went to applying"),
        (at(400), ChangeState::Applied, "went to applied"),
    ];
    assert_eq!(told, expected);
    let images = db.change_images(record.tenant_id, record.id).await.unwrap();
    assert_eq!(images, [image(ImagePart::Plan, 1)]);
}

pub async fn only_the_steps_of_the_table_are_taken(db: Db) {
    two_tenants(&db).await;
    let mut number = 0;
    for from in ChangeState::ALL {
        let record = change(1, number);
        add_in(&db, &record, *from).await;
        number += 1;
        let before = all_of(&db, &record).await;
        for to in ChangeState::ALL {
            if from.may_become(*to) {
                let other = change(1, number);
                number += 1;
                add_in(&db, &other, *from).await;
                let taken = db.step_change(&step(&other, *from, *to)).await.unwrap();
                assert_eq!(taken, Stepped::Done, "{from:?} to {to:?}");
                let found = db.change(other.tenant_id, other.id).await.unwrap();
                assert_eq!(found.map(|c| c.state), Some(*to));
            } else {
                let error = db.step_change(&step(&record, *from, *to)).await;
                let error = error.unwrap_err();
                assert!(
                    matches!(error, StorageError::Failed(_)),
                    "{from:?} to {to:?}: {error:?}"
                );
            }
        }
        assert_eq!(all_of(&db, &record).await, before, "{from:?}");
    }
}

pub async fn a_step_from_elsewhere_changes_nothing(db: Db) {
    two_tenants(&db).await;
    let record = change(1, 1);
    add_in(&db, &record, ChangeState::Denied).await;
    let before = all_of(&db, &record).await;
    let late = ChangeStep {
        set: ChangeUpdate {
            outcome: Some("late".into()),
            ..ChangeUpdate::default()
        },
        images: vec![image(ImagePart::Plan, 9)],
        ..step(&record, ChangeState::Proposed, ChangeState::Approved)
    };
    let stepped = db.step_change(&late).await.unwrap();
    assert_eq!(stepped, Stepped::Elsewhere(ChangeState::Denied));
    assert_eq!(all_of(&db, &record).await, before);
    for missing in [change(1, 404), change(2, 1), change(3, 1)] {
        let step = step(&missing, ChangeState::Proposed, ChangeState::Approved);
        assert_eq!(db.step_change(&step).await.unwrap(), Stepped::Missing);
    }
    assert_eq!(all_of(&db, &record).await, before);
}

pub async fn of_many_who_step_at_once_one_does(db: Db) {
    two_tenants(&db).await;
    for round in 0..5 {
        let record = change(1, round);
        add_in(&db, &record, ChangeState::Approved).await;
        let mut steps = JoinSet::new();
        for at_once in 0..16 {
            let db = Arc::clone(&db);
            let mut step = step(&record, BEGIN.0, BEGIN.1);
            if at_once % 2 == 0 {
                step.to = ChangeState::Refused;
            }
            steps.spawn(async move { (db.step_change(&step).await.unwrap(), step.to) });
        }
        let found = steps.join_all().await;
        let mut winners = found.iter().filter(|(done, _)| *done == Stepped::Done);
        let (_, state) = winners.next().unwrap();
        assert_eq!(winners.count(), 0);
        for (stepped, _) in found.iter().filter(|(done, _)| *done != Stepped::Done) {
            assert_eq!(*stepped, Stepped::Elsewhere(*state));
        }
        let events = db.change_events(record.tenant_id, record.id).await;
        assert_eq!(events.unwrap().len(), 3);
    }
}

pub async fn only_the_intent_looks_at_budgets_and_stops(db: Db) {
    two_tenants(&db).await;
    let budget = BudgetCheck {
        from: at(0),
        changes: None,
        orders: None,
        money: None,
    };
    for from in ChangeState::ALL {
        for to in from.next() {
            let step = step(&change(1, 404), *from, *to);
            let looks = [
                ChangeStep {
                    heeds_stops: true,
                    ..step.clone()
                },
                ChangeStep {
                    budget: Some(budget.clone()),
                    ..step
                },
            ];
            for step in looks {
                let stepped = db.step_change(&step).await;
                if (*from, *to) == BEGIN {
                    assert_eq!(stepped.unwrap(), Stepped::Missing);
                } else {
                    let error = stepped.unwrap_err();
                    assert!(matches!(error, StorageError::Failed(_)), "{error:?}");
                }
            }
        }
    }
}

fn stop(tenant: u128, scope: StopScope, target: String) -> WriteStop {
    WriteStop {
        tenant_id: tenant_id(tenant),
        scope,
        target,
        since: at(50),
        by: key_id(1),
        reason: Some("an order went wrong".into()),
    }
}

pub async fn a_deleted_store_keeps_changes_from_beginning(db: Db) {
    two_tenants(&db).await;
    for number in [5, 6] {
        db.add_store(&store(1, number)).await.unwrap();
    }
    assert!(
        db.delete_store(tenant_id(1), store_uid(5), at(50))
            .await
            .unwrap()
    );
    // Let through by somebody who had looked at the store before it was deleted.
    let record = change(1, 1);
    add_in(&db, &record, ChangeState::Approved).await;
    let before = all_of(&db, &record).await;
    let heeding = |record: &ChangeRecord| ChangeStep {
        heeds_stops: true,
        ..step(record, BEGIN.0, BEGIN.1)
    };
    let stepped = db.step_change(&heeding(&record)).await.unwrap();
    assert_eq!(stepped, Stepped::StoreGone);
    assert_eq!(all_of(&db, &record).await, before);
    let elsewhere = ChangeRecord {
        store_id: store_uid(6),
        ..change(1, 2)
    };
    add_in(&db, &elsewhere, ChangeState::Approved).await;
    let stepped = db.step_change(&heeding(&elsewhere)).await.unwrap();
    assert_eq!(stepped, Stepped::Done);
}

pub async fn a_stop_keeps_changes_from_beginning(db: Db) {
    two_tenants(&db).await;
    let (mine, other) = (tenant_id(1).to_string(), store_uid(6).to_string());
    // Another workspace's, another store's, another key's, and one's own id under the wrong scope.
    for apart in [
        stop(2, StopScope::Tenant, tenant_id(2).to_string()),
        stop(2, StopScope::Store, store_uid(5).to_string()),
        stop(1, StopScope::Store, other.clone()),
        stop(1, StopScope::Key, key_id(9).to_string()),
        stop(1, StopScope::Key, store_uid(5).to_string()),
        stop(1, StopScope::Store, key_id(1).to_string()),
    ] {
        db.add_write_stop(&apart).await.unwrap();
    }
    let record = change(1, 1);
    add_in(&db, &record, ChangeState::Approved).await;
    let before = all_of(&db, &record).await;
    let heeding = ChangeStep {
        heeds_stops: true,
        images: vec![image(ImagePart::Before, 9)],
        ..step(&record, BEGIN.0, BEGIN.1)
    };
    let covering = [
        stop(1, StopScope::Key, key_id(1).to_string()),
        stop(1, StopScope::Store, store_uid(5).to_string()),
        stop(1, StopScope::Tenant, mine),
    ];
    // Each alone, then together: the widest is told.
    for stop in &covering {
        db.add_write_stop(stop).await.unwrap();
        let stepped = db.step_change(&heeding).await.unwrap();
        assert_eq!(stepped, Stepped::Stopped(stop.clone()));
        db.remove_write_stop(stop.tenant_id, stop.scope, &stop.target)
            .await
            .unwrap();
    }
    for stop in &covering {
        db.add_write_stop(stop).await.unwrap();
        let stepped = db.step_change(&heeding).await.unwrap();
        assert_eq!(stepped, Stepped::Stopped(stop.clone()));
    }
    assert_eq!(all_of(&db, &record).await, before);
    // A step that does not ask is taken, and so is one after the stops are gone.
    let heedless = change(1, 2);
    add_in(&db, &heedless, ChangeState::Approved).await;
    let step = step(&heedless, BEGIN.0, BEGIN.1);
    assert_eq!(db.step_change(&step).await.unwrap(), Stepped::Done);
    for stop in &covering {
        db.remove_write_stop(stop.tenant_id, stop.scope, &stop.target)
            .await
            .unwrap();
    }
    assert_eq!(db.step_change(&heeding).await.unwrap(), Stepped::Done);
}

pub async fn nothing_begins_after_a_stop_was_told(db: Db) {
    two_tenants(&db).await;
    for round in 0..5 {
        let records: Vec<_> = (0..20).map(|n| change(1, 100 * round + n)).collect();
        for record in &records {
            add_in(&db, record, ChangeState::Approved).await;
        }
        let mut steps = JoinSet::new();
        for record in records {
            let db = Arc::clone(&db);
            steps.spawn(async move {
                let step = ChangeStep {
                    heeds_stops: true,
                    ..step(&record, BEGIN.0, BEGIN.1)
                };
                db.step_change(&step).await.unwrap()
            });
        }
        let stop = stop(1, StopScope::Tenant, tenant_id(1).to_string());
        db.add_write_stop(&stop).await.unwrap();
        let applying = ChangeState::Applying;
        let told = db.count_changes(tenant_id(1), applying).await.unwrap();
        for stepped in steps.join_all().await {
            assert!(matches!(stepped, Stepped::Done | Stepped::Stopped(_)));
        }
        let left = db.count_changes(tenant_id(1), applying).await.unwrap();
        assert_eq!(left, told, "one began after the stop was acknowledged");
        db.remove_write_stop(stop.tenant_id, stop.scope, &stop.target)
            .await
            .unwrap();
    }
}
