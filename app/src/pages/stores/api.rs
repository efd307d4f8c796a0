//! Listing, trying, adding, showing, testing and removing stores.

use leptos::prelude::*;
use orderdesk_mcp_contract::views::change::StopView;
use orderdesk_mcp_contract::views::connection::ConnectionReport;
use orderdesk_mcp_contract::views::dashboard::StoreState;
use orderdesk_mcp_contract::views::store::{StoreDetail, StoreView};
use orderdesk_mcp_contract::{ApiError, SecretText, UtcMillis};
use serde::{Deserialize, Serialize};

/// The forms' names in a [`crate::flash::Flash`].
pub(super) const ADD_FORM: &str = "add_store";
pub(super) const TEST_FORM: &str = "test_store";
pub(super) const DELETE_FORM: &str = "delete_store";

/// The list page's data.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StoresOverview {
    /// When the states were taken.
    pub as_of: UtcMillis,
    /// The stores with their state.
    pub stores: Vec<StoreState>,
    /// Whether the built-in sandbox can still be added.
    pub is_sandbox_offered: bool,
}

/// A store's own page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StorePageView {
    /// The store.
    pub detail: StoreDetail,
    /// The stops of writes that hold it.
    pub stops: Vec<StopView>,
}

/// What became of an attempt to add a store.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Added {
    /// It is saved.
    Saved(StoreView),
    /// The credentials do not work; nothing was saved.
    Refused(ConnectionReport),
}

/// All stores of the workspace with their state.
#[server(endpoint = "list_stores")]
pub async fn list_stores() -> Result<StoresOverview, ApiError> {
    let (services, caller) = crate::backend::enter()?;
    let dashboard = crate::backend::reply(services.dashboard(&caller).await)?;
    let has_sandbox = dashboard.stores.iter().any(|state| state.store.sandbox);
    Ok(StoresOverview {
        as_of: dashboard.as_of,
        stores: dashboard.stores,
        is_sandbox_offered: !has_sandbox && services.sandbox_offer().is_some(),
    })
}

/// Whether the built-in sandbox can still be added.
#[server(endpoint = "is_sandbox_offered")]
pub async fn is_sandbox_offered() -> Result<bool, ApiError> {
    list_stores()
        .await
        .map(|overview| overview.is_sandbox_offered)
}

/// One store. Errors: `NotFound`.
#[server(endpoint = "get_store")]
pub async fn get_store(id: String) -> Result<StorePageView, ApiError> {
    ssr::get_store(&id).await
}

/// Tries credentials against Order Desk and saves nothing. Errors: `Invalid` with the field at fault.
#[server(endpoint = "check_store")]
pub async fn check_store(
    store_id: String,
    api_key: SecretText,
    #[server(default)] store_name: String,
    #[server(default)] label: String,
) -> Result<ConnectionReport, ApiError> {
    ssr::check_store(ssr::new_store(store_id, api_key, store_name, label)).await
}

/// Tries credentials and saves the store if they work. Errors: `Invalid` with the field at fault, `Conflict` for a
/// name or store that is already there, `Forbidden`.
#[server(endpoint = "add_store")]
pub async fn add_store(
    store_id: String,
    api_key: SecretText,
    #[server(default)] store_name: String,
    #[server(default)] label: String,
) -> Result<Added, ApiError> {
    ssr::add_store(ssr::new_store(store_id, api_key, store_name, label)).await
}

/// Adds the built-in sandbox. Errors: `NotFound` when this server runs none, `Conflict` when it is already there.
#[server(endpoint = "add_sandbox")]
pub async fn add_sandbox() -> Result<StoreView, ApiError> {
    ssr::add_sandbox().await
}

/// Tests a saved store's connection. Errors: `NotFound`.
#[server(endpoint = "test_store")]
pub async fn test_store(id: String) -> Result<ConnectionReport, ApiError> {
    ssr::test_store(&id).await
}

/// Removes a store when its name was typed exactly; gives the name. Errors: `Invalid` for another name,
/// `NotFound`, `Forbidden`.
#[server(endpoint = "delete_store")]
pub async fn delete_store(
    id: String,
    #[server(default)] typed_name: String,
) -> Result<String, ApiError> {
    ssr::delete_store(&id, &typed_name).await
}

#[cfg(feature = "ssr")]
#[path = "ssr.rs"]
mod ssr;
