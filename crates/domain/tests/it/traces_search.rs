//! Searching, counting and looking at recorded calls.

use orderdesk_mcp_contract::trace::TraceQuery;
use orderdesk_mcp_contract::trace::query::Field;
use orderdesk_mcp_contract::trace::view::{ActorKind, Counted, TraceCounts, TracePage};
use orderdesk_mcp_contract::{Access, ApiError, ErrorCode, TraceId, UtcMillis};
use orderdesk_mcp_domain::Caller;
use orderdesk_mcp_storage::record::{Door, TraceRecord};
use serde_json::json;

use crate::support::{Bench, STORE_ID, add, recorded};

async fn found(bench: &Bench, caller: &Caller, query: &str) -> Result<TracePage, ApiError> {
    let query = TraceQuery::parse(query).unwrap();
    bench.services.search_traces(caller, &query, None, 50).await
}

async fn tools(bench: &Bench, caller: &Caller, query: &str) -> Vec<String> {
    let page = found(bench, caller, query).await.unwrap();
    assert_eq!((page.next, page.looked_back_to), (None, None), "{query}");
    page.lines.into_iter().map(|line| line.tool).collect()
}

async fn counts(bench: &Bench, caller: &Caller, query: &str) -> TraceCounts {
    let query = TraceQuery::parse(query).unwrap();
    bench.services.trace_counts(caller, &query).await.unwrap()
}

/// Label, term and number of each value of a facet.
fn values(counts: &TraceCounts, field: Field) -> Vec<(&str, &str, u64)> {
    let facet = counts.facets.iter().find(|facet| facet.field == field);
    let values = facet.unwrap().values.iter();
    values
        .map(|value| (value.label.as_str(), value.term.as_str(), value.calls))
        .collect()
}

/// A workspace in which a key named Assistant, a master key and a person at the console called.
async fn busy(bench: &Bench) -> (Caller, Caller) {
    let owner = bench.tenant_with_store("Acme").await;
    let (assistant, _) = bench.api_key(&owner, Access::Read).await;
    let assistant = assistant.with_client("Claude-Code/2.0");
    let id = bench.sim.sim().order_ids(STORE_ID)[0].to_string();
    let read = json!({ "order_id": id });
    bench.ok(&assistant, "orders_get", read.clone()).await;
    bench.ok(&assistant, "orders_get", read).await;
    bench.ok(&owner, "orders_list", json!({})).await;
    bench
        .err(&owner, "orders_get", json!({ "order_id": "../x" }))
        .await;
    bench
        .err(
            &assistant,
            "orders_move",
            json!({ "order_id": id, "folder": "New" }),
        )
        .await;
    let person = bench.in_browser(&owner).await;
    bench.services.key_choices(&person).await.unwrap();
    recorded(bench, &owner, 8).await;
    (owner, assistant)
}

#[tokio::test]
async fn calls_are_found_by_words_and_by_what_changed() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let id = bench.sim.sim().order_ids(STORE_ID)[0].to_string();
    let update = json!({
        "order_id": id,
        "changes": { "source_id": "EX-77/b", "shipping": { "city": "Canaryville" } },
    });
    bench.ok(&owner, "orders_update", update.clone()).await;
    bench
        .ok(&owner, "orders_list", json!({ "source_id": "EX-77/b" }))
        .await;
    bench
        .ok(&owner, "orders_list", json!({ "folder_name": "New" }))
        .await;
    recorded(&bench, &owner, 4).await;
    let update = ["orders_update"];
    for (query, expected) in [
        ("text:ex-77/b", &["orders_list", "orders_update"][..]),
        ("text:EX-77/B tool:orders_list", &["orders_list"]),
        ("text:\"new ex-77/b\"", &[]),
        (
            "text:new text:ex-77/b",
            &["orders_list", "orders_list", "orders_update"],
        ),
        ("-text:ex-77/b tool:orders_list", &["orders_list"]),
        ("text:canaryville", &[]),
        ("changed:shipping.city", &update),
        ("changed:shipping.*", &update),
        ("changed:source_id text:ex-77/b", &update),
        ("changed:shipping.city -changed:source_id", &[]),
        ("changed:billing", &[]),
    ] {
        assert_eq!(tools(&bench, &owner, query).await, expected, "{query}");
        let calls = counts(&bench, &owner, query).await.calls;
        assert_eq!(calls, expected.len() as u64, "{query}");
    }
    let other = bench.tenant_with_store("Bond").await;
    assert!(tools(&bench, &other, "text:ex-77/b").await.is_empty());
    let nothing = found(&bench, &owner, "tool:a text:\"- !\"").await;
    let nothing = nothing.unwrap_err();
    assert_eq!(nothing.field.as_deref(), Some("query[1]"));
}

