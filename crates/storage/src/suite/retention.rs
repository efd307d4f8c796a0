use orderdesk_mcp_contract::trace::retention::Retention;

use super::Db;
use super::sample::{at, tenant_id, trace, trace_id, two_tenants};
use crate::StorageError;
use crate::record::{TraceRecord, TraceSearch, TraceStock, TraceStretch};

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

pub async fn the_oldest_calls_go_first_and_no_others(db: Db) {
    two_tenants(&db).await;
    let mut batch: Vec<_> = (1..=5).map(|number| trace(1, number)).collect();
    batch.push(trace(2, 6));
    db.add_traces(&batch).await.unwrap();
    let tenant = tenant_id(1);
    for (count, oldest) in [(1, Some(5)), (2, Some(4)), (5, Some(1)), (6, None)] {
        assert_eq!(
            db.oldest_trace_to_keep(tenant, count).await.unwrap(),
            oldest.map(trace_id),
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
    let before = trace_id(4);
    assert_eq!(db.purge_traces(tenant, before, 2).await.unwrap(), 2);
    assert_eq!(left().await, [false, false, true, true, true, true]);
    assert_eq!(db.purge_traces(tenant, before, 2).await.unwrap(), 1);
    assert_eq!(db.purge_traces(tenant, before, 2).await.unwrap(), 0);
    assert_eq!(left().await, [false, false, false, true, true, true]);
    // Their words are gone with them: one that comes again with others is not found by what it had.
    let again = TraceRecord {
        words: vec!["other".to_owned()],
        ..trace(1, 1)
    };
    db.add_traces(&[again]).await.unwrap();
    for (word, expected) in [("ready", vec![5, 4]), ("other", vec![1])] {
        let mut search = TraceSearch::default();
        search.words.only = vec![vec![vec![word.to_owned()]]];
        let found = db.search_traces(tenant, &search, None, 10).await.unwrap();
        let ids: Vec<_> = found.rows.iter().map(|row| row.id).collect();
        let expected: Vec<_> = expected.into_iter().map(trace_id).collect();
        assert_eq!(ids, expected, "{word}");
    }
}

pub async fn what_is_kept_is_counted(db: Db) {
    two_tenants(&db).await;
    let tenant = tenant_id(1);
    assert_eq!(db.trace_stock(tenant).await.unwrap(), TraceStock::default());
    let batch: Vec<_> = (1..=3).map(|number| trace(1, number)).collect();
    db.add_traces(&batch).await.unwrap();
    db.add_traces(&[trace(2, 4)]).await.unwrap();
    let stock = db.trace_stock(tenant).await.unwrap();
    assert_eq!((stock.calls, stock.oldest), (3, Some(batch[0].started_at)));
    let payload = batch[0].sealed_payload.as_ref().unwrap().bytes.len();
    assert!(stock.bytes_each > payload as u64, "{stock:?}");
}

pub async fn a_stretch_is_counted_up_to_the_most(db: Db) {
    two_tenants(&db).await;
    let mut batch: Vec<_> = (1..=5).map(|number| trace(1, number)).collect();
    batch.push(trace(2, 6));
    db.add_traces(&batch).await.unwrap();
    for (from, before, most, calls, ends) in [
        (1, 9, 10, 5, Some((1, 5))),
        (2, 4, 10, 2, Some((2, 3))),
        (1, 9, 3, 3, Some((1, 5))),
        (4, 4, 10, 0, None),
        (6, 9, 10, 0, None),
    ] {
        let found = db.traces_between(tenant_id(1), trace_id(from), trace_id(before), most);
        let expected = TraceStretch {
            calls,
            ends: ends.map(|(oldest, newest)| (trace_id(oldest), trace_id(newest))),
        };
        assert_eq!(found.await.unwrap(), expected, "{from} {before} {most}");
    }
}
