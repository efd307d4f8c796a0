use orderdesk_mcp_contract::Role;

use super::Db;
use super::sample::{at, key_id, member, store, store_uid, tenant_id, two_tenants, user, user_id};
use crate::StorageError;
use crate::record::{MemberChanged, PersonRecord, UserRecord};

async fn add(db: &Db, tenant: u128, number: u128, role: Role) {
    let added = db
        .add_person(&user(number), &member(tenant, number, role))
        .await;
    added.unwrap();
}

async fn found(db: &Db, number: u128) -> PersonRecord {
    db.member(key_id(1000 + number)).await.unwrap().unwrap()
}

fn taken(error: &StorageError) -> &'static str {
    match error {
        StorageError::Taken { what } => what,
        other => panic!("{other:?}"),
    }
}

pub async fn a_person_comes_back_as_they_were(db: Db) {
    two_tenants(&db).await;
    for (number, role) in (1..).zip(Role::ALL) {
        let added = PersonRecord {
            member: member(1, number, role),
            user: user(number),
        };
        db.add_person(&added.user, &added.member).await.unwrap();
        assert_eq!(found(&db, number).await, added);
        assert_eq!(
            db.user(added.user.id).await.unwrap().as_ref(),
            Some(&added.user)
        );
        let by_address = db.user_by_email_key(&added.user.email_key).await.unwrap();
        assert_eq!(by_address, Some(added.user));
    }
    assert_eq!(
        db.member(key_id(1)).await.unwrap(),
        None,
        "a key is no member"
    );
    assert_eq!(db.user(user_id(404)).await.unwrap(), None);
    for nobodys in ["", "no\0body@example.com", "Person1@Example.com", "%"] {
        assert_eq!(
            db.user_by_email_key(nobodys).await.unwrap(),
            None,
            "{nobodys:?}"
        );
    }
}

pub async fn addresses_and_places_are_unique(db: Db) {
    two_tenants(&db).await;
    add(&db, 1, 1, Role::Owner).await;
    let same_address = UserRecord {
        email_key: user(1).email_key,
        ..user(2)
    };
    let error = db
        .add_person(&same_address, &member(1, 2, Role::Viewer))
        .await;
    assert_eq!(taken(&error.unwrap_err()), "user_email");
    let error = db
        .add_person(
            &UserRecord {
                email_key: user(2).email_key,
                ..user(1)
            },
            &member(1, 2, Role::Viewer),
        )
        .await;
    assert_eq!(taken(&error.unwrap_err()), "user");
    let mut same_place = member(1, 2, Role::Viewer);
    same_place.id = member(1, 1, Role::Owner).id;
    let error = db.add_person(&user(2), &same_place).await;
    assert_eq!(taken(&error.unwrap_err()), "member");
    assert_eq!(db.user(user_id(2)).await.unwrap(), None, "both or neither");
}

pub async fn a_place_needs_its_workspace(db: Db) {
    let error = db.add_person(&user(1), &member(1, 1, Role::Owner)).await;
    let error = error.unwrap_err();
    assert!(
        matches!(error, StorageError::Gone { what: "tenant" }),
        "{error:?}"
    );
    assert_eq!(db.user(user_id(1)).await.unwrap(), None, "both or neither");
}

