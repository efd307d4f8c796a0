//! Amounts of money that are added up: exact, never floats.

use std::fmt;
use std::str::FromStr;

use orderdesk::Decimal;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// How many parts a unit of the currency has here.
const PARTS: i64 = 10_000;

/// An amount in the store's currency, exact to a ten-thousandth. At most about 900 million million; sums and products
/// beyond stop there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(i64);

/// The text is not an amount such as `19.95`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an amount such as 19.95")]
pub struct InvalidMoney;

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// From ten-thousandths, as the database keeps it.
    pub fn from_ten_thousandths(parts: i64) -> Self {
        Self(parts)
    }

    /// In ten-thousandths.
    pub fn ten_thousandths(self) -> i64 {
        self.0
    }

    /// Order Desk's number, rounded half away from zero; absent when it is beyond the range.
    pub fn of(decimal: &Decimal) -> Option<Self> {
        read(&decimal.plain())
    }

    /// This amount so many times: a price by a quantity.
    #[must_use]
    pub fn times(self, quantity: &Decimal) -> Self {
        let Some(quantity) = Self::of(quantity) else {
            return self;
        };
        let product = i128::from(self.0) * i128::from(quantity.0);
        let half = i128::from(PARTS / 2) * product.signum();
        Self(clamped((product + half) / i128::from(PARTS)))
    }

    /// The sum.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The difference.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// Without its sign.
    #[must_use]
    pub fn abs(self) -> Self {
        Self(self.0.saturating_abs())
    }
}

fn clamped(parts: i128) -> i64 {
    i64::try_from(parts).unwrap_or(if parts < 0 { i64::MIN } else { i64::MAX })
}

fn read(text: &str) -> Option<Money> {
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digit = |place: usize| {
        fraction
            .as_bytes()
            .get(place)
            .map_or(0, |byte| i64::from(byte - b'0'))
    };
    let parts = (0..4).fold(0, |sum, place| sum * 10 + digit(place));
    let rounded = parts + i64::from(digit(4) >= 5);
    let whole: i64 = whole.parse().ok()?;
    whole
        .checked_mul(PARTS)?
        .checked_add(rounded)
        .map(|parts| Money(sign * parts))
}

/// At least two digits after the point: `19.95`, `0.125`, `-3.00`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let parts = self.0.unsigned_abs();
        let unit = PARTS.unsigned_abs();
        let fraction = format!("{:04}", parts % unit);
        let shown = fraction.trim_end_matches('0');
        write!(f, "{sign}{}.{shown:0<2}", parts / unit)
    }
}

impl FromStr for Money {
    type Err = InvalidMoney;
    fn from_str(text: &str) -> Result<Self, InvalidMoney> {
        let decimal = Decimal::parse(text.trim()).ok_or(InvalidMoney)?;
        Self::of(&decimal).ok_or(InvalidMoney)
    }
}

/// As text, so that no reader makes a float of it.
impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// From a number or a numeric text.
impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let decimal = Decimal::deserialize(deserializer)?;
        Self::of(&decimal).ok_or_else(|| de::Error::custom(InvalidMoney))
    }
}

impl JsonSchema for Money {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Money".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(text: &str) -> Money {
        text.parse().unwrap()
    }

    #[test]
    fn one_amount_has_one_text() {
        for (text, shown) in [
            ("19.95", "19.95"),
            ("19", "19.00"),
            ("1e3", "1000.00"),
            ("-0.5", "-0.50"),
            ("0.125", "0.125"),
            ("0.12345", "0.1235"),
            ("-0.12345", "-0.1235"),
            ("0.00004", "0.00"),
        ] {
            assert_eq!(money(text).to_string(), shown, "{text}");
        }
        for bad in ["", "a lot", "1,5", "1e40"] {
            assert!(bad.parse::<Money>().is_err(), "{bad}");
        }
    }

    #[test]
    fn sums_are_exact() {
        let price = money("19.99");
        assert_eq!(price.times(&Decimal::parse("3").unwrap()), money("59.97"));
        assert_eq!(price.times(&Decimal::parse("0.5").unwrap()), money("9.995"));
        assert_eq!(money("0.1").plus(money("0.2")), money("0.3"));
        assert_eq!(money("1").minus(money("3")).abs(), money("2"));
    }

    #[test]
    fn crosses_the_wire_as_text() {
        assert_eq!(serde_json::to_string(&money("5")).unwrap(), "\"5.00\"");
        for text in ["\"5.00\"", "5", "5.00"] {
            assert_eq!(serde_json::from_str::<Money>(text).unwrap(), money("5"));
        }
    }
}
