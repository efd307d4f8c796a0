use std::time::Duration;

use orderdesk_mcp_contract::{ErrorCode, UtcMillis};
use orderdesk_mcp_storage::record::{Door, SpanKind, TraceFilter, TraceRecord};
use orderdesk_sim::{Action, Fault};
use serde_json::json;

use crate::support::{Bench, NOW, STORE_ID, STORE_KEY};

const TRACEPARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

async fn recorded(
    bench: &Bench,
    caller: &orderdesk_mcp_domain::Caller,
    at_least: usize,
) -> Vec<TraceRecord> {
    let filter = TraceFilter {
        limit: 200,
        ..TraceFilter::default()
    };
    for _ in 0..100 {
        let rows = bench
            .storage
            .list_traces(caller.tenant_id(), &filter)
            .await
            .unwrap();
        if rows.len() >= at_least {
            return rows;
        }
        // The writer works in the background; there is nothing else to wait for.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("fewer than {at_least} traces were written");
}

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
    assert_eq!(upstream[0].attributes["status"], json!(200));
    let payload = whole.sealed_payload.unwrap();
    assert!(
        !String::from_utf8_lossy(&payload.bytes).contains(&id),
        "arguments are sealed"
    );
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
        .map(|span| span.attributes["status"].clone())
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
    let dashboard = bench.services.dashboard(&owner).await.unwrap();
    assert_eq!((dashboard.calls, dashboard.errors), (6, 1));
    assert_eq!((dashboard.cache_hits, dashboard.cache_lookups), (3, 5));
    assert!(dashboard.p95_ms.is_some());
    assert_eq!(dashboard.hourly.len(), 24);
    assert_eq!(
        dashboard
            .hourly
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
