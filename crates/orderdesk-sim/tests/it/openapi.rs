//! Every operation of the description, its success and its refusal, against its schemas.

use std::collections::BTreeSet;

use orderdesk_sim::{Switches, seed};
use serde_json::{Value, json};

use crate::support::schema::{openapi, resolve, violations};
use crate::support::{Answer, Desk, NOW};

/// Checks an answer against the response that the description gives for its status.
fn conforms(root: &Value, operation: &Value, answer: &Answer) {
    let responses = &operation["responses"];
    let range = format!("{}XX", answer.status / 100);
    let response = [answer.status.to_string().as_str(), &range, "default"]
        .iter()
        .find_map(|key| responses.get(*key));
    let response = resolve(
        root,
        response.expect("every operation has a default response"),
    );
    let id = &operation["operationId"];
    let schema = &response["content"]["application/json"]["schema"];
    assert!(schema.is_object(), "{id}: no schema for {}", answer.status);
    let found = violations(root, schema, &answer.json());
    assert!(
        found.is_empty(),
        "{id} {}: {found:#?}\n{}",
        answer.status,
        answer.text
    );
    if let Some(headers) = response.get("headers").and_then(Value::as_object) {
        for (name, header) in headers.iter().filter(|(name, _)| *name != "X-Retry-After") {
            let value: u64 = answer
                .header(name)
                .unwrap_or_else(|| panic!("{id}: no {name}"))
                .parse()
                .unwrap();
            let header = resolve(root, header);
            assert!(
                violations(root, &header["schema"], &json!(value)).is_empty(),
                "{id}: {name} {value}"
            );
        }
    }
}

/// For each operation a request that succeeds, with its status, and one that is refused if any can be.
fn cases() -> Vec<Value> {
    serde_json::from_str(include_str!("../operations.json")).unwrap()
}

/// Every operation of the description with its method.
fn operations(root: &Value) -> Vec<(String, Value)> {
    let methods = ["get", "post", "put", "delete"];
    let paths = root["paths"].as_object().unwrap().values();
    let all = paths.flat_map(|path| {
        methods
            .iter()
            .filter_map(|method| Some((method.to_uppercase(), path.get(*method)?.clone())))
    });
    all.collect()
}

#[test]
fn every_operation_has_its_case() {
    let root = openapi();
    let described: BTreeSet<String> = operations(&root)
        .iter()
        .map(|(_, one)| one["operationId"].as_str().unwrap().to_owned())
        .collect();
    let tested = cases()
        .into_iter()
        .map(|case| case["id"].as_str().unwrap().to_owned());
    let tested: BTreeSet<String> = tested.collect();
    assert_eq!(described.len(), 26);
    assert_eq!(described, tested);
}

async fn send(desk: &Desk, method: &str, request: &Value) -> Answer {
    let body = request.get("body").filter(|body| !body.is_null());
    desk.send(method, request["path"].as_str().unwrap(), body)
        .await
        .unwrap()
}

#[tokio::test]
async fn successes_and_refusals_conform() {
    let root = openapi();
    let operations = operations(&root);
    for case in cases() {
        let id = &case["id"];
        let mine = operations.iter().find(|(_, one)| one["operationId"] == *id);
        let (method, operation) = mine.unwrap();
        let mut desk = Desk::tiny().await;
        let answer = send(&desk, method, &case).await;
        assert_eq!(answer.status, case["status"], "{id}: {}", answer.text);
        conforms(&root, operation, &answer);
        if let Some(refused) = case.get("refused") {
            let answer = send(&desk, method, refused).await;
            assert!(matches!(answer.status, 400 | 404), "{id}: {}", answer.text);
            conforms(&root, operation, &answer);
        }
        desk.key = "wrong".to_owned();
        let answer = send(&desk, method, &case).await;
        assert_eq!(answer.status, 401, "{id}");
        conforms(&root, operation, &answer);
    }
}

#[tokio::test]
async fn the_whole_shop_conforms() {
    let root = openapi();
    let desk = Desk::new(
        seed::shop(11, i64::try_from(NOW).unwrap()),
        Switches::default(),
        false,
    )
    .await;
    for (operation, path) in [
        ("/orders", "/orders?limit=500&get_order_history=1"),
        ("/inventory-items", "/inventory-items?limit=500"),
    ] {
        let answer = desk.get(path).await;
        conforms(&root, &root["paths"][operation]["get"], &answer);
    }
}
