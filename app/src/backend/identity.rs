//! Beginning and ending a browser session.

use http::{HeaderName, HeaderValue};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use orderdesk_mcp_contract::{ApiError, ErrorCode, UtcMillis};
use orderdesk_mcp_domain::Identity;
use serde::{Deserialize, Serialize};

use super::{origin, session};

/// Where the session keeps the [`Identity`]; the server's layer reads it from there.
pub const IDENTITY: &str = "identity";

/// Where the session keeps the [`SeenAs`]; the server's store reads it from there.
pub const SEEN_AS: &str = "seen_as";

/// How a browser showed itself when its session began, so that its person recognises it in a list.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SeenAs {
    /// What it called itself, at most 120 characters.
    pub user_agent: Option<String>,
    /// The address it came from.
    pub ip: Option<String>,
    /// When it signed in: a session that gets another id ends no later for it.
    pub began_at: Option<UtcMillis>,
}

/// Binds the session to a person. Its id changes, so that one planted before the sign-in is worth nothing, and it begins
/// empty: what somebody who was signed in before left in it is not for this one.
///
/// # Errors
/// `Unavailable` when the session cannot be saved.
pub(crate) async fn begin_session(identity: &Identity) -> Result<(), ApiError> {
    let (session, origin) = (session()?, origin()?);
    session.clear().await;
    session.cycle_id().await.map_err(unavailable)?;
    let seen_as = SeenAs {
        user_agent: origin.client.as_deref().map(Into::into),
        ip: origin.ip.map(|ip| ip.to_string()),
        began_at: Some(identity.began_at),
    };
    session
        .insert(SEEN_AS, seen_as)
        .await
        .map_err(unavailable)?;
    session
        .insert(IDENTITY, identity)
        .await
        .map_err(unavailable)
}

/// Lets the session go on as somebody else of the same person, under another id and with nothing of the workspace that it
/// leaves.
///
/// # Errors
/// `Unavailable` when the session cannot be saved.
pub(crate) async fn move_session(identity: &Identity) -> Result<(), ApiError> {
    let session = session()?;
    let seen_as = session.get::<SeenAs>(SEEN_AS).await.map_err(unavailable)?;
    session.clear().await;
    session.cycle_id().await.map_err(unavailable)?;
    session
        .insert(SEEN_AS, seen_as.unwrap_or_default())
        .await
        .map_err(unavailable)?;
    session
        .insert(IDENTITY, identity)
        .await
        .map_err(unavailable)
}

/// Gives the session another id, after what its person may do with it has changed.
///
/// # Errors
/// `Unavailable` when the session cannot be saved.
pub(crate) async fn renew_session() -> Result<(), ApiError> {
    session()?.cycle_id().await.map_err(unavailable)
}

/// The session's id as the use cases find its row by it; none before it has one.
///
/// # Errors
/// `Internal` when the session layer is not there.
pub(crate) fn session_key() -> Result<Option<[u8; 16]>, ApiError> {
    Ok(session()?.id().map(|id| id.0.to_be_bytes()))
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

pub(super) fn unavailable(error: tower_sessions::session::Error) -> ApiError {
    tracing::error!(
        error = &error as &dyn std::error::Error,
        "failed to save a browser session"
    );
    ApiError::new(
        ErrorCode::Unavailable,
        "The session could not be saved just now. Try again in a moment.",
    )
}
