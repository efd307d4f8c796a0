use std::time::Duration;

use orderdesk_mcp_contract::tools::orders::{ListOrders, OrdersList};
use orderdesk_mcp_contract::tools::stores::{RegisterStore, StoresRegister};
use orderdesk_mcp_contract::views::dashboard::Range;
use orderdesk_mcp_contract::{ErrorCode, SecretText, UtcMillis};
use orderdesk_mcp_domain::Caller;
use orderdesk_mcp_storage::record::{Door, PayloadPlace, SpanKind, TraceRecord};
use orderdesk_mcp_storage::row::packing::unpack;
use orderdesk_mcp_vault::{KeyEncryptionKey, KeyRing, Place, Purpose, Sealed};
use orderdesk_sim::{Action, Fault};
use serde_json::{Value, json};

use crate::support::{Bench, NOW, STORE_ID, STORE_KEY, recorded, settings};

const TRACEPARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

#[tokio::test]
async fn every_call_leaves_a_whole_trace() {
    let bench = Bench::start().await;
    let owner = bench
        .tenant_with_store("Acme")
        .await
        .with_client("Inspector 2.12")
        .with_traceparent(TRACEPARENT);
    let id = bench.sim.sim().order_ids(STORE_ID)[0].to_string();
    bench
        .ok(&owner, "orders_get", json!({ "order_id": id }))
        .await;
    bench
        .ok(&owner, "orders_get", json!({ "order_id": id }))
        .await;
    bench
        .err(&owner, "orders_get", json!({ "order_id": "../x" }))
        .await;
    let rows = recorded(&bench, &owner, 4).await;
    let reads: Vec<_> = rows.iter().filter(|row| row.tool == "orders_get").collect();
    assert_eq!(reads.len(), 3);
    let (refused, warm, cold) = (reads[0], reads[1], reads[2]);
    assert_eq!(refused.error, Some(ErrorCode::Invalid));
    assert_eq!((warm.cache_hit, cold.cache_hit), (Some(true), Some(false)));
    assert_eq!(cold.order_id.as_deref(), Some(id.as_str()));
    assert_eq!(
        (cold.door, cold.client.as_deref()),
        (Door::Mcp, Some("Inspector 2.12"))
    );
    assert_eq!(cold.traceparent.as_deref(), Some(TRACEPARENT));
    // Order Desk is asked under the caller's trace.
    let log = bench.sim.sim().log();
    let read = log
        .iter()
        .rfind(|entry| entry.path == format!("/orders/{id}"));
    assert_eq!(read.unwrap().traceparent.as_deref(), Some(TRACEPARENT));
    assert!(cold.store_id.is_some() && cold.input_bytes > 10 && cold.output_bytes > 100);

    let whole = bench
        .storage
        .trace(owner.tenant_id(), cold.id)
        .await
        .unwrap()
        .unwrap();
    let upstream: Vec<_> = whole
        .spans
        .iter()
        .filter(|span| span.kind == SpanKind::Upstream)
        .collect();
    assert_eq!(
        upstream[0].name, "GET /orders/{order_id}",
        "a template, never the path"
    );
    assert_eq!(upstream[0].attributes.read()["status"], json!(200));
    assert!(whole.carried);
    let kept = bench
        .storage
        .trace_payload(owner.tenant_id(), whole.id)
        .await;
    let sealed = kept.unwrap().unwrap().sealed;
    // Between format, key version and nonce, and the tag.
    let bytes = &sealed.bytes[17..sealed.bytes.len() - 16];
    assert_eq!(unpack(bytes), None, "arguments are sealed");
    assert!(!String::from_utf8_lossy(bytes).contains(&id));
}

#[tokio::test]
async fn retries_show_as_attempts() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let id = bench.sim.sim().order_ids(STORE_ID)[0].to_string();
    bench
        .sim
        .fault(Fault::on("GET", "/orders/*", Action::Status500BeforeApply).times(1));
    bench
        .ok(
            &owner,
            "orders_get",
            json!({ "order_id": id, "store_identifier": "Main" }),
        )
        .await;
    let rows = recorded(&bench, &owner, 2).await;
    let whole = bench
        .storage
        .trace(owner.tenant_id(), rows[0].id)
        .await
        .unwrap()
        .unwrap();
    let statuses: Vec<_> = whole
        .spans
        .iter()
        .filter(|span| span.name.contains("/orders/"))
        .map(|span| span.attributes.read()["status"].clone())
        .collect();
    assert_eq!(statuses, [json!(500), json!(200)]);
}

