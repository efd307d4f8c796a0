use orderdesk_mcp_contract::views::change::RecordKind;
use orderdesk_mcp_contract::{ChangeState, ErrorCode, Money, TraceId, UtcMillis};

use super::Db;
use super::sample::{
    NOON, add_calls, add_in, apart, at, change, key_id, recorded_at, store_uid, tenant_id, trace,
    two_tenants,
};
use crate::record::{
    CallTotals, ChangeRecord, Door, DurationClass, DurationCount, Impact, SlotTotals, StoreTotals,
    TraceRecord,
};
use crate::row::hour_of;

const HOUR: i64 = 3_600_000;

pub async fn no_calls_are_no_totals(db: Db) {
    two_tenants(&db).await;
    add_calls(&db, &[trace(2, 1)]).await;
    let (tenant, long_ago) = (tenant_id(1), UtcMillis(0));
    assert_eq!(
        db.call_totals(tenant, long_ago).await.unwrap(),
        CallTotals::default()
    );
    assert_eq!(db.slot_totals(tenant, long_ago, HOUR).await.unwrap(), []);
    assert_eq!(db.store_totals(tenant, long_ago).await.unwrap(), []);
}

pub async fn calls_are_counted_by_how_long_they_took(db: Db) {
    two_tenants(&db).await;
    let noon = NOON.0 / HOUR * HOUR;
    let call = |number, hours: i64, duration_us| TraceRecord {
        started_at: UtcMillis(noon + hours * HOUR),
        duration_us,
        ..apart(1, number)
    };
    let longest = i64::MAX;
    add_calls(
        &db,
        &[
            call(1, 0, 0),
            call(2, 0, 1_000),
            call(3, 1, 1_000),
            call(4, 2, longest),
            call(5, -1, 7),
            TraceRecord {
                door: Door::Web,
                ..call(6, 0, 9)
            },
            TraceRecord {
                tenant_id: tenant_id(2),
                ..call(7, 0, 11)
            },
        ],
    )
    .await;
    // More of an hour that is there already, and one call for the second time.
    add_calls(&db, &[call(8, 1, 1_010), call(1, 0, 0)]).await;
    let counted = |hours: i64, duration_us, calls| DurationCount {
        starts_at: UtcMillis(noon + hours * HOUR),
        class: DurationClass::of(duration_us),
        calls,
    };
    let tenant = tenant_id(1);
    let found = db.call_durations(tenant, UtcMillis(noon + 1), HOUR).await;
    let expected = [
        counted(0, 0, 1),
        counted(0, 1_000, 1),
        counted(1, 1_000, 2),
        counted(2, longest, 1),
    ];
    assert_eq!(found.unwrap(), expected);
    let day = 24 * HOUR;
    let of_days = db.call_durations(tenant, UtcMillis(0), day).await.unwrap();
    assert_eq!(of_days.iter().map(|count| count.calls).sum::<u64>(), 6);
    assert!(of_days.iter().all(|count| count.starts_at.0 % day == 0));
    // They stay when calls are thrown away.
    let newer_than_all = TraceId::from_parts(u64::try_from(noon + day).unwrap() * 2, 0);
    db.purge_traces(tenant, newer_than_all, 500).await.unwrap();
    let kept = db
        .call_durations(tenant, UtcMillis(noon), HOUR)
        .await
        .unwrap();
    assert_eq!(kept, expected);
    let totals = db.call_totals(tenant, UtcMillis(noon)).await.unwrap();
    assert_eq!(totals.calls, 5);
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
    add_calls(
        &db,
        &[
            call(1, None, Some(true), at(0)),
            call(2, None, Some(false), at(1)),
            call(3, failed, Some(false), at(2)),
            call(4, failed, None, at(3)),
            call(5, None, None, at(4)),
            // Who hangs up is no fault of anything that failed.
            call(8, Some(ErrorCode::Cancelled), None, at(5)),
            // Just before the hour.
            call(6, failed, Some(true), UtcMillis(hour_of(NOON) - 1)),
            // What people do in the web app and at the command line is no call of a tool.
            through(9, Door::Web),
            through(10, Door::Cli),
            TraceRecord {
                error: failed,
                ..trace(2, 7)
            },
        ],
    )
    .await;
    let expected = CallTotals {
        calls: 6,
        errors: 2,
        cache_hits: 1,
        cache_lookups: 3,
    };
    assert_eq!(db.call_totals(tenant_id(1), NOON).await.unwrap(), expected);
    for door in [Door::Stdio, Door::Console] {
        add_calls(&db, &[through(20 + door as u128, door)]).await;
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
    add_calls(
        &db,
        &[
            call(1, -1, false),
            call(2, 0, true),
            call(3, HOUR - 1, false),
            call(4, 3 * HOUR, true),
            TraceRecord {
                started_at: UtcMillis(noon),
                ..trace(2, 5)
            },
        ],
    )
    .await;
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
        [hour(0, 2, 1), hour(3, 1, 1)]
    );
    assert_eq!(
        db.slot_totals(tenant, UtcMillis(noon + HOUR), HOUR)
            .await
            .unwrap(),
        [hour(3, 1, 1)]
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
        ..apart(1, number)
    };
    add_calls(
        &db,
        &[
            call(1, Some(2), false),
            TraceRecord {
                cache_hit: Some(false),
                ..call(2, Some(1), true)
            },
            TraceRecord {
                cache_hit: Some(false),
                ..call(3, Some(2), true)
            },
            // In one block with the call before: when the block was recorded is what is known of both.
            TraceRecord {
                id: recorded_at(1, 4, 6_900).id,
                ..call(4, None, true)
            },
            TraceRecord {
                store_id: Some(store_uid(1)),
                ..trace(2, 5)
            },
        ],
    )
    .await;
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
    assert_eq!(totals, [store(1, 1, 1, 4_000), store(2, 2, 1, 6_900)]);
    let later = UtcMillis(hour_of(NOON) + HOUR);
    assert_eq!(db.store_totals(tenant, later).await.unwrap(), []);
    // Of calls that are thrown away, only the hour is known.
    let newer_than_all = TraceId::from_parts(1 << 47, 0);
    db.purge_traces(tenant, newer_than_all, 500).await.unwrap();
    let totals = db.store_totals(tenant, NOON).await.unwrap();
    assert_eq!(totals.len(), 2);
    for totals in totals {
        assert_eq!(totals.last_call_at, UtcMillis(hour_of(NOON)));
    }
}

