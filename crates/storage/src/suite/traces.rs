use orderdesk_mcp_contract::ErrorCode;

use super::Db;
use super::sample::{add_calls, apart, span, store_uid, tenant_id, trace, trace_id, two_tenants};
use crate::record::{Door, SpanKind, TraceFilter, TraceRecord, TraceSpans};

fn bare(tenant: u128, number: u128) -> TraceRecord {
    TraceRecord {
        key_id: None,
        client: None,
        request_id: None,
        traceparent: None,
        store_id: None,
        order_id: None,
        cache_hit: None,
        change_id: None,
        words: Vec::new(),
        carried: false,
        spans: Vec::new(),
        ..trace(tenant, number)
    }
}

pub async fn a_trace_comes_back_as_it_was(db: Db) {
    two_tenants(&db).await;
    let mut number = 0;
    let mut next = || {
        number += 1;
        trace(1, number)
    };
    let mut batch = vec![next(), bare(1, 100)];
    for door in Door::ALL {
        batch.push(TraceRecord { door, ..next() });
    }
    for code in ErrorCode::ALL {
        batch.push(TraceRecord {
            error: Some(code),
            cache_hit: Some(false),
            ..next()
        });
    }
    let kinds = SpanKind::ALL.into_iter().zip(0..);
    let spans = kinds
        .map(|(kind, at)| span(kind, kind.as_str(), 900 - at, at % 2 == 0))
        .collect();
    batch.push(TraceRecord {
        spans,
        left_out: 1_234_567,
        ..next()
    });
    batch.push(TraceRecord {
        spans: Vec::new(),
        left_out: 1,
        ..next()
    });
    add_calls(&db, &batch).await;
    for added in batch {
        assert_eq!(
            db.trace(added.tenant_id, added.id).await.unwrap(),
            Some(added)
        );
    }
    assert_eq!(db.trace(tenant_id(1), trace_id(999)).await.unwrap(), None);
}

pub async fn sending_a_batch_again_changes_nothing(db: Db) {
    two_tenants(&db).await;
    db.add_traces(&[]).await.unwrap();
    let batch = [apart(1, 1), apart(1, 2)];
    add_calls(&db, &batch).await;
    let mut changed = apart(1, 2);
    changed.tool = "orders_list".into();
    changed.spans.push(span(SpanKind::Pace, "late", 5, true));
    add_calls(&db, &[apart(1, 1), changed, apart(1, 3)]).await;
    for kept in [apart(1, 1), apart(1, 2), apart(1, 3)] {
        assert_eq!(db.trace(kept.tenant_id, kept.id).await.unwrap(), Some(kept));
    }
    assert_eq!(number_of_calls(&db, 1).await, 3);
    // Of a long batch none is left out, wherever those stand that are there.
    let long: Vec<_> = (2..=150).map(|number| apart(1, number)).collect();
    add_calls(&db, &long).await;
    for kept in long {
        assert_eq!(db.trace(kept.tenant_id, kept.id).await.unwrap(), Some(kept));
    }
    assert_eq!(number_of_calls(&db, 1).await, 150);
    // A block of several calls is known by its newest one.
    let block = [trace(2, 1), trace(2, 2), trace(2, 3)];
    add_calls(&db, &block).await;
    let mut changed = block.clone();
    changed[0].tool = "orders_list".into();
    add_calls(&db, &[&changed[..], &[apart(2, 4)]].concat()).await;
    for kept in block.into_iter().chain([apart(2, 4)]) {
        assert_eq!(db.trace(kept.tenant_id, kept.id).await.unwrap(), Some(kept));
    }
    assert_eq!(number_of_calls(&db, 2).await, 4);
}

/// How many calls the sums of the hours have.
async fn number_of_calls(db: &Db, tenant: u128) -> u64 {
    let totals = db.call_totals(tenant_id(tenant), trace(1, 0).started_at);
    totals.await.unwrap().calls
}

pub async fn one_id_twice_in_a_batch_counts_once(db: Db) {
    two_tenants(&db).await;
    let second = TraceRecord {
        tool: "second".into(),
        ..trace(1, 1)
    };
    add_calls(&db, &[trace(1, 1), second]).await;
    assert_eq!(
        db.trace(tenant_id(1), trace_id(1)).await.unwrap(),
        Some(trace(1, 1))
    );
    assert_eq!(number_of_calls(&db, 1).await, 1);
}

