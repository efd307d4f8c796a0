//! Alerts on recorded calls.

use std::sync::{Arc, Mutex};

use orderdesk_mcp_contract::trace::alert::{
    ALERTS_MAX, AlertEventView, AlertKind, AlertView, Delivery, NewAlert,
};
use orderdesk_mcp_contract::views::dashboard::Range;
use orderdesk_mcp_contract::views::store::StoreEdit;
use orderdesk_mcp_contract::{Access, AlertId, ErrorCode, SecretText, TraceId};
use orderdesk_mcp_domain::Caller;
use orderdesk_mcp_storage::record::TraceRecord;
use orderdesk_sim::seed;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::support::{Bench, NOW, STORE_KEY, add, recorded, settings};

/// What stands in an order that is asked for.
const CANARY: &str = "CANARY-customer";

pub fn new(name: &str, query: &str, threshold: u32, webhook: &str) -> NewAlert {
    NewAlert {
        name: name.into(),
        query: query.into(),
        threshold,
        window_minutes: 10,
        webhook: webhook.into(),
        zone: String::new(),
    }
}

async fn bench() -> Bench {
    let mut settings = settings();
    settings.alerts.may_be_local = true;
    Bench::with(settings, seed::shop(7, NOW / 1000)).await
}

pub async fn events(bench: &Bench, caller: &Caller) -> Vec<AlertEventView> {
    bench.services.alert_events(caller).await.unwrap()
}

pub async fn alert(bench: &Bench, caller: &Caller, name: &str) -> AlertView {
    let alerts = bench.services.alerts(caller).await.unwrap();
    alerts.into_iter().find(|alert| alert.name == name).unwrap()
}

/// Looks at the alerts, half a minute later.
pub async fn look(bench: &Bench) {
    bench.clock.advance_secs(30);
    bench.services.look_at_alerts().await;
}

/// So many calls that fail, and waits until they are recorded.
pub async fn fail(bench: &Bench, caller: &Caller, count: usize) {
    let before = recorded(bench, caller, 0).await.len();
    for _ in 0..count {
        let arguments = json!({ "order_id": "999999999", "store_identifier": CANARY });
        bench.err(caller, "orders_get", arguments).await;
    }
    recorded(bench, caller, before + count).await;
}

