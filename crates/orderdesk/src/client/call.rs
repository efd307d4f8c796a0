use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};

use super::answer::{self, Bad};
use super::attempt::Attempt;
use super::connection::Inner;
use super::exchange::{Answer, Failure, exchange};
use super::gate::Refused;
use super::request::Request;
use super::retry::{Decision, asked_pause, decide, tokens_remaining};
use super::stores::StoreState;
use super::{CallContext, ClientError, Credentials, Operation, Outcome};
use crate::Envelope;

/// Calls to one store with one context; its methods are Order Desk's operations.
///
/// Each method makes one call: waits for the store's pace, sends, and repeats reads that failed for
/// a passing reason, all within the deadline. Dropping the future cancels it; a write cancelled on
/// its way may still be applied.
///
/// # Errors
/// Every method returns [`ClientError`]; writes give [`ClientError::OutcomeUnknown`] whenever they
/// may have been applied without a usable answer.
pub struct Call<'a> {
    inner: Arc<Inner>,
    credentials: &'a Credentials,
    context: &'a CallContext,
}

impl<'a> Call<'a> {
    pub(super) fn new(
        inner: Arc<Inner>,
        credentials: &'a Credentials,
        context: &'a CallContext,
    ) -> Self {
        Self {
            inner,
            credentials,
            context,
        }
    }

    /// Makes the call and reads the payload with `read`, whose complaint makes the answer invalid.
    pub(super) async fn run<T>(
        &self,
        request: Request,
        read: impl Fn(Envelope) -> Result<T, &'static str>,
    ) -> Result<T, ClientError> {
        let deadline = Instant::now() + self.inner.config.deadline;
        let deadline = self
            .context
            .deadline
            .map_or(deadline, |asked| asked.min(deadline));
        let state = self.inner.state(self.credentials);
        self.inner.count_call();
        let mut last = None;
        for number in 1.. {
            // Once something was tried, its failure says more than not getting another try.
            let (result, pause) = match self
                .attempt(&state, &request, number, deadline, &read)
                .await
            {
                Attempted::Refused(error) => return Err(last.unwrap_or(error)),
                Attempted::Done(result, pause) => (result, pause),
            };
            match (result, pause) {
                (Ok(value), _) => return Ok(value),
                (Err(error), None) => return Err(error),
                (Err(error), Some(pause)) => {
                    last = Some(error);
                    sleep(pause).await;
                }
            }
        }
        Err(last.unwrap_or(ClientError::Connect))
    }

    /// One try, from the queue to the report.
    async fn attempt<T>(
        &self,
        state: &StoreState,
        request: &Request,
        number: u32,
        deadline: Instant,
        read: &impl Fn(Envelope) -> Result<T, &'static str>,
    ) -> Attempted<T> {
        let queued = Instant::now();
        // Asked before the queue, to answer at once, and again after it, to count the probe.
        if let Some(retry_after) = state.refuses_for() {
            return Attempted::Refused(ClientError::CircuitOpen { retry_after });
        }
        let permit = match state.gate.enter(self.context.priority, deadline).await {
            Ok(permit) => permit,
            Err(Refused::RateLimited(retry_after)) => {
                return Attempted::Refused(ClientError::RateLimited { retry_after });
            }
            Err(Refused::Overloaded(retry_after)) => {
                return Attempted::Refused(ClientError::Overloaded { retry_after });
            }
        };
        let ticket = match state.admit() {
            Ok(ticket) => ticket,
            Err(retry_after) => {
                return Attempted::Refused(ClientError::CircuitOpen { retry_after });
            }
        };
        let mut report = Report::begin(self.context, request.operation, number, queued);
        let answer = self.send(request, deadline).await;
        let asked = report.note(&answer);
        if let Some(remaining) = report.attempt.tokens_remaining {
            permit.correct(remaining);
        }
        if let Some(pause) = asked {
            permit.block(pause);
        }
        let result = self.interpret(request.operation, answer, asked.unwrap_or_default(), read);
        drop(permit);
        let outcome = result.as_ref().err().map_or(Outcome::Ok, |bad| bad.outcome);
        if let Some(healthy) = outcome.is_healthy() {
            state.record(ticket, healthy);
        }
        let pause = self.pause(
            request.operation,
            outcome,
            report.attempt.status,
            asked,
            number,
            deadline,
        );
        report.end(outcome, pause);
        Attempted::Done(result.map_err(|bad| bad.error), pause)
    }

