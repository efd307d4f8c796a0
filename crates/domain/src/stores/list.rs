//! The list of stores, page by page.

use std::collections::HashMap;

use orderdesk_mcp_contract::views::dashboard::StoreState;
use orderdesk_mcp_contract::views::store::StoresPage;
use orderdesk_mcp_contract::{ApiError, StoreUid};
use orderdesk_mcp_storage::record::{StoreRecord, StoreTotals};

use super::{DAY_MS, view};
use crate::caller::Caller;
use crate::error::Failure;
use crate::services::Services;

/// Stores on one page: a workspace may have a thousand, and each has its state worked out.
const PAGE: usize = 50;

impl Services {
    /// The stores of the caller's workspace whose name, label or Order Desk id holds what is searched, in any case, with
    /// their state. Looking at them is not recorded.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn stores_page(
        &self,
        caller: &Caller,
        search: &str,
        page: u32,
    ) -> Result<StoresPage, ApiError> {
        let read = self.read_page(caller, search, page).await;
        read.map_err(Failure::answer)
    }

    async fn read_page(
        &self,
        caller: &Caller,
        search: &str,
        page: u32,
    ) -> Result<StoresPage, Failure> {
        let tenant = caller.tenant_id();
        let rows = self.storage().list_stores(tenant).await?;
        let typed = search.trim().to_lowercase();
        let found: Vec<_> = rows.iter().filter(|row| matches(row, &typed)).collect();
        let pages = found.len().div_ceil(PAGE).max(1);
        let number = usize::try_from(page).unwrap_or(pages).clamp(1, pages);
        let totals = self.store_totals_24h(caller).await?;
        let shown = found.iter().skip((number - 1) * PAGE).take(PAGE);
        let stores = shown.map(|row| self.state_of(row, totals.get(&row.id)));
        Ok(StoresPage {
            as_of: self.now(),
            stores: stores.collect::<Result<_, _>>()?,
            found: found.len() as u64,
            all: rows.len() as u64,
            page: u32::try_from(number).unwrap_or(u32::MAX),
            pages: u32::try_from(pages).unwrap_or(u32::MAX),
            has_sandbox: rows.iter().any(|row| row.sandbox),
            deleted: self.read_deleted(caller).await?,
        })
    }

    /// What the stores of a workspace were called for in the last 24 hours.
    pub(crate) async fn store_totals_24h(
        &self,
        caller: &Caller,
    ) -> Result<HashMap<StoreUid, StoreTotals>, Failure> {
        let from = self.now().plus_millis(-DAY_MS);
        let totals = self
            .storage()
            .store_totals(caller.tenant_id(), from)
            .await?;
        Ok(totals.into_iter().map(|row| (row.store_id, row)).collect())
    }

    /// A store with its state. One whose key cannot be opened must not hide the others.
    pub(crate) fn state_of(
        &self,
        row: &StoreRecord,
        totals: Option<&StoreTotals>,
    ) -> Result<StoreState, Failure> {
        Ok(StoreState {
            store: view(row)?,
            bucket: self.bucket(row).ok(),
            calls: totals.map_or(0, |totals| totals.calls),
            errors: totals.map_or(0, |totals| totals.errors),
            last_call_at: totals.map(|totals| totals.last_call_at),
        })
    }
}

fn matches(row: &StoreRecord, typed: &str) -> bool {
    let has = |text: &str| text.to_lowercase().contains(typed);
    typed.is_empty()
        || has(&row.name)
        || has(&row.store_id)
        || row.label.as_deref().is_some_and(has)
}
