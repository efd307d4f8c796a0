//! Names of changes: that asking again gives the same one.

use std::sync::Arc;

use orderdesk_mcp_contract::ChangeState;
use tokio::task::JoinSet;

use super::Db;
use super::sample::{
    add, at, change, change_id, go_to, hash, name, new_change, tenant_id, two_tenants,
};
use crate::record::{Added, ChangeKey, ChangeRecord, KnownChange, NewChange};

/// A change of the workspace 1 that was asked for at this time, under these names.
fn named(number: u128, created: i64, keys: &[ChangeKey]) -> NewChange {
    let record = ChangeRecord {
        created_at: at(created),
        ..change(1, number)
    };
    NewChange {
        keys: keys.to_vec(),
        ..new_change(record)
    }
}

/// Which change the name stands for, by its number.
async fn stands_for(db: &Db, key: &ChangeKey, now: i64) -> Option<KnownChange> {
    let known = db.change_by_key(tenant_id(1), &key.hash, at(now)).await;
    known.unwrap()
}

fn known(number: u128, key: &ChangeKey) -> KnownChange {
    KnownChange {
        id: change_id(number),
        request_hash: key.request_hash.clone(),
    }
}

pub async fn a_name_stands_for_its_change(db: Db) {
    two_tenants(&db).await;
    let twice = [name(1), name(2), name(1)];
    add(&db, named(1, 100, &twice)).await;
    for key in [name(1), name(2)] {
        assert_eq!(stands_for(&db, &key, 100).await, Some(known(1, &key)));
        // Another workspace's is another name.
        let theirs = db.change_by_key(tenant_id(2), &key.hash, at(100)).await;
        assert_eq!(theirs.unwrap(), None);
        // What was asked for differs, and that is for the caller to see.
        let other = ChangeKey {
            request_hash: hash(77),
            ..key.clone()
        };
        let added = db.add_change(&named(2, 200, &[other])).await.unwrap();
        assert_eq!(added, Added::Known(known(1, &key)));
    }
    let theirs = NewChange {
        keys: vec![name(1)],
        ..new_change(change(2, 9))
    };
    add(&db, theirs).await;
    for text in ["", "\0", "%", &hash(404), &format!("{}\0", hash(1))] {
        let found = db.change_by_key(tenant_id(1), text, at(100)).await;
        assert_eq!(found.unwrap(), None, "{text:?}");
    }
}

pub async fn the_first_known_name_decides(db: Db) {
    two_tenants(&db).await;
    add(&db, named(1, 100, &[name(1)])).await;
    add(&db, named(2, 100, &[name(2)])).await;
    for (keys, number) in [([name(1), name(2)], 1), ([name(2), name(1)], 2)] {
        let added = db.add_change(&named(3, 100, &keys)).await.unwrap();
        assert_eq!(added, Added::Known(known(number, &keys[0])));
    }
}

pub async fn a_name_that_ran_out_goes_over(db: Db) {
    two_tenants(&db).await;
    add(&db, named(1, 100, &[name(1)])).await;
    let renewed = ChangeKey {
        request_hash: hash(78),
        expires_at: at(2000),
        ..name(1)
    };
    let early = named(2, 999, std::slice::from_ref(&renewed));
    let added = db.add_change(&early).await.unwrap();
    assert_eq!(added, Added::Known(known(1, &name(1))));
    assert_eq!(
        stands_for(&db, &renewed, 999).await,
        Some(known(1, &name(1)))
    );
    assert_eq!(stands_for(&db, &renewed, 1000).await, None);
    add(&db, named(2, 1000, std::slice::from_ref(&renewed))).await;
    assert_eq!(
        stands_for(&db, &renewed, 1000).await,
        Some(known(2, &renewed))
    );
    assert_eq!(stands_for(&db, &renewed, 2000).await, None);
    // The first one is there still.
    let first = db.change(tenant_id(1), change_id(1)).await.unwrap();
    assert_eq!(first.map(|c| c.created_at), Some(at(100)));
}

pub async fn a_name_goes_over_when_its_change_came_to_nothing(db: Db) {
    two_tenants(&db).await;
    for (number, state) in (0..).zip(ChangeState::ALL) {
        let (first, second) = (2 * number + 1, 2 * number + 2);
        let key = name(first);
        let new = named(first, 100, std::slice::from_ref(&key));
        add(&db, new.clone()).await;
        go_to(&db, &new.change, *state).await;
        let free = matches!(
            state,
            ChangeState::Denied
                | ChangeState::Expired
                | ChangeState::Refused
                | ChangeState::Conflict
                | ChangeState::NotApplied
                | ChangeState::Undone
        );
        let found = stands_for(&db, &key, 100).await;
        assert_eq!(found, (!free).then(|| known(first, &key)), "{state:?}");
        let again = named(second, 300, std::slice::from_ref(&key));
        let added = db.add_change(&again).await.unwrap();
        let holder = if free { second } else { first };
        assert_eq!(added == Added::Added, free, "{state:?}");
        assert_eq!(
            stands_for(&db, &key, 300).await,
            Some(known(holder, &key)),
            "{state:?}"
        );
    }
}

/// Adds changes at once and gives the number of the one that was added.
async fn race(db: &Db, adders: Vec<NewChange>) -> ChangeRecord {
    let mut racing = JoinSet::new();
    for new in adders {
        let db = Arc::clone(db);
        racing.spawn(async move { (db.add_change(&new).await.unwrap(), new.change) });
    }
    let (mut added, mut known) = (Vec::new(), Vec::new());
    for (outcome, change) in racing.join_all().await {
        match outcome {
            Added::Added => added.push(change),
            Added::Known(other) => known.push((other, change)),
        }
    }
    assert_eq!(added.len(), 1, "{added:?}");
    let winner = added.remove(0);
    for (other, change) in known {
        assert_eq!(other.id, winner.id);
        assert_eq!(db.change(change.tenant_id, change.id).await.unwrap(), None);
    }
    winner
}

pub async fn of_two_adders_of_one_name_one_is_known(db: Db) {
    two_tenants(&db).await;
    for round in 0..20 {
        let key = name(round);
        let adders = (0..2).map(|at| named(100 * round + at, 100, std::slice::from_ref(&key)));
        race(&db, adders.collect()).await;
    }
}

pub async fn names_in_any_order_do_not_block_each_other(db: Db) {
    two_tenants(&db).await;
    for round in 0..10 {
        let keys = [name(10 * round), name(10 * round + 1), name(10 * round + 2)];
        let adders = (0..8_u128).map(|at| {
            let mut keys = keys.to_vec();
            keys.rotate_left(usize::try_from(at % 3).unwrap());
            named(100 * round + at, 100, &keys)
        });
        let winner = race(&db, adders.collect()).await;
        for key in &keys {
            let found = stands_for(&db, key, 100).await;
            assert_eq!(found.map(|known| known.id), Some(winner.id));
        }
    }
}

pub async fn of_many_who_take_a_name_over_one_does(db: Db) {
    two_tenants(&db).await;
    for round in 0..10 {
        let key = name(round);
        let first = named(1000 * (round + 1), 100, std::slice::from_ref(&key));
        add(&db, first.clone()).await;
        go_to(&db, &first.change, ChangeState::Denied).await;
        let adders = (1..9).map(|at| {
            let number = 1000 * (round + 1) + at;
            named(number, 300, std::slice::from_ref(&key))
        });
        race(&db, adders.collect()).await;
    }
}
