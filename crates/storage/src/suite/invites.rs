use orderdesk_mcp_contract::Role;

use super::Db;
use super::sample::{at, invite, invite_id, key_id, member, tenant_id, two_tenants, user, user_id};
use crate::StorageError;
use crate::record::{Acceptance, InviteRecord, UserRecord};

fn acceptance(number: u128) -> Acceptance {
    Acceptance {
        invite: invite_id(number),
        at: at(500),
        user: Some(user(number)),
        member: member(1, number, Role::Operator),
    }
}

pub async fn an_invitation_comes_back_as_it_was(db: Db) {
    two_tenants(&db).await;
    for (number, role) in (1..).zip(Role::ALL) {
        let added = InviteRecord {
            role,
            accepted_at: (number == 2).then(|| at(80)),
            revoked_at: (number == 3).then(|| at(81)),
            ..invite(1, number)
        };
        db.add_invite(&added).await.unwrap();
        assert_eq!(db.invite(added.id).await.unwrap(), Some(added));
    }
    assert_eq!(db.invite(invite_id(404)).await.unwrap(), None);
    let error = db.add_invite(&invite(2, 1)).await.unwrap_err();
    assert!(
        matches!(error, StorageError::Taken { what: "invite" }),
        "{error:?}"
    );
    let error = db.add_invite(&invite(404, 9)).await.unwrap_err();
    assert!(
        matches!(error, StorageError::Gone { what: "tenant" }),
        "{error:?}"
    );
}