#[tokio::test]
async fn a_query_finds_calls_by_names() {
    let bench = Bench::start().await;
    let (owner, assistant) = busy(&bench).await;
    let id = bench.sim.sim().order_ids(STORE_ID)[0].to_string();
    let read = ["orders_get", "orders_get"];
    assert_eq!(
        tools(&bench, &owner, "key:assistant tool:orders_get").await,
        read
    );
    let by_id = format!("key:{} tool:orders_get", assistant.actor_id());
    assert_eq!(tools(&bench, &owner, &by_id).await, read);
    assert_eq!(
        tools(&bench, &owner, "client:claude -status:error").await,
        read
    );
    assert_eq!(
        tools(&bench, &owner, &format!("order:{id} status:ok")).await,
        read
    );
    assert_eq!(tools(&bench, &owner, "cached:yes").await, ["orders_get"]);
    assert_eq!(
        tools(&bench, &owner, "status:forbidden").await,
        ["orders_move"]
    );
    assert_eq!(
        tools(&bench, &owner, "status:error").await,
        ["orders_move", "orders_get"]
    );
    assert_eq!(tools(&bench, &owner, "door:web").await, ["key_choices"]);
    assert_eq!(
        tools(&bench, &owner, "store:MAIN -tool:stores_register cached:no").await,
        ["orders_list", "orders_get"]
    );
    assert_eq!(tools(&bench, &owner, "latency:>80000000").await, [""; 0]);
    assert_eq!(tools(&bench, &owner, "until:1h").await, [""; 0]);
    assert_eq!(tools(&bench, &owner, "since:1h").await.len(), 8);

    let page = found(&bench, &owner, "cached:yes").await.unwrap();
    let line = &page.lines[0];
    let actor = line.actor.as_ref().unwrap();
    assert_eq!(
        (actor.name.as_str(), actor.kind),
        ("Assistant", ActorKind::Key)
    );
    assert_eq!(line.store.as_ref().unwrap().name, "Main");
    assert_eq!(
        (line.door, line.order_id.as_deref()),
        (Door::Mcp, Some(id.as_str()))
    );
}

#[tokio::test]
async fn names_that_nobody_has_are_told_of() {
    let bench = Bench::start().await;
    let (owner, _) = busy(&bench).await;
    for (query, says) in [
        ("tool:a key:Nobody", "no key and no person “Nobody”"),
        ("tool:a -store:\"Other shop\"", "no store “Other shop”"),
    ] {
        let refused = found(&bench, &owner, query).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::Invalid);
        assert_eq!(refused.field.as_deref(), Some("query[1]"));
        assert!(refused.message.contains(says), "{refused}");
        let known = refused
            .allowed
            .iter()
            .any(|name| name == "Main" || name == "Assistant");
        assert!(known, "{refused:?}");
    }
}

#[tokio::test]
async fn calls_of_keys_and_stores_that_are_gone_keep_their_names() {
    let bench = Bench::start().await;
    let (owner, assistant) = busy(&bench).await;
    bench
        .services
        .revoke_key(&owner, assistant.actor_id())
        .await
        .unwrap();
    bench
        .ok(
            &owner,
            "stores_delete",
            json!({ "store_identifier": "Main" }),
        )
        .await;
    let page = found(&bench, &owner, "key:Assistant store:Main status:ok")
        .await
        .unwrap();
    let line = &page.lines[0];
    assert_eq!(line.actor.as_ref().unwrap().name, "Assistant");
    let store = line.store.as_ref().unwrap();
    assert_eq!((store.name.as_str(), store.is_gone), ("Main", true));
    // A week later the store is gone for good; its calls are found by its id all the same.
    bench.clock.advance_secs(8 * 24 * 3600);
    bench
        .storage
        .purge_stores(bench.services.now(), 10)
        .await
        .unwrap();
    let page = found(&bench, &owner, &format!("store:{}", store.id))
        .await
        .unwrap();
    assert_eq!(
        page.lines.last().unwrap().store.as_ref().unwrap().name,
        "A store that was removed"
    );
}

