//! Whether to try again: pure, no clock, no randomness of its own.

use std::time::Duration;

use reqwest::header::HeaderMap;

use super::{Operation, Outcome};

/// Shortest pause before another try.
const SHORTEST: Duration = Duration::from_millis(100);
/// Longest pause before another try, unless Order Desk asks for more.
const LONGEST: Duration = Duration::from_secs(2);
/// Longest pause Order Desk can ask for.
const MAX_ASKED: Duration = Duration::from_secs(60);
/// The pause after a 429 that names none.
const DEFAULT_ASKED: Duration = Duration::from_secs(30);

/// What to do after a try that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    /// Try again after that pause.
    Wait(Duration),
    /// Give the error to the caller.
    Stop,
}

/// Decides after try number `attempt` (from 1) of at most `max_tries`.
///
/// Only reads are repeated, and only after failures that pass: 429, 500, 502, 503, 504, a timeout, a
/// connection refused or lost. The pause is drawn by `roll` (0 to 1) between 100 ms and a ceiling
/// that grows from 500 ms to 2 s, and comes on top of `asked`, what a 429 named.
pub(super) fn decide(
    operation: &Operation,
    outcome: Outcome,
    status: Option<u16>,
    asked: Option<Duration>,
    attempt: u32,
    max_tries: u32,
    roll: f64,
) -> Decision {
    let passes = match outcome {
        Outcome::RateLimited | Outcome::Connect | Outcome::Timeout | Outcome::Lost => true,
        Outcome::ServerError => matches!(status, Some(500 | 502 | 503 | 504)),
        _ => false,
    };
    if !operation.is_read() || !passes || attempt >= max_tries {
        return Decision::Stop;
    }
    let ceiling =
        LONGEST.min(Duration::from_millis(500) * 4_u32.saturating_pow(attempt.saturating_sub(1)));
    let jitter = SHORTEST + (ceiling - SHORTEST).mul_f64(roll.clamp(0.0, 1.0));
    Decision::Wait(asked.unwrap_or_default() + jitter)
}

/// The pause a 429 asks for: `X-Retry-After` as documented, else `Retry-After`, in whole seconds,
/// at most 60 s; 30 s when neither is readable.
pub(super) fn asked_pause(headers: &HeaderMap) -> Duration {
    let seconds = |name| headers.get(name)?.to_str().ok()?.trim().parse::<u64>().ok();
    seconds("x-retry-after")
        .or_else(|| seconds("retry-after"))
        .map_or(DEFAULT_ASKED, |seconds| {
            Duration::from_secs(seconds).min(MAX_ASKED)
        })
}

/// What Order Desk says is left in the bucket; below zero reads as zero.
pub(super) fn tokens_remaining(headers: &HeaderMap) -> Option<u32> {
    let text = headers.get("x-tokens-remaining")?.to_str().ok()?.trim();
    let number = text.parse::<i64>().ok()?;
    Some(u32::try_from(number.max(0)).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

    use super::super::operation::{CREATE_ORDER, GET_ORDER, UPDATE_ORDER};
    use super::*;

    const MS: fn(u64) -> Duration = Duration::from_millis;

    #[test]
    fn reads_are_repeated_after_what_passes() {
        use Outcome::{
            Connect, Lost, NotFound, RateLimited, Rejected, ServerError, Timeout, TooLarge,
        };
        for (outcome, status, again) in [
            (Connect, None, true),
            (Timeout, None, true),
            (Lost, None, true),
            (RateLimited, Some(429), true),
            (ServerError, Some(500), true),
            (ServerError, Some(502), true),
            (ServerError, Some(503), true),
            (ServerError, Some(504), true),
            (ServerError, Some(501), false),
            (ServerError, Some(408), false),
            (NotFound, Some(404), false),
            (Rejected, Some(400), false),
            (Rejected, Some(200), false),
            (Outcome::Unauthorized, Some(401), false),
            (Outcome::InvalidReply, Some(200), false),
            (TooLarge, Some(200), false),
            (Outcome::Cancelled, None, false),
        ] {
            let decision = decide(&GET_ORDER, outcome, status, None, 1, 3, 0.0);
            assert_eq!(decision != Decision::Stop, again, "{outcome:?} {status:?}");
            for write in [&CREATE_ORDER, &UPDATE_ORDER] {
                assert_eq!(
                    decide(write, outcome, status, None, 1, 3, 0.0),
                    Decision::Stop,
                    "{outcome:?}"
                );
            }
        }
    }

    #[test]
    fn pauses_are_bounded_and_tries_counted() {
        let pause =
            |attempt, roll| decide(&GET_ORDER, Outcome::Timeout, None, None, attempt, 5, roll);
        assert_eq!(pause(1, 0.0), Decision::Wait(MS(100)));
        assert_eq!(pause(1, 1.0), Decision::Wait(MS(500)));
        assert_eq!(pause(2, 1.0), Decision::Wait(MS(2000)));
        assert_eq!(pause(4, 7.0), Decision::Wait(MS(2000)));
        assert_eq!(pause(5, 0.0), Decision::Stop);
        let asked = decide(
            &GET_ORDER,
            Outcome::RateLimited,
            Some(429),
            Some(MS(1000)),
            2,
            3,
            0.0,
        );
        assert_eq!(asked, Decision::Wait(MS(1100)));
    }

    #[test]
    fn headers_are_read_leniently() {
        let headers = |pairs: &[(&'static str, &'static str)]| -> HeaderMap {
            pairs
                .iter()
                .map(|(name, value)| {
                    (
                        HeaderName::from_static(name),
                        HeaderValue::from_static(value),
                    )
                })
                .collect()
        };
        for (pairs, seconds) in [
            (&[("x-retry-after", "2")][..], 2),
            (&[("retry-after", "3")], 3),
            (&[("retry-after", "3"), ("x-retry-after", "2")], 2),
            (&[("x-retry-after", "soon"), ("retry-after", "3")], 3),
            (&[("x-retry-after", "0")], 0),
            (&[("x-retry-after", "86400")], 60),
            (&[("retry-after", "Wed, 21 Oct 2026 07:28:00 GMT")], 30),
            (&[("x-retry-after", "-1")], 30),
            (&[], 30),
        ] {
            assert_eq!(asked_pause(&headers(pairs)).as_secs(), seconds, "{pairs:?}");
        }
        for (text, tokens) in [
            ("19", Some(19)),
            (" 0 ", Some(0)),
            ("-1", Some(0)),
            ("many", None),
        ] {
            assert_eq!(
                tokens_remaining(&headers(&[("x-tokens-remaining", text)])),
                tokens,
                "{text}"
            );
        }
        assert_eq!(tokens_remaining(&HeaderMap::new()), None);
    }
}
