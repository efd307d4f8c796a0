//! Order Desk's dates: `YYYY-MM-DD HH:MM:SS`, UTC, no zone; and the forms clients send in filters.

/// Writes a moment the way Order Desk does.
#[must_use]
pub fn format(unix_secs: i64) -> String {
    let (days, rest) = (unix_secs.div_euclid(86_400), unix_secs.rem_euclid(86_400));
    let (year, month, day) = civil_from_days(days);
    let (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}

/// Reads what PHP's `strtotime` would: the documented form, a bare date (its midnight), ISO 8601 with
/// `T` and `Z` or an offset, and RFC 2822. `None` for anything else.
#[must_use]
pub fn parse(text: &str) -> Option<i64> {
    let text = text.trim();
    parse_iso(text).or_else(|| parse_rfc2822(text))
}

fn parse_iso(text: &str) -> Option<i64> {
    let date = text.get(..10)?;
    let mut parts = date.split('-');
    let days = day_number(parts.next()?, parts.next()?, parts.next()?)?;
    if parts.next().is_some() {
        return None;
    }
    match text.get(10..)? {
        "" => Some(days * 86_400),
        rest if rest.starts_with([' ', 'T']) => {
            let (clock, zone) = split_zone(&rest[1..]);
            Some(days * 86_400 + seconds_of_day(clock)? - offset(zone)?)
        }
        _ => None,
    }
}

fn parse_rfc2822(text: &str) -> Option<i64> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let rest = text.split_once(", ").map_or(text, |(_, rest)| rest);
    let mut words = rest.split_whitespace();
    let (day, month, year) = (words.next()?, words.next()?, words.next()?);
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    let days = day_number(year, &month.to_string(), day)?;
    let clock = seconds_of_day(words.next()?)?;
    let zone = words
        .next()
        .filter(|zone| !matches!(*zone, "GMT" | "UTC"))
        .unwrap_or_default();
    Some(days * 86_400 + clock - offset(zone)?)
}

fn split_zone(text: &str) -> (&str, &str) {
    let at = text.find(['Z', '+', '-']).unwrap_or(text.len());
    text.split_at(at)
}

fn offset(zone: &str) -> Option<i64> {
    if zone.is_empty() || zone == "Z" {
        return Some(0);
    }
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let digits: String = zone[1..].chars().filter(|c| *c != ':').collect();
    let hours: i64 = digits.get(..2)?.parse().ok()?;
    let minutes: i64 = digits.get(2..4).unwrap_or("0").parse().ok()?;
    Some(sign * (hours * 3_600 + minutes * 60))
}

fn seconds_of_day(text: &str) -> Option<i64> {
    let whole = text.split('.').next()?;
    let mut parts = whole.split(':').map(|part| part.parse::<i64>().ok());
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().unwrap_or(Some(0))?;
    let valid = (0..24).contains(&hour) && (0..60).contains(&minute) && (0..61).contains(&second);
    valid.then_some(hour * 3_600 + minute * 60 + second)
}

fn day_number(year: &str, month: &str, day: &str) -> Option<i64> {
    let (year, month, day) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    ((1..=12).contains(&month) && (1..=31).contains(&day))
        .then(|| days_from_civil(year, month, day))
}

/// Days since 1970-01-01 of a date of the Gregorian calendar (years count from March, so that the leap
/// day is the last of its year).
pub(crate) fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The date of a day number; the inverse of [`days_from_civil`].
pub(crate) fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days - era * 146_097;
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_and_reads_the_documented_form() {
        for text in [
            "1970-01-01 00:00:00",
            "2024-02-29 23:59:59",
            "2026-03-01 15:20:07",
            "2000-12-31 12:00:00",
        ] {
            assert_eq!(format(parse(text).unwrap()), text);
        }
    }

    #[test]
    fn reads_every_form_clients_send() {
        let noon = parse("2023-04-14 08:44:38").unwrap();
        for same in [
            "2023-04-14T08:44:38",
            "2023-04-14T08:44:38Z",
            "2023-04-14T08:44:38.250Z",
            "2023-04-14T10:44:38+02:00",
            "2023-04-14T03:44:38-0500",
            "Fri, 14 Apr 2023 08:44:38 GMT",
        ] {
            assert_eq!(parse(same), Some(noon), "{same}");
        }
        assert_eq!(parse("2023-04-14"), parse("2023-04-14 00:00:00"));
        assert_eq!(parse("yesterday-ish"), None);
        assert_eq!(parse("2023-13-01"), None);
    }
}