pub async fn only_open_ones_are_listed_and_ones_own(db: Db) {
    two_tenants(&db).await;
    for added in [
        invite(1, 1),
        invite(1, 2),
        InviteRecord {
            accepted_at: Some(at(80)),
            ..invite(1, 3)
        },
        InviteRecord {
            revoked_at: Some(at(80)),
            ..invite(1, 4)
        },
        InviteRecord {
            expires_at: at(200),
            ..invite(1, 5)
        },
        invite(2, 6),
    ] {
        db.add_invite(&added).await.unwrap();
    }
    let open = async |tenant, now| {
        let found = db.open_invites(tenant_id(tenant), at(now)).await.unwrap();
        found.iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(open(1, 199).await, [5, 2, 1].map(invite_id), "newest first");
    assert_eq!(open(1, 200).await, [2, 1].map(invite_id));
    assert_eq!(open(2, 200).await, [invite_id(6)]);
    assert_eq!(open(1, 1000).await, []);
}

pub async fn one_is_taken_back_once(db: Db) {
    two_tenants(&db).await;
    db.add_invite(&invite(1, 1)).await.unwrap();
    db.add_invite(&invite(1, 2)).await.unwrap();
    let revoke = async |tenant, number, now| {
        let done = db.revoke_invite(tenant_id(tenant), invite_id(number), at(now));
        done.await.unwrap()
    };
    assert!(!revoke(2, 1, 100).await, "another's");
    assert!(!revoke(1, 404, 100).await);
    assert!(!revoke(1, 2, 1000).await, "it has ended by itself");
    assert!(revoke(1, 1, 100).await);
    assert!(!revoke(1, 1, 101).await);
    let found = db.invite(invite_id(1)).await.unwrap().unwrap();
    assert_eq!(found.revoked_at, Some(at(100)));
    assert!(!db.accept_invite(&acceptance(1)).await.unwrap());
    assert_eq!(db.user(user_id(1)).await.unwrap(), None);
}

pub async fn accepting_gives_a_place_or_nothing(db: Db) {
    two_tenants(&db).await;
    for number in 1..=5 {
        db.add_invite(&invite(1, number)).await.unwrap();
    }
    assert!(db.accept_invite(&acceptance(1)).await.unwrap());
    let found = db.member(key_id(1001)).await.unwrap().unwrap();
    assert_eq!(
        (found.member, found.user),
        (member(1, 1, Role::Operator), user(1))
    );
    assert_eq!(
        db.invite(invite_id(1)).await.unwrap().unwrap().accepted_at,
        Some(at(500))
    );
    let again = Acceptance {
        user: Some(user(9)),
        member: member(1, 9, Role::Owner),
        ..acceptance(1)
    };
    assert!(!db.accept_invite(&again).await.unwrap(), "accepted before");

    let late = Acceptance {
        at: at(1000),
        ..acceptance(2)
    };
    assert!(!db.accept_invite(&late).await.unwrap());

    let anothers = Acceptance {
        member: member(2, 2, Role::Operator),
        ..acceptance(2)
    };
    assert!(
        !db.accept_invite(&anothers).await.unwrap(),
        "another workspace's"
    );

    let same_address = Acceptance {
        user: Some(UserRecord {
            email_key: user(1).email_key,
            ..user(2)
        }),
        ..acceptance(2)
    };
    let error = db.accept_invite(&same_address).await.unwrap_err();
    assert!(
        matches!(error, StorageError::Taken { what: "user_email" }),
        "{error:?}"
    );
    let mut second_place = member(1, 1, Role::Owner);
    second_place.id = key_id(2000);
    let same_person = Acceptance {
        user: None,
        member: second_place,
        ..acceptance(3)
    };
    let error = db.accept_invite(&same_person).await.unwrap_err();
    assert!(
        matches!(
            error,
            StorageError::Taken {
                what: "member_of_user"
            }
        ),
        "{error:?}"
    );
    let nobody = Acceptance {
        user: None,
        ..acceptance(4)
    };
    let error = db.accept_invite(&nobody).await.unwrap_err();
    assert!(
        matches!(error, StorageError::Gone { what: "user" }),
        "{error:?}"
    );
    let open = db.open_invites(tenant_id(1), at(500)).await.unwrap();
    assert_eq!(open.len(), 4, "what came to nothing ended no invitation");
}

pub async fn of_many_who_accept_at_once_one_does(db: Db) {
    two_tenants(&db).await;
    db.add_invite(&invite(1, 1)).await.unwrap();
    let tasks: Vec<_> = (10..20)
        .map(|number| {
            let db = db.clone();
            tokio::spawn(async move {
                let acceptance = Acceptance {
                    invite: invite_id(1),
                    ..acceptance(number)
                };
                db.accept_invite(&acceptance).await.unwrap()
            })
        })
        .collect();
    let mut accepted = 0;
    for task in tasks {
        accepted += usize::from(task.await.unwrap());
    }
    assert_eq!(accepted, 1);
    assert_eq!(db.list_members(tenant_id(1)).await.unwrap().len(), 1);
}

pub async fn an_address_has_one_open_invitation(db: Db) {
    two_tenants(&db).await;
    db.add_invite(&invite(1, 1)).await.unwrap();
    let again = |number: u128, now| InviteRecord {
        email_key: invite(1, 1).email_key,
        created_at: at(now),
        expires_at: at(now + 1000),
        ..invite(1, number)
    };
    let error = db.add_invite(&again(2, 999)).await.unwrap_err();
    assert!(
        matches!(
            error,
            StorageError::Taken {
                what: "invite_email"
            }
        ),
        "{error:?}"
    );
    let elsewhere = InviteRecord {
        email_key: invite(1, 1).email_key,
        ..invite(2, 3)
    };
    db.add_invite(&elsewhere).await.unwrap();
    db.add_invite(&again(4, 1000)).await.unwrap();
    let ended = db.invite(invite_id(1)).await.unwrap().unwrap();
    assert_eq!(ended.revoked_at, Some(at(1000)), "it had run out");
    let done = db.revoke_invite(tenant_id(1), invite_id(4), at(1001));
    assert!(done.await.unwrap());
    db.add_invite(&again(5, 1002)).await.unwrap();
    let left = db.invite(invite_id(3)).await.unwrap().unwrap();
    assert_eq!(left.revoked_at, None, "another workspace's");
}

pub async fn ended_ones_are_removed_oldest_first(db: Db) {
    two_tenants(&db).await;
    for (number, end) in [(1, 300), (2, 200), (3, 400)] {
        let added = InviteRecord {
            expires_at: at(end),
            ..invite(1, number)
        };
        db.add_invite(&added).await.unwrap();
    }
    let remove = async |limit| db.remove_ended_invites(at(400), limit).await.unwrap();
    assert_eq!(remove(1).await, 1);
    assert_eq!(db.invite(invite_id(2)).await.unwrap(), None);
    assert_eq!(remove(100).await, 1);
    let left = db.open_invites(tenant_id(1), at(100)).await.unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].id, invite_id(3));
}
