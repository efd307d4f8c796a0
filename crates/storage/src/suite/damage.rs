//! What is left of recorded calls once one of their rows is damaged, which only whoever tests a database can do.

use super::Db;
use super::sample::{key_id, recorded_at, tenant_id, two_tenants};
use super::searches::{ids, walk};
use crate::error::StorageError;
use crate::record::{BlocksAsked, TraceBlock, TraceFilter, TraceRecord, TraceSearch, TraceStock};

/// Three blocks: one to be damaged, another that begins before that one ends, and one that is older.
fn blocks() -> [Vec<TraceRecord>; 3] {
    let call = |(number, millis_after)| recorded_at(1, number, millis_after);
    [
        [(1, 5_000), (2, 5_600)].map(call).to_vec(),
        [(3, 5_300), (4, 5_900)].map(call).to_vec(),
        [(5, 0), (6, 500)].map(call).to_vec(),
    ]
}

/// The table, column and row that cannot be read.
fn named(error: StorageError) -> (&'static str, &'static str, String) {
    match error {
        StorageError::Corrupt { table, column, row } => (table, column, row),
        other => panic!("{other:?}"),
    }
}

/// A database with three blocks, of which the second oldest is to be damaged.
pub struct ThreeBlocks(Db);

impl ThreeBlocks {
    /// Adds them.
    pub async fn add(db: Db) -> Self {
        two_tenants(&db).await;
        let blocks = blocks().map(|calls| TraceBlock {
            calls,
            sealed_payloads: None,
        });
        db.add_traces(&blocks).await.unwrap();
        Self(db)
    }

    /// Once the steps of one are damaged: it is named where they are asked for, and all else is read.
    pub async fn have_steps_told_apart(&self) {
        let db = &self.0;
        let tenant = tenant_id(1);
        let [damaged, sound, _] = blocks().map(|calls| [calls[0].id, calls[1].id]);
        for id in sound {
            assert!(db.trace(tenant, id).await.unwrap().is_some());
        }
        assert_eq!(db.spans_of(tenant, &sound).await.unwrap().len(), 2);
        let itself = ("trace_blocks", "spans", damaged[1].to_string());
        for id in damaged {
            assert_eq!(named(db.trace(tenant, id).await.unwrap_err()), itself);
            let spans = db.spans_of(tenant, &[id, sound[0]]).await;
            assert_eq!(named(spans.unwrap_err()), itself);
            assert_eq!(db.trace_payload(tenant, id).await.unwrap(), None);
        }
        let all = TraceSearch::default();
        let page = db.search_traces(tenant, &all, None, 9).await.unwrap();
        assert_eq!((page.rows.len(), page.is_damaged), (6, false));
    }

    /// Once the calls of one are damaged: it is named, what is sound is read, and both are thrown away.
    pub async fn are_told_apart(&self) {
        let db = &self.0;
        let tenant = tenant_id(1);
        let [damaged, sound, older] = blocks().map(|calls| [calls[0].id, calls[1].id]);
        for id in sound {
            assert!(db.trace(tenant, id).await.unwrap().is_some());
            assert_eq!(db.trace_payload(tenant, id).await.unwrap(), None);
        }
        assert_eq!(db.spans_of(tenant, &sound).await.unwrap().len(), 2);
        let itself = ("trace_blocks", "facts", damaged[1].to_string());
        for id in damaged {
            assert_eq!(named(db.trace(tenant, id).await.unwrap_err()), itself);
            let payload = db.trace_payload(tenant, id).await;
            assert_eq!(named(payload.unwrap_err()), itself);
            let spans = db.spans_of(tenant, &[id, sound[0]]).await;
            assert_eq!(named(spans.unwrap_err()), itself);
        }
        // What is older than it is found still, and newer than it.
        let newest_first = [sound[1], sound[0], older[1], older[0]];
        for look_at in [1, 2, 100] {
            let search = TraceSearch {
                look_at,
                ..TraceSearch::default()
            };
            let pages = walk(db, &search, 9).await;
            let rows = pages.iter().flat_map(|page| &page.rows);
            assert_eq!(ids(rows), newest_first);
            assert!(pages.iter().any(|page| page.is_damaged));
        }
        let filter = TraceFilter {
            limit: 9,
            ..TraceFilter::default()
        };
        let listed = db.list_traces(tenant, &filter).await.unwrap();
        assert_eq!(ids(&listed), newest_first);
        let all = TraceSearch::default();
        let counted = db.newest_traces(tenant, &all).await.unwrap();
        assert_eq!(ids(&counted.calls), newest_first);
        assert!(counted.is_damaged);
        for id in [sound[0], older[0]] {
            let around = db.traces_around(tenant, key_id(1), id, 9).await.unwrap();
            assert_eq!(ids(&around.rows), [older, sound].concat());
            assert!(around.is_damaged);
        }
        // One of another time is not there, rather than damaged.
        let later = recorded_at(1, 7, 9_000).id;
        assert_eq!(db.trace(tenant, later).await.unwrap(), None);
        // What is sound goes first, and what is damaged by itself.
        assert_eq!(db.purge_traces(tenant, later, 9).await.unwrap(), 2);
        assert_eq!(db.trace(tenant, older[0]).await.unwrap(), None);
        assert_eq!(db.purge_traces(tenant, later, 9).await.unwrap(), 2);
        assert_eq!(db.trace(tenant, damaged[0]).await.unwrap(), None);
        assert!(db.trace(tenant, sound[0]).await.unwrap().is_some());
        assert_eq!(db.purge_traces(tenant, later, 9).await.unwrap(), 2);
        assert_eq!(db.purge_traces(tenant, later, 9).await.unwrap(), 0);
        let left = db.trace_blocks(tenant, &BlocksAsked::all(9)).await;
        assert_eq!(left.unwrap().len(), 0);
        assert_eq!(db.trace_stock(tenant).await.unwrap(), TraceStock::default());
    }
}