#[tokio::test]
async fn another_workspace_sees_none_of_it() {
    let bench = Bench::start().await;
    let (owner, assistant) = busy(&bench).await;
    let other = bench.tenant("Other").await;
    recorded(&bench, &other, 0).await;
    let theirs = found(&bench, &owner, "").await.unwrap().lines;
    for query in [
        "",
        "tool:orders_get",
        "status:error",
        "cached:yes",
        "order:1",
    ] {
        assert_eq!(found(&bench, &other, query).await.unwrap().lines, []);
        assert_eq!(counts(&bench, &other, query).await.calls, 0);
        let first = TraceId::from_parts(0, 0);
        assert_eq!(newer(&bench, &other, query, first).await, (0, false));
    }
    let by_id = format!("key:{}", assistant.actor_id());
    assert_eq!(found(&bench, &other, &by_id).await.unwrap().lines, []);
    for (line, next) in theirs.iter().zip(theirs.iter().cycle().skip(1)) {
        let services = &bench.services;
        let codes = [
            services.trace_view(&other, line.id).await.unwrap_err().code,
            services
                .trace_payload(&other, line.id)
                .await
                .unwrap_err()
                .code,
            services
                .trace_with_related(&other, line.id)
                .await
                .unwrap_err()
                .code,
            services
                .compare_traces(&other, line.id, next.id)
                .await
                .unwrap_err()
                .code,
        ];
        assert_eq!(codes, [ErrorCode::NotFound; 4]);
    }
}

/// How many calls are newer than one, and whether there are more.
async fn newer(bench: &Bench, caller: &Caller, query: &str, after: TraceId) -> (u64, bool) {
    let query = TraceQuery::parse(query).unwrap();
    let newer = bench.services.newer_traces(caller, &query, after).await;
    let newer = newer.unwrap();
    (newer.calls, newer.has_more)
}

#[tokio::test]
async fn newer_calls_are_counted_up_to_a_bound() {
    let bench = Bench::start().await;
    let (owner, assistant) = busy(&bench).await;
    for query in ["", "tool:orders_get", "key:assistant", "-status:error"] {
        let lines = found(&bench, &owner, query).await.unwrap().lines;
        for (place, line) in lines.iter().enumerate() {
            let newer = newer(&bench, &owner, query, line.id).await;
            assert_eq!(newer, (place as u64, false), "{query} {place}");
        }
    }
    let query = TraceQuery::parse("key:Nobody").unwrap();
    let refused = bench
        .services
        .newer_traces(&owner, &query, TraceId::from_parts(0, 0));
    assert_eq!(refused.await.unwrap_err().code, ErrorCode::Invalid);

    let last = found(&bench, &owner, "").await.unwrap().lines[0].id;
    let millis = last.millis() + 1;
    let one = recorded(&bench, &owner, 1).await.remove(0);
    let many: Vec<_> = (1..=250)
        .map(|number| TraceRecord {
            id: TraceId::from_parts(millis, number),
            tool: if number == 1 { "rare" } else { "orders_get" }.into(),
            key_id: Some(assistant.actor_id()),
            ..one.clone()
        })
        .collect();
    add(&bench, &many).await;
    assert_eq!(newer(&bench, &owner, "", last).await, (200, true));
    assert_eq!(newer(&bench, &owner, "tool:rare", last).await, (1, false));
    let nearly_last = TraceId::from_parts(millis, 248);
    assert_eq!(newer(&bench, &owner, "", nearly_last).await, (2, false));
}

#[tokio::test]
async fn looking_leaves_no_calls_behind() {
    let bench = Bench::start().await;
    let (owner, _) = busy(&bench).await;
    let before = found(&bench, &owner, "").await.unwrap().lines;
    let id = before[0].id;
    counts(&bench, &owner, "").await;
    bench.services.trace_view(&owner, id).await.unwrap();
    bench.services.trace_with_related(&owner, id).await.unwrap();
    bench
        .services
        .compare_traces(&owner, id, before[1].id)
        .await
        .unwrap();
    // What is recorded of a call comes after all that was handed over before it.
    bench.ok(&owner, "stores_list", json!({})).await;
    recorded(&bench, &owner, before.len() + 1).await;
    assert_eq!(
        found(&bench, &owner, "").await.unwrap().lines.len(),
        before.len() + 1
    );
}

