use orderdesk_mcp_contract::{ChangeState, Role};

use super::Db;
use super::sample::{
    add_in, at, change, key_id, member, store, store_uid, tenant_id, two_tenants, user,
};
use crate::StorageError;
use crate::record::{ChangeRecord, DeletedStore, SealedBlob, StoreRecord, StoreTies};

pub async fn a_store_comes_back_as_it_was(db: Db) {
    two_tenants(&db).await;
    let mut bare = store(1, 2);
    bare.label = None;
    bare.sealed_api_key = SealedBlob {
        key_version: u32::MAX,
        bytes: Vec::new(),
    };
    for added in [store(1, 1), bare] {
        db.add_store(&added).await.unwrap();
        let (tenant, found) = (added.tenant_id, Some(added.clone()));
        assert_eq!(db.store(tenant, added.id).await.unwrap(), found);
        assert_eq!(
            db.store_by_store_id(tenant, &added.store_id).await.unwrap(),
            found
        );
        assert_eq!(
            db.store_by_name_key(tenant, &added.name_key).await.unwrap(),
            found
        );
    }
    assert_eq!(db.count_stores(tenant_id(1)).await.unwrap(), 2);
}

pub async fn ids_and_names_are_unique_in_a_workspace(db: Db) {
    two_tenants(&db).await;
    db.add_store(&store(1, 1)).await.unwrap();
    let refused = async |store: StoreRecord| match db.add_store(&store).await {
        Err(StorageError::Taken { what }) => what,
        other => panic!("{other:?}"),
    };
    let same_store_id = StoreRecord {
        store_id: store(1, 1).store_id,
        ..store(1, 2)
    };
    assert_eq!(refused(same_store_id).await, "store_id");
    let same_name = StoreRecord {
        name_key: store(1, 1).name_key,
        ..store(1, 2)
    };
    assert_eq!(refused(same_name).await, "store_name");
    let same_row = StoreRecord {
        id: store_uid(1),
        ..store(2, 2)
    };
    assert_eq!(refused(same_row).await, "store");
    assert_eq!(db.list_stores(tenant_id(1)).await.unwrap(), [store(1, 1)]);
    assert_eq!(db.list_stores(tenant_id(2)).await.unwrap(), []);
}

pub async fn workspaces_do_not_see_each_others(db: Db) {
    two_tenants(&db).await;
    // The same shop in both workspaces, under the same name.
    let mine = store(1, 1);
    let theirs = StoreRecord {
        id: store_uid(2),
        tenant_id: tenant_id(2),
        label: None,
        ..store(1, 1)
    };
    db.add_store(&mine).await.unwrap();
    db.add_store(&theirs).await.unwrap();
    for (tenant, own, other) in [
        (tenant_id(1), &mine, &theirs),
        (tenant_id(2), &theirs, &mine),
    ] {
        assert_eq!(db.store(tenant, own.id).await.unwrap().as_ref(), Some(own));
        assert_eq!(db.store(tenant, other.id).await.unwrap(), None);
        let found = db.store_by_store_id(tenant, &own.store_id).await.unwrap();
        assert_eq!(found.as_ref(), Some(own));
        let found = db.store_by_name_key(tenant, &own.name_key).await.unwrap();
        assert_eq!(found.as_ref(), Some(own));
        assert_eq!(
            db.list_stores(tenant).await.unwrap(),
            std::slice::from_ref(own)
        );
        assert_eq!(db.count_stores(tenant).await.unwrap(), 1);
        assert!(!db.delete_store(tenant, other.id, at(50)).await.unwrap());
    }
    assert_eq!(db.list_stores(tenant_id(3)).await.unwrap(), []);
    assert!(
        db.delete_store(tenant_id(1), mine.id, at(50))
            .await
            .unwrap()
    );
    assert!(
        !db.delete_store(tenant_id(1), mine.id, at(51))
            .await
            .unwrap(),
        "deleted twice"
    );
    assert_eq!(db.count_stores(tenant_id(1)).await.unwrap(), 0);
    assert_eq!(
        db.store(tenant_id(2), theirs.id).await.unwrap(),
        Some(theirs)
    );
}

pub async fn a_store_needs_its_workspace(db: Db) {
    let error = db.add_store(&store(1, 1)).await.unwrap_err();
    assert!(
        matches!(error, StorageError::Gone { what: "tenant" }),
        "{error:?}"
    );
}

