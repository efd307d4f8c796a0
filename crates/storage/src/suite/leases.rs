use std::sync::Arc;

use orderdesk_mcp_contract::{ChangeId, ChangeState};
use tokio::task::JoinSet;

use super::Db;
use super::sample::{
    add_in, at, change, change_id, image, step, store_uid, tenant_id, two_tenants,
};
use crate::StorageError;
use crate::record::{ChangeRecord, ChangeStep, ChangeUpdate, ImagePart, Lease, Stepped};

/// Takes the lease of a record in the first workspace's store 5.
async fn take(db: &Db, record: &str, holder: &str, now: i64, until: i64) -> Option<Lease> {
    db.take_lease(
        tenant_id(1),
        store_uid(5),
        record,
        holder,
        at(now),
        at(until),
    )
    .await
    .unwrap()
}

fn lease(record: &str, holder: &str, fence: i64, until: i64) -> Lease {
    Lease {
        tenant_id: tenant_id(1),
        store_id: store_uid(5),
        record: record.into(),
        holder: holder.into(),
        fence,
        until: at(until),
    }
}

pub async fn one_holds_a_lease_until_it_ends(db: Db) {
    two_tenants(&db).await;
    let record = "order:9001";
    let first = take(&db, record, "a", 0, 100).await.unwrap();
    assert_eq!(first, lease(record, "a", 1, 100));
    assert_eq!(take(&db, record, "b", 50, 500).await, None);
    assert_eq!(
        take(&db, record, "b", 100, 500).await,
        None,
        "its last moment"
    );
    // Whoever has it gets it again, with the same fence and the new end, also an earlier one.
    assert_eq!(
        take(&db, record, "a", 60, 300).await,
        Some(lease(record, "a", 1, 300))
    );
    assert_eq!(
        take(&db, record, "a", 70, 200).await,
        Some(lease(record, "a", 1, 200))
    );
    assert_eq!(take(&db, record, "b", 200, 500).await, None);
    assert_eq!(
        take(&db, record, "b", 201, 500).await,
        Some(lease(record, "b", 2, 500))
    );
    assert_eq!(take(&db, record, "a", 300, 900).await, None);
    // One's own that ran out is a new one.
    assert_eq!(
        take(&db, record, "b", 501, 600).await,
        Some(lease(record, "b", 3, 600))
    );
}

pub async fn leases_are_apart(db: Db) {
    two_tenants(&db).await;
    let mine = take(&db, "order:1", "a", 0, 100).await;
    assert!(mine.is_some());
    for record in ["order:2", "product:1", "new:1", "order:1 "] {
        let other = take(&db, record, "b", 0, 100).await;
        assert_eq!(other, Some(lease(record, "b", 1, 100)));
    }
    for (tenant, store) in [(1, 6), (2, 5)] {
        let (tenant, store) = (tenant_id(tenant), store_uid(store));
        let other = db
            .take_lease(tenant, store, "order:1", "b", at(0), at(100))
            .await
            .unwrap()
            .unwrap();
        assert_eq!((other.fence, other.tenant_id), (1, tenant));
        assert_eq!(other.store_id, store);
    }
    let error = db
        .take_lease(tenant_id(3), store_uid(5), "order:1", "b", at(0), at(1))
        .await
        .unwrap_err();
    assert!(
        matches!(error, StorageError::Gone { what: "tenant" }),
        "{error:?}"
    );
    let long = "x".repeat(201);
    for (record, holder) in [("", "a"), ("\0", "a"), (&long, "a"), ("r", ""), ("r", "\0")] {
        let error = db
            .take_lease(tenant_id(1), store_uid(5), record, holder, at(0), at(1))
            .await
            .unwrap_err();
        assert!(matches!(error, StorageError::Failed(_)), "{error:?}");
    }
}

pub async fn a_lease_is_held_for_longer(db: Db) {
    two_tenants(&db).await;
    let record = "order:1";
    let held = take(&db, record, "a", 0, 100).await.unwrap();
    assert!(db.renew_lease(&held, at(200)).await.unwrap());
    assert_eq!(take(&db, record, "b", 150, 900).await, None);
    assert!(
        db.renew_lease(&held, at(150)).await.unwrap(),
        "never for shorter"
    );
    assert_eq!(take(&db, record, "b", 200, 900).await, None);
    // One that ran out and that nobody took meanwhile is held again.
    assert!(db.renew_lease(&held, at(400)).await.unwrap());
    assert_eq!(take(&db, record, "b", 300, 900).await, None);
    for other in [
        lease(record, "b", 1, 400),
        lease(record, "a", 2, 400),
        lease("order:2", "a", 1, 400),
        Lease {
            store_id: store_uid(6),
            ..held.clone()
        },
        Lease {
            tenant_id: tenant_id(2),
            ..held.clone()
        },
    ] {
        assert!(!db.renew_lease(&other, at(999)).await.unwrap(), "{other:?}");
    }
    let next = take(&db, record, "b", 401, 500).await.unwrap();
    assert!(!db.renew_lease(&held, at(999)).await.unwrap(), "lost");
    assert!(db.renew_lease(&next, at(600)).await.unwrap());
}