/// A webhook's receiver that answers with these statuses, one after the other, then with success.
async fn receiver(statuses: Vec<u16>) -> (String, Arc<Mutex<Vec<String>>>) {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/CANARY-path", socket.local_addr().unwrap());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&seen);
    tokio::spawn(async move {
        let mut statuses = statuses.into_iter();
        while let Ok((mut stream, _)) = socket.accept().await {
            let mut request = Vec::new();
            while !request.ends_with(b"}}") {
                let mut bytes = [0; 4096];
                let count = stream.read(&mut bytes).await.unwrap();
                assert!(count > 0, "the request ended early");
                request.extend_from_slice(&bytes[..count]);
            }
            keep.lock()
                .unwrap()
                .push(String::from_utf8(request).unwrap());
            let status = statuses.next().unwrap_or(200);
            let answer = format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (address, seen)
}

#[tokio::test]
async fn an_alert_fires_once_and_again_after_it_was_quiet() {
    let bench = bench().await;
    let owner = bench.tenant("Acme").await;
    let services = &bench.services;
    let added = services.add_alert(&owner, new("Errors", "status:error", 3, ""));
    assert!(added.await.unwrap().is_none(), "there is no secret");
    fail(&bench, &owner, 2).await;
    look(&bench).await;
    assert_eq!(events(&bench, &owner).await, []);
    fail(&bench, &owner, 1).await;
    for _ in 0..2 {
        look(&bench).await;
    }
    let fired = events(&bench, &owner).await;
    assert_eq!(fired.len(), 1);
    assert_eq!((fired[0].calls, &*fired[0].query), (3, "status:error"));
    assert_eq!(fired[0].delivery, Delivery::Shown);
    assert!(fired[0].trace_id.is_some());
    assert!(alert(&bench, &owner, "Errors").await.firing_since.is_some());
    bench.clock.advance_secs(601);
    look(&bench).await;
    assert!(alert(&bench, &owner, "Errors").await.firing_since.is_none());
    fail(&bench, &owner, 3).await;
    look(&bench).await;
    assert_eq!(events(&bench, &owner).await.len(), 2);
}

#[tokio::test]
async fn an_alert_is_not_calmed_by_calls_that_cannot_be_read() {
    let bench = bench().await;
    let owner = bench.tenant("Acme").await;
    let added = bench
        .services
        .add_alert(&owner, new("Errors", "status:error", 3, ""));
    added.await.unwrap();
    fail(&bench, &owner, 3).await;
    look(&bench).await;
    let is_firing = async || alert(&bench, &owner, "Errors").await.firing_since.is_some();
    assert!(is_firing().await);
    bench.damage_calls().await;
    look(&bench).await;
    assert!(is_firing().await);
    // Once they are out of its window, nobody needs them.
    bench.clock.advance_secs(3_600);
    look(&bench).await;
    assert!(!is_firing().await);
}

#[tokio::test]
async fn what_is_off_or_of_another_workspace_does_not_fire() {
    let bench = bench().await;
    let (owner, other) = (bench.tenant("Acme").await, bench.tenant("Globex").await);
    for caller in [&owner, &other] {
        let added = bench
            .services
            .add_alert(caller, new("Errors", "status:error", 1, ""));
        added.await.unwrap();
    }
    let id = alert(&bench, &owner, "Errors").await.id;
    bench
        .services
        .switch_alert(&owner, id, false)
        .await
        .unwrap();
    fail(&bench, &owner, 2).await;
    look(&bench).await;
    assert_eq!(events(&bench, &owner).await, []);
    assert_eq!(events(&bench, &other).await, []);
    bench.services.switch_alert(&owner, id, true).await.unwrap();
    look(&bench).await;
    assert_eq!(events(&bench, &owner).await.len(), 1);
    assert_eq!(events(&bench, &other).await, []);
}

#[tokio::test]
async fn a_webhook_is_told_and_told_again_until_it_answers() {
    let bench = bench().await;
    let owner = bench.tenant_with_store("Acme").await;
    let (address, seen) = receiver(vec![500]).await;
    let secret = bench
        .services
        .add_alert(&owner, new("Errors", "status:error", 1, &address))
        .await
        .unwrap()
        .unwrap();
    assert!(secret.expose().starts_with("whsec_"));
    let host = alert(&bench, &owner, "Errors").await.sent_to.unwrap();
    assert!(
        address.contains(&host) && !host.contains("CANARY"),
        "{host}"
    );
    fail(&bench, &owner, 1).await;
    look(&bench).await;
    bench.services.deliver_alerts().await;
    let event = events(&bench, &owner).await.remove(0);
    assert_eq!((event.delivery, event.attempts), (Delivery::Pending, 1));
    assert_eq!(event.fault.as_deref(), Some("answered with status 500"));
    bench.services.deliver_alerts().await;
    assert_eq!(seen.lock().unwrap().len(), 1, "its time has not come");
    bench.clock.advance_secs(31);
    bench.services.deliver_alerts().await;
    let event = events(&bench, &owner).await.remove(0);
    assert_eq!((event.delivery, event.attempts), (Delivery::Sent, 2));
    let requests = seen.lock().unwrap().clone();
    assert_eq!(requests.len(), 2);
    for request in &requests {
        assert!(
            request.contains(&format!("webhook-id: {}", event.id)),
            "{request}"
        );
        assert!(
            !request.contains(CANARY) && !request.contains(STORE_KEY),
            "{request}"
        );
        let (_, body) = request.split_once("\r\n\r\n").unwrap();
        let body: Value = serde_json::from_str(body).unwrap();
        assert_eq!(body["type"], "alert.fired");
        assert_eq!(body["data"]["calls"], 1);
        let link = "http://127.0.0.1:8080/traces?q=status%3Aerror";
        assert_eq!(body["data"]["calls_url"], link);
        let members: Vec<_> = body["data"].as_object().unwrap().keys().collect();
        let known = [
            "alert",
            "query",
            "calls",
            "window_minutes",
            "calls_url",
            "call_url",
        ];
        assert_eq!(members, known, "nothing else is told");
    }
    let id = alert(&bench, &owner, "Errors").await.id;
    bench.services.try_alert(&owner, id).await.unwrap();
    assert!(seen.lock().unwrap()[2].contains("alert.test"));
}

#[tokio::test]
async fn what_never_arrives_is_given_up_after_five_tries() {
    let bench = bench().await;
    let owner = bench.tenant("Acme").await;
    let (address, seen) = receiver(vec![503; 9]).await;
    let added = bench
        .services
        .add_alert(&owner, new("Errors", "status:error", 1, &address));
    added.await.unwrap();
    fail(&bench, &owner, 1).await;
    look(&bench).await;
    for _ in 0..7 {
        bench.services.deliver_alerts().await;
        bench.clock.advance_secs(3601);
    }
    let event = events(&bench, &owner).await.remove(0);
    assert_eq!((event.delivery, event.attempts), (Delivery::Failed, 5));
    assert_eq!(seen.lock().unwrap().len(), 5);
    let id = alert(&bench, &owner, "Errors").await.id;
    let refused = bench.services.try_alert(&owner, id).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Unavailable);
    assert!(
        refused.message.contains("status 503"),
        "{}",
        refused.message
    );
}

#[tokio::test]
async fn a_suspended_workspace_is_told_nothing_of_that_time() {
    let bench = bench().await;
    let owner = bench.tenant("Acme").await;
    let services = &bench.services;
    let (address, seen) = receiver(Vec::new()).await;
    let added = services.add_alert(&owner, new("Errors", "status:error", 1, &address));
    added.await.unwrap();
    fail(&bench, &owner, 1).await;
    look(&bench).await;
    let suspend = async |is_suspended| {
        let set = services.set_tenant_suspended("Acme", is_suspended).await;
        set.unwrap();
    };
    suspend(true).await;
    // As what was under way at that moment.
    fail(&bench, &owner, 1).await;
    look(&bench).await;
    services.deliver_alerts().await;
    assert_eq!(events(&bench, &owner).await[0].delivery, Delivery::Pending);
    suspend(false).await;
    for _ in 0..2 {
        look(&bench).await;
        services.deliver_alerts().await;
        bench.clock.advance_secs(601);
    }
    let told = events(&bench, &owner).await;
    assert_eq!((told.len(), told[0].delivery), (1, Delivery::Failed));
    let fault = told[0].fault.as_deref();
    assert_eq!(fault, Some("the workspace was suspended"));
    assert!(seen.lock().unwrap().is_empty());
    // What comes after is news.
    fail(&bench, &owner, 1).await;
    look(&bench).await;
    services.deliver_alerts().await;
    let told = events(&bench, &owner).await;
    assert_eq!((told.len(), told[0].delivery), (2, Delivery::Sent));
    assert_eq!(told[0].calls, 1);
}

#[tokio::test]
async fn every_workspace_has_the_ready_made_ones() {
    let bench = bench().await;
    let owner = bench.tenant("Acme").await;
    let alerts = bench.services.alerts(&owner).await.unwrap();
    let kinds: Vec<_> = alerts.iter().map(|alert| alert.kind).collect();
    assert_eq!(kinds, AlertKind::READY_MADE);
    let refused = bench.services.remove_alert(&owner, alerts[0].id).await;
    assert_eq!(refused.unwrap_err().code, ErrorCode::Conflict);
    let taken = bench
        .services
        .add_alert(&owner, new("Error streak", "", 1, ""));
    assert_eq!(taken.await.unwrap_err().field.as_deref(), Some("name"));
    bench
        .services
        .switch_alert(&owner, alerts[0].id, false)
        .await
        .unwrap();
    look(&bench).await;
    assert!(
        !bench.services.alerts(&owner).await.unwrap()[0].is_on,
        "it stays off"
    );
}

#[tokio::test]
async fn a_night_is_one_of_the_workspaces_own_time_zone() {
    let bench = bench().await;
    let owner = bench.tenant("Acme").await;
    let night = alert(&bench, &owner, "First write at night").await;
    assert_eq!(night.zone, None);
    let set = async |zone: &str| {
        let typed = NewAlert {
            zone: zone.into(),
            ..new("", "", 0, "")
        };
        bench.services.set_alert(&owner, night.id, typed).await
    };
    let refused = set("Middle/Earth").await.unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("zone"));
    assert!(set(" america/new_york ").await.unwrap().is_none());
    let changed = alert(&bench, &owner, "First write at night").await;
    assert_eq!(changed.zone.as_deref(), Some("America/New_York"));
    assert_eq!(changed.name, night.name, "all else is as it was");
    set("").await.unwrap();
    let changed = alert(&bench, &owner, "First write at night").await;
    assert_eq!(changed.zone, None);
}

#[tokio::test]
async fn ten_failed_calls_of_a_key_in_a_row_are_a_streak() {
    let bench = bench().await;
    let owner = bench.tenant_with_store("Acme").await;
    let (one, _) = bench.api_key(&owner, Access::Write).await;
    let (two, _) = bench.api_key(&owner, Access::Write).await;
    fail(&bench, &one, 9).await;
    fail(&bench, &two, 9).await;
    look(&bench).await;
    assert_eq!(events(&bench, &owner).await, []);
    let before = recorded(&bench, &owner, 0).await.len();
    bench.ok(&one, "stores_list", json!({})).await;
    recorded(&bench, &owner, before + 1).await;
    fail(&bench, &one, 9).await;
    look(&bench).await;
    assert_eq!(
        events(&bench, &owner).await,
        [],
        "one between them was fine"
    );
    fail(&bench, &two, 1).await;
    look(&bench).await;
    let fired = events(&bench, &owner).await;
    assert_eq!((fired.len(), &*fired[0].name), (1, "Error streak"));
    assert!(fired[0].query.contains(&two.actor_id().to_string()));
    // One that fires hides no other.
    fail(&bench, &one, 1).await;
    for _ in 0..2 {
        look(&bench).await;
    }
    let fired = events(&bench, &owner).await;
    assert_eq!(fired.len(), 2);
    assert!(fired[0].query.contains(&one.actor_id().to_string()));
}

#[tokio::test]
async fn an_alert_that_cannot_be_looked_for_says_so() {
    let bench = bench().await;
    let owner = bench.tenant_with_store("Acme").await;
    let services = &bench.services;
    let mut stores = bench.storage.list_stores(owner.tenant_id()).await.unwrap();
    let store = stores.remove(0);
    let query = format!("store:\"{}\" status:error", store.name);
    let added = services.add_alert(&owner, new("Errors", &query, 1, ""));
    added.await.unwrap();
    assert_eq!(alert(&bench, &owner, "Errors").await.fault, None);
    let renamed = StoreEdit {
        store_name: "Elsewhere".into(),
        label: String::new(),
        api_key: SecretText::new(""),
        seen: store.updated_at,
    };
    services
        .edit_store(&owner, store.id, &renamed)
        .await
        .unwrap();
    let fault = alert(&bench, &owner, "Errors").await.fault.unwrap();
    assert!(fault.contains(&store.name), "{fault}");
    let shown = services.dashboard(&owner, Range::Day).await.unwrap();
    assert_eq!((shown.needs.alerts, shown.needs.silent_alerts), (0, 1));
    let over = services.add_alert(&owner, new("Over", "until:2001-01-01", 1, ""));
    let refused = over.await.unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("query"));
}

