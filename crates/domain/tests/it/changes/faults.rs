//! Order Desk fails in every way it can, and nothing is written twice or called what it is not.

use std::time::Duration;

use orderdesk_mcp_contract::{ChangeState, ErrorCode};
use orderdesk_sim::switches::RateLimitBody;
use orderdesk_sim::{Action, Fault};
use serde_json::{Value, json};

use super::{ORDER, assert_state, hasty, small, small_with};

/// A fault, whether the write is applied all the same, and where the change may end.
fn faults() -> Vec<(&'static str, Action, bool)> {
    vec![
        ("429", Action::Status429(RateLimitBody::Html), false),
        ("500 before", Action::Status500BeforeApply, false),
        ("500 after", Action::Status500AfterApply, true),
        ("reset before", Action::ResetBeforeApply, false),
        ("reset after", Action::ResetAfterApply, true),
        ("truncated", Action::TruncatedJson, true),
        ("200 with error", Action::ErrorBody200, false),
        ("502 in HTML", Action::HtmlError502, false),
        (
            "slow",
            Action::Slow {
                delay: Duration::from_millis(300),
            },
            true,
        ),
    ]
}

const WRITES: [(&str, &str, &str); 8] = [
    (
        "orders_update",
        r#"{"order_id":1001,"changes":{"shipping":{"city":"Reno"}}}"#,
        "PUT",
    ),
    (
        "orders_move",
        r#"{"order_id":1001,"folder":"Closed"}"#,
        "POST",
    ),
    (
        "orders_add_note",
        r#"{"order_id":1001,"note":"Called."}"#,
        "POST",
    ),
    (
        "orders_add_shipment",
        r#"{"order_id":1001,"tracking_number":"1Z9"}"#,
        "POST",
    ),
    (
        "orders_add_items",
        r#"{"order_id":1001,"items":[{"name":"Hat","price":2}]}"#,
        "POST",
    ),
    (
        "orders_remove_item",
        r#"{"order_id":1001,"order_item_id":"12"}"#,
        "DELETE",
    ),
    (
        "products_adjust_stock",
        r#"{"product_id":"501","by":3}"#,
        "PUT",
    ),
    (
        "orders_create",
        r#"{"order_data":{"source_id":"P-1","shipping":{"company":"C"},"order_items":[{"name":"Hat"}]}}"#,
        "POST",
    ),
];

#[tokio::test]
async fn every_write_ends_as_what_it_is() {
    for (tool, arguments, method) in WRITES {
        for (name, action, is_applied) in faults() {
            let (bench, owner) = small_with(hasty()).await;
            bench.sim.sim().fault(Fault::on(method, "/**", action));
            let arguments: Value = serde_json::from_str(arguments).unwrap();
            let answer = bench.call(&owner, tool, arguments).await;
            let detail = bench.settled(&owner).await;
            let expected = if is_applied {
                ChangeState::Verified
            } else {
                ChangeState::NotApplied
            };
            assert_eq!(
                detail.summary.state, expected,
                "{tool}, {name}: {answer:?} {detail:#?}"
            );
            let writes: Vec<_> = bench
                .sim
                .sim()
                .log()
                .into_iter()
                .filter(|entry| entry.method != "GET")
                .collect();
            assert_eq!(writes.len(), 1, "{tool}, {name}: sent once");
            assert_eq!(writes[0].applied, is_applied, "{tool}, {name}");
            match &answer {
                Ok(receipt) => assert!(
                    is_applied || receipt["status"] == "unknown",
                    "{tool}, {name}: {receipt}"
                ),
                Err(error) => assert!(
                    !is_applied && error.message.contains("Nothing was changed"),
                    "{tool}, {name}: {error}"
                ),
            }
        }
    }
}

#[tokio::test]
async fn a_partly_added_list_of_lines_is_told_as_such() {
    let (bench, owner) = small_with(hasty()).await;
    bench
        .sim
        .sim()
        .fault(Fault::on("POST", "/orders/*/order-items", Action::ErrorBody200).nth(2));
    let items = json!([{ "name": "A" }, { "name": "B" }, { "name": "C" }]);
    let receipt = bench
        .ok(
            &owner,
            "orders_add_items",
            json!({ "order_id": ORDER, "items": items }),
        )
        .await;
    assert_eq!(receipt["state"], "verified", "{receipt}");
    assert!(
        receipt["message"].as_str().unwrap().contains("1 of 3"),
        "{receipt}"
    );
    assert_eq!(
        bench.order(ORDER)["order_items"].as_array().unwrap().len(),
        3
    );
    bench
        .ok(
            &owner,
            "changes_undo",
            json!({ "change_id": receipt["change_id"] }),
        )
        .await;
    assert_eq!(
        bench.order(ORDER)["order_items"].as_array().unwrap().len(),
        2
    );
}

#[tokio::test]
async fn a_lost_proof_is_made_up_for() {
    let (bench, owner) = small_with(hasty()).await;
    let arguments = json!({ "order_id": ORDER, "changes": { "tag_name": "x" } });
    bench.sim.sim().fault(
        Fault::on("GET", "/orders/*", Action::Status500BeforeApply)
            .nth(3)
            .times(9),
    );
    let receipt = bench.ok(&owner, "orders_update", arguments).await;
    assert_eq!(receipt["status"], "running", "{receipt}");
    bench.sim.sim().clear_faults();
    assert_state(&bench.settled(&owner).await, ChangeState::Verified);
    assert_eq!(bench.writes().len(), 1);
}

#[tokio::test]
async fn an_order_desk_that_is_down_is_not_hammered() {
    let (bench, owner) = small().await;
    bench
        .sim
        .sim()
        .fault(Fault::on("*", "/**", Action::Status500BeforeApply).always());
    let mut asked = 0;
    for number in 0..20 {
        let arguments =
            json!({ "order_id": ORDER, "changes": { "tag_name": format!("n{number}") } });
        let refused = bench.err(&owner, "orders_update", arguments).await;
        assert_eq!(refused.code, ErrorCode::UpstreamUnavailable, "{refused}");
        assert!(refused.retry_after_secs.is_some(), "{refused:?}");
        asked += 1;
    }
    let reached = bench.sim.sim().log().len();
    assert!(
        reached <= asked + asked / 10 + 2,
        "{reached} requests for {asked} calls"
    );
    assert_eq!(bench.writes(), [""; 0]);
}
