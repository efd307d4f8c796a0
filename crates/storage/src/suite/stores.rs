use super::Db;
use super::sample::{at, store, store_uid, tenant_id, two_tenants};
use crate::StorageError;
use crate::record::{SealedBlob, StoreRecord};

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
        assert!(!db.remove_store(tenant, other.id).await.unwrap());
    }
    assert_eq!(db.list_stores(tenant_id(3)).await.unwrap(), []);
    assert!(db.remove_store(tenant_id(1), mine.id).await.unwrap());
    assert!(
        !db.remove_store(tenant_id(1), mine.id).await.unwrap(),
        "removed twice"
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
