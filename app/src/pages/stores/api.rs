//! Listing, trying, adding, showing, testing and removing stores.

use leptos::prelude::*;
use orderdesk_mcp_contract::views::change::StopView;
use orderdesk_mcp_contract::views::connection::ConnectionReport;
use orderdesk_mcp_contract::views::store::{StoreDetail, StoreView, StoresPage};
use orderdesk_mcp_contract::{ApiError, SecretText};
use serde::{Deserialize, Serialize};

/// The forms' names in a [`crate::flash::Flash`].
pub(super) const ADD_FORM: &str = "add_store";
pub(super) const TEST_FORM: &str = "test_store";
pub(super) const EDIT_FORM: &str = "edit_store";
pub(super) const DELETE_FORM: &str = "delete_store";
pub(super) const RESTORE_FORM: &str = "restore_store";

/// The list page's data.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StoresOverview {
    /// A page of the stores with their state.
    pub list: StoresPage,
    /// Whether the built-in sandbox can still be added, by whoever looks.
    pub is_sandbox_offered: bool,
    /// Why whoever looks cannot add, change and remove stores; absent when they can.
    pub no_change: Option<String>,
}

/// A store's own page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StorePageView {
    /// The store.
    pub detail: StoreDetail,
    /// The stops of writes that hold it.
    pub stops: Vec<StopView>,
    /// Why whoever looks cannot change the store; absent when they can.
    pub no_change: Option<String>,
    /// Why whoever looks cannot stop and resume writes; absent when they can.
    pub no_stop: Option<String>,
}

/// What became of an attempt to add or change a store.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Added {
    /// It is saved.
    Saved(StoreView),
    /// The credentials do not work; nothing was saved.
    Refused(ConnectionReport),
}

/// A page, from 1, of the stores that answer to what is searched, with their state.
#[server(endpoint = "list_stores")]
pub async fn list_stores(
    #[server(default)] q: String,
    #[server(default)] page: String,
) -> Result<StoresOverview, ApiError> {
    ssr::list_stores(&q, &page).await
}

/// Whether the built-in sandbox can still be added.
#[server(endpoint = "is_sandbox_offered")]
pub async fn is_sandbox_offered() -> Result<bool, ApiError> {
    ssr::list_stores("", "")
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

/// Changes a store's name and label, and its API key when one was typed and works. Errors: `Invalid` with the field at
/// fault, `Conflict` for a name that is taken or a store that was changed meanwhile, `Forbidden`, `NotFound`.
#[server(endpoint = "edit_store")]
pub async fn edit_store(
    id: String,
    #[server(default)] store_name: String,
    #[server(default)] label: String,
    #[server(default)] api_key: Option<SecretText>,
    #[server(default)] seen: String,
) -> Result<Added, ApiError> {
    ssr::edit_store(&id, ssr::store_edit(store_name, label, api_key, &seen)).await
}

/// Restores a deleted store; gives its name. Errors: `Forbidden`, `NotFound`.
#[server(endpoint = "restore_store")]
pub async fn restore_store(id: String) -> Result<String, ApiError> {
    ssr::restore_store(&id).await
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
