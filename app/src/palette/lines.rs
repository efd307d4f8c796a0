//! The palette's lines.

use super::api::Hit;
use super::rank::rank;
use crate::parts::{Markup, Text, el, icon};
use crate::routes;
use crate::shell::PAGES;

/// What a line does.
#[derive(Clone)]
enum Does {
    /// Leads to a page.
    Go(String),
    /// Presses what this selector finds on the page.
    Press(&'static str),
}

struct Line {
    title: String,
    detail: String,
    does: Does,
}

impl From<&Hit> for Line {
    fn from(hit: &Hit) -> Self {
        Self {
            title: hit.title.clone(),
            detail: hit.detail.clone(),
            does: Does::Go(hit.href.clone()),
        }
    }
}

/// Pages and parts of pages that are not in the navigation: address, name, and what it belongs to.
const MORE: [(&str, &str, &str); 3] = [
    (routes::NEW_STORE, "Add a store", "Stores"),
    (routes::STOPS, "Stop or resume writes", "Approvals"),
    (
        "/changes?state=waiting",
        "Changes that wait for a decision",
        "Changes",
    ),
];
/// What can be set in this browser: a name, and what to press for it.
const SETTINGS: [(&str, &str); 4] = [
    ("Light theme", ".theme button[value=light]"),
    ("Dark theme", ".theme button[value=dark]"),
    ("Theme as in the system", ".theme button[value=auto]"),
    ("High contrast", ".theme button[value=contrast]"),
];

/// The palette: one field, and a list that follows it.
#[derive(Default)]
pub(super) struct Palette {
    pub(super) typed: String,
    /// What the server found.
    pub(super) hits: Vec<Hit>,
    /// What the status says.
    pub(super) says: Text,
    /// Which line Enter takes.
    pub(super) chosen: usize,
}

impl Palette {
    /// The app's own lines, the best first, then what the server found.
    fn groups(&self) -> Vec<(String, Vec<Line>)> {
        let pages = PAGES.iter().map(|(letter, path, _, name)| Line {
            title: (*name).to_owned(),
            detail: ["g ", letter].concat(),
            does: Does::Go((*path).to_owned()),
        });
        let more = MORE.iter().map(|(path, name, of)| Line {
            title: (*name).to_owned(),
            detail: (*of).to_owned(),
            does: Does::Go((*path).to_owned()),
        });
        let settings = SETTINGS.iter().map(|(name, selector)| Line {
            title: (*name).to_owned(),
            detail: String::new(),
            does: Does::Press(selector),
        });
        let typed = &self.typed;
        let mut groups = vec![
            (
                "Pages".to_owned(),
                best_first(pages.chain(more).collect(), typed),
            ),
            (
                "This browser".to_owned(),
                best_first(settings.collect(), typed),
            ),
        ];
        groups.retain(|(_, lines)| !lines.is_empty());
        for group in self.hits.chunk_by(|a, b| a.group == b.group) {
            let name = group.first().map_or("", |hit| hit.group.as_str());
            groups.push((name.to_owned(), group.iter().map(Line::from).collect()));
        }
        groups
    }

    /// How many lines there are.
    pub(super) fn length(&self) -> usize {
        self.groups().iter().map(|(_, lines)| lines.len()).sum()
    }

    pub(super) fn view(&self) -> Markup {
        let field = el("input")
            .class("input")
            .with("type", "text")
            .with("role", "combobox")
            .with("aria-expanded", "true")
            .with("aria-controls", "palette-list")
            .with("aria-activedescendant", line_id(self.chosen))
            .with("aria-autocomplete", "list")
            .with("aria-label", "Search and go")
            .with("autocomplete", "off")
            .with("spellcheck", "false")
            .with("placeholder", "Pages, stores, orders, changes");
        let field = el("div")
            .class("palette-field")
            .child(icon("search"))
            .child(field);
        let mut list = el("div")
            .class("palette-list")
            .with("id", "palette-list")
            .with("role", "listbox")
            .with("aria-label", "Results");
        let mut index = 0;
        for (name, lines) in self.groups() {
            let head = el("p")
                .class("palette-group")
                .with("role", "presentation")
                .text(name.clone());
            let mut group = el("div")
                .with("role", "group")
                .with("aria-label", name)
                .child(head);
            for line in lines {
                group = group.child(option(line, index, index == self.chosen));
                index += 1;
            }
            list = list.child(group);
        }
        let says = el("p")
            .class("palette-says")
            .with("role", "status")
            .text(self.says.clone());
        el("dialog")
            .class("dialog palette")
            .with("aria-label", "Search and go")
            .child(field)
            .child(list)
            .child(says)
    }
}

fn best_first(lines: Vec<Line>, typed: &str) -> Vec<Line> {
    let mut by_rank: [Vec<Line>; 4] = Default::default();
    for line in lines {
        if let Some(rank) = rank(&line.title, typed) {
            by_rank[usize::from(rank)].push(line);
        }
    }
    by_rank.into_iter().rev().flatten().collect()
}

/// The id of a line's element.
pub(super) fn line_id(index: usize) -> String {
    ["palette-", &index.to_string()].concat()
}

fn option(line: Line, index: usize, is_chosen: bool) -> Markup {
    let element = match line.does {
        Does::Go(path) => el("a").with("href", path).with("tabindex", "-1"),
        Does::Press(selector) => el("div").with("data-press", selector),
    };
    element
        .class("palette-line")
        .with("id", line_id(index))
        .with("role", "option")
        .with("aria-selected", if is_chosen { "true" } else { "false" })
        .child(el("span").class("palette-title").text(line.title))
        .child(el("span").class("palette-detail").text(line.detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titles(typed: &str) -> Vec<String> {
        let more = MORE.iter().map(|(path, name, _)| Line {
            title: (*name).to_owned(),
            detail: String::new(),
            does: Does::Go((*path).to_owned()),
        });
        let found = best_first(more.collect(), typed);
        found.into_iter().map(|line| line.title).collect()
    }

    #[test]
    fn a_word_narrows_and_the_closest_comes_first() {
        assert_eq!(titles("").len(), MORE.len());
        assert_eq!(titles("stop"), ["Stop or resume writes"]);
        assert_eq!(
            titles("st"),
            [
                "Stop or resume writes",
                "Add a store",
                "Changes that wait for a decision"
            ]
        );
        assert!(titles("qqq").is_empty());
    }
}
