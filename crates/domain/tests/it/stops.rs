//! Stops of writes: who may set them, on what, and what they say.

use orderdesk_mcp_contract::views::dashboard::Range;
use orderdesk_mcp_contract::{Access, ErrorCode, StopScope};
use orderdesk_mcp_domain::Caller;

use crate::support::{Bench, recorded};

/// The owner's store, by our id.
async fn store_of(bench: &Bench, owner: &Caller) -> String {
    let dashboard = bench.services.dashboard(owner, Range::Day).await.unwrap();
    dashboard.stores[0].store.id.to_string()
}

#[tokio::test]
async fn a_stop_stands_until_it_is_lifted() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let (assistant, _) = bench.api_key(&owner, Access::Write).await;
    let store = store_of(&bench, &owner).await;
    let services = &bench.services;
    assert_eq!(services.write_stops(&owner).await.unwrap(), []);

    let key = assistant.actor_id().to_string();
    services
        .stop_writes(&owner, StopScope::Key, &key, None)
        .await
        .unwrap();
    services
        .stop_writes(&owner, StopScope::Store, &store, Some("  moving house "))
        .await
        .unwrap();
    services
        .stop_writes(&owner, StopScope::Tenant, "", None)
        .await
        .unwrap();

    let stops = services.write_stops(&owner).await.unwrap();
    let told: Vec<_> = stops
        .iter()
        .map(|stop| (stop.scope, stop.target_name.as_str(), stop.by.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (StopScope::Tenant, "Acme", "Owner"),
            (StopScope::Store, "Main", "Owner"),
            (StopScope::Key, "Assistant", "Owner"),
        ]
    );
    assert_eq!(stops[1].reason.as_deref(), Some("moving house"));

    let lifted = services
        .resume_writes(&owner, StopScope::Store, &store)
        .await
        .unwrap();
    assert_eq!(lifted.target_name, "Main");
    let again = services
        .resume_writes(&owner, StopScope::Store, &store)
        .await
        .unwrap_err();
    assert_eq!(again.code, ErrorCode::NotFound);
    services
        .resume_writes(&owner, StopScope::Tenant, "")
        .await
        .unwrap();
    assert_eq!(services.write_stops(&owner).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_first_stop_keeps_its_time_and_reason() {
    let bench = Bench::start().await;
    let owner = bench.tenant("Acme").await;
    let first = bench
        .services
        .stop_writes(&owner, StopScope::Tenant, "", Some("first"))
        .await
        .unwrap();
    bench.clock.advance_secs(60);
    let second = bench
        .services
        .stop_writes(&owner, StopScope::Tenant, "", Some("second"))
        .await
        .unwrap();
    assert_eq!(first, second);
}

#[tokio::test]
async fn the_stop_of_a_store_that_is_gone_can_be_lifted() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let store = store_of(&bench, &owner).await;
    let services = &bench.services;
    services
        .stop_writes(&owner, StopScope::Store, &store, None)
        .await
        .unwrap();
    let args = serde_json::json!({ "store_identifier": "Main" });
    bench.ok(&owner, "stores_delete", args).await;
    // A deleted store may take its stops with it; one that is left must say so and be lifted.
    for stop in services.write_stops(&owner).await.unwrap() {
        assert_eq!(stop.target_name, "a store that was removed");
        services
            .resume_writes(&owner, stop.scope, &stop.target)
            .await
            .unwrap();
    }
    assert_eq!(services.write_stops(&owner).await.unwrap(), []);
}

#[tokio::test]
async fn what_is_anothers_is_not_there() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let stranger = bench.tenant("Stranger").await;
    let store = store_of(&bench, &owner).await;
    let targets = [
        (StopScope::Tenant, owner.tenant_id().to_string()),
        (StopScope::Store, store.clone()),
        (StopScope::Key, owner.actor_id().to_string()),
    ];
    let nobodys = [
        (StopScope::Tenant, "00000000000000000000000000"),
        (StopScope::Store, "00000000000000000000000000"),
        (StopScope::Key, "00000000000000000000000000"),
        (StopScope::Store, "nonsense"),
        (StopScope::Key, ""),
    ];
    let services = &bench.services;
    for (scope, target) in &targets {
        services
            .stop_writes(&owner, *scope, target, None)
            .await
            .unwrap();
    }
    for (scope, target) in targets {
        let refused = services
            .stop_writes(&stranger, scope, &target, None)
            .await
            .unwrap_err();
        let unknown = nobodys.iter().find(|(other, _)| *other == scope).unwrap();
        let nothing = services
            .stop_writes(&stranger, scope, unknown.1, None)
            .await
            .unwrap_err();
        assert_eq!(refused, nothing);
        let refused = services
            .resume_writes(&stranger, scope, &target)
            .await
            .unwrap_err();
        assert_eq!(refused.code, ErrorCode::NotFound);
    }
    for (scope, target) in nobodys {
        let refused = services
            .stop_writes(&owner, scope, target, None)
            .await
            .unwrap_err();
        assert_eq!(refused.code, ErrorCode::NotFound, "{scope:?} {target}");
    }
    assert_eq!(services.write_stops(&stranger).await.unwrap(), []);
    assert_eq!(services.write_stops(&owner).await.unwrap().len(), 3);
}

#[tokio::test]
async fn only_the_owner_stops_and_resumes() {
    let bench = Bench::start().await;
    let owner = bench.tenant("Acme").await;
    let (assistant, _) = bench.api_key(&owner, Access::Write).await;
    let services = &bench.services;
    let refused = services
        .stop_writes(&assistant, StopScope::Tenant, "", None)
        .await
        .unwrap_err();
    assert_eq!(refused.code, ErrorCode::Forbidden);
    let refused = services
        .resume_writes(&assistant, StopScope::Tenant, "")
        .await
        .unwrap_err();
    assert_eq!(refused.code, ErrorCode::Forbidden);
    let refused = services.write_stops(&assistant).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Forbidden);
    let too_long = "x".repeat(501);
    let refused = services
        .stop_writes(&owner, StopScope::Tenant, "", Some(&too_long))
        .await
        .unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("reason"));
    assert_eq!(services.write_stops(&owner).await.unwrap(), []);
}

#[tokio::test]
async fn stopping_is_recorded() {
    let bench = Bench::start().await;
    let owner = bench.tenant("Acme").await;
    let services = &bench.services;
    services
        .stop_writes(&owner, StopScope::Tenant, "", None)
        .await
        .unwrap();
    services
        .resume_writes(&owner, StopScope::Tenant, "")
        .await
        .unwrap();
    let calls = recorded(&bench, &owner, 2).await;
    let tools: Vec<_> = calls.iter().map(|call| &*call.tool).collect();
    assert_eq!(tools, ["resume_writes", "stop_writes"]);
}
