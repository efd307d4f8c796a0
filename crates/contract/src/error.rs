//! The one error that reaches people and programs.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What kind of failure it is; status, MCP outcome and exit code follow from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// No credential, or one that is not valid (any more).
    Unauthenticated,
    /// The credential is valid and may not do this.
    Forbidden,
    /// There is no such thing, or it is not the caller's.
    NotFound,
    /// The request is wrong; `field` says where.
    Invalid,
    /// The request contradicts what is stored.
    Conflict,
    /// Too many requests; `retry_after_secs` says when to come back.
    RateLimited,
    /// Order Desk refused the store's credentials.
    UpstreamRefused,
    /// Order Desk refused the request itself.
    UpstreamRejected,
    /// Order Desk cannot be reached or is failing.
    UpstreamUnavailable,
    /// Order Desk did not answer in time.
    UpstreamTimeout,
    /// This server cannot do it just now.
    Unavailable,
    /// The caller went away before the answer. Nobody receives it; it stands in recorded calls.
    Cancelled,
    /// A fault of ours; it was logged with the request id.
    Internal,
    /// The browser could not reach the server. Only ever made in the browser.
    Transport,
}

impl ErrorCode {
    /// Every code.
    pub const ALL: [Self; 14] = [
        Self::Unauthenticated,
        Self::Forbidden,
        Self::NotFound,
        Self::Invalid,
        Self::Conflict,
        Self::RateLimited,
        Self::UpstreamRefused,
        Self::UpstreamRejected,
        Self::UpstreamUnavailable,
        Self::UpstreamTimeout,
        Self::Unavailable,
        Self::Cancelled,
        Self::Internal,
        Self::Transport,
    ];

    /// The code's name on the wire and in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unauthenticated => "unauthenticated",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::Invalid => "invalid",
            Self::Conflict => "conflict",
            Self::RateLimited => "rate_limited",
            Self::UpstreamRefused => "upstream_refused",
            Self::UpstreamRejected => "upstream_rejected",
            Self::UpstreamUnavailable => "upstream_unavailable",
            Self::UpstreamTimeout => "upstream_timeout",
            Self::Unavailable => "unavailable",
            Self::Cancelled => "cancelled",
            Self::Internal => "internal",
            Self::Transport => "transport",
        }
    }

    /// The HTTP status (RFC 9110, 429 from RFC 6585) an answer with this error carries.
    pub fn http_status(self) -> u16 {
        match self {
            Self::Unauthenticated => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Invalid => 422,
            Self::Conflict => 409,
            Self::RateLimited => 429,
            Self::UpstreamRefused | Self::UpstreamRejected => 502,
            Self::UpstreamUnavailable | Self::Unavailable | Self::Transport => 503,
            Self::UpstreamTimeout => 504,
            // Not in a standard; what proxies log for it.
            Self::Cancelled => 499,
            Self::Internal => 500,
        }
    }

    /// Whether the caller can put it right by sending something else, or later.
    pub fn is_mendable(self) -> bool {
        !matches!(self, Self::Internal)
    }
}

/// A failure in words for the person or model that caused or met it: what happened, and what to do
/// next. It never holds a secret, a customer's data or an inner error's text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiError {
    /// The kind of failure.
    pub code: ErrorCode,
    /// What happened and what to do next, in one to three sentences.
    pub message: String,
    /// The argument or form field at fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What would have been accepted, where that is a short list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowed: Vec<String>,
    /// Whole seconds after which the same request may succeed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_secs: Option<u64>,
}

impl ApiError {
    /// An error with nothing but a code and a message.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            field: None,
            allowed: Vec::new(),
            retry_after_secs: None,
        }
    }

    /// A wrong argument or form field.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            field: Some(field.into()),
            ..Self::new(ErrorCode::Invalid, message)
        }
    }

    /// The fault is ours. The text is always the same; the cause is in the log.
    pub fn internal() -> Self {
        Self::new(
            ErrorCode::Internal,
            "Something went wrong on our side and was logged. Try again; if it stays, tell the operator the request id.",
        )
    }

    /// Adds what would have been accepted.
    #[must_use]
    pub fn with_allowed<T: Into<String>>(mut self, allowed: impl IntoIterator<Item = T>) -> Self {
        self.allowed = allowed.into_iter().map(Into::into).collect();
        self
    }

    /// Everything there is to say, as models read it: the message, with the allowed values and the waiting time where it
    /// does not say them itself.
    pub fn in_words(&self) -> String {
        let mut text = self.message.clone();
        let is_said = |value: &String| text.contains(value.as_str());
        if !self.allowed.iter().all(is_said) {
            text.push_str(&format!(" Allowed: {}.", self.allowed.join(", ")));
        }
        if let Some(seconds) = self.retry_after_secs
            && !text.contains(&seconds.to_string())
        {
            text.push_str(&format!(" Try again in {seconds} s."));
        }
        text
    }

    /// Adds when to come back; never 0, which would invite a busy loop.
    #[must_use]
    pub fn with_retry_after_secs(mut self, seconds: u64) -> Self {
        self.retry_after_secs = Some(seconds.max(1));
        self
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ApiError {}
