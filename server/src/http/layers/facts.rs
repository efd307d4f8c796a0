//! What is known of a request before anyone is recognised: its id and where it came from.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::Request;
use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue};
use orderdesk_mcp_domain::{Door, Origin, traceparent};

use super::headers::random_text;
use crate::config::TrustedProxies;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRACEPARENT: &str = "traceparent";
const FORWARDED_FOR: &str = "x-forwarded-for";
/// Longer than any id in use (a UUID has 36).
const REQUEST_ID_MAX: usize = 64;
/// As much of the client's name as is recorded.
const CLIENT_MAX: usize = 120;

/// The other end of the connection; the listener puts it into the request.
#[derive(Debug, Clone, Copy)]
pub(in crate::http) struct Peer(pub(in crate::http) SocketAddr);

/// What later layers and the log need to know.
#[derive(Debug, Clone)]
pub(in crate::http) struct Facts {
    /// The id the request is logged under.
    pub(in crate::http) request_id: Arc<str>,
    /// The client's address.
    pub(in crate::http) ip: Option<IpAddr>,
    /// The client's trace context, from the header of that name.
    pub(in crate::http) traceparent: Option<Arc<str>>,
}

impl Facts {
    /// What the use cases are told.
    pub(in crate::http) fn origin(request: &Request, door: Door) -> Origin {
        let facts = request.extensions().get::<Self>();
        Origin {
            door,
            ip: facts.and_then(|facts| facts.ip),
            request_id: facts.map(|facts| Arc::clone(&facts.request_id)),
            client: user_agent(request.headers()),
            traceparent: facts.and_then(|facts| facts.traceparent.clone()),
        }
    }
}

/// Gives the request its id, finds the client's address, and returns the id with the answer.
pub(in crate::http) async fn gather<F: Future<Output = Response>>(
    proxies: &TrustedProxies,
    mut request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    let request_id = given_id(request.headers())
        .or_else(random_text)
        .unwrap_or_else(|| "unknown".into());
    let ip = request.extensions().get::<Peer>().map(|Peer(peer)| {
        let forwarded = request.headers().get_all(FORWARDED_FOR);
        let forwarded = forwarded.iter().map(HeaderValue::as_bytes);
        proxies.client_ip(peer.ip(), forwarded)
    });
    let returned = HeaderValue::from_str(&request_id);
    let traceparent = given_traceparent(request.headers());
    request.extensions_mut().insert(Facts {
        request_id: request_id.into(),
        ip,
        traceparent,
    });
    let mut response = next(request).await;
    if let Ok(returned) = returned {
        response.headers_mut().insert(REQUEST_ID, returned);
    }
    response
}

/// An id that a proxy gave already, if it is one: it goes into the log as it is.
fn given_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(REQUEST_ID)?.to_str().ok()?;
    let is_sane = (1..=REQUEST_ID_MAX).contains(&id.len())
        && id
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    is_sane.then(|| id.to_owned())
}

fn given_traceparent(headers: &HeaderMap) -> Option<Arc<str>> {
    let text = headers.get(TRACEPARENT)?.to_str().ok()?;
    traceparent(text).map(Into::into)
}

fn user_agent(headers: &HeaderMap) -> Option<Arc<str>> {
    let agent = headers.get(http::header::USER_AGENT)?.to_str().ok()?;
    let agent = agent.chars().filter(|c| !c.is_control());
    let agent: String = agent.take(CLIENT_MAX).collect();
    Some(agent.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_sane_ids_only() {
        for (id, is_taken) in [
            ("0123-abc_DEF.9", true),
            ("", false),
            ("a b", false),
            ("a\u{e9}", false),
            ("<script>", false),
            (&"a".repeat(64), true),
            (&"a".repeat(65), false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, HeaderValue::from_bytes(id.as_bytes()).unwrap());
            assert_eq!(given_id(&headers).is_some(), is_taken, "{id:?}");
        }
    }
}
