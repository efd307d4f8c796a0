//! One's own account: profile, password, browsers.

use leptos::prelude::*;
use orderdesk_mcp_contract::trace::retention::KeptCalls;
use orderdesk_mcp_contract::views::account::SignedIn;
use orderdesk_mcp_contract::views::audit::AuditPage;
use orderdesk_mcp_contract::views::people::AccountView;
use orderdesk_mcp_contract::{ApiError, SecretText};
use serde::{Deserialize, Serialize};

/// The forms' names in a [`crate::flash::Flash`].
pub(super) const PROFILE_FORM: &str = "profile";
pub(super) const WORKSPACE_FORM: &str = "workspace";
pub(super) const RETENTION_FORM: &str = "retention";
/// The field that confirms what it holds.
pub(super) const CONFIRMED: &str = "confirmed";
pub(super) const PASSWORD_FORM: &str = "password";
pub(super) const SESSIONS_FORM: &str = "sessions";

/// The page's data.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SettingsView {
    /// One's own account.
    pub account: AccountView,
    /// Where one is signed in, and where else one could be.
    pub signed_in: SignedIn,
    /// Why the workspace cannot be renamed by whoever is signed in, if that is so.
    pub no_rename: Option<String>,
    /// The recorded calls that the workspace keeps.
    pub kept: KeptCalls,
    /// A page of the audit log, or why it cannot be read by whoever is signed in.
    pub audit: Result<AuditPage, String>,
    /// Whether it is the newest.
    pub is_newest_audit: bool,
    /// What holds in every workspace of the server: what, and how much.
    pub rules: Vec<(String, String)>,
}

/// The account of whoever is signed in, and what holds for it; of the audit log what is before that place, or the newest
/// where it is blank. Errors: `Unavailable`.
#[server(endpoint = "my_account")]
pub async fn my_account(#[server(default)] before: String) -> Result<SettingsView, ApiError> {
    ssr::account(&before).await
}

/// Sets what the person is called, and says so. Errors: `Forbidden` for a key, `Invalid`.
#[server(endpoint = "set_my_name")]
pub async fn set_my_name(#[server(default)] name: String) -> Result<String, ApiError> {
    ssr::set_name(&name).await
}

/// Gives the workspace another name, and says so. Errors: `Forbidden`, `Invalid`, `Conflict` for a name that is taken.
#[server(endpoint = "rename_workspace")]
pub async fn rename_workspace(#[server(default)] tenant_name: String) -> Result<String, ApiError> {
    ssr::rename_workspace(&tenant_name).await
}

/// Sets how long the workspace keeps recorded calls, and says so; blank for the number of calls keeps them all. Where calls
/// would be thrown away that are kept now, that is asked first: `confirmed` then has to be what was asked about. Errors:
/// `Forbidden`, `Invalid` with the field at fault, `Conflict` at `confirmed` with the question and what confirms it.
#[server(endpoint = "set_retention")]
pub async fn set_retention(
    #[server(default)] keep_days: String,
    #[server(default)] keep_calls: String,
    #[server(default)] confirmed: String,
) -> Result<String, ApiError> {
    ssr::set_retention(&keep_days, &keep_calls, &confirmed).await
}

/// Sets the person's password and ends their other sessions, and says so. Errors: `Forbidden` for a key, `Invalid` with the
/// field at fault, `RateLimited`.
#[server(endpoint = "change_my_password")]
pub async fn change_my_password(
    #[server(default)] password: Option<SecretText>,
    #[server(default)] new_password: Option<SecretText>,
) -> Result<String, ApiError> {
    ssr::change_password(password, new_password).await
}

/// Ends one of the own sessions, and says so. Errors: `NotFound`.
#[server(endpoint = "end_my_session")]
pub async fn end_my_session(id: String) -> Result<String, ApiError> {
    ssr::end_session(&id).await
}

/// Ends all of the own sessions but this one, and says so. Errors: `Unavailable`.
#[server(endpoint = "end_my_other_sessions")]
pub async fn end_my_other_sessions() -> Result<String, ApiError> {
    ssr::end_others().await
}

#[cfg(feature = "ssr")]
#[path = "ssr.rs"]
mod ssr;
