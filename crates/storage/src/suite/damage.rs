//! What is left of recorded calls once one of their rows is damaged, which only whoever tests a database can do.

use super::Db;
use super::sample::{recorded_at, tenant_id, two_tenants};
use crate::error::StorageError;
use crate::record::{BlocksAsked, TraceBlock, TraceRecord, TraceStock};

/// Two blocks, each of which begins before the other ends: the one that begins first is to be damaged.
fn blocks() -> [Vec<TraceRecord>; 2] {
    let call = |(number, millis_after)| recorded_at(1, number, millis_after);
    [
        [(1, 0), (2, 600)].map(call).to_vec(),
        [(3, 300), (4, 900)].map(call).to_vec(),
    ]
}

/// A database with two blocks, of which the facts of the one that begins first are to be damaged.
pub struct TwoBlocks(Db);

impl TwoBlocks {
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

    /// Once one is damaged: it is named, what is sound is read, and both are thrown away.
    pub async fn are_told_apart(&self) {
        let db = &self.0;
        let tenant = tenant_id(1);
        let [damaged, sound] = blocks().map(|calls| [calls[0].id, calls[1].id]);
        for id in sound {
            assert!(db.trace(tenant, id).await.unwrap().is_some());
            assert_eq!(db.trace_payload(tenant, id).await.unwrap(), None);
        }
        assert_eq!(db.spans_of(tenant, &sound).await.unwrap().len(), 2);
        let named = |error: StorageError| match error {
            StorageError::Corrupt { table, column, row } => (table, column, row),
            other => panic!("{other:?}"),
        };
        let itself = ("trace_blocks", "facts", damaged[1].to_string());
        for id in damaged {
            assert_eq!(named(db.trace(tenant, id).await.unwrap_err()), itself);
            let payload = db.trace_payload(tenant, id).await;
            assert_eq!(named(payload.unwrap_err()), itself);
            let spans = db.spans_of(tenant, &[id, sound[0]]).await;
            assert_eq!(named(spans.unwrap_err()), itself);
        }
        // One of another time is not there, rather than damaged.
        let later = recorded_at(1, 5, 9_000).id;
        assert_eq!(db.trace(tenant, later).await.unwrap(), None);
        assert_eq!(db.purge_traces(tenant, later, 9).await.unwrap(), 4);
        assert_eq!(db.purge_traces(tenant, later, 9).await.unwrap(), 0);
        let left = db.trace_blocks(tenant, &BlocksAsked::all(9)).await;
        assert_eq!(left.unwrap().len(), 0);
        assert_eq!(db.trace_stock(tenant).await.unwrap(), TraceStock::default());
    }
}
