//! Recorded calls as a table for spreadsheets.

use csv::{Writer, WriterBuilder};
use orderdesk_mcp_contract::trace::view::TraceLine;

use crate::error::Failure;

const HEAD: [&str; 12] = [
    "id",
    "began",
    "duration_ms",
    "door",
    "by",
    "client",
    "tool",
    "store",
    "order",
    "outcome",
    "cached",
    "change",
];

pub(super) fn head() -> Result<Vec<u8>, Failure> {
    written(|writer| writer.write_record(HEAD))
}

pub(super) fn rows(lines: impl Iterator<Item = TraceLine>) -> Result<Vec<u8>, Failure> {
    written(|writer| {
        for line in lines {
            writer.write_record(cells(line))?;
        }
        Ok(())
    })
}

fn cells(line: TraceLine) -> [String; HEAD.len()] {
    let cached = match line.cache_hit {
        Some(true) => "yes",
        Some(false) => "no",
        None => "",
    };
    let outcome = line.error.map_or("ok", |code| code.as_str());
    [
        line.id.to_string(),
        line.started_at.to_string(),
        format!("{}.{:03}", line.duration_us / 1000, line.duration_us % 1000),
        line.door.as_str().to_owned(),
        plain(line.actor.map(|actor| actor.name)),
        plain(line.client),
        line.tool,
        plain(line.store.map(|store| store.name)),
        plain(line.order_id),
        outcome.to_owned(),
        cached.to_owned(),
        line.change_id.map(|id| id.to_string()).unwrap_or_default(),
    ]
}

/// A text that somebody outside chose. Spreadsheets run what begins like a formula (OWASP, CSV injection), at the beginning of a
/// text or after what some of them take for the end of a cell; there it gets an apostrophe, which they do not show.
fn plain(text: Option<String>) -> String {
    let mut plain = String::new();
    let mut is_beginning = true;
    for letter in text.unwrap_or_default().chars() {
        if is_beginning && matches!(letter, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n') {
            plain.push('\'');
        }
        is_beginning = matches!(letter, ';' | ',' | '\t' | '\r' | '\n');
        plain.push(letter);
    }
    plain
}

fn written(
    write: impl FnOnce(&mut Writer<Vec<u8>>) -> Result<(), csv::Error>,
) -> Result<Vec<u8>, Failure> {
    let mut writer = WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    write(&mut writer).map_err(|error| Failure::bug("a call could not be written", error))?;
    writer
        .into_inner()
        .map_err(|error| Failure::bug("a call could not be written", error.into_error()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_formula_is_text() {
        for (text, cell) in [
            ("=HYPERLINK(\"x\")", "'=HYPERLINK(\"x\")"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@x", "'@x"),
            ("a=1", "a=1"),
            ("x;=1+1", "x;'=1+1"),
            ("x, y; z", "x, y; z"),
            ("a\t@b", "a\t'@b"),
            ("", ""),
        ] {
            assert_eq!(plain(Some(text.to_owned())), cell);
        }
    }
}
