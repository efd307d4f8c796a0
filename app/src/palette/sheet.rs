//! The sheet that lists the keyboard shortcuts, and switches single letters off.

use super::letters_are_on;
use crate::parts::{Markup, el, icon};
use crate::shell::PAGES;

pub(super) fn shortcut_sheet() -> Markup {
    let close = el("button")
        .class("button button-quiet button-icon")
        .with("aria-label", "Close")
        .child(icon("x"));
    let head = el("header")
        .class("dialog-head")
        .child(
            el("h2")
                .with("id", "shortcuts-title")
                .text("Keyboard shortcuts"),
        )
        .child(el("form").with("method", "dialog").child(close));
    let switch = el("label")
        .class("check")
        .child(
            el("input")
                .with("type", "checkbox")
                .flag("checked", letters_are_on()),
        )
        .child(el("span").text("Single letters are shortcuts"));
    el("dialog")
        .class("dialog")
        .with("aria-labelledby", "shortcuts-title")
        .child(head)
        .child(keys())
        .child(switch)
        .child(el("p").class("hint").text(
            "Switch this off if you speak commands or press letters by accident. Ctrl K always works.",
        ))
}

fn keys() -> Markup {
    let everywhere = [
        ("Ctrl K", "Search and go"),
        ("/", "Go to the search of the page"),
        ("?", "Show this sheet"),
        ("Esc", "Close what is open"),
        ("j k", "In Traces: next and previous call"),
        ("n", "In Traces: show new calls"),
        ("p", "In Traces: pause a live list, or go on"),
    ];
    let rows = everywhere.map(|(keys, what)| row(keys, what));
    let pages = PAGES
        .iter()
        .map(|(letter, _, _, name)| row(&["g ", letter].concat(), name));
    el("dl").class("shortcuts").children(rows).children(pages)
}

fn row(keys: &str, what: &'static str) -> Markup {
    let keys = keys.split(' ').map(|key| el("kbd").text(key.to_owned()));
    el("div")
        .child(el("dt").children(keys))
        .child(el("dd").text(what))
}
