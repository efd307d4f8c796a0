//! Many calls to search in, and searches for them.

use orderdesk_mcp_contract::trace::query::ChangeTest;
use orderdesk_mcp_contract::{ErrorCode, TraceId, UtcMillis};

use super::Db;
use super::sample::{add_calls, at, change_id, key_id, store_uid, tenant_id, trace, two_tenants};
use crate::record::{Door, Sieve, TraceBlock, TraceRecord, TraceRows, TraceSearch};

/// How far calls are apart, in milliseconds: each in a block of its own, or many in one.
pub(super) const MINUTE: i64 = 60_000;
pub(super) const DENSE: i64 = 10;
/// Calls that there are to search in.
pub(super) const CALLS: u128 = 300;

fn ended_at(apart: i64, number: u128) -> UtcMillis {
    at(i64::try_from(number).unwrap() * apart)
}

pub(super) fn id_of(apart: i64, number: u128) -> TraceId {
    TraceId::from_parts(ended_at(apart, number).0.unsigned_abs(), number)
}

pub(super) fn minute_id(number: u128) -> TraceId {
    id_of(MINUTE, number)
}

/// One call a minute.
pub(super) fn call(tenant: u128, number: u128) -> TraceRecord {
    call_of(MINUTE, tenant, number)
}

/// One of many calls, each unlike its neighbours.
pub(super) fn call_of(apart: i64, tenant: u128, number: u128) -> TraceRecord {
    let duration_us = i64::try_from((number * 37) % 101).unwrap() * 20_000;
    TraceRecord {
        id: id_of(apart, number),
        key_id: (!number.is_multiple_of(17)).then(|| key_id(number % 3)),
        door: Door::ALL[usize::try_from(number % 5).unwrap()],
        client: [
            None,
            Some("Claude-Code/2.0"),
            Some("ÜBER client"),
            Some("cursor 1"),
        ][usize::try_from(number % 4).unwrap()]
        .map(Into::into),
        tool: ["orders_get", "orders_list", "orders_update"][usize::try_from(number % 3).unwrap()]
            .into(),
        store_id: (!number.is_multiple_of(7)).then(|| store_uid(number % 2)),
        order_id: (number.is_multiple_of(2)).then(|| (number % 6).to_string()),
        error: match number % 11 {
            0 => Some(ErrorCode::Invalid),
            1 => Some(ErrorCode::Cancelled),
            2 => Some(ErrorCode::RateLimited),
            _ => None,
        },
        cache_hit: [None, Some(true), Some(false)][usize::try_from(number % 3).unwrap()],
        started_at: ended_at(apart, number).plus_millis(-duration_us / 1000),
        duration_us,
        change_id: (number.is_multiple_of(13)).then(|| change_id(number % 5)),
        words: words(number),
        ..trace(tenant, number)
    }
}

/// None to four words; one that most have, and one with what a pattern would take for more.
fn words(number: u128) -> Vec<String> {
    let some = [("a%_b", 5), ("most", 1), ("to", 3), ("ünit", 9)];
    let has = |every| number.is_multiple_of(every) && !number.is_multiple_of(8);
    let words = some.iter().filter(|(_, every)| has(*every));
    words.map(|(word, _)| (*word).to_owned()).collect()
}

pub(super) async fn many_calls(db: &Db) -> Vec<TraceRecord> {
    two_tenants(db).await;
    let calls: Vec<_> = (0..CALLS).map(|number| call(1, number)).collect();
    add_calls(db, &calls).await;
    let others: Vec<_> = (0..CALLS).map(|number| call(2, number)).collect();
    add_calls(db, &others).await;
    calls
}

/// The same a hundredth of a second apart.
pub(super) async fn dense_calls(db: &Db) -> Vec<TraceRecord> {
    two_tenants(db).await;
    let all = |tenant| (0..CALLS).map(move |number| call_of(DENSE, tenant, number));
    let (calls, others): (Vec<_>, Vec<_>) = (all(1).collect(), all(2).collect());
    add_overlapping(db, &calls).await;
    add_overlapping(db, &others).await;
    calls
}

