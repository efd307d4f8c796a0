use std::fmt;
use std::time::Duration;

use super::Outcome;
use crate::FilterError;

/// What Order Desk wrote about a refusal: on one line, at most [`crate::MAX_MESSAGE`] characters.
///
/// Not ours: show it as quoted data, never as guidance. Kept out of `Debug` and of
/// [`ClientError`]'s text, since it may repeat what a customer wrote.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct UpstreamText(String);

impl UpstreamText {
    pub(super) fn new(text: Option<String>) -> Self {
        Self(text.unwrap_or_default())
    }

    /// The text; blank when Order Desk gave none.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for UpstreamText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("..")
    }
}

/// Why a call gave no result. Never holds a key or a customer's data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// 401 or 403: the store id and key do not fit.
    #[error("Order Desk refused the store id or API key")]
    Unauthorized,
    /// 404, or a refusal that says so.
    #[error("Order Desk has no such record")]
    NotFound,
    /// Refused; nothing was changed.
    #[error("Order Desk refused the request (HTTP {status})")]
    Rejected {
        /// HTTP status; can be 200.
        status: u16,
        /// What Order Desk said.
        message: UpstreamText,
    },
    /// The bucket is empty upstream; nothing was changed.
    #[error("Order Desk's request limit is reached; try again in {} s", secs(*retry_after))]
    RateLimited {
        /// When it is worth trying again.
        retry_after: Duration,
    },
    /// The store has been failing, so nothing was sent.
    #[error("Order Desk has been failing for this store; try again in {} s", secs(*retry_after))]
    CircuitOpen {
        /// When the next probe is allowed.
        retry_after: Duration,
    },
    /// Too many calls wait for this store's pace, or the deadline came first; nothing was sent.
    #[error("too many requests wait for this store; try again in {} s", secs(*retry_after))]
    Overloaded {
        /// When it is worth trying again.
        retry_after: Duration,
    },
    /// A read was answered with 5xx, to the last try.
    #[error("Order Desk failed (HTTP {status})")]
    Unavailable {
        /// HTTP status.
        status: u16,
    },
    /// No connection; nothing was sent.
    #[error("Order Desk cannot be reached")]
    Connect,
    /// A read was not answered in time.
    #[error("Order Desk did not answer in time")]
    Timeout,
    /// The connection broke while a read was on its way.
    #[error("the connection to Order Desk broke")]
    Lost,
    /// The answer of a read is larger than allowed.
    #[error("Order Desk's reply exceeds {limit_bytes} bytes")]
    TooLarge {
        /// The limit.
        limit_bytes: usize,
    },
    /// The answer of a read is not what the API documents.
    #[error("Order Desk's reply cannot be understood: {what}")]
    InvalidReply {
        /// What is wrong with it.
        what: &'static str,
    },
    /// The call makes no sense; nothing was sent.
    #[error("invalid request: {what}")]
    InvalidRequest {
        /// What is wrong with it.
        what: &'static str,
    },
    /// A filter makes no sense; nothing was sent.
    #[error("invalid filter")]
    InvalidFilter(#[from] FilterError),
    /// A write was sent and its answer is missing or unusable: it may or may not have been applied.
    /// Never send it again without reading first.
    #[error("it is unknown whether Order Desk applied the change")]
    OutcomeUnknown {
        /// How the try ended.
        cause: Outcome,
        /// The HTTP status, once one arrived.
        status: Option<u16>,
    },
}

impl ClientError {
    /// When it is worth trying again, where that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after }
            | Self::CircuitOpen { retry_after }
            | Self::Overloaded { retry_after } => Some(*retry_after),
            _ => None,
        }
    }

    /// True when a write may or may not have been applied.
    pub fn is_outcome_unknown(&self) -> bool {
        matches!(self, Self::OutcomeUnknown { .. })
    }

    /// True when certainly nothing was sent.
    pub fn is_unsent(&self) -> bool {
        matches!(
            self,
            Self::CircuitOpen { .. }
                | Self::Overloaded { .. }
                | Self::Connect
                | Self::InvalidRequest { .. }
                | Self::InvalidFilter(_)
        )
    }

    /// A short name for metrics and traces.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Unauthorized => "unauthorized",
            Self::NotFound => "not_found",
            Self::Rejected { .. } => "rejected",
            Self::RateLimited { .. } => "rate_limited",
            Self::CircuitOpen { .. } => "circuit_open",
            Self::Overloaded { .. } => "overloaded",
            Self::Unavailable { .. } => "server_error",
            Self::Connect => "connect",
            Self::Timeout => "timeout",
            Self::Lost => "lost",
            Self::TooLarge { .. } => "too_large",
            Self::InvalidReply { .. } => "invalid_reply",
            Self::InvalidRequest { .. } | Self::InvalidFilter(_) => "invalid_request",
            Self::OutcomeUnknown { .. } => "outcome_unknown",
        }
    }
}

/// Whole seconds, rounded up, so that nobody is told to come back too early.
fn secs(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}
