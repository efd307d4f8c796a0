//! What a database holds before a migration, and what it must hold after it. Each database's own test applies the migrations.

use std::collections::BTreeMap;

use crate::record::{DurationClass, KeptPayload, PayloadPlace, SealedBlob};
use crate::row::{TraceBlockRow, hour_of};
use orderdesk_mcp_contract::{TenantId, UtcMillis};
use serde_json::{Value, json};

/// The workspace.
const TENANT: &str = "01AAAAAAAAAAAAAAAAAAAAAAAA";

/// The statements that add a workspace with calls of all lengths before 0006, and the calls of tools that it must have counted
/// then: hour, class and number, in order. Every other one of the 186 has carried `payload`, as the database writes bytes.
pub fn calls_from_before(payload: &str) -> (String, Vec<(i64, i64, i64)>) {
    let mut counted: BTreeMap<(i64, i64), i64> = BTreeMap::new();
    let mut fill = format!(
        "INSERT INTO tenants (id, name, name_key, created_at) VALUES ('{TENANT}', 'a', 'a', 1);"
    );
    let powers = (0..62).map(|number| 1_i64 << number);
    let durations = powers.flat_map(|power| [power - 1, power, power + power / 3]);
    for (number, duration_us) in (0..).zip(durations) {
        let started_at = number * 60_000;
        let door = if number % 7 == 0 { "web" } else { "mcp" };
        let carried = if number % 2 == 0 {
            format!("1, {payload}")
        } else {
            "NULL, NULL".to_owned()
        };
        fill.push_str(&format!(
            "INSERT INTO traces (tenant_id, id, door, tool, started_at, duration_us, input_bytes, output_bytes,
                                 sealed_key_version, sealed_payload)
             VALUES ('{TENANT}', '{number:026}', '{door}', 'orders_get', {started_at}, {duration_us}, 1, 1, {carried});"
        ));
        if door == "mcp" {
            let class = DurationClass::of(duration_us).number();
            let hour = hour_of(UtcMillis(started_at));
            *counted.entry((hour, class)).or_default() += 1;
        }
    }
    let counted = counted.into_iter();
    (
        fill,
        counted
            .map(|((hour, class), calls)| (hour, class, calls))
            .collect(),
    )
}

/// What 0008 must make of the steps of the first of those calls, `steps_from_before` having added them.
pub const STEPS: &str = r#"[["cache","read \"orders\"",0,40,true,{"hit":false}],["upstream","GET /orders/{id}",50,900,false,{"status":503,"tokens_remaining":null}]]"#;

/// The statements that add steps to the first of those calls before 0008, the later one first; `yes` and `no` as the database
/// writes them.
pub fn steps_from_before(yes: &str, no: &str) -> String {
    format!(
        r#"INSERT INTO trace_spans (tenant_id, trace_id, position, kind, name, offset_us, duration_us, ok, attributes)
           SELECT tenant_id, id, 1, 'upstream', 'GET /orders/{{id}}', 50, 900, {no}, '{{"status":503,"tokens_remaining":null}}'
           FROM traces WHERE id = '{0:026}'
           UNION ALL
           SELECT tenant_id, id, 0, 'cache', 'read "orders"', 0, 40, {yes}, '{{"hit":false}}'
           FROM traces WHERE id = '{0:026}';"#,
        0
    )
}

/// A later call, of which all is known.
const RICH: &str = "00000000000000000000000900";

/// The statements that add one more call before 0015, with all that a call can have; `payload` and `yes` as the database writes
/// them.
pub fn rich_call_from_before(payload: &str, yes: &str) -> String {
    format!(
        r#"INSERT INTO traces (tenant_id, id, key_id, door, client, request_id, traceparent, tool, store_id, order_id, error,
                               cache_hit, started_at, duration_us, input_bytes, output_bytes, change_id, words, spans,
                               sealed_key_version, sealed_payload)
           VALUES ('{TENANT}', '{RICH}', '01kkkkkkkkkkkkkkkkkkkkkkkk', 'stdio', 'Größe "2" \1', 'r-1', '00-1-2-03', 'orders_list',
                   '01ssssssssssssssssssssssss', 'A-7', 'not_found', {yes}, 9223372036854775, 5, 6, 7,
                   '01cccccccccccccccccccccccc', '["blue","größe\u00e9"]', '{STEPS}', 1, {payload});
           INSERT INTO trace_words VALUES ('{TENANT}', 'blue', '{RICH}'), ('{TENANT}', 'größeé', '{RICH}');"#
    )
}

/// A block as a database holds it: its id, that of its oldest call, how many it holds, packing, facts, spans, and what they
/// carried behind the version of its key.
pub type Block = (
    String,
    String,
    i64,
    i64,
    Vec<u8>,
    Vec<u8>,
    Option<i64>,
    Option<Vec<u8>>,
);

/// What blocks are found by: field, value, block and number of calls.
pub type Posting = (String, String, String, i64);

