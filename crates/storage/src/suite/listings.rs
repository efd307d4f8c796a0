//! What is found when changes are looked for: by those who filter, and by whoever looks after what was left.

use orderdesk_mcp_contract::{ChangeState, KeyId, StoreUid};

use super::Db;
use super::sample::{
    add, add_in, at, change, change_id, key_id, new_change, store_uid, tenant_id, two_tenants,
};
use crate::record::{ChangeFilter, ChangeRecord, OpenChange};

pub async fn lists_go_back_page_by_page(db: Db) {
    two_tenants(&db).await;
    for number in 0..210 {
        add(&db, new_change(change(1, (number * 11) % 210))).await;
    }
    let page = async |before: Option<u128>, limit, states: &[ChangeState]| {
        let filter = ChangeFilter {
            before: before.map(change_id),
            limit,
            states: states.to_vec(),
            ..ChangeFilter::default()
        };
        let listed = db.list_changes(tenant_id(1), &filter).await.unwrap();
        listed.into_iter().map(|c| c.id).collect::<Vec<_>>()
    };
    for states in [&[][..], &[ChangeState::Proposed], ChangeState::ALL] {
        assert_eq!(page(None, 3, states).await, [209, 208, 207].map(change_id));
        assert_eq!(page(Some(207), 2, states).await, [206, 205].map(change_id));
        assert_eq!(page(Some(1), 3, states).await, [change_id(0)]);
        assert_eq!(page(Some(0), 3, states).await, []);
        assert_eq!(page(None, 201, states).await.len(), 201);
        assert_eq!(page(None, 1000, states).await.len(), 201, "the largest");
        assert_eq!(page(None, 0, states).await, []);
    }
}

pub async fn lists_are_filtered(db: Db) {
    two_tenants(&db).await;
    let keys = [key_id(1), key_id(11)];
    let all_states = ChangeState::ALL.iter().copied();
    let mut added = Vec::new();
    for (number, state) in (0..24_usize).zip(all_states.cycle()) {
        let record = ChangeRecord {
            store_id: store_uid(1 + u128::from(number % 2 == 0)),
            record_id: (number % 5 != 0).then(|| format!("{}", number % 5)),
            key_id: keys[number % 3 % 2],
            tool: format!("tool_{}", number % 4),
            ..change(1, u128::try_from(number).unwrap())
        };
        add_in(&db, &record, state).await;
        added.push(record);
    }
    let mut stored = Vec::new();
    for record in added.iter().rev() {
        stored.push(
            db.change(record.tenant_id, record.id)
                .await
                .unwrap()
                .unwrap(),
        );
    }
    let open = [ChangeState::Applying, ChangeState::Unknown];
    let settled = [ChangeState::Verified, ChangeState::Proposed];
    let mut found = 0;
    for states in [&[][..], &[ChangeState::Denied], &open, &settled] {
        for store_id in [None, Some(store_uid(1)), Some(store_uid(9))] {
            for record_id in [None, Some("2"), Some("404")] {
                for key in [None, Some(keys[0]), Some(KeyId::from_parts(1, 1))] {
                    for tool in [None, Some("tool_1"), Some("tool_")] {
                        for before in [None, Some(change_id(15))] {
                            let filter = ChangeFilter {
                                states: states.to_vec(),
                                store_id,
                                record_id: record_id.map(Into::into),
                                key_id: key,
                                tool: tool.map(Into::into),
                                before,
                                limit: 50,
                            };
                            let expected: Vec<_> = stored
                                .iter()
                                .filter(|c| meets(&filter, c))
                                .cloned()
                                .collect();
                            found += expected.len();
                            let listed = db.list_changes(tenant_id(1), &filter).await.unwrap();
                            assert_eq!(listed, expected, "{filter:?}");
                            let theirs = db.list_changes(tenant_id(2), &filter).await.unwrap();
                            assert_eq!(theirs, [], "{filter:?}");
                        }
                    }
                }
            }
        }
    }
    assert!(found > 100, "the filters find something: {found}");
    for text in ["\0", "2\0"] {
        for (record, tool) in [(Some(text), None), (None, Some(text))] {
            let filter = ChangeFilter {
                record_id: record.map(Into::into),
                tool: tool.map(Into::into),
                limit: 50,
                ..ChangeFilter::default()
            };
            assert_eq!(db.list_changes(tenant_id(1), &filter).await.unwrap(), []);
        }
    }
    for state in ChangeState::ALL {
        let count = db.count_changes(tenant_id(1), *state).await.unwrap();
        assert_eq!(count, 2, "{state:?}");
        assert_eq!(db.count_changes(tenant_id(2), *state).await.unwrap(), 0);
    }
}

