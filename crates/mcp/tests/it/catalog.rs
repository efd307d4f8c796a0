//! The tools as clients see them are a promise: clients cache them and people approve them. Any change must be
//! deliberate, so it shows up in `catalog.json` and in review.

use std::path::Path;

use orderdesk_mcp_mcp::tools;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// Rewrites the snapshot when it is set.
const UPDATE: &str = "UPDATE_CATALOG";
/// Every client reads the whole list before the first call; about 4 bytes are a token.
const LIST_BYTES_MAX: usize = 54_000;
/// What most clients give to the model of it: names, descriptions and arguments.
const MODEL_BYTES_MAX: usize = 28_000;

fn snapshot() -> Value {
    let tools = serde_json::to_value(tools::offered_to(|_| true)).unwrap();
    let digest = Sha256::digest(tools.to_string());
    json!({ "sha256": data_encoding::HEXLOWER.encode(&digest), "tools": tools })
}

#[test]
fn the_catalog_is_the_one_that_was_agreed() {
    let path = Path::new("tests/catalog.json");
    let now = snapshot();
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(path, format!("{now:#}\n")).unwrap();
    }
    let agreed: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    for (was, is) in agreed["tools"]
        .as_array()
        .unwrap()
        .iter()
        .zip(now["tools"].as_array().unwrap())
    {
        assert_eq!(
            was, is,
            "a tool changed; if that is meant, run the test with {UPDATE}=1"
        );
    }
    assert_eq!(
        agreed, now,
        "the catalog changed; if that is meant, run the test with {UPDATE}=1"
    );
}

#[test]
fn the_list_is_affordable() {
    let tools = snapshot()["tools"].take();
    let length = tools.to_string().len();
    assert!(
        length <= LIST_BYTES_MAX,
        "the list of tools has grown to {length} bytes"
    );
    let parts = ["name", "description", "inputSchema"];
    let read: usize = tools
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|tool| parts.map(|part| tool[part].to_string().len()))
        .sum();
    assert!(
        read <= MODEL_BYTES_MAX,
        "what models read of it has grown to {read} bytes"
    );
}

#[test]
fn every_hint_is_said_outright() {
    for tool in snapshot()["tools"].as_array().unwrap() {
        let hints = &tool["annotations"];
        assert_eq!(hints["title"], tool["title"]);
        assert_eq!(hints["openWorldHint"], false);
        for hint in ["readOnlyHint", "destructiveHint", "idempotentHint"] {
            assert!(hints[hint].is_boolean(), "{}: {hint}", tool["name"]);
        }
        assert!(
            !(hints["readOnlyHint"] == true && hints["destructiveHint"] == true),
            "{}",
            tool["name"]
        );
    }
}

#[test]
fn a_caller_sees_what_it_may_use_in_the_same_order() {
    let names =
        |tools: Vec<rmcp::model::Tool>| tools.into_iter().map(|tool| tool.name).collect::<Vec<_>>();
    let all = names(tools::offered_to(|_| true));
    let reading = names(tools::offered_to(|spec| {
        spec.need != orderdesk_mcp_contract::tool::Need::Manage
    }));
    assert!(reading.len() < all.len(), "some tools need a master key");
    assert!(!reading.contains(&"stores_delete".into()) && reading.contains(&"orders_list".into()));
    let filtered: Vec<_> = all
        .into_iter()
        .filter(|name| reading.contains(name))
        .collect();
    assert_eq!(filtered, reading);
    assert!(tools::offered_to(|_| false).is_empty());
}
