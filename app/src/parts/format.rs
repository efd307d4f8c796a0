//! Numbers as people read them, the same on the server and in the browser.

use orderdesk_mcp_contract::UtcMillis;

/// `1,234,567`.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A store's name where there is no room for a badge.
#[cfg(feature = "ssr")]
pub(crate) fn store_in_words(name: &str, is_sandbox: bool) -> String {
    if is_sandbox {
        format!("{name} (sandbox)")
    } else {
        name.to_owned()
    }
}

/// `1 call`, `2 calls`.
pub(crate) fn plural(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// A share in whole per cent, one decimal below 10: `0.4%`, `12%`; a part that is not zero never reads `0%`.
pub(crate) fn percent(part: u64, whole: u64) -> String {
    if whole == 0 || part == 0 {
        return "0%".to_owned();
    }
    let thousandths = (u128::from(part) * 1000 + u128::from(whole) / 2) / u128::from(whole);
    match thousandths {
        0 => "<0.1%".to_owned(),
        1..100 if thousandths % 10 == 0 => format!("{}%", thousandths / 10),
        1..100 => format!("{}.{}%", thousandths / 10, thousandths % 10),
        _ => format!("{}%", (thousandths + 5) / 10),
    }
}

/// A duration: `85 ms`, `1.2 s`, `25 s`.
pub(crate) fn duration(millis: u64) -> String {
    match millis {
        0..1_000 => format!("{millis} ms"),
        1_000..9_950 => format!(
            "{}.{} s",
            (millis + 50) / 1_000,
            (millis + 50) % 1_000 / 100
        ),
        _ => format!("{} s", (millis + 500) / 1_000),
    }
}

/// How long before `now` something was: `just now`, `5 min ago`, `3 h ago`, `2 days ago`.
pub(crate) fn ago(now: UtcMillis, then: UtcMillis) -> String {
    let minutes = u64::try_from(now.since(then) / 60_000).unwrap_or(0);
    match minutes {
        0 => "just now".to_owned(),
        1..60 => format!("{minutes} min ago"),
        60..1_440 => format!("{} h ago", minutes / 60),
        _ => format!("{} ago", plural(minutes / 1_440, "day", "days")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(count(number), text);
        }
        assert_eq!(
            (plural(1, "call", "calls"), plural(0, "call", "calls")),
            ("1 call".into(), "0 calls".into())
        );
    }

    #[test]
    fn percents() {
        for (part, whole, text) in [
            (0, 0, "0%"),
            (0, 9, "0%"),
            (1, 100_000, "<0.1%"),
            (1, 1_000, "0.1%"),
            (1, 100, "1%"),
            (15, 1_000, "1.5%"),
            (99, 1_000, "9.9%"),
            (1, 8, "13%"),
            (8, 8, "100%"),
            (u64::MAX, u64::MAX, "100%"),
        ] {
            assert_eq!(percent(part, whole), text, "{part}/{whole}");
        }
    }

    #[test]
    fn durations() {
        for (millis, text) in [
            (0, "0 ms"),
            (999, "999 ms"),
            (1_000, "1.0 s"),
            (1_249, "1.2 s"),
            (9_949, "9.9 s"),
            (9_950, "10 s"),
            (25_000, "25 s"),
        ] {
            assert_eq!(duration(millis), text);
        }
    }

    #[test]
    fn ages() {
        let now = UtcMillis(10 * 86_400_000);
        for (before, text) in [
            (0, "just now"),
            (-5_000, "just now"),
            (60_000, "1 min ago"),
            (3_600_000, "1 h ago"),
            (86_400_000, "1 day ago"),
            (200_000_000, "2 days ago"),
        ] {
            assert_eq!(ago(now, now.plus_millis(-before)), text);
        }
    }
}
