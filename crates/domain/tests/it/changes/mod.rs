//! Writes: what they change, what they refuse, and what is left when something goes wrong.

mod approval;
mod faults;
mod left;
mod listing;
mod names;
mod outcomes;
mod policy;
mod races;
mod schedules;
mod undo;

use std::time::Duration;

use orderdesk_mcp_contract::views::change::{ChangeDetail, ChangeQuery};
use orderdesk_mcp_contract::{ChangeId, ChangeState};
use orderdesk_mcp_domain::{Caller, Settings};
use orderdesk_sim::{COMPUTED, seed};
use serde_json::{Map, Value, json};

use crate::support::{Bench, STORE_ID, settings};

/// The order of [`seed::tiny`] that has everything.
pub const ORDER: u64 = 1001;

/// Leases that end soon, so that what was left is settled within a test.
pub fn hasty() -> Settings {
    let mut settings = settings();
    settings.changes.lease = Duration::from_millis(150);
    settings
}

/// A bench over the small shop, and the owner of a workspace with it.
pub async fn small() -> (Bench, Caller) {
    small_with(settings()).await
}

pub async fn small_with(settings: Settings) -> (Bench, Caller) {
    let bench = Bench::with(settings, seed::tiny()).await;
    let owner = bench.tenant_with_store("Owner").await;
    (bench, owner)
}

impl Bench {
    /// The order as the simulator has it.
    pub fn order(&self, id: u64) -> Map<String, Value> {
        self.sim.sim().order(STORE_ID, id).unwrap()
    }

    /// Writes that reached the simulator, as `METHOD path`.
    pub fn writes(&self) -> Vec<String> {
        let log = self.sim.sim().log();
        log.iter()
            .filter(|entry| entry.method != "GET")
            .map(|entry| format!("{} {}", entry.method, entry.path))
            .collect()
    }

    pub async fn update(&self, caller: &Caller, changes: Value) -> Value {
        let arguments = json!({ "order_id": ORDER, "changes": changes });
        self.ok(caller, "orders_update", arguments).await
    }

    pub async fn detail(&self, caller: &Caller, receipt: &Value) -> ChangeDetail {
        self.services
            .change_detail(caller, change_id(receipt))
            .await
            .unwrap()
    }

    /// The newest change of the workspace.
    pub async fn newest(&self, caller: &Caller) -> ChangeDetail {
        let query = ChangeQuery {
            limit: 1,
            ..ChangeQuery::default()
        };
        let page = self.services.list_changes(caller, &query).await.unwrap();
        let id = page.changes[0].id;
        self.services.change_detail(caller, id).await.unwrap()
    }

    /// Lets time pass until the completer has settled the newest change.
    pub async fn settled(&self, caller: &Caller) -> ChangeDetail {
        for _ in 0..800 {
            self.clock.advance_secs(1);
            let newest = self.newest(caller).await;
            if newest.summary.state.is_settled() {
                return newest;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("{:?} was not settled", self.newest(caller).await);
    }
}

pub fn change_id(receipt: &Value) -> ChangeId {
    receipt["change_id"].as_str().unwrap().parse().unwrap()
}

#[track_caller]
pub fn assert_state(detail: &ChangeDetail, state: ChangeState) {
    assert_eq!(detail.summary.state, state, "{detail:#?}");
}

/// What differs between two versions of an order, as Order Desk has them, beside dates and totals.
pub fn differing(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<String> {
    let mut names: Vec<_> = before.keys().chain(after.keys()).cloned().collect();
    names.sort();
    names.dedup();
    names.retain(|name| before.get(name) != after.get(name) && !COMPUTED.contains(&name.as_str()));
    names
}
