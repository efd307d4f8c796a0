//! Listing, showing, limiting and revoking keys.

use leptos::prelude::*;
use orderdesk_mcp_contract::ApiError;

use super::view::{KeyPageView, KeysView, PolicyForm};

/// The forms' names in a [`crate::flash::Flash`].
pub(super) const POLICY_FORM: &str = "set_key_policy";
pub(super) const REVOKE_FORM: &str = "revoke_key";

/// The keys of the workspace. Errors: `Forbidden`.
#[server(endpoint = "list_keys")]
pub async fn list_keys() -> Result<KeysView, ApiError> {
    ssr::list().await
}

/// One key with its policy. Errors: `Forbidden`, `NotFound`.
#[server(endpoint = "get_key")]
pub async fn get_key(id: String) -> Result<KeyPageView, ApiError> {
    ssr::key(&id).await
}

/// Sets what a key may change, and says so. Errors: `Forbidden`, `NotFound`, `Invalid` with the field at fault.
#[server(endpoint = "set_key_policy")]
pub async fn set_key_policy(
    id: String,
    #[server(default)] policy: PolicyForm,
) -> Result<String, ApiError> {
    ssr::set_policy(&id, &policy).await
}

/// Revokes a key when its name was typed exactly; gives the name. Errors: `Invalid` for another name, `Forbidden`,
/// `NotFound`.
#[server(endpoint = "revoke_key")]
pub async fn revoke_key(
    id: String,
    #[server(default)] typed_name: String,
) -> Result<String, ApiError> {
    ssr::revoke(&id, &typed_name).await
}

#[cfg(feature = "ssr")]
#[path = "ssr.rs"]
mod ssr;
