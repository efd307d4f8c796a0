//! Somebody else edits the same order.

use orderdesk_mcp_contract::{ChangeState, ErrorCode};
use orderdesk_sim::{Action, Fault, ForeignEdit};
use serde_json::json;

use super::{ORDER, assert_state, small};

fn edit_after_read(nth: u64, patch: serde_json::Value) -> Fault {
    Fault::on(
        "GET",
        "/orders/*",
        Action::ForeignEdit(ForeignEdit::merge(patch)),
    )
    .nth(nth)
}

#[tokio::test]
async fn an_edit_of_another_field_is_kept() {
    let (bench, owner) = small().await;
    bench.sim.sim().fault(edit_after_read(
        1,
        json!({ "tag_name": "theirs", "shipping": { "phone": "1" } }),
    ));
    let receipt = bench
        .update(&owner, json!({ "shipping": { "city": "Reno" } }))
        .await;
    assert_eq!(receipt["state"], "verified", "{receipt}");
    let order = bench.order(ORDER);
    assert_eq!(
        (
            &order["tag_name"],
            &order["shipping"]["phone"],
            &order["shipping"]["city"]
        ),
        (&json!("theirs"), &json!("1"), &json!("Reno"))
    );
    assert_eq!(bench.writes().len(), 1);
    // What undo goes back to is their version.
    bench
        .ok(
            &owner,
            "changes_undo",
            json!({ "change_id": receipt["change_id"] }),
        )
        .await;
    let order = bench.order(ORDER);
    assert_eq!(
        (&order["tag_name"], &order["shipping"]["city"]),
        (&json!("theirs"), &json!("Leeds"))
    );
}

#[tokio::test]
async fn an_edit_of_the_same_field_wins() {
    let (bench, owner) = small().await;
    bench.sim.sim().fault(edit_after_read(
        1,
        json!({ "shipping": { "city": "Paris" } }),
    ));
    let arguments = json!({ "order_id": ORDER, "changes": { "shipping": { "city": "Reno" } } });
    let refused = bench.err(&owner, "orders_update", arguments).await;
    assert_eq!(refused.code, ErrorCode::Conflict);
    assert!(
        refused.message.contains("shipping.city") && !refused.message.contains("Paris"),
        "{refused}"
    );
    assert_eq!(bench.order(ORDER)["shipping"]["city"], "Paris");
    assert_eq!(bench.writes(), [""; 0]);
    let detail = bench.newest(&owner).await;
    assert_state(&detail, ChangeState::Conflict);
    let sides = serde_json::to_value(&detail.three_way).unwrap();
    assert_eq!(
        sides,
        json!([{ "path": "shipping.city", "before": "Leeds", "wanted": "Reno", "found": "Paris" }])
    );
}

#[tokio::test]
async fn an_edit_after_the_write_is_told() {
    let (bench, owner) = small().await;
    // The third read is the one that proves the write; its answer is made before this edit.
    bench
        .sim
        .sim()
        .fault(edit_after_read(3, json!({ "email": "theirs@example.com" })));
    let receipt = bench
        .update(&owner, json!({ "shipping": { "city": "Reno" } }))
        .await;
    assert_eq!(receipt["state"], "verified", "{receipt}");
    assert_eq!(bench.order(ORDER)["email"], "theirs@example.com", "kept");
    let ours = json!({
        "order_id": ORDER, "changes": { "email": "ours@example.com" }, "if_version": receipt["version"],
    });
    let refused = bench.err(&owner, "orders_update", ours).await;
    assert_eq!(
        refused.code,
        ErrorCode::Conflict,
        "seen by the next one: {refused}"
    );
}

#[tokio::test]
async fn an_order_deleted_meanwhile_is_a_conflict() {
    let (bench, owner) = small().await;
    let (other, _) = bench
        .api_key(&owner, orderdesk_mcp_contract::Access::Propose)
        .await;
    let receipt = bench.update(&other, json!({ "tag_name": "x" })).await;
    let deletion = bench
        .ok(&owner, "orders_delete", json!({ "order_id": ORDER }))
        .await;
    let second = bench.second_owner(&owner).await;
    assert_state(
        &bench.approve(&second, &deletion).await.unwrap(),
        ChangeState::Verified,
    );
    let refused = bench.approve(&owner, &receipt).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Conflict, "{refused}");
    assert_state(&bench.detail(&owner, &receipt).await, ChangeState::Refused);
}

#[tokio::test]
async fn a_restless_order_is_left_alone() {
    let (bench, owner) = small().await;
    let number = std::sync::atomic::AtomicU64::new(0);
    let restless = ForeignEdit::run(move |order| {
        let next = number.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        order.insert("tag_name".into(), format!("edit {next}").into());
    });
    bench
        .sim
        .sim()
        .fault(Fault::on("GET", "/orders/*", Action::ForeignEdit(restless)).always());
    let arguments = json!({ "order_id": ORDER, "changes": { "email": "x@example.com" } });
    let refused = bench.err(&owner, "orders_update", arguments).await;
    assert_eq!(refused.code, ErrorCode::Conflict, "{refused}");
    assert_eq!(bench.writes(), [""; 0]);
    let reads = bench.sim.count("GET", "/orders/1001");
    assert!(reads <= 8, "{reads} reads");
}
