//! Percentiles of calls that are counted by classes of durations.

use std::collections::BTreeMap;

use orderdesk_mcp_storage::record::{DurationClass, DurationCount};

/// How many calls took how long.
#[derive(Debug, Default)]
pub(super) struct Durations(BTreeMap<DurationClass, u64>);

impl Durations {
    /// Of all slots together.
    pub(super) fn of(counts: &[DurationCount]) -> Self {
        let mut all = Self::default();
        for count in counts {
            all.add(count);
        }
        all
    }

    pub(super) fn add(&mut self, count: &DurationCount) {
        *self.0.entry(count.class).or_default() += count.calls;
    }

    /// The duration that so many per cent of the calls do not exceed, in milliseconds, rounded up; absent without calls. Within
    /// its class the calls are taken as evenly spread, so it is right to within a quarter.
    pub(super) fn percentile_ms(&self, per_cent: u64) -> Option<u64> {
        let calls: u64 = self.0.values().sum();
        let rank = calls.saturating_mul(per_cent).div_ceil(100);
        let mut before = 0;
        for (class, count) in &self.0 {
            if before + count >= rank {
                let range = class.range_us();
                let within = u128::from((range.end - 1).abs_diff(range.start));
                let share = within * u128::from(rank - before) / u128::from((*count).max(1));
                let us = u128::from(range.start.unsigned_abs()) + share;
                return u64::try_from(us.div_ceil(1000)).ok();
            }
            before += count;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use orderdesk_mcp_contract::UtcMillis;

    use super::*;

    fn durations(all: &[i64]) -> Durations {
        let counts: Vec<_> = all
            .iter()
            .map(|us| DurationCount {
                starts_at: UtcMillis(0),
                class: DurationClass::of(*us),
                calls: 1,
            })
            .collect();
        Durations::of(&counts)
    }

    #[test]
    fn no_calls_have_no_percentile() {
        assert_eq!(durations(&[]).percentile_ms(50), None);
    }

    #[test]
    fn few_slow_calls_are_seen_at_the_top_only() {
        let mut all = vec![2_000; 97];
        all.extend([900_000; 3]);
        let found = [50, 95, 99].map(|per_cent| durations(&all).percentile_ms(per_cent).unwrap());
        assert!((2..=3).contains(&found[0]), "{found:?}");
        assert_eq!(found[1], found[0].max(found[1]));
        assert!(
            found[1] <= 3 && (700..=1200).contains(&found[2]),
            "{found:?}"
        );
    }

    /// The definition, counted out: the smallest duration that at least so many per cent of the calls do not exceed.
    #[test]
    fn it_is_the_nearest_rank_to_within_a_quarter() {
        let mut all = Vec::new();
        for number in 1..200_i64 {
            // In no order, from a millisecond to a minute.
            all.push(1_000 + number * number * number * 7_919 % 60_000_000);
            let counted = durations(&all);
            let mut sorted = all.clone();
            sorted.sort_unstable();
            for per_cent in [1, 50, 95, 99, 100] {
                let rank = (all.len() * per_cent).div_ceil(100);
                let exact = sorted[rank - 1].unsigned_abs().div_ceil(1000);
                let found = counted.percentile_ms(per_cent as u64).unwrap();
                assert!(found.abs_diff(exact) <= exact / 4 + 1, "{found} of {exact}");
            }
        }
    }
}
