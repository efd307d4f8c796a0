//! A person decides.

use orderdesk_mcp_contract::views::change::ChangeDetail;
use orderdesk_mcp_contract::{Access, ApiError, ChangeState, ErrorCode, KeyKind};
use orderdesk_mcp_domain::{Caller, NewKeyRequest};
use serde_json::{Value, json};

use super::{ORDER, assert_state, change_id, small};
use crate::support::{Bench, STORE_ID};

impl Bench {
    /// Another master key of the same workspace.
    pub async fn second_owner(&self, owner: &Caller) -> Caller {
        let request = NewKeyRequest {
            name: "Second".into(),
            kind: KeyKind::Master,
            access: Access::Write,
            expires_at: None,
        };
        let (_, secret) = self.services.create_key(owner, request).await.unwrap();
        self.signed_in(&secret).await
    }

    pub async fn approve(&self, owner: &Caller, receipt: &Value) -> Result<ChangeDetail, ApiError> {
        let seen = self.detail(owner, receipt).await;
        self.services
            .approve_change(owner, change_id(receipt), &seen.plan_hash)
            .await
    }
}

fn city(city: &str) -> Value {
    json!({ "order_id": ORDER, "changes": { "shipping": { "city": city } }, "reason": "asked by mail" })
}

#[tokio::test]
async fn a_proposal_waits_and_an_approved_one_is_made() {
    let (bench, owner) = small().await;
    let (assistant, _) = bench.api_key(&owner, Access::Propose).await;
    let receipt = bench.ok(&assistant, "orders_update", city("Reno")).await;
    assert_eq!(
        (&receipt["status"], &receipt["state"]),
        (&json!("pending"), &json!("proposed"))
    );
    let page = receipt["approval"]["page_url"].as_str().unwrap();
    assert!(
        page.ends_with(receipt["change_id"].as_str().unwrap()),
        "{page}"
    );
    assert_eq!(bench.writes(), [""; 0]);
    assert_eq!(bench.services.attention(&owner).await.unwrap().waiting, 1);
    let detail = bench.approve(&owner, &receipt).await.unwrap();
    assert_state(&detail, ChangeState::Verified);
    assert_eq!(detail.decided_by.as_deref(), Some("Owner"));
    assert_eq!(bench.order(ORDER)["shipping"]["city"], "Reno");
    assert_eq!(bench.services.attention(&owner).await.unwrap().waiting, 0);
    let shown = bench
        .ok(
            &assistant,
            "changes_get",
            json!({ "change_id": receipt["change_id"] }),
        )
        .await;
    assert_eq!(shown["state"], "verified");
}

#[tokio::test]
async fn whoever_proposed_cannot_approve() {
    let (bench, owner) = small().await;
    let (assistant, _) = bench.api_key(&owner, Access::Propose).await;
    let receipt = bench.ok(&assistant, "orders_update", city("Reno")).await;
    let refused = bench.approve(&assistant, &receipt).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Forbidden);
    let deletion = bench
        .ok(&owner, "orders_delete", json!({ "order_id": ORDER }))
        .await;
    assert_eq!(deletion["status"], "pending", "{deletion}");
    let refused = bench.approve(&owner, &deletion).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Forbidden);
    assert!(refused.message.contains("another master key"), "{refused}");
    assert_eq!(bench.writes(), [""; 0]);
}

#[tokio::test]
async fn a_denied_one_is_never_made() {
    let (bench, owner) = small().await;
    let (assistant, _) = bench.api_key(&owner, Access::Propose).await;
    let receipt = bench.ok(&assistant, "orders_update", city("Reno")).await;
    let id = change_id(&receipt);
    let denied = bench
        .services
        .deny_change(&owner, id, Some("Not today."))
        .await
        .unwrap();
    assert_state(&denied, ChangeState::Denied);
    assert_eq!(denied.decision_reason.as_deref(), Some("Not today."));
    let refused = bench.approve(&owner, &receipt).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Conflict);
    // The same wish may be made again after a denial.
    let again = bench.ok(&assistant, "orders_update", city("Reno")).await;
    assert_ne!(again["change_id"], receipt["change_id"]);
    assert_eq!(bench.writes(), [""; 0]);
}

#[tokio::test]
async fn nobody_decides_for_ever() {
    let (bench, owner) = small().await;
    let (assistant, _) = bench.api_key(&owner, Access::Propose).await;
    let receipt = bench.ok(&assistant, "orders_update", city("Reno")).await;
    bench.clock.advance_secs(73 * 3600);
    let refused = bench.approve(&owner, &receipt).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Conflict, "{refused}");
    assert_state(&bench.detail(&owner, &receipt).await, ChangeState::Expired);
}

#[tokio::test]
async fn an_edit_elsewhere_is_kept_and_one_of_the_same_sends_it_back() {
    let (bench, owner) = small().await;
    let (assistant, _) = bench.api_key(&owner, Access::Propose).await;
    let receipt = bench.ok(&assistant, "orders_update", city("Reno")).await;
    let seen = bench.detail(&owner, &receipt).await;
    bench.sim.sim().edit_order(STORE_ID, ORDER, |order| {
        order["shipping"]["city"] = "Paris".into();
        order.insert("tag_name".into(), "theirs".into());
    });
    let sent_back = bench.approve(&owner, &receipt).await.unwrap_err();
    assert_eq!(sent_back.code, ErrorCode::Conflict, "{sent_back}");
    let anew = bench.detail(&owner, &receipt).await;
    assert_state(&anew, ChangeState::Proposed);
    assert_ne!(anew.plan_hash, seen.plan_hash);
    assert_eq!(
        serde_json::to_value(&anew.diff).unwrap(),
        json!([{ "path": "shipping.city", "before": "Paris", "after": "Reno" }])
    );
    // The decision that was made on the old difference does not count.
    let stale = bench
        .services
        .approve_change(&owner, change_id(&receipt), &seen.plan_hash)
        .await;
    assert_eq!(stale.unwrap_err().code, ErrorCode::Conflict);
    bench.sim.sim().edit_order(STORE_ID, ORDER, |order| {
        order.insert("tag_color".into(), "green".into());
    });
    let made = bench.approve(&owner, &receipt).await.unwrap();
    assert_state(&made, ChangeState::Verified);
    let order = bench.order(ORDER);
    assert_eq!(
        (
            &order["shipping"]["city"],
            &order["tag_name"],
            &order["tag_color"]
        ),
        (&json!("Reno"), &json!("theirs"), &json!("green"))
    );
}

#[tokio::test]
async fn another_workspace_knows_nothing_of_it() {
    let (bench, owner) = small().await;
    let stranger = bench.tenant("Stranger").await;
    let (assistant, _) = bench.api_key(&owner, Access::Propose).await;
    let receipt = bench.ok(&assistant, "orders_update", city("Reno")).await;
    let id = change_id(&receipt);
    for refused in [
        bench
            .services
            .change_detail(&stranger, id)
            .await
            .unwrap_err(),
        bench
            .services
            .approve_change(&stranger, id, "x")
            .await
            .unwrap_err(),
        bench
            .services
            .deny_change(&stranger, id, None)
            .await
            .unwrap_err(),
        bench
            .err(&stranger, "changes_get", json!({ "change_id": id }))
            .await,
        bench
            .err(&stranger, "changes_undo", json!({ "change_id": id }))
            .await,
    ] {
        assert_eq!(refused.code, ErrorCode::NotFound, "{refused}");
    }
    assert_eq!(
        bench.services.attention(&stranger).await.unwrap().waiting,
        0
    );
    assert_state(&bench.detail(&owner, &receipt).await, ChangeState::Proposed);
}