pub async fn traces_of_gone_workspaces_are_left_out(db: Db) {
    two_tenants(&db).await;
    add_calls(
        &db,
        &[trace(404, 1), trace(1, 2), trace(2, 3), trace(405, 4)],
    )
    .await;
    for (tenant, number, there) in [(404, 1, false), (1, 2, true), (2, 3, true), (405, 4, false)] {
        let found = db.trace(tenant_id(tenant), trace_id(number)).await.unwrap();
        assert_eq!(found.is_some(), there, "trace {number}");
    }
    add_calls(&db, &[trace(404, 1)]).await;
    assert!(!db.has_call(tenant_id(404), Door::Mcp).await.unwrap());
}

pub async fn odd_values_are_fitted(db: Db) {
    two_tenants(&db).await;
    let long = "ü".repeat(5000);
    let mut odd = trace(1, 1);
    odd.client = Some(format!("a\0{long}").into());
    odd.request_id = Some(long.as_str().into());
    odd.traceparent = Some(long.as_str().into());
    odd.order_id = Some(String::new());
    odd.tool = long.clone().into();
    (odd.duration_us, odd.input_bytes, odd.output_bytes) = (-1, -2, i64::MAX);
    odd.started_at.0 = -5;
    odd.spans[0].name = format!("\0{long}").into();
    (odd.spans[0].offset_us, odd.spans[0].duration_us) = (i64::MIN, -1);
    add_calls(&db, &[odd, trace(1, 2)]).await;
    let found = db.trace(tenant_id(1), trace_id(1)).await.unwrap().unwrap();
    let cut = "ü".repeat(120);
    assert_eq!(
        found.client.as_deref(),
        Some(&*format!("a{}", "ü".repeat(119)))
    );
    assert_eq!(
        (found.request_id.as_deref(), found.traceparent.as_deref()),
        (Some(&*cut), Some(&*cut))
    );
    assert_eq!((found.order_id.as_deref(), &*found.tool), (Some(""), &*cut));
    assert_eq!(
        (found.duration_us, found.input_bytes, found.output_bytes),
        (0, 0, i64::MAX)
    );
    assert_eq!((found.started_at.0, &*found.spans[0].name), (0, &*cut));
    assert_eq!(
        (found.spans[0].offset_us, found.spans[0].duration_us),
        (0, 0)
    );
    assert_eq!(
        db.trace(tenant_id(1), trace_id(2)).await.unwrap(),
        Some(trace(1, 2))
    );
}

/// The numbers of the traces that a filter finds.
async fn found(db: &Db, tenant: u128, filter: TraceFilter) -> Vec<u128> {
    let listed = db.list_traces(tenant_id(tenant), &filter).await.unwrap();
    let mut numbers = Vec::new();
    for trace in listed {
        assert_eq!((trace.words.len(), trace.spans.len()), (0, 0));
        assert_eq!(trace.tenant_id, tenant_id(tenant));
        numbers.push(
            (0..1000)
                .find(|number| trace_id(*number) == trace.id)
                .unwrap(),
        );
    }
    numbers
}

pub async fn lists_go_back_page_by_page(db: Db) {
    two_tenants(&db).await;
    let batch: Vec<_> = (0..250)
        .map(|number| trace(1, (number * 7) % 250))
        .collect();
    add_calls(&db, &batch).await;
    add_calls(&db, &[trace(2, 300)]).await;
    let page = |before, limit| TraceFilter {
        before,
        limit,
        ..TraceFilter::default()
    };
    assert_eq!(found(&db, 1, page(None, 3)).await, [249, 248, 247]);
    assert_eq!(
        found(&db, 1, page(Some(trace_id(247)), 3)).await,
        [246, 245, 244]
    );
    assert_eq!(found(&db, 1, page(Some(trace_id(2)), 3)).await, [1, 0]);
    assert_eq!(found(&db, 1, page(Some(trace_id(0)), 3)).await, []);
    assert_eq!(
        found(&db, 1, page(None, 1000)).await.len(),
        200,
        "the largest page"
    );
    assert_eq!(found(&db, 1, page(None, 0)).await, []);
    assert_eq!(found(&db, 2, page(None, 10)).await, [300]);
    assert_eq!(found(&db, 3, page(None, 10)).await, []);
    let listed = db.list_traces(tenant_id(1), &page(None, 1)).await.unwrap();
    let expected = TraceRecord {
        words: Vec::new(),
        spans: Vec::new(),
        ..trace(1, 249)
    };
    assert_eq!(listed, [expected]);
}