    async fn send(&self, request: &Request, deadline: Instant) -> Result<Answer, Failure> {
        let config = &self.inner.config;
        let until = deadline.min(Instant::now() + config.try_timeout);
        let exchange = exchange(
            &self.inner.http,
            &self.inner.base_url,
            self.credentials,
            self.context.traceparent(),
            request,
            config.max_response_bytes,
        );
        timeout_at(until, exchange)
            .await
            .unwrap_or_else(|_| Err(Failure::new(Outcome::Timeout)))
    }

    fn interpret<T>(
        &self,
        operation: &'static Operation,
        answer: Result<Answer, Failure>,
        pause: Duration,
        read: &impl Fn(Envelope) -> Result<T, &'static str>,
    ) -> Result<T, Bad> {
        match answer {
            Ok(answer) => {
                let envelope = answer::interpret(operation, answer.status, &answer.body, pause)?;
                read(envelope).map_err(|what| answer::invalid(operation, Some(answer.status), what))
            }
            // A refusal counts as one, whatever became of its body.
            Err(Failure {
                head: Some((status, _)),
                ..
            }) if status >= 400 => match answer::interpret(operation, status, b"", pause) {
                Err(bad) => Err(bad),
                Ok(_) => Err(answer::invalid(
                    operation,
                    Some(status),
                    "an unexpected HTTP status",
                )),
            },
            Err(Failure {
                outcome: Outcome::TooLarge,
                head,
            }) if operation.is_read() => {
                let _ = head;
                let limit_bytes = self.inner.config.max_response_bytes;
                Err(Bad {
                    outcome: Outcome::TooLarge,
                    error: ClientError::TooLarge { limit_bytes },
                })
            }
            Err(Failure { outcome, head }) => {
                let status = head.map(|(status, _)| status);
                let what = "it cannot be decompressed";
                Err(Bad {
                    outcome,
                    error: answer::failed(operation, outcome, status, what),
                })
            }
        }
    }

    /// The pause before another try, if there is to be one and it can begin before the deadline.
    fn pause(
        &self,
        operation: &Operation,
        outcome: Outcome,
        status: Option<u16>,
        asked: Option<Duration>,
        number: u32,
        deadline: Instant,
    ) -> Option<Duration> {
        let roll = self.inner.roll();
        match decide(
            operation,
            outcome,
            status,
            asked,
            number,
            self.inner.config.max_tries,
            roll,
        ) {
            Decision::Stop => None,
            Decision::Wait(pause) if Instant::now() + pause >= deadline => None,
            Decision::Wait(pause) => self.inner.spend_retry().then_some(pause),
        }
    }
}

enum Attempted<T> {
    /// Nothing was sent.
    Refused(ClientError),
    /// Sent; with the pause before the next try, if any.
    Done(Result<T, ClientError>, Option<Duration>),
}

/// Reports the try when it ends, and as cancelled when it is dropped before.
struct Report<'a> {
    context: &'a CallContext,
    attempt: Attempt,
    sent: Instant,
}

impl<'a> Report<'a> {
    fn begin(
        context: &'a CallContext,
        operation: &'static Operation,
        number: u32,
        queued: Instant,
    ) -> Self {
        let sent = Instant::now();
        let attempt = Attempt {
            operation,
            number,
            queued,
            paced_for: sent - queued,
            duration: Duration::ZERO,
            status: None,
            outcome: Outcome::Cancelled,
            tokens_remaining: None,
            bytes: 0,
            retry_in: None,
        };
        Self {
            context,
            attempt,
            sent,
        }
    }

    /// Notes what arrived; gives the pause a 429 asks for.
    fn note(&mut self, answer: &Result<Answer, Failure>) -> Option<Duration> {
        let (status, headers) = match answer {
            Ok(answer) => {
                self.attempt.bytes = answer.body.len();
                (answer.status, &answer.headers)
            }
            Err(failure) => {
                let (status, headers) = failure.head.as_ref()?;
                (*status, headers)
            }
        };
        self.attempt.status = Some(status);
        self.attempt.tokens_remaining = tokens_remaining(headers);
        (status == 429).then(|| asked_pause(headers))
    }

    fn end(mut self, outcome: Outcome, retry_in: Option<Duration>) {
        self.attempt.outcome = outcome;
        self.attempt.retry_in = retry_in;
    }
}

impl Drop for Report<'_> {
    fn drop(&mut self) {
        self.attempt.duration = self.sent.elapsed();
        self.context.report(&self.attempt);
    }
}
