use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use orderdesk_mcp_contract::ErrorCode;
use orderdesk_mcp_contract::tools::catalog;
use orderdesk_sim::{Action, Fault, seed};
use serde_json::{Value, json};

use crate::support::{Bench, STORE_ID, settings};

#[tokio::test]
async fn pages_lead_through_every_order_once() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let expected: BTreeSet<String> = bench
        .sim
        .sim()
        .order_ids(STORE_ID)
        .iter()
        .map(u64::to_string)
        .collect();
    assert!(expected.len() >= 500);
    let mut seen = BTreeSet::new();
    let mut cursor: Option<String> = None;
    loop {
        let mut arguments = json!({ "limit": 120, "order_by": "id", "order": "ASC" });
        if let Some(cursor) = &cursor {
            arguments["cursor"] = json!(cursor);
        }
        let page = bench.ok(&owner, "orders_list", arguments).await;
        for order in page["orders"].as_array().unwrap() {
            assert!(
                seen.insert(order["id"].as_str().unwrap().to_owned()),
                "an order came twice"
            );
            assert!(
                order["version"]
                    .as_str()
                    .is_some_and(|version| !version.is_empty())
            );
            assert!(order.get("order_items").is_none(), "a summary has no lines");
        }
        cursor = page["next_cursor"].as_str().map(str::to_owned);
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_cursor_belongs_to_its_filters() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let page = bench
        .ok(
            &owner,
            "orders_list",
            json!({ "limit": 5, "folder_name": "New" }),
        )
        .await;
    let cursor = page["next_cursor"].as_str().unwrap();
    bench
        .ok(
            &owner,
            "orders_list",
            json!({ "limit": 5, "folder_name": "New", "cursor": cursor }),
        )
        .await;
    for other in [
        json!({ "limit": 5, "cursor": cursor }),
        json!({ "limit": 5, "folder_name": "Closed", "cursor": cursor }),
        json!({ "limit": 5, "folder_name": "New", "cursor": "bzEuNS5hYmMu" }),
    ] {
        let refused = bench.err(&owner, "orders_list", other).await;
        assert_eq!(refused.field.as_deref(), Some("cursor"));
    }
}

/// The argument with some value; none where it does not change what Order Desk is asked.
fn a_filter(name: &str) -> Option<Value> {
    let value = match name {
        "store_identifier" | "cursor" | "detail" => return None,
        "fields" => json!(["history"]),
        "limit" | "offset" => json!(3),
        "order" => json!("ASC"),
        "order_by" => json!("order_total"),
        "folder_id" => json!("9001"),
        date if date.contains("_date") => json!("2026-11-01"),
        _ => json!("Rivera"),
    };
    Some(json!({ name: value }))
}

#[tokio::test]
async fn no_two_filters_share_an_answer() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let mut filters = vec![json!({}), json!({ "folder_name": "Closed" })];
    let arguments = catalog::find("orders_list").unwrap().argument_names();
    filters.extend(arguments.into_iter().filter_map(a_filter));
    assert!(filters.len() > 25, "{filters:?}");
    for (n, filter) in filters.iter().enumerate() {
        let answer = bench.ok(&owner, "orders_list", filter.clone()).await;
        assert_eq!(
            answer["cached"],
            json!(false),
            "{filter} was answered from another query's answer"
        );
        assert_eq!(bench.sim.count("GET", "/orders"), n + 1);
    }
    for filter in &filters {
        assert_eq!(
            bench.ok(&owner, "orders_list", filter.clone()).await["cached"],
            json!(true),
            "{filter}"
        );
    }
    assert_eq!(bench.sim.count("GET", "/orders"), filters.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_readers_of_one_cold_order_ask_once() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let id = bench.sim.sim().order_ids(STORE_ID)[0].to_string();
    let reads = (0..1000).map(|_| bench.call(&owner, "orders_get", json!({ "order_id": id })));
    let answers = futures::future::join_all(reads).await;
    assert!(
        answers
            .iter()
            .all(|answer| answer.as_ref().is_ok_and(|a| a["order"]["id"] == json!(id)))
    );
    assert_eq!(bench.sim.log().len(), 1, "all requests to Order Desk");
    let fetched = answers
        .iter()
        .filter(|answer| answer.as_ref().is_ok_and(|a| a["cached"] == json!(false)))
        .count();
    assert_eq!(fetched, 1, "those who waited did not ask themselves");
}

