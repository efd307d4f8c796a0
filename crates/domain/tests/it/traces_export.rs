//! Recorded calls as files.

use std::time::Duration;

use orderdesk_mcp_contract::trace::TraceQuery;
use orderdesk_mcp_contract::trace::export::ExportFormat;
use orderdesk_mcp_contract::{ErrorCode, TraceId, UtcMillis};
use orderdesk_mcp_domain::Caller;
use orderdesk_mcp_storage::record::{Door, TraceRecord};
use serde_json::{Value, json};

use crate::support::{Bench, NOW, STORE_ID, add, recorded};

const TRACEPARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

async fn file(bench: &Bench, caller: &Caller, query: &str, format: ExportFormat) -> String {
    let query = TraceQuery::parse(query).unwrap();
    let export = bench.services.export_traces(caller, &query, format).await;
    let mut export = export.unwrap();
    let mut file = Vec::new();
    while let Some(part) = export.next_part().await.unwrap() {
        assert!(!part.is_empty());
        file.extend(part);
    }
    String::from_utf8(file).unwrap()
}

/// Two workspaces with a call each of the tool that is asked for.
async fn busy(bench: &Bench) -> Caller {
    let owner = bench.tenant_with_store("Acme").await;
    let other = bench.tenant("Other").await;
    let owner = owner
        .with_client("=1+1, \"Robot\"")
        .with_traceparent(TRACEPARENT);
    let id = bench.sim.sim().order_ids(STORE_ID)[0].to_string();
    bench
        .ok(&owner, "orders_get", json!({ "order_id": id }))
        .await;
    bench
        .err(&owner, "orders_get", json!({ "order_id": "../x" }))
        .await;
    bench
        .err(&other, "orders_get", json!({ "order_id": "1" }))
        .await;
    recorded(bench, &owner, 3).await;
    recorded(bench, &other, 1).await;
    owner
}

#[tokio::test]
async fn a_table_has_a_head_and_a_line_for_each_call() {
    let bench = Bench::start().await;
    let owner = busy(&bench).await;
    let table = file(&bench, &owner, "tool:orders_get", ExportFormat::Csv).await;
    let mut rows = csv::Reader::from_reader(table.as_bytes());
    let head = rows.headers().unwrap().clone();
    let rows: Vec<_> = rows.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 2);
    let cell = |row: usize, name: &str| {
        let column = head.iter().position(|title| title == name).unwrap();
        rows[row][column].to_owned()
    };
    assert_eq!([cell(0, "outcome"), cell(1, "outcome")], ["invalid", "ok"]);
    // Spreadsheets would run it.
    assert_eq!(cell(1, "client"), "'=1+1, \"Robot\"");
    assert_eq!(
        (cell(1, "store"), cell(1, "cached")),
        ("Main".into(), "no".into())
    );
    assert_eq!(cell(1, "began").len(), "2026-11-22T09:30:00Z".len());
    let nothing = file(&bench, &owner, "tool:orders_delete", ExportFormat::Csv).await;
    assert_eq!(nothing.lines().count(), 1, "the head alone");
}

#[tokio::test]
async fn lines_of_json_say_what_the_list_says() {
    let bench = Bench::start().await;
    let owner = busy(&bench).await;
    let lines = file(&bench, &owner, "tool:orders_get", ExportFormat::Jsonl).await;
    let lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let query = TraceQuery::parse("tool:orders_get").unwrap();
    let page = bench
        .services
        .search_traces(&owner, &query, None, 50)
        .await
        .unwrap();
    assert_eq!(json!(lines), json!(page.lines));
    assert_eq!(
        file(&bench, &owner, "tool:orders_delete", ExportFormat::Jsonl).await,
        ""
    );
}

#[tokio::test]
async fn open_telemetry_finds_the_call_below_its_clients_span() {
    let bench = Bench::start().await;
    let owner = busy(&bench).await;
    let file = file(
        &bench,
        &owner,
        "tool:orders_get status:ok",
        ExportFormat::Otlp,
    )
    .await;
    let line: Value = serde_json::from_str(file.trim_end()).unwrap();
    let spans = line["resourceSpans"][0]["scopeSpans"][0]["spans"]
        .as_array()
        .unwrap();
    let root = &spans[0];
    assert_eq!(root["traceId"], "0af7651916cd43dd8448eb211c80319c");
    assert_eq!(root["parentSpanId"], "b7ad6b7169203331");
    assert_eq!(
        (root["name"].as_str(), root["kind"].as_u64()),
        (Some("orders_get"), Some(2))
    );
    let upstream = spans.iter().find(|span| span["kind"] == 3).unwrap();
    assert_eq!(upstream["parentSpanId"], root["spanId"]);
    assert_eq!(upstream["traceId"], root["traceId"]);
    assert!(!file.contains("null"), "what is not known is left out");
    let mut ids: Vec<_> = spans
        .iter()
        .map(|span| span["spanId"].as_str().unwrap())
        .collect();
    assert!(ids.iter().all(|id| id.len() == 16));
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), spans.len());
    let nanos = |span: &Value, name: &str| span[name].as_str().unwrap().parse::<u128>().unwrap();
    for span in spans {
        assert!(nanos(span, "startTimeUnixNano") <= nanos(span, "endTimeUnixNano"));
    }
}

#[tokio::test]
async fn a_long_history_is_whole_and_that_it_left_is_recorded() {
    let bench = Bench::start().await;
    let owner = bench.tenant("Acme").await;
    let at = UtcMillis(NOW - 1_000_000);
    let call = |number: u64| TraceRecord {
        id: TraceId::from_parts(at.0.unsigned_abs() + number, u128::from(number)),
        tenant_id: owner.tenant_id(),
        key_id: Some(owner.actor_id()),
        door: Door::Mcp,
        client: None,
        request_id: None,
        traceparent: None,
        tool: "bulk".into(),
        store_id: None,
        order_id: None,
        error: None,
        cache_hit: None,
        started_at: at,
        duration_us: 1,
        input_bytes: 0,
        output_bytes: 0,
        change_id: None,
        words: Vec::new(),
        carried: false,
        spans: Vec::new(),
        left_out: 0,
    };
    let calls: Vec<_> = (0..523).map(call).collect();
    add(&bench, &calls).await;
    let lines = file(&bench, &owner, "tool:bulk", ExportFormat::Jsonl).await;
    let ids: Vec<_> = lines
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["id"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    let expected: Vec<_> = calls.iter().rev().map(|call| call.id.to_string()).collect();
    assert_eq!(ids, expected);
    for _ in 0..100 {
        let rows = recorded(&bench, &owner, 1).await;
        if rows.iter().any(|row| row.tool == "export_traces") {
            return;
        }
        // The writer works in the background; there is nothing else to wait for.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("that calls were exported was not recorded");
}

#[tokio::test]
async fn no_file_is_made_of_damaged_calls() {
    let bench = Bench::start().await;
    let owner = busy(&bench).await;
    let query = TraceQuery::parse("tool:orders_get").unwrap();
    let page = bench.services.search_traces(&owner, &query, None, 9).await;
    assert!(!page.unwrap().is_damaged);
    bench.damage_calls().await;
    let page = bench.services.search_traces(&owner, &query, None, 9).await;
    let page = page.unwrap();
    assert_eq!((page.lines.len(), page.is_damaged), (0, true));
    for format in ExportFormat::ALL {
        let export = bench.services.export_traces(&owner, &query, format).await;
        let refused = export.unwrap().next_part().await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::Internal);
        assert!(refused.message.contains("is damaged"), "{refused}");
    }
}
