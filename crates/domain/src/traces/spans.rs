//! The spans of a call under way, told of every request to Order Desk while it happens: a call that is
//! cancelled still shows what was sent.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use orderdesk::client::{Attempt, Observer, Outcome};
use orderdesk_mcp_storage::record::{Attributes, SpanKind, SpanRecord};
use serde_json::json;
use tokio::time::Instant;

use crate::metrics;

/// Most steps of one call that are kept: the first ones to end.
const KEPT_MAX: usize = 5_000;
/// A shorter wait is not worth a span.
const WORTH_SHOWING: Duration = Duration::from_millis(1);

pub(crate) struct SpanLog {
    began: Instant,
    /// The caller's trace, which requests to Order Desk carry on as it came.
    traceparent: Option<Arc<str>>,
    kept: Mutex<Kept>,
}

/// The spans so far.
#[derive(Default)]
struct Kept {
    spans: Vec<SpanRecord>,
    /// How many more there were.
    left_out: u64,
}

impl SpanLog {
    pub(super) fn new(began: Instant, traceparent: Option<Arc<str>>) -> Self {
        Self {
            began,
            traceparent,
            kept: Mutex::default(),
        }
    }

    /// A log of work that no call waits for; its requests are counted, and nobody reads the spans.
    pub(crate) fn unread() -> Self {
        Self::new(Instant::now(), None)
    }

    pub(super) fn add(
        &self,
        kind: SpanKind,
        name: impl Into<Cow<'static, str>>,
        began: Instant,
        took: Duration,
        ok: bool,
        attributes: Attributes,
    ) {
        if cfg!(feature = "unrecorded") {
            return;
        }
        let mut kept = self.kept();
        if kept.spans.len() >= KEPT_MAX {
            kept.left_out += 1;
            return;
        }
        kept.spans.push(SpanRecord {
            kind,
            name: name.into(),
            offset_us: micros(began.saturating_duration_since(self.began)),
            duration_us: micros(took),
            ok,
            attributes,
        });
    }

    /// Notes something that began at `began` and has just ended.
    pub(crate) fn ended(
        &self,
        kind: SpanKind,
        name: impl Into<Cow<'static, str>>,
        began: Instant,
        ok: bool,
    ) {
        self.add(kind, name, began, began.elapsed(), ok, Attributes::NONE);
    }

    /// Notes a wait that began at `began` and has just ended, where it is worth showing.
    pub(crate) fn waited(&self, name: &'static str, began: Instant) {
        if began.elapsed() >= WORTH_SHOWING {
            self.ended(SpanKind::Queue, name, began, true);
        }
    }

    /// Notes that the caller was proved in this time, before the call began, where that is worth showing.
    pub(super) fn proved_in(&self, took: Duration) {
        if took >= WORTH_SHOWING {
            let name = "prove the credential";
            self.add(
                SpanKind::Auth,
                name,
                self.began,
                took,
                true,
                Attributes::NONE,
            );
        }
    }

    /// The spans so far, by when they began, and how many more there were.
    pub(super) fn take(&self) -> (Vec<SpanRecord>, u64) {
        let Kept {
            mut spans,
            left_out,
        } = std::mem::take(&mut *self.kept());
        spans.sort_by_key(|span| span.offset_us);
        (spans, left_out)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for SpanLog {
    fn attempt(&self, attempt: &Attempt) {
        count(attempt);
        if attempt.paced_for >= WORTH_SHOWING {
            self.add(
                SpanKind::Pace,
                "wait for the store's bucket",
                attempt.queued,
                attempt.paced_for,
                true,
                Attributes::NONE,
            );
        }
        let name = format!("{} {}", attempt.operation.method, attempt.operation.route);
        let sent = attempt.queued + attempt.paced_for;
        let attributes = Attributes::of(&json!({
            "attempt": attempt.number,
            "status": attempt.status,
            "outcome": attempt.outcome.as_str(),
            "tokens_remaining": attempt.tokens_remaining,
            "bytes": attempt.bytes,
            "retry_in_ms": attempt.retry_in.map(|pause| pause.as_millis()),
        }));
        self.add(
            SpanKind::Upstream,
            name,
            sent,
            attempt.duration,
            attempt.outcome == Outcome::Ok,
            attributes,
        );
    }

    fn traceparent(&self) -> Option<&str> {
        self.traceparent.as_deref()
    }
}

fn count(attempt: &Attempt) {
    let operation = attempt.operation.name;
    let outcome = attempt.outcome.as_str();
    ::metrics::counter!(metrics::UPSTREAM_REQUESTS_TOTAL, "operation" => operation, "outcome" => outcome).increment(1);
    ::metrics::histogram!(metrics::UPSTREAM_REQUEST_DURATION_SECONDS, "operation" => operation)
        .record(attempt.duration.as_secs_f64());
    ::metrics::histogram!(metrics::UPSTREAM_PACING_WAIT_SECONDS)
        .record(attempt.paced_for.as_secs_f64());
    if attempt.retry_in.is_some() {
        ::metrics::counter!(metrics::UPSTREAM_RETRIES_TOTAL).increment(1);
    }
}

pub(super) fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_beyond_the_most_are_counted_and_not_kept() {
        let began = Instant::now();
        let log = SpanLog::new(began, None);
        for _ in 0..KEPT_MAX + 3 {
            log.ended(SpanKind::Cache, "orders", began, true);
        }
        let (spans, left_out) = log.take();
        assert_eq!((spans.len(), left_out), (KEPT_MAX, 3));
        assert_eq!(log.take(), (Vec::new(), 0));
    }

    #[test]
    fn proving_is_shown_where_it_took_a_while() {
        let log = SpanLog::new(Instant::now(), None);
        log.proved_in(Duration::from_micros(999));
        log.proved_in(Duration::from_millis(80));
        let (spans, _) = log.take();
        let shown = spans
            .iter()
            .map(|span| (span.kind, span.offset_us, span.duration_us));
        assert_eq!(shown.collect::<Vec<_>>(), [(SpanKind::Auth, 0, 80_000)]);
    }
}
