//! Recorded calls made up: the same every time, so that two runs measure the same.

use std::ops::Range;

use orderdesk_mcp_contract::{ChangeId, ErrorCode, KeyId, StoreUid, TenantId, TraceId, UtcMillis};
use orderdesk_mcp_storage::record::{
    Attributes, Door, SealedBlob, SpanKind, SpanRecord, TraceBlock, TraceRecord,
};
use serde_json::json;

/// Spans of each call.
pub(super) const SPANS: u32 = 5;
/// Orders that calls are about.
pub(super) const ORDERS: u64 = 50_000;
/// Stores, keys and tools of the workspace.
pub(super) const STORES: u64 = 100;
/// Codes of products, and folders.
pub(super) const CODES: u64 = 20_000;
pub(super) const FOLDERS: u64 = 12;
pub(super) const KEYS: u64 = 20;
pub(super) const TOOLS: [&str; 12] = [
    "orders_list",
    "orders_get",
    "orders_update",
    "orders_move",
    "orders_add_note",
    "orders_create",
    "orders_delete",
    "products_list",
    "products_get",
    "products_update",
    "changes_list",
    "stores_list",
];
/// Clients; the last one is rare.
const CLIENTS: [&str; 4] = [
    "claude-ai 0.1.0",
    "cursor 2.1",
    "codex 0.9",
    "night-robot 7",
];
/// The first call began then, in 2025.
pub(super) const BEGAN_AT: i64 = 1_735_689_600_000;
/// Bytes of what a call carried, sealed: half a kilobyte is a short list.
const PAYLOAD: usize = 500;
/// About what a span takes in a block.
const SPAN: usize = 100;

/// The calls of a workspace over so many days.
pub(super) struct Made {
    pub(super) tenant: TenantId,
    pub(super) calls: u64,
    pub(super) days: i64,
}

impl Made {
    /// When a call began; they are spread evenly.
    pub(super) fn began(&self, number: u64) -> UtcMillis {
        let span = u128::from((self.days * 86_400_000).unsigned_abs());
        let offset = span * u128::from(number) / u128::from(self.calls.max(1));
        UtcMillis(BEGAN_AT + i64::try_from(offset).unwrap_or(i64::MAX))
    }

    /// The id of a call.
    pub(super) fn id(&self, number: u64) -> TraceId {
        TraceId::from_parts(self.began(number).0.unsigned_abs(), u128::from(number))
    }

    /// Calls in blocks as the program makes them, with what they carried. Where they are more than a second apart, as two million
    /// over ninety days are, each is a block of its own.
    pub(super) fn blocks(&self, numbers: Range<u64>) -> Vec<TraceBlock> {
        let calls = numbers.map(|number| (number, self.call(number))).collect();
        let bytes = |(_, call): &(u64, TraceRecord)| PAYLOAD + call.spans.len() * SPAN;
        let blocks = TraceBlock::grouped(calls, |(_, call)| call, bytes);
        let block = |calls: Vec<(u64, TraceRecord)>| TraceBlock {
            sealed_payloads: Some(SealedBlob {
                key_version: 1,
                bytes: calls
                    .iter()
                    .flat_map(|(number, _)| payload(*number))
                    .collect(),
            }),
            calls: calls.into_iter().map(|(_, call)| call).collect(),
        };
        blocks.into_iter().map(block).collect()
    }

    /// A call with all that belongs to it but what it carried.
    fn call(&self, number: u64) -> TraceRecord {
        let draw = |salt: u64, of: u64| scattered(number ^ (salt << 56)) % of;
        let place = |of: usize, salt: u64| usize::try_from(draw(salt, of as u64)).unwrap_or(0);
        let tool = TOOLS[place(TOOLS.len(), 1)];
        let is_write = tool.contains("update") || tool.contains("move") || tool.contains("create");
        let is_rare = draw(2, 50_000) == 0;
        // Most are fast, some slow, a few very slow.
        let duration_us = match draw(3, 100) {
            0..60 => 200 + draw(4, 3_000),
            60..97 => 80_000 + draw(4, 600_000),
            _ => 1_000_000 + draw(4, 9_000_000),
        };
        let duration_us = i64::try_from(duration_us).unwrap_or(i64::MAX);
        let failure = [
            ErrorCode::NotFound,
            ErrorCode::Invalid,
            ErrorCode::RateLimited,
        ];
        TraceRecord {
            id: self.id(number),
            tenant_id: self.tenant,
            key_id: Some(key(draw(5, KEYS))),
            door: if draw(6, 20) == 0 {
                Door::Console
            } else {
                Door::Mcp
            },
            client: Some(CLIENTS[if is_rare { 3 } else { place(3, 7) }].into()),
            request_id: Some(format!("request-{number}").into()),
            traceparent: None,
            tool: tool.into(),
            store_id: Some(store(draw(8, STORES))),
            order_id: (draw(9, 3) > 0).then(|| order(draw(10, ORDERS))),
            error: (draw(11, 100) < 3).then(|| failure[place(3, 12)]),
            cache_hit: (!is_write).then(|| draw(13, 10) < 4),
            started_at: self.began(number),
            duration_us,
            input_bytes: 120,
            output_bytes: 2_000,
            change_id: is_write
                .then(|| ChangeId::from_parts(BEGAN_AT.unsigned_abs(), u128::from(number))),
            words: words(number),
            carried: true,
            left_out: 0,
            spans: (0..SPANS).map(|place| span(place, duration_us)).collect(),
        }
    }
}

/// What a call carried, sealed: nothing that could be packed.
fn payload(number: u64) -> impl Iterator<Item = u8> {
    (0..PAYLOAD as u64).map(move |at| scattered(number ^ at).to_le_bytes()[0])
}

/// A code of its own kind and a folder, as writes and lists have them; one in three calls has no words.
fn words(number: u64) -> Vec<String> {
    let draw = |salt: u64, of: u64| scattered(number ^ (salt << 56)) % of;
    if draw(14, 3) == 0 {
        return Vec::new();
    }
    vec![
        code(draw(15, CODES)),
        folder(draw(16, FOLDERS)),
        "shop".to_owned(),
    ]
}

/// A product's code, of which there are many.
pub(super) fn code(number: u64) -> String {
    format!("sku-{number}")
}

/// A folder's name, of which there are few.
pub(super) fn folder(number: u64) -> String {
    format!("folder-{number}")
}

fn span(place: u32, duration_us: i64) -> SpanRecord {
    let each = duration_us / i64::from(SPANS);
    SpanRecord {
        kind: [
            SpanKind::Policy,
            SpanKind::Cache,
            SpanKind::Queue,
            SpanKind::Pace,
        ][place as usize % 4],
        name: "GET /orders/{id}".into(),
        offset_us: each * i64::from(place),
        duration_us: each,
        ok: true,
        attributes: Attributes::of(&json!({ "attempt": 1, "status": 200 })),
    }
}

/// A store's id.
pub(super) fn store(number: u64) -> StoreUid {
    StoreUid::from_parts(BEGAN_AT.unsigned_abs(), u128::from(number))
}

/// A key's id.
pub(super) fn key(number: u64) -> KeyId {
    KeyId::from_parts(BEGAN_AT.unsigned_abs(), u128::from(number))
}

/// An order's id.
pub(super) fn order(number: u64) -> String {
    (700_000_000 + number).to_string()
}

/// A number that looks like chance (the finalizer of SplitMix64).
pub(super) fn scattered(number: u64) -> u64 {
    let mut bits = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}