pub async fn a_lease_that_ended_is_free_and_counts_on(db: Db) {
    two_tenants(&db).await;
    let record = "order:1";
    for round in 1..=3 {
        let held = take(&db, record, "a", 0, 100).await.unwrap();
        assert_eq!(held.fence, round);
        let old = lease(record, "a", round - 1, 100);
        for other in [old, lease(record, "b", round, 100)] {
            db.end_lease(&other).await.unwrap();
            assert_eq!(take(&db, record, "c", 50, 100).await, None);
        }
        db.end_lease(&held).await.unwrap();
        db.end_lease(&held).await.unwrap();
        assert!(!db.renew_lease(&held, at(999)).await.unwrap());
    }
    let next = take(&db, record, "b", 0, 100).await.unwrap();
    assert_eq!(next.fence, 4);
    // The end of one long lost takes nothing from who has it now.
    db.end_lease(&lease(record, "a", 3, 100)).await.unwrap();
    assert_eq!(take(&db, record, "c", 50, 100).await, None);
    db.end_lease(&lease("order:404", "a", 1, 1)).await.unwrap();
}

pub async fn of_many_who_take_at_once_one_does(db: Db) {
    two_tenants(&db).await;
    for round in 0..20 {
        let mut takers = JoinSet::new();
        for taker in 0..8 {
            let db = Arc::clone(&db);
            let (now, until) = (1000 * round, 1000 * round + 500);
            takers.spawn(async move {
                take(&db, "order:1", &format!("{round}-{taker}"), now, until).await
            });
        }
        let mut taken = takers.join_all().await.into_iter().flatten();
        assert_eq!(taken.next().unwrap().fence, round + 1);
        assert_eq!(taken.next(), None);
    }
}

/// An approved change of the order 9001, and a step to begin it under this lease.
async fn approved(db: &Db, number: u128) -> ChangeRecord {
    let record = ChangeRecord {
        record_id: Some("9001".into()),
        ..change(1, number)
    };
    add_in(db, &record, ChangeState::Approved).await;
    record
}

fn under(record: &ChangeRecord, lease: &Lease, millis: i64) -> ChangeStep {
    ChangeStep {
        at: at(millis),
        lease: Some(lease.clone()),
        ..step(record, ChangeState::Approved, ChangeState::Applying)
    }
}

pub async fn a_step_needs_its_lease(db: Db) {
    two_tenants(&db).await;
    let record = approved(&db, 1).await;
    let held = take(&db, "order:9001", "a", 200, 300).await.unwrap();
    let stored = async || db.change(record.tenant_id, record.id).await.unwrap();
    let before = stored().await;
    take(&db, "order:9002", "a", 200, 300).await.unwrap();
    take(&db, "product:9001", "a", 200, 300).await.unwrap();
    let other_new = format!("new:{}", change_id(2));
    take(&db, &other_new, "a", 200, 300).await.unwrap();
    let elsewhere = db
        .take_lease(
            tenant_id(1),
            store_uid(6),
            "order:9001",
            "a",
            at(200),
            at(300),
        )
        .await
        .unwrap()
        .unwrap();
    for lost in [
        lease("order:9001", "b", 1, 300),
        lease("order:9001", "a", 2, 300),
        lease("order:9001", "a", 0, 300),
        // Held, and not of this change's record.
        lease("order:9002", "a", 1, 300),
        lease("product:9001", "a", 1, 300),
        lease(&other_new, "a", 1, 300),
        lease("9001", "a", 1, 300),
        elsewhere,
    ] {
        let step = ChangeStep {
            ends_lease: true,
            images: vec![image(ImagePart::Before, 9)],
            ..under(&record, &lost, 250)
        };
        let stepped = db.step_change(&step).await.unwrap();
        assert_eq!(stepped, Stepped::LeaseLost, "{lost:?}");
        assert_eq!(stored().await, before);
    }
    let late = under(&record, &held, 301);
    assert_eq!(db.step_change(&late).await.unwrap(), Stepped::LeaseLost);
    // What the row says counts, not what the holder remembers.
    assert!(db.renew_lease(&held, at(310)).await.unwrap());
    assert_eq!(db.step_change(&late).await.unwrap(), Stepped::Done);
    assert_eq!(take(&db, "order:9001", "b", 310, 900).await, None, "kept");
}