pub async fn members_are_listed_and_ones_own(db: Db) {
    two_tenants(&db).await;
    for (tenant, number) in [(1, 3), (1, 1), (2, 2)] {
        add(&db, tenant, number, Role::Operator).await;
    }
    let done = db
        .set_member_disabled(tenant_id(1), key_id(1003), Role::Operator, Some(at(90)))
        .await;
    assert_eq!(done.unwrap(), MemberChanged::Done);
    let ids = async |tenant| {
        let listed = db.list_members(tenant_id(tenant)).await.unwrap();
        listed.iter().map(|row| row.member.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(1).await, [1001, 1003].map(key_id), "as they joined");
    assert_eq!(ids(2).await, [key_id(1002)]);
    assert_eq!(ids(3).await, []);
}

pub async fn a_person_may_be_in_several_workspaces(db: Db) {
    two_tenants(&db).await;
    add(&db, 2, 1, Role::Owner).await;
    let mut second = super::sample::invite(1, 1);
    second.email_key = user(1).email_key;
    db.add_invite(&second).await.unwrap();
    let mut place = member(1, 1, Role::Viewer);
    place.id = key_id(2000);
    let acceptance = crate::record::Acceptance {
        invite: second.id,
        at: at(80),
        user: None,
        member: place.clone(),
    };
    assert!(db.accept_invite(&acceptance).await.unwrap());
    let places = db.memberships(user_id(1)).await.unwrap();
    let shown: Vec<_> = places
        .iter()
        .map(|place| (place.tenant.name.as_str(), place.member.role))
        .collect();
    assert_eq!(
        shown,
        [("Workspace 1", Role::Viewer), ("Workspace 2", Role::Owner)]
    );
    assert_eq!(places[0].member, place);
    assert_eq!(db.memberships(user_id(2)).await.unwrap(), []);
}

pub async fn names_and_passwords_are_set(db: Db) {
    two_tenants(&db).await;
    add(&db, 1, 1, Role::Owner).await;
    add(&db, 1, 2, Role::Owner).await;
    assert!(
        db.set_user_name(user_id(1), "New \u{1f600} name")
            .await
            .unwrap()
    );
    assert!(
        db.set_user_password(user_id(1), "$argon2id$new")
            .await
            .unwrap()
    );
    db.note_sign_in(user_id(1), at(300)).await.unwrap();
    db.note_sign_in(user_id(1), at(200)).await.unwrap();
    let expected = UserRecord {
        name: "New \u{1f600} name".into(),
        password_hash: "$argon2id$new".into(),
        last_sign_in_at: Some(at(300)),
        ..user(1)
    };
    assert_eq!(db.user(user_id(1)).await.unwrap(), Some(expected));
    assert_eq!(db.user(user_id(2)).await.unwrap(), Some(user(2)));
    for is_one in [true, false] {
        assert!(db.set_instance_admin(user_id(1), is_one).await.unwrap());
        let found = db.user(user_id(1)).await.unwrap().unwrap();
        assert_eq!(found.is_instance_admin, is_one);
    }
    assert!(!db.set_instance_admin(user_id(9), true).await.unwrap());
    assert!(!db.set_user_name(user_id(9), "x").await.unwrap());
    assert!(!db.set_user_password(user_id(9), "x").await.unwrap());
}

pub async fn the_last_owner_stays(db: Db) {
    two_tenants(&db).await;
    let tenant = tenant_id(1);
    for (number, role) in [(1, Role::Owner), (2, Role::Owner), (3, Role::Viewer)] {
        add(&db, 1, number, role).await;
    }
    // Another workspace's owners do not count.
    add(&db, 2, 4, Role::Owner).await;
    let set = async |number: u128, role| {
        let id = key_id(1000 + number);
        let seen = db.member(id).await?.map_or(role, |row| row.member.role);
        db.set_member_role(tenant, id, seen, role).await
    };
    let shut = async |number: u128, at| {
        let id = key_id(1000 + number);
        let seen = found(&db, number).await.member.role;
        db.set_member_disabled(tenant, id, seen, at).await
    };
    assert_eq!(set(1, Role::Admin).await.unwrap(), MemberChanged::Done);
    assert_eq!(set(2, Role::Admin).await.unwrap(), MemberChanged::LastOwner);
    assert_eq!(set(2, Role::Owner).await.unwrap(), MemberChanged::Done);
    assert_eq!(
        shut(2, Some(at(5))).await.unwrap(),
        MemberChanged::LastOwner
    );
    assert_eq!(found(&db, 2).await.member, member(1, 2, Role::Owner));
    // One who is shut out is no owner who can sign in.
    assert_eq!(set(1, Role::Owner).await.unwrap(), MemberChanged::Done);
    assert_eq!(shut(1, Some(at(5))).await.unwrap(), MemberChanged::Done);
    assert_eq!(
        set(2, Role::Viewer).await.unwrap(),
        MemberChanged::LastOwner
    );
    assert_eq!(
        shut(2, Some(at(6))).await.unwrap(),
        MemberChanged::LastOwner
    );
    assert_eq!(set(1, Role::Admin).await.unwrap(), MemberChanged::Done);
    assert_eq!(set(3, Role::Operator).await.unwrap(), MemberChanged::Done);
    assert_eq!(set(4, Role::Viewer).await.unwrap(), MemberChanged::NotThere);
    assert_eq!(shut(4, Some(at(6))).await.unwrap(), MemberChanged::NotThere);
    assert_eq!(
        set(99, Role::Viewer).await.unwrap(),
        MemberChanged::NotThere
    );
    assert_eq!(found(&db, 4).await.member, member(2, 4, Role::Owner));
}

pub async fn of_two_owners_who_step_down_at_once_one_stays(db: Db) {
    two_tenants(&db).await;
    add(&db, 1, 1, Role::Owner).await;
    let mut owner = key_id(1001);
    for number in 2..12 {
        add(&db, 1, number, Role::Owner).await;
        let down = |id| {
            let db = db.clone();
            let set = async move {
                db.set_member_role(tenant_id(1), id, Role::Owner, Role::Viewer)
                    .await
            };
            tokio::spawn(set)
        };
        let (one, two) = (down(owner), down(key_id(1000 + number)));
        let (one, two) = (one.await.unwrap(), two.await.unwrap());
        let listed = db.list_members(tenant_id(1)).await.unwrap();
        let owners: Vec<_> = listed
            .iter()
            .filter(|row| row.member.role == Role::Owner)
            .collect();
        assert_eq!(owners.len(), 1, "{one:?} {two:?}");
        owner = owners[0].member.id;
    }
}

pub async fn shutting_out_keeps_the_first_date(db: Db) {
    two_tenants(&db).await;
    add(&db, 1, 1, Role::Viewer).await;
    let date = async || found(&db, 1).await.member.disabled_at;
    for (at_given, expected) in [
        (Some(at(50)), Some(at(50))),
        (Some(at(60)), Some(at(50))),
        (None, None),
        (None, None),
        (Some(at(70)), Some(at(70))),
    ] {
        let done = db
            .set_member_disabled(tenant_id(1), key_id(1001), Role::Viewer, at_given)
            .await;
        assert_eq!(done.unwrap(), MemberChanged::Done);
        assert_eq!(date().await, expected);
    }
}

pub async fn the_latest_sight_wins(db: Db) {
    two_tenants(&db).await;
    add(&db, 1, 1, Role::Viewer).await;
    add(&db, 2, 2, Role::Viewer).await;
    let seen = async |number| found(&db, number).await.member.last_seen_at;
    db.touch_members(&[]).await.unwrap();
    db.touch_members(&[(key_id(404), at(1))]).await.unwrap();
    assert_eq!(seen(1).await, None);
    let (one, two) = (key_id(1001), key_id(1002));
    db.touch_members(&[(two, at(5)), (one, at(30)), (one, at(20))])
        .await
        .unwrap();
    assert_eq!((seen(1).await, seen(2).await), (Some(at(30)), Some(at(5))));
    db.touch_members(&[(one, at(25)), (two, at(6))])
        .await
        .unwrap();
    assert_eq!((seen(1).await, seen(2).await), (Some(at(30)), Some(at(6))));
}

pub async fn a_members_store_is_of_the_same_workspace(db: Db) {
    two_tenants(&db).await;
    db.add_store(&store(1, 1)).await.unwrap();
    db.add_store(&store(2, 2)).await.unwrap();
    add(&db, 1, 1, Role::Viewer).await;
    let active = async || found(&db, 1).await.member.active_store;
    let (one, two, id) = (tenant_id(1), tenant_id(2), key_id(1001));
    assert!(
        db.set_member_store(one, id, Some(store_uid(1)))
            .await
            .unwrap()
    );
    for (tenant, id, store) in [
        (one, id, Some(store_uid(2))),
        (one, id, Some(store_uid(404))),
        (two, id, Some(store_uid(2))),
        (two, id, None),
        (one, key_id(404), None),
    ] {
        assert!(!db.set_member_store(tenant, id, store).await.unwrap());
        assert_eq!(active().await, Some(store_uid(1)));
    }
    assert!(db.delete_store(one, store_uid(1), at(9)).await.unwrap());
    assert_eq!(active().await, None, "a deleted store is nobody's");
    assert!(
        !db.set_member_store(one, id, Some(store_uid(1)))
            .await
            .unwrap()
    );
}
