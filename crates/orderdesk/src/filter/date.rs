use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::FilterError;

/// A day or a second, in the form Order Desk documents: `2026-03-01` or `2026-03-01 15:20:07`.
///
/// Without a zone: the filter it is used in says whether UTC or the store's time is meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FilterDate(Box<str>);

impl FilterDate {
    /// Checks a text, the calendar included.
    ///
    /// # Errors
    /// [`FilterError::Date`].
    pub fn new(text: &str) -> Result<Self, FilterError> {
        if is_date(text.as_bytes()) {
            Ok(Self(text.into()))
        } else {
            Err(FilterError::Date)
        }
    }

    /// The text as sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True when only a day was given.
    pub fn is_day(&self) -> bool {
        self.0.len() == 10
    }
}

impl fmt::Display for FilterDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for FilterDate {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        Self::new(text)
    }
}

impl TryFrom<String> for FilterDate {
    type Error = FilterError;

    fn try_from(text: String) -> Result<Self, FilterError> {
        Self::new(&text)
    }
}

impl From<FilterDate> for String {
    fn from(date: FilterDate) -> Self {
        date.0.into()
    }
}

impl JsonSchema for FilterDate {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "FilterDate".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9]{2}:[0-9]{2}:[0-9]{2})?$"
        })
    }
}

/// The number at `at`, two or four digits wide.
fn number(text: &[u8], at: usize, width: usize) -> Option<u32> {
    text.get(at..at + width)?.iter().try_fold(0, |sum, byte| {
        byte.is_ascii_digit()
            .then(|| sum * 10 + u32::from(byte - b'0'))
    })
}

fn is_date(text: &[u8]) -> bool {
    let day = |text: &[u8]| {
        let (year, month, day) = (
            number(text, 0, 4)?,
            number(text, 5, 2)?,
            number(text, 8, 2)?,
        );
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
            2 => 28,
            _ => return None,
        };
        (text[4] == b'-' && text[7] == b'-' && year > 0 && (1..=days).contains(&day)).then_some(())
    };
    let time = |text: &[u8]| {
        let (hour, minute, second) = (
            number(text, 11, 2)?,
            number(text, 14, 2)?,
            number(text, 17, 2)?,
        );
        let marks = text[10] == b' ' && text[13] == b':' && text[16] == b':';
        (marks && hour < 24 && minute < 60 && second < 60).then_some(())
    };
    match text.len() {
        10 => day(text).is_some(),
        19 => day(text).is_some() && time(text).is_some(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_documented_forms_and_real_days() {
        for good in [
            "2026-03-01",
            "2026-03-01 15:20:07",
            "2024-02-29",
            "2000-02-29",
            "2026-12-31 23:59:59",
        ] {
            assert_eq!(FilterDate::new(good).unwrap().as_str(), good);
        }
        for bad in [
            "",
            "2026-3-1",
            "2026-02-29",
            "1900-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-04-31",
            "0000-01-01",
            "2026-03-01T15:20:07",
            "2026-03-01 15:20",
            "2026-03-01 24:00:00",
            "2026-03-01 15:20:07Z",
            "yesterday",
            "2026/03/01",
            "２０２６-03",
            "2026-03-0é",
        ] {
            assert!(FilterDate::new(bad).is_err(), "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in ".{0,25}") {
            let _ = FilterDate::new(&text).map(|date| date.is_day());
        }
    }
}