#[tokio::test]
async fn what_cannot_be_opened_ends_and_holds_nobody_up() {
    let bench = bench().await;
    let (owner, other) = (bench.tenant("Acme").await, bench.tenant("Globex").await);
    let (address, seen) = receiver(Vec::new()).await;
    for caller in [&owner, &other] {
        let added = bench
            .services
            .add_alert(caller, new("Errors", "status:error", 1, &address));
        added.await.unwrap();
    }
    let kept = bench.storage.alerts(owner.tenant_id()).await.unwrap();
    let mut kept = kept
        .into_iter()
        .find(|alert| alert.name == "Errors")
        .unwrap();
    kept.sealed_target.as_mut().unwrap().bytes.reverse();
    assert!(bench.storage.set_alert(&kept).await.unwrap());
    for caller in [&owner, &other] {
        fail(&bench, caller, 1).await;
    }
    look(&bench).await;
    for _ in 0..5 {
        bench.services.deliver_alerts().await;
        bench.clock.advance_secs(3601);
    }
    let event = events(&bench, &owner).await.remove(0);
    assert_eq!(event.delivery, Delivery::Failed);
    assert_eq!(event.fault.as_deref(), Some("the address cannot be opened"));
    assert_eq!(events(&bench, &other).await[0].delivery, Delivery::Sent);
    assert_eq!(seen.lock().unwrap().len(), 1);
    // It is shown, and can be sent nowhere.
    let shown = alert(&bench, &owner, "Errors").await;
    assert!(shown.sent_to.unwrap().contains("cannot be opened"));
    bench
        .services
        .keep_alert_here(&owner, shown.id)
        .await
        .unwrap();
    assert_eq!(alert(&bench, &owner, "Errors").await.sent_to, None);
}

