//! Latencies, counted in buckets that are at most 1/64 wide of their value.

use std::time::Duration;

/// Buckets for each doubling, as a power of two.
const SUB_BITS: u32 = 6;
const SUB: usize = 1 << SUB_BITS;
/// Enough for every `u64` of nanoseconds.
const BUCKETS: usize = (64 - SUB_BITS as usize + 1) * SUB;

/// Counted latencies.
#[derive(Clone)]
pub(crate) struct Histogram {
    buckets: Vec<u64>,
    count: u64,
    max: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self {
            buckets: vec![0; BUCKETS],
            count: 0,
            max: 0,
        }
    }
}

impl Histogram {
    /// Counts one.
    pub(crate) fn record(&mut self, latency: Duration) {
        let nanos = u64::try_from(latency.as_nanos()).unwrap_or(u64::MAX);
        self.buckets[bucket_of(nanos)] += 1;
        self.count += 1;
        self.max = self.max.max(nanos);
    }

    /// Adds all that another one counted.
    pub(crate) fn add(&mut self, other: &Self) {
        for (mine, theirs) in self.buckets.iter_mut().zip(&other.buckets) {
            *mine += theirs;
        }
        self.count += other.count;
        self.max = self.max.max(other.max);
    }

    /// How many were counted.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// The longest.
    pub(crate) fn max(&self) -> Duration {
        Duration::from_nanos(self.max)
    }

    /// What `share` of them (0 to 1) did not exceed, rounded up to the end of its bucket; zero when nothing was
    /// counted.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "counts stay far below 2^52 and shares are between 0 and 1"
    )]
    pub(crate) fn quantile(&self, share: f64) -> Duration {
        let rank = ((self.count as f64 * share).ceil() as u64).max(1);
        let mut seen = 0;
        for (bucket, counted) in self.buckets.iter().enumerate() {
            seen += counted;
            if seen >= rank {
                return Duration::from_nanos(end_of(bucket).min(self.max));
            }
        }
        Duration::ZERO
    }
}

fn bucket_of(nanos: u64) -> usize {
    let shift = (u64::BITS - nanos.leading_zeros()).saturating_sub(SUB_BITS + 1);
    let within = usize::try_from(nanos >> shift).expect("at most 2 * SUB - 1");
    shift as usize * SUB + within
}

/// The largest value in a bucket.
fn end_of(bucket: usize) -> u64 {
    let shift = (bucket / SUB).saturating_sub(1);
    let within = (bucket - shift * SUB) as u64;
    ((u128::from(within + 1) << shift) - 1)
        .try_into()
        .unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_lies_in_its_bucket() {
        let mut values: Vec<u64> = (0..100_000).collect();
        values.extend((0..64).flat_map(|bit| [1 << bit, (1 << bit) - 1, (1 << bit) + 1]));
        values.push(u64::MAX);
        for value in values {
            let bucket = bucket_of(value);
            assert!(bucket < BUCKETS, "{value}");
            let end = end_of(bucket);
            assert!(value <= end, "{value} is beyond {end}");
            assert!(
                end - value <= value / 64,
                "{value} is told as {end}, more than 1/64 off"
            );
            assert!(
                bucket == 0 || end_of(bucket - 1) < value,
                "{value} belongs to an earlier bucket"
            );
        }
    }

    #[test]
    fn quantiles_are_those_of_the_values() {
        let mut histogram = Histogram::default();
        for millis in 1..=1000 {
            histogram.record(Duration::from_millis(millis));
        }
        for (share, millis) in [(0.0, 1.0), (0.5, 500.0), (0.99, 990.0), (1.0, 1000.0)] {
            let told = histogram.quantile(share).as_secs_f64() * 1000.0;
            assert!(
                (told - millis).abs() <= millis / 64.0,
                "{share}: {told} ms instead of {millis} ms"
            );
        }
        assert_eq!(histogram.max(), Duration::from_secs(1));
    }

    #[test]
    fn two_together_are_as_one() {
        let (mut low, mut high) = (Histogram::default(), Histogram::default());
        for _ in 0..99 {
            low.record(Duration::from_micros(10));
        }
        high.record(Duration::from_secs(1));
        low.add(&high);
        assert_eq!(low.count(), 100);
        assert!(low.quantile(0.99) < Duration::from_micros(11));
        assert_eq!(low.quantile(1.0), Duration::from_secs(1));
    }

    #[test]
    fn nothing_counted_is_zero() {
        assert_eq!(Histogram::default().quantile(0.99), Duration::ZERO);
    }
}
