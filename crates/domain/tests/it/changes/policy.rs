//! What a key may change, and the kill switch.

use std::collections::BTreeSet;

use orderdesk_mcp_contract::{Access, ErrorCode, KeyPolicy, StopScope};
use orderdesk_mcp_domain::Caller;
use orderdesk_mcp_storage::record::WriteStop;
use serde_json::json;

use super::{ORDER, small};
use crate::support::{Bench, STORE_ID};

impl Bench {
    pub async fn with_policy(&self, owner: &Caller, change: impl FnOnce(&mut KeyPolicy)) -> Caller {
        let (caller, _) = self.api_key(owner, Access::Write).await;
        let mut policy = KeyPolicy::default();
        change(&mut policy);
        let (tenant, key) = (caller.tenant_id(), caller.actor_id());
        let at = orderdesk_mcp_contract::UtcMillis(1);
        assert!(
            self.storage
                .set_key_policy(tenant, key, &policy, at)
                .await
                .unwrap()
        );
        caller
    }
}

#[tokio::test]
async fn a_budget_is_kept_and_told() {
    let (bench, owner) = small().await;
    let key = bench
        .with_policy(&owner, |policy| {
            policy.budget.changes = Some(3);
            policy.budget.orders = Some(2);
            policy.budget.money = "100".parse().ok();
        })
        .await;
    let receipt = bench.update(&key, json!({ "shipping_total": 65 })).await;
    assert_eq!(
        receipt["budget_left"],
        json!({ "window_minutes": 60, "changes": 2, "orders": 1, "money": "40.00" }),
        "{receipt}"
    );
    let refused = bench
        .err(
            &key,
            "orders_update",
            json!({ "order_id": ORDER, "changes": { "shipping_total": 110 } }),
        )
        .await;
    assert_eq!(refused.code, ErrorCode::RateLimited, "{refused}");
    assert!(refused.message.contains("60.00 of 100.00"), "{refused}");
    let second = bench
        .ok(
            &key,
            "orders_update",
            json!({ "order_id": 1002, "changes": { "email": "x@example.com" } }),
        )
        .await;
    assert_eq!(second["budget_left"]["orders"], 0);
    let third = bench
        .err(
            &key,
            "orders_update",
            json!({ "order_id": 1003, "changes": { "email": "x@example.com" } }),
        )
        .await;
    assert_eq!(third.code, ErrorCode::RateLimited, "a third order: {third}");
    bench.update(&key, json!({ "tag_name": "again" })).await;
    bench.sim.sim().clear_log();
    let spent = bench
        .err(
            &key,
            "orders_update",
            json!({ "order_id": ORDER, "changes": { "tag_name": "x" } }),
        )
        .await;
    assert_eq!(spent.code, ErrorCode::RateLimited);
    assert_eq!(bench.sim.sim().log().len(), 0, "Order Desk was not asked");
    bench.clock.advance_secs(3700);
    bench.update(&key, json!({ "tag_name": "later" })).await;
}

#[tokio::test]
async fn a_key_keeps_to_its_folders_and_amounts() {
    let (bench, owner) = small().await;
    let folder = bench.order(ORDER)["folder_id"].to_string();
    let key = bench
        .with_policy(&owner, |policy| {
            policy.folders = Some(BTreeSet::from([folder]));
            policy.approval.amount = "50".parse().ok();
            policy.approval.address_changes = true;
        })
        .await;
    bench
        .update(&key, json!({ "email": "x@example.com" }))
        .await;
    for (tool, arguments) in [
        (
            "orders_update",
            json!({ "order_id": 1002, "changes": { "email": "x" } }),
        ),
        (
            "orders_move",
            json!({ "order_id": ORDER, "folder": "Closed" }),
        ),
    ] {
        let refused = bench.err(&key, tool, arguments).await;
        assert_eq!(refused.code, ErrorCode::Forbidden, "{tool}: {refused}");
    }
    for changes in [
        json!({ "shipping": { "city": "Reno" } }),
        json!({ "shipping_total": 200 }),
    ] {
        let receipt = bench.update(&key, changes).await;
        assert_eq!(receipt["status"], "pending", "{receipt}");
        assert_eq!(receipt["approval"]["reasons"].as_array().unwrap().len(), 1);
    }
    assert_eq!(bench.writes().len(), 1);
}

#[tokio::test]
async fn a_stop_ends_all_writes_it_covers_at_once() {
    let (bench, owner) = small().await;
    let (key, _) = bench.api_key(&owner, Access::Write).await;
    let tenant = owner.tenant_id();
    let store = bench
        .storage
        .store_by_store_id(tenant, STORE_ID)
        .await
        .unwrap()
        .unwrap();
    let all = [
        (StopScope::Tenant, tenant.to_string()),
        (StopScope::Store, store.id.to_string()),
        (StopScope::Key, key.actor_id().to_string()),
    ];
    for (number, (scope, target)) in all.into_iter().enumerate() {
        let stop = WriteStop {
            tenant_id: tenant,
            scope,
            target: target.clone(),
            since: orderdesk_mcp_contract::UtcMillis(1),
            by: owner.actor_id(),
            reason: None,
        };
        bench.storage.add_write_stop(&stop).await.unwrap();
        bench.sim.sim().clear_log();
        let refused = bench
            .err(
                &key,
                "orders_update",
                json!({ "order_id": ORDER, "changes": { "tag_name": "x" } }),
            )
            .await;
        assert_eq!(refused.code, ErrorCode::Forbidden, "{scope:?}: {refused}");
        assert_eq!(
            bench.sim.sim().log().len(),
            0,
            "{scope:?}: Order Desk was not asked"
        );
        bench
            .ok(&key, "orders_get", json!({ "order_id": ORDER }))
            .await;
        assert!(bench.services.attention(&owner).await.unwrap().has_stops);
        assert!(
            bench
                .storage
                .remove_write_stop(tenant, scope, &target)
                .await
                .unwrap()
        );
        bench
            .update(&key, json!({ "tag_name": format!("n{number}") }))
            .await;
    }
}

#[tokio::test]
async fn a_stop_also_holds_for_what_was_approved_before() {
    let (bench, owner) = small().await;
    let (assistant, _) = bench.api_key(&owner, Access::Propose).await;
    let receipt = bench.update(&assistant, json!({ "tag_name": "x" })).await;
    let stop = WriteStop {
        tenant_id: owner.tenant_id(),
        scope: StopScope::Key,
        target: assistant.actor_id().to_string(),
        since: orderdesk_mcp_contract::UtcMillis(1),
        by: owner.actor_id(),
        reason: None,
    };
    bench.storage.add_write_stop(&stop).await.unwrap();
    let refused = bench.approve(&owner, &receipt).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Forbidden, "{refused}");
    assert_eq!(bench.writes(), [""; 0]);
}
