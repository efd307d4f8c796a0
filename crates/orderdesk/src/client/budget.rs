//! How many repeated tries a client may make in all, so that it never multiplies an outage.

use tokio::time::Instant;

/// Share of calls that may be repeated.
const SHARE: f64 = 0.1;
/// Repeats granted a second without any calls, so that a quiet client has one in hand.
const TRICKLE: f64 = 0.1;
/// Repeats in hand at the start: one call's two, and one more.
const START: f64 = 3.0;
/// Most repeats saved up.
const MOST: f64 = 10.0;

/// Saves a tenth of a repeat with every call, and spends one with every repeat.
pub(super) struct Budget {
    saved: f64,
    counted_at: Instant,
}

impl Budget {
    pub fn new(now: Instant) -> Self {
        Self {
            saved: START,
            counted_at: now,
        }
    }

    /// A call begins.
    pub fn call(&mut self, now: Instant) {
        self.trickle(now);
        self.saved = (self.saved + SHARE).min(MOST);
    }

    /// Whether a try may be repeated; if so it is counted.
    pub fn spend(&mut self, now: Instant) -> bool {
        self.trickle(now);
        let granted = self.saved >= 1.0;
        if granted {
            self.saved -= 1.0;
        }
        granted
    }

    fn trickle(&mut self, now: Instant) {
        let elapsed = now.saturating_duration_since(self.counted_at).as_secs_f64();
        self.saved = (self.saved + elapsed * TRICKLE).min(MOST);
        self.counted_at = self.counted_at.max(now);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_tenth_of_the_calls_may_be_repeated() {
        let now = Instant::now();
        let mut budget = Budget::new(now);
        let repeats = (0..1000).filter(|_| {
            budget.call(now);
            budget.spend(now)
        });
        // Those in hand at the start, and a tenth; the float sum may lack the last.
        assert!((102..=103).contains(&repeats.count()));
    }

    #[test]
    fn a_quiet_client_gets_its_repeat_back() {
        let now = Instant::now();
        let mut budget = Budget::new(now);
        assert_eq!((0..50).filter(|_| budget.spend(now)).count(), 3);
        assert!(budget.spend(now + Duration::from_secs(11)));
        let later = now + Duration::from_secs(100_000);
        assert_eq!((0..50).filter(|_| budget.spend(later)).count(), 10);
    }
}
