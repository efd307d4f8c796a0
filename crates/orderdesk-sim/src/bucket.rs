//! The leaky bucket: 20 requests, refilled with 3 a second.

use std::time::Duration;

/// Requests a full bucket holds.
pub const BUCKET_SIZE: u32 = 20;
/// Requests that come back each second.
pub const REFILL_PER_SEC: u32 = 3;

/// One store's bucket. Kept in thirds of a millisecond-token so that no rounding creeps in: a request
/// costs 1,000 units and each millisecond brings 3.
#[derive(Debug)]
pub(crate) struct Bucket {
    units: u64,
    filled_at: Duration,
}

/// What the bucket says to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Go on; this many whole requests are left.
    Pass { remaining: u64 },
    /// Too many; come back after this many seconds.
    Refuse { retry_after_secs: u64 },
}

const COST: u64 = 1_000;
const FULL: u64 = BUCKET_SIZE as u64 * COST;

impl Bucket {
    pub(crate) fn full(now: Duration) -> Self {
        Self {
            units: FULL,
            filled_at: now,
        }
    }

    /// Takes one request out, after refilling for the time since the last call.
    pub(crate) fn take(&mut self, now: Duration) -> Verdict {
        // The millisecond is the unit: what is younger stays for the next call.
        let elapsed_ms = now.saturating_sub(self.filled_at).as_millis();
        let refill = u64::try_from(elapsed_ms)
            .unwrap_or(FULL)
            .saturating_mul(u64::from(REFILL_PER_SEC));
        self.units = FULL.min(self.units.saturating_add(refill));
        self.filled_at += Duration::from_millis(u64::try_from(elapsed_ms).unwrap_or(0));
        if self.units < COST {
            let per_sec = u64::from(REFILL_PER_SEC) * 1_000;
            let retry_after_secs = (COST - self.units).div_ceil(per_sec).max(1);
            return Verdict::Refuse { retry_after_secs };
        }
        self.units -= COST;
        Verdict::Pass {
            remaining: self.units / COST,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_at_once_then_three_a_second() {
        let start = Duration::from_secs(1_000);
        let mut bucket = Bucket::full(start);
        for left in (0..20).rev() {
            assert_eq!(bucket.take(start), Verdict::Pass { remaining: left });
        }
        assert_eq!(
            bucket.take(start),
            Verdict::Refuse {
                retry_after_secs: 1
            }
        );
        let later = start + Duration::from_millis(333);
        assert_eq!(
            bucket.take(later),
            Verdict::Refuse {
                retry_after_secs: 1
            }
        );
        let later = start + Duration::from_millis(334);
        assert_eq!(bucket.take(later), Verdict::Pass { remaining: 0 });
        let later = start + Duration::from_secs(60);
        assert_eq!(bucket.take(later), Verdict::Pass { remaining: 19 });
    }

    #[test]
    fn thirty_seconds_admit_a_hundred_and_ten() {
        let start = Duration::from_secs(5);
        let mut bucket = Bucket::full(start);
        let passed = (0..=30_000)
            .filter(|ms| {
                matches!(
                    bucket.take(start + Duration::from_millis(*ms)),
                    Verdict::Pass { .. }
                )
            })
            .count();
        assert_eq!(passed, 110);
    }

    #[test]
    fn a_clock_that_steps_back_gives_nothing() {
        let mut bucket = Bucket::full(Duration::from_secs(100));
        for _ in 0..20 {
            bucket.take(Duration::from_secs(100));
        }
        assert_eq!(
            bucket.take(Duration::from_secs(50)),
            Verdict::Refuse {
                retry_after_secs: 1
            }
        );
    }
}
