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

/// Lets a person go on in another workspace of theirs, under another session id. Errors: `NotFound`.
#[server(endpoint = "switch_tenant")]
pub async fn switch_tenant(tenant: String) -> Result<(), ApiError> {
    ssr::switch(&tenant).await
}

/// Ends the session, in the browser's stores too.
#[server(endpoint = "sign_out")]
pub async fn sign_out() -> Result<(), ApiError> {
    crate::backend::end_session().await?;
    crate::backend::leave(crate::routes::LOGIN, None);
    Ok(())
}

#[cfg(feature = "ssr")]
mod ssr {
    use orderdesk_mcp_contract::{ApiError, ErrorCode};

    use crate::backend::{enter, leave, move_session, origin, reply};
    use crate::flash::Flash;
    use crate::routes;
    use crate::stops::FRAME_FORM;

    pub(super) async fn switch(tenant: &str) -> Result<(), ApiError> {
        let (services, caller) = enter()?;
        let switched = match tenant.parse() {
            Ok(tenant) => services.switch_tenant(&caller, tenant, origin()?).await,
            Err(_) => Err(ApiError::new(
                ErrorCode::NotFound,
                "There is no such workspace.",
            )),
        };
        let identity = match reply(switched) {
            Ok(identity) => identity,
            Err(error) => {
                leave(routes::DASHBOARD, Some(Flash::refused(FRAME_FORM, &error)));
                return Err(error);
            }
        };
        move_session(&identity).await?;
        leave(routes::DASHBOARD, None);
        Ok(())
    }
}
