//! A store's own page.

use std::sync::Arc;

use orderdesk::StoreInfo;
use orderdesk_mcp_contract::views::store::{BucketView, FolderView, StoreDetail, StoreView};
use orderdesk_mcp_contract::{ApiError, ErrorCode, StoreUid, UtcMillis};
use orderdesk_mcp_storage::record::StoreRecord;

use super::removal::ties_view;
use super::view;
use crate::caller::Caller;
use crate::error::Failure;
use crate::services::Services;
use crate::traces::Call;

/// A day in milliseconds.
pub(crate) const DAY_MS: i64 = 86_400_000;

impl Services {
    /// Everything a store's page shows. The folders come from Order Desk (or the cache); if they cannot
    /// be read soon, or the saved key cannot be opened, the rest is shown all the same: the page is also where
    /// such a store is stopped and removed.
    ///
    /// # Errors
    /// `NotFound` when the workspace has no such store.
    pub async fn store_detail(
        &self,
        caller: &Caller,
        id: StoreUid,
    ) -> Result<StoreDetail, ApiError> {
        let call = self.begin(caller, "store_detail");
        let outcome = self.read_detail(&call, id).await;
        self.finish(call, outcome).await
    }

    async fn read_detail(&self, call: &Call, id: StoreUid) -> Result<StoreDetail, Failure> {
        let tenant = call.tenant();
        let Some(row) = self.store_by_uid(tenant, id).await? else {
            return Err(not_found());
        };
        call.about_store(id);
        let is_known = self.knows_store_settings(&row);
        let settings = if is_known {
            self.store_settings(call, &row).await
        } else {
            match self.charge_request(call.caller()) {
                Ok(()) => self.settings_soon(call, &row).await,
                Err(limited) => Err(limited.into()),
            }
        };
        call.asked_cache(is_known);
        let settings = settings.map_err(Failure::answer);
        let timezone = settings
            .as_ref()
            .ok()
            .and_then(|info| info.timezone().map(str::to_owned));
        let folders = settings.map(|info| {
            let folders = info.folders().into_iter();
            folders
                .map(|folder| FolderView {
                    id: folder.id.to_string(),
                    name: folder.name,
                })
                .collect()
        });
        let from = UtcMillis(self.now().0 - DAY_MS);
        let totals = self.storage().store_totals(tenant, from).await?;
        let totals = totals.iter().find(|totals| totals.store_id == id);
        Ok(StoreDetail {
            store: view(&row)?,
            credentials_fingerprint: row.key_fingerprint.clone(),
            folders,
            timezone,
            bucket: self.bucket(&row).map_err(Failure::answer),
            calls_24h: totals.map_or(0, |totals| totals.calls),
            errors_24h: totals.map_or(0, |totals| totals.errors),
            cache_hits_24h: totals.map_or(0, |totals| totals.cache_hits),
            cache_lookups_24h: totals.map_or(0, |totals| totals.cache_lookups),
            last_call_at: totals.map(|totals| totals.last_call_at),
            ties: ties_view(self.storage().store_ties(tenant, id).await?),
            updated_at: row.updated_at,
        })
    }

    /// A store's settings, if Order Desk gives them before the page is better shown without.
    async fn settings_soon(
        &self,
        call: &Call,
        row: &StoreRecord,
    ) -> Result<Arc<StoreInfo>, Failure> {
        let patience = self.settings().page_patience;
        match tokio::time::timeout(patience, self.store_settings(call, row)).await {
            Ok(settings) => settings,
            Err(_) => Err(ApiError::new(
                ErrorCode::UpstreamTimeout,
                format!(
                    "Order Desk did not answer within {} seconds. Load the page again, or test the connection.",
                    patience.as_secs()
                ),
            )
            .into()),
        }
    }

    /// The stores of the caller's workspace, as in a list.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn list_stores(&self, caller: &Caller) -> Result<Vec<StoreView>, ApiError> {
        let read = async {
            let rows = self.storage().list_stores(caller.tenant_id()).await?;
            rows.iter().map(view).collect::<Result<_, Failure>>()
        };
        read.await.map_err(Failure::answer)
    }

    /// What this process knows of a store's request bucket.
    pub(crate) fn bucket(&self, row: &StoreRecord) -> Result<BucketView, Failure> {
        let (client, credentials) = self.open_store(row)?;
        Ok(crate::upstream::bucket(&client, &credentials))
    }
}

pub(crate) fn not_found() -> Failure {
    ApiError::new(
        ErrorCode::NotFound,
        "There is no such store in this workspace; it may have been removed.",
    )
    .into()
}