#[tokio::test]
async fn a_new_tool_is_told_of_a_key_that_is_a_day_old() {
    let bench = bench().await;
    let owner = bench.tenant_with_store("Acme").await;
    let (key, _) = bench.api_key(&owner, Access::Write).await;
    let call = async |tool: &str| {
        let before = recorded(&bench, &owner, 0).await.len();
        bench.ok(&key, tool, json!({})).await;
        recorded(&bench, &owner, before + 1).await;
    };
    call("stores_list").await;
    look(&bench).await;
    assert_eq!(events(&bench, &owner).await, [], "the key is new itself");
    bench.clock.advance_secs(25 * 3600);
    call("stores_list").await;
    look(&bench).await;
    assert_eq!(events(&bench, &owner).await, []);
    call("orders_list").await;
    look(&bench).await;
    let fired = events(&bench, &owner).await;
    assert_eq!((fired.len(), &*fired[0].name), (1, "New tool for a key"));
    assert!(fired[0].query.ends_with("tool:orders_list"));
}

#[tokio::test]
async fn alerts_are_managed_by_whoever_may_and_within_bounds() {
    let bench = bench().await;
    let owner = bench.tenant("Acme").await;
    let services = &bench.services;
    for (typed, field) in [
        (new("", "", 1, ""), "name"),
        (new("x", "tool:", 1, ""), "query"),
        (new("x", "", 0, ""), "threshold"),
        (new("x", "", 1, "ftp://example.com/"), "webhook"),
    ] {
        let refused = services.add_alert(&owner, typed).await.unwrap_err();
        assert_eq!(refused.field.as_deref(), Some(field));
    }
    let (viewer, _) = bench.api_key(&owner, Access::Read).await;
    let refused = services.add_alert(&viewer, new("x", "", 1, "")).await;
    assert_eq!(refused.unwrap_err().code, ErrorCode::Forbidden);
    for number in 0..ALERTS_MAX {
        let added = services.add_alert(&owner, new(&format!("a{number}"), "", 1, ""));
        added.await.unwrap();
    }
    let refused = services.add_alert(&owner, new("x", "", 1, "")).await;
    assert_eq!(refused.unwrap_err().code, ErrorCode::Conflict);
    let id = alert(&bench, &owner, "a0").await.id;
    services
        .set_alert(&owner, id, new("b", "door:web", 9, ""))
        .await
        .unwrap();
    let changed = alert(&bench, &owner, "b").await;
    assert_eq!((changed.threshold, &*changed.query), (9, "door:web"));
    services.remove_alert(&owner, id).await.unwrap();
    let strangers = bench.tenant("Globex").await;
    let other = alert(&bench, &owner, "a1").await.id;
    for (caller, id) in [
        (&owner, id),
        (&strangers, other),
        (&owner, AlertId::from_parts(1, 1)),
    ] {
        let outcomes = [
            services.remove_alert(caller, id).await,
            services.switch_alert(caller, id, false).await,
            services.keep_alert_here(caller, id).await,
            services.try_alert(caller, id).await,
            services
                .set_alert(caller, id, new("y", "", 1, ""))
                .await
                .map(drop),
        ];
        for outcome in outcomes {
            assert_eq!(outcome.unwrap_err().code, ErrorCode::NotFound);
        }
    }
}