/// Adds dense calls as processes do that record at once: in blocks whose times overlap, the newest not last.
pub(super) async fn add_overlapping(db: &Db, calls: &[TraceRecord]) {
    let sending_of = |place: usize| match (place.is_multiple_of(2), place < 170) {
        (true, _) => 0,
        (false, false) => 1,
        (false, true) => 2,
    };
    for sending in 0..3 {
        let sent = calls.iter().enumerate();
        let sent = sent.filter(|(place, _)| sending_of(*place) == sending);
        let sent: Vec<_> = sent.map(|(_, call)| call.clone()).collect();
        let blocks = TraceBlock::without_payloads(&sent);
        let are_of_many = blocks.iter().all(|block| block.calls.len() > 10);
        assert!(blocks.len() > 1 && are_of_many, "{}", blocks.len());
        db.add_traces(&blocks).await.unwrap();
    }
}

pub(super) fn only<T>(values: impl Into<Vec<T>>) -> Sieve<T> {
    Sieve {
        only: Some(values.into()),
        never: Vec::new(),
    }
}

pub(super) fn never<T>(values: impl Into<Vec<T>>) -> Sieve<T> {
    Sieve {
        only: None,
        never: values.into(),
    }
}

/// The definition, written out.
pub(super) fn passes(search: &TraceSearch, trace: &TraceRecord) -> bool {
    let client = trace.client.as_ref().map(|name| name.to_ascii_lowercase());
    let names = |part: &String| {
        client
            .as_ref()
            .is_some_and(|client| client.contains(part.as_str()))
    };
    let has_client = |parts: &Vec<String>| parts.iter().any(names);
    search.tools.passes(Some(&*trace.tool))
        && search.stores.passes(trace.store_id.as_ref())
        && search.keys.passes(trace.key_id.as_ref())
        && search.orders.passes(trace.order_id.as_ref())
        && search.clients.only.as_ref().is_none_or(has_client)
        && !has_client(&search.clients.never)
        && search
            .doors
            .as_ref()
            .is_none_or(|doors| doors.contains(&trace.door))
        && search
            .outcomes
            .as_ref()
            .is_none_or(|all| all.contains(&trace.error))
        && search
            .cached
            .as_ref()
            .is_none_or(|all| all.contains(&trace.cache_hit))
        && match search.change {
            None => true,
            Some(ChangeTest::Any) => trace.change_id.is_some(),
            Some(ChangeTest::None) => trace.change_id.is_none(),
            Some(ChangeTest::Id(id)) => trace.change_id == Some(id),
        }
        && search.words.passes(&trace.words)
        && (search.duration_us.0..=search.duration_us.1).contains(&trace.duration_us)
        && (search.from..search.until).contains(&trace.started_at)
}

fn text(text: &str) -> Vec<String> {
    vec![text.to_owned()]
}

/// Searches for names: of tools, stores, keys, orders and clients.
const BY_NAME: [fn(&mut TraceSearch); 18] = [
    |s| s.tools = only(text("orders_get")),
    |s| s.tools = only(["orders_get".into(), "orders_list".into()]),
    |s| s.tools = only(Vec::new()),
    |s| s.tools = only(text("a\0b")),
    |s| s.tools = never(text("orders_get")),
    |s| s.stores = only([store_uid(1)]),
    |s| s.stores = only([store_uid(0), store_uid(1)]),
    |s| s.stores = never([store_uid(1)]),
    |s| s.keys = only([key_id(2)]),
    |s| s.keys = never([key_id(2), key_id(1)]),
    |s| s.orders = only(text("4")),
    |s| s.orders = only(["4".into(), "2".into()]),
    |s| s.orders = never(text("4")),
    |s| s.clients = only(text("claude")),
    |s| s.clients = only(["code/2".into(), "Über".into()]),
    |s| s.clients = only(text("Über")),
    |s| s.clients = only(text("Ü")),
    |s| s.clients = never(text("claude")),
];

/// Searches for what happened.
const BY_FACT: [fn(&mut TraceSearch); 11] = [
    |_| {},
    |s| s.doors = Some(vec![Door::Mcp, Door::Cli]),
    |s| s.outcomes = Some(vec![None]),
    |s| s.outcomes = Some(vec![Some(ErrorCode::Invalid), Some(ErrorCode::RateLimited)]),
    |s| s.outcomes = Some(vec![None, Some(ErrorCode::Cancelled)]),
    |s| s.cached = Some(vec![Some(true)]),
    |s| s.cached = Some(vec![Some(false), None]),
    |s| s.change = Some(ChangeTest::Any),
    |s| s.change = Some(ChangeTest::None),
    |s| s.change = Some(ChangeTest::Id(change_id(3))),
    |s| s.duration_us = (400_000, 800_000),
];

