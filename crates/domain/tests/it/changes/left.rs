//! What a process leaves that ends half-way: rows as they stand then, and Order Desk as it is by then.

use orderdesk_mcp_contract::{Access, ChangeState};
use orderdesk_mcp_domain::Caller;
use orderdesk_mcp_storage::record::{ChangeStep, Stepped};
use serde_json::{Value, json};

use super::{ORDER, assert_state, change_id, hasty, small_with};
use crate::support::{Bench, STORE_ID};

impl Bench {
    /// A change of the city to Reno, left by a process that ended after the intent.
    async fn left_applying(&self, owner: &Caller) {
        let (proposer, _) = self.api_key(owner, Access::Propose).await;
        let receipt = self
            .update(&proposer, json!({ "shipping": { "city": "Reno" } }))
            .await;
        let at = self.detail(owner, &receipt).await.summary.updated_at;
        let mut from = ChangeState::Proposed;
        for to in [ChangeState::Approved, ChangeState::Applying] {
            let (tenant, id) = (owner.tenant_id(), change_id(&receipt));
            let step = ChangeStep::new(tenant, id, from, to, at, "As a process did that ended.");
            assert_eq!(
                self.storage.step_change(&step).await.unwrap(),
                Stepped::Done
            );
            from = to;
        }
    }

    fn city_becomes(&self, city: &str) {
        self.sim.sim().edit_order(STORE_ID, ORDER, |order| {
            order["shipping"]["city"] = Value::from(city);
        });
    }
}

#[tokio::test]
async fn what_order_desk_took_is_found_and_the_journal_goes_forward() {
    let (bench, owner) = small_with(hasty()).await;
    bench.left_applying(&owner).await;
    bench.city_becomes("Reno");
    let settled = bench.settled(&owner).await;
    assert_state(&settled, ChangeState::Verified);
    assert!(
        settled.events.is_sorted_by_key(|event| event.at),
        "{:#?}",
        settled.events
    );
    assert_eq!(bench.writes(), [""; 0], "it is only looked for");
}

#[tokio::test]
async fn what_order_desk_never_got_is_not_sent_again() {
    let (bench, owner) = small_with(hasty()).await;
    bench.left_applying(&owner).await;
    assert_state(&bench.settled(&owner).await, ChangeState::NotApplied);
    assert_eq!(bench.writes(), [""; 0]);
}

#[tokio::test]
async fn what_somebody_else_has_written_by_then_stays() {
    let (bench, owner) = small_with(hasty()).await;
    bench.left_applying(&owner).await;
    bench.city_becomes("Paris");
    let settled = bench.settled(&owner).await;
    assert_state(&settled, ChangeState::Conflict);
    assert_eq!(bench.order(ORDER)["shipping"]["city"], "Paris");
    let sides = serde_json::to_value(&settled.three_way).unwrap();
    assert_eq!(sides[0]["found"], "Paris", "{sides}");
}
