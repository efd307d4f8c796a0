use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};

use crate::json::{Json, Number};

/// The longest accepted text, in bytes; Order Desk's amounts have a dozen.
const MAX_TEXT: usize = 64;
/// The largest accepted power of ten, so that `1e999999` cannot ask for a million digits.
const MAX_EXPONENT: i32 = 64;

/// An exact decimal number: an amount of money, a weight, a count.
///
/// Keeps its text (`19.00` prints as `19.00`) and compares by value (`19.00 == 19`). No arithmetic:
/// Order Desk computes the totals.
#[derive(Clone)]
pub struct Decimal {
    text: Box<str>,
    negative: bool,
    /// Significant digits without leading or trailing zeros; empty for zero.
    digits: Box<str>,
    /// Power of ten of the last digit.
    exponent: i32,
}

impl Decimal {
    /// Reads `19`, `19.00`, `-0.5`, `1e3`, with leading zeros and surrounding spaces allowed.
    /// `None` for anything else, for more than 64 bytes and for exponents beyond ±64.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim_matches(' ');
        if text.len() > MAX_TEXT {
            return None;
        }
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, power) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, power)) => (mantissa, power.parse::<i32>().ok()?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((_, "")) => return None,
            Some((whole, fraction)) => (whole, fraction),
            None => (mantissa, ""),
        };
        let are_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !are_digits(whole) || !are_digits(fraction) {
            return None;
        }
        if power.abs() > MAX_EXPONENT {
            return None;
        }
        let all = format!("{whole}{fraction}");
        let short = all.trim_end_matches('0');
        let dropped = i32::try_from(all.len() - short.len()).ok()?;
        let scale = i32::try_from(fraction.len()).ok()?;
        let digits: Box<str> = short.trim_start_matches('0').into();
        let is_zero = digits.is_empty();
        Some(Self {
            text: text.into(),
            negative: negative && !is_zero,
            digits,
            exponent: if is_zero { 0 } else { power - scale + dropped },
        })
    }

    /// The text as it came.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// True for `0`, `0.00`, `-0`.
    pub fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    /// True below zero.
    pub fn is_negative(&self) -> bool {
        self.negative
    }

    /// The one plain spelling of the value: no exponent, no superfluous zero (`1e3` → `1000`,
    /// `19.00` → `19`, `-0` → `0`). Always a valid JSON number.
    pub fn plain(&self) -> String {
        let sign = if self.negative { "-" } else { "" };
        if self.is_zero() {
            return "0".to_owned();
        }
        let digits = &*self.digits;
        match usize::try_from(self.exponent) {
            Ok(zeros) => format!("{sign}{digits}{}", "0".repeat(zeros)),
            Err(_) => {
                let scale = usize::try_from(self.exponent.unsigned_abs()).unwrap_or_default();
                if digits.len() > scale {
                    let (whole, fraction) = digits.split_at(digits.len() - scale);
                    format!("{sign}{whole}.{fraction}")
                } else {
                    format!("{sign}0.{}{digits}", "0".repeat(scale - digits.len()))
                }
            }
        }
    }

    /// The value as a whole number; `None` when it has a fraction or exceeds 64 bits.
    pub fn to_integer(&self) -> Option<i64> {
        if self.exponent < 0 {
            None
        } else {
            self.plain().parse().ok()
        }
    }

    /// The value as a JSON number, in its own text where JSON allows that.
    pub fn to_number(&self) -> Number {
        Number::parse(&self.text)
            .or_else(|| Number::parse(&self.plain()))
            .unwrap_or_else(|| Number::from(0_i32))
    }

    /// Where the first digit stands: 1 for 1..9, 0 for 0.1..0.9, 2 for 10..99.
    fn magnitude(&self) -> i32 {
        i32::try_from(self.digits.len())
            .unwrap_or(i32::MAX)
            .saturating_add(self.exponent)
    }

    fn cmp_size(&self, other: &Self) -> Ordering {
        match (self.is_zero(), other.is_zero()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            // Without trailing zeros, comparing digit texts compares fractions 0.ddd of one magnitude.
            (false, false) => self
                .magnitude()
                .cmp(&other.magnitude())
                .then_with(|| self.digits.cmp(&other.digits)),
        }
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => self.cmp_size(other),
            (true, true) => other.cmp_size(self),
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal {}

impl Hash for Decimal {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.negative, &self.digits, self.exponent).hash(state);
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

/// Amounts are customers' data.
impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("decimal")
    }
}

/// The text is not a decimal number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a decimal number such as `19.99`")]
pub struct DecimalError;

impl FromStr for Decimal {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        Self::parse(text).ok_or(DecimalError)
    }
}

/// A JSON number in the decimal's own text.
impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_number().serialize(serializer)
    }
}

/// From a JSON number or a numeric string.
impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Json::deserialize(deserializer)?
            .decimal()
            .ok_or_else(|| D::Error::custom(DecimalError))
    }
}

impl JsonSchema for Decimal {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Decimal".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["number", "string"], "description": "A decimal number." })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).unwrap_or_else(|| panic!("`{text}` is a decimal"))
    }

    #[test]
    fn plain_spelling() {
        let cases = [
            ("19", "19"),
            ("19.00", "19"),
            ("0", "0"),
            ("-0.00", "0"),
            ("007", "7"),
            ("1e3", "1000"),
            ("0.50", "0.5"),
            ("-12.340", "-12.34"),
            ("1.5e-3", "0.0015"),
            ("100", "100"),
            (" 3.55 ", "3.55"),
            ("4981200417", "4981200417"),
            ("1E+2", "100"),
            ("0.0e9", "0"),
        ];
        for (text, plain) in cases {
            assert_eq!(decimal(text).plain(), plain, "{text}");
        }
    }

    #[test]
    fn refused() {
        let long = "1".repeat(65);
        for text in [
            "", "-", ".5", "5.", "1,5", "abc", "1e", "1e999", "--1", "+1", "NaN", &long,
        ] {
            assert!(Decimal::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn ordered_by_value() {
        let sorted = [
            "-10", "-9.99", "-0.1", "0", "0.09", "0.1", "0.11", "1", "9", "10", "1e3",
        ];
        for pair in sorted.windows(2) {
            assert!(decimal(pair[0]) < decimal(pair[1]), "{pair:?}");
        }
        assert!(decimal("19") == decimal("19.00"));
    }

    #[test]
    fn whole_numbers() {
        assert_eq!(decimal("3.0").to_integer(), Some(3));
        assert_eq!(decimal("-5").to_integer(), Some(-5));
        assert_eq!(decimal("3.5").to_integer(), None);
        assert_eq!(decimal("1e30").to_integer(), None);
    }

    proptest::proptest! {
        #[test]
        fn agrees_with_integers_scaled_by_hand(a in -1_000_000_i64..1_000_000, b in -1_000_000_i64..1_000_000) {
            let text = |cents: i64| {
                let sign = if cents < 0 { "-" } else { "" };
                format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100)
            };
            let (left, right) = (decimal(&text(a)), decimal(&text(b)));
            proptest::prop_assert_eq!(left.cmp(&right), a.cmp(&b));
            proptest::prop_assert!(decimal(&left.plain()) == left);
        }

        #[test]
        fn never_panics(text in ".*") {
            if let Some(decimal) = Decimal::parse(&text) {
                proptest::prop_assert!(Decimal::parse(&decimal.plain()) == Some(decimal));
            }
        }
    }
}