/// What 0015 must make of all these calls, the blocks in order of their ids. The payload was the bytes 1 and 2.
pub fn assert_in_blocks(blocks: &[Block], postings: Vec<Posting>) {
    assert_eq!(blocks.len(), 187);
    for (number, (id, oldest, calls, packing, ..)) in blocks.iter().enumerate() {
        assert_eq!((oldest, *calls, *packing), (id, 1, 0), "block {number}");
    }
    let sealed = |(.., version, payload): &Block| (*version, payload.clone());
    let carried = (Some(1), Some(vec![1, 2]));
    let carries = blocks.iter().filter(|block| sealed(block) == carried);
    assert_eq!(carries.count(), 94);
    let carries_none = blocks.iter().filter(|block| sealed(block) == (None, None));
    assert_eq!(carries_none.count(), 93);

    let text = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).unwrap();
    let held = |(.., facts, spans, _, _): &Block| (text(facts), text(spans));
    let none: [Value; 0] = [];
    let steps = text(STEPS.as_bytes());
    let plain = |number: i64, door: &str, carried: bool| {
        json!([[
            format!("{number:026}"),
            null,
            door,
            null,
            null,
            null,
            "orders_get",
            null,
            null,
            null,
            null,
            number * 60_000,
            number,
            1,
            1,
            null,
            carried,
            none
        ]])
    };
    assert_eq!(held(&blocks[0]), (plain(0, "web", true), json!([steps])));
    assert_eq!(held(&blocks[1]), (plain(1, "mcp", false), json!([none])));
    let rich = json!([[
        RICH,
        "01kkkkkkkkkkkkkkkkkkkkkkkk",
        "stdio",
        "Größe \"2\" \\1",
        "r-1",
        "00-1-2-03",
        "orders_list",
        "01ssssssssssssssssssssssss",
        "A-7",
        "not_found",
        true,
        9_223_372_036_854_775_i64,
        5,
        6,
        7,
        "01cccccccccccccccccccccccc",
        true,
        ["blue", "größeé"]
    ]]);
    assert_eq!(held(&blocks[186]), (rich, json!([steps])));
    assert_is_read(&blocks[186]);
    assert_found(blocks, postings);
}

/// Each block is found by all that its call has, and by nothing else.
fn assert_found(blocks: &[Block], mut postings: Vec<Posting>) {
    postings.sort();
    let posting = |field: &str, value: &str, id: &str| -> Posting {
        (field.into(), value.into(), id.into(), 1)
    };
    let mut expected: Vec<Posting> = Vec::new();
    for (id, ..) in blocks {
        let tool = if id == RICH {
            "orders_list"
        } else {
            "orders_get"
        };
        expected.extend([posting("all", "", id), posting("tool", tool, id)]);
    }
    expected.extend([
        posting("change", "01cccccccccccccccccccccccc", RICH),
        posting("changed", "", RICH),
        posting("failed", "", RICH),
        posting("key", "01kkkkkkkkkkkkkkkkkkkkkkkk", RICH),
        posting("order", "A-7", RICH),
        posting("store", "01ssssssssssssssssssssssss", RICH),
        posting("word", "blue", RICH),
        posting("word", "größeé", RICH),
    ]);
    expected.sort();
    assert_eq!(postings, expected);
}

/// The block of the rich call says all of it to the program, too.
fn assert_is_read(block: &Block) {
    let (id, _, _, packing, facts, spans, version, payload) = block.clone();
    let row = TraceBlockRow {
        id,
        packing,
        facts,
        spans: Some(spans),
        sealed_key_version: version,
        sealed_payloads: payload,
    };
    let calls = row.calls(TenantId::from_parts(1, 1)).unwrap();
    assert_eq!(calls[0].words, ["blue", "größeé"]);
    assert!(calls[0].carried && calls[0].change_id.is_some() && calls[0].error.is_some());
    assert_eq!(row.spans(&calls, |_| true).unwrap()[0].spans.len(), 2);
    let kept = KeptPayload {
        sealed: SealedBlob {
            key_version: 1,
            bytes: vec![1, 2],
        },
        place: PayloadPlace::Alone,
    };
    assert_eq!(row.payload().unwrap(), Some(kept));
}

/// The statements that add a workspace and two entries of its audit log; `hash` as the database writes 32 bytes.
pub fn audit_log(hash: &str) -> String {
    let entry = |seq| {
        format!(
            "INSERT INTO audit_entries (tenant_id, seq, at, act, door, facts, hash)
             VALUES ('{TENANT}', {seq}, 1, 'create_key', 'cli', '{{}}', {hash});"
        )
    };
    format!(
        "INSERT INTO tenants (id, name, name_key, created_at) VALUES ('{TENANT}', 'a', 'a', 1);{}{}",
        entry(1),
        entry(2)
    )
}

/// What nobody may do to entries by a slip of the program.
pub const AUDIT_SLIPS: [&str; 4] = [
    "UPDATE audit_entries SET facts = '[]' WHERE seq = 1",
    "UPDATE audit_entries SET seq = 9 WHERE seq = 2",
    "DELETE FROM audit_entries WHERE seq = 2",
    "DELETE FROM audit_entries",
];
