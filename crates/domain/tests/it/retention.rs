//! How long recorded calls are kept.

use orderdesk_mcp_contract::trace::retention::Retention;
use orderdesk_mcp_contract::{ErrorCode, Role};
use serde_json::json;

use crate::people::person;
use crate::support::{Bench, recorded};

const DAY_SECS: i64 = 86_400;

#[tokio::test]
async fn calls_are_thrown_away_by_age_in_their_workspace() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let other = bench.tenant_with_store("Globex").await;
    let services = &bench.services;
    bench.ok(&owner, "orders_list", json!({})).await;
    let begun = recorded(&bench, &owner, 2).await.len();
    let kept = async |caller| services.kept_calls(caller).await.unwrap();
    let at_first = kept(&owner).await;
    assert_eq!(
        (at_first.retention, at_first.calls),
        (Retention::default(), begun as u64)
    );
    assert!(at_first.bytes > 0 && at_first.oldest.is_some());

    // Nothing is old enough yet.
    services.purge_traces().await;
    assert_eq!(kept(&owner).await.calls, begun as u64);

    let chosen = Retention {
        keep_days: 2,
        keep_calls: None,
    };
    services.set_retention(&owner, chosen).await.unwrap();
    bench.clock.advance_secs(3 * DAY_SECS);
    bench.ok(&owner, "orders_list", json!({})).await;
    recorded(&bench, &owner, begun + 2).await;
    let others = kept(&other).await;
    services.purge_traces().await;
    let left = kept(&owner).await;
    assert_eq!((left.retention, left.calls), (chosen, 1));
    assert_eq!(kept(&other).await, others, "it is one workspace's own");
}

#[tokio::test]
async fn how_long_is_chosen_within_bounds_by_whoever_keeps_the_settings() {
    let bench = Bench::start().await;
    let key = bench.tenant("Acme").await;
    let viewer = person(&bench, &key, "Vi", Role::Viewer).await;
    let services = &bench.services;
    let set = async |caller, keep_days| {
        let retention = Retention {
            keep_days,
            keep_calls: Some(1_000),
        };
        services.set_retention(caller, retention).await
    };
    assert_eq!(
        set(&viewer, 7).await.unwrap_err().code,
        ErrorCode::Forbidden
    );
    let out_of_bounds = set(&key, 0).await.unwrap_err();
    assert_eq!(out_of_bounds.field.as_deref(), Some("keep_days"));
    let kept = services.kept_calls(&viewer).await.unwrap();
    assert_eq!(kept.retention, Retention::default(), "nothing was changed");
}
