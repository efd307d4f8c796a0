//! Listing, making, showing, limiting, rotating and revoking keys.

use leptos::prelude::*;
use orderdesk_mcp_contract::ApiError;

use super::view::{KeyPageView, KeysView, MadeKeyView, PolicyForm, PolicyView};

/// The forms' names in a [`crate::flash::Flash`].
pub(super) const CREATE_FORM: &str = "create_key";
pub(super) const POLICY_FORM: &str = "set_key_policy";
pub(super) const ROTATE_FORM: &str = "rotate_key";
pub(super) const REVOKE_FORM: &str = "revoke_key";

/// A page of the workspace's keys, from 1 on. Errors: `Forbidden`.
#[server(endpoint = "list_keys")]
pub async fn list_keys(#[server(default)] page: String) -> Result<KeysView, ApiError> {
    ssr::list(&page).await
}

/// One key with its policy. Errors: `Forbidden`, `NotFound`.
#[server(endpoint = "get_key")]
pub async fn get_key(id: String) -> Result<KeyPageView, ApiError> {
    ssr::key(&id).await
}

/// The form of a new key, with what its policy can name. Errors: `Forbidden`.
#[server(endpoint = "new_key_form")]
pub async fn new_key_form() -> Result<PolicyView, ApiError> {
    ssr::new_key_form().await
}

/// Makes a key and gives its id; the key itself is shown once, by its own page. Errors: `Forbidden`, `Invalid` with the
/// field at fault.
#[server(endpoint = "create_key")]
pub async fn create_key(
    #[server(default)] name: String,
    #[server(default)] access: String,
    #[server(default)] expires_on: String,
    #[server(default)] policy: PolicyForm,
) -> Result<String, ApiError> {
    ssr::create(&name, &access, &expires_on, &policy).await
}

/// A key that was just made in this session, with its secret until that was said to be saved. Errors: `Forbidden`,
/// `NotFound`.
#[server(endpoint = "made_key")]
pub async fn made_key(id: String) -> Result<MadeKeyView, ApiError> {
    ssr::made(&id).await
}

/// The secret is saved: it is shown no more. Gives the address of the page to go on with. Errors: `Forbidden`,
/// `NotFound`.
#[server(endpoint = "key_is_saved")]
pub async fn key_is_saved(id: String) -> Result<String, ApiError> {
    ssr::saved(&id).await
}

/// Sets what a key may change, and says so. Errors: `Forbidden`, `NotFound`, `Invalid` with the field at fault.
#[server(endpoint = "set_key_policy")]
pub async fn set_key_policy(
    id: String,
    #[server(default)] policy: PolicyForm,
) -> Result<String, ApiError> {
    ssr::set_policy(&id, &policy).await
}

/// Makes a key that takes over from one and gives its id; it is shown once, by its own page. Errors: `Forbidden`,
/// `NotFound`, `Invalid`, `Conflict` for a key that has ended or was replaced already.
#[server(endpoint = "rotate_key")]
pub async fn rotate_key(id: String, overlap_hours: u32) -> Result<String, ApiError> {
    ssr::rotate(&id, overlap_hours).await
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
#[path = "ssr/mod.rs"]
mod ssr;
