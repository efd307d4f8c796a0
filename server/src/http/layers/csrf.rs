//! No page of another site can make a signed-in browser change anything: `Sec-Fetch-Site`, or `Origin` where
//! browsers do not send it, must name our own origin on every request that is not GET, HEAD or OPTIONS.

use anyhow::Context;
use axum::response::Response;
use http::StatusCode;
use orderdesk_mcp_contract::{ApiError, ErrorCode};
use tower_http::csrf::{CsrfLayer, ProtectionError, ResponseForProtectionError};

use crate::config::WebOrigin;
use crate::http::answer::{Taste, refuse_as};

/// How a refused request is answered: as JSON, for another site's page has no use for one of ours.
#[derive(Debug, Clone, Copy)]
pub(in crate::http) struct Refusal;

impl ResponseForProtectionError<axum::body::Body> for Refusal {
    fn response_for_protection_error(&mut self, _: ProtectionError) -> Response {
        let error = ApiError::new(
            ErrorCode::Forbidden,
            "This request came from a page of another site and was refused. Open this server's own page and try there.",
        );
        refuse_as(Taste::Json, StatusCode::FORBIDDEN, &error)
    }
}

/// The layer; our public origin is trusted also where a proxy changes `Host`.
///
/// # Errors
/// The public origin is not one, which the settings rule out.
pub(in crate::http) fn layer(public: &WebOrigin) -> anyhow::Result<CsrfLayer<Refusal>> {
    let layer = CsrfLayer::new()
        .add_trusted_origin(public.to_string())
        .context("PUBLIC_URL is not an origin")?;
    Ok(layer.with_rejection_response(Refusal))
}