#[tokio::test]
async fn hours_are_counted_whole_and_each_facet_as_if_it_were_not_asked_for() {
    let bench = Bench::start().await;
    let (owner, _) = busy(&bench).await;
    let all = counts(&bench, &owner, "").await;
    assert_eq!((all.of, all.calls), (Counted::All, 8));
    assert_eq!(all.until.0 % 3_600_000, 0);
    assert_eq!(all.until.since(all.from) / 3_600_000, 7 * 24 + 1);
    assert_eq!(
        values(&all, Field::Status),
        [
            ("Succeeded", "status:ok", 6),
            ("Failed in any way", "status:error", 2),
            ("forbidden", "status:forbidden", 1),
            ("invalid", "status:invalid", 1),
        ]
    );
    assert_eq!(
        values(&all, Field::Tool)[0],
        ("orders_get", "tool:orders_get", 3)
    );
    assert_eq!(values(&all, Field::Store), [("Main", "store:Main", 4)]);
    assert_eq!(
        values(&all, Field::Key)[1],
        ("Assistant", "key:Assistant", 3)
    );
    assert_eq!(
        values(&all, Field::Door),
        [("MCP over HTTP", "door:mcp", 7), ("Web app", "door:web", 1)]
    );
    let slots = &all.histogram.slots;
    assert_eq!(slots.iter().map(|slot| slot.ok).sum::<u64>(), 6);
    assert_eq!(slots.iter().map(|slot| slot.failed).sum::<u64>(), 2);

    let errors = counts(&bench, &owner, "status:error tool:orders_get").await;
    assert_eq!((errors.of, errors.calls), (Counted::All, 1));
    let tools = values(&errors, Field::Tool);
    assert_eq!(
        tools,
        [
            ("orders_get", "tool:orders_get", 1),
            ("orders_move", "tool:orders_move", 1)
        ]
    );
    let statuses = values(&errors, Field::Status);
    assert_eq!(statuses[0], ("Failed in any way", "status:error", 1));
    assert_eq!(statuses[1], ("Succeeded", "status:ok", 2));
    let facet = errors
        .facets
        .iter()
        .find(|facet| facet.field == Field::Tool)
        .unwrap();
    assert_eq!(
        (facet.values[0].is_chosen, facet.values[1].is_chosen),
        (true, false)
    );
    let without = counts(&bench, &owner, "-key:Assistant -tool:orders_get").await;
    assert_eq!(without.calls, 4);
    let facet = without
        .facets
        .iter()
        .find(|facet| facet.field == Field::Key)
        .unwrap();
    assert!(
        facet
            .values
            .iter()
            .any(|value| value.label == "Assistant" && value.is_excluded)
    );
}

#[tokio::test]
async fn a_value_is_chosen_however_the_query_calls_it() {
    let bench = Bench::start().await;
    let (owner, assistant) = busy(&bench).await;
    let by_id = format!("-key:{}", assistant.actor_id());
    for (query, field, label, excluded) in [
        ("store:MAIN", Field::Store, "Main", false),
        ("-store:\"main\"", Field::Store, "Main", true),
        ("key:assistant", Field::Key, "Assistant", false),
        (&by_id, Field::Key, "Assistant", true),
        ("tool:orders_get", Field::Tool, "orders_get", false),
        ("status:error", Field::Status, "Failed in any way", false),
    ] {
        let counts = counts(&bench, &owner, query).await;
        let facet = counts.facets.iter().find(|facet| facet.field == field);
        let mut values = facet.unwrap().values.iter();
        let value = values.find(|value| value.label == label).unwrap();
        assert_eq!(value.is_excluded, excluded, "{query}");
        assert_eq!(value.is_chosen, !excluded, "{query}");
        let asked = TraceQuery::parse(query).unwrap();
        assert_eq!(value.asked_by, [asked.to_string()]);
    }
}

