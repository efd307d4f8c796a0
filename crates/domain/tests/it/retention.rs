//! How long recorded calls are kept.

use orderdesk_mcp_contract::trace::TraceQuery;
use orderdesk_mcp_contract::trace::retention::Retention;
use orderdesk_mcp_contract::{ErrorCode, Role, UtcMillis};
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

    let counts = async || {
        let counts = services.trace_counts(&owner, &TraceQuery::default()).await;
        counts.unwrap()
    };
    assert_eq!(counts().await.kept_from, None, "nothing counted is gone");
    let chosen = Retention {
        keep_days: 2,
        keep_calls: None,
    };
    services.set_retention(&owner, chosen).await.unwrap();
    bench.clock.advance_secs(3 * DAY_SECS);
    bench.ok(&owner, "orders_list", json!({})).await;
    recorded(&bench, &owner, begun + 2).await;
    let others = kept(&other).await;
    let page = async |before| {
        let query = TraceQuery::default();
        let page = services.search_traces(&owner, &query, before, 10).await;
        page.unwrap()
    };
    services.purge_traces().await;
    let left = kept(&owner).await;
    assert_eq!((left.retention, left.calls), (chosen, 1));
    assert_eq!(kept(&other).await, others, "it is one workspace's own");

    // The sums outlive the calls; from when on there are calls is said.
    let counted = counts().await;
    assert_eq!(counted.calls, begun as u64 + 2);
    let since = |at: UtcMillis| services.now().since(at);
    let just_now = 0..1000;
    assert!(just_now.contains(&since(counted.kept_from.unwrap())));
    // What was thrown away does not come back when more is to be kept.
    let longer = Retention {
        keep_days: 90,
        keep_calls: None,
    };
    services.set_retention(&owner, longer).await.unwrap();
    assert_eq!(counts().await.kept_from, counted.kept_from);
    let newest = page(None).await;
    assert_eq!((newest.lines.len(), newest.kept_from), (1, None));
    let older = page(Some(newest.lines[0].id)).await;
    assert!(older.lines.is_empty() && just_now.contains(&since(older.kept_from.unwrap())));
}

#[tokio::test]
async fn what_would_go_is_told_before() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let viewer = person(&bench, &owner, "Vi", Role::Viewer).await;
    let services = &bench.services;
    let going = async |keep_days, keep_calls| {
        let retention = Retention {
            keep_days,
            keep_calls,
        };
        services.going_calls(&owner, retention).await
    };
    let begun = recorded(&bench, &owner, 3).await.len();
    bench.clock.advance_secs(3 * DAY_SECS);
    bench.ok(&owner, "orders_list", json!({})).await;
    let all = recorded(&bench, &owner, begun + 1).await;
    let told = going(2, None).await.unwrap().unwrap();
    assert_eq!((told.calls, told.are_more), (begun as u64, false));
    assert!(told.from <= told.until && told.until < all[0].started_at);
    for (keep_days, keep_calls) in [(4, None), (90, None), (3_650, None), (4, Some(1_000))] {
        assert_eq!(going(keep_days, keep_calls).await.unwrap(), None);
    }
    // What goes already is not asked about, and neither is keeping more of it.
    let set = async |keep_days| {
        let retention = Retention {
            keep_days,
            keep_calls: None,
        };
        services.set_retention(&owner, retention).await.unwrap();
    };
    set(2).await;
    assert_eq!(going(1, None).await.unwrap(), None);
    assert_eq!(going(30, None).await.unwrap(), None);

    assert_eq!(going(0, None).await.unwrap_err().code, ErrorCode::Invalid);
    let retention = Retention::default();
    let refused = services.going_calls(&viewer, retention).await;
    assert_eq!(refused.unwrap_err().code, ErrorCode::Forbidden);
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
