use orderdesk_mcp_contract::views::change::RecordKind;
use orderdesk_mcp_contract::{ChangeState, ErrorCode, Money, UtcMillis};

use super::Db;
use super::sample::{NOON, add_in, at, change, store_uid, tenant_id, trace, two_tenants};
use crate::record::{CallTotals, ChangeRecord, Door, Impact, SlotTotals, StoreTotals, TraceRecord};

const HOUR: i64 = 3_600_000;

pub async fn no_calls_are_no_totals(db: Db) {
    two_tenants(&db).await;
    db.add_traces(&[trace(2, 1)]).await.unwrap();
    let (tenant, long_ago) = (tenant_id(1), UtcMillis(0));
    assert_eq!(
        db.call_totals(tenant, long_ago).await.unwrap(),
        CallTotals::default()
    );
    assert_eq!(db.slot_totals(tenant, long_ago, HOUR).await.unwrap(), []);
    assert_eq!(db.store_totals(tenant, long_ago).await.unwrap(), []);
}

/// The definition, counted out: the smallest duration that at least so many per cent of the calls do not exceed.
fn percentile(durations: &[i64], per_cent: usize) -> Option<i64> {
    let within = |limit: i64| durations.iter().filter(|d| **d <= limit).count();
    durations
        .iter()
        .copied()
        .filter(|limit| within(*limit) * 100 >= durations.len() * per_cent)
        .min()
}

pub async fn the_percentile_is_the_nearest_rank(db: Db) {
    two_tenants(&db).await;
    let mut durations = Vec::new();
    for number in 0..121_u128 {
        // In no order, with some twice.
        let duration_us = i64::try_from((number * 37) % 101).unwrap() * 1000;
        durations.push(duration_us);
        db.add_traces(&[TraceRecord {
            duration_us,
            ..trace(1, number)
        }])
        .await
        .unwrap();
        let found = db.call_totals(tenant_id(1), NOON).await.unwrap();
        let found = [found.p50_us, found.p95_us, found.p99_us];
        let expected = [50, 95, 99].map(|per_cent| percentile(&durations, per_cent));
        assert_eq!(found, expected, "of {} calls", number + 1);
    }
}

pub async fn calls_are_counted_by_outcome_and_cache(db: Db) {
    two_tenants(&db).await;
    let call = |number, error, cache_hit, started_at| TraceRecord {
        error,
        cache_hit,
        started_at,
        ..trace(1, number)
    };
    let failed = Some(ErrorCode::Invalid);
    let through = |number, door| TraceRecord {
        door,
        ..call(number, failed, Some(true), at(6))
    };
    db.add_traces(&[
        call(1, None, Some(true), at(0)),
        call(2, None, Some(false), at(1)),
        call(3, failed, Some(false), at(2)),
        call(4, failed, None, at(3)),
        call(5, None, None, at(4)),
        // Who hangs up is no fault of anything that failed.
        call(8, Some(ErrorCode::Cancelled), None, at(5)),
        // Just before.
        call(6, failed, Some(true), at(-1)),
        // What people do in the web app and at the command line is no call of a tool.
        through(9, Door::Web),
        through(10, Door::Cli),
        TraceRecord {
            error: failed,
            ..trace(2, 7)
        },
    ])
    .await
    .unwrap();
    let expected = CallTotals {
        calls: 6,
        errors: 2,
        cache_hits: 1,
        cache_lookups: 3,
        p50_us: Some(1500),
        p95_us: Some(1500),
        p99_us: Some(1500),
    };
    assert_eq!(db.call_totals(tenant_id(1), NOON).await.unwrap(), expected);
    for door in [Door::Stdio, Door::Console] {
        db.add_traces(&[through(20 + door as u128, door)])
            .await
            .unwrap();
    }
    let totals = db.call_totals(tenant_id(1), NOON).await.unwrap();
    assert_eq!((totals.calls, totals.errors), (8, 4));
    let slots = db.slot_totals(tenant_id(1), NOON, HOUR).await.unwrap();
    assert_eq!(slots.iter().map(|slot| slot.calls).sum::<u64>(), 8);
    let stores = db.store_totals(tenant_id(1), NOON).await.unwrap();
    assert_eq!(stores.iter().map(|store| store.calls).sum::<u64>(), 8);
}

