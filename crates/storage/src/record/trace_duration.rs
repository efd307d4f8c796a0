use std::ops::Range;

use orderdesk_mcp_contract::UtcMillis;

/// The highest class: durations up to 2^63 microseconds, 292,000 years.
const HIGHEST: i64 = 62 * 4 + 3;

/// A class of durations that are alike to a quarter: four to each doubling. The first four microseconds are classes of their
/// own, and the classes 4 to 7 do not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DurationClass(i64);

impl DurationClass {
    /// The class of a duration in microseconds; a negative one counts as none.
    pub fn of(duration_us: i64) -> Self {
        let us = duration_us.max(0);
        let doublings = us.checked_ilog2().filter(|doublings| *doublings >= 2);
        let class = doublings.map(|number| i64::from(number) * 4 + ((us >> (number - 2)) & 3));
        Self(class.unwrap_or(us))
    }

    /// The class of that number; absent when there is none.
    pub fn from_number(number: i64) -> Option<Self> {
        let is_class = (0..4).contains(&number) || (8..=HIGHEST).contains(&number);
        is_class.then_some(Self(number))
    }

    /// Its number: 0 to 3 and 8 to 251, the longer the higher.
    pub fn number(self) -> i64 {
        self.0
    }

    /// The durations in it, in microseconds.
    pub fn range_us(self) -> Range<i64> {
        if self.0 < 4 {
            return self.0..self.0 + 1;
        }
        let width = 1_i64 << (self.0 / 4 - 2);
        let least = (4 + self.0 % 4) * width;
        least..least.saturating_add(width)
    }
}

/// How many calls of tools of a slot of time took how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DurationCount {
    /// The slot's start, a multiple of its length.
    pub starts_at: UtcMillis,
    /// How long they took.
    pub class: DurationClass,
    /// How many.
    pub calls: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_duration_is_within_its_class_and_classes_are_a_quarter_wide() {
        let powers = (0..63).map(|number| 1_i64 << number);
        let durations = powers.flat_map(|power| [power - 1, power, power + power / 3]);
        for us in durations.chain([i64::MAX, i64::MAX - 1]) {
            let class = DurationClass::of(us);
            let range = class.range_us();
            assert!(
                range.start <= us && (us < range.end || range.end == i64::MAX),
                "{us}: {range:?}"
            );
            assert!(
                us < 4 || (range.end - range.start) * 4 <= range.start,
                "{us}: {range:?}"
            );
            assert_eq!(DurationClass::from_number(class.number()), Some(class));
        }
        assert_eq!(DurationClass::of(-5), DurationClass::of(0));
    }

    #[test]
    fn classes_follow_one_another_without_gaps() {
        let classes: Vec<_> = (-1..300).filter_map(DurationClass::from_number).collect();
        assert_eq!(classes.len(), 4 + 244);
        for pair in classes.windows(2) {
            assert_eq!(pair[0].range_us().end, pair[1].range_us().start);
            assert_eq!(DurationClass::of(pair[1].range_us().start), pair[1]);
        }
    }
}
