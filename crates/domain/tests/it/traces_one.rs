//! One recorded call: what happened in it, what it carried, and what it has to do with.

use std::time::Duration;

use orderdesk_mcp_contract::trace::TraceQuery;
use orderdesk_mcp_contract::trace::retention::Retention;
use orderdesk_mcp_contract::trace::view::{KeptResult, PayloadState, TraceLine};
use orderdesk_mcp_contract::{Access, ErrorCode, Role};
use orderdesk_mcp_domain::Caller;
use orderdesk_mcp_storage::record::SpanKind;
use serde_json::{Value, json};

use crate::people::person;
use crate::support::{Bench, STORE_ID};

/// The calls that a query finds once there are so many, newest first.
async fn lines(bench: &Bench, caller: &Caller, query: &str, at_least: usize) -> Vec<TraceLine> {
    let parsed = TraceQuery::parse(query).unwrap();
    for _ in 0..100 {
        let page = bench.services.search_traces(caller, &parsed, None, 50);
        let lines = page.await.unwrap().lines;
        if lines.len() >= at_least {
            return lines;
        }
        // The writer works in the background; there is nothing else to wait for.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("fewer than {at_least} calls were found by {query}");
}

#[tokio::test]
async fn a_read_shows_what_it_waited_for() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let id = bench.sim.sim().order_ids(STORE_ID)[0].to_string();
    bench
        .ok(&owner, "orders_get", json!({ "order_id": id }))
        .await;
    let line = lines(&bench, &owner, "tool:orders_get", 1).await.remove(0);
    let view = bench.services.trace_view(&owner, line.id).await.unwrap();
    assert_eq!(view.line, line);
    let cache = view
        .spans
        .iter()
        .position(|span| span.kind == SpanKind::Cache)
        .unwrap();
    let upstream = view
        .spans
        .iter()
        .position(|span| span.kind == SpanKind::Upstream)
        .unwrap();
    assert!(view.spans[upstream].depth > view.spans[cache].depth);
    assert!(
        view.spans[upstream]
            .facts
            .iter()
            .any(|fact| fact.name == "status" && fact.value == "200")
    );
    let whole: u64 = view.critical.iter().map(|part| part.duration_us).sum();
    assert_eq!(
        whole, line.duration_us,
        "the critical path is as long as the call"
    );
    let waits_for = view
        .critical
        .iter()
        .any(|part| part.span == Some(u32::try_from(upstream).unwrap()));
    assert!(waits_for, "{:?}", view.critical);
    assert_eq!(view.policy.len(), 1);
    assert_eq!(view.payload, PayloadState::Readable);
    assert!(view.input_bytes > 0 && view.output_bytes > 0);
}

#[tokio::test]
async fn a_write_names_its_change_and_a_refusal_says_why() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let (reader, _) = bench.api_key(&owner, Access::Read).await;
    let (asker, _) = bench.api_key(&owner, Access::Propose).await;
    let id = bench.sim.sim().order_ids(STORE_ID)[0].to_string();
    let note = json!({ "order_id": id, "note": "Called.", "reason": "The customer asked." });
    let receipt = bench.ok(&owner, "orders_add_note", note.clone()).await;
    let proposed = bench
        .ok(
            &asker,
            "orders_add_note",
            json!({ "order_id": id, "note": "Later.", "reason": "Why not." }),
        )
        .await;
    bench.err(&reader, "orders_add_note", note).await;
    let found = lines(&bench, &owner, "tool:orders_add_note", 3).await;
    let changes: Vec<_> = found
        .iter()
        .map(|line| line.change_id.map(|id| id.to_string()))
        .collect();
    let named = |receipt: &Value| receipt["change_id"].as_str().map(str::to_owned);
    assert_eq!(changes, [None, named(&proposed), named(&receipt)]);
    let words = async |at: usize| {
        let view = bench.services.trace_view(&owner, found[at].id).await;
        view.unwrap().policy.join(" ")
    };
    assert!(words(0).await.contains("may not do this"));
    assert!(words(1).await.len() > 20);
    assert!(words(2).await.contains("No rule held"));
    let by_change = format!("change:{}", named(&receipt).unwrap());
    assert_eq!(lines(&bench, &owner, &by_change, 1).await, found[2..]);
    assert_eq!(lines(&bench, &owner, "change:yes", 2).await, found[1..]);
}