#[tokio::test]
async fn durations_that_the_query_rules_out_are_not_counted() {
    let bench = Bench::start().await;
    let (owner, _) = busy(&bench).await;
    let all = counts(&bench, &owner, "latency:<60000").await;
    assert_eq!(
        values(&all, Field::Latency),
        [("Under 60000 ms", "latency:<60000", all.calls)]
    );
    let facet = all.facets.last().unwrap();
    assert!(facet.values[0].is_chosen);
    let none = counts(&bench, &owner, "latency:>80000000").await;
    assert_eq!(values(&none, Field::Latency), []);
}

#[tokio::test]
async fn of_too_many_calls_the_stretch_that_was_counted_is_told() {
    let bench = Bench::start().await;
    let (owner, _) = busy(&bench).await;
    let all = recorded(&bench, &owner, 8).await;
    let now = bench.services.now().0;
    // The newest ones of one second each, 10,000 with those that were there.
    let copy = |number: i64| TraceRecord {
        id: TraceId::from_parts((now - number * 1000).unsigned_abs(), 1),
        started_at: UtcMillis(now - number * 1000),
        words: Vec::new(),
        carried: false,
        ..all[0].clone()
    };
    let batch: Vec<_> = (1..=10_000 - i64::try_from(all.len()).unwrap())
        .map(copy)
        .collect();
    add(&bench, &batch).await;
    let whole = counts(&bench, &owner, "change:no").await;
    assert_eq!((whole.of, whole.calls), (Counted::All, 10_000));
    let more = copy(20_000);
    add(&bench, &[more]).await;
    let newest = counts(&bench, &owner, "change:no").await;
    let oldest = batch.last().unwrap().started_at;
    assert_eq!(
        (newest.of, newest.from),
        (Counted::LookedAt(10_000), oldest)
    );
    assert_eq!(newest.calls, 10_000);
    let histogram = newest.histogram;
    assert_eq!(histogram.slot_ms, 300_000);
    let calls = histogram.slots.iter().map(|slot| slot.ok + slot.failed);
    assert_eq!(calls.sum::<u64>(), 10_000);
}

#[tokio::test]
async fn what_hours_do_not_know_is_counted_call_by_call() {
    let bench = Bench::start().await;
    let (owner, _) = busy(&bench).await;
    let id = bench.sim.sim().order_ids(STORE_ID)[0].to_string();
    let of_order = counts(&bench, &owner, &format!("order:{id} since:7d")).await;
    assert_eq!((of_order.of, of_order.calls), (Counted::All, 2));
    let lately = counts(&bench, &owner, "since:10m client:claude").await;
    assert_eq!(lately.calls, 3);
    assert_eq!(
        (lately.histogram.slot_ms, lately.histogram.slots.len()),
        (15_000, 41)
    );
    let refused = TraceQuery::parse("since:1h until:2h").unwrap();
    let refused = bench
        .services
        .trace_counts(&owner, &refused)
        .await
        .unwrap_err();
    assert_eq!(refused.code, ErrorCode::Invalid);
}

#[tokio::test]
async fn a_query_is_completed_by_what_the_workspace_has() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let strangers = bench.tenant("Globex").await;
    let store = bench.storage.list_stores(owner.tenant_id()).await.unwrap();
    let store = &store[0].name;
    let complete =
        async |caller, typed: &str| bench.services.complete_query(caller, typed).await.unwrap();
    assert_eq!(complete(&owner, "st").await, ["store:", "status:"]);
    assert_eq!(
        complete(&owner, "door:mcp -ca").await,
        ["door:mcp -cached:"]
    );
    let updates = complete(&owner, "tool:orders_upd").await;
    assert_eq!(updates, ["tool:orders_update", "tool:orders_update_item"]);
    assert_eq!(
        complete(&owner, "status:rate").await,
        ["status:rate_limited"]
    );
    assert_eq!(complete(&owner, "cached:yes").await, [""; 0], "it is whole");
    for typed in ["order:1", "nonsense:x", "key:nobody", "tool:zzz"] {
        assert_eq!(complete(&owner, typed).await, [""; 0], "{typed}");
    }
    let found = complete(&owner, "status:ok -store:").await;
    assert_eq!(found.len(), 1, "{found:?}");
    let query = TraceQuery::parse(&found[0]).unwrap();
    assert!(found[0].contains(store), "{found:?} {query}");
    assert_eq!(complete(&strangers, "store:").await, [""; 0]);
    assert_eq!(complete(&owner, &"x".repeat(1001)).await, [""; 0]);
}