pub async fn a_step_gives_the_lease_back(db: Db) {
    two_tenants(&db).await;
    let record = approved(&db, 1).await;
    let held = take(&db, "order:9001", "a", 200, 300).await.unwrap();
    let ending = ChangeStep {
        ends_lease: true,
        ..under(&record, &held, 300)
    };
    // A step that is not taken gives nothing back.
    let from_elsewhere = ChangeStep {
        from: ChangeState::Proposed,
        to: ChangeState::Denied,
        ..ending.clone()
    };
    let stepped = db.step_change(&from_elsewhere).await.unwrap();
    assert_eq!(stepped, Stepped::Elsewhere(ChangeState::Approved));
    assert_eq!(take(&db, "order:9001", "b", 250, 900).await, None);
    assert_eq!(db.step_change(&ending).await.unwrap(), Stepped::Done);
    let next = take(&db, "order:9001", "b", 250, 900).await.unwrap();
    assert_eq!(next.fence, 2);
    let next_step = ChangeStep {
        from: ChangeState::Applying,
        to: ChangeState::Applied,
        ..ending
    };
    let stepped = db.step_change(&next_step).await.unwrap();
    assert_eq!(stepped, Stepped::LeaseLost, "the old holder comes late");
}

pub async fn a_record_that_is_made_has_two_names(db: Db) {
    two_tenants(&db).await;
    let record = ChangeRecord {
        record_id: None,
        ..change(1, 1)
    };
    add_in(&db, &record, ChangeState::Approved).await;
    let name = format!("new:{}", record.id);
    let held = take(&db, &name, "a", 200, 300).await.unwrap();
    let begin = under(&record, &held, 200);
    assert_eq!(db.step_change(&begin).await.unwrap(), Stepped::Done);
    let made = ChangeStep {
        from: ChangeState::Applying,
        to: ChangeState::Applied,
        set: ChangeUpdate {
            record_id: Some("555".into()),
            ..ChangeUpdate::default()
        },
        ..begin.clone()
    };
    assert_eq!(db.step_change(&made).await.unwrap(), Stepped::Done);
    let verified = ChangeStep {
        from: ChangeState::Applied,
        to: ChangeState::Verified,
        ends_lease: true,
        ..begin
    };
    assert_eq!(db.step_change(&verified).await.unwrap(), Stepped::Done);
    assert!(take(&db, &name, "b", 200, 300).await.is_some());
}

pub async fn a_change_that_is_applied_is_revised_under_its_lease(db: Db) {
    two_tenants(&db).await;
    let record = approved(&db, 1).await;
    let held = take(&db, "order:9001", "a", 200, 300).await.unwrap();
    let images = [image(ImagePart::Plan, 7), image(ImagePart::Before, 8)];
    let revise = async |lease: &Lease, id: ChangeId, millis: i64| {
        let text = "somebody edited it";
        db.revise_change(lease, id, at(millis), text, "v1-theirs", &images)
            .await
            .unwrap()
    };
    assert!(!revise(&held, record.id, 250).await, "not begun");
    let begin = under(&record, &held, 220);
    assert_eq!(db.step_change(&begin).await.unwrap(), Stepped::Done);
    let stored = async || {
        let (tenant, id) = (record.tenant_id, record.id);
        (
            db.change(tenant, id).await.unwrap().unwrap(),
            db.change_images(tenant, id).await.unwrap(),
            db.change_events(tenant, id).await.unwrap(),
        )
    };
    let before = stored().await;
    assert!(!revise(&held, record.id, 301).await, "it ran out");
    assert!(!revise(&held, change_id(404), 250).await, "no change");
    for lost in [
        lease("order:9001", "b", 1, 300),
        lease("order:9001", "a", 2, 300),
        lease("order:9002", "a", 1, 300),
        Lease {
            tenant_id: tenant_id(2),
            ..held.clone()
        },
    ] {
        assert!(!revise(&lost, record.id, 250).await, "{lost:?}");
    }
    assert_eq!(stored().await, before);
    assert!(revise(&held, record.id, 300).await);
    let (change, found, events) = stored().await;
    let expected = ChangeRecord {
        version_before: Some("v1-theirs".into()),
        ..before.0
    };
    assert_eq!(change, expected);
    assert_eq!(found, images);
    assert_eq!(events.len(), before.2.len() + 1);
    let last = events.last().unwrap();
    assert_eq!((last.at, last.state), (at(300), None));
    assert_eq!(last.text, "somebody edited it");
    let error = db
        .revise_change(&held, record.id, at(250), "t", "\0", &[])
        .await
        .unwrap_err();
    assert!(matches!(error, StorageError::Failed(_)), "{error:?}");
}