pub async fn slots_begin_at_their_multiples(db: Db) {
    two_tenants(&db).await;
    let noon = NOON.0 / HOUR * HOUR;
    let call = |number, millis, failed: bool| TraceRecord {
        started_at: UtcMillis(noon + millis),
        error: Some(if failed {
            ErrorCode::Internal
        } else {
            ErrorCode::Cancelled
        }),
        ..trace(1, number)
    };
    db.add_traces(&[
        call(1, -1, false),
        call(2, 0, true),
        call(3, HOUR - 1, false),
        call(4, 3 * HOUR, true),
        TraceRecord {
            started_at: UtcMillis(noon),
            ..trace(2, 5)
        },
    ])
    .await
    .unwrap();
    let hour = |offset: i64, calls, errors| SlotTotals {
        starts_at: UtcMillis(noon + offset * HOUR),
        calls,
        errors,
    };
    let tenant = tenant_id(1);
    assert_eq!(
        db.slot_totals(tenant, UtcMillis(0), HOUR).await.unwrap(),
        [hour(-1, 1, 0), hour(0, 2, 1), hour(3, 1, 1)]
    );
    assert_eq!(
        db.slot_totals(tenant, UtcMillis(noon + 1), HOUR)
            .await
            .unwrap(),
        [hour(0, 1, 0), hour(3, 1, 1)]
    );
}

pub async fn stores_are_told_apart(db: Db) {
    two_tenants(&db).await;
    let call = |number, store: Option<u128>, failed: bool| TraceRecord {
        store_id: store.map(store_uid),
        error: Some(if failed {
            ErrorCode::Conflict
        } else {
            ErrorCode::Cancelled
        }),
        ..trace(1, number)
    };
    db.add_traces(&[
        call(1, Some(2), false),
        TraceRecord {
            cache_hit: Some(false),
            ..call(2, Some(1), true)
        },
        TraceRecord {
            cache_hit: Some(false),
            ..call(3, Some(2), true)
        },
        call(4, None, true),
        TraceRecord {
            store_id: Some(store_uid(1)),
            ..trace(2, 5)
        },
    ])
    .await
    .unwrap();
    let store = |number, calls, errors, last| StoreTotals {
        store_id: store_uid(number),
        calls,
        errors,
        cache_hits: calls - 1,
        cache_lookups: calls,
        last_call_at: at(last),
    };
    let tenant = tenant_id(1);
    let mut totals = db.store_totals(tenant, NOON).await.unwrap();
    totals.sort_by_key(|totals| totals.store_id);
    assert_eq!(totals, [store(1, 1, 1, 2), store(2, 2, 1, 3)]);
    assert_eq!(
        db.store_totals(tenant, at(3)).await.unwrap(),
        [store(2, 1, 1, 3)]
    );
}

pub async fn a_door_once_used_is_remembered(db: Db) {
    two_tenants(&db).await;
    let (one, two) = (tenant_id(1), tenant_id(2));
    assert!(!db.has_call(one, Door::Mcp).await.unwrap());
    db.add_traces(&[
        trace(1, 1),
        TraceRecord {
            door: Door::Web,
            ..trace(2, 2)
        },
    ])
    .await
    .unwrap();
    db.add_traces(&[trace(1, 3)]).await.unwrap();
    for (tenant, door, used) in [
        (one, Door::Mcp, true),
        (one, Door::Web, false),
        (two, Door::Mcp, false),
        (two, Door::Web, true),
        (two, Door::Cli, false),
    ] {
        assert_eq!(
            db.has_call(tenant, door).await.unwrap(),
            used,
            "{tenant} {door:?}"
        );
    }
}

pub async fn what_took_effect_is_added_up_by_store(db: Db) {
    two_tenants(&db).await;
    let of = |number: u128, record: &str, money| ChangeRecord {
        record_id: Some(record.into()),
        money: Money::from_ten_thousandths(money),
        ..change(1, number)
    };
    for (change, state) in [
        (of(1, "9001", 100), ChangeState::Verified),
        (of(2, "9001", 20), ChangeState::Undone),
        (of(3, "9002", i64::MAX), ChangeState::Verified),
        // Nothing came of these, or nobody knows yet.
        (of(4, "9003", 1), ChangeState::Proposed),
        (of(5, "9004", 1), ChangeState::Conflict),
        (of(6, "9005", 1), ChangeState::Unknown),
    ] {
        add_in(&db, &change, state).await;
    }
    let product = ChangeRecord {
        record_kind: RecordKind::Product,
        store_id: store_uid(6),
        ..of(7, "9001", 0)
    };
    add_in(&db, &product, ChangeState::Verified).await;
    add_in(&db, &change(2, 8), ChangeState::Verified).await;
    let expected = [
        Impact {
            store_id: store_uid(5),
            changes: 3,
            orders: 2,
            money: Money::from_ten_thousandths(i64::MAX),
            undone: 1,
        },
        Impact {
            store_id: store_uid(6),
            changes: 1,
            orders: 0,
            money: Money::ZERO,
            undone: 0,
        },
    ];
    // The steps to them were taken at 200.
    assert_eq!(db.impact(tenant_id(1), at(200)).await.unwrap(), expected);
    assert_eq!(db.impact(tenant_id(1), at(201)).await.unwrap(), []);
}
