use orderdesk_mcp_contract::{Access, Budget, KeyId, KeyKind, KeyPolicy, StopScope};

use super::Db;
use super::sample::{
    at, key_id, new_key, store, store_uid, stored, tenant, tenant_id, two_tenants,
};
use crate::StorageError;
use crate::record::{KeyRecord, WriteStop};

pub async fn a_key_comes_back_as_it_was(db: Db) {
    two_tenants(&db).await;
    let mut number = 10;
    for kind in KeyKind::ALL {
        for access in Access::ALL {
            let mut key = new_key(1, number);
            (key.kind, key.access) = (kind, access);
            key.expires_at = (number % 2 == 0).then_some(at(77));
            db.add_key(&key).await.unwrap();
            assert_eq!(db.key(key.id).await.unwrap(), Some(stored(&key)));
            number += 1;
        }
    }
    assert_eq!(db.key(key_id(999)).await.unwrap(), None);
}

pub async fn ids_are_unique(db: Db) {
    two_tenants(&db).await;
    let error = db.add_key(&new_key(2, 1)).await.unwrap_err();
    assert!(
        matches!(error, StorageError::Taken { what: "key_id" }),
        "{error:?}"
    );
    assert_eq!(
        db.key(key_id(1)).await.unwrap(),
        Some(stored(&new_key(1, 1)))
    );
}

pub async fn a_key_needs_its_workspace(db: Db) {
    let error = db.add_key(&new_key(1, 1)).await.unwrap_err();
    assert!(
        matches!(error, StorageError::Gone { what: "tenant" }),
        "{error:?}"
    );
}

pub async fn lists_are_newest_first_and_ones_own(db: Db) {
    two_tenants(&db).await;
    for (number, created) in [(11, 300), (12, 100), (13, 200)] {
        let mut key = new_key(1, number);
        key.created_at = at(created);
        db.add_key(&key).await.unwrap();
    }
    assert!(
        db.revoke_key(tenant_id(1), key_id(13), at(500))
            .await
            .unwrap()
    );
    let ids = |keys: Vec<KeyRecord>| keys.into_iter().map(|key| key.id).collect::<Vec<_>>();
    assert_eq!(
        ids(db.list_keys(tenant_id(1)).await.unwrap()),
        [11, 13, 12, 1].map(key_id)
    );
    assert_eq!(ids(db.list_keys(tenant_id(2)).await.unwrap()), [key_id(2)]);
    assert_eq!(ids(db.list_keys(tenant_id(3)).await.unwrap()), []);
}

pub async fn revoking_keeps_the_first_date(db: Db) {
    two_tenants(&db).await;
    let revoked = async || db.key(key_id(1)).await.unwrap().unwrap().revoked_at;
    assert!(
        !db.revoke_key(tenant_id(2), key_id(1), at(50))
            .await
            .unwrap(),
        "another's key"
    );
    assert!(
        !db.revoke_key(tenant_id(1), key_id(9), at(50))
            .await
            .unwrap(),
        "no key"
    );
    assert_eq!(revoked().await, None);
    assert!(
        db.revoke_key(tenant_id(1), key_id(1), at(50))
            .await
            .unwrap()
    );
    assert!(
        db.revoke_key(tenant_id(1), key_id(1), at(60))
            .await
            .unwrap()
    );
    assert_eq!(revoked().await, Some(at(50)));
    assert_eq!(db.key(key_id(2)).await.unwrap().unwrap().revoked_at, None);
}

pub async fn the_latest_use_wins(db: Db) {
    two_tenants(&db).await;
    let used = async |number| db.key(key_id(number)).await.unwrap().unwrap().last_used_at;
    db.touch_keys(&[]).await.unwrap();
    db.touch_keys(&[(key_id(404), at(1))]).await.unwrap();
    assert_eq!(used(1).await, None);
    db.touch_keys(&[(key_id(2), at(5)), (key_id(1), at(30)), (key_id(1), at(20))])
        .await
        .unwrap();
    assert_eq!((used(1).await, used(2).await), (Some(at(30)), Some(at(5))));
    db.touch_keys(&[(key_id(1), at(25)), (key_id(2), at(6))])
        .await
        .unwrap();
    assert_eq!((used(1).await, used(2).await), (Some(at(30)), Some(at(6))));
}

