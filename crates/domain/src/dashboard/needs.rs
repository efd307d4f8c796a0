//! What somebody should see to now.

use std::collections::HashMap;

use orderdesk_mcp_contract::views::account::KeyView;
use orderdesk_mcp_contract::views::dashboard::{Needs, StoreState};
use orderdesk_mcp_contract::{ChangeState, StoreUid};
use orderdesk_mcp_storage::record::{ChangeFilter, KeyRecord, StoreRecord, StoreTotals};

use crate::caller::Caller;
use crate::error::Failure;
use crate::services::Services;
use crate::stores::DAY_MS;

/// How many stores and keys are named; who has more of them sees to these first.
const NAMED: usize = 5;
/// How long before its end a key needs somebody.
const SOON_MS: i64 = 7 * DAY_MS;
/// Conflicts counted at most.
const CONFLICTS_MAX: u32 = 200;

impl Services {
    pub(super) async fn needs(
        &self,
        caller: &Caller,
        rows: &[StoreRecord],
        by_store: &HashMap<StoreUid, StoreTotals>,
        keys: &[KeyRecord],
    ) -> Result<Needs, Failure> {
        let tenant = caller.tenant_id();
        let storage = self.storage();
        let (alerts, silent_alerts) = self.alerts_in_need(tenant).await?;
        Ok(Needs {
            alerts,
            silent_alerts,
            failing_exports: self.failing_exports(tenant).await?,
            waiting: storage.count_changes(tenant, ChangeState::Proposed).await?,
            unknown: storage.count_changes(tenant, ChangeState::Unknown).await?,
            conflicts: self.conflicts_24h(caller).await?,
            failing: self.failing(rows, by_store)?,
            ending: self.ending(keys),
        })
    }

    async fn conflicts_24h(&self, caller: &Caller) -> Result<u64, Failure> {
        let filter = ChangeFilter {
            states: vec![ChangeState::Conflict],
            limit: CONFLICTS_MAX,
            ..ChangeFilter::default()
        };
        let found = self
            .storage()
            .list_changes(caller.tenant_id(), &filter)
            .await?;
        let from = self.now().plus_millis(-DAY_MS);
        Ok(found
            .iter()
            .filter(|change| change.updated_at >= from)
            .count() as u64)
    }

    /// Only stores that were called lately: to look into the others would cost a thousand keys opened for nothing.
    fn failing(
        &self,
        rows: &[StoreRecord],
        by_store: &HashMap<StoreUid, StoreTotals>,
    ) -> Result<Vec<StoreState>, Failure> {
        let called = rows
            .iter()
            .filter_map(|row| Some((row, by_store.get(&row.id)?)));
        let mut failing = Vec::new();
        for (row, totals) in called {
            let state = self.state_of(row, Some(totals))?;
            if state.bucket.is_none_or(|bucket| bucket.circuit_open) {
                failing.push(state);
            }
            if failing.len() == NAMED {
                break;
            }
        }
        Ok(failing)
    }

    fn ending(&self, keys: &[KeyRecord]) -> Vec<KeyView> {
        let now = self.now();
        let ends_soon = |key: &&KeyRecord| {
            key.revoked_at.is_none()
                && key.replaced_by.is_none()
                && key
                    .expires_at
                    .is_some_and(|end| now < end && end.since(now) <= SOON_MS)
        };
        let mut ending: Vec<_> = keys.iter().filter(ends_soon).collect();
        ending.sort_by_key(|key| key.expires_at);
        let named = ending.into_iter().take(NAMED);
        named.map(|key| self.key_view(key)).collect()
    }
}