#[tokio::test]
async fn the_first_write_of_a_night_is_told_once() {
    let bench = bench().await;
    let owner = bench.tenant_with_store("Acme").await;
    let orders = bench.ok(&owner, "orders_list", json!({ "limit": 1 })).await;
    let order = orders["orders"][0]["id"].clone();
    let write = async |city: &str| {
        let before = recorded(&bench, &owner, 0).await.len();
        let changes = json!({ "shipping": { "city": city } });
        let arguments = json!({ "order_id": order, "changes": changes });
        bench.ok(&owner, "orders_update", arguments).await;
        recorded(&bench, &owner, before + 1).await;
    };
    write("Half past nine in the morning").await;
    look(&bench).await;
    bench.clock.advance_secs(13 * 3600);
    look(&bench).await;
    assert_eq!(
        events(&bench, &owner).await,
        [],
        "nothing was written at night"
    );
    for city in [CANARY, "Elsewhere"] {
        write(city).await;
        look(&bench).await;
    }
    let fired = events(&bench, &owner).await;
    assert_eq!((fired.len(), &*fired[0].name), (1, "First write at night"));
    assert!(fired[0].query.starts_with("change:yes since:"));
    bench.clock.advance_secs(10 * 3600);
    look(&bench).await;
    let id = alert(&bench, &owner, "First write at night").await;
    assert_eq!(id.firing_since, None, "it is day");
}

