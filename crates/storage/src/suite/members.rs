//! Members who change while somebody looks, and their sessions.

use orderdesk_mcp_contract::Role;

use super::Db;
use super::sample::{at, key_id, member, session, tenant_id, two_tenants, user};
use crate::record::{MemberChanged, MemberRecord, SessionRecord};

async fn add(db: &Db, tenant: u128, number: u128, role: Role) {
    let added = db
        .add_person(&user(number), &member(tenant, number, role))
        .await;
    added.unwrap();
}

async fn found(db: &Db, number: u128) -> MemberRecord {
    let found = db.member(key_id(1000 + number)).await.unwrap();
    found.unwrap().member
}

pub async fn a_change_needs_the_role_that_was_seen(db: Db) {
    two_tenants(&db).await;
    for number in [1, 3] {
        add(&db, 1, number, Role::Owner).await;
    }
    let (tenant, id) = (tenant_id(1), key_id(1003));
    let changed = db.set_member_role(tenant, id, Role::Viewer, Role::Operator);
    assert_eq!(changed.await.unwrap(), MemberChanged::Meanwhile);
    for at in [Some(at(90)), None] {
        let changed = db.set_member_disabled(tenant, id, Role::Viewer, at);
        assert_eq!(changed.await.unwrap(), MemberChanged::Meanwhile);
    }
    assert_eq!(found(&db, 3).await, member(1, 3, Role::Owner));
    let changed = db.set_member_role(tenant, id, Role::Owner, Role::Operator);
    assert_eq!(changed.await.unwrap(), MemberChanged::Done);
}

pub async fn ending_sessions_counts_for_those_elsewhere(db: Db) {
    two_tenants(&db).await;
    for (tenant, number) in [(1, 1), (1, 3), (2, 5)] {
        add(&db, tenant, number, Role::Viewer).await;
    }
    for (tenant, number, actor) in [(1, 1, 1001), (1, 2, 1001), (1, 3, 1003), (2, 4, 1005)] {
        let added = SessionRecord {
            actor_id: Some(key_id(actor)),
            ..session(Some(tenant), number)
        };
        db.add_session(&added).await.unwrap();
    }
    let end = async |tenant, number: u128, now| {
        let ended = db.end_member_sessions(tenant_id(tenant), key_id(1000 + number), at(now));
        ended.await.unwrap()
    };
    assert!(!end(2, 1, 100).await, "another workspace's");
    assert!(!end(1, 404, 100).await);
    assert_eq!(found(&db, 1).await.sessions_valid_from, None);
    assert!(end(1, 1, 100).await);
    assert!(end(1, 1, 90).await);
    let valid_from = found(&db, 1).await.sessions_valid_from;
    assert_eq!(valid_from, Some(at(100)), "the later one stays");
    let mut left = Vec::new();
    for number in 1..=4 {
        let session = db.session(&[number; 32], at(50)).await.unwrap();
        left.extend(session.map(|_| number));
    }
    assert_eq!(left, [3, 4]);
    assert_eq!(found(&db, 3).await.sessions_valid_from, None);
}

pub async fn shutting_out_ends_sessions_for_good(db: Db) {
    two_tenants(&db).await;
    add(&db, 1, 1, Role::Viewer).await;
    for (given, valid_from) in [(Some(at(80)), 80), (None, 80), (Some(at(95)), 95)] {
        let done = db.set_member_disabled(tenant_id(1), key_id(1001), Role::Viewer, given);
        assert_eq!(done.await.unwrap(), MemberChanged::Done);
        let found = found(&db, 1).await;
        assert_eq!(found.disabled_at, given);
        assert_eq!(found.sessions_valid_from, Some(at(valid_from)));
    }
}