#[tokio::test]
async fn a_caller_that_goes_away_is_recorded_as_such() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let id = bench.sim.sim().order_ids(STORE_ID)[0].to_string();
    bench.sim.fault(Fault::on(
        "GET",
        "/orders/*",
        Action::Hang {
            duration: Duration::from_secs(20),
            apply: false,
        },
    ));
    let call = tokio::spawn({
        let (services, owner) = (bench.services.clone(), owner.clone());
        async move {
            services
                .call_tool(
                    &owner,
                    "orders_get",
                    json!({ "order_id": id }).as_object().cloned().unwrap(),
                )
                .await
        }
    });
    while bench.sim.count("GET", "/orders/") == 0 {
        tokio::task::yield_now().await;
    }
    call.abort();
    let rows = recorded(&bench, &owner, 2).await;
    assert_eq!(rows[0].error, Some(ErrorCode::Cancelled));
    assert!(rows[0].order_id.is_some());
}

#[tokio::test]
async fn nothing_is_lost_at_the_end_and_no_secret_is_kept() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    for _ in 0..50 {
        bench.ok(&owner, "stores_list", json!({})).await;
    }
    bench
        .err(
            &owner,
            "stores_register",
            json!({ "store_id": STORE_ID, "api_key": "CANARY-typed-key" }),
        )
        .await;
    bench.services.close().await;
    let location =
        orderdesk_mcp_db_sqlite::SqliteLocation::from_path(bench.dir.path().join("test.db"));
    let again = orderdesk_mcp_db_sqlite::SqliteStorage::open(&location)
        .await
        .unwrap();
    let storage: &dyn orderdesk_mcp_storage::Storage = &again;
    let totals = storage
        .call_totals(owner.tenant_id(), UtcMillis(NOW - 1000))
        .await
        .unwrap();
    assert_eq!((totals.calls, totals.errors), (52, 1));
    let mut bytes = std::fs::read(bench.dir.path().join("test.db")).unwrap();
    bytes.extend(std::fs::read(bench.dir.path().join("test.db-wal")).unwrap_or_default());
    for canary in ["CANARY-typed-key", STORE_KEY] {
        assert!(
            !bytes
                .windows(canary.len())
                .any(|window| window == canary.as_bytes()),
            "{canary} is in the database"
        );
    }
}

#[tokio::test]
async fn the_dashboard_counts_what_happened() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let id = bench.sim.sim().order_ids(STORE_ID)[0].to_string();
    for _ in 0..4 {
        bench
            .ok(&owner, "orders_get", json!({ "order_id": id }))
            .await;
    }
    bench
        .err(
            &owner,
            "orders_get",
            json!({ "order_id": "999", "store_identifier": "Main" }),
        )
        .await;
    recorded(&bench, &owner, 6).await;
    let dashboard = bench.services.dashboard(&owner, Range::Day).await.unwrap();
    assert_eq!((dashboard.calls, dashboard.errors), (6, 1));
    assert_eq!((dashboard.cache_hits, dashboard.cache_lookups), (3, 5));
    assert!(dashboard.p50_ms <= dashboard.p95_ms && dashboard.p95_ms <= dashboard.p99_ms);
    assert!(dashboard.p50_ms.is_some());
    assert_eq!(dashboard.slots.len(), 25);
    assert_eq!(
        dashboard
            .slots
            .iter()
            .map(|hour| hour.ok + hour.failed)
            .sum::<u64>(),
        6
    );
    assert_eq!(dashboard.latest_errors.len(), 1);
    assert_eq!(
        dashboard.latest_errors[0].store_name.as_deref(),
        Some("Main")
    );
    assert_eq!(dashboard.stores[0].calls, 6);
    assert!(dashboard.has_mcp_call && !dashboard.has_api_key);
}

