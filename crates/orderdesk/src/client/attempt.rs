use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::Operation;

/// How a try ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Answered and understood.
    Ok,
    /// 401 or 403.
    Unauthorized,
    /// 404.
    NotFound,
    /// Refused with another 4xx, or with `status: "error"`.
    Rejected,
    /// 429.
    RateLimited,
    /// 5xx, and 408 and 425, after which it is open whether anything was done.
    ServerError,
    /// No connection: nothing was sent.
    Connect,
    /// No answer in time.
    Timeout,
    /// The connection broke after the request was sent.
    Lost,
    /// The answer exceeds the size limit.
    TooLarge,
    /// The answer is not what the API documents.
    InvalidReply,
    /// The caller gave up while the request was on its way.
    Cancelled,
}

impl Outcome {
    /// A short name for metrics and traces: `ok`, `rate_limited`, ...
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Unauthorized => "unauthorized",
            Self::NotFound => "not_found",
            Self::Rejected => "rejected",
            Self::RateLimited => "rate_limited",
            Self::ServerError => "server_error",
            Self::Connect => "connect",
            Self::Timeout => "timeout",
            Self::Lost => "lost",
            Self::TooLarge => "too_large",
            Self::InvalidReply => "invalid_reply",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether Order Desk, or the way to it, is to blame; `None` when the try says nothing of that.
    pub(super) fn is_healthy(self) -> Option<bool> {
        match self {
            Self::Ok | Self::Unauthorized | Self::NotFound | Self::Rejected | Self::RateLimited => {
                Some(true)
            }
            Self::ServerError | Self::Connect | Self::Timeout | Self::Lost | Self::InvalidReply => {
                Some(false)
            }
            Self::TooLarge | Self::Cancelled => None,
        }
    }
}

/// One try of a call, as reported to an [`Observer`]. Holds no key and no customer's data.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Attempt {
    /// What was called; its name and route template are fit for metric labels.
    pub operation: &'static Operation,
    /// 1 for the first try.
    pub number: u32,
    /// When the try took its place in the queue, on tokio's clock.
    pub queued: Instant,
    /// How long it waited for the store's pace before it was sent.
    pub paced_for: Duration,
    /// How long it took from being sent to its end.
    pub duration: Duration,
    /// The HTTP status, once one arrived.
    pub status: Option<u16>,
    /// How it ended.
    pub outcome: Outcome,
    /// What Order Desk said is left in the bucket.
    pub tokens_remaining: Option<u32>,
    /// Bytes of the answer, decompressed.
    pub bytes: usize,
    /// The pause before the next try; `None` when this was the last.
    pub retry_in: Option<Duration>,
}

/// Is told of every try. Called on the task that makes the call: be quick, do not block.
pub trait Observer: Send + Sync {
    /// A try ended.
    fn attempt(&self, attempt: &Attempt);

    /// The W3C `traceparent` under which requests are sent; none for requests that belong to nobody's trace.
    fn traceparent(&self) -> Option<&str> {
        None
    }
}

/// An [`Observer`] that keeps the attempts, for those who want a list.
#[derive(Debug, Default)]
pub struct Recorder(Mutex<Vec<Attempt>>);

impl Recorder {
    /// The attempts so far, taken out.
    pub fn take(&self) -> Vec<Attempt> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Observer for Recorder {
    fn attempt(&self, attempt: &Attempt) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(*attempt);
    }
}
