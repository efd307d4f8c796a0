//! Order Desk stores of a workspace.

mod connection;
mod credentials;
mod detail;
mod edit;
mod list;
mod register;
mod removal;
mod resolve;
mod sandbox;

use std::sync::Arc;
use std::time::Duration;

use moka::future::Cache;
use orderdesk::StoreId;
use orderdesk_mcp_contract::TenantId;
use orderdesk_mcp_contract::views::store::StoreView;
use orderdesk_mcp_storage::record::StoreRecord;

use crate::error::Failure;

pub(crate) use detail::{DAY_MS, not_found as no_such_store};
pub use sandbox::{OpenShop, SANDBOX_API_KEY, SANDBOX_STORE_ID, Sandbox};

/// Rows of stores that were just used, so that a burst of calls does not ask the database for the same
/// row each time. Two seconds bound how long another process's change goes unseen.
pub(crate) struct StoreRows(Cache<(TenantId, String), Arc<StoreRecord>>);

impl Default for StoreRows {
    fn default() -> Self {
        Self(
            Cache::builder()
                .max_capacity(10_000)
                .time_to_live(Duration::from_secs(2))
                .support_invalidation_closures()
                .build(),
        )
    }
}

impl StoreRows {
    pub(crate) async fn get(&self, tenant: TenantId, identifier: &str) -> Option<Arc<StoreRecord>> {
        self.0.get(&(tenant, identifier.to_owned())).await
    }

    pub(crate) async fn put(&self, identifier: &str, row: Arc<StoreRecord>) {
        self.0
            .insert((row.tenant_id, identifier.to_owned()), row)
            .await;
    }

    /// Forgets all rows of a workspace.
    pub(crate) fn forget(&self, tenant: TenantId) {
        if self
            .0
            .invalidate_entries_if(move |(of, _), _| *of == tenant)
            .is_err()
        {
            self.0.invalidate_all();
        }
    }
}

/// A row as people and models see it.
pub(crate) fn view(row: &StoreRecord) -> Result<StoreView, Failure> {
    Ok(StoreView {
        id: row.id,
        store_id: store_id(row)?,
        store_name: row.name.clone(),
        label: row.label.clone(),
        sandbox: row.sandbox,
        created_at: row.created_at,
    })
}

pub(crate) fn store_id(row: &StoreRecord) -> Result<StoreId, Failure> {
    StoreId::new(&row.store_id).map_err(|error| Failure::bug("a saved store id is not one", error))
}
