//! A mirror of Order Desk's bucket for one store. Pure: the time is an argument.

use std::time::Duration;

use tokio::time::Instant;

use super::PaceConfig;

/// Tokens as far as we know. Only ever corrected downwards by what Order Desk says: a reply may be
/// late or wrong, and sending too slowly for a moment costs less than a 429.
#[derive(Debug, Clone)]
pub(super) struct Bucket {
    burst: f64,
    per_second: f64,
    tokens: f64,
    counted_at: Instant,
    blocked_until: Option<Instant>,
}

impl Bucket {
    pub fn new(pace: &PaceConfig, now: Instant) -> Self {
        let burst = f64::from(pace.burst);
        Self {
            burst,
            per_second: pace.per_second,
            tokens: burst,
            counted_at: now,
            blocked_until: None,
        }
    }

    /// Takes one token if more than `reserve` are left; else tells how long that takes.
    pub fn take(&mut self, now: Instant, reserve: u32) -> Result<(), Duration> {
        let wait = self.ready_in(now, reserve);
        if wait.is_zero() {
            self.tokens -= 1.0;
            return Ok(());
        }
        Err(wait)
    }

    /// How long until one token can be taken and `reserve` are left.
    pub fn ready_in(&mut self, now: Instant, reserve: u32) -> Duration {
        self.refill(now);
        // A reserve the bucket cannot hold would wait for ever.
        let needed = (f64::from(reserve) + 1.0).min(self.burst);
        let blocked = self.blocked_for(now).unwrap_or_default();
        let missing = needed - self.tokens;
        // Rounding must not make anybody wait for a billionth of a token.
        if missing <= 1e-9 {
            return blocked;
        }
        // While blocked the bucket fills as well, and a nanosecond more makes sure it has.
        let filled = Duration::from_secs_f64(missing / self.per_second) + Duration::from_nanos(1);
        blocked.max(filled)
    }

    /// Order Desk says `remaining` are left, while `others` of ours may not have reached it yet.
    pub fn correct(&mut self, now: Instant, remaining: u32, others: u32) {
        self.refill(now);
        self.tokens = self.tokens.min(f64::from(remaining.saturating_sub(others)));
    }

    /// Order Desk answered 429: nothing is left, and nothing is sent for `pause`.
    pub fn block(&mut self, now: Instant, pause: Duration) {
        self.refill(now);
        self.tokens = 0.0;
        let until = now + pause;
        self.blocked_until = Some(self.blocked_until.map_or(until, |before| before.max(until)));
    }

    /// How long Order Desk's 429 still forbids sending.
    pub fn blocked_for(&self, now: Instant) -> Option<Duration> {
        let left = self.blocked_until?.saturating_duration_since(now);
        (!left.is_zero()).then_some(left)
    }

    /// Whole tokens left.
    pub fn tokens(&mut self, now: Instant) -> u32 {
        self.refill(now);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "0 to burst"
        )]
        let whole = self.tokens.floor() as u32;
        whole
    }

    fn refill(&mut self, now: Instant) {
        let elapsed = now.saturating_duration_since(self.counted_at).as_secs_f64();
        self.tokens = (self.tokens + elapsed * self.per_second).min(self.burst);
        self.counted_at = self.counted_at.max(now);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PACE: PaceConfig = PaceConfig {
        burst: 20,
        per_second: 3.0,
        reserve: 5,
        prefetch_reserve: 10,
        max_in_flight: 4,
        max_waiting: 64,
    };

    #[test]
    fn twenty_at_once_then_three_a_second() {
        let now = Instant::now();
        let mut bucket = Bucket::new(&PACE, now);
        assert_eq!((0..30).filter(|_| bucket.take(now, 0).is_ok()).count(), 20);
        let wait = bucket.take(now, 0).unwrap_err();
        assert!((0.333..0.334).contains(&wait.as_secs_f64()));
        assert!(
            bucket.take(now + wait, 0).is_ok(),
            "the wait told is enough"
        );
        let later = now + wait + Duration::from_secs(1);
        assert_eq!((0..30).filter(|_| bucket.take(later, 0).is_ok()).count(), 3);
    }

    #[test]
    fn reads_leave_a_reserve() {
        let now = Instant::now();
        let mut bucket = Bucket::new(&PACE, now);
        assert_eq!((0..30).filter(|_| bucket.take(now, 5).is_ok()).count(), 15);
        assert_eq!((0..30).filter(|_| bucket.take(now, 0).is_ok()).count(), 5);
    }

    #[test]
    fn corrected_downwards_only() {
        let now = Instant::now();
        let mut bucket = Bucket::new(&PACE, now);
        bucket.correct(now, 7, 2);
        assert_eq!(bucket.tokens(now), 5);
        bucket.correct(now, 19, 0);
        assert_eq!(bucket.tokens(now), 5);
        bucket.correct(now, 1, 3);
        assert_eq!(bucket.tokens(now), 0);
    }

    #[test]
    fn a_429_stops_everybody_for_its_pause() {
        let now = Instant::now();
        let mut bucket = Bucket::new(&PACE, now);
        bucket.block(now, Duration::from_secs(5));
        bucket.block(now, Duration::from_secs(1));
        assert_eq!(bucket.take(now, 0), Err(Duration::from_secs(5)));
        assert!(bucket.take(now + Duration::from_secs(5), 0).is_ok());
        assert_eq!(bucket.blocked_for(now + Duration::from_secs(5)), None);
    }

    #[derive(Debug, Clone)]
    enum Step {
        Pass(u64),
        Take(u32),
        Correct(u32, u32),
        Block(u64),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (0_u64..2_000).prop_map(Step::Pass),
            (0_u32..12).prop_map(Step::Take),
            (0_u32..12).prop_map(Step::Take),
            (0_u32..12).prop_map(Step::Take),
            (0_u32..30, 0_u32..4).prop_map(|(remaining, others)| Step::Correct(remaining, others)),
            (0_u64..3_000).prop_map(Step::Block),
        ]
    }

    proptest! {
        #[test]
        fn over_any_window_no_more_than_burst_and_rate(steps in prop::collection::vec(step(), 1..200)) {
            let start = Instant::now();
            let mut now = start;
            let mut bucket = Bucket::new(&PACE, now);
            let mut taken = Vec::new();
            for step in steps {
                match step {
                    Step::Pass(ms) => now += Duration::from_millis(ms),
                    Step::Take(reserve) => match bucket.take(now, reserve) {
                        Ok(()) => taken.push(now),
                        Err(wait) => {
                            prop_assert!(bucket.clone().take(now + wait, reserve).is_ok(), "the wait told is enough");
                        }
                    },
                    Step::Correct(remaining, others) => bucket.correct(now, remaining, others),
                    Step::Block(ms) => bucket.block(now, Duration::from_millis(ms)),
                }
                prop_assert!(bucket.tokens >= 0.0 && bucket.tokens <= 20.0);
            }
            for (index, first) in taken.iter().enumerate() {
                for (count, last) in taken[index..].iter().enumerate() {
                    let window = last.duration_since(*first).as_secs_f64();
                    prop_assert!((count + 1) as f64 <= 20.0 + 3.0 * window + 1e-6);
                }
            }
        }
    }
}
