//! Calls that share blocks with others, whose times overlap: they are found like calls by themselves.

use super::Db;
use super::sample::{apart, recorded_at, store_uid, tenant_id, trace, trace_id, two_tenants};
use super::searches::{
    CALLS, DENSE, add_overlapping, call_of, dense_calls, expected, id_of, ids, only, searches, walk,
};
use super::trace_counts::{count_newest, count_one_by_one};
use super::trace_search::{find_each_condition, find_neighbours, follow_pages, look_so_far};
use crate::record::{
    KeptPayload, PayloadPlace, SealedBlob, TraceBlock, TraceFilter, TraceRecord, TraceRows,
    TraceSearch, TraceSpans,
};

pub async fn payloads_come_back_for_each_call_of_a_block(db: Db) {
    two_tenants(&db).await;
    let sealed = |byte| SealedBlob {
        key_version: 9,
        bytes: vec![byte, 0, 8],
    };
    let block = |calls: Vec<TraceRecord>, byte: Option<u8>| TraceBlock {
        calls,
        sealed_payloads: byte.map(sealed),
    };
    // The second begins before the first ends, and the workspaces use the same ids.
    let first = vec![trace(1, 1), trace(1, 2), trace(1, 4)];
    let nothing = TraceRecord {
        carried: false,
        ..recorded_at(1, 6, 900)
    };
    let blocks = [
        block(first, Some(1)),
        block(vec![trace(1, 3), trace(1, 5)], Some(2)),
        block(vec![nothing], None),
        block(vec![trace(2, 1), recorded_at(2, 6, 900)], Some(3)),
    ];
    db.add_traces(&blocks).await.unwrap();
    let kept = |byte, block| {
        Some(KeptPayload {
            sealed: sealed(byte),
            place: PayloadPlace::InBlock(block),
        })
    };
    let (two, six) = (apart(1, 2).id, recorded_at(1, 6, 900).id);
    for (tenant, id, expected) in [
        (1, trace_id(1), kept(1, trace_id(4))),
        (1, trace_id(2), kept(1, trace_id(4))),
        (1, trace_id(4), kept(1, trace_id(4))),
        (1, trace_id(3), kept(2, trace_id(5))),
        (1, trace_id(5), kept(2, trace_id(5))),
        (1, six, None),
        (1, two, None),
        (2, trace_id(1), kept(3, six)),
        (2, six, kept(3, six)),
        (2, trace_id(2), None),
        (2, trace_id(5), None),
        (3, trace_id(1), None),
    ] {
        let found = db.trace_payload(tenant_id(tenant), id).await.unwrap();
        assert_eq!(found, expected, "{tenant} {id}");
    }
}

pub async fn calls_of_overlapping_blocks_come_back(db: Db) {
    two_tenants(&db).await;
    let calls: Vec<_> = (0..)
        .zip((0..CALLS).map(|number| call_of(DENSE, 1, number)))
        .map(|(left_out, call)| TraceRecord { left_out, ..call })
        .collect();
    add_overlapping(&db, &calls).await;
    for call in &calls {
        let found = db.trace(tenant_id(1), call.id).await.unwrap();
        assert_eq!(found.as_ref(), Some(call));
        assert_eq!(db.trace(tenant_id(2), call.id).await.unwrap(), None);
    }
    for step in [1, 7, 149] {
        let some = || calls.iter().step_by(step);
        // One that is not there, in the time of those that are, and one long after them.
        let others = [recorded_at(1, 1_000, 1_500).id, id_of(DENSE, 9_999)];
        let asked: Vec<_> = some().rev().map(|call| call.id).chain(others).collect();
        let mut found = db.spans_of(tenant_id(1), &asked).await.unwrap();
        found.sort_by_key(|spans| spans.id);
        let expected = some().map(|call| TraceSpans {
            id: call.id,
            spans: call.spans.clone(),
            left_out: call.left_out,
        });
        assert_eq!(found, expected.collect::<Vec<_>>(), "every {step}th");
        assert_eq!(db.spans_of(tenant_id(2), &asked).await.unwrap(), []);
    }
}

pub async fn each_condition_finds_it_in_blocks(db: Db) {
    let calls = dense_calls(&db).await;
    find_each_condition(&db, DENSE, &calls).await;
}

pub async fn pages_follow_across_blocks(db: Db) {
    let calls = dense_calls(&db).await;
    follow_pages(&db, DENSE, &calls).await;
}

