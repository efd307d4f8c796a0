//! Moments in a query: so long ago, a day, or a time of a day, always UTC.

use std::fmt;

use crate::time::UtcMillis;

const SECOND_MS: i64 = 1000;
const DAY_MS: i64 = 86_400_000;

/// A unit of time that people count back in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Minutes.
    Minute,
    /// Hours.
    Hour,
    /// Days of 24 hours.
    Day,
}

impl Unit {
    /// Every unit, the shortest first.
    pub const ALL: [Self; 3] = [Self::Minute, Self::Hour, Self::Day];

    fn letter(self) -> char {
        match self {
            Self::Minute => 'm',
            Self::Hour => 'h',
            Self::Day => 'd',
        }
    }

    fn millis(self) -> i64 {
        match self {
            Self::Minute => 60 * SECOND_MS,
            Self::Hour => 3600 * SECOND_MS,
            Self::Day => DAY_MS,
        }
    }
}

/// A moment in a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// So long before now, 1 to 9999 units: `24h`.
    Ago(u16, Unit),
    /// A whole day, by its beginning: `2026-11-01`.
    Day(UtcMillis),
    /// A whole second: `2026-11-01T09:30` or `2026-11-01T09:30:05`.
    At(UtcMillis),
}

impl When {
    /// Reads a moment.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some((number, unit)) = text
            .char_indices()
            .next_back()
            .map(|(at, letter)| (&text[..at], letter))
            && let Some(unit) = Unit::ALL.into_iter().find(|known| known.letter() == unit)
        {
            let amount = digits(number, 4)?;
            return (amount > 0).then_some(Self::Ago(amount, unit));
        }
        let Some((day, time)) = text.split_once(['T', 't']) else {
            return UtcMillis::from_date(text).map(Self::Day);
        };
        let day = UtcMillis::from_date(day)?;
        let mut parts = time.strip_suffix(['Z', 'z']).unwrap_or(time).split(':');
        let mut part = |below: u16| {
            let text = parts.next()?;
            digits(text, 2).filter(|number| text.len() == 2 && *number < below)
        };
        let (hour, minute) = (part(24)?, part(60)?);
        // Absent is :00; anything else that is no number of seconds is refused by what is left over.
        let second = if time.matches(':').count() == 2 {
            part(60)?
        } else {
            0
        };
        if parts.next().is_some() {
            return None;
        }
        let seconds = (i64::from(hour) * 60 + i64::from(minute)) * 60 + i64::from(second);
        Some(Self::At(day.plus_millis(seconds * SECOND_MS)))
    }

    /// The moment rounded down to the second that queries can name.
    pub fn at(moment: UtcMillis) -> Self {
        Self::At(UtcMillis(moment.0 - moment.0.rem_euclid(SECOND_MS)))
    }

    /// The first moment that it means, as the beginning of a range.
    pub fn start(self, now: UtcMillis) -> UtcMillis {
        match self {
            Self::Ago(amount, unit) => now.plus_millis(-i64::from(amount) * unit.millis()),
            Self::Day(at) | Self::At(at) => at,
        }
    }

    /// The first moment after it, as the end of a range: of a day, the whole day is in the range.
    pub fn end(self, now: UtcMillis) -> UtcMillis {
        match self {
            Self::Day(at) => at.plus_millis(DAY_MS),
            Self::Ago(..) | Self::At(_) => self.start(now),
        }
    }
}

/// A whole number of at most so many digits and nothing else.
fn digits(text: &str, most: usize) -> Option<u16> {
    let is_one = (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if is_one { text.parse().ok() } else { None }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ago(amount, unit) => write!(f, "{amount}{}", unit.letter()),
            Self::Day(at) => f.write_str(&at.to_string()[..10]),
            Self::At(at) => {
                let text = at.to_string();
                let is_whole_minute = at.0.rem_euclid(60 * SECOND_MS) < SECOND_MS;
                f.write_str(&text[..if is_whole_minute { 16 } else { 19 }])
            }
        }
    }
}
