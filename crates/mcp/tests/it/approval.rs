//! A write that waits for a person, as clients of both eras and of different abilities are answered.

use axum::Router;
use http::StatusCode;
use orderdesk_mcp_contract::{Access, ChangeId};
use orderdesk_mcp_domain::Settings;
use serde_json::{Value, json};

use crate::support::{Backend, modern_with, post, send};

const ORDER: &str = "4981200618";

/// A client that can show a person an address.
fn opener() -> Value {
    json!({ "elicitation": { "url": {} } })
}

fn city(city: &str) -> Value {
    let changes = json!({ "shipping": { "city": city } });
    json!({ "name": "orders_update", "arguments": { "store_identifier": "Main", "order_id": ORDER, "changes": changes } })
}

/// The result of a call by a client with these abilities.
async fn call(door: &Router, capabilities: &Value, params: Value) -> Value {
    let (status, _, body) = send(door, modern_with(capabilities, "tools/call", params)).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    body["result"].clone()
}

fn with_state(mut params: Value, state: &Value) -> Value {
    params["requestState"] = state.clone();
    params["inputResponses"] = json!({ "approval": { "action": "accept" } });
    params
}

struct Scene {
    backend: Backend,
    door: Router,
}

impl Scene {
    async fn open() -> Self {
        let settings = Settings {
            public_url: "https://orders.example.com".into(),
            ..Settings::default()
        };
        let backend = Backend::with(settings).await;
        backend.add_store().await;
        let assistant = backend.api_key(Access::Propose).await;
        let door = backend.door(Some(&assistant));
        backend.sim.sim().clear_log();
        Self { backend, door }
    }

    fn writes(&self) -> usize {
        let log = self.backend.sim.sim().log();
        log.iter().filter(|entry| entry.method != "GET").count()
    }

    /// The only change there is.
    async fn change(&self) -> ChangeId {
        let query = orderdesk_mcp_contract::views::change::ChangeQuery {
            limit: 10,
            ..Default::default()
        };
        let listed = self
            .backend
            .services
            .list_changes(&self.backend.owner, &query)
            .await
            .unwrap();
        assert_eq!(listed.changes.len(), 1);
        listed.changes[0].id
    }

