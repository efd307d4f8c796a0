//! Accepting an invitation.

use leptos::prelude::*;
use orderdesk_mcp_contract::{ApiError, SecretText};

/// The form's name in a [`crate::flash::Flash`].
pub(super) const FORM: &str = "join";

/// Accepts an invitation, signs the person in and gives the page to go to. Errors: `Invalid` with the field at fault,
/// `Conflict` for an invitation that has ended, `RateLimited`.
#[server(endpoint = "join")]
pub async fn join(
    #[server(default)] code: Option<SecretText>,
    #[server(default)] name: String,
    #[server(default)] password: Option<SecretText>,
) -> Result<String, ApiError> {
    use orderdesk_mcp_contract::views::people::JoinRequest;

    use crate::backend;
    use crate::flash::Flash;
    use crate::routes;

    let none = || SecretText::new("");
    let request = JoinRequest {
        code: code.unwrap_or_else(none),
        name: name.clone(),
        password: password.unwrap_or_else(none),
    };
    match ssr::open_session(&request).await {
        Ok(()) => {
            backend::leave(routes::DASHBOARD, None);
            Ok(routes::DASHBOARD.to_owned())
        }
        Err(error) => {
            let answer = backend::reply(Err(error.clone()));
            let flash = Flash::refused(FORM, &error).with_values([("name", name.trim())]);
            backend::leave(routes::JOIN, Some(flash));
            answer
        }
    }
}

#[cfg(feature = "ssr")]
mod ssr {
    use orderdesk_mcp_contract::ApiError;
    use orderdesk_mcp_contract::views::people::JoinRequest;

    use crate::backend;

    pub(super) async fn open_session(request: &JoinRequest) -> Result<(), ApiError> {
        let (_, identity) = backend::services()?
            .join(request, backend::origin()?)
            .await?;
        backend::begin_session(&identity).await
    }
}
