use orderdesk_mcp_contract::TraceId;

use super::Db;
use super::sample::{NOON, add_calls, key_id, tenant_id, two_tenants};
use super::searches::{
    CALLS, MINUTE, call, call_of, expected, id_of, ids, many_calls, minute_id, only, searches, walk,
};
use crate::record::{TraceRecord, TraceRows, TraceSearch};

pub async fn each_condition_finds_what_it_says(db: Db) {
    let calls = many_calls(&db).await;
    find_each_condition(&db, MINUTE, &calls).await;
}

pub(super) async fn find_each_condition(db: &Db, apart: i64, calls: &[TraceRecord]) {
    for search in searches(apart) {
        let found = db
            .search_traces(tenant_id(1), &search, None, 200)
            .await
            .unwrap();
        let expected = expected(calls, &search);
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
        spans: Vec::new(),
        ..call_of(apart, 1, CALLS - 1)
    };
    assert_eq!(found.rows, [bare]);
}

pub async fn pages_follow_without_gaps_or_doubles(db: Db) {
    let calls = many_calls(&db).await;
    follow_pages(&db, MINUTE, &calls).await;
}

pub(super) async fn follow_pages(db: &Db, apart: i64, calls: &[TraceRecord]) {
    for search in searches(apart) {
        let expected = expected(calls, &search);
        for limit in [1, 7, 100] {
            let pages = walk(db, &search, limit).await;
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
    look_so_far(&db, MINUTE, &calls).await;
    // A rare key is looked up, so that nothing else counts as looked at.
    let rare = TraceRecord {
        id: TraceId::from_parts(1, 1),
        key_id: Some(key_id(77)),
        ..call(2, 1)
    };
    let other = TraceSearch {
        keys: only([key_id(77)]),
        look_at: 2,
        ..TraceSearch::default()
    };
    add_calls(&db, &[rare]).await;
    let page = db
        .search_traces(tenant_id(2), &other, None, 10)
        .await
        .unwrap();
    assert_eq!((page.rows.len(), page.next), (1, None));
}

pub(super) async fn look_so_far(db: &Db, apart: i64, calls: &[TraceRecord]) {
    for search in searches(apart) {
        let search = TraceSearch {
            look_at: 23,
            ..search
        };
        let pages = walk(db, &search, 10).await;
        let rows = pages.iter().flat_map(|page| &page.rows);
        assert_eq!(ids(rows), expected(calls, &search), "{search:?}");
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
    let oldest = Some(id_of(apart, CALLS - 23));
    assert_eq!(
        (page.rows.len(), page.next, page.looked_back_to),
        (0, oldest, oldest)
    );
    let page = db
        .search_traces(tenant_id(1), &never, oldest, 10)
        .await
        .unwrap();
    assert_eq!(page.next, Some(id_of(apart, CALLS - 46)));
}

pub async fn a_search_stays_in_its_workspace(db: Db) {
    two_tenants(&db).await;
    add_calls(&db, &[call(2, 1), call(2, 22), call(2, 26)]).await;
    for search in searches(MINUTE) {
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
    assert_eq!(around, TraceRows::default());
}

pub async fn the_neighbours_of_a_call_are_its_keys(db: Db) {
    let calls = many_calls(&db).await;
    find_neighbours(&db, &calls).await;
    assert!(NOON < calls[1].started_at);
}

pub(super) async fn find_neighbours(db: &Db, calls: &[TraceRecord]) {
    let of_key: Vec<_> = calls
        .iter()
        .filter(|call| call.key_id == Some(key_id(1)))
        .map(|call| call.id)
        .collect();
    let around = async |place: usize, limit| {
        let found = db.traces_around(tenant_id(1), key_id(1), of_key[place], limit);
        ids(&found.await.unwrap().rows)
    };
    assert_eq!(around(10, 3).await, of_key[7..=13]);
    assert_eq!(around(0, 2).await, of_key[..=2]);
    assert_eq!(
        around(of_key.len() - 1, 2).await,
        of_key[of_key.len() - 3..]
    );
    assert_eq!(around(50, 200).await, of_key);
}
