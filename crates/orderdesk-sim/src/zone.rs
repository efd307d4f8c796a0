//! A store's time zone: a fixed offset, or one with the United States' or the European Union's summer time.

use crate::date::{civil_from_days, days_from_civil};

/// How a store's local time relates to UTC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    /// IANA name, as `settings.timezone` shows it.
    pub name: String,
    /// Winter time east of Greenwich, in seconds.
    pub standard_offset_secs: i64,
    /// Which summer-time rule adds an hour.
    pub summer: Summer,
}

/// Rule of summer time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Summer {
    /// None: the offset is fixed.
    None,
    /// Second Sunday of March to first Sunday of November, at 2:00 local time.
    UnitedStates,
    /// Last Sunday of March to last Sunday of October, at 1:00 UTC.
    European,
}

impl Zone {
    /// A zone without summer time. The offset is east of Greenwich, in seconds.
    #[must_use]
    pub fn fixed(name: &str, offset_secs: i64) -> Self {
        Self {
            name: name.to_owned(),
            standard_offset_secs: offset_secs,
            summer: Summer::None,
        }
    }

    /// `America/New_York`.
    #[must_use]
    pub fn new_york() -> Self {
        Self {
            name: "America/New_York".to_owned(),
            standard_offset_secs: -5 * 3_600,
            summer: Summer::UnitedStates,
        }
    }

    /// The UTC moment of a local wall-clock time, both in Unix seconds. In the hour that autumn repeats,
    /// the first (summer) one is meant.
    #[must_use]
    pub fn to_utc(&self, local_secs: i64) -> i64 {
        let standard = local_secs - self.standard_offset_secs;
        let as_summer = standard - 3_600;
        if self.is_summer(as_summer) {
            as_summer
        } else {
            standard
        }
    }

    fn is_summer(&self, utc_secs: i64) -> bool {
        let (year, _, _) = civil_from_days(utc_secs.div_euclid(86_400));
        let offset = self.standard_offset_secs;
        let (start, end) = match self.summer {
            Summer::None => return false,
            Summer::UnitedStates => (
                sunday_from(year, 3, 8) * 86_400 + 2 * 3_600 - offset,
                sunday_from(year, 11, 1) * 86_400 + 3_600 - offset,
            ),
            Summer::European => (
                sunday_from(year, 3, 25) * 86_400 + 3_600,
                sunday_from(year, 10, 25) * 86_400 + 3_600,
            ),
        };
        (start..end).contains(&utc_secs)
    }
}

/// Day number of the first Sunday on or after a date (1970-01-01 was a Thursday).
fn sunday_from(year: i64, month: i64, day: i64) -> i64 {
    let days = days_from_civil(year, month, day);
    days + (3 - days).rem_euclid(7)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::date::{format, parse};

    fn utc(zone: &Zone, local: &str) -> String {
        format(zone.to_utc(parse(local).unwrap()))
    }

    #[test]
    fn follows_the_summer_time_of_new_york() {
        let zone = Zone::new_york();
        for (local, expected) in [
            ("2026-01-15 12:00:00", "2026-01-15 17:00:00"),
            ("2026-03-08 01:59:59", "2026-03-08 06:59:59"),
            ("2026-03-08 03:00:00", "2026-03-08 07:00:00"),
            ("2026-07-04 12:00:00", "2026-07-04 16:00:00"),
            ("2026-11-01 00:30:00", "2026-11-01 04:30:00"),
            ("2026-11-01 02:00:00", "2026-11-01 07:00:00"),
        ] {
            assert_eq!(utc(&zone, local), expected, "{local}");
        }
    }

    #[test]
    fn follows_fixed_and_european_offsets() {
        assert_eq!(
            utc(&Zone::fixed("Asia/Tokyo", 9 * 3_600), "2026-07-01 09:00:00"),
            "2026-07-01 00:00:00"
        );
        let berlin = Zone {
            name: "Europe/Berlin".to_owned(),
            standard_offset_secs: 3_600,
            summer: Summer::European,
        };
        assert_eq!(utc(&berlin, "2026-03-28 12:00:00"), "2026-03-28 11:00:00");
        assert_eq!(utc(&berlin, "2026-03-29 12:00:00"), "2026-03-29 10:00:00");
        assert_eq!(utc(&berlin, "2026-10-25 12:00:00"), "2026-10-25 11:00:00");
    }
}
