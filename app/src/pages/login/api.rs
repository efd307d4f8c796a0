//! Signing in.

use leptos::prelude::*;
use orderdesk_mcp_contract::{ApiError, SecretText};

/// The form's name in a [`crate::flash::Flash`].
pub(super) const FORM: &str = "sign_in";

/// Opens a session for a person with their password, or for the owner of a master key, and gives the page to go to. A
/// master key that was given is the one that counts. Errors: `Unauthenticated` for what is not valid, `Forbidden` for an API
/// key and for somebody who was shut out, `RateLimited`.
#[server(endpoint = "sign_in")]
pub async fn sign_in(
    #[server(default)] email: String,
    #[server(default)] password: Option<SecretText>,
    #[server(default)] master_key: Option<SecretText>,
    #[server(default)] next: String,
) -> Result<String, ApiError> {
    use crate::backend;
    use crate::flash::Flash;
    use crate::routes;

    let next = routes::safe_path(&next).to_owned();
    match open_session(&email, password, master_key).await {
        Ok(()) => {
            backend::leave(&next, None);
            Ok(next)
        }
        Err(error) => {
            let answer = backend::reply(Err(error.clone()));
            let flash = Flash::refused(FORM, &error).with_values([("email", email.trim())]);
            backend::leave(&routes::login_then(&next), Some(flash));
            answer
        }
    }
}

#[cfg(feature = "ssr")]
async fn open_session(
    email: &str,
    password: Option<SecretText>,
    master_key: Option<SecretText>,
) -> Result<(), ApiError> {
    use crate::backend;
    let (services, origin) = (backend::services()?, backend::origin()?);
    // A key is pasted, and what surrounds it comes along.
    let key = master_key.map(|key| SecretText::new(key.expose().trim()));
    let (_, identity) = match key.filter(|key| !key.expose().is_empty()) {
        Some(key) => services.sign_in(&key, origin).await?,
        None => {
            let password = password.unwrap_or_else(|| SecretText::new(""));
            services.sign_in_person(email, &password, origin).await?
        }
    };
    backend::begin_session(&identity).await
}
