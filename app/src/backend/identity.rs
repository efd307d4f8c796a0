//! Beginning and ending a browser session.

use http::{HeaderName, HeaderValue};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use orderdesk_mcp_contract::{ApiError, ErrorCode};
use orderdesk_mcp_domain::Identity;

use super::session;

/// Where the session keeps the [`Identity`]; the server's layer reads it from there.
pub const IDENTITY: &str = "identity";

/// Binds the session to a person. Its id changes, so that one planted before the sign-in is worth nothing.
///
/// # Errors
/// `Unavailable` when the session cannot be saved.
pub(crate) async fn begin_session(identity: &Identity) -> Result<(), ApiError> {
    let session = session()?;
    session.cycle_id().await.map_err(unavailable)?;
    session
        .insert(IDENTITY, identity)
        .await
        .map_err(unavailable)
}

/// Destroys the session and tells the browser to forget what it kept. Not all cookies: the session's is taken back
/// by name, and the theme shall outlast it.
///
/// # Errors
/// `Unavailable` when the session cannot be removed.
pub(crate) async fn end_session() -> Result<(), ApiError> {
    session()?.flush().await.map_err(unavailable)?;
    if let Some(response) = use_context::<ResponseOptions>() {
        response.insert_header(
            HeaderName::from_static("clear-site-data"),
            HeaderValue::from_static("\"cache\", \"storage\""),
        );
    }
    Ok(())
}

fn unavailable(error: tower_sessions::session::Error) -> ApiError {
    tracing::error!(
        error = &error as &dyn std::error::Error,
        "failed to save a browser session"
    );
    ApiError::new(
        ErrorCode::Unavailable,
        "The session could not be saved just now. Try again in a moment.",
    )
}
