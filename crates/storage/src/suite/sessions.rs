use super::Db;
use super::sample::{at, key_id, session, tenant_id, two_tenants};
use crate::StorageError;
use crate::record::{SealedBlob, SessionRecord};

pub async fn a_session_comes_back_as_it_was(db: Db) {
    two_tenants(&db).await;
    for added in [session(Some(1), 1), session(None, 2)] {
        db.add_session(&added).await.unwrap();
        assert_eq!(
            db.session(&added.id_hash, at(50)).await.unwrap(),
            Some(added)
        );
    }
    for hash in [[9; 32].as_slice(), &[1; 31], &[1; 33], &[]] {
        assert_eq!(db.session(hash, at(50)).await.unwrap(), None);
    }
}

pub async fn hashes_are_unique(db: Db) {
    db.add_session(&session(None, 1)).await.unwrap();
    let error = db.add_session(&session(None, 1)).await.unwrap_err();
    assert!(
        matches!(error, StorageError::Taken { what: "session" }),
        "{error:?}"
    );
    let error = db.add_session(&session(Some(404), 2)).await.unwrap_err();
    assert!(
        matches!(error, StorageError::Gone { what: "tenant" }),
        "{error:?}"
    );
}

pub async fn a_session_ends_after_its_last_millisecond(db: Db) {
    let added = session(None, 1);
    db.add_session(&added).await.unwrap();
    assert!(
        db.session(&added.id_hash, added.expires_at)
            .await
            .unwrap()
            .is_some()
    );
    assert!(
        db.session(&added.id_hash, added.expires_at.plus_millis(1))
            .await
            .unwrap()
            .is_none()
    );
}

pub async fn saving_replaces_what_may_change(db: Db) {
    two_tenants(&db).await;
    let (first, other) = (session(None, 1), session(Some(2), 2));
    db.add_session(&first).await.unwrap();
    db.add_session(&other).await.unwrap();
    let saved = SessionRecord {
        tenant_id: Some(tenant_id(1)),
        actor_id: Some(key_id(77)),
        user_agent: Some("Another browser".into()),
        ip: Some("2001:db8::1".into()),
        sealed_data: SealedBlob {
            key_version: 4,
            bytes: vec![5; 300],
        },
        last_seen_at: at(500),
        expires_at: at(2000),
        ..first.clone()
    };
    // What a save must not change, whatever the caller passes.
    let passed = SessionRecord {
        created_at: at(999),
        public_id: other.public_id,
        ..saved.clone()
    };
    assert!(db.save_session(&passed).await.unwrap());
    assert_eq!(
        db.session(&first.id_hash, at(1500)).await.unwrap(),
        Some(saved)
    );
    assert_eq!(
        db.session(&other.id_hash, at(50)).await.unwrap(),
        Some(other)
    );
    let error = db.save_session(&session(Some(404), 1)).await.unwrap_err();
    assert!(
        matches!(error, StorageError::Gone { what: "tenant" }),
        "{error:?}"
    );
}

pub async fn saving_does_not_bring_back_what_was_removed(db: Db) {
    let added = session(None, 1);
    db.add_session(&added).await.unwrap();
    assert!(db.remove_session(&added.id_hash).await.unwrap());
    assert!(!db.save_session(&added).await.unwrap());
    assert_eq!(db.session(&added.id_hash, at(50)).await.unwrap(), None);
    assert!(
        !db.remove_session(&added.id_hash).await.unwrap(),
        "removed twice"
    );
}

pub async fn somebodys_sessions_are_listed_and_ended(db: Db) {
    two_tenants(&db).await;
    let (one, two) = (tenant_id(1), tenant_id(2));
    for (tenant, number, seen) in [(1, 1, 300), (1, 2, 500), (1, 3, 400), (2, 4, 600)] {
        let mut added = session(Some(tenant), number);
        added.last_seen_at = at(seen);
        db.add_session(&added).await.unwrap();
    }
    let mut ended = session(Some(1), 5);
    ended.expires_at = at(40);
    db.add_session(&ended).await.unwrap();
    db.add_session(&session(None, 6)).await.unwrap();
    let numbers = async |tenant, actor| {
        let found = db.actor_sessions(tenant, actor, at(50)).await.unwrap();
        found.iter().map(|row| row.id_hash[0]).collect::<Vec<_>>()
    };
    assert_eq!(numbers(one, key_id(1)).await, [2, 3, 1], "latest first");
    assert_eq!(numbers(two, key_id(2)).await, [4]);
    assert_eq!(numbers(two, key_id(1)).await, [0; 0]);
    let counts = async |tenant, since| {
        let counts = db.session_counts(tenant, at(50), at(since)).await;
        counts.unwrap()
    };
    assert_eq!(counts(one, 0).await, [(key_id(1), 3)]);
    assert_eq!(counts(one, 400).await, [(key_id(1), 2)]);
    assert_eq!(counts(two, 600).await, [(key_id(2), 1)]);
    assert_eq!(counts(two, 601).await, []);
    let id = session(Some(1), 3).public_id;
    for (tenant, actor) in [(two, key_id(1)), (one, key_id(2)), (two, key_id(2))] {
        assert!(!db.remove_actor_session(tenant, actor, id).await.unwrap());
    }
    assert!(db.remove_actor_session(one, key_id(1), id).await.unwrap());
    assert!(!db.remove_actor_session(one, key_id(1), id).await.unwrap());
    let but = [2; 32];
    let removed = db.remove_actor_sessions(one, key_id(1), Some(&but)).await;
    assert_eq!(removed.unwrap(), 2, "one of them had ended");
    assert_eq!(numbers(one, key_id(1)).await, [2]);
    let removed = db.remove_actor_sessions(one, key_id(1), None).await;
    assert_eq!(removed.unwrap(), 1);
    assert_eq!(numbers(two, key_id(2)).await, [4]);
}

pub async fn removing_a_workspaces_sessions_leaves_the_others(db: Db) {
    two_tenants(&db).await;
    for added in [
        session(Some(1), 1),
        session(Some(1), 2),
        session(Some(2), 3),
        session(None, 4),
    ] {
        db.add_session(&added).await.unwrap();
    }
    assert_eq!(db.remove_tenant_sessions(tenant_id(1)).await.unwrap(), 2);
    assert_eq!(db.remove_tenant_sessions(tenant_id(1)).await.unwrap(), 0);
    for (number, stays) in [(1, false), (2, false), (3, true), (4, true)] {
        let found = db.session(&[number; 32], at(50)).await.unwrap();
        assert_eq!(found.is_some(), stays, "session {number}");
    }
}

pub async fn expired_ones_are_removed_oldest_first(db: Db) {
    for (number, end) in [(1, 300), (2, 100), (3, 200), (4, 401), (5, 400)] {
        let mut added = session(None, number);
        added.expires_at = at(end);
        db.add_session(&added).await.unwrap();
    }
    let left = async || {
        let mut left = Vec::new();
        for number in 1..=5 {
            if db.session(&[number; 32], at(0)).await.unwrap().is_some() {
                left.push(number);
            }
        }
        left
    };
    assert_eq!(db.remove_expired_sessions(at(400), 0).await.unwrap(), 0);
    assert_eq!(db.remove_expired_sessions(at(400), 2).await.unwrap(), 2);
    assert_eq!(left().await, [1, 4, 5]);
    assert_eq!(db.remove_expired_sessions(at(400), 100).await.unwrap(), 1);
    assert_eq!(
        left().await,
        [4, 5],
        "one that ends at this very moment has not ended"
    );
}
