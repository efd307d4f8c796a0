//! Signing in.

use leptos::prelude::*;
use orderdesk_mcp_contract::{ApiError, SecretText};

/// The form's name in a [`crate::flash::Flash`].
pub(super) const FORM: &str = "sign_in";

/// Opens a session for the owner of a master key and gives the page to go to. Errors: `Unauthenticated` for a key
/// that is not valid, `Forbidden` for an API key, `RateLimited`.
#[server(endpoint = "sign_in")]
pub async fn sign_in(
    master_key: SecretText,
    #[server(default)] next: String,
) -> Result<String, ApiError> {
    use crate::backend;
    use crate::flash::Flash;
    use crate::routes;

    let next = routes::safe_path(&next).to_owned();
    match open_session(&master_key).await {
        Ok(()) => {
            backend::leave(&next, None);
            Ok(next)
        }
        Err(error) => {
            let answer = backend::reply(Err(error.clone()));
            backend::leave(
                &routes::login_then(&next),
                Some(Flash::refused(FORM, &error)),
            );
            answer
        }
    }
}

#[cfg(feature = "ssr")]
async fn open_session(master_key: &SecretText) -> Result<(), ApiError> {
    use crate::backend;
    // A key is pasted, and what surrounds it comes along.
    let trimmed = SecretText::new(master_key.expose().trim());
    let (_, identity) = backend::services()?
        .sign_in(&trimmed, backend::origin()?)
        .await?;
    backend::begin_session(&identity).await
}
