//! JSON to look through: a tree whose branches are drawn when they are opened, and a search over all of it.

use orderdesk_mcp_contract::form::Json;

use super::pointer::below;
use super::print::one_line;
use crate::parts::format::plural;
use crate::parts::{Markup, el};

/// So many members of one value are drawn at once.
const MEMBERS_MAX: usize = 100;
/// Most hits of a search.
const HITS_MAX: usize = 50;
/// Longest value in the list of hits, in letters.
const HIT_LETTERS: usize = 200;

/// The tree with its first level open.
pub(super) fn tree(value: &Json) -> Markup {
    el("div")
        .class("json-tree")
        .child(branch("", "", value, true))
}

/// One value: a line, or a branch.
fn node(path: &str, name: &str, value: &Json) -> Markup {
    match value {
        Json::Object(members) if !members.is_empty() => branch(path, name, value, false),
        Json::Array(elements) if !elements.is_empty() => branch(path, name, value, false),
        small => el("div")
            .class("json-leaf")
            .maybe(name_of(name))
            .child(leaf(small)),
    }
}

fn branch(path: &str, name: &str, value: &Json, is_open: bool) -> Markup {
    let summary = el("summary")
        .with("data-branch", path.to_owned())
        .maybe(name_of(name))
        .child(el("span").class("json-size").text(size(value)));
    let branch = el("details")
        .class("json-branch")
        .flag("open", is_open)
        .child(summary);
    if is_open {
        branch.child(inside(path, value, 0))
    } else {
        branch
    }
}

/// What stands inside of a branch, from its member of that number on.
pub(super) fn inside(path: &str, value: &Json, from: usize) -> Markup {
    let all: Vec<Markup> = match value {
        Json::Object(members) => {
            let members = members.iter().skip(from).take(MEMBERS_MAX);
            members
                .map(|(name, member)| node(&below(path, name), name, member))
                .collect()
        }
        Json::Array(elements) => {
            let elements = elements.iter().enumerate().skip(from).take(MEMBERS_MAX);
            let element = |(place, element): (usize, &Json)| {
                let name = place.to_string();
                node(&below(path, &name), &name, element)
            };
            elements.map(element).collect()
        }
        _ => Vec::new(),
    };
    let next = from + all.len();
    let left = length(value).saturating_sub(next);
    let more = (left > 0).then(|| {
        el("button")
            .with_all(&[("class", "button button-small"), ("type", "button")])
            .with("data-more", path.to_owned())
            .with("data-from", next.to_string())
            .text(["Show more (", &plural(left as u64, "is", "are"), " left)"].concat())
    });
    el("div").class("json-inside").children(all).maybe(more)
}

fn length(value: &Json) -> usize {
    match value {
        Json::Object(members) => members.len(),
        Json::Array(elements) => elements.len(),
        _ => 0,
    }
}

fn size(value: &Json) -> String {
    let count = length(value) as u64;
    match value {
        Json::Array(_) => plural(count, "element", "elements"),
        _ => plural(count, "member", "members"),
    }
}

fn name_of(name: &str) -> Option<Markup> {
    (!name.is_empty()).then(|| {
        el("span")
            .class("json-name")
            .text(name.to_owned())
            .text(": ")
    })
}

fn leaf(value: &Json) -> Markup {
    el("span")
        .class(["json-", value.kind()].concat())
        .text(one_line(value))
}

/// Every value whose name or text has what was typed, whatever the case of A to Z: the tables for other letters are larger
/// than the console's form.
pub(super) fn hits(value: &Json, typed: &str) -> Markup {
    let mut found = Vec::new();
    find("", "", value, &typed.to_ascii_lowercase(), &mut found);
    let count = found.len();
    let tally = match count {
        0 => "Nothing in the answer has that.".to_owned(),
        HITS_MAX => ["The first ", &HITS_MAX.to_string(), " places that have it:"].concat(),
        count => [&plural(count as u64, "place has", "places have"), " it:"].concat(),
    };
    let row = |(path, text): (String, String)| {
        el("tr")
            .child(el("th").with("scope", "row").child(el("code").text(path)))
            .child(el("td").child(el("code").text(text)))
    };
    let table = (count > 0).then(|| {
        el("table")
            .class("table json-hits")
            .child(
                el("caption")
                    .class("visually-hidden")
                    .text("Where it was found"),
            )
            .child(crate::parts::head(&[("Place", ""), ("Value", "")]))
            .child(el("tbody").children(found.into_iter().map(row)))
    });
    el("div")
        .child(
            el("p")
                .with_all(&[("class", "hint"), ("role", "status")])
                .text(tally),
        )
        .maybe(table)
}

fn find(path: &str, name: &str, value: &Json, typed: &str, found: &mut Vec<(String, String)>) {
    if found.len() == HITS_MAX {
        return;
    }
    match value {
        Json::Object(members) => {
            for (name, member) in members.iter() {
                find(&below(path, name), name, member, typed, found);
            }
        }
        Json::Array(elements) => {
            for (place, element) in elements.iter().enumerate() {
                find(&below(path, &place.to_string()), "", element, typed, found);
            }
        }
        small => {
            let text = one_line(small);
            let has = |text: &str| text.to_ascii_lowercase().contains(typed);
            if has(name) || has(&text) {
                found.push((path.to_owned(), text.chars().take(HIT_LETTERS).collect()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_closed_is_not_drawn() {
        let lines: Vec<String> = (0..200)
            .map(|n| format!("{{\"name\":\"Item {n}\",\"price\":1.50}}"))
            .collect();
        let text = format!(
            "{{\"order\":{{\"items\":[{}]}},\"n\":1.50}}",
            lines.join(",")
        );
        let value = Json::parse(&text).unwrap();
        let drawn = format!("{:?}", tree(&value));
        assert!(drawn.contains("1.50") && !drawn.contains("Item"), "{drawn}");
        let items = value.pointer("/order/items").unwrap();
        let drawn = format!("{:?}", inside("/order/items", items, 0));
        assert_eq!(drawn.matches("2 members").count(), MEMBERS_MAX);
        assert!(drawn.contains("100 are left"));
        assert!(!format!("{:?}", inside("/order/items", items, 100)).contains("data-more"));
    }

    #[test]
    fn a_search_finds_names_and_values() {
        let value = Json::parse(r#"{"order":{"E_mail":"Ann@x","items":[{"name":"Annex"}]},"n":1}"#)
            .unwrap();
        for (typed, count) in [
            ("ann", "2 places have"),
            ("e_MAIL", "1 place has"),
            ("zzz", "Nothing"),
        ] {
            let drawn = format!("{:?}", hits(&value, typed));
            assert!(drawn.contains(count), "{typed}: {drawn}");
        }
    }
}
