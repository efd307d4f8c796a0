use orderdesk_mcp_contract::UtcMillis;

use super::Db;
use super::sample::{NOON, add_calls, at, tenant_id, trace, two_tenants};
use super::searches::{MINUTE, call, many_calls, minute_id, only, passes, searches, ungrouped};
use crate::record::{
    Margin, NewestCalls, SLOWER_THAN_MS, SlotTotals, TenantRemoval, TraceGroup, TraceMargin,
    TraceMargins, TraceRecord, TraceSearch, TraceSums,
};

const HOUR: i64 = 3_600_000;
/// As many as a search can name.
const ALL: u32 = 6;

/// The group that a call counts in.
fn group(trace: &TraceRecord) -> TraceGroup {
    TraceGroup {
        tool: trace.tool.to_string(),
        store_id: trace.store_id,
        key_id: trace.key_id,
        door: trace.door,
        error: trace.error,
        cached: trace.cache_hit,
        calls: 1,
        slower: SLOWER_THAN_MS.map(|ms| u64::from(trace.duration_us > i64::from(ms) * 1000)),
    }
}

fn sort_key(group: &TraceGroup) -> String {
    let mut group = group.clone();
    (group.calls, group.slower) = (0, [0; SLOWER_THAN_MS.len()]);
    format!("{group:?}")
}

/// Counts, written out.
fn counted<'a>(traces: impl IntoIterator<Item = &'a TraceRecord>) -> Vec<TraceGroup> {
    let mut groups: Vec<TraceGroup> = Vec::new();
    for one in traces.into_iter().map(group) {
        let Some(known) = groups
            .iter_mut()
            .find(|known| sort_key(known) == sort_key(&one))
        else {
            groups.push(one);
            continue;
        };
        known.calls += 1;
        for (sum, more) in known.slower.iter_mut().zip(one.slower) {
            *sum += more;
        }
    }
    groups.sort_by_key(sort_key);
    groups
}

fn slots<'a>(traces: impl IntoIterator<Item = &'a TraceRecord>, slot_ms: i64) -> Vec<SlotTotals> {
    let mut slots: Vec<SlotTotals> = Vec::new();
    let mut traces: Vec<_> = traces.into_iter().collect();
    traces.sort_by_key(|trace| trace.started_at);
    for trace in traces {
        let starts_at = UtcMillis(trace.started_at.0 / slot_ms * slot_ms);
        if slots.last().is_none_or(|slot| slot.starts_at != starts_at) {
            slots.push(SlotTotals {
                starts_at,
                calls: 0,
                errors: 0,
            });
        }
        let slot = slots.last_mut().unwrap();
        slot.calls += 1;
        let is_error = trace.error.is_some_and(|code| code.as_str() != "cancelled");
        slot.errors += u64::from(is_error);
    }
    slots
}

fn sorted(mut sums: TraceSums) -> TraceSums {
    sums.groups.sort_by_key(sort_key);
    sums
}

/// How many of the fields that groups are counted by a call misses.
fn misses(search: &TraceSearch, call: &TraceRecord) -> u32 {
    let all = TraceSearch::default();
    let alone = |one: TraceSearch| u32::from(!passes(&one, call));
    alone(TraceSearch {
        tools: search.tools.clone(),
        ..all.clone()
    }) + alone(TraceSearch {
        stores: search.stores.clone(),
        ..all.clone()
    }) + alone(TraceSearch {
        keys: search.keys.clone(),
        ..all.clone()
    }) + alone(TraceSearch {
        doors: search.doors.clone(),
        ..all.clone()
    }) + alone(TraceSearch {
        outcomes: search.outcomes.clone(),
        ..all.clone()
    }) + alone(TraceSearch {
        cached: search.cached.clone(),
        ..all
    })
}

pub async fn calls_are_counted_one_by_one(db: Db) {
    let calls = many_calls(&db).await;
    count_one_by_one(&db, MINUTE, &calls).await;
}

pub(super) async fn count_one_by_one(db: &Db, apart: i64, calls: &[TraceRecord]) {
    let slot_ms = apart * 60;
    for search in searches(apart) {
        let newest = db.newest_traces(tenant_id(1), &search).await.unwrap();
        assert_eq!(newest.looked_at, None, "{search:?}");
        let sums = newest.sums(&search, slot_ms);
        let grouped = ungrouped(&search);
        let expected = TraceSums {
            groups: counted(calls.iter().filter(|call| passes(&grouped, call))),
            slots: slots(calls.iter().filter(|call| passes(&search, call)), slot_ms),
            ..TraceSums::default()
        };
        assert_eq!(sorted(sums), expected, "{search:?}");
    }
}

pub async fn of_too_many_the_newest_are_counted(db: Db) {
    let calls = many_calls(&db).await;
    count_newest(&db, MINUTE, &calls).await;
}

