//! Checks that the browser's forms and the server share.

use orderdesk::Object;

use crate::error::ApiError;
use crate::secret::SecretText;
use crate::tools::orders::{Detail, OrderPart};

/// Longest name or label, in characters.
pub const NAME_MAX: usize = 80;
/// Longest filter value, in characters.
pub const FILTER_MAX: usize = 200;
/// Largest page.
pub const LIMIT_MAX: u32 = 500;
/// Longest Order Desk API key accepted, in characters; real ones are about 50.
pub const API_KEY_MAX: usize = 200;

/// Text that must hold something readable.
///
/// # Errors
/// `Invalid` when it is blank, longer than `max` characters, or holds control characters.
pub fn short_text(field: &str, text: &str, max: usize) -> Result<(), ApiError> {
    if text.trim().is_empty() {
        return Err(ApiError::invalid(
            field,
            format!("`{field}` must not be empty; leave it out instead."),
        ));
    }
    optional_text(field, text, max)
}

/// Text of one line or more that must hold something readable.
///
/// # Errors
/// `Invalid` when it is blank, longer than `max` characters, or holds control characters other than line ends and tabs.
pub fn long_text(field: &str, text: &str, max: usize) -> Result<(), ApiError> {
    if text.trim().is_empty() {
        return Err(ApiError::invalid(
            field,
            format!("`{field}` must not be empty."),
        ));
    }
    length(field, text, max)?;
    let is_strange = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t');
    if text.chars().any(is_strange) {
        return Err(ApiError::invalid(
            field,
            format!("`{field}` must not hold control characters besides line ends and tabs."),
        ));
    }
    Ok(())
}

fn length(field: &str, text: &str, max: usize) -> Result<(), ApiError> {
    let length = text.chars().count();
    if length > max {
        return Err(ApiError::invalid(
            field,
            format!("`{field}` may have at most {max} characters; this has {length}."),
        ));
    }
    Ok(())
}

/// Longest e-mail address, in characters (RFC 5321).
pub const EMAIL_MAX: usize = 254;
/// Shortest and longest password, in characters.
pub const PASSWORD_MIN: usize = 12;
/// As [`PASSWORD_MIN`].
pub const PASSWORD_MAX: usize = 128;

/// An e-mail address, as far as its form tells: whether mail arrives there, only mail can tell.
///
/// # Errors
/// `Invalid` when it is blank, longer than [`EMAIL_MAX`], or not of the form `somebody@example.com`.
pub fn email(field: &str, text: &str) -> Result<(), ApiError> {
    let text = text.trim();
    let is_one = text.split_once('@').is_some_and(|(name, host)| {
        let is_plain = |letter: char| !letter.is_control() && !letter.is_whitespace();
        !name.is_empty()
            && !host.is_empty()
            && !host.contains('@')
            && !host.starts_with('.')
            && !host.ends_with('.')
            && text.chars().all(is_plain)
    });
    if !is_one {
        return Err(ApiError::invalid(
            field,
            "This is not an e-mail address; one looks like somebody@example.com.",
        ));
    }
    length(field, text, EMAIL_MAX)
}

/// A password that somebody chooses: long enough, and nothing else is asked of it.
///
/// # Errors
/// `Invalid` outside [`PASSWORD_MIN`] to [`PASSWORD_MAX`] characters.
pub fn new_password(field: &str, password: &SecretText) -> Result<(), ApiError> {
    let length = password.expose().chars().count();
    if (PASSWORD_MIN..=PASSWORD_MAX).contains(&length) {
        return Ok(());
    }
    Err(ApiError::invalid(
        field,
        format!(
            "A password has {PASSWORD_MIN} to {PASSWORD_MAX} characters. Several words in a row are easy to keep in mind."
        ),
    ))
}

/// Members to be set or changed.
///
/// # Errors
/// `Invalid` when there is none.
pub fn members(field: &str, members: &Object) -> Result<(), ApiError> {
    if members.is_empty() {
        return Err(ApiError::invalid(
            field,
            format!("`{field}` must name at least one member with its value."),
        ));
    }
    Ok(())
}

/// Text that may be empty.
///
/// # Errors
/// `Invalid` when it is longer than `max` characters or holds control characters.
pub fn optional_text(field: &str, text: &str, max: usize) -> Result<(), ApiError> {
    length(field, text, max)?;
    if text.chars().any(char::is_control) {
        return Err(ApiError::invalid(
            field,
            format!("`{field}` must be one line without control characters."),
        ));
    }
    Ok(())
}

/// The optional `store_identifier` of a tool.
///
/// # Errors
/// As [`short_text`].
pub fn store_identifier(text: Option<&str>) -> Result<(), ApiError> {
    text.map_or(Ok(()), |text| {
        short_text("store_identifier", text, NAME_MAX)
    })
}

/// A page size.
///
/// # Errors
/// `Invalid` outside 1 to 500.
pub fn limit(limit: Option<u32>) -> Result<(), ApiError> {
    page_size(limit, LIMIT_MAX)
}