pub async fn an_active_store_is_of_the_same_workspace(db: Db) {
    two_tenants(&db).await;
    db.add_store(&store(1, 1)).await.unwrap();
    db.add_store(&store(2, 2)).await.unwrap();
    let active = async || db.key(key_id(1)).await.unwrap().unwrap().active_store;
    let (one, two) = (tenant_id(1), tenant_id(2));
    assert!(
        db.set_active_store(one, key_id(1), Some(store_uid(1)))
            .await
            .unwrap()
    );
    assert_eq!(active().await, Some(store_uid(1)));
    for (tenant, key, store) in [
        (one, key_id(1), Some(store_uid(2))),
        (one, key_id(1), Some(store_uid(404))),
        (one, key_id(2), Some(store_uid(1))),
        (two, key_id(1), Some(store_uid(2))),
        (two, key_id(1), Some(store_uid(1))),
        (two, key_id(1), None),
        (one, key_id(404), None),
    ] {
        assert!(
            !db.set_active_store(tenant, key, store).await.unwrap(),
            "{tenant} {key} {store:?}"
        );
        assert_eq!(active().await, Some(store_uid(1)));
    }
    assert!(db.set_active_store(one, key_id(1), None).await.unwrap());
    assert_eq!(active().await, None);
}

pub async fn a_deleted_store_is_nobodys_active_store(db: Db) {
    two_tenants(&db).await;
    db.add_tenant(&tenant(3), &new_key(3, 3)).await.unwrap();
    for (tenant, number) in [(1, 1), (1, 2), (2, 3)] {
        db.add_store(&store(tenant, number)).await.unwrap();
    }
    db.add_key(&new_key(1, 11)).await.unwrap();
    db.add_key(&new_key(1, 12)).await.unwrap();
    for (tenant, key, store) in [(1, 1, 1), (1, 11, 1), (1, 12, 2), (2, 2, 3)] {
        let (tenant, store) = (tenant_id(tenant), Some(store_uid(store)));
        assert!(
            db.set_active_store(tenant, key_id(key), store)
                .await
                .unwrap()
        );
    }
    assert!(
        db.delete_store(tenant_id(1), store_uid(1), at(60))
            .await
            .unwrap()
    );
    let choose = db.set_active_store(tenant_id(1), key_id(1), Some(store_uid(1)));
    assert!(!choose.await.unwrap(), "nobody can choose it");
    for (key, store) in [
        (1, None),
        (11, None),
        (12, Some(2)),
        (2, Some(3)),
        (3, None),
    ] {
        let found = db.key(key_id(key)).await.unwrap().unwrap();
        assert_eq!(found.active_store, store.map(store_uid), "key {key}");
        assert_eq!(found.revoked_at, None);
    }
}

fn policy(changes: u32) -> KeyPolicy {
    KeyPolicy {
        budget: Budget {
            changes: Some(changes),
            ..Budget::default()
        },
        ..KeyPolicy::default()
    }
}

pub async fn a_key_comes_with_its_policy(db: Db) {
    two_tenants(&db).await;
    let key = new_key(1, 11);
    db.add_limited_key(&key, &policy(5)).await.unwrap();
    assert_eq!(db.key(key.id).await.unwrap(), Some(stored(&key)));
    let found = db.key_policy(tenant_id(1), key.id).await.unwrap();
    assert_eq!(found, Some(policy(5)));
    let again = db.add_limited_key(&new_key(2, 11), &policy(6)).await;
    let again = again.unwrap_err();
    assert!(
        matches!(again, StorageError::Taken { what: "key_id" }),
        "{again:?}"
    );
    let nowhere = db.add_limited_key(&new_key(7, 12), &policy(6)).await;
    let nowhere = nowhere.unwrap_err();
    assert!(
        matches!(nowhere, StorageError::Gone { what: "tenant" }),
        "{nowhere:?}"
    );
    assert_eq!(db.key(key_id(12)).await.unwrap(), None);
}