pub(super) async fn count_newest(db: &Db, apart: i64, calls: &[TraceRecord]) {
    let search = TraceSearch {
        tools: only(["orders_get".to_owned()]),
        look_at: 40,
        ..TraceSearch::default()
    };
    let newest = &calls[calls.len() - 40..];
    let found = db.newest_traces(tenant_id(1), &search).await.unwrap();
    assert_eq!(found.looked_at, Some((40, newest[0].id)));
    let sums = found.sums(&search, apart);
    assert_eq!(sorted(sums.clone()).groups, counted(newest));
    let passing = newest.iter().filter(|call| passes(&search, call));
    assert_eq!(sums.slots, slots(passing, apart));
    // As many as are looked at are all of them.
    let search = TraceSearch {
        look_at: u32::try_from(calls.len()).unwrap(),
        ..search
    };
    let found = db.newest_traces(tenant_id(1), &search).await.unwrap();
    assert_eq!(found.looked_at, None);
    assert_eq!(sorted(found.sums(&search, apart)).groups, counted(calls));
    // They come newest first, with what they are counted by.
    let bare = calls.iter().rev().map(|call| TraceRecord {
        request_id: None,
        traceparent: None,
        words: Vec::new(),
        spans: Vec::new(),
        ..call.clone()
    });
    assert_eq!(found.calls, bare.collect::<Vec<_>>());
}

pub async fn hours_add_up_what_began_in_them(db: Db) {
    let calls = many_calls(&db).await;
    for search in searches(MINUTE) {
        for (from, until) in [
            (0, i64::MAX),
            (NOON.0 + HOUR, NOON.0 + 3 * HOUR),
            (NOON.0 + 1, NOON.0 + HOUR + 1),
        ] {
            let search = TraceSearch {
                from: UtcMillis(from),
                until: UtcMillis(until),
                orders: TraceSearch::default().orders,
                clients: TraceSearch::default().clients,
                words: TraceSearch::default().words,
                change: None,
                duration_us: (0, i64::MAX),
                ..search.clone()
            };
            let begins = |hour: i64| hour >= from && hour < until;
            let in_hours = |call: &&TraceRecord| begins(call.started_at.0 / HOUR * HOUR);
            let anywhen = TraceSearch {
                from: UtcMillis(0),
                until: UtcMillis(i64::MAX),
                ..search.clone()
            };
            let passing = calls
                .iter()
                .filter(in_hours)
                .filter(|call| passes(&anywhen, call));
            let slots = slots(passing, 2 * HOUR);
            for most in [0, 1, ALL] {
                let near = |call: &&TraceRecord| misses(&search, call) <= most;
                let expected = TraceSums {
                    groups: counted(calls.iter().filter(in_hours).filter(near)),
                    slots: slots.clone(),
                    ..TraceSums::default()
                };
                let sums = db.count_trace_hours(tenant_id(1), &search, most, 2 * HOUR);
                assert_eq!(sorted(sums.await.unwrap()), expected, "{most} {search:?}");
            }
        }
    }
}

/// The margins that calls count in, written out.
fn margins<'a>(traces: impl IntoIterator<Item = &'a TraceRecord>) -> Vec<TraceMargin> {
    let mut margins: Vec<TraceMargin> = Vec::new();
    for trace in traces {
        let one = group(trace);
        for of in [
            Margin::All,
            Margin::Tool(one.tool.clone()),
            Margin::Store(one.store_id),
            Margin::Key(one.key_id),
            Margin::Outcome(one.error),
        ] {
            let known = margins
                .iter()
                .position(|known| known.of == of && known.door == one.door);
            let place = known.unwrap_or_else(|| {
                margins.push(TraceMargin {
                    of,
                    door: one.door,
                    calls: 0,
                    cache_lookups: 0,
                    cache_hits: 0,
                    slower: [0; SLOWER_THAN_MS.len()],
                });
                margins.len() - 1
            });
            let margin = &mut margins[place];
            margin.calls += 1;
            margin.cache_lookups += u64::from(one.cached.is_some());
            margin.cache_hits += u64::from(one.cached == Some(true));
            for (sum, more) in margin.slower.iter_mut().zip(one.slower) {
                *sum += more;
            }
        }
    }
    margins.sort_by_key(|margin| format!("{:?} {:?}", margin.of, margin.door));
    margins
}

pub async fn margins_count_by_one_thing_at_a_time(db: Db) {
    let mut calls = many_calls(&db).await;
    // Days before and after, so that whole days are read beside hours.
    let days = 0..5;
    let scattered = days.map(|day| TraceRecord {
        started_at: UtcMillis(NOON.0 + (day - 2) * 24 * HOUR),
        id: minute_id(50_000 + u128::try_from(day).unwrap()),
        ..call(1, 1)
    });
    let scattered: Vec<_> = scattered.collect();
    add_calls(&db, &scattered).await;
    calls.extend(scattered);
    let count = async |from: i64, until: i64| {
        let (from, until) = (UtcMillis(from), UtcMillis(until));
        let counts = db.count_trace_margins(tenant_id(1), from, until, 2 * HOUR);
        counts.await.unwrap()
    };
    for (from, until) in [
        (0, i64::MAX),
        (NOON.0 + HOUR, NOON.0 + 3 * HOUR),
        (NOON.0 + 1, NOON.0 + HOUR + 1),
        (NOON.0 - 24 * HOUR, NOON.0 + 36 * HOUR),
        (NOON.0 - 36 * HOUR, NOON.0 + 25 * HOUR + 1),
    ] {
        let in_hours = |call: &&TraceRecord| {
            let hour = call.started_at.0 / HOUR * HOUR;
            hour >= from && hour < until
        };
        let mut counted = count(from, until).await;
        let sort_key = |margin: &TraceMargin| format!("{:?} {:?}", margin.of, margin.door);
        counted.margins.sort_by_key(sort_key);
        let expected = TraceMargins {
            margins: margins(calls.iter().filter(in_hours)),
            slots: slots(calls.iter().filter(in_hours), 2 * HOUR),
        };
        assert_eq!(counted, expected, "{from} {until}");
    }
    assert_eq!(count(NOON.0, NOON.0).await, TraceMargins::default());
}