pub async fn lists_are_by_compared_name(db: Db) {
    two_tenants(&db).await;
    // In order of bytes, whatever language the database server speaks.
    let names = ["10", "9", "_", "a b", "a-b", "ab", "zz", "ä", "日本"];
    for (number, name) in (1..).zip(names.iter().rev()) {
        let mut added = store(1, number);
        added.name_key = (*name).into();
        added.updated_at = at(i64::try_from(number).unwrap());
        db.add_store(&added).await.unwrap();
    }
    let listed = db.list_stores(tenant_id(1)).await.unwrap();
    assert_eq!(
        listed
            .into_iter()
            .map(|store| store.name_key)
            .collect::<Vec<_>>(),
        names
    );
}

pub async fn what_cannot_be_stored_is_not_found(db: Db) {
    two_tenants(&db).await;
    db.add_store(&store(1, 1)).await.unwrap();
    for text in [
        "",
        "\0",
        "10001\0",
        "1000%",
        "' OR '1'='1",
        "SHOP 1",
        "shop 1 ",
    ] {
        assert_eq!(
            db.store_by_store_id(tenant_id(1), text).await.unwrap(),
            None,
            "{text:?}"
        );
        assert_eq!(
            db.store_by_name_key(tenant_id(1), text).await.unwrap(),
            None,
            "{text:?}"
        );
    }
}

pub async fn an_update_needs_what_was_seen(db: Db) {
    two_tenants(&db).await;
    db.add_store(&store(1, 1)).await.unwrap();
    db.add_store(&store(1, 2)).await.unwrap();
    let changed = StoreRecord {
        name: "New".into(),
        name_key: "new".into(),
        label: None,
        sealed_api_key: SealedBlob {
            key_version: 8,
            bytes: vec![7, 7],
        },
        key_fingerprint: "fp-new".into(),
        updated_at: at(90),
        ..store(1, 1)
    };
    assert!(
        !db.update_store(&changed, at(30)).await.unwrap(),
        "somebody else changed it meanwhile"
    );
    assert!(db.update_store(&changed, at(31)).await.unwrap());
    let found = db.store(tenant_id(1), store_uid(1)).await.unwrap();
    assert_eq!(found.as_ref(), Some(&changed));
    let foreign = StoreRecord {
        tenant_id: tenant_id(2),
        ..changed.clone()
    };
    assert!(!db.update_store(&foreign, at(90)).await.unwrap());
    let taken = StoreRecord {
        name_key: store(1, 2).name_key,
        ..changed.clone()
    };
    let refused = db.update_store(&taken, at(90)).await.unwrap_err();
    assert!(
        matches!(refused, StorageError::Taken { what: "store_name" }),
        "{refused:?}"
    );
    db.delete_store(tenant_id(1), store_uid(1), at(95))
        .await
        .unwrap();
    assert!(!db.update_store(&changed, at(90)).await.unwrap());
}

pub async fn a_deleted_store_is_not_there(db: Db) {
    two_tenants(&db).await;
    let tenant = tenant_id(1);
    db.add_store(&store(1, 1)).await.unwrap();
    db.add_store(&store(1, 2)).await.unwrap();
    assert!(db.delete_store(tenant, store_uid(1), at(50)).await.unwrap());
    assert_eq!(db.store(tenant, store_uid(1)).await.unwrap(), None);
    let gone = store(1, 1);
    let by_id = db.store_by_store_id(tenant, &gone.store_id).await.unwrap();
    let by_name = db.store_by_name_key(tenant, &gone.name_key).await.unwrap();
    assert_eq!((by_id, by_name), (None, None));
    assert_eq!(db.list_stores(tenant).await.unwrap(), [store(1, 2)]);
    assert_eq!(db.count_stores(tenant).await.unwrap(), 1);
    let deleted = DeletedStore {
        store: gone.clone(),
        deleted_at: at(50),
    };
    assert_eq!(db.deleted_stores(tenant).await.unwrap(), [deleted]);
    assert_eq!(db.deleted_stores(tenant_id(2)).await.unwrap(), []);
    // Its id and name stay taken.
    for (other, what) in [
        (
            StoreRecord {
                store_id: gone.store_id.clone(),
                ..store(1, 3)
            },
            "store_id",
        ),
        (
            StoreRecord {
                name_key: gone.name_key.clone(),
                ..store(1, 3)
            },
            "store_name",
        ),
    ] {
        match db.add_store(&other).await {
            Err(StorageError::Taken { what: found }) => assert_eq!(found, what),
            other => panic!("{other:?}"),
        }
    }
}

