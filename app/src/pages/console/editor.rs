//! The arguments as JSON.

use orderdesk_mcp_contract::form::Json;

use super::read::{size, text};
use crate::parts::{Markup, el};

/// The JSON has at least so many lines.
const LINES_MIN: usize = 8;

/// Plain text with line numbers, and what is wrong by line.
pub(super) fn editor() -> Markup {
    let text = el("textarea")
        .with_all(&[
            ("class", "mono"),
            ("id", "json-text"),
            ("aria-label", "Arguments as JSON"),
            ("aria-describedby", "json-faults"),
            ("wrap", "off"),
            ("spellcheck", "false"),
            ("autocapitalize", "off"),
            ("autocomplete", "off"),
        ])
        .with("rows", LINES_MIN.to_string());
    el("div")
        .with_all(&[("id", "console-json"), ("hidden", "")])
        .child(
            el("div")
                .class("json-editor")
                .child(el("div").with_all(&[("id", "json-lines"), ("aria-hidden", "true")]))
                .child(text),
        )
        .child(el("p").with_all(&[
            ("class", "json-faults"),
            ("id", "json-refused"),
            ("role", "status"),
        ]))
        .child(el("div").with_all(&[("id", "json-faults"), ("role", "status")]))
}

/// How many lines the editor shows for a text.
pub(super) fn lines_of(text: &str) -> usize {
    (text.matches('\n').count() + 1).max(LINES_MIN)
}

/// The line numbers; those of faults are marked.
pub(super) fn lines(count: usize, faults: &[Json]) -> Markup {
    let number = |number: usize| {
        let is_wrong = faults
            .iter()
            .any(|fault| size(fault, "line") == Some(number as u64));
        let line = el("span").text(number.to_string());
        if is_wrong {
            line.class("json-wrong")
        } else {
            line
        }
    };
    el("div")
        .class("json-lines")
        .children((1..=count).map(number))
}

/// What is wrong, each with the way there.
pub(super) fn faults(faults: &[Json], json: &str) -> Markup {
    let item = |fault: &Json| {
        let [line, column] = ["line", "column"].map(|name| size(fault, name).unwrap_or(1));
        let place = ["Line ", &line.to_string(), ", column ", &column.to_string()].concat();
        let go = el("button")
            .with_all(&[("class", "link"), ("type", "button")])
            .with("data-place", offset(json, line, column).to_string())
            .text(place);
        el("li")
            .child(go)
            .text(": ")
            .text(text(fault, "message").to_owned())
    };
    el("ul")
        .class("json-faults")
        .children(faults.iter().map(item))
}

/// Where a place stands, as the browser counts: in UTF-16 units.
fn offset(json: &str, line: u64, column: u64) -> usize {
    let [line, column] =
        [line, column].map(|number| usize::try_from(number).unwrap_or(1).saturating_sub(1));
    let units = |text: &str| text.chars().map(char::len_utf16).sum::<usize>();
    let before: usize = json.split_inclusive('\n').take(line).map(units).sum();
    let line = json.split_inclusive('\n').nth(line).unwrap_or_default();
    before
        + line
            .chars()
            .take(column)
            .map(char::len_utf16)
            .sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_found_in_the_browsers_text() {
        let text = "{\n \"ü😀\": 1,\n}";
        for (line, column, expected) in [(1, 1, 0), (2, 2, 3), (2, 6, 8), (3, 1, 13), (9, 9, 14)] {
            assert_eq!(offset(text, line, column), expected, "{line}:{column}");
        }
    }

    #[test]
    fn the_editor_grows_with_its_text() {
        assert_eq!(lines_of("{}"), LINES_MIN);
        assert_eq!(lines_of(&"\n".repeat(20)), 21);
    }
}
