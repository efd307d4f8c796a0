//! What an answer means. Pure.

use std::time::Duration;

use super::{ClientError, Operation, Outcome, UpstreamText};
use crate::json::Json;
use crate::{Envelope, Status};

/// A try that gave no result: how it ended, and the error if it was the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bad {
    pub outcome: Outcome,
    pub error: ClientError,
}

/// Reads an answer that arrived whole. `pause` is what a 429 asks for.
pub(super) fn interpret(
    operation: &Operation,
    status: u16,
    body: &[u8],
    pause: Duration,
) -> Result<Envelope, Bad> {
    let bad = |outcome, error| Err(Bad { outcome, error });
    let envelope = Json::from_slice(body)
        .ok()
        .and_then(|json| Envelope::read(json).ok());
    let said = |envelope: Option<Envelope>| {
        UpstreamText::new(envelope.and_then(|envelope| envelope.message()))
    };
    match status {
        200..=299 => success(operation, status, envelope),
        401 | 403 => bad(Outcome::Unauthorized, ClientError::Unauthorized),
        404 => bad(Outcome::NotFound, ClientError::NotFound),
        429 => bad(
            Outcome::RateLimited,
            ClientError::RateLimited { retry_after: pause },
        ),
        // A timeout or an early request told by a proxy says nothing of what Order Desk did.
        408 | 425 | 500..=599 => bad(
            Outcome::ServerError,
            failed(operation, Outcome::ServerError, Some(status), ""),
        ),
        400..=499 => bad(
            Outcome::Rejected,
            ClientError::Rejected {
                status,
                message: said(envelope),
            },
        ),
        _ => bad(
            Outcome::InvalidReply,
            failed(
                operation,
                Outcome::InvalidReply,
                Some(status),
                "an unexpected HTTP status",
            ),
        ),
    }
}

fn success(
    operation: &Operation,
    status: u16,
    envelope: Option<Envelope>,
) -> Result<Envelope, Bad> {
    let Some(envelope) = envelope else {
        return Err(invalid(operation, Some(status), "it is not a JSON object"));
    };
    match envelope.status() {
        Status::Success => Ok(envelope),
        // Reads show by their payload whether they worked; a write without a word did not prove it.
        Status::Unknown if operation.is_read() => Ok(envelope),
        Status::Unknown => Err(invalid(operation, Some(status), "it has no status")),
        Status::Error => {
            let message = envelope.message();
            let is_missing = operation.is_read()
                && operation.route.contains('{')
                && message.as_deref().is_some_and(says_not_found);
            Err(if is_missing {
                Bad {
                    outcome: Outcome::NotFound,
                    error: ClientError::NotFound,
                }
            } else {
                let message = UpstreamText::new(message);
                Bad {
                    outcome: Outcome::Rejected,
                    error: ClientError::Rejected { status, message },
                }
            })
        }
    }
}

/// Order Desk's own wording of a missing record is not documented; "not found" is all one can go by.
fn says_not_found(message: &str) -> bool {
    message.to_ascii_lowercase().contains("not found")
}

/// The answer arrived, but not what was asked for.
pub(super) fn invalid(operation: &Operation, status: Option<u16>, what: &'static str) -> Bad {
    let outcome = Outcome::InvalidReply;
    Bad {
        outcome,
        error: failed(operation, outcome, status, what),
    }
}

/// The error of a try without a usable answer: for a write it is open what happened, unless nothing
/// was sent at all.
pub(super) fn failed(
    operation: &Operation,
    outcome: Outcome,
    status: Option<u16>,
    what: &'static str,
) -> ClientError {
    match outcome {
        Outcome::Connect => ClientError::Connect,
        _ if !operation.is_read() => ClientError::OutcomeUnknown {
            cause: outcome,
            status,
        },
        Outcome::Timeout => ClientError::Timeout,
        Outcome::ServerError => ClientError::Unavailable {
            status: status.unwrap_or_default(),
        },
        Outcome::InvalidReply => ClientError::InvalidReply { what },
        _ => ClientError::Lost,
    }
}

#[cfg(test)]
mod tests {
    use super::super::operation::{CREATE_ORDER, GET_ORDER, LIST_ORDERS, UPDATE_ORDER};
    use super::*;

    fn label(operation: &Operation, status: u16, body: &str) -> &'static str {
        match interpret(operation, status, body.as_bytes(), Duration::from_secs(2)) {
            Ok(_) => "ok",
            Err(bad) => bad.error.label(),
        }
    }

    #[test]
    fn reads_and_writes_by_status_and_body() {
        let ok = r#"{"status":"success","order":{}}"#;
        let refused = r#"{"status":"error","message":"Order Not Found"}"#;
        for (status, body, read, write) in [
            (200, ok, "ok", "ok"),
            (201, ok, "ok", "ok"),
            (200, r#"{"order":{}}"#, "ok", "outcome_unknown"),
            (200, refused, "not_found", "rejected"),
            (
                200,
                r#"{"status":"error","message":"Locked"}"#,
                "rejected",
                "rejected",
            ),
            (200, "", "invalid_reply", "outcome_unknown"),
            (200, "[]", "invalid_reply", "outcome_unknown"),
            (200, "<html>", "invalid_reply", "outcome_unknown"),
            (
                200,
                r#"{"status":"succ"#,
                "invalid_reply",
                "outcome_unknown",
            ),
            (302, "", "invalid_reply", "outcome_unknown"),
            (400, refused, "rejected", "rejected"),
            (400, "<html>", "rejected", "rejected"),
            (401, "", "unauthorized", "unauthorized"),
            (403, "", "unauthorized", "unauthorized"),
            (404, "", "not_found", "not_found"),
            (408, "", "server_error", "outcome_unknown"),
            (425, "", "server_error", "outcome_unknown"),
            (429, "<html>", "rate_limited", "rate_limited"),
            (500, refused, "server_error", "outcome_unknown"),
            (502, "<html>", "server_error", "outcome_unknown"),
            (504, "", "server_error", "outcome_unknown"),
        ] {
            assert_eq!(label(&GET_ORDER, status, body), read, "GET {status} {body}");
            for operation in [&CREATE_ORDER, &UPDATE_ORDER] {
                assert_eq!(
                    label(operation, status, body),
                    write,
                    "{operation:?} {status} {body}"
                );
            }
        }
        assert_eq!(
            label(&LIST_ORDERS, 200, refused),
            "rejected",
            "a list has no record to miss"
        );
    }

    #[test]
    fn without_an_answer_a_write_is_open_unless_nothing_was_sent() {
        for (outcome, read) in [
            (Outcome::Timeout, "timeout"),
            (Outcome::Lost, "lost"),
            (Outcome::InvalidReply, "invalid_reply"),
        ] {
            assert_eq!(failed(&GET_ORDER, outcome, None, "").label(), read);
            assert_eq!(
                failed(&UPDATE_ORDER, outcome, None, "").label(),
                "outcome_unknown"
            );
        }
        assert_eq!(
            failed(&UPDATE_ORDER, Outcome::Connect, None, "").label(),
            "connect"
        );
    }
}