#[tokio::test]
async fn folder_names_are_asked_for_where_they_are_shown_and_not_waited_for_long() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    bench.sim.fault(
        Fault::on(
            "GET",
            "/store",
            Action::Hang {
                duration: Duration::from_secs(20),
                apply: false,
            },
        )
        .always(),
    );
    let ids = bench.sim.sim().order_ids(STORE_ID);
    let whole = json!({ "order_id": ids[0].to_string() });
    bench.ok(&owner, "orders_get", whole).await;
    let page = json!({ "detail": "full", "limit": 2 });
    bench.ok(&owner, "orders_list", page).await;
    assert_eq!(bench.sim.count("GET", "/store"), 0);

    let began = Instant::now();
    let summary = json!({ "order_id": ids[1].to_string(), "detail": "summary" });
    let read = bench.ok(&owner, "orders_get", summary).await;
    assert_eq!(read["order"]["id"], json!(ids[1].to_string()));
    assert!(
        began.elapsed() < Duration::from_secs(8),
        "{:?}",
        began.elapsed()
    );
}

#[tokio::test]
async fn cached_speaks_of_the_record_asked_for() {
    let mut forgetful = settings();
    forgetful.cache.store_settings_ttl = Duration::ZERO;
    let bench = Bench::with(forgetful, seed::tiny()).await;
    let owner = bench.tenant_with_store("Acme").await;
    let id = bench.sim.sim().order_ids(STORE_ID)[0].to_string();
    let read = || {
        bench.ok(
            &owner,
            "orders_get",
            json!({ "order_id": id, "detail": "summary" }),
        )
    };
    assert_eq!(read().await["cached"], json!(false));
    assert_eq!(
        read().await["cached"],
        json!(true),
        "the folders were read, the order was not"
    );
    assert_eq!(bench.sim.count("GET", "/store"), 2);
}

#[tokio::test]
async fn a_leader_that_goes_away_does_not_take_the_others_with_it() {
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
    let leader = tokio::spawn({
        let (services, owner, id) = (bench.services.clone(), owner.clone(), id.clone());
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
    let follower = bench.call(&owner, "orders_get", json!({ "order_id": id }));
    leader.abort();
    assert!(follower.await.is_ok());
}

#[tokio::test]
async fn answers_age_out() {
    let mut short = settings();
    short.cache.orders_ttl = Duration::from_millis(40);
    let bench = Bench::with(short, seed::tiny()).await;
    let owner = bench.tenant_with_store("Acme").await;
    let id = bench.sim.sim().order_ids(STORE_ID)[0].to_string();
    let read = || bench.ok(&owner, "orders_get", json!({ "order_id": id }));
    assert_eq!(read().await["cached"], json!(false));
    // Waiting is the thing under test: the cache lives by the machine's monotonic clock.
    tokio::time::sleep(Duration::from_millis(60)).await;
    assert_eq!(read().await["cached"], json!(false));
    assert_eq!(bench.sim.count("GET", "/orders/"), 2);
}

#[tokio::test]
async fn every_fixture_order_can_be_read() {
    let bench = Bench::with(settings(), seed::fixtures()).await;
    let owner = bench.tenant_with_store("Acme").await;
    let ids = bench.sim.sim().order_ids(STORE_ID);
    assert!(ids.len() >= 4, "{ids:?}");
    for id in ids {
        let answer = bench
            .ok(&owner, "orders_get", json!({ "order_id": id.to_string() }))
            .await;
        let stored = Value::Object(bench.sim.sim().order(STORE_ID, id).unwrap());
        for member in [
            "email",
            "source_id",
            "order_items",
            "checkout_data",
            "shipping",
        ] {
            let (ours, theirs) = (&answer["order"][member], &stored[member]);
            let both_empty = ours == &json!([]) && theirs == &json!({});
            assert!(
                ours == theirs || both_empty || member == "order_items",
                "{id}.{member}: {ours} / {theirs}"
            );
        }
        let lines = answer["order"]["order_items"].as_array().map(Vec::len);
        assert_eq!(
            lines,
            stored["order_items"].as_array().map(Vec::len),
            "{id}"
        );
    }
}

#[tokio::test]
async fn parts_and_summaries() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let id = bench.sim.sim().order_ids(STORE_ID)[3].to_string();
    let full = bench
        .ok(&owner, "orders_get", json!({ "order_id": id }))
        .await;
    assert!(full["order"]["order_items"].is_array() && full["order"]["shipping"].is_object());
    let some = bench
        .ok(
            &owner,
            "orders_get",
            json!({ "order_id": id, "fields": ["items", "payment"] }),
        )
        .await;
    assert!(some["order"]["order_items"].is_array() && some["order"].get("shipping").is_none());
    assert_eq!(
        some["order"]["folder_name"].as_str().map(str::is_empty),
        Some(false)
    );
    assert_eq!(full["version"], some["version"]);
    let short = bench
        .ok(
            &owner,
            "orders_get",
            json!({ "order_id": id, "detail": "summary" }),
        )
        .await;
    assert!(short.to_string().len() * 2 < full.to_string().len());
    let both = bench
        .err(
            &owner,
            "orders_get",
            json!({ "order_id": id, "detail": "full", "fields": ["items"] }),
        )
        .await;
    assert_eq!(both.field.as_deref(), Some("fields"));
    let history = bench
        .ok(
            &owner,
            "orders_get",
            json!({ "order_id": id, "fields": ["history"] }),
        )
        .await;
    assert!(history["order"]["order_history"].is_array(), "{history}");
}

#[tokio::test]
async fn ids_never_leave_their_path() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    for bad in [
        "../store",
        "..%2fstore",
        "1/../../store",
        "",
        " ",
        "1?x=y",
        "1#a",
        &"9".repeat(100),
    ] {
        let refused = bench
            .err(&owner, "orders_get", json!({ "order_id": bad }))
            .await;
        assert_eq!(
            (refused.code, refused.field.as_deref()),
            (ErrorCode::Invalid, Some("order_id")),
            "{bad}"
        );
    }
    assert_eq!(bench.sim.count("GET", "/"), 0);
    let number = bench.sim.sim().order_ids(STORE_ID)[0];
    bench
        .ok(&owner, "orders_get", json!({ "order_id": number }))
        .await;
}

