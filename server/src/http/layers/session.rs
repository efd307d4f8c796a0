//! The browser session and its cookie.
//!
//! tower-sessions' `Session` with a layer of our own: theirs cannot remove a `__Host-` cookie, because browsers
//! heed a removal of such a name only if it says `Secure`.

use std::sync::Arc;

use app::backend::POLL_HEADER;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, header};
use orderdesk_mcp_contract::{ApiError, ErrorCode};
use tower_sessions::Session;
use tower_sessions::session::Id;

use crate::http::SessionStore;
use crate::http::answer::{Taste, refuse};

/// The session layer's state.
#[derive(Debug)]
pub(in crate::http) struct SessionLayer {
    /// Where sessions are kept.
    pub(in crate::http) store: Arc<SessionStore>,
    /// The same for requests that a page makes by itself.
    pub(in crate::http) polled: Arc<SessionStore>,
    /// The cookie's whole name.
    pub(in crate::http) cookie_name: String,
    /// Whether the cookie travels over https only.
    pub(in crate::http) is_secure: bool,
}

impl SessionLayer {
    /// `__Host-` makes browsers insist on `Secure`, `Path=/` and no `Domain`, so no other host can set it.
    pub(in crate::http) fn new(store: SessionStore, name: &str, is_secure: bool) -> Self {
        let cookie_name = if is_secure {
            format!("__Host-{name}")
        } else {
            name.to_owned()
        };
        let polled = SessionStore {
            notes_use: false,
            ..store.clone()
        };
        Self {
            store: Arc::new(store),
            polled: Arc::new(polled),
            cookie_name,
            is_secure,
        }
    }

    /// Without `Max-Age`: the browser forgets it when it closes, and the database knows when it ends.
    fn set_cookie(&self, id: Id) -> Option<HeaderValue> {
        HeaderValue::from_str(&format!("{}={id}; {}", self.cookie_name, self.attributes())).ok()
    }

    fn remove_cookie(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&format!(
            "{}=; {}; Max-Age=0",
            self.cookie_name,
            self.attributes()
        ))
        .ok()
    }

    fn attributes(&self) -> &'static str {
        if self.is_secure {
            "Path=/; Secure; HttpOnly; SameSite=Lax"
        } else {
            "Path=/; HttpOnly; SameSite=Lax"
        }
    }
}

/// Gives the request its session, and saves what the handler made of it.
pub(in crate::http) async fn carry(
    State(layer): State<Arc<SessionLayer>>,
    mut request: Request,
    next: Next,
) -> Response {
    let taste = Taste::of(request.headers());
    let presented = cookie(request.headers(), &layer.cookie_name);
    let store = if request.headers().contains_key(POLL_HEADER) {
        &layer.polled
    } else {
        &layer.store
    };
    let session = Session::new(
        presented.and_then(|id| id.parse().ok()),
        Arc::clone(store),
        None,
    );
    let was_presented = presented.is_some();
    request.extensions_mut().insert(session.clone());

    let mut response = next.run(request).await;
    let is_empty = session.is_empty().await;
    if is_empty && was_presented {
        append_cookie(&mut response, layer.remove_cookie());
    } else if session.is_modified() && !is_empty && !response.status().is_server_error() {
        if session.save().await.is_err() {
            // The cause was logged where it happened.
            let error = ApiError::new(
                ErrorCode::Unavailable,
                "The session cannot be saved just now. Try again in a moment.",
            );
            return refuse(taste, &error.with_retry_after_secs(2));
        }
        append_cookie(
            &mut response,
            session.id().and_then(|id| layer.set_cookie(id)),
        );
    }
    for name in ["Sec-Fetch-Site", "Origin", "Cookie"] {
        response
            .headers_mut()
            .append(header::VARY, HeaderValue::from_static(name));
    }
    response
}

fn append_cookie(response: &mut Response, cookie: Option<HeaderValue>) {
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(found, value)| (found == name).then_some(value))
}
