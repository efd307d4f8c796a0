use std::sync::Arc;

use orderdesk_mcp_contract::SessionId;
use tokio::task::JoinSet;

use super::Db;
use super::sample::{
    apart, at, key_id, new_key, session, store, tenant, tenant_id, trace, two_tenants,
};
use crate::StorageError;
use crate::record::{SealedBlob, SessionRecord, TraceBlock};

pub async fn a_ping_leaves_nothing_behind(db: Db) {
    let first = db.ping().await.unwrap();
    assert!(first.schema_version >= 1, "{first:?}");
    assert!(
        first.connections_idle + first.connections_in_use >= 1,
        "{first:?}"
    );
    // The probe of the first would be in the way of a second, were it still there.
    let mut pings = JoinSet::new();
    for _ in 0..8 {
        let db = Arc::clone(&db);
        pings.spawn(async move { db.ping().await.unwrap().kind });
    }
    for kind in pings.join_all().await {
        assert_eq!(kind, first.kind);
    }
}

pub async fn sixty_four_writers_never_fail(db: Db) {
    two_tenants(&db).await;
    let mut writers = JoinSet::new();
    for writer in 0..64_u8 {
        let db = Arc::clone(&db);
        writers.spawn(async move {
            for round in 0..8_u8 {
                let mut added = session(Some(1), writer);
                added.id_hash[0] = round;
                let number = u128::from(writer) * 100 + u128::from(round);
                added.public_id = SessionId::from_parts(5, number);
                db.add_session(&added).await.unwrap();
                added.last_seen_at = at(900);
                assert!(db.save_session(&added).await.unwrap());
                // The same keys and traces from everyone, in different orders.
                let mut used = [
                    (key_id(1), at(number.try_into().unwrap())),
                    (key_id(2), at(1)),
                ];
                let batch = [apart(1, number), apart(2, 1_000_000), apart(1, 1_000_001)];
                let mut blocks = TraceBlock::without_payloads(&batch);
                if writer % 2 == 0 {
                    used.reverse();
                    blocks.reverse();
                }
                db.touch_keys(&used).await.unwrap();
                db.add_traces(&blocks).await.unwrap();
            }
        });
    }
    writers.join_all().await;
    assert_eq!(
        db.remove_tenant_sessions(tenant_id(1)).await.unwrap(),
        64 * 8
    );
    let calls = db.call_totals(tenant_id(1), at(0)).await.unwrap().calls;
    assert_eq!(calls, 64 * 8 + 1);
    let used = db.key(key_id(1)).await.unwrap().unwrap().last_used_at;
    assert_eq!(used, Some(at(63 * 100 + 7)));
}

pub async fn unicode_and_large_blobs_come_back(db: Db) {
    let mut odd = tenant(1);
    odd.name = "Ünï – 日本 🦀 e\u{301} \u{202e}rtl'\"\\;--".into();
    odd.name_key = odd.name.to_lowercase();
    db.add_tenant(&odd, &new_key(1, 1)).await.unwrap();
    assert_eq!(
        db.tenant_by_name_key(&odd.name_key).await.unwrap(),
        Some(odd.clone())
    );
    let mut added = store(1, 1);
    (added.name, added.name_key) = (odd.name.clone(), odd.name_key.clone());
    added.label = Some(odd.name);
    added.sealed_api_key.bytes = vec![0xa5; 300_000];
    db.add_store(&added).await.unwrap();
    assert_eq!(
        db.store_by_name_key(tenant_id(1), &added.name_key)
            .await
            .unwrap(),
        Some(added)
    );
    let bytes: Vec<u8> = (0..4_000_000_u32).map(|at| at.to_le_bytes()[0]).collect();
    let sealed_data = SealedBlob {
        key_version: 1,
        bytes,
    };
    let large = SessionRecord {
        sealed_data: sealed_data.clone(),
        ..session(Some(1), 1)
    };
    db.add_session(&large).await.unwrap();
    assert_eq!(
        db.session(&large.id_hash, at(0)).await.unwrap(),
        Some(large)
    );
    let call = trace(1, 1);
    let block = TraceBlock {
        calls: vec![call.clone()],
        sealed_payloads: Some(sealed_data.clone()),
    };
    db.add_traces(&[block]).await.unwrap();
    let kept = db.trace_payload(call.tenant_id, call.id).await.unwrap();
    assert_eq!(kept.map(|kept| kept.sealed), Some(sealed_data));
    assert_eq!(db.trace(call.tenant_id, call.id).await.unwrap(), Some(call));
}

pub async fn a_closed_database_is_unavailable(db: Db) {
    two_tenants(&db).await;
    db.close().await;
    let error = db.tenant(tenant_id(1)).await.unwrap_err();
    assert!(matches!(error, StorageError::Unavailable(_)), "{error:?}");
    let error = db.add_session(&session(None, 1)).await.unwrap_err();
    assert!(matches!(error, StorageError::Unavailable(_)), "{error:?}");
    let error = db.ping().await.unwrap_err();
    assert!(matches!(error, StorageError::Unavailable(_)), "{error:?}");
}
