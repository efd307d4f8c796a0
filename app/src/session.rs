//! Who is signed in.

use leptos::prelude::*;
use orderdesk_mcp_contract::ApiError;
use orderdesk_mcp_contract::views::account::SignedIn;

use crate::transport::{Data, answer, load};

/// Says who is signed in.
#[server(endpoint = "who_am_i")]
pub async fn who_am_i() -> Result<SignedIn, ApiError> {
    let (services, caller) = crate::backend::enter()?;
    crate::backend::reply(services.signed_in(&caller).await)
}

/// Who is signed in, as a [`SignedIn`].
pub(crate) fn load_me() -> Data {
    load(Signal::stored(String::new()), |_| {
        answer!(WhoAmI, who_am_i(), &[])
    })
}

/// Ends the session, in the browser's stores too.
#[server(endpoint = "sign_out")]
pub async fn sign_out() -> Result<(), ApiError> {
    crate::backend::end_session().await?;
    crate::backend::leave(crate::routes::LOGIN, None);
    Ok(())
}