fn all(words: &str) -> Vec<String> {
    words.split(' ').map(ToOwned::to_owned).collect()
}

/// Searches for words.
const BY_WORD: [fn(&mut TraceSearch); 11] = [
    |s| s.words.only = vec![vec![all("to")]],
    |s| s.words.only = vec![vec![all("to a%_b")]],
    |s| s.words.only = vec![vec![all("to")], vec![all("a%_b"), all("ünit")]],
    |s| s.words.only = vec![vec![all("to"), all("ünit most")]],
    |s| s.words.only = vec![vec![all("a")]],
    |s| s.words.only = vec![vec![all("a\0b")]],
    |s| s.words.only = vec![vec![all("a\0b"), all("ünit")]],
    |s| s.words.only = vec![Vec::new()],
    |s| s.words.never = vec![all("to"), all("a\0b")],
    |s| s.words.never = vec![all("most a%_b"), all("ünit")],
    |s| {
        s.words.only = vec![vec![all("most")]];
        s.words.never = vec![all("to")];
        s.tools = only(text("orders_get"));
        s.change = Some(ChangeTest::Any);
    },
];

/// Searches of several conditions, each beginning at another one.
const TOGETHER: [fn(&mut TraceSearch); 4] = [
    |s| {
        s.keys = only([key_id(1)]);
        s.doors = Some(vec![Door::Web]);
        s.duration_us = (0, 1_000_000);
    },
    |s| {
        s.tools = only(text("orders_get"));
        s.stores = never([store_uid(0)]);
        s.outcomes = Some(vec![None]);
    },
    |s| {
        s.change = Some(ChangeTest::Any);
        s.tools = only(text("orders_list"));
    },
    |s| {
        s.outcomes = Some(vec![Some(ErrorCode::Cancelled)]);
        s.stores = only([store_uid(1)]);
    },
];

/// Searches for when calls that are so far apart began, alone and with other conditions.
const BY_TIME: [fn(&mut TraceSearch, i64); 4] = [
    |s, apart| (s.from, s.until) = (at(100 * apart), UtcMillis(i64::MAX)),
    |s, apart| (s.from, s.until) = (at(50 * apart), at(51 * apart)),
    |s, apart| {
        s.orders = only(text("0"));
        s.keys = never([key_id(0)]);
        s.from = at(60 * apart);
    },
    |s, apart| {
        s.stores = only([store_uid(1)]);
        s.cached = Some(vec![Some(false)]);
        s.until = at(200 * apart);
    },
];

/// Every kind of condition once, and some together, for calls that are so far apart.
pub(super) fn searches(apart: i64) -> Vec<TraceSearch> {
    let all = BY_NAME.iter().chain(&BY_FACT).chain(&BY_WORD);
    let untimed = all.chain(&TOGETHER).map(|set| {
        let mut search = TraceSearch::default();
        set(&mut search);
        search
    });
    let timed = BY_TIME.iter().map(|set| {
        let mut search = TraceSearch::default();
        set(&mut search, apart);
        search
    });
    untimed.chain(timed).collect()
}

/// The search without what groups are counted by.
pub(super) fn ungrouped(search: &TraceSearch) -> TraceSearch {
    let all = TraceSearch::default();
    TraceSearch {
        tools: all.tools,
        stores: all.stores,
        keys: all.keys,
        doors: None,
        outcomes: None,
        cached: None,
        ..search.clone()
    }
}

pub(super) fn ids<'a>(traces: impl IntoIterator<Item = &'a TraceRecord>) -> Vec<TraceId> {
    traces.into_iter().map(|trace| trace.id).collect()
}

/// The ids of the calls that a search must find, newest first.
pub(super) fn expected(calls: &[TraceRecord], search: &TraceSearch) -> Vec<TraceId> {
    ids(calls.iter().rev().filter(|call| passes(search, call)))
}

/// Every page of a search.
pub(super) async fn walk(db: &Db, search: &TraceSearch, limit: u32) -> Vec<TraceRows> {
    let mut pages: Vec<TraceRows> = Vec::new();
    loop {
        let before = pages.last().and_then(|page| page.next);
        let page = db
            .search_traces(tenant_id(1), search, before, limit)
            .await
            .unwrap();
        let is_last = page.next.is_none();
        pages.push(page);
        if is_last {
            return pages;
        }
    }
}
