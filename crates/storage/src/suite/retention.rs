use orderdesk_mcp_contract::TraceId;
use orderdesk_mcp_contract::trace::retention::Retention;

use super::Db;
use super::sample::{
    add_calls, apart, apart_id, at, recorded_at, tenant_id, trace, trace_id, two_tenants,
};
use super::searches::ids;
use crate::StorageError;
use crate::record::{
    SealedBlob, TRACE_BLOCK_CALLS, TenantRemoval, TraceBlock, TraceRecord, TraceSearch, TraceStock,
    TraceStretch,
};

pub async fn what_a_workspace_chose_comes_back(db: Db) {
    two_tenants(&db).await;
    let (first, second) = (tenant_id(1), tenant_id(2));
    assert_eq!(db.trace_retention(first).await.unwrap(), None);
    let mut chosen = Retention {
        keep_days: 7,
        keep_calls: Some(5_000),
    };
    for calls in [Some(5_000), None] {
        chosen.keep_calls = calls;
        db.set_trace_retention(first, &chosen, at(9)).await.unwrap();
        assert_eq!(db.trace_retention(first).await.unwrap(), Some(chosen));
    }
    assert_eq!(
        db.trace_retentions().await.unwrap(),
        [(first, Some(chosen)), (second, None)]
    );
    let gone = db
        .set_trace_retention(tenant_id(404), &chosen, at(9))
        .await
        .unwrap_err();
    assert!(
        matches!(gone, StorageError::Gone { what: "tenant" }),
        "{gone:?}"
    );
}

/// Newer than any call.
fn the_future() -> TraceId {
    TraceId::from_parts(1 << 47, 0)
}

/// The calls of the first workspace that have a word, newest first.
async fn with_word(db: &Db, word: &str) -> Vec<TraceId> {
    let mut search = TraceSearch::default();
    search.words.only = vec![vec![vec![word.to_owned()]]];
    let found = db.search_traces(tenant_id(1), &search, None, 10).await;
    ids(&found.unwrap().rows)
}

pub async fn the_oldest_calls_go_first_and_no_others(db: Db) {
    two_tenants(&db).await;
    let mut batch: Vec<_> = (1..=5).map(|number| apart(1, number)).collect();
    batch.push(apart(2, 6));
    add_calls(&db, &batch).await;
    let tenant = tenant_id(1);
    for (count, oldest) in [(1, Some(5)), (2, Some(4)), (5, Some(1)), (6, None)] {
        assert_eq!(
            db.oldest_block_to_keep(tenant, count).await.unwrap(),
            oldest.map(apart_id),
            "of {count}"
        );
    }
    let left = async || {
        let mut left = Vec::new();
        for added in &batch {
            let found = db.trace(added.tenant_id, added.id).await.unwrap();
            left.push(found.is_some());
        }
        left
    };
    let before = apart_id(4);
    assert_eq!(db.purge_traces(tenant, before, 2).await.unwrap(), 2);
    assert_eq!(left().await, [false, false, true, true, true, true]);
    assert_eq!(db.purge_traces(tenant, before, 2).await.unwrap(), 1);
    assert_eq!(db.purge_traces(tenant, before, 2).await.unwrap(), 0);
    assert_eq!(left().await, [false, false, false, true, true, true]);
    // Their words are gone with them: one that comes again with others is not found by what it had.
    let again = TraceRecord {
        words: vec!["other".to_owned()],
        ..apart(1, 1)
    };
    add_calls(&db, &[again]).await;
    for (word, expected) in [("ready", vec![5, 4]), ("other", vec![1])] {
        let expected: Vec<_> = expected.into_iter().map(apart_id).collect();
        assert_eq!(with_word(&db, word).await, expected, "{word}");
    }
}