/// A page size of a list that has a largest one of its own.
///
/// # Errors
/// `Invalid` outside 1 to `max`.
pub fn page_size(limit: Option<u32>, max: u32) -> Result<(), ApiError> {
    match limit {
        Some(given) if !(1..=max).contains(&given) => Err(ApiError::invalid(
            "limit",
            format!("`limit` must be 1 to {max}; this is {given}."),
        )),
        _ => Ok(()),
    }
}

/// `detail` and `fields` together.
///
/// # Errors
/// `Invalid` when parts are named although everything is asked for.
pub fn parts(detail: Option<Detail>, fields: Option<&[OrderPart]>) -> Result<(), ApiError> {
    if detail == Some(Detail::Full)
        && fields.is_some_and(|parts| parts.iter().any(|part| *part != OrderPart::History))
    {
        return Err(ApiError::invalid(
            "fields",
            "`detail: full` already returns every part; leave out `fields`, or set `detail` to summary. Only `history` can be added to a full order.",
        ));
    }
    Ok(())
}

/// A date as Order Desk documents it: `YYYY-MM-DD`, with ` HH:MM:SS` or not.
///
/// # Errors
/// `Invalid` for any other form, and for a month, day or time that does not exist.
pub fn date(field: &str, text: &str) -> Result<(), ApiError> {
    if is_date(text) {
        return Ok(());
    }
    Err(ApiError::invalid(
        field,
        format!("`{field}` must be a date such as 2026-11-22 or 2026-11-22 09:30:00."),
    ))
}

fn is_date(text: &str) -> bool {
    let (day, time) = match text.split_once(' ') {
        Some((day, time)) => (day, Some(time)),
        None => (text, None),
    };
    let Some([year, month, day]) = numbers(day, '-', [4, 2, 2]) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return false,
    };
    let time_is_real = time.is_none_or(|time| {
        numbers(time, ':', [2, 2, 2])
            .is_some_and(|[hour, minute, second]| hour < 24 && minute < 60 && second < 60)
    });
    (1..=days).contains(&day) && time_is_real
}

fn numbers(text: &str, separator: char, widths: [usize; 3]) -> Option<[u32; 3]> {
    let mut parts = text.split(separator);
    let mut numbers = [0; 3];
    for (number, width) in numbers.iter_mut().zip(widths) {
        let part = parts.next()?;
        if part.len() != width || !part.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}

/// An Order Desk API key: some visible ASCII text, since it is sent in a header.
///
/// # Errors
/// `Invalid`, without repeating any of the key.
pub fn api_key(field: &str, key: &SecretText) -> Result<(), ApiError> {
    let text = key.expose();
    if text.is_empty() {
        return Err(ApiError::invalid(
            field,
            "The API key is missing. Order Desk shows it under Settings, Store Settings, API.",
        ));
    }
    if text.len() > API_KEY_MAX || !text.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(ApiError::invalid(
            field,
            "This does not look like an Order Desk API key: it must be letters, digits and punctuation without spaces.",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_by_their_form() {
        for one in ["a@b", " owner@example.com ", "\u{fc}ber+x@ex\u{e4}mple.de"] {
            assert_eq!(email("email", one), Ok(()), "{one}");
        }
        let long = format!("{}@example.com", "a".repeat(EMAIL_MAX));
        for none in [
            "", "@", "a@", "@b", "a@b@c", "a b@c", "a@.b", "a@b.", "a\n@b", "plain", &long,
        ] {
            assert!(email("email", none).is_err(), "{none:?}");
        }
    }

    #[test]
    fn passwords_are_measured_in_characters() {
        let of =
            |letter: &str, count| new_password("password", &SecretText::new(letter.repeat(count)));
        assert!(of("a", 11).is_err() && of("a", 129).is_err());
        assert!(of("a", 12).is_ok() && of("\u{e4}", 128).is_ok());
    }

    #[test]
    fn dates() {
        for good in [
            "2026-11-22",
            "2026-11-22 09:30:00",
            "2024-02-29",
            "2026-12-31 23:59:59",
        ] {
            assert!(date("d", good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "yesterday",
            "2026-2-1",
            "2026-02-29",
            "2026-13-01",
            "2026-11-22T09:30:00",
            "2026-11-22 24:00:00",
            "2026-11-22 09:30",
            "2026-11-22 ",
            "2026-11-22-1",
            "22.11.2026",
            "2026-00-10",
            "2026-01-00",
        ] {
            assert!(date("d", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn texts() {
        assert!(short_text("name", "Main", 80).is_ok());
        assert!(short_text("name", "  ", 80).is_err());
        assert!(short_text("name", "a\nb", 80).is_err());
        assert!(short_text("name", &"ü".repeat(80), 80).is_ok());
        assert!(short_text("name", &"ü".repeat(81), 80).is_err());
    }

    #[test]
    fn a_refused_key_is_not_repeated() {
        let error = api_key("api_key", &SecretText::new("can ary")).unwrap_err();
        assert!(!error.message.contains("ary"));
    }
}