pub async fn of_too_many_sums_whole_hours_are_counted(db: Db) {
    let calls = many_calls(&db).await;
    let all = TraceSearch::default();
    let hour = |call: &TraceRecord| call.started_at.0 / HOUR * HOUR;
    let newest = calls.iter().map(hour).max().unwrap();
    let sums_of = |from: i64| counted_by_hour(&calls, from).len();
    // Room for the newest hour and a part of the one before.
    let search = TraceSearch {
        look_at: u32::try_from(sums_of(newest) + 1).unwrap(),
        ..all.clone()
    };
    let sums = db
        .count_trace_hours(tenant_id(1), &search, ALL, HOUR)
        .await
        .unwrap();
    assert_eq!(sums.counted_from, Some(UtcMillis(newest)));
    let of_newest = || calls.iter().filter(|call| hour(call) == newest);
    assert_eq!(sorted(sums.clone()).groups, counted(of_newest()));
    assert_eq!(sums.slots, slots(of_newest(), HOUR));
    let search = TraceSearch {
        look_at: u32::try_from(sums_of(0)).unwrap(),
        ..all
    };
    let sums = db
        .count_trace_hours(tenant_id(1), &search, ALL, HOUR)
        .await
        .unwrap();
    assert_eq!(sums.counted_from, None);
    assert_eq!(sorted(sums).groups, counted(&calls));
}

/// The sums that are kept of the hours from one on.
fn counted_by_hour(calls: &[TraceRecord], from: i64) -> Vec<TraceGroup> {
    let mut hours: Vec<i64> = calls.iter().map(|call| call.started_at.0 / HOUR).collect();
    hours.sort_unstable();
    hours.dedup();
    let of = |hour: &i64| {
        counted(
            calls
                .iter()
                .filter(|call| call.started_at.0 / HOUR == *hour),
        )
    };
    hours
        .iter()
        .filter(|hour| **hour * HOUR >= from)
        .flat_map(of)
        .collect()
}

pub async fn a_batch_sent_again_is_counted_once(db: Db) {
    two_tenants(&db).await;
    let all = TraceSearch::default();
    let odd = TraceRecord {
        duration_us: i64::MAX,
        ..call(1, 3)
    };
    let batch = [call(1, 1), call(1, 2), odd.clone(), call(404, 4)];
    add_calls(&db, &batch).await;
    add_calls(&db, &batch).await;
    add_calls(
        &db,
        &[
            call(1, 2),
            call(1, 5),
            TraceRecord {
                id: minute_id(6),
                ..odd.clone()
            },
        ],
    )
    .await;
    let sums = db
        .count_trace_hours(tenant_id(1), &all, ALL, HOUR)
        .await
        .unwrap();
    let expected = [call(1, 1), call(1, 2), odd.clone(), call(1, 5), odd];
    assert_eq!(sorted(sums).groups, counted(&expected));
}

pub async fn counts_stay_in_their_workspace_and_go_with_it(db: Db) {
    two_tenants(&db).await;
    add_calls(&db, &[call(2, 1), trace(2, 900)]).await;
    let all = TraceSearch::default();
    for search in searches(MINUTE) {
        let newest = db.newest_traces(tenant_id(1), &search).await.unwrap();
        let one = newest.sums(&search, HOUR);
        assert_eq!(newest, NewestCalls::default());
        let hours = db
            .count_trace_hours(tenant_id(1), &search, ALL, HOUR)
            .await
            .unwrap();
        assert_eq!((one, hours), (TraceSums::default(), TraceSums::default()));
    }
    let ever = (UtcMillis(0), UtcMillis(i64::MAX));
    let margins = async |tenant| {
        let counts = db.count_trace_margins(tenant_id(tenant), ever.0, ever.1, HOUR);
        counts.await.unwrap()
    };
    assert_eq!(margins(1).await, TraceMargins::default());
    assert_ne!(margins(2).await, TraceMargins::default());
    db.set_tenant_suspended(tenant_id(2), Some(at(1)))
        .await
        .unwrap();
    while db.remove_tenant(tenant_id(2), 1).await.unwrap() == TenantRemoval::Going {}
    let left = db
        .count_trace_hours(tenant_id(2), &all, ALL, HOUR)
        .await
        .unwrap();
    assert_eq!(left, TraceSums::default());
    assert_eq!(margins(2).await, TraceMargins::default());
}
