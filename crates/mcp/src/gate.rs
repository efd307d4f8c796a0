//! The gate in front of the protocol layer: one reading of the body, one form of refusal.
//!
//! rmcp answers malformed bodies with `415 text/plain`, refuses clients that accept only JSON, and sets no cache
//! headers. The gate answers all of that itself, in JSON-RPC, so that every refusal names its fault.

use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, VARY};
use http::{Extensions, HeaderMap, HeaderValue, Method, StatusCode};
use orderdesk_mcp_contract::ApiError;
use rmcp::model::RequestId;

use crate::message::Message;
use crate::refusal::Refusal;

/// Longest text of the protocol layer's refusals that is passed on, in bytes.
const REFUSAL_TEXT_MAX: usize = 4096;
/// What the protocol layer insists on, whatever it answers with.
const ACCEPT_BOTH: HeaderValue = HeaderValue::from_static("application/json, text/event-stream");

/// Takes one request's price from whoever the request extensions say is calling.
pub type Charge = Arc<dyn Fn(&Extensions) -> Result<(), ApiError> + Send + Sync>;

/// What the gate checks.
#[derive(Clone)]
pub struct Gate {
    /// Largest request body, in bytes.
    pub max_body_bytes: usize,
    /// Called once for every request that is not a well-formed `tools/call`; those are charged by the use
    /// cases, which know the price of each tool.
    pub charge: Charge,
}

/// The gate as axum middleware.
pub async fn pass(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let mut response = gate
        .admit(request, next)
        .await
        .unwrap_or_else(Refusal::into_response);
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.append(VARY, HeaderValue::from_static("Authorization"));
    response
}

impl Gate {
    async fn admit(&self, request: Request, next: Next) -> Result<Response, Refusal> {
        let (mut parts, body) = request.into_parts();
        let charge = |id: Option<&RequestId>| {
            (self.charge)(&parts.extensions)
                .map_err(|error| Refusal::of_error(&error).for_request(id.cloned()))
        };
        if parts.method != Method::POST {
            charge(None)?;
            return in_json_rpc(next.run(Request::from_parts(parts, body)).await, None).await;
        }
        let body = read_body(body, self.max_body_bytes).await?;
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
        let response = next.run(Request::from_parts(parts, Body::from(body))).await;
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
    let takes_json = |value: &HeaderValue| {
        value.to_str().is_ok_and(|text| {
            text.split(',').any(|range| {
                let essence = range
                    .split(';')
                    .next()
                    .unwrap_or_default()
                    .trim()
                    .to_ascii_lowercase();
                matches!(
                    essence.as_str(),
                    "application/json" | "application/*" | "*/*"
                )
            })
        })
    };
    if !headers.contains_key(ACCEPT) || headers.get_all(ACCEPT).iter().any(takes_json) {
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
