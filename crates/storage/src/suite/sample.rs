//! Records to try things with. Every value differs from its neighbours, so that two columns that
//! change places are noticed.

use orderdesk_mcp_contract::{
    Access, KeyId, KeyKind, SessionId, StoreUid, TenantId, TraceId, UtcMillis,
};
use serde_json::json;

use super::Db;
use crate::record::{
    Door, KeyRecord, NewKey, SealedBlob, SessionRecord, SpanKind, SpanRecord, StoreRecord,
    TenantRecord, TraceRecord,
};

/// 2025-11-24T16:00:00Z, a full hour.
pub(super) const NOON: UtcMillis = UtcMillis(1_764_000_000_000);

pub(super) fn at(millis_after: i64) -> UtcMillis {
    NOON.plus_millis(millis_after)
}

fn millis() -> u64 {
    NOON.0.unsigned_abs()
}

pub(super) fn tenant_id(number: u128) -> TenantId {
    TenantId::from_parts(millis(), number)
}

pub(super) fn key_id(number: u128) -> KeyId {
    KeyId::from_parts(millis(), number)
}

pub(super) fn store_uid(number: u128) -> StoreUid {
    StoreUid::from_parts(millis(), number)
}

pub(super) fn trace_id(number: u128) -> TraceId {
    TraceId::from_parts(millis(), number)
}

pub(super) fn tenant(number: u128) -> TenantRecord {
    TenantRecord {
        id: tenant_id(number),
        name: format!("Workspace {number}"),
        name_key: format!("workspace {number}"),
        created_at: at(1),
        suspended_at: None,
    }
}

pub(super) fn new_key(tenant: u128, number: u128) -> NewKey {
    NewKey {
        id: key_id(number),
        tenant_id: tenant_id(tenant),
        name: format!("key {number}"),
        kind: KeyKind::Api,
        access: Access::Propose,
        hash: format!("$argon2id$hash-{number}"),
        hint: format!("odm_ak_{number}"),
        created_at: at(10),
        expires_at: Some(at(20)),
    }
}

/// The key as it is stored when nothing has happened to it.
pub(super) fn stored(new: &NewKey) -> KeyRecord {
    let new = new.clone();
    KeyRecord {
        id: new.id,
        tenant_id: new.tenant_id,
        name: new.name,
        kind: new.kind,
        access: new.access,
        hash: new.hash,
        hint: new.hint,
        active_store: None,
        created_at: new.created_at,
        expires_at: new.expires_at,
        last_used_at: None,
        revoked_at: None,
    }
}

/// Adds the workspaces 1 and 2, with the keys 1 and 2.
pub(super) async fn two_tenants(db: &Db) {
    for number in [1, 2] {
        db.add_tenant(&tenant(number), &new_key(number, number))
            .await
            .unwrap();
    }
}

pub(super) fn store(tenant: u128, number: u128) -> StoreRecord {
    StoreRecord {
        id: store_uid(number),
        tenant_id: tenant_id(tenant),
        store_id: format!("1000{number}"),
        name: format!("Shop {number}"),
        name_key: format!("shop {number}"),
        label: Some(format!("label {number}")),
        sandbox: number.is_multiple_of(2),
        sealed_api_key: SealedBlob {
            key_version: 7,
            bytes: vec![0, 1, 255, 254],
        },
        key_fingerprint: format!("fp-{number}"),
        created_at: at(30),
        updated_at: at(31),
    }
}

pub(super) fn session(tenant: Option<u128>, number: u8) -> SessionRecord {
    SessionRecord {
        id_hash: vec![number; 32],
        public_id: SessionId::from_parts(millis(), u128::from(number)),
        tenant_id: tenant.map(tenant_id),
        sealed_data: SealedBlob {
            key_version: 3,
            bytes: vec![number, 0, 200],
        },
        created_at: at(40),
        last_seen_at: at(41),
        expires_at: at(1000),
    }
}

pub(super) fn trace(tenant: u128, number: u128) -> TraceRecord {
    TraceRecord {
        id: trace_id(number),
        tenant_id: tenant_id(tenant),
        key_id: Some(key_id(tenant)),
        door: Door::Mcp,
        client: Some("client 1.0".into()),
        request_id: Some(format!("request-{number}")),
        traceparent: Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".into()),
        tool: "orders_get".into(),
        store_id: Some(store_uid(5)),
        order_id: Some("9876".into()),
        error: None,
        cache_hit: Some(true),
        started_at: at(i64::try_from(number).unwrap()),
        duration_us: 1500,
        input_bytes: 20,
        output_bytes: 30,
        sealed_payload: Some(SealedBlob {
            key_version: 9,
            bytes: vec![9, 0, 8],
        }),
        spans: vec![
            span(SpanKind::Cache, "orders", 0, true),
            span(SpanKind::Upstream, "GET /orders/{id}", 200, false),
        ],
    }
}

pub(super) fn span(kind: SpanKind, name: &str, offset_us: i64, ok: bool) -> SpanRecord {
    SpanRecord {
        kind,
        name: name.into(),
        offset_us,
        duration_us: offset_us + 7,
        ok,
        attributes: json!({ "status": 200, "attempt": 1, "note": "\u{0}\"quoted\" ü" }),
    }
}
