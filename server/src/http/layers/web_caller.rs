//! Who calls a page or a server function: whoever the session belongs to, checked against the database on
//! every request.

use app::backend::{IDENTITY, POLL_HEADER};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use orderdesk_mcp_contract::{ApiError, ErrorCode};
use orderdesk_mcp_domain::{Caller, Door, Identity, Origin, Services};
use tower_sessions::Session;

use super::access::OfTenant;
use super::facts::Facts;
use crate::http::answer::{Taste, refuse};

/// Puts `Origin` and `Option<Caller>` into the request. A session whose key was revoked or has
/// expired, or whose person was shut out, ends.
pub(in crate::http) async fn recognise(
    State(services): State<Services>,
    mut request: Request,
    next: Next,
) -> Response {
    let origin = Facts::origin(&request, Door::Web);
    let caller = match request.extensions().get::<Session>().cloned() {
        Some(session) => match caller(&services, &session, &origin).await {
            Ok(caller) => {
                if let Some(caller) = &caller
                    && !request.headers().contains_key(POLL_HEADER)
                {
                    services.note_seen(caller);
                }
                caller
            }
            Err(error) => return refuse(Taste::of(request.headers()), &error),
        },
        None => None,
    };
    let tenant = caller.as_ref().map(|caller| OfTenant(caller.tenant_id()));
    request.extensions_mut().insert(origin);
    request.extensions_mut().insert(caller);
    let mut response = next.run(request).await;
    if let Some(tenant) = tenant {
        response.extensions_mut().insert(tenant);
    }
    response
}

async fn caller(
    services: &Services,
    session: &Session,
    origin: &Origin,
) -> Result<Option<Caller>, ApiError> {
    if session.id().is_none() {
        return Ok(None);
    }
    let Some(identity) = session
        .get::<Identity>(IDENTITY)
        .await
        .map_err(unreadable)?
    else {
        return Ok(None);
    };
    let caller = services.session_caller(&identity, origin.clone()).await?;
    if caller.is_none() {
        session.flush().await.map_err(unreadable)?;
    }
    Ok(caller)
}

fn unreadable(_: tower_sessions::session::Error) -> ApiError {
    // The cause was logged where it happened.
    ApiError::new(
        ErrorCode::Unavailable,
        "Your session cannot be read just now. Try again in a moment.",
    )
    .with_retry_after_secs(2)
}
