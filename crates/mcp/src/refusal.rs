//! An HTTP answer that refuses a request, as a JSON-RPC error.

use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use orderdesk_mcp_contract::ApiError;
use rmcp::model::{ErrorCode, ErrorData, JsonRpcError, RequestId};

/// Why a request is answered by the gate, with everything its answer needs.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    retry_after_secs: Option<u64>,
    body: Box<JsonRpcError>,
}

impl Refusal {
    /// A refusal of a message whose id is not known (yet).
    pub fn new(status: StatusCode, error: ErrorData) -> Self {
        Self {
            status,
            retry_after_secs: None,
            body: Box::new(JsonRpcError::new(None, error)),
        }
    }

    /// The HTTP request itself is wrong.
    pub fn invalid(status: StatusCode, message: impl Into<String>) -> Self {
        Self::new(
            status,
            ErrorData::new(ErrorCode::INVALID_REQUEST, message.into(), None),
        )
    }

    /// An error of the use cases.
    pub fn of_error(error: &ApiError) -> Self {
        let status = StatusCode::from_u16(error.code.http_status())
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self {
            retry_after_secs: error.retry_after_secs,
            ..Self::new(status, error_data(error))
        }
    }

    /// A plain-text refusal of the protocol layer, in our words where its own would not help.
    pub(crate) fn of_text(status: StatusCode, text: &str) -> Self {
        match status {
            // The gate has seen a message of the right form, so the fault lies deeper than it looked.
            StatusCode::UNSUPPORTED_MEDIA_TYPE if text.starts_with("fail to deserialize") => {
                let message = if text.contains("recursion limit") {
                    "The message is nested too deeply; 100 levels are always accepted."
                } else {
                    "`params` does not have the form that this method takes, or holds text that is not Unicode."
                };
                let error = ErrorData::new(ErrorCode::INVALID_PARAMS, message, None);
                Self::new(StatusCode::BAD_REQUEST, error)
            }
            StatusCode::METHOD_NOT_ALLOWED => Self::invalid(
                status,
                "This endpoint takes POST only: there are no sessions and no server streams.",
            ),
            _ if status.is_server_error() => Self::new(
                status,
                ErrorData::new(
                    ErrorCode::INTERNAL_ERROR,
                    ApiError::internal().message,
                    None,
                ),
            ),
            _ => Self::invalid(status, text.trim()),
        }
    }

    /// Adds the id of the request that is refused.
    #[must_use]
    pub fn for_request(mut self, id: Option<RequestId>) -> Self {
        self.body.id = id;
        self
    }
}

/// An error of the use cases in JSON-RPC. Its code is the HTTP status: the range below -32000 belongs to the
/// protocol, and numbers of our own must lie outside it.
pub(crate) fn error_data(error: &ApiError) -> ErrorData {
    let code = ErrorCode(i32::from(error.code.http_status()));
    let data = serde_json::json!({ "code": error.code.as_str(), "retry_after_secs": error.retry_after_secs });
    ErrorData::new(code, error.message.clone(), Some(data))
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self.body).unwrap_or_default();
        let mut response =
            (self.status, [(CONTENT_TYPE, "application/json")], body).into_response();
        if let Some(seconds) = self.retry_after_secs {
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            response
                .headers_mut()
                .insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
