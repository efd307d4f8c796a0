//! Exact decimals for totals: millionths in an integer, so that 0.1 + 0.2 is 0.3.

use serde_json::{Number, Value};

/// A decimal number with six places.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Decimal(i128);

const SCALE: i128 = 1_000_000;

impl Decimal {
    /// Reads a JSON number or numeric text; anything else is zero, as PHP reads it.
    pub(crate) fn read(value: Option<&Value>) -> Self {
        match value {
            Some(Value::Number(number)) => Self::parse(&number.to_string()),
            Some(Value::String(text)) => Self::parse(text.trim()),
            Some(Value::Bool(true)) => Self(SCALE),
            _ => Self(0),
        }
    }

    fn parse(text: &str) -> Self {
        if text.contains(['e', 'E']) {
            // Exponents come from other encoders only; six places of a plain rendering are exact enough.
            let plain = text.parse::<f64>().ok().filter(|n| n.abs() < 1e18);
            return plain.map_or(Self(0), |n| Self::parse(&format!("{n:.6}")));
        }
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let leading = |part: &str| {
            part.chars()
                .take_while(char::is_ascii_digit)
                .collect::<String>()
        };
        let whole: i128 = leading(whole).parse().unwrap_or(0);
        let padded = format!("{:0<7}", leading(fraction));
        let places: i128 = padded[..6].parse().unwrap_or(0);
        let half = i128::from(padded.as_bytes()[6] >= b'5');
        let millionths = whole.saturating_mul(SCALE) + places + half;
        Self(if negative { -millionths } else { millionths })
    }

    /// Half-up to whole cents.
    pub(crate) fn cents(self) -> Self {
        Self((self.0 + 5_000).div_euclid(10_000) * 10_000)
    }

    pub(crate) fn abs(self) -> Self {
        Self(self.0.abs())
    }

    /// The product; what lies beyond six places is cut.
    pub(crate) fn times(self, other: Self) -> Self {
        Self(self.0.saturating_mul(other.0) / SCALE)
    }

    /// The whole part, towards zero.
    pub(crate) fn whole(self) -> i128 {
        self.0 / SCALE
    }

    /// As JSON prints it: whole amounts without a point.
    pub(crate) fn to_value(self) -> Value {
        if self.0 % SCALE == 0
            && let Ok(whole) = i64::try_from(self.0 / SCALE)
        {
            return Value::from(whole);
        }
        let number = self
            .to_string()
            .parse::<f64>()
            .ok()
            .and_then(Number::from_f64);
        number.map_or(Value::from(0), Value::Number)
    }
}

impl std::fmt::Display for Decimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, places) = (self.0.abs() / SCALE, self.0.abs() % SCALE);
        if places == 0 {
            return write!(f, "{sign}{whole}");
        }
        let places = format!("{places:06}");
        write!(f, "{sign}{whole}.{}", places.trim_end_matches('0'))
    }
}

impl std::ops::Add for Decimal {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl std::ops::Sub for Decimal {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl std::iter::Sum for Decimal {
    fn sum<I: Iterator<Item = Self>>(values: I) -> Self {
        values.fold(Self(0), |sum, value| sum + value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_what_php_would_and_prints_whole_amounts_as_integers() {
        for (given, printed) in [
            (json!(19), "19"),
            (json!("19.00"), "19"),
            (json!(24.5), "24.5"),
            (json!("7.40"), "7.4"),
            (json!("-3.125"), "-3.125"),
            (json!(""), "0"),
            (json!(null), "0"),
            (json!("12abc"), "12"),
            (json!(1e3), "1000"),
        ] {
            assert_eq!(
                Decimal::read(Some(&given)).to_value().to_string(),
                printed,
                "{given}"
            );
        }
    }

    #[test]
    fn adds_and_rounds_exactly() {
        let tenth = Decimal::read(Some(&json!(0.1)));
        let fifth = Decimal::read(Some(&json!(0.2)));
        assert_eq!((tenth + fifth).to_string(), "0.3");
        assert_eq!(
            Decimal::read(Some(&json!("1.005"))).cents().to_string(),
            "1.01"
        );
    }
}