#[tokio::test]
async fn five_times_as_many_calls_as_usual_are_a_burst() {
    let bench = bench().await;
    let (old, young) = (bench.tenant("Acme").await, bench.tenant("Globex").await);
    let mut batch = Vec::new();
    for (number, caller) in (1_u128..).zip([&old, &young]) {
        fail(&bench, caller, 1).await;
        let call = recorded(&bench, caller, 1).await.remove(0);
        let at = |ago_ms: i64, count: u128| {
            let started_at = call.started_at.plus_millis(-ago_ms);
            let millis = u64::try_from(started_at.0).unwrap();
            TraceRecord {
                id: TraceId::from_parts(millis, number * 1_000_000 + count),
                started_at,
                carried: false,
                error: None,
                ..call.clone()
            }
        };
        batch.extend((1..60).map(|count| at(1000, count)));
        if number == 1 {
            // Of another tool: what a key called when is kept by tool.
            batch.extend((1..=8).map(|day| TraceRecord {
                tool: "orders_list".into(),
                ..at(day * 86_400_000, 0)
            }));
        }
    }
    add(&bench, &batch).await;
    look(&bench).await;
    let mut fired = events(&bench, &old).await;
    // Its tool of today is a new one besides.
    fired.retain(|event| event.name == "Unusual burst");
    assert_eq!(fired.len(), 1);
    assert_eq!(fired[0].calls, 60);
    assert_eq!(
        events(&bench, &young).await,
        [],
        "nobody knows what is usual"
    );
}
