use std::fmt;

/// The text of a JSON number, unchanged: `19`, `19.00`, `1e3`, `4981200417`.
///
/// Never a float: money would lose its cents and long ids their last digits.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Number(Box<str>);

impl Number {
    /// Takes a text that follows the JSON grammar of numbers (RFC 8259, 6); `None` otherwise.
    pub fn parse(text: &str) -> Option<Self> {
        is_json_number(text.as_bytes()).then(|| Self(text.into()))
    }

    /// The text as given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

macro_rules! from_integers {
    ($($kind:ty),*) => {$(
        impl From<$kind> for Number {
            fn from(number: $kind) -> Self {
                Self(number.to_string().into())
            }
        }
    )*};
}
from_integers!(i32, i64, i128, u32, u64, u128, usize);

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A number can be a customer's, so its digits stay out of logs.
impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("number")
    }
}

fn digits(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

fn is_json_number(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"-").unwrap_or(text);
    let whole = digits(text);
    if whole == 0 || (whole > 1 && text[0] == b'0') {
        return false;
    }
    let mut rest = &text[whole..];
    if let Some(fraction) = rest.strip_prefix(b".") {
        let count = digits(fraction);
        if count == 0 {
            return false;
        }
        rest = &fraction[count..];
    }
    if let Some(exponent) = rest.strip_prefix(b"e").or_else(|| rest.strip_prefix(b"E")) {
        let unsigned = exponent
            .strip_prefix(b"-")
            .or_else(|| exponent.strip_prefix(b"+"))
            .unwrap_or(exponent);
        let count = digits(unsigned);
        return count > 0 && count == unsigned.len();
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_is_that_of_json() {
        for good in [
            "0",
            "-0",
            "19",
            "19.00",
            "0.5",
            "1e3",
            "1E+3",
            "-1.5e-9",
            "4981200417",
        ] {
            assert_eq!(Number::parse(good).unwrap().as_str(), good);
        }
        for bad in [
            "", "-", "01", "1.", ".5", "+1", "1e", "1e+", "1 ", " 1", "0x1", "NaN", "1.2.3",
        ] {
            assert!(Number::parse(bad).is_none(), "{bad}");
        }
    }
}
