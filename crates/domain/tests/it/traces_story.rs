//! Recorded calls as a story.

use orderdesk_mcp_contract::trace::story::{Happened, StoryEvent};
use orderdesk_mcp_contract::{Access, ChangeState, ErrorCode, StoreUid, TraceId};
use orderdesk_mcp_storage::record::TraceRecord;
use serde_json::{Value, json};

use crate::support::{Bench, add, recorded};

/// What is told, in short.
fn told(events: &[StoryEvent]) -> Vec<String> {
    let short = |event: &StoryEvent| match &event.what {
        Happened::Call { title, .. } => title.clone(),
        Happened::Step { state, .. } => {
            state.map_or_else(|| "…".to_owned(), |state| state.as_str().to_owned())
        }
    };
    events.iter().map(short).collect()
}

/// Two orders of the only store.
async fn orders(bench: &Bench, caller: &orderdesk_mcp_domain::Caller) -> [Value; 2] {
    let listed = bench.ok(caller, "orders_list", json!({ "limit": 2 })).await;
    [0, 1].map(|at| listed["orders"][at]["id"].clone())
}

#[tokio::test]
async fn an_order_is_told_across_calls_and_changes() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let [order, other] = orders(&bench, &owner).await;
    for order in [&order, &other] {
        bench
            .ok(&owner, "orders_get", json!({ "order_id": order }))
            .await;
    }
    let changes = json!({ "shipping": { "city": "Reno" } });
    let arguments = json!({ "order_id": order, "changes": changes });
    let receipt = bench.ok(&owner, "orders_update", arguments).await;
    let undo = json!({ "change_id": receipt["change_id"] });
    bench.ok(&owner, "changes_undo", undo).await;
    recorded(&bench, &owner, 6).await;
    let id = order.as_str().unwrap();
    let story = bench
        .services
        .order_story(&owner, id, None, None)
        .await
        .unwrap();
    assert!(story.events.is_sorted_by_key(|event| event.at));
    let told = told(&story.events);
    let calls: Vec<_> = story
        .events
        .iter()
        .filter(|event| matches!(event.what, Happened::Call { .. }))
        .collect();
    assert_eq!(calls.len(), 3, "{told:?}");
    for title in ["Get an order", "Change an order", "Undo a change"] {
        assert_eq!(
            told.iter().filter(|said| *said == title).count(),
            1,
            "{told:?}"
        );
    }
    let verified = ChangeState::Verified.as_str();
    assert_eq!(
        told.iter().filter(|said| *said == verified).count(),
        2,
        "{told:?}"
    );
    assert!(
        told.contains(&ChangeState::Undone.as_str().to_owned()),
        "{told:?}"
    );
    assert_eq!((story.before, story.is_cut), (None, false));
    assert_eq!(story.query, format!("order:{id}"));
    // An order of another store may have the same id.
    let store = bench.storage.list_stores(owner.tenant_id()).await.unwrap();
    let of_store = async |store| {
        bench
            .services
            .order_story(&owner, id, Some(store), None)
            .await
    };
    let same = of_store(store[0].id).await.unwrap();
    assert_eq!(same.events.len(), story.events.len());
    assert!(same.query.contains(&store[0].name), "{}", same.query);
    let elsewhere = of_store(StoreUid::from_parts(1, 1)).await;
    assert_eq!(elsewhere.unwrap_err().code, ErrorCode::NotFound);
    let strangers = bench.tenant("Globex").await;
    for (caller, id) in [(&strangers, id), (&owner, "no-such-order")] {
        let refused = bench.services.order_story(caller, id, None, None).await;
        assert_eq!(refused.unwrap_err().code, ErrorCode::NotFound);
    }
    let blank = bench.services.order_story(&owner, " ", None, None).await;
    assert_eq!(blank.unwrap_err().field.as_deref(), Some("order"));
}

#[tokio::test]
async fn a_long_life_is_told_in_parts() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let [order, _] = orders(&bench, &owner).await;
    let changes = json!({ "shipping": { "city": "Reno" } });
    let arguments = json!({ "order_id": order, "changes": changes });
    bench.ok(&owner, "orders_update", arguments).await;
    let calls = recorded(&bench, &owner, 3).await;
    let call = calls.iter().find(|call| call.tool == "orders_update");
    let call = call.unwrap();
    let later = |minutes: u64| TraceRecord {
        id: TraceId::from_parts(call.id.millis() + minutes * 60_000, minutes.into()),
        started_at: call
            .started_at
            .plus_millis(i64::try_from(minutes).unwrap() * 60_000),
        tool: "orders_get".into(),
        change_id: None,
        carried: false,
        ..call.clone()
    };
    let batch: Vec<_> = (1..=150).map(later).collect();
    add(&bench, &batch).await;
    let id = order.as_str().unwrap();
    let part = async |before| {
        bench
            .services
            .order_story(&owner, id, None, before)
            .await
            .unwrap()
    };
    let newest = part(None).await;
    assert_eq!(
        newest.events.len(),
        100,
        "no step of a change is among them"
    );
    let oldest = part(newest.before).await;
    assert_eq!(oldest.before, None);
    let told = told(&oldest.events);
    assert_eq!(
        told.iter().filter(|said| *said == "Get an order").count(),
        50
    );
    assert!(
        told.contains(&ChangeState::Verified.as_str().to_owned()),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_run_is_told_with_where_its_changes_stand() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let (one, _) = bench.api_key(&owner, Access::Propose).await;
    let (two, _) = bench.api_key(&owner, Access::Read).await;
    let [order, _] = orders(&bench, &one).await;
    orders(&bench, &two).await;
    let changes = json!({ "shipping": { "city": "Reno" } });
    let arguments = json!({ "order_id": order, "changes": changes });
    bench.ok(&one, "orders_update", arguments).await;
    let calls = recorded(&bench, &owner, 6).await;
    let call = calls.iter().find(|call| call.tool == "orders_update");
    let story = bench.services.run_story(&owner, call.unwrap().id).await;
    let story = story.unwrap();
    assert_eq!(told(&story.events), ["List orders", "Change an order"]);
    let [_, change] = story.events.as_slice() else {
        panic!("{story:?}");
    };
    let Happened::Call { change, .. } = &change.what else {
        panic!("{change:?}");
    };
    assert_eq!(*change, Some(ChangeState::Proposed));
    assert!(!story.is_cut && story.before.is_none());
    let strangers = bench.tenant("Globex").await;
    let refused = bench.services.run_story(&strangers, call.unwrap().id).await;
    assert_eq!(refused.unwrap_err().code, ErrorCode::NotFound);
}

#[tokio::test]
async fn a_story_of_damaged_calls_says_so() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let [order, _] = orders(&bench, &owner).await;
    bench
        .ok(&owner, "orders_get", json!({ "order_id": order }))
        .await;
    recorded(&bench, &owner, 2).await;
    let id = order.as_str().unwrap();
    let tell = async || bench.services.order_story(&owner, id, None, None).await;
    assert!(!tell().await.unwrap().is_damaged);
    bench.damage_calls().await;
    let told = tell().await.unwrap();
    assert_eq!((told.events.len(), told.is_damaged), (0, true));
}