pub async fn a_page_says_how_far_it_looked_in_blocks(db: Db) {
    let calls = dense_calls(&db).await;
    look_so_far(&db, DENSE, &calls).await;
    // What came since a call, which stands within several blocks.
    for number in [0, 57, 101, 171, CALLS - 2, CALLS - 1] {
        let search = TraceSearch {
            after: Some(id_of(DENSE, number)),
            ..TraceSearch::default()
        };
        let found = db.search_traces(tenant_id(1), &search, None, 200).await;
        let newer = calls
            .iter()
            .rev()
            .filter(|call| Some(call.id) > search.after);
        assert_eq!(
            ids(&found.unwrap().rows),
            ids(newer.take(200)),
            "after {number}"
        );
    }
}

pub async fn a_search_that_read_enough_goes_on_where_it_stopped(db: Db) {
    let calls = dense_calls(&db).await;
    for look_at in 1..=3 {
        for search in searches(DENSE).into_iter().step_by(6) {
            let search = TraceSearch { look_at, ..search };
            let pages = walk(&db, &search, 10).await;
            let rows = pages.iter().flat_map(|page| &page.rows);
            assert_eq!(ids(rows), expected(&calls, &search), "{search:?}");
            let ends: Vec<_> = pages.iter().filter_map(|page| page.next).collect();
            assert!(
                ends.is_sorted_by(|newer, older| newer > older),
                "{search:?}"
            );
        }
    }
    // However few are looked at: before the first can be given, all calls are read of blocks that may hold a newer one.
    let mut search = TraceSearch {
        look_at: 1,
        ..TraceSearch::default()
    };
    search.words.only = vec![vec![vec!["to".to_owned()]]];
    let pages = walk(&db, &search, 10).await;
    let is_cut = |page: &&TraceRows| page.rows.is_empty() && page.looked_back_to.is_some();
    assert!(
        pages
            .iter()
            .find(is_cut)
            .is_some_and(|page| page.next == page.looked_back_to)
    );
}

pub async fn neighbours_are_found_across_blocks(db: Db) {
    let calls = dense_calls(&db).await;
    find_neighbours(&db, &calls).await;
}

pub async fn lists_go_back_across_blocks(db: Db) {
    let calls = dense_calls(&db).await;
    for (store, failed_only) in [
        (None, false),
        (None, true),
        (Some(1), false),
        (Some(1), true),
    ] {
        let filter = TraceFilter {
            store_id: store.map(store_uid),
            failed_only,
            before: None,
            limit: 7,
        };
        let is_listed = |call: &TraceRecord| {
            let is_failed = call.error.is_some_and(|code| code.as_str() != "cancelled");
            let is_of_store = filter.store_id.is_none() || call.store_id == filter.store_id;
            is_of_store && (is_failed || !failed_only)
        };
        let mut listed = Vec::new();
        loop {
            let filter = TraceFilter {
                before: listed.last().copied(),
                ..filter.clone()
            };
            let page = db.list_traces(tenant_id(1), &filter).await.unwrap();
            if page.is_empty() {
                break;
            }
            listed.extend(ids(&page));
        }
        let expected = ids(calls.iter().rev().filter(|call| is_listed(call)));
        assert_eq!(listed, expected, "{filter:?}");
    }
}

pub async fn calls_of_blocks_are_counted_one_by_one(db: Db) {
    let calls = dense_calls(&db).await;
    count_one_by_one(&db, DENSE, &calls).await;
}

pub async fn of_too_many_in_blocks_the_newest_are_counted(db: Db) {
    let calls = dense_calls(&db).await;
    count_newest(&db, DENSE, &calls).await;
    // Of what a word leads to, only calls with the word are looked at.
    let mut search = TraceSearch {
        stores: only([store_uid(1)]),
        look_at: 23,
        ..TraceSearch::default()
    };
    search.words.only = vec![vec![vec!["to".to_owned()]]];
    let found = db.newest_traces(tenant_id(1), &search).await.unwrap();
    let with_word = calls.iter().rev();
    let with_word = with_word.filter(|call| call.words.iter().any(|word| word == "to"));
    let newest = ids(with_word.take(23));
    assert_eq!(found.looked_at, Some((23, newest[22])));
    assert_eq!(ids(&found.calls), newest);
}