pub async fn lists_are_filtered(db: Db) {
    two_tenants(&db).await;
    let batch: Vec<_> = (0..12)
        .map(|number| TraceRecord {
            store_id: (number % 3 != 0).then(|| store_uid(number % 3)),
            // Who hangs up is no failure.
            error: Some(if number % 2 == 0 {
                ErrorCode::NotFound
            } else {
                ErrorCode::Cancelled
            }),
            ..trace(1, number)
        })
        .collect();
    add_calls(&db, &batch).await;
    let of = |store: Option<u128>, failed_only, before: Option<u128>| TraceFilter {
        store_id: store.map(store_uid),
        failed_only,
        before: before.map(trace_id),
        limit: 50,
    };
    assert_eq!(
        found(&db, 1, of(None, true, None)).await,
        [10, 8, 6, 4, 2, 0]
    );
    assert_eq!(found(&db, 1, of(None, true, Some(6))).await, [4, 2, 0]);
    assert_eq!(found(&db, 1, of(Some(1), false, None)).await, [10, 7, 4, 1]);
    assert_eq!(found(&db, 1, of(Some(1), false, Some(7))).await, [4, 1]);
    assert_eq!(found(&db, 1, of(Some(1), true, None)).await, [10, 4]);
    assert_eq!(found(&db, 1, of(Some(2), true, Some(8))).await, [2]);
    assert_eq!(found(&db, 1, of(Some(9), false, None)).await, []);
    for store in [None, Some(1)] {
        for failed in [false, true] {
            assert_eq!(
                found(&db, 2, of(store, failed, None)).await,
                [],
                "another workspace"
            );
        }
    }
}

pub async fn workspaces_do_not_see_each_others(db: Db) {
    two_tenants(&db).await;
    let theirs = TraceRecord {
        tool: "stores_list".into(),
        ..trace(2, 1)
    };
    add_calls(&db, &[trace(1, 1), theirs.clone(), trace(1, 2)]).await;
    assert_eq!(
        db.trace(tenant_id(1), trace_id(1)).await.unwrap(),
        Some(trace(1, 1))
    );
    assert_eq!(
        db.trace(tenant_id(2), trace_id(1)).await.unwrap(),
        Some(theirs)
    );
    assert_eq!(db.trace(tenant_id(2), trace_id(2)).await.unwrap(), None);
    assert_eq!(db.trace(tenant_id(3), trace_id(1)).await.unwrap(), None);
}

pub async fn spans_of_many_are_read_at_once(db: Db) {
    two_tenants(&db).await;
    let cut = TraceRecord {
        left_out: 7,
        ..trace(1, 2)
    };
    let without = TraceRecord {
        spans: Vec::new(),
        ..trace(1, 3)
    };
    let batch = [trace(1, 1), cut, without, trace(2, 4)];
    add_calls(&db, &batch).await;
    let ids = [3, 2, 1, 4, 999].map(trace_id);
    let mut found = db.spans_of(tenant_id(1), &ids).await.unwrap();
    found.sort_by_key(|spans| spans.id);
    let expected = batch[..3].iter().map(|one| TraceSpans {
        id: one.id,
        spans: one.spans.clone(),
        left_out: one.left_out,
    });
    assert_eq!(found, expected.collect::<Vec<_>>());
    assert_eq!(db.spans_of(tenant_id(1), &[]).await.unwrap(), []);
}

pub async fn a_large_batch_is_whole(db: Db) {
    two_tenants(&db).await;
    let spans: Vec<_> = (0..5)
        .map(|at| span(SpanKind::Upstream, "GET /orders", at, true))
        .collect();
    let large = |number| TraceRecord {
        spans: spans.clone(),
        ..trace(1 + number % 2, number)
    };
    let batch: Vec<_> = (0..500).map(large).collect();
    add_calls(&db, &batch).await;
    for added in batch.iter().step_by(97) {
        let found = db.trace(added.tenant_id, added.id).await.unwrap();
        assert_eq!(found.as_ref(), Some(added));
    }
    for tenant in [1, 2] {
        assert_eq!(number_of_calls(&db, tenant).await, 250);
    }
}
