//! What a key has used, and what keeps it from using more.

use std::sync::Arc;

use orderdesk_mcp_contract::views::change::RecordKind;
use orderdesk_mcp_contract::{ChangeState, KeyId, Money, UtcMillis};
use tokio::task::JoinSet;

use super::Db;
use super::sample::{add_in, at, change, key_id, new_key, step, store_uid, tenant_id, two_tenants};
use crate::record::{BudgetCheck, BudgetUse, ChangeRecord, ChangeStep, ChangeUpdate, Stepped};

const UNLIMITED: BudgetCheck = BudgetCheck {
    from: UtcMillis(0),
    changes: None,
    orders: None,
    money: None,
};

fn money(parts: i64) -> Money {
    Money::from_ten_thousandths(parts)
}

fn used(changes: u32, orders: u32, parts: i64) -> BudgetUse {
    BudgetUse {
        changes,
        orders,
        money: money(parts),
    }
}

/// A change of the first key that moves a total by 10.
fn costing(number: u128) -> ChangeRecord {
    ChangeRecord {
        money: money(10),
        ..change(1, number)
    }
}

async fn begin(db: &Db, record: &ChangeRecord, budget: BudgetCheck) -> Stepped {
    let step = ChangeStep {
        budget: Some(budget),
        ..step(record, ChangeState::Approved, ChangeState::Applying)
    };
    db.step_change(&step).await.unwrap()
}

pub async fn what_may_have_been_written_is_counted(db: Db) {
    two_tenants(&db).await;
    let used_by = async |tenant: u128, key: KeyId, from: UtcMillis| {
        db.budget_use(tenant_id(tenant), key, from).await.unwrap()
    };
    assert_eq!(used_by(1, key_id(1), at(0)).await, BudgetUse::default());
    let (mut number, mut changes) = (0, 0);
    for state in ChangeState::ALL {
        number += 1;
        let record = costing(number);
        add_in(&db, &record, *state).await;
        let stored = db.change(record.tenant_id, record.id).await.unwrap();
        let begun = stored.unwrap().applying_at.is_some();
        if begun && *state != ChangeState::NotApplied {
            changes += 1;
        }
    }
    assert_eq!(changes, 5, "applying, applied, verified, unknown, undone");
    // Refused and in conflict after the write was begun.
    for state in [ChangeState::Refused, ChangeState::Conflict] {
        number += 1;
        let record = costing(number);
        add_in(&db, &record, ChangeState::Applying).await;
        let step = step(&record, ChangeState::Applying, state);
        assert_eq!(db.step_change(&step).await.unwrap(), Stepped::Done);
    }
    let expected = used(5, 5, 50);
    assert_eq!(used_by(1, key_id(1), at(0)).await, expected);
    // The steps were taken at 200.
    assert_eq!(used_by(1, key_id(1), at(200)).await, expected);
    assert_eq!(used_by(1, key_id(1), at(201)).await, BudgetUse::default());
    for (tenant, key) in [(1, key_id(2)), (2, key_id(1)), (2, key_id(2))] {
        assert_eq!(used_by(tenant, key, at(0)).await, BudgetUse::default());
    }
}

pub async fn records_are_counted_once(db: Db) {
    two_tenants(&db).await;
    let record = |number| ChangeRecord {
        record_id: Some("7".into()),
        ..costing(number)
    };
    let records = [
        record(1),
        record(2),
        ChangeRecord {
            record_kind: RecordKind::Product,
            ..record(3)
        },
        ChangeRecord {
            store_id: store_uid(6),
            ..record(4)
        },
        // Two that are only being made are two.
        ChangeRecord {
            record_id: None,
            ..record(5)
        },
        ChangeRecord {
            record_id: None,
            ..record(6)
        },
    ];
    for record in &records {
        add_in(&db, record, ChangeState::Applying).await;
    }
    let total = db.budget_use(tenant_id(1), key_id(1), at(0)).await.unwrap();
    assert_eq!(total, used(6, 5, 60));
    // At the limit, one more change of a known record goes, and one of another does not.
    let at_limit = BudgetCheck {
        orders: Some(5),
        ..UNLIMITED
    };
    let (known, new) = (record(7), costing(8));
    let made = ChangeRecord {
        record_id: None,
        ..costing(9)
    };
    for record in [&known, &new, &made] {
        add_in(&db, record, ChangeState::Approved).await;
    }
    let over = Stepped::OverBudget(used(6, 5, 60));
    assert_eq!(begin(&db, &new, at_limit.clone()).await, over);
    assert_eq!(begin(&db, &made, at_limit.clone()).await, over);
    assert_eq!(begin(&db, &known, at_limit).await, Stepped::Done);
}

