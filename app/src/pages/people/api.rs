//! Seeing, inviting and changing people.

use leptos::prelude::*;
use orderdesk_mcp_contract::views::people::{Invitation, PeopleView};
use orderdesk_mcp_contract::{ApiError, Role};
use serde::{Deserialize, Serialize};

/// The forms' names in a [`crate::flash::Flash`].
pub(super) const INVITE_FORM: &str = "invite";
pub(super) const PEOPLE_FORM: &str = "people";

/// The page's data.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PeoplePageView {
    /// The people of the page, in the order they joined, with those who are disabled behind all others; and all invitations
    /// that wait.
    pub view: PeopleView,
    /// Which page of people it is, from 1 on.
    pub page: u32,
    /// How many there are.
    pub pages: u32,
    /// The invitation that a form without script made just now, with its code.
    pub made: Option<Invitation>,
}

/// A page of the workspace's people, from 1 on, and the invitations that wait. Errors: `Forbidden`.
#[server(endpoint = "list_people")]
pub async fn list_people(#[server(default)] page: String) -> Result<PeoplePageView, ApiError> {
    ssr::list(&page).await
}

/// Invites somebody; the code is in this answer and in no other. Errors: `Forbidden`, `Invalid`, `Conflict`.
#[server(endpoint = "invite_person")]
pub async fn invite_person(
    #[server(default)] email: String,
    role: Role,
) -> Result<Invitation, ApiError> {
    ssr::invite(&email, role).await
}

/// Takes an invitation back, and says so. Errors: `Forbidden`, `NotFound`.
#[server(endpoint = "revoke_invite")]
pub async fn revoke_invite(id: String) -> Result<String, ApiError> {
    ssr::revoke(&id).await
}

/// Sets what somebody is, and says so. Errors: `Forbidden`, `NotFound`, `Conflict` for the last owner.
#[server(endpoint = "set_role")]
pub async fn set_role(id: String, role: Role) -> Result<String, ApiError> {
    ssr::set_role(&id, role).await
}

/// Shuts somebody out or lets them in again, and says so. Errors: as for their role.
#[server(endpoint = "set_disabled")]
pub async fn set_disabled(id: String, disabled: bool) -> Result<String, ApiError> {
    ssr::set_disabled(&id, disabled).await
}

/// Ends somebody's sessions, and says so. Errors: `Forbidden`, `NotFound`.
#[server(endpoint = "end_sessions")]
pub async fn end_sessions(id: String) -> Result<String, ApiError> {
    ssr::end_sessions(&id).await
}

#[cfg(feature = "ssr")]
#[path = "ssr.rs"]
mod ssr;
