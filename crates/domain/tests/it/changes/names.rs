//! One wish, one effect.

use std::time::Duration;

use orderdesk_mcp_contract::ErrorCode;
use orderdesk_sim::{Action, Fault};
use serde_json::json;

use super::{ORDER, small};

#[tokio::test]
async fn the_same_wish_again_gives_the_same_receipt() {
    let (bench, owner) = small().await;
    let wish = json!({ "product_id": "501", "by": -2 });
    let first = bench
        .ok(&owner, "products_adjust_stock", wish.clone())
        .await;
    let again = bench
        .ok(&owner, "products_adjust_stock", wish.clone())
        .await;
    assert_eq!(first["change_id"], again["change_id"]);
    assert_eq!(bench.writes().len(), 1);
    let mut named = wish.clone();
    named["idempotency_key"] = "second box".into();
    let second = bench
        .ok(&owner, "products_adjust_stock", named.clone())
        .await;
    assert_ne!(
        first["change_id"], second["change_id"],
        "repeated on purpose"
    );
    assert_eq!(
        bench
            .ok(&owner, "products_adjust_stock", named.clone())
            .await["change_id"],
        second["change_id"]
    );
    named["by"] = (-3).into();
    let refused = bench.err(&owner, "products_adjust_stock", named).await;
    assert_eq!(refused.code, ErrorCode::Conflict);
    assert_eq!(refused.field.as_deref(), Some("idempotency_key"));
    bench.clock.advance_secs(11 * 60);
    let later = bench.ok(&owner, "products_adjust_stock", wish).await;
    assert_ne!(
        first["change_id"], later["change_id"],
        "after ten minutes it is another wish"
    );
    assert_eq!(bench.writes().len(), 3);
}

#[tokio::test]
async fn fifty_at_once_make_one_write() {
    let (bench, owner) = small().await;
    let calls = (0..50).map(|_| bench.update(&owner, json!({ "shipping": { "city": "Reno" } })));
    let receipts = futures::future::join_all(calls).await;
    assert_eq!(bench.writes(), [format!("PUT /orders/{ORDER}")]);
    for receipt in &receipts {
        assert_eq!(receipt["change_id"], receipts[0]["change_id"]);
        assert_eq!(receipt["state"], "verified");
        assert_eq!(receipt["version"], receipts[0]["version"]);
    }
}

#[tokio::test]
async fn what_another_process_did_meanwhile_is_answered_with_its_change() {
    for if_version in [false, true] {
        let (bench, owner) = small().await;
        let other = bench.restart_with_key([7; 32]).await.unwrap();
        let mut wish = json!({ "order_id": ORDER, "changes": { "shipping": { "city": "Reno" } } });
        if if_version {
            let read = bench.ok(&owner, "orders_get", json!({ "order_id": ORDER }));
            wish["if_version"] = read.await["version"].clone();
        }
        // The other one has found no such change, and reads the order once it is made.
        let slow = Action::Slow {
            delay: Duration::ZERO,
        };
        let late = Fault::on("GET", "/orders/*", slow).late(Duration::from_secs(1));
        bench.sim.sim().fault(late);
        let arguments = wish.as_object().cloned().unwrap();
        let late = other.call_tool(&owner, "orders_update", arguments);
        let first = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            bench.ok(&owner, "orders_update", wish).await
        };
        let (late, first) = tokio::join!(late, first);
        assert_eq!(first["state"], "verified");
        assert_eq!(late.unwrap().value().unwrap(), first);
        assert_eq!(bench.writes(), [format!("PUT /orders/{ORDER}")]);
    }
}

#[tokio::test]
async fn a_wish_that_came_to_nothing_may_be_repeated() {
    let (bench, owner) = small().await;
    bench
        .sim
        .sim()
        .fault(Fault::on("PUT", "/orders/*", Action::ErrorBody200));
    let wish = json!({ "order_id": ORDER, "changes": { "tag_name": "x" } });
    let refused = bench.err(&owner, "orders_update", wish.clone()).await;
    assert_eq!(refused.code, ErrorCode::UpstreamRejected, "{refused}");
    let receipt = bench.ok(&owner, "orders_update", wish).await;
    assert_eq!(receipt["state"], "verified");
    assert_eq!(bench.order(ORDER)["tag_name"], "x");
}