    async fn approve(&self) {
        let (services, owner) = (&self.backend.services, &self.backend.owner);
        let id = self.change().await;
        let seen = services.change_detail(owner, id).await.unwrap();
        services
            .approve_change(owner, id, &seen.plan_hash)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_client_that_opens_addresses_is_asked_to_show_the_page() {
    let scene = Scene::open().await;
    let asked = call(&scene.door, &opener(), city("Reno")).await;
    assert_eq!(asked["resultType"], "input_required", "{asked}");
    assert!(asked.get("structuredContent").is_none());
    assert!(asked["_meta"].is_object(), "the server is named here too");
    let request = &asked["inputRequests"]["approval"];
    assert_eq!(request["method"], "elicitation/create");
    assert_eq!(request["params"]["mode"], "url");
    let page = format!(
        "https://orders.example.com/changes/{}",
        scene.change().await
    );
    assert_eq!(request["params"]["url"], page);
    let message = request["params"]["message"].as_str().unwrap();
    for part in ["Change an order", ORDER, "Main", "may propose"] {
        assert!(message.contains(part), "{message}");
    }
    assert!(!message.contains("Reno"), "no values: {message}");

    let state = &asked["requestState"];
    let still = call(&scene.door, &opener(), with_state(city("Reno"), state)).await;
    assert_eq!(still["structuredContent"]["status"], "pending", "{still}");
    assert_eq!(scene.writes(), 0);

    scene.approve().await;
    let done = call(&scene.door, &opener(), with_state(city("Reno"), state)).await;
    assert_eq!(done["structuredContent"]["status"], "success", "{done}");
    assert_eq!(done["structuredContent"]["state"], "verified");
    assert_eq!(scene.writes(), 1);
    let again = call(&scene.door, &opener(), with_state(city("Reno"), state)).await;
    assert_eq!(again["structuredContent"], done["structuredContent"]);
    assert_eq!(scene.writes(), 1, "coming back does nothing");
}

#[tokio::test]
async fn what_a_person_denied_is_a_failure_that_says_so() {
    let scene = Scene::open().await;
    let asked = call(&scene.door, &opener(), city("Reno")).await;
    let (services, owner) = (&scene.backend.services, &scene.backend.owner);
    services
        .deny_change(owner, scene.change().await, Some("wrong order"))
        .await
        .unwrap();
    let state = &asked["requestState"];
    let denied = call(&scene.door, &opener(), with_state(city("Reno"), state)).await;
    assert_eq!(denied["isError"], true, "{denied}");
    let text = denied["content"][0]["text"].as_str().unwrap();
    assert!(text.contains("wrong order"), "{text}");
    assert_eq!(scene.writes(), 0);
}

#[tokio::test]
async fn a_client_that_cannot_gets_the_receipt() {
    for (place, capabilities) in [
        json!({}),
        json!({ "elicitation": {} }),
        json!({ "elicitation": { "form": {} } }),
    ]
    .into_iter()
    .enumerate()
    {
        let scene = Scene::open().await;
        let pending = call(&scene.door, &capabilities, city("Reno")).await;
        let receipt = &pending["structuredContent"];
        assert_eq!(receipt["status"], "pending", "case {place}: {pending}");
        let page = receipt["approval"]["page_url"].as_str().unwrap();
        assert!(page.ends_with(receipt["change_id"].as_str().unwrap()));
    }
    let scene = Scene::open().await;
    let legacy =
        json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": city("Reno") });
    let (_, _, body) = send(&scene.door, post(legacy.to_string())).await;
    assert_eq!(
        body["result"]["structuredContent"]["status"], "pending",
        "{body}"
    );
}

#[tokio::test]
async fn what_does_not_wait_is_answered_as_ever() {
    let scene = Scene::open().await;
    let mut preview = city("Reno");
    preview["arguments"]["dry_run"] = json!(true);
    let preview = call(&scene.door, &opener(), preview).await;
    assert_eq!(
        preview["structuredContent"]["status"], "preview",
        "{preview}"
    );
    let writer = scene.backend.api_key(Access::Write).await;
    let writer = scene.backend.door(Some(&writer));
    let done = call(&writer, &opener(), city("Reno")).await;
    assert_eq!(done["structuredContent"]["status"], "success", "{done}");
    let wrong = call(&writer, &opener(), json!({ "name": "orders_update" })).await;
    assert_eq!(wrong["isError"], true);
}

#[tokio::test]
async fn a_state_opens_for_its_own_call_only() {
    let scene = Scene::open().await;
    let asked = call(&scene.door, &opener(), city("Reno")).await;
    let state = asked["requestState"].as_str().unwrap().to_owned();
    scene.backend.sim.sim().clear_log();

    let other_key = scene.backend.api_key(Access::Propose).await;
    let stranger = scene
        .backend
        .services
        .create_tenant("stranger")
        .await
        .unwrap();
    let stranger = crate::support::signed_in(&scene.backend.services, &stranger.master_key).await;
    let (other_key, stranger) = (
        scene.backend.door(Some(&other_key)),
        scene.backend.door(Some(&stranger)),
    );
    let mut other_tool = city("Reno");
    other_tool["name"] = json!("orders_delete");
    other_tool["arguments"] = json!({ "store_identifier": "Main", "order_id": ORDER });
    // One state of 64 ends with an A of its own.
    let wrong = if state.ends_with('A') { 'B' } else { 'A' };
    let altered = format!("{}{wrong}", &state[..state.len() - 1]);
    let cut = state[..state.len() / 2].to_owned();
    let cases = [
        ("another key", &other_key, city("Reno"), &state),
        ("another workspace", &stranger, city("Reno"), &state),
        ("another tool", &scene.door, other_tool, &state),
        ("other arguments", &scene.door, city("Austin"), &state),
        ("altered", &scene.door, city("Reno"), &altered),
        ("cut", &scene.door, city("Reno"), &cut),
        (
            "made up",
            &scene.door,
            city("Reno"),
            &"rs2.x.y.z".to_owned(),
        ),
        ("empty", &scene.door, city("Reno"), &String::new()),
    ];
    for (what, door, params, state) in cases {
        let refused = call(door, &opener(), with_state(params, &json!(state))).await;
        assert_eq!(refused["isError"], true, "{what}: {refused}");
        let facts = &refused["_meta"]["orderdesk-mcp/error"];
        assert_eq!(facts["field"], "requestState", "{what}: {refused}");
        let text = refused.to_string();
        assert!(!text.contains(&scene.change().await.to_string()), "{what}");
    }
    assert!(
        scene.backend.sim.sim().log().is_empty(),
        "nothing was asked"
    );

    // The same call with its members in another order is the same call.
    let mut reordered = city("Reno");
    let mut arguments = reordered["arguments"].take();
    arguments.as_object_mut().unwrap().sort_keys();
    reordered["arguments"] = arguments;
    let found = call(&scene.door, &opener(), with_state(reordered, &json!(state))).await;
    assert_eq!(found["structuredContent"]["status"], "pending", "{found}");
}