fn meets(filter: &ChangeFilter, change: &ChangeRecord) -> bool {
    (filter.states.is_empty() || filter.states.contains(&change.state))
        && filter.store_id.is_none_or(|id| id == change.store_id)
        && (filter.record_id.is_none() || filter.record_id == change.record_id)
        && filter.key_id.is_none_or(|id| id == change.key_id)
        && filter.tool.as_ref().is_none_or(|tool| *tool == change.tool)
        && filter.before.is_none_or(|before| change.id < before)
}

pub async fn overdue_proposals_are_found_oldest_first(db: Db) {
    two_tenants(&db).await;
    for (tenant, number, end) in [
        (1, 1, Some(700)),
        (2, 2, Some(500)),
        (1, 3, Some(600)),
        (1, 4, Some(601)),
        (1, 5, None),
    ] {
        let record = ChangeRecord {
            expires_at: end.map(at),
            ..change(tenant, number)
        };
        add(&db, new_change(record)).await;
    }
    let approved = ChangeRecord {
        expires_at: Some(at(1)),
        state: ChangeState::Approved,
        ..change(2, 6)
    };
    add(&db, new_change(approved)).await;
    let overdue = async |now, limit| {
        let found = db.overdue_proposals(at(now), limit).await.unwrap();
        let ids = found.iter().map(|open| {
            assert_eq!(open.state, ChangeState::Proposed);
            (open.tenant_id, open.id)
        });
        ids.collect::<Vec<_>>()
    };
    let (one, two) = (tenant_id(1), tenant_id(2));
    assert_eq!(overdue(499, 10).await, []);
    assert_eq!(
        overdue(600, 10).await,
        [(two, change_id(2)), (one, change_id(3))]
    );
    assert_eq!(overdue(600, 1).await, [(two, change_id(2))]);
    assert_eq!(overdue(9000, 10).await.len(), 4);
    assert_eq!(overdue(9000, 0).await, []);
}

pub async fn what_a_dead_process_left_is_found(db: Db) {
    two_tenants(&db).await;
    // Adding ends at 200; the changes are about an order each.
    for (number, state) in (0..).zip(ChangeState::ALL) {
        add_in(&db, &change(1 + number % 2, number), *state).await;
    }
    let found = async |before, now, limit| {
        let found = db.open_changes(at(before), at(now), limit).await.unwrap();
        for open in &found {
            let stored = db.change(open.tenant_id, open.id).await.unwrap().unwrap();
            assert_eq!(stored.state, open.state);
        }
        found
    };
    assert_eq!(found(200, 200, 50).await, [], "not older than its state");
    let all = found(201, 201, 50).await;
    let mut states: Vec<_> = all.iter().map(|open| open.state).collect();
    states.sort_unstable();
    let expected = [
        ChangeState::Approved,
        ChangeState::Applying,
        ChangeState::Applied,
        ChangeState::Unknown,
    ];
    assert_eq!(states, expected);
    assert_eq!(found(201, 201, 2).await, all[..2]);
    assert_eq!(found(201, 201, 0).await, []);
    for open in &all {
        let number = (0..12)
            .find(|number| change_id(*number) == open.id)
            .unwrap();
        let name = format!("order:{}", 9000 + number);
        let lease = async |store: StoreUid, name: &str| {
            db.take_lease(open.tenant_id, store, name, "a", at(150), at(300))
                .await
                .unwrap()
                .unwrap()
        };
        // Another store's and another record's are no lease of this one.
        lease(store_uid(6), &name).await;
        lease(store_uid(5), &format!("product:{}", 9000 + number)).await;
        assert!(found(201, 201, 50).await.contains(open));
        for name in [name, format!("new:{}", open.id)] {
            let held = lease(store_uid(5), &name).await;
            assert!(!found(201, 300, 50).await.contains(open), "{name}");
            assert!(found(201, 301, 50).await.contains(open), "{name} ran out");
            db.end_lease(&held).await.unwrap();
            assert!(found(201, 201, 50).await.contains(open), "{name} ended");
        }
    }
}

pub async fn the_oldest_is_looked_after_first(db: Db) {
    two_tenants(&db).await;
    for (tenant, number, updated) in [(1, 1, 300), (2, 2, 100), (1, 3, 200), (1, 4, 200)] {
        let record = ChangeRecord {
            state: ChangeState::Approved,
            updated_at: at(updated),
            record_id: None,
            ..change(tenant, number)
        };
        add(&db, new_change(record)).await;
    }
    let open = |tenant, number| OpenChange {
        tenant_id: tenant_id(tenant),
        id: change_id(number),
        state: ChangeState::Approved,
    };
    let found = db.open_changes(at(301), at(301), 50).await.unwrap();
    assert_eq!(found, [open(2, 2), open(1, 3), open(1, 4), open(1, 1)]);
    let found = db.open_changes(at(300), at(301), 2).await.unwrap();
    assert_eq!(found, [open(2, 2), open(1, 3)]);
}
