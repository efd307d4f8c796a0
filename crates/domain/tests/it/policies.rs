//! What a key may change: shown, set, refused.

use std::collections::BTreeSet;

use orderdesk_mcp_contract::{
    Access, ApprovalRules, Budget, ErrorCode, KeyId, KeyPolicy, Money, StopScope,
};
use orderdesk_sim::{Action, Fault};

use crate::support::{Bench, recorded};

fn names<const N: usize>(names: [&str; N]) -> BTreeSet<String> {
    names.into_iter().map(str::to_owned).collect()
}

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

#[tokio::test]
async fn a_key_without_a_policy_has_the_default() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let (reader, _) = bench.api_key(&owner, Access::Read).await;
    let detail = bench
        .services
        .key_detail(&owner, reader.actor_id())
        .await
        .unwrap();
    assert_eq!(detail.key.name, "Assistant");
    assert_eq!(detail.policy, KeyPolicy::default());
    assert_eq!(detail.budget_left, None);
    assert!(detail.tools.contains(&"orders_get".to_owned()));
    assert!(
        !detail.tools.contains(&"stores_delete".to_owned()),
        "only what the key's access reaches"
    );
    assert!(
        !detail.folders.is_empty(),
        "the store's folders can be named"
    );
    assert!(detail.folders.iter().all(|f| f.store_name == "Main"));
    let master = bench
        .services
        .key_detail(&owner, owner.actor_id())
        .await
        .unwrap();
    assert!(master.tools.contains(&"stores_delete".to_owned()));
}

#[tokio::test]
async fn a_policy_is_kept_as_it_was_set() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let (assistant, _) = bench.api_key(&owner, Access::Write).await;
    let policy = KeyPolicy {
        tools: Some(names(["orders_get", "orders_list"])),
        folders: Some(names(["100"])),
        addresses: ["192.0.2.0/24".parse().unwrap()].into(),
        approval: ApprovalRules {
            tools: names(["orders_get"]),
            deletes: false,
            address_changes: true,
            amount: Some(money("50")),
        },
        budget: Budget {
            window_minutes: 1_440,
            changes: Some(20),
            orders: Some(10),
            money: Some(money("500")),
        },
    };
    let id = assistant.actor_id();
    bench
        .services
        .set_key_policy(&owner, id, policy.clone())
        .await
        .unwrap();
    let detail = bench.services.key_detail(&owner, id).await.unwrap();
    assert_eq!(detail.policy, policy);
    let left = detail.budget_left.unwrap();
    assert_eq!(
        (left.changes, left.orders, left.money),
        (Some(20), Some(10), Some(money("500")))
    );
    let calls = recorded(&bench, &owner, 3).await;
    assert!(calls.iter().any(|call| call.tool == "set_key_policy"));
}

#[tokio::test]
async fn a_policy_that_makes_no_sense_is_refused_at_its_part() {
    let bench = Bench::start().await;
    let owner = bench.tenant("Acme").await;
    let (assistant, _) = bench.api_key(&owner, Access::Write).await;
    let with = |change: fn(&mut KeyPolicy)| {
        let mut policy = KeyPolicy::default();
        change(&mut policy);
        policy
    };
    let cases: [(&str, KeyPolicy); 8] = [
        ("tools", with(|p| p.tools = Some(names(["orders_eat"])))),
        (
            "approval.tools",
            with(|p| p.approval.tools = names(["orders_eat"])),
        ),
        ("folders", with(|p| p.folders = Some(names([" "])))),
        (
            "folders",
            with(|p| p.folders = Some((0..501).map(|n| n.to_string()).collect())),
        ),
        (
            "approval.amount",
            with(|p| p.approval.amount = Some(money("-0.01"))),
        ),
        ("budget.money", with(|p| p.budget.money = Some(money("-1")))),
        (
            "budget.window_minutes",
            with(|p| p.budget.window_minutes = 0),
        ),
        (
            "budget.window_minutes",
            with(|p| p.budget.window_minutes = Budget::WINDOW_MAX + 1),
        ),
    ];
    for (field, policy) in cases {
        let refused = bench
            .services
            .set_key_policy(&owner, assistant.actor_id(), policy)
            .await
            .unwrap_err();
        assert_eq!(refused.code, ErrorCode::Invalid, "{field}");
        assert_eq!(refused.field.as_deref(), Some(field));
    }
    let kept = bench
        .services
        .key_detail(&owner, assistant.actor_id())
        .await
        .unwrap();
    assert_eq!(kept.policy, KeyPolicy::default());
}

#[tokio::test]
async fn a_key_of_another_workspace_is_not_there() {
    let bench = Bench::start().await;
    let owner = bench.tenant("Acme").await;
    let stranger = bench.tenant("Stranger").await;
    let nobodys = KeyId::from_parts(1, 1);
    let services = &bench.services;
    for id in [owner.actor_id(), nobodys] {
        let refused = services.key_detail(&stranger, id).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::NotFound);
        let mut nonsense = KeyPolicy::default();
        nonsense.budget.window_minutes = 0;
        for policy in [KeyPolicy::default(), nonsense] {
            let refused = services
                .set_key_policy(&stranger, id, policy)
                .await
                .unwrap_err();
            assert_eq!(refused.code, ErrorCode::NotFound);
        }
    }
    let (assistant, _) = bench.api_key(&owner, Access::Write).await;
    let refused = services
        .key_detail(&assistant, assistant.actor_id())
        .await
        .unwrap_err();
    assert_eq!(refused.code, ErrorCode::Forbidden);
    let refused = services
        .set_key_policy(&assistant, assistant.actor_id(), KeyPolicy::default())
        .await
        .unwrap_err();
    assert_eq!(refused.code, ErrorCode::Forbidden);
}

#[tokio::test]
async fn a_key_shows_the_stops_that_hold_it() {
    let bench = Bench::start().await;
    let owner = bench.tenant("Acme").await;
    let (one, _) = bench.api_key(&owner, Access::Write).await;
    let (other, _) = bench.api_key(&owner, Access::Write).await;
    let services = &bench.services;
    services
        .stop_writes(&owner, StopScope::Key, &one.actor_id().to_string(), None)
        .await
        .unwrap();
    for (key, count) in [(one.actor_id(), 1), (other.actor_id(), 0)] {
        let detail = services.key_detail(&owner, key).await.unwrap();
        assert_eq!(detail.stops.len(), count);
    }
}

#[tokio::test]
async fn the_page_opens_although_order_desk_does_not_answer() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    bench
        .sim
        .fault(Fault::on("GET", "/store", Action::Status500BeforeApply).always());
    let detail = bench
        .services
        .key_detail(&owner, owner.actor_id())
        .await
        .unwrap();
    assert!(detail.folders.is_empty());
}
