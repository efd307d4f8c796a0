//! Who calls `/mcp`: the bearer key in `Authorization`, and nowhere else. A key in an address would end up in logs,
//! histories and referrers, so it is not even looked for there.

use axum::extract::Request;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, header};
use orderdesk_mcp_contract::{ApiError, ErrorCode};
use orderdesk_mcp_domain::{Door, Services};

use super::access::OfTenant;
use super::facts::Facts;
use crate::http::answer::{Taste, refuse};

/// Puts the `Caller` into the request, or answers 401 or 429.
pub(in crate::http) async fn require<F: Future<Output = Response>>(
    services: &Services,
    mut request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    let origin = Facts::origin(&request, Door::Mcp);
    let Some(key) = bearer(request.headers()) else {
        return unauthenticated("Bearer", &no_key());
    };
    let caller = match services.authenticate(key, origin.clone()).await {
        Ok(caller) => caller,
        Err(error) if error.code == ErrorCode::Unauthenticated => {
            return unauthenticated("Bearer error=\"invalid_token\"", &error);
        }
        Err(error) => return refuse(Taste::Json, &error),
    };
    let tenant = OfTenant(caller.tenant_id());
    request.extensions_mut().insert(caller);
    request.extensions_mut().insert(origin);
    let mut response = next(request).await;
    response.extensions_mut().insert(tenant);
    response
        .headers_mut()
        .append(header::VARY, HeaderValue::from_static("Authorization"));
    response
}

/// The key of `Authorization: Bearer KEY`; the scheme's case does not matter (RFC 9110, 11.1).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, key) = headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .split_once(' ')?;
    let key = key.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !key.is_empty()).then_some(key)
}

fn no_key() -> ApiError {
    ApiError::new(
        ErrorCode::Unauthenticated,
        "Send a key of this server as `Authorization: Bearer odm_...`; the web app's Connect page makes one.",
    )
}

fn unauthenticated(challenge: &'static str, error: &ApiError) -> Response {
    let mut response = refuse(Taste::Json, error);
    response.headers_mut().insert(
        header::WWW_AUTHENTICATE,
        HeaderValue::from_static(challenge),
    );
    response
}
