//! The gate in front of the protocol layer: one reading of the body, one form of refusal.
//!
//! rmcp answers malformed bodies with `415 text/plain`, refuses clients that accept only JSON, and sets no cache
//! headers. The gate answers all of that itself, in JSON-RPC, so that every refusal names its fault.

use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use futures::future::BoxFuture;
use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, VARY};
use http::{Extensions, HeaderMap, HeaderValue, Method, StatusCode};
use orderdesk_mcp_contract::ApiError;
use rmcp::model::RequestId;

use crate::accept::takes_json;
use crate::message::Message;
use crate::plain::Plain;
use crate::refusal::Refusal;

/// Longest text of the protocol layer's refusals that is passed on, in bytes.
const REFUSAL_TEXT_MAX: usize = 4096;
/// What the protocol layer insists on, whatever it answers with.
const ACCEPT_BOTH: HeaderValue = HeaderValue::from_static("application/json, text/event-stream");

/// Takes one request's price from whoever the request extensions say is calling.
pub type Charge = Arc<dyn Fn(&Extensions) -> Result<(), ApiError> + Send + Sync>;

/// The protocol layer, as the gate passes requests on to it.
pub(crate) type Protocol = Box<dyn Fn(Request) -> BoxFuture<'static, Response> + Send + Sync>;

/// What the gate checks, and what lies behind it.
pub(crate) struct Gate {
    /// Largest request body, in bytes.
    pub(crate) max_body_bytes: usize,
    /// Called once for every request that is not a well-formed `tools/call`; those are charged by the use
    /// cases, which know the price of each tool.
    pub(crate) charge: Charge,
    /// Answers calls that need no protocol layer. Absent behind handlers other than the product's.
    pub(crate) plain: Option<Plain>,
    /// Answers all others.
    pub(crate) protocol: Protocol,
}

impl Gate {
    /// Answers a request.
    pub(crate) async fn pass(&self, request: Request) -> Response {
        let mut response = self
            .admit(request)
            .await
            .unwrap_or_else(Refusal::into_response);
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.append(VARY, HeaderValue::from_static("Authorization"));
        response
    }

    async fn admit(&self, request: Request) -> Result<Response, Refusal> {
        let (mut parts, body) = request.into_parts();
        let charge = |id: Option<&RequestId>| {
            (self.charge)(&parts.extensions)
                .map_err(|error| Refusal::of_error(&error).for_request(id.cloned()))
        };
        if parts.method != Method::POST {
            charge(None)?;
            let request = Request::from_parts(parts, body);
            return in_json_rpc((self.protocol)(request).await, None).await;
        }
        let body = read_body(body, self.max_body_bytes).await?;
        if let Some(plain) = &self.plain
            && let Some((caller, call)) = plain.recognise(&parts, &body)
        {
            return plain.answer(caller, call).await;
        }
        let message = match Message::read(&body) {
            Ok(message) => message,
            Err(fault) => {
                charge(fault.id.as_ref())?;
                return Err(
                    Refusal::new(StatusCode::BAD_REQUEST, *fault.error).for_request(fault.id)
                );
            }
        };
        if !message.is_tool_call {
            charge(message.id.as_ref())?;
        }
        let caller = message.is_tool_call.then(|| parts.extensions.clone());
        accept_what_we_answer(&mut parts.headers);
        let response = (self.protocol)(Request::from_parts(parts, Body::from(body))).await;
        // A call refused before it reached a tool has cost nobody anything yet.
        if let Some(caller) = caller.filter(|_| response.status().is_client_error()) {
            (self.charge)(&caller)
                .map_err(|error| Refusal::of_error(&error).for_request(message.id.clone()))?;
        }
        in_json_rpc(response, message.id).await
    }
}

/// The layer in front measures size and time; this bound only keeps the gate safe without it.
async fn read_body(body: Body, max_bytes: usize) -> Result<Bytes, Refusal> {
    to_bytes(body, max_bytes).await.map_err(|_| {
        let message = format!("The body has more than {max_bytes} bytes, or broke off.");
        Refusal::invalid(StatusCode::PAYLOAD_TOO_LARGE, message)
    })
}

/// The answer is always JSON, so a client that accepts JSON, or anything, is served although the protocol
/// layer wants to see event streams accepted too.
fn accept_what_we_answer(headers: &mut HeaderMap) {
    if takes_json(headers) {
        headers.insert(ACCEPT, ACCEPT_BOTH);
    }
}

/// Puts the protocol layer's plain-text refusals into JSON-RPC, keeping status and headers.
async fn in_json_rpc(response: Response, id: Option<RequestId>) -> Result<Response, Refusal> {
    let status = response.status();
    let is_json = response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if is_json || !(status.is_client_error() || status.is_server_error()) {
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let text = to_bytes(body, REFUSAL_TEXT_MAX).await.unwrap_or_default();
    let refusal = Refusal::of_text(status, &String::from_utf8_lossy(&text)).for_request(id);
    let mut worded = refusal.into_response();
    for (name, value) in &parts.headers {
        if name != CONTENT_TYPE && name != http::header::CONTENT_LENGTH {
            worded.headers_mut().append(name, value.clone());
        }
    }
    Ok(worded)
}