#[tokio::test]
async fn a_write_shows_its_rules_its_intent_and_its_proof() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let id = bench.sim.sim().order_ids(STORE_ID)[0].to_string();
    let changes = json!({ "order_id": id, "changes": { "shipping": { "city": "Elsewhere" } } });
    bench.ok(&owner, "orders_update", changes).await;
    let line = lines(&bench, &owner, "tool:orders_update", 1)
        .await
        .remove(0);
    let spans = bench
        .services
        .trace_view(&owner, line.id)
        .await
        .unwrap()
        .spans;
    let at = |kind, name: &str| {
        let found = spans
            .iter()
            .position(|span| span.kind == kind && span.name.starts_with(name));
        found.unwrap_or_else(|| panic!("{name}: {spans:?}"))
    };
    let rules = at(SpanKind::Policy, "stops, rules");
    let first_read = at(SpanKind::Upstream, "GET");
    let intent = at(SpanKind::Database, "write down the intent");
    let write = at(SpanKind::Upstream, "PUT");
    let proof = at(SpanKind::Verify, "read again");
    assert!(rules < first_read && first_read < intent && intent < write && write < proof);
    let read_back = &spans[proof + 1];
    assert_eq!(
        (read_back.kind, read_back.depth),
        (SpanKind::Upstream, spans[proof].depth + 1)
    );
    assert!(spans.iter().all(|span| span.ok));
}

#[tokio::test]
async fn reading_what_a_call_carried_needs_the_right_and_is_recorded() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let id = bench.sim.sim().order_ids(STORE_ID)[0].to_string();
    bench
        .ok(&owner, "orders_get", json!({ "order_id": id }))
        .await;
    let line = lines(&bench, &owner, "tool:orders_get", 1).await.remove(0);
    let mut roles = vec![(owner.clone(), true)];
    for (name, role, may) in [
        ("Ada", Role::Owner, true),
        ("Bob", Role::Admin, false),
        ("Cid", Role::Operator, false),
        ("Dora", Role::Auditor, true),
        ("Eve", Role::Viewer, false),
    ] {
        roles.push((person(&bench, &owner, name, role).await, may));
    }
    roles.push((bench.api_key(&owner, Access::Write).await.0, false));
    for (caller, may) in &roles {
        let read = bench.services.trace_payload(caller, line.id).await;
        let view = bench.services.trace_view(caller, line.id).await.unwrap();
        if *may {
            let payload = read.unwrap();
            let arguments: Value = serde_json::from_str(&payload.arguments.unwrap()).unwrap();
            assert_eq!(arguments, json!({ "order_id": id }));
            assert_eq!(view.payload, PayloadState::Readable);
        } else {
            assert_eq!(read.unwrap_err().code, ErrorCode::Forbidden);
            assert!(matches!(view.payload, PayloadState::Refused(why) if why.len() > 20));
        }
    }
    let readings = lines(&bench, &owner, "tool:trace_payload", roles.len()).await;
    assert_eq!(readings.len(), roles.len());
    for (reading, (caller, may)) in readings.iter().rev().zip(&roles) {
        assert_eq!(reading.actor.as_ref().unwrap().id, caller.actor_id());
        assert_eq!(reading.error.is_none(), *may);
        // Whose order it was is known only to who may look inside.
        assert_eq!(reading.order_id.is_some(), *may);
    }
    let unknown = bench.services.trace_payload(&owner, readings[0].id).await;
    assert!(matches!(unknown.unwrap().result, KeptResult::Nothing));
}