/// Three blocks of three, two and three calls; the second call and the seventh have a word of their own, the third another.
fn three_blocks() -> Vec<TraceRecord> {
    let times = [0, 100, 1_000, 4_000, 4_500, 8_000, 8_400, 8_900];
    let call = |(number, millis_after): (u128, u64)| TraceRecord {
        words: match number {
            2 | 7 => vec!["early".into(), "ready".into()],
            3 => vec!["once".into()],
            _ => vec!["ready".into()],
        },
        ..recorded_at(1, number, millis_after)
    };
    (1..).zip(times).map(call).collect()
}

pub async fn blocks_go_whole(db: Db) {
    two_tenants(&db).await;
    let tenant = tenant_id(1);
    let calls = three_blocks();
    let id = |number: usize| calls[number - 1].id;
    add_calls(&db, &calls).await;
    for (count, oldest) in [
        (1, Some(8)),
        (3, Some(8)),
        (4, Some(5)),
        (5, Some(5)),
        (6, Some(3)),
        (8, Some(3)),
        (9, None),
    ] {
        let found = db.oldest_block_to_keep(tenant, count).await.unwrap();
        assert_eq!(found, oldest.map(id), "of {count}");
    }
    let left = async || {
        let mut left = Vec::new();
        for (number, call) in (1..).zip(&calls) {
            if db.trace(tenant, call.id).await.unwrap().is_some() {
                left.push(number);
            }
        }
        left
    };
    let purge = async |before, limit| db.purge_traces(tenant, before, limit).await.unwrap();
    // None of the first block goes before all of it is older.
    assert_eq!(purge(id(3), 9).await, 0);
    assert_eq!(left().await, [1, 2, 3, 4, 5, 6, 7, 8]);
    // One call of the second block is older, and one is not: both stay.
    assert_eq!(purge(id(5), 9).await, 3);
    assert_eq!(purge(id(5), 9).await, 0);
    assert_eq!(left().await, [4, 5, 6, 7, 8]);
    assert_eq!(with_word(&db, "once").await, []);
    assert_eq!(with_word(&db, "early").await, [id(7)]);
    assert_eq!(with_word(&db, "ready").await, [8, 7, 6, 5, 4].map(id));
    // Blocks are counted, not calls.
    assert_eq!(purge(the_future(), 1).await, 2);
    assert_eq!(left().await, [6, 7, 8]);
    assert_eq!(purge(the_future(), 1).await, 3);
    assert_eq!(purge(the_future(), 1).await, 0);
    assert_eq!(db.trace_stock(tenant).await.unwrap(), TraceStock::default());
    // Nothing that they were found by is in the way of the same blocks.
    add_calls(&db, &calls).await;
    assert_eq!(left().await, [1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(with_word(&db, "early").await, [7, 2].map(id));
    assert_eq!(purge(the_future(), 2).await, 5);
    assert_eq!(left().await, [6, 7, 8]);
}

pub async fn a_block_that_much_finds_goes_whole(db: Db) {
    two_tenants(&db).await;
    let tenant = tenant_id(1);
    let words = |number: u128| (0..5).map(move |place| format!("word-{number}-{place}"));
    let call = |number: u128| TraceRecord {
        words: words(number).collect(),
        ..trace(1, number)
    };
    let large: Vec<_> = (0..256).map(call).collect();
    assert_eq!(large.len(), TRACE_BLOCK_CALLS);
    assert_eq!(TraceBlock::without_payloads(&large).len(), 1);
    let alike = |number| TraceRecord {
        words: words(7).collect(),
        ..apart(1, number)
    };
    let small = [alike(1), alike(2), alike(3)];
    add_calls(&db, &large).await;
    add_calls(&db, &small).await;
    let of_small = [3, 2, 1].map(apart_id);
    for word in words(7) {
        let all = [&of_small[..], &[trace_id(7)]].concat();
        assert_eq!(with_word(&db, &word).await, all, "{word}");
    }
    assert_eq!(db.purge_traces(tenant, apart_id(1), 9).await.unwrap(), 256);
    assert_eq!(db.purge_traces(tenant, apart_id(1), 9).await.unwrap(), 0);
    for gone in &large {
        assert_eq!(db.trace(tenant, gone.id).await.unwrap(), None);
    }
    for number in [0, 8, 255] {
        for word in words(number) {
            assert_eq!(with_word(&db, &word).await, [], "{word}");
        }
    }
    for word in words(7) {
        assert_eq!(with_word(&db, &word).await, of_small, "{word}");
    }
    // Nothing is in its way when it comes again, and it goes with others behind it.
    add_calls(&db, &large).await;
    assert_eq!(with_word(&db, "word-255-4").await, [trace_id(255)]);
    assert_eq!(db.purge_traces(tenant, apart_id(3), 9).await.unwrap(), 258);
    assert_eq!(with_word(&db, "word-7-0").await, [apart_id(3)]);
    assert_eq!(db.trace_stock(tenant).await.unwrap().calls, 1);
}

/// Throws all calls of the first workspace away, a few blocks at a time, until there are none. Gives how many went.
async fn purge_all(db: &Db) -> u64 {
    let mut all = 0;
    loop {
        match db
            .purge_traces(tenant_id(1), the_future(), 30)
            .await
            .unwrap()
        {
            0 => return all,
            gone => all += gone,
        }
    }
}

pub async fn so_much_is_thrown_away_at_once_and_no_more(db: Db) {
    two_tenants(&db).await;
    let calls: Vec<_> = (1..=300).map(|number| apart(1, number)).collect();
    add_calls(&db, &calls).await;
    let purge = async || {
        db.purge_traces(tenant_id(1), the_future(), 300)
            .await
            .unwrap()
    };
    // Two transactions with a thousand of the nine things that each of them is found by, and the rest of the last one.
    assert_eq!(purge().await, 223);
    assert_eq!(db.trace(tenant_id(1), apart_id(223)).await.unwrap(), None);
    assert!(
        db.trace(tenant_id(1), apart_id(224))
            .await
            .unwrap()
            .is_some()
    );
    assert_eq!(purge().await, 77);
    assert_eq!(purge().await, 0);
}

pub async fn two_processes_throw_each_call_away_once(db: Db) {
    two_tenants(&db).await;
    let calls: Vec<_> = (1..=200).map(|number| apart(1, number)).collect();
    add_calls(&db, &calls).await;
    let (one, other) = tokio::join!(purge_all(&db), purge_all(&db));
    assert_eq!(one + other, 200);
    let stock = db.trace_stock(tenant_id(1)).await.unwrap();
    assert_eq!(stock, TraceStock::default());
}

pub async fn calls_are_thrown_away_while_their_workspace_is_removed(db: Db) {
    two_tenants(&db).await;
    let tenant = tenant_id(1);
    let calls: Vec<_> = (1..=200).map(|number| apart(1, number)).collect();
    add_calls(&db, &calls).await;
    db.set_tenant_suspended(tenant, Some(at(50))).await.unwrap();
    let remove = async {
        loop {
            match db.remove_tenant(tenant, 30).await.unwrap() {
                TenantRemoval::Going => {}
                end => return end,
            }
        }
    };
    let (_, end) = tokio::join!(purge_all(&db), remove);
    assert_eq!(end, TenantRemoval::Gone);
    assert_eq!(db.tenant(tenant).await.unwrap(), None);
}

pub async fn what_is_kept_is_counted(db: Db) {
    two_tenants(&db).await;
    let tenant = tenant_id(1);
    assert_eq!(db.trace_stock(tenant).await.unwrap(), TraceStock::default());
    let batch: Vec<_> = (1..=3).map(|number| apart(1, number)).collect();
    add_calls(&db, &batch).await;
    add_calls(&db, &[apart(2, 4)]).await;
    let stock = db.trace_stock(tenant).await.unwrap();
    // When the oldest ended, which its id tells.
    assert_eq!((stock.calls, stock.oldest), (3, Some(at(2_000))));
    // A block is known by its newest call, and is as old as its oldest.
    let times = [500, 700, 900, 1_100];
    let recorded = |(number, millis_after)| recorded_at(1, number, millis_after);
    let together: Vec<_> = (0..).zip(times).map(recorded).collect();
    add_calls(&db, &together).await;
    let stock = db.trace_stock(tenant).await.unwrap();
    assert_eq!((stock.calls, stock.oldest), (7, Some(at(500))));
}

pub async fn what_calls_take_is_told(db: Db) {
    two_tenants(&db).await;
    let tenant = tenant_id(1);
    let bytes_each = async || db.trace_stock(tenant).await.unwrap().bytes_each;
    let clear = async || db.purge_traces(tenant, the_future(), 100).await.unwrap();
    let batch: Vec<_> = (1..=3).map(|number| apart(1, number)).collect();
    let mut blocks = TraceBlock::without_payloads(&batch);
    db.add_traces(&blocks).await.unwrap();
    let alone = bytes_each().await;
    assert!((100..1_000).contains(&alone), "{alone}");
    clear().await;
    // With what they carried.
    for block in &mut blocks {
        block.sealed_payloads = Some(SealedBlob {
            key_version: 9,
            bytes: vec![7; 600],
        });
    }
    db.add_traces(&blocks).await.unwrap();
    assert_eq!(bytes_each().await, alone + 600);
    clear().await;
    // Of a block, each takes its share.
    let many: Vec<_> = (0..100).map(|number| trace(1, number)).collect();
    add_calls(&db, &many).await;
    let of_many = bytes_each().await;
    assert!(0 < of_many && of_many < alone / 2, "{of_many} of {alone}");
}

pub async fn a_stretch_is_counted_up_to_the_most(db: Db) {
    two_tenants(&db).await;
    let mut batch: Vec<_> = (1..=5).map(|number| apart(1, number)).collect();
    batch.push(apart(2, 6));
    add_calls(&db, &batch).await;
    for (from, before, most, calls, ends) in [
        (1, 9, 10, 5, Some((1, 5))),
        (2, 4, 10, 2, Some((2, 3))),
        (1, 9, 3, 3, Some((1, 5))),
        (4, 4, 10, 0, None),
        (6, 9, 10, 0, None),
    ] {
        let found = db.traces_between(tenant_id(1), apart_id(from), apart_id(before), most);
        let expected = TraceStretch {
            calls,
            ends: ends.map(|(oldest, newest)| (apart_id(oldest), apart_id(newest))),
        };
        assert_eq!(found.await.unwrap(), expected, "{from} {before} {most}");
    }
}

pub async fn a_stretch_holds_whole_blocks(db: Db) {
    two_tenants(&db).await;
    // Blocks of three calls.
    let times = [0, 100, 200, 4_000, 4_500, 5_000, 8_000, 8_400, 8_900];
    let call = |(number, millis_after)| recorded_at(1, number, millis_after);
    let calls: Vec<_> = (1..).zip(times).map(call).collect();
    add_calls(&db, &calls).await;
    let id = |number: usize| calls[number - 1].id;
    for (from, before, most, calls, ends) in [
        (id(1), the_future(), 10, 9, Some((1, 9))),
        // A block is in it if its newest call is.
        (id(3), the_future(), 10, 9, Some((1, 9))),
        (id(4), the_future(), 10, 6, Some((4, 9))),
        (id(1), id(6), 10, 3, Some((1, 3))),
        (id(2), id(7), 10, 6, Some((1, 6))),
        (id(7), id(9), 10, 0, None),
        (id(1), the_future(), 7, 7, Some((1, 9))),
        (id(1), the_future(), 2, 2, Some((1, 9))),
        (id(1), the_future(), 0, 0, Some((1, 9))),
    ] {
        let found = db.traces_between(tenant_id(1), from, before, most).await;
        let expected = TraceStretch {
            calls,
            ends: ends.map(|(oldest, newest)| (id(oldest), id(newest))),
        };
        assert_eq!(found.unwrap(), expected, "{from} {before} {most}");
    }
}