pub async fn a_new_key_takes_over_once(db: Db) {
    two_tenants(&db).await;
    db.add_store(&store(1, 1)).await.unwrap();
    let tenant = tenant_id(1);
    let mut old = new_key(1, 11);
    old.expires_at = None;
    db.add_limited_key(&old, &policy(5)).await.unwrap();
    assert!(
        db.set_active_store(tenant, old.id, Some(store_uid(1)))
            .await
            .unwrap()
    );
    let stop = |target: KeyId| WriteStop {
        tenant_id: tenant,
        scope: StopScope::Key,
        target: target.to_string(),
        since: at(11),
        by: key_id(1),
        reason: Some("a wrong price".into()),
    };
    db.add_write_stop(&stop(old.id)).await.unwrap();
    let new = new_key(1, 12);
    assert!(db.replace_key(old.id, &new, at(15)).await.unwrap());
    let stops = db.write_stops(tenant).await.unwrap();
    assert_eq!(stops, [stop(old.id), stop(new.id)], "a stop is not lifted");
    let ended = db.key(old.id).await.unwrap().unwrap();
    assert_eq!(
        (ended.expires_at, ended.replaced_by, ended.revoked_at),
        (Some(at(15)), Some(new.id), None)
    );
    let expected = KeyRecord {
        active_store: Some(store_uid(1)),
        ..stored(&new)
    };
    assert_eq!(db.key(new.id).await.unwrap(), Some(expected));
    let found = db.key_policy(tenant, new.id).await.unwrap();
    assert_eq!(found, Some(policy(5)));

    let other = new_key(1, 13);
    assert!(
        !db.replace_key(old.id, &other, at(15)).await.unwrap(),
        "somebody did it already"
    );
    assert_eq!(db.key(other.id).await.unwrap(), None);

    // A stop set after the rotation reaches what took over, and not what it took over from.
    for id in [old.id, new.id] {
        let target = id.to_string();
        assert!(
            db.remove_write_stop(tenant, StopScope::Key, &target)
                .await
                .unwrap()
        );
    }
    db.add_write_stop(&stop(new.id)).await.unwrap();
    assert_eq!(db.write_stops(tenant).await.unwrap(), [stop(new.id)]);
    db.add_write_stop(&stop(old.id)).await.unwrap();
    assert_eq!(
        db.write_stops(tenant).await.unwrap(),
        [stop(old.id), stop(new.id)]
    );

    // One without a policy has none afterwards; an end that is nearer stays.
    let next = new_key(1, 14);
    assert!(db.replace_key(key_id(1), &next, at(500)).await.unwrap());
    assert_eq!(db.key_policy(tenant, next.id).await.unwrap(), None);
    let ended = db.key(key_id(1)).await.unwrap().unwrap();
    assert_eq!(ended.expires_at, Some(at(20)));
}

pub async fn nothing_takes_over_from_what_has_ended(db: Db) {
    two_tenants(&db).await;
    let mut late = new_key(1, 11);
    late.created_at = at(20);
    assert!(
        !db.replace_key(key_id(1), &late, at(30)).await.unwrap(),
        "it has ended"
    );
    db.revoke_key(tenant_id(2), key_id(2), at(12))
        .await
        .unwrap();
    assert!(
        !db.replace_key(key_id(2), &new_key(2, 12), at(30))
            .await
            .unwrap(),
        "it is revoked"
    );
    assert!(
        !db.replace_key(key_id(1), &new_key(2, 13), at(30))
            .await
            .unwrap(),
        "it is another's"
    );
    assert!(
        !db.replace_key(key_id(404), &new_key(1, 14), at(30))
            .await
            .unwrap(),
        "it is not there"
    );
    for number in 11..15 {
        assert_eq!(db.key(key_id(number)).await.unwrap(), None);
    }
    let taken = db.replace_key(key_id(1), &new_key(1, 2), at(30)).await;
    let taken = taken.unwrap_err();
    assert!(
        matches!(taken, StorageError::Taken { what: "key_id" }),
        "{taken:?}"
    );
    let kept = db.key(key_id(1)).await.unwrap().unwrap();
    assert_eq!(kept.replaced_by, None, "all or nothing");
}