pub async fn a_budget_counts_the_change_itself(db: Db) {
    two_tenants(&db).await;
    let first = costing(1);
    add_in(&db, &first, ChangeState::Approved).await;
    let before = db.change_events(first.tenant_id, first.id).await.unwrap();
    for nothing in [
        BudgetCheck {
            changes: Some(0),
            ..UNLIMITED
        },
        BudgetCheck {
            orders: Some(0),
            ..UNLIMITED
        },
        BudgetCheck {
            money: Some(money(9)),
            ..UNLIMITED
        },
    ] {
        let stepped = begin(&db, &first, nothing).await;
        assert_eq!(stepped, Stepped::OverBudget(BudgetUse::default()));
    }
    let stored = db.change(first.tenant_id, first.id).await.unwrap().unwrap();
    assert_eq!(stored.state, ChangeState::Approved);
    assert_eq!(stored.applying_at, None);
    assert_eq!(
        db.change_events(first.tenant_id, first.id).await.unwrap(),
        before
    );
    let exactly = BudgetCheck {
        from: at(200),
        changes: Some(1),
        orders: Some(1),
        money: Some(money(10)),
    };
    assert_eq!(begin(&db, &first, exactly.clone()).await, Stepped::Done);
    let second = costing(2);
    add_in(&db, &second, ChangeState::Approved).await;
    let over = Stepped::OverBudget(used(1, 1, 10));
    for limit in [
        BudgetCheck {
            orders: None,
            money: None,
            ..exactly.clone()
        },
        BudgetCheck {
            changes: None,
            money: None,
            ..exactly.clone()
        },
        BudgetCheck {
            changes: None,
            orders: None,
            money: Some(money(19)),
            ..exactly.clone()
        },
        exactly.clone(),
    ] {
        assert_eq!(begin(&db, &second, limit).await, over);
    }
    // A window that begins later has forgotten the first.
    let later = BudgetCheck {
        from: at(201),
        ..exactly
    };
    assert_eq!(begin(&db, &second, later).await, Stepped::Done);
}

pub async fn the_money_of_the_step_is_counted(db: Db) {
    two_tenants(&db).await;
    let record = costing(1);
    add_in(&db, &record, ChangeState::Approved).await;
    let dearer = ChangeStep {
        budget: Some(BudgetCheck {
            money: Some(money(100)),
            ..UNLIMITED
        }),
        set: ChangeUpdate {
            money: Some(money(101)),
            ..ChangeUpdate::default()
        },
        ..step(&record, ChangeState::Approved, ChangeState::Applying)
    };
    let stepped = db.step_change(&dearer).await.unwrap();
    assert_eq!(stepped, Stepped::OverBudget(BudgetUse::default()));
    let stored = db.change(record.tenant_id, record.id).await.unwrap();
    assert_eq!(stored.unwrap().money, money(10));
}

pub async fn sums_of_money_stop_at_the_end_of_the_range(db: Db) {
    two_tenants(&db).await;
    for number in 1..=5 {
        let record = ChangeRecord {
            money: money(i64::MAX),
            ..change(1, number)
        };
        add_in(&db, &record, ChangeState::Applying).await;
    }
    let total = db.budget_use(tenant_id(1), key_id(1), at(0)).await.unwrap();
    assert_eq!(total, used(5, 5, i64::MAX));
    let more = costing(6);
    add_in(&db, &more, ChangeState::Approved).await;
    let limit = BudgetCheck {
        money: Some(money(i64::MAX - 1)),
        ..UNLIMITED
    };
    assert_eq!(begin(&db, &more, limit).await, Stepped::OverBudget(total));
}

pub async fn fifty_at_once_keep_the_budget(db: Db) {
    two_tenants(&db).await;
    db.add_key(&new_key(1, 11)).await.unwrap();
    let limits = [
        BudgetCheck {
            changes: Some(10),
            ..UNLIMITED
        },
        BudgetCheck {
            orders: Some(10),
            ..UNLIMITED
        },
        BudgetCheck {
            money: Some(money(100)),
            ..UNLIMITED
        },
    ];
    for (round, limit) in (0..).zip(limits) {
        db.add_key(&new_key(1, 100 + round)).await.unwrap();
        let mut steps = JoinSet::new();
        for number in 0..50 {
            // Every tenth is another key's, which has a budget of its own.
            let key = if number % 10 == 9 { 11 } else { 100 + round };
            let record = ChangeRecord {
                key_id: key_id(key),
                ..costing(1000 * round + number)
            };
            add_in(&db, &record, ChangeState::Approved).await;
            let (db, limit) = (Arc::clone(&db), limit.clone());
            steps.spawn(async move { (key, begin(&db, &record, limit).await) });
        }
        let mut begun = 0;
        for (key, stepped) in steps.join_all().await {
            match stepped {
                Stepped::Done if key == 11 => {}
                Stepped::Done => begun += 1,
                Stepped::OverBudget(found) => assert_eq!(found, used(10, 10, 100)),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(begun, 10, "{limit:?}");
        let key = key_id(100 + round);
        let total = db.budget_use(tenant_id(1), key, at(0)).await.unwrap();
        assert_eq!(total, used(10, 10, 100));
    }
}

pub async fn keys_that_took_over_share_the_budget(db: Db) {
    two_tenants(&db).await;
    let chain = [20, 21, 22];
    let mut first = new_key(1, chain[0]);
    first.expires_at = None;
    db.add_key(&first).await.unwrap();
    for pair in chain.windows(2) {
        let mut next = new_key(1, pair[1]);
        next.expires_at = None;
        let replaced = db.replace_key(key_id(pair[0]), &next, at(5000));
        assert!(replaced.await.unwrap());
    }
    let of = |key, number| ChangeRecord {
        key_id: key_id(key),
        ..costing(number)
    };
    for (key, number) in [(20, 1), (22, 2), (1, 3)] {
        add_in(&db, &of(key, number), ChangeState::Applying).await;
    }
    for key in chain {
        let total = db.budget_use(tenant_id(1), key_id(key), at(0)).await;
        assert_eq!(total.unwrap(), used(2, 2, 20), "key {key}");
    }
    let limit = BudgetCheck {
        changes: Some(3),
        ..UNLIMITED
    };
    let (last, over) = (of(21, 4), of(20, 5));
    for record in [&last, &over] {
        add_in(&db, record, ChangeState::Approved).await;
    }
    assert_eq!(begin(&db, &last, limit.clone()).await, Stepped::Done);
    let refused = begin(&db, &over, limit).await;
    assert_eq!(refused, Stepped::OverBudget(used(3, 3, 30)));
}