#[tokio::test]
async fn related_calls_are_of_the_order_and_of_the_run() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let (assistant, _) = bench.api_key(&owner, Access::Read).await;
    let claude = assistant.with_client("Claude 1");
    let cursor = assistant.with_client("Cursor 2");
    let ids = bench.sim.sim().order_ids(STORE_ID);
    let read = |at: usize| json!({ "order_id": ids[at].to_string() });
    bench.ok(&claude, "orders_list", json!({})).await;
    bench.clock.advance_secs(16 * 60);
    bench.ok(&claude, "orders_get", read(0)).await;
    bench.ok(&cursor, "orders_get", read(1)).await;
    bench.clock.advance_secs(14 * 60);
    bench.ok(&claude, "orders_get", read(1)).await;
    bench.ok(&owner, "orders_get", read(0)).await;
    bench.clock.advance_secs(16 * 60);
    bench.ok(&claude, "orders_get", read(0)).await;
    let found = lines(&bench, &owner, "tool:orders_get", 5).await;
    let one = found.last().unwrap();
    let with_related = async |id| bench.services.trace_with_related(&owner, id).await.unwrap();
    let (view, related) = with_related(one.id).await;
    assert_eq!(view.line, *one);
    let ids = |lines: &[TraceLine]| -> Vec<_> { lines.iter().map(|line| line.id).collect() };
    assert_eq!(ids(&related.order), [found[0].id, found[1].id, one.id]);
    assert_eq!(ids(&related.run), [one.id, found[2].id]);
    // What is shown of a long list is little; these find all of it.
    let mut all = lines(&bench, &owner, &related.run_query, 2).await;
    all.reverse();
    assert_eq!(ids(&all), ids(&related.run));
    let about = lines(&bench, &owner, &related.order_query, 3).await;
    assert_eq!(ids(&about), ids(&related.order));
    for _ in 0..12 {
        bench.ok(&claude, "orders_get", read(0)).await;
    }
    let all = lines(&bench, &owner, "tool:orders_get", 17).await;
    let (_, related) = with_related(all[6].id).await;
    assert_eq!((related.order.len(), related.run.len()), (10, 10));
    assert!(ids(&related.run).contains(&all[6].id));
    let run = lines(&bench, &owner, &related.run_query, 13).await;
    assert_eq!(run.len(), 13, "{}", related.run_query);
    let compared = bench
        .services
        .compare_traces(&owner, one.id, found[2].id)
        .await
        .unwrap();
    assert_eq!(
        (compared.left.line.id, compared.right.line.id),
        (one.id, found[2].id)
    );
    assert!(compared.steps.iter().any(|step| step.left.is_some()));
}

#[tokio::test]
async fn two_calls_are_compared_within_a_workspace_and_never_one_with_itself() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let other = bench.tenant_with_store("Globex").await;
    let id = bench.sim.sim().order_ids(STORE_ID)[0].to_string();
    for caller in [&owner, &other] {
        for detail in ["summary", "full"] {
            let arguments = json!({ "order_id": id, "detail": detail });
            bench.ok(caller, "orders_get", arguments).await;
        }
    }
    let own = lines(&bench, &owner, "tool:orders_get", 2).await;
    let theirs = lines(&bench, &other, "tool:orders_get", 2).await;
    let services = &bench.services;
    let refusal = async |caller, a: &TraceLine, b: &TraceLine| {
        let compared = services.compare_traces(caller, a.id, b.id).await;
        compared.unwrap_err().code
    };
    assert_eq!(refusal(&owner, &own[0], &own[0]).await, ErrorCode::Invalid);
    for (a, b) in [
        (&own[0], &theirs[0]),
        (&theirs[0], &own[0]),
        (&theirs[0], &theirs[1]),
    ] {
        assert_eq!(refusal(&owner, a, b).await, ErrorCode::NotFound);
    }
    // The one before is of the same tool and key.
    bench.ok(&owner, "orders_list", json!({})).await;
    let before = async |id| {
        let found = services.trace_with_related(&owner, id).await;
        found.unwrap().1.before.map(|line| line.id)
    };
    assert_eq!(before(own[0].id).await, Some(own[1].id));
    assert_eq!(before(own[1].id).await, None);
    let viewer = person(&bench, &owner, "Eve", Role::Viewer).await;
    let seen = services.compare_traces(&viewer, own[0].id, own[1].id).await;
    assert!(matches!(
        seen.unwrap().left.payload,
        PayloadState::Refused(_)
    ));

    let chosen = Retention {
        keep_days: 2,
        keep_calls: None,
    };
    services.set_retention(&owner, chosen).await.unwrap();
    bench.clock.advance_secs(3 * 24 * 3600);
    services.purge_traces().await;
    assert_eq!(refusal(&owner, &own[0], &own[1]).await, ErrorCode::NotFound);
}
