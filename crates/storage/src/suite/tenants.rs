use super::Db;
use orderdesk_mcp_contract::{ChangeState, Role};

use super::sample::{
    add_calls, add_in, apart, at, change, invite, key_id, member, new_key, step, store, stored,
    tenant, tenant_id, trace, two_tenants, user, user_id,
};
use crate::StorageError;
use crate::record::{
    Acceptance, Door, InviteRecord, MemberRecord, NewKey, Stepped, TenantRemoval, TraceFilter,
    TraceRecord, UserRecord,
};

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

pub async fn figures_count_what_is_ones_own(db: Db) {
    two_tenants(&db).await;
    db.add_store(&store(1, 1)).await.unwrap();
    db.add_store(&store(1, 2)).await.unwrap();
    db.add_key(&new_key(1, 11)).await.unwrap();
    assert!(
        db.revoke_key(tenant_id(1), key_id(11), at(5))
            .await
            .unwrap()
    );
    db.add_store(&store(1, 3)).await.unwrap();
    let deleted = db.delete_store(tenant_id(1), store(1, 3).id, at(5)).await;
    assert!(deleted.unwrap());
    for (number, ends) in [(12, 15), (13, 16)] {
        let ending = NewKey {
            expires_at: Some(at(ends)),
            ..new_key(1, number)
        };
        db.add_key(&ending).await.unwrap();
    }
    for number in [1, 2] {
        let (user, member) = (user(number), member(1, number, Role::Owner));
        db.add_person(&user, &member).await.unwrap();
    }
    let shut = db.set_member_disabled(tenant_id(1), key_id(1002), Role::Owner, Some(at(9)));
    shut.await.unwrap();
    db.touch_keys(&[(key_id(1), at(300))]).await.unwrap();
    db.touch_members(&[(key_id(1001), at(400))]).await.unwrap();
    // Calls of tools count, of whole hours.
    let before_the_hour = TraceRecord {
        started_at: at(-1),
        ..trace(1, 1)
    };
    let in_the_app = TraceRecord {
        door: Door::Web,
        ..trace(1, 2)
    };
    let calls = [before_the_hour, in_the_app, trace(1, 3), trace(1, 4)];
    add_calls(&db, &calls).await;
    let found = db.list_tenants(at(3), at(15)).await.unwrap();
    let shown: Vec<_> = found
        .iter()
        .map(|row| {
            let name = row.tenant.name.as_str();
            let figures = (row.stores, row.keys, row.people, row.calls);
            (name, figures, row.last_active_at)
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("Workspace 1", (2, 2, 1, 2), Some(at(400))),
            ("Workspace 2", (0, 1, 0, 0), None)
        ]
    );
}

pub async fn a_workspace_is_renamed(db: Db) {
    two_tenants(&db).await;
    let rename = async |number, name: &str| {
        let name_key = name.to_lowercase();
        db.rename_tenant(tenant_id(number), name, &name_key).await
    };
    assert!(rename(1, "North").await.unwrap());
    let renamed = db.tenant_by_name_key("north").await.unwrap().unwrap();
    assert_eq!((renamed.id, renamed.name.as_str()), (tenant_id(1), "North"));
    assert_eq!(db.tenant_by_name_key("workspace 1").await.unwrap(), None);
    assert!(rename(1, "NORTH").await.unwrap());
    assert!(matches!(
        rename(2, "north").await,
        Err(StorageError::Taken {
            what: "tenant_name"
        })
    ));
    assert!(!rename(404, "Nobody").await.unwrap());
}

pub async fn suspending_keeps_the_first_date(db: Db) {
    two_tenants(&db).await;
    let date = async |number| {
        let found = db.tenant(tenant_id(number)).await.unwrap();
        found.unwrap().suspended_at
    };
    for (given, expected) in [
        (Some(at(50)), Some(at(50))),
        (Some(at(60)), Some(at(50))),
        (None, None),
        (Some(at(70)), Some(at(70))),
    ] {
        assert!(db.set_tenant_suspended(tenant_id(1), given).await.unwrap());
        assert_eq!(date(1).await, expected);
    }
    assert_eq!(date(2).await, None);
    assert!(
        !db.set_tenant_suspended(tenant_id(404), Some(at(1)))
            .await
            .unwrap()
    );
}

pub async fn a_workspace_goes_with_all_that_is_its_own(db: Db) {
    two_tenants(&db).await;
    let (gone, kept) = (tenant_id(1), tenant_id(2));
    assert_eq!(
        db.remove_tenant(tenant_id(404), 9).await.unwrap(),
        TenantRemoval::NotThere
    );
    db.add_store(&store(1, 5)).await.unwrap();
    db.add_store(&store(2, 6)).await.unwrap();
    // One is here only, one elsewhere too, one looks after the server.
    for number in [1, 2] {
        let member = member(1, number, Role::Owner);
        db.add_person(&user(number), &member).await.unwrap();
    }
    let root = UserRecord {
        is_instance_admin: true,
        ..user(3)
    };
    db.add_person(&root, &member(1, 3, Role::Viewer))
        .await
        .unwrap();
    let invite = InviteRecord {
        email_key: user(2).email_key,
        ..invite(2, 1)
    };
    db.add_invite(&invite).await.unwrap();
    let elsewhere = Acceptance {
        invite: invite.id,
        at: at(80),
        user: None,
        member: MemberRecord {
            id: key_id(1102),
            ..member(2, 2, Role::Viewer)
        },
    };
    assert!(db.accept_invite(&elsewhere).await.unwrap());
    let calls: Vec<_> = (1..=5).map(|number| apart(1, number)).collect();
    add_calls(&db, &calls).await;
    add_calls(&db, &[trace(2, 6)]).await;
    let open = change(1, 1);
    add_in(&db, &open, ChangeState::Applying).await;

    let remove = async || db.remove_tenant(gone, 2).await.unwrap();
    assert_eq!(remove().await, TenantRemoval::InUse);
    db.set_tenant_suspended(gone, Some(at(50))).await.unwrap();
    assert_eq!(remove().await, TenantRemoval::HasOpenChanges);
    let refused = step(&open, ChangeState::Applying, ChangeState::NotApplied);
    assert_eq!(db.step_change(&refused).await.unwrap(), Stepped::Done);
    // First the nine things that each of five blocks is found by, twenty at once, then two blocks at once, and last what their
    // calls add up to, by the hour and by one thing at a time.
    for _ in 0..3 + 3 + 1 + 1 {
        assert_eq!(remove().await, TenantRemoval::Going);
        assert!(db.tenant(gone).await.unwrap().is_some());
    }
    assert_eq!(remove().await, TenantRemoval::Gone);
    assert_eq!(remove().await, TenantRemoval::NotThere);

    assert_eq!(db.tenant(gone).await.unwrap(), None);
    assert_eq!(db.change(gone, open.id).await.unwrap(), None);
    assert_eq!(db.list_stores(gone).await.unwrap(), []);
    let known = async |number| db.user(user_id(number)).await.unwrap().is_some();
    assert_eq!(
        (known(1).await, known(2).await, known(3).await),
        (false, true, true)
    );
    assert_eq!(db.list_stores(kept).await.unwrap(), [store(2, 6)]);
    assert_eq!(db.list_members(kept).await.unwrap().len(), 1);
    let all = TraceFilter {
        limit: 9,
        ..TraceFilter::default()
    };
    assert_eq!(db.list_traces(kept, &all).await.unwrap().len(), 1);
}