/// What was sealed of a call.
pub async fn payload(bench: &Bench, caller: &Caller, row: &TraceRecord) -> Value {
    let kept = bench
        .storage
        .trace_payload(caller.tenant_id(), row.id)
        .await;
    let kept = kept.unwrap().unwrap();
    let PayloadPlace::InBlock(block) = kept.place else {
        panic!("{:?}", kept.place);
    };
    let kek = KeyEncryptionKey::parse(&"07".repeat(32)).unwrap();
    let place = Place {
        tenant: &caller.tenant_id().to_string(),
        table: "trace_blocks",
        column: "sealed_payloads",
        row: &block.to_string(),
    };
    let opened = KeyRing::new(1, kek)
        .open(
            Purpose::TracePayload,
            &place,
            &Sealed::from_bytes(kept.sealed.bytes).unwrap(),
        )
        .unwrap();
    let payloads: Value = serde_json::from_str(&unpack(opened.expose()).unwrap()).unwrap();
    payloads[row.id.to_string()].clone()
}

#[tokio::test]
async fn a_call_of_the_web_app_is_recorded_like_an_assistants() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let person = bench.in_browser(&owner).await;
    let input = ListOrders {
        email: Some("a@example.com".into()),
        ..ListOrders::default()
    };
    bench
        .services
        .call::<OrdersList>(&person, input)
        .await
        .unwrap();
    let input = RegisterStore {
        store_id: STORE_ID.parse().unwrap(),
        api_key: SecretText::new("CANARY-typed-key"),
        store_name: Some("Second".into()),
        label: None,
    };
    let refused = bench.services.call::<StoresRegister>(&person, input).await;
    let refused = refused.unwrap_err();
    let rows = recorded(&bench, &owner, 3).await;
    assert!(rows[1].input_bytes > 10 && rows[1].output_bytes > 10);
    let listed = payload(&bench, &owner, &rows[1]).await;
    assert_eq!(listed["arguments"], json!({ "email": "[hidden: e-mail]" }));
    assert_eq!(listed["result"]["count"], 0);
    assert_eq!(
        payload(&bench, &owner, &rows[0]).await,
        json!({
            "arguments": { "store_id": STORE_ID, "api_key": "[secret]", "store_name": "Second" },
            "error": { "code": "conflict", "message": refused.message },
        })
    );
}

#[tokio::test]
async fn what_was_turned_away_keeps_no_arguments() {
    let mut limited = settings();
    limited.limits.calls_per_minute = 1;
    let bench = Bench::with(limited, orderdesk_sim::seed::tiny()).await;
    let owner = bench.tenant("Acme").await;
    let long = "x".repeat(1 << 20);
    let guess = json!({ "identifier": long, "Api_Key": "CANARY" });
    let mut last = ErrorCode::Invalid;
    while last != ErrorCode::RateLimited {
        last = bench
            .err(&owner, "stores_resolve", guess.clone())
            .await
            .code;
    }
    let rows = recorded(&bench, &owner, 2).await;
    let refused = payload(&bench, &owner, &rows[0]).await;
    assert_eq!(refused["error"]["code"], "rate_limited");
    assert!(refused.get("arguments").is_none(), "{refused}");
    let first = payload(&bench, &owner, rows.last().unwrap()).await;
    assert_eq!(first["arguments_were_cut"], true);
    assert_eq!(rows.last().unwrap().error, Some(ErrorCode::Invalid));
    assert!(first.to_string().len() < 20_000 && !first.to_string().contains("CANARY"));
}

#[tokio::test]
async fn calls_of_tools_that_are_not_there_are_charged_and_recorded() {
    let mut limited = settings();
    limited.limits.calls_per_minute = 2;
    let bench = Bench::with(limited, orderdesk_sim::seed::tiny()).await;
    let owner = bench.tenant("Acme").await;
    let name = format!("orders_shred_{}", "x".repeat(200));
    let mut codes = Vec::new();
    for _ in 0..4 {
        codes.push(bench.err(&owner, &name, json!({ "id": 1 })).await.code);
    }
    assert_eq!(codes, [ErrorCode::NotFound; 4]);
    let limit = bench.err(&owner, &name, json!({})).await;
    assert_eq!(limit.code, ErrorCode::RateLimited);
    let rows = recorded(&bench, &owner, 5).await;
    assert_eq!(rows[2].tool, "unknown", "not what the client made up");
    assert_eq!(
        payload(&bench, &owner, &rows[2]).await["arguments"],
        json!({ "id": 1 })
    );
}
