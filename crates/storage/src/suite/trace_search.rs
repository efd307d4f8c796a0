use orderdesk_mcp_contract::trace::query::ChangeTest;
use orderdesk_mcp_contract::{ErrorCode, TraceId, UtcMillis};

use super::Db;
use super::sample::{NOON, at, change_id, key_id, store_uid, tenant_id, trace, two_tenants};
use crate::record::{Door, Sieve, TraceRecord, TraceRows, TraceSearch};

const MINUTE: i64 = 60_000;
/// Calls that there are to search in.
const CALLS: u128 = 300;

pub(super) fn minute_id(number: u128) -> TraceId {
    let minutes = i64::try_from(number).unwrap() * MINUTE;
    TraceId::from_parts(at(minutes).0.unsigned_abs(), number)
}

/// One call a minute, each unlike its neighbours.
pub(super) fn call(tenant: u128, number: u128) -> TraceRecord {
    let duration_us = i64::try_from((number * 37) % 101).unwrap() * 20_000;
    let ended_at = at(i64::try_from(number).unwrap() * MINUTE);
    TraceRecord {
        id: minute_id(number),
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
        started_at: ended_at.plus_millis(-duration_us / 1000),
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
    db.add_traces(&calls).await.unwrap();
    let others: Vec<_> = (0..CALLS).map(|number| call(2, number)).collect();
    db.add_traces(&others).await.unwrap();
    calls
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
    search.tools.passes(Some(&trace.tool))
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

/// Searches for what happened and when.
const BY_FACT: [fn(&mut TraceSearch); 13] = [
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
    |s| (s.from, s.until) = (at(100 * MINUTE), UtcMillis(i64::MAX)),
    |s| (s.from, s.until) = (at(50 * MINUTE), at(51 * MINUTE)),
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
const TOGETHER: [fn(&mut TraceSearch); 6] = [
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
        s.orders = only(text("0"));
        s.keys = never([key_id(0)]);
        s.from = at(60 * MINUTE);
    },
    |s| {
        s.stores = only([store_uid(1)]);
        s.cached = Some(vec![Some(false)]);
        s.until = at(200 * MINUTE);
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

/// Every kind of condition once, and some together.
pub(super) fn searches() -> Vec<TraceSearch> {
    let all = BY_NAME.iter().chain(&BY_FACT).chain(&BY_WORD);
    let all = all.chain(&TOGETHER);
    all.map(|set| {
        let mut search = TraceSearch::default();
        set(&mut search);
        search
    })
    .collect()
}

fn ids<'a>(traces: impl IntoIterator<Item = &'a TraceRecord>) -> Vec<TraceId> {
    traces.into_iter().map(|trace| trace.id).collect()
}

/// The ids of the calls that a search must find, newest first.
fn expected(calls: &[TraceRecord], search: &TraceSearch) -> Vec<TraceId> {
    ids(calls.iter().rev().filter(|call| passes(search, call)))
}

/// Every page of a search.
async fn walk(db: &Db, search: &TraceSearch, limit: u32) -> Vec<TraceRows> {
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

pub async fn each_condition_finds_what_it_says(db: Db) {
    let calls = many_calls(&db).await;
    for search in searches() {
        let found = db
            .search_traces(tenant_id(1), &search, None, 200)
            .await
            .unwrap();
        let expected = expected(&calls, &search);
        let shown = expected.len().min(200);
        assert_eq!(ids(&found.rows), expected[..shown], "{search:?}");
        assert_eq!(found.next.is_some(), expected.len() > 200, "{search:?}");
        assert_eq!(found.looked_back_to, None, "{search:?}");
    }
    let found = db
        .search_traces(tenant_id(1), &TraceSearch::default(), None, 1)
        .await
        .unwrap();
    let bare = TraceRecord {
        words: Vec::new(),
        sealed_payload: None,
        spans: Vec::new(),
        ..call(1, CALLS - 1)
    };
    assert_eq!(found.rows, [bare]);
}

pub async fn pages_follow_without_gaps_or_doubles(db: Db) {
    let calls = many_calls(&db).await;
    for search in searches() {
        let expected = expected(&calls, &search);
        for limit in [1, 7, 100] {
            let pages = walk(&db, &search, limit).await;
            let rows = pages.iter().flat_map(|page| &page.rows);
            assert_eq!(ids(rows), expected, "{limit} {search:?}");
            let is_full = |page: &TraceRows| page.rows.len() == usize::try_from(limit).unwrap();
            let (_, full) = pages.split_last().unwrap();
            assert!(full.iter().all(is_full), "{limit} {search:?}");
        }
    }
}

pub async fn a_page_says_how_far_it_looked(db: Db) {
    let calls = many_calls(&db).await;
    for search in searches() {
        let search = TraceSearch {
            look_at: 23,
            ..search
        };
        let pages = walk(&db, &search, 10).await;
        let rows = pages.iter().flat_map(|page| &page.rows);
        assert_eq!(ids(rows), expected(&calls, &search), "{search:?}");
        // At most 23 candidates a page, at most 10 rows of them.
        assert!(pages.len() <= 300 / 10 + 300 / 23 + 2, "{search:?}");
        for page in &pages {
            let is_full = page.rows.len() == 10 && page.looked_back_to.is_none();
            let says = page.next.is_none() || is_full || page.looked_back_to == page.next;
            assert!(says && page.rows.len() <= 10, "{page:?}");
        }
    }
    // Nobody took as long, so the newest 23 are looked at in vain, and then the next.
    let never = TraceSearch {
        duration_us: (i64::MAX, i64::MAX),
        look_at: 23,
        ..TraceSearch::default()
    };
    let page = db
        .search_traces(tenant_id(1), &never, None, 10)
        .await
        .unwrap();
    let oldest = Some(minute_id(CALLS - 23));
    assert_eq!(
        (page.rows.len(), page.next, page.looked_back_to),
        (0, oldest, oldest)
    );
    let page = db
        .search_traces(tenant_id(1), &never, oldest, 10)
        .await
        .unwrap();
    assert_eq!(page.next, Some(minute_id(CALLS - 46)));
    // A rare key is looked up, so that nothing else counts as looked at.
    let rare = TraceRecord {
        id: minute_id(0),
        key_id: Some(key_id(77)),
        ..call(2, 1)
    };
    let other = TraceSearch {
        keys: only([key_id(77)]),
        look_at: 2,
        ..TraceSearch::default()
    };
    db.add_traces(&[TraceRecord {
        id: TraceId::from_parts(1, 1),
        ..rare
    }])
    .await
    .unwrap();
    let page = db
        .search_traces(tenant_id(2), &other, None, 10)
        .await
        .unwrap();
    assert_eq!((page.rows.len(), page.next), (1, None));
}

pub async fn a_search_stays_in_its_workspace(db: Db) {
    two_tenants(&db).await;
    db.add_traces(&[call(2, 1), call(2, 22), call(2, 26)])
        .await
        .unwrap();
    for search in searches() {
        let page = db
            .search_traces(tenant_id(1), &search, None, 10)
            .await
            .unwrap();
        assert_eq!(page, TraceRows::default(), "{search:?}");
    }
    let around = db
        .traces_around(tenant_id(1), key_id(1), minute_id(1), 10)
        .await
        .unwrap();
    assert_eq!(around, []);
}

pub async fn the_neighbours_of_a_call_are_its_keys(db: Db) {
    let calls = many_calls(&db).await;
    let of_key: Vec<_> = calls
        .iter()
        .filter(|call| call.key_id == Some(key_id(1)))
        .map(|call| call.id)
        .collect();
    let around = async |place: usize, limit| {
        let found = db.traces_around(tenant_id(1), key_id(1), of_key[place], limit);
        ids(&found.await.unwrap())
    };
    assert_eq!(around(10, 3).await, of_key[7..=13]);
    assert_eq!(around(0, 2).await, of_key[..=2]);
    assert_eq!(
        around(of_key.len() - 1, 2).await,
        of_key[of_key.len() - 3..]
    );
    assert_eq!(around(50, 200).await, of_key);
    assert!(NOON < calls[1].started_at);
}
