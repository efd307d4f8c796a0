use orderdesk_mcp_contract::{Access, KeyKind};

use super::Db;
use super::sample::{
    at, key_id, new_key, store, store_uid, stored, tenant, tenant_id, two_tenants,
};
use crate::StorageError;

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
    let ids = |keys: Vec<crate::record::KeyRecord>| {
        keys.into_iter().map(|key| key.id).collect::<Vec<_>>()
    };
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

pub async fn a_removed_store_is_nobodys_active_store(db: Db) {
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
    assert!(db.remove_store(tenant_id(1), store_uid(1)).await.unwrap());
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
