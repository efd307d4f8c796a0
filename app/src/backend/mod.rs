//! The server's half of the web app: the one place behind `cfg(feature = "ssr")`.
//!
//! The server crate mounts it (`server/src/http/pages.rs`): pages by `leptos_axum`'s routes without the server functions,
//! each server function at its own route through [`answer_server_fn`], which alone turns an [`ApiError`] into its HTTP
//! status, and the app's own "not found" page for everything else. [`provide`] is the additional context of all three.
//!
//! Layers outside them put into the request's extensions:
//!
//! - `Option<orderdesk_mcp_domain::Caller>`: who the session belongs to, or `None`;
//! - `orderdesk_mcp_domain::Origin`: with `Door::Web`, address and request id;
//! - `tower_sessions::Session`;
//! - [`CspNonce`]: the nonce of this answer's Content-Security-Policy.

mod cookie;
mod form;
mod guard;
mod identity;
mod kept;
mod paging;
mod server_fns;

use http::request::Parts;
use leptos::nonce::Nonce;
use leptos::prelude::{provide_context, use_context};
use orderdesk_mcp_contract::ApiError;
use orderdesk_mcp_domain::{Origin, Services};
use tower_sessions::Session;

pub use crate::transport::POLL_HEADER;
pub(crate) use cookie::{cookie, set_cookie};
pub(crate) use form::{download, is_native_form, leave, leave_saying, take_flash};
pub(crate) use guard::{enter, not_found, page_before, reply};
pub use identity::{IDENTITY, SEEN_AS, SeenAs};
pub(crate) use identity::{begin_session, end_session, move_session, renew_session, session_key};
pub(crate) use kept::{drop_kept, keep, kept, take};
pub(crate) use paging::{Paged, paged};
pub use server_fns::answer_server_fn;

/// The nonce of one answer's Content-Security-Policy, as the layer that writes the header made it.
#[derive(Clone)]
pub struct CspNonce(pub String);

/// Gives the app what its server functions and its shell need; call it as the additional context of every
/// handler that renders the app.
pub fn provide(services: Services) {
    provide_context(services);
    let nonce =
        use_context::<Parts>().and_then(|parts| parts.extensions.get::<CspNonce>().cloned());
    if let Some(CspNonce(nonce)) = nonce {
        provide_context(Nonce::from_value(nonce));
    }
}

/// The use cases.
///
/// # Errors
/// `Internal` when the handler was mounted without [`provide`].
pub(crate) fn services() -> Result<Services, ApiError> {
    use_context::<Services>().ok_or_else(|| missing("Services"))
}

/// What is known of the request.
///
/// # Errors
/// `Internal` when the server's layer did not say.
pub(crate) fn origin() -> Result<Origin, ApiError> {
    extension::<Origin>().ok_or_else(|| missing("Origin"))
}

/// The browser's session.
///
/// # Errors
/// `Internal` when the session layer is not there.
pub(crate) fn session() -> Result<Session, ApiError> {
    extension::<Session>().ok_or_else(|| missing("Session"))
}

/// The id under which this request is logged.
pub(crate) fn request_id() -> Option<String> {
    let id = extension::<Origin>().and_then(|origin| origin.request_id);
    id.map(|id| id.to_string())
}

fn extension<T: Clone + Send + Sync + 'static>() -> Option<T> {
    use_context::<Parts>().and_then(|parts| parts.extensions.get::<T>().cloned())
}

fn missing(what: &str) -> ApiError {
    tracing::error!("the web app was mounted without `{what}`");
    ApiError::internal()
}
