//! Writing through the door, and keys that the owner has narrowed to some tools.

use std::collections::BTreeSet;

use orderdesk_mcp_contract::{Access, KeyPolicy, UtcMillis};
use orderdesk_mcp_domain::Caller;
use orderdesk_mcp_storage::port::Policies as _;
use serde_json::{Value, json};

use crate::support::{Backend, modern, post, send};

const ORDER: &str = "4981200618";

async fn call(backend: &Backend, caller: &Caller, tool: &str, mut arguments: Value) -> Value {
    arguments["store_identifier"] = json!("Main");
    let params = json!({ "name": tool, "arguments": arguments });
    let request = modern("tools/call", params);
    let (_, _, body) = send(&backend.door(Some(caller)), request).await;
    body["result"].clone()
}

#[tokio::test]
async fn a_write_answers_its_receipt_and_the_next_read_sees_it() {
    let backend = Backend::start(10_000).await;
    backend.add_store().await;
    let writer = backend.api_key(Access::Write).await;
    let read = call(
        &backend,
        &writer,
        "orders_get",
        json!({ "order_id": ORDER }),
    )
    .await;
    let version = &read["structuredContent"]["version"];
    let arguments = json!({
        "order_id": ORDER, "changes": { "shipping": { "city": "Reno" } },
        "if_version": version, "reason": "the customer wrote", "idempotency_key": "reno-1",
    });
    let done = call(&backend, &writer, "orders_update", arguments.clone()).await;
    let receipt = &done["structuredContent"];
    assert_eq!(receipt["status"], "success", "{done}");
    assert_eq!(receipt["diff"][0]["path"], "shipping.city");
    let text: Value = serde_json::from_str(done["content"][0]["text"].as_str().unwrap()).unwrap();
    assert_eq!(&text, receipt, "both channels are equal");
    let after = call(
        &backend,
        &writer,
        "orders_get",
        json!({ "order_id": ORDER }),
    )
    .await;
    let after = &after["structuredContent"];
    assert_eq!(after["order"]["shipping"]["city"], "Reno");
    assert_eq!(&after["version"], &receipt["version"]);

    let again = call(&backend, &writer, "orders_update", arguments).await;
    assert_eq!(
        again["structuredContent"]["change_id"],
        receipt["change_id"]
    );
    let puts = backend.sim.sim().log();
    let puts = puts.iter().filter(|entry| entry.method == "PUT").count();
    assert_eq!(puts, 1, "the same name has one effect");
}

#[tokio::test]
async fn a_key_is_offered_and_may_call_the_tools_that_its_owner_left_it() {
    let backend = Backend::start(10_000).await;
    backend.add_store().await;
    let key = backend.api_key(Access::Write).await;
    let left = BTreeSet::from([
        "stores_list".to_owned(),
        "orders_get".to_owned(),
        "orders_update".to_owned(),
    ]);
    let policy = KeyPolicy {
        tools: Some(left.clone()),
        ..KeyPolicy::default()
    };
    let set =
        backend
            .storage
            .set_key_policy(key.tenant_id(), key.actor_id(), &policy, UtcMillis(1));
    assert!(set.await.unwrap());
    // What is known of a key is believed for two seconds.
    tokio::time::sleep(std::time::Duration::from_millis(2_100)).await;
    let identity = key.identity();
    let narrowed = backend
        .services
        .session_caller(&identity, key.origin().clone());
    let narrowed = narrowed.await.unwrap().unwrap();

    let list = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
    let (_, _, body) = send(&backend.door(Some(&narrowed)), post(list.to_string())).await;
    let offered = body["result"]["tools"].as_array().unwrap().iter();
    let offered: BTreeSet<_> = offered
        .map(|tool| tool["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(offered, left);

    let kept = call(
        &backend,
        &narrowed,
        "orders_move",
        json!({ "order_id": ORDER, "folder": "Prepared" }),
    )
    .await;
    assert_eq!(
        kept["_meta"]["orderdesk-mcp/error"]["code"], "forbidden",
        "{kept}"
    );
    assert!(
        kept["content"][0]["text"]
            .as_str()
            .unwrap()
            .contains("kept `orders_move`")
    );
    let kept = call(&backend, &narrowed, "orders_list", json!({})).await;
    assert_eq!(kept["isError"], true, "reads are narrowed too");
    let changes = json!({ "shipping": { "city": "Reno" } });
    let may = call(
        &backend,
        &narrowed,
        "orders_update",
        json!({ "order_id": ORDER, "changes": changes }),
    )
    .await;
    assert_eq!(may["structuredContent"]["status"], "success", "{may}");
}
