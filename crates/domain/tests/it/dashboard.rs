//! What the dashboard puts first, and what changes have done.

use orderdesk_mcp_contract::views::dashboard::{Dashboard, Range};
use orderdesk_mcp_contract::{Access, KeyKind, UtcMillis};
use orderdesk_mcp_domain::{Caller, NewKeyRequest};
use orderdesk_mcp_storage::record::StoreRecord;
use serde_json::json;

use crate::support::{Bench, NOW, recorded};

const DAY_MS: i64 = 86_400_000;

async fn day(bench: &Bench, owner: &Caller) -> Dashboard {
    let read = bench.services.dashboard(owner, Range::Day).await;
    read.unwrap()
}

async fn first_order(bench: &Bench, owner: &Caller) -> String {
    let arguments = json!({ "limit": 1, "store_identifier": "Main" });
    let orders = bench.ok(owner, "orders_list", arguments).await;
    orders["orders"][0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_waits_and_what_ends_comes_first() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let (proposer, _) = bench.api_key(&owner, Access::Propose).await;
    let order = first_order(&bench, &owner).await;
    let wish = json!({ "order_id": order, "changes": { "email": "a@example.com" } });
    bench.ok(&proposer, "orders_update", wish).await;
    for (name, days) in [("Later", 30), ("Soon", 3), ("Sooner", 1)] {
        let new = NewKeyRequest {
            name: name.into(),
            kind: KeyKind::Api,
            access: Access::Read,
            expires_at: Some(UtcMillis(NOW + days * DAY_MS)),
        };
        bench.services.create_key(&owner, new).await.unwrap();
    }
    let needs = day(&bench, &owner).await.needs;
    assert_eq!((needs.waiting, needs.unknown, needs.conflicts), (1, 0, 0));
    let names: Vec<_> = needs.ending.iter().map(|key| key.name.as_str()).collect();
    assert_eq!(names, ["Sooner", "Soon"]);
    assert!(needs.failing.is_empty());

    // A key that was rotated ends because it shall.
    bench
        .services
        .rotate_key(&owner, needs.ending[0].id, 24)
        .await
        .unwrap();
    let needs = day(&bench, &owner).await.needs;
    let old = needs.ending.iter().find(|key| key.replaced_by.is_some());
    assert_eq!(old, None);
}

#[tokio::test]
async fn a_store_whose_key_cannot_be_opened_needs_somebody() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let rows = bench.storage.list_stores(owner.tenant_id()).await.unwrap();
    bench.ok(&owner, "orders_list", json!({ "limit": 1 })).await;
    recorded(&bench, &owner, 2).await;
    assert!(day(&bench, &owner).await.needs.failing.is_empty());
    let mut sealed = rows[0].sealed_api_key.clone();
    *sealed.bytes.last_mut().unwrap() ^= 1;
    let damaged = StoreRecord {
        sealed_api_key: sealed,
        ..rows[0].clone()
    };
    bench
        .storage
        .update_store(&damaged, damaged.updated_at)
        .await
        .unwrap();
    let dashboard = day(&bench, &owner).await;
    assert_eq!(dashboard.needs.failing[0].store.store_name, "Main");
    assert_eq!(dashboard.stores.len(), 1, "the rest of the page is there");
}

#[tokio::test]
async fn the_impact_is_what_took_effect_in_the_range() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let (writer, _) = bench.api_key(&owner, Access::Write).await;
    let order = first_order(&bench, &owner).await;
    for email in ["a@example.com", "b@example.com"] {
        let wish = json!({ "order_id": order, "changes": { "email": email } });
        bench.ok(&writer, "orders_update", wish).await;
    }
    let impact = day(&bench, &owner).await.impact;
    assert_eq!(impact.len(), 1);
    assert_eq!(impact[0].store_name, "Main");
    assert_eq!((impact[0].changes, impact[0].orders), (2, 1));
    assert_eq!(impact[0].undone, 0);
    bench.clock.advance_secs(2 * 86_400);
    assert!(day(&bench, &owner).await.impact.is_empty());
    let week = bench.services.dashboard(&owner, Range::Week).await.unwrap();
    assert_eq!(week.impact[0].changes, 2);
    assert_eq!((week.slots.len(), week.range), (29, Range::Week));
}

#[tokio::test]
async fn slots_lie_beside_each_other_and_end_now() {
    let bench = Bench::start().await;
    let owner = bench.tenant("Acme").await;
    for range in Range::ALL {
        let read = bench.services.dashboard(&owner, range).await.unwrap();
        let starts: Vec<_> = read.slots.iter().map(|slot| slot.starts_at).collect();
        for pair in starts.windows(2) {
            assert_eq!(pair[1].since(pair[0]), range.slot_ms());
        }
        let last = read.as_of.since(*starts.last().unwrap());
        assert!((0..range.slot_ms()).contains(&last), "{range:?}");
        assert_eq!(Range::from_name(range.as_str()), range);
    }
}
