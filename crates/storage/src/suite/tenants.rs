use super::Db;
use super::sample::{at, key_id, new_key, stored, tenant, tenant_id};
use crate::StorageError;

pub async fn a_workspace_comes_with_its_first_key(db: Db) {
    assert_eq!(db.count_tenants().await.unwrap(), 0);
    let mut added = tenant(1);
    added.suspended_at = Some(at(99));
    let key = new_key(1, 1);
    db.add_tenant(&added, &key).await.unwrap();
    assert_eq!(db.tenant(added.id).await.unwrap().as_ref(), Some(&added));
    assert_eq!(
        db.tenant_by_name_key("workspace 1").await.unwrap(),
        Some(added)
    );
    assert_eq!(db.key(key.id).await.unwrap(), Some(stored(&key)));
    assert_eq!(db.count_tenants().await.unwrap(), 1);
}

pub async fn names_are_unique(db: Db) {
    db.add_tenant(&tenant(1), &new_key(1, 1)).await.unwrap();
    let mut second = tenant(2);
    second.name_key = tenant(1).name_key;
    let error = db.add_tenant(&second, &new_key(2, 2)).await.unwrap_err();
    assert!(
        matches!(
            error,
            StorageError::Taken {
                what: "tenant_name"
            }
        ),
        "{error:?}"
    );
    assert_eq!(db.tenant(second.id).await.unwrap(), None);
    assert_eq!(db.key(key_id(2)).await.unwrap(), None);
    assert_eq!(db.count_tenants().await.unwrap(), 1);
}

pub async fn a_taken_key_leaves_no_workspace(db: Db) {
    db.add_tenant(&tenant(1), &new_key(1, 1)).await.unwrap();
    let error = db.add_tenant(&tenant(2), &new_key(2, 1)).await.unwrap_err();
    assert!(
        matches!(error, StorageError::Taken { what: "key_id" }),
        "{error:?}"
    );
    assert_eq!(db.tenant(tenant_id(2)).await.unwrap(), None);
    assert_eq!(db.count_tenants().await.unwrap(), 1);
}

pub async fn unknown_ones_are_not_found(db: Db) {
    assert_eq!(db.tenant(tenant_id(1)).await.unwrap(), None);
    for name in ["", "nobody", "no\0body", "' OR 1=1 --", "%"] {
        assert_eq!(db.tenant_by_name_key(name).await.unwrap(), None, "{name:?}");
    }
}