pub async fn a_restored_store_is_as_the_record_says(db: Db) {
    two_tenants(&db).await;
    let (tenant, before) = (tenant_id(1), store(1, 1));
    db.add_store(&before).await.unwrap();
    assert!(!db.restore_store(&before, at(0)).await.unwrap(), "it lives");
    db.delete_store(tenant, before.id, at(50)).await.unwrap();
    let foreign = StoreRecord {
        tenant_id: tenant_id(2),
        ..before.clone()
    };
    assert!(!db.restore_store(&foreign, at(0)).await.unwrap());
    assert!(
        !db.restore_store(&before, at(51)).await.unwrap(),
        "it was deleted before"
    );
    let renewed = StoreRecord {
        name: "New".into(),
        name_key: "new".into(),
        label: None,
        sealed_api_key: SealedBlob {
            key_version: 8,
            bytes: vec![7, 7],
        },
        key_fingerprint: "fp-new".into(),
        updated_at: at(90),
        ..before.clone()
    };
    assert!(db.restore_store(&renewed, at(50)).await.unwrap());
    let found = db.store(tenant, before.id).await.unwrap();
    assert_eq!(found.as_ref(), Some(&renewed));
    assert_eq!(db.deleted_stores(tenant).await.unwrap(), []);
    assert!(!db.restore_store(&renewed, at(0)).await.unwrap());
}

pub async fn what_hangs_on_a_store_is_counted(db: Db) {
    two_tenants(&db).await;
    let tenant = tenant_id(1);
    db.add_store(&store(1, 5)).await.unwrap();
    db.set_active_store(tenant, key_id(1), Some(store_uid(5)))
        .await
        .unwrap();
    let person = member(1, 1, Role::Viewer);
    db.add_person(&user(1), &person).await.unwrap();
    db.set_member_store(tenant, person.id, Some(store_uid(5)))
        .await
        .unwrap();
    for (number, state) in [
        (1, ChangeState::Proposed),
        (2, ChangeState::Approved),
        (3, ChangeState::Applying),
        (4, ChangeState::Unknown),
        (5, ChangeState::Verified),
        (6, ChangeState::Denied),
    ] {
        add_in(&db, &change(1, number), state).await;
    }
    let elsewhere = ChangeRecord {
        store_id: store_uid(6),
        ..change(1, 7)
    };
    add_in(&db, &elsewhere, ChangeState::Proposed).await;
    let expected = StoreTies {
        changes: 6,
        waiting: 1,
        open: 3,
        active: 2,
    };
    let found = db.store_ties(tenant, store_uid(5)).await.unwrap();
    assert_eq!(found, expected);
    assert!(
        !db.delete_store(tenant, store_uid(5), at(300))
            .await
            .unwrap(),
        "it cannot go while changes are open"
    );
    let others = db.store_ties(tenant_id(2), store_uid(5)).await.unwrap();
    assert_eq!(others, StoreTies::default());
}

pub async fn only_old_deletions_are_purged(db: Db) {
    two_tenants(&db).await;
    for (tenant, number, deleted) in [(1, 1, 50), (1, 2, 60), (2, 3, 40), (2, 4, 70)] {
        db.add_store(&store(tenant, number)).await.unwrap();
        db.delete_store(tenant_id(tenant), store_uid(number), at(deleted))
            .await
            .unwrap();
    }
    db.add_store(&store(1, 5)).await.unwrap();
    assert_eq!(db.purge_stores(at(60), 1).await.unwrap(), 1);
    assert_eq!(
        db.deleted_stores(tenant_id(2)).await.unwrap().len(),
        1,
        "the oldest first"
    );
    assert_eq!(db.purge_stores(at(60), 10).await.unwrap(), 1);
    assert_eq!(db.purge_stores(at(60), 10).await.unwrap(), 0);
    let left = db.deleted_stores(tenant_id(1)).await.unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].store.id, store_uid(2));
    // What was purged frees its id and name.
    db.add_store(&store(1, 1)).await.unwrap();
    assert_eq!(db.count_stores(tenant_id(1)).await.unwrap(), 2);
}