pub async fn the_first_call_of_a_tool_is_remembered(db: Db) {
    two_tenants(&db).await;
    let call = |tenant, number, key: Option<u128>, tool: &str| TraceRecord {
        key_id: key.map(key_id),
        tool: tool.to_owned().into(),
        ..trace(tenant, number)
    };
    let web = TraceRecord {
        door: Door::Web,
        ..call(1, 9, Some(1), "sign_in")
    };
    add_calls(
        &db,
        &[
            call(1, 3, Some(1), "orders_list"),
            call(1, 1, Some(1), "orders_list"),
            call(1, 2, None, "orders_get"),
            call(2, 4, Some(2), "orders_get"),
            web,
        ],
    )
    .await;
    add_calls(
        &db,
        &[
            call(1, 5, Some(1), "orders_list"),
            call(1, 6, Some(1), "orders_delete"),
            call(1, 7, Some(3), "orders_delete"),
        ],
    )
    .await;
    let started = |tenant, number| trace(tenant, number).started_at;
    let first = async |tenant, from, known_before, limit| {
        let first = db.first_calls(tenant_id(tenant), from, known_before, limit);
        let first = first.await.unwrap();
        let told = first
            .into_iter()
            .map(|call| (call.key_id, call.tool, call.at));
        told.collect::<Vec<_>>()
    };
    let told = |number, tool: &str, at| (key_id(number), tool.to_owned(), at);
    let (deleted, listed) = (
        told(1, "orders_delete", started(1, 6)),
        told(1, "orders_list", started(1, 1)),
    );
    let newer = first(1, started(1, 2), started(1, 4), 10).await;
    assert_eq!(
        newer,
        std::slice::from_ref(&deleted),
        "the third key is new itself"
    );
    let all = first(1, UtcMillis(0), started(1, 4), 10).await;
    assert_eq!(all, [listed.clone(), deleted]);
    assert_eq!(first(1, UtcMillis(0), started(1, 4), 1).await, [listed]);
    assert_eq!(first(1, UtcMillis(0), started(1, 1), 10).await, []);
    // Calls that are thrown away are remembered.
    let newer_than_all = TraceId::from_parts(1 << 47, 0);
    let tenant = tenant_id(1);
    db.purge_traces(tenant, newer_than_all, 500).await.unwrap();
    assert_eq!(first(1, UtcMillis(0), started(1, 4), 10).await.len(), 2);
}

pub async fn a_door_once_used_is_remembered(db: Db) {
    two_tenants(&db).await;
    let (one, two) = (tenant_id(1), tenant_id(2));
    assert!(!db.has_call(one, Door::Mcp).await.unwrap());
    add_calls(
        &db,
        &[
            trace(1, 1),
            TraceRecord {
                door: Door::Web,
                ..trace(2, 2)
            },
        ],
    )
    .await;
    add_calls(&db, &[trace(1, 3)]).await;
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