#[tokio::test]
async fn mistakes_are_named() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    for (arguments, field) in [
        (json!({ "folder": "New" }), "folder"),
        (json!({ "status": "open" }), "status"),
        (json!({ "search": "x" }), "search"),
        (json!({ "page": 2 }), "page"),
        (json!({ "limit": 0 }), "limit"),
        (json!({ "limit": 501 }), "limit"),
        (json!({ "limit": "ten" }), "limit"),
        (json!({ "limit": -1 }), "limit"),
        (
            json!({ "search_start_date": "yesterday" }),
            "search_start_date",
        ),
        (json!({ "order": "up" }), "order"),
        (json!({ "order_by": "a; drop" }), "order_by"),
        (json!({ "email": "" }), "email"),
        (json!({ "fields": ["everything"] }), "fields[0]"),
        (json!({ "folder_id": "1;2" }), "folder_id"),
        (json!({ "store_identifier": 5 }), "store_identifier"),
        (json!({ "cursor": "x" }), "cursor"),
        (json!({ "offset": 1, "cursor": "x" }), "offset"),
    ] {
        let refused = bench.err(&owner, "orders_list", arguments.clone()).await;
        assert_eq!(
            (refused.code, refused.field.as_deref()),
            (ErrorCode::Invalid, Some(field)),
            "{arguments}: {refused}"
        );
    }
    let unknown = bench
        .err(&owner, "orders_list", json!({ "status": "open" }))
        .await;
    assert!(
        unknown.allowed.contains(&"folder_name".to_owned()),
        "the allowed arguments are listed"
    );
    let missing = bench.err(&owner, "orders_get", json!({})).await;
    assert_eq!(missing.field.as_deref(), Some("order_id"));
    assert_eq!(bench.sim.count("GET", "/"), 0);
}

#[tokio::test]
async fn what_is_missing_says_how_to_find_it() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let missing = bench
        .err(&owner, "orders_get", json!({ "order_id": "999" }))
        .await;
    assert_eq!(missing.code, ErrorCode::NotFound);
    assert!(missing.message.contains("orders_list"), "{missing}");
    let id = bench.sim.sim().order_ids(STORE_ID)[0].to_string();
    assert!(
        bench
            .call(&owner, "orders_get", json!({ "order_id": id }))
            .await
            .is_ok(),
        "a failure is not cached for others"
    );
}

#[tokio::test]
async fn failures_of_order_desk_are_told_apart() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let ids = bench.sim.sim().order_ids(STORE_ID);
    let read = |n: usize| {
        bench.err(
            &owner,
            "orders_get",
            json!({ "order_id": ids[n].to_string() }),
        )
    };
    bench
        .sim
        .fault(Fault::on("GET", "/orders/*", Action::TruncatedJson).times(3));
    assert_eq!(read(0).await.code, ErrorCode::UpstreamUnavailable);
    bench.sim.sim().clear_faults();
    bench
        .sim
        .fault(Fault::on("GET", "/orders/*", Action::ErrorBody200).times(3));
    assert_eq!(read(1).await.code, ErrorCode::UpstreamRejected);
    bench.sim.sim().clear_faults();
    bench
        .sim
        .fault(Fault::on("GET", "/orders/*", Action::HtmlError502).always());
    let failing = read(2).await;
    assert_eq!(failing.code, ErrorCode::UpstreamUnavailable);
    assert!(failing.retry_after_secs.is_some(), "{failing:?}");
    bench.sim.sim().clear_faults();
}

#[tokio::test]
async fn changes_are_refused_in_words() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let refused = bench
        .err(
            &owner,
            "orders_update",
            json!({ "order_id": "1", "changes": {} }),
        )
        .await;
    assert!(refused.message.contains("at least one member"), "{refused}");
    let unknown = bench.err(&owner, "orders_shred", json!({})).await;
    assert_eq!(unknown.code, ErrorCode::NotFound);
    assert!(unknown.allowed.contains(&"orders_list".to_owned()));
}
