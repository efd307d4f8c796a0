//! The five views of a result.

use orderdesk_mcp_contract::form::{Json, Object};

use super::call::Run;
use super::print::one_line;
use super::read::{flag, list, part, size as number, text};
use super::result::size_of;
use super::tree::{hits, tree};
use crate::parts::format::{count, duration};
use crate::parts::{Markup, Tone, badge, el, head};

/// Most rows and columns of a table; the tree has the rest.
pub(super) const ROWS_MAX: usize = 25;
const COLUMNS_MAX: usize = 7;
/// Longest value in a table, in letters.
const CELL_LETTERS: usize = 80;
/// Letters that are shown as the assistant reads them, and most of those that follow folded.
const TEXT_AT_ONCE: usize = 8_000;
const TEXT_MAX: usize = 400_000;

/// The views of a result: name and title.
pub(super) const VIEWS: [(&str, &str); 5] = [
    ("table", "Table"),
    ("json", "JSON"),
    ("diff", "Diff"),
    ("upstream", "Upstream calls"),
    ("assistant", "As the assistant sees it"),
];

/// One view of a result. `typed` is what is searched for in the JSON.
pub(super) fn view(name: &str, run: &Run, typed: &str) -> Markup {
    match (name, &run.answer) {
        ("upstream", _) => upstream(list(&run.told, "upstream")),
        ("assistant", _) => as_text(run),
        ("json", Some(answer)) if typed.is_empty() => tree(answer),
        ("json", Some(answer)) => hits(answer, typed),
        ("diff", Some(answer)) => diff(answer),
        ("table", Some(answer)) => table(answer),
        _ => match part(&run.told, "error") {
            Some(error) => failure(error),
            None => as_text(run),
        },
    }
}

/// An error as facts.
fn failure(error: &Json) -> Markup {
    let names = [
        ("Kind", "code"),
        ("Argument", "field"),
        ("Allowed", "allowed"),
        ("Try again after, in s", "retry_after_secs"),
    ];
    let fact = |(title, name): (&'static str, &str)| {
        let value = part(error, name)?;
        Some([
            el("dt").text(title),
            el("dd").child(el("code").text(text_of(value))),
        ])
    };
    el("dl")
        .class("facts")
        .children(names.into_iter().filter_map(fact).flatten())
}

fn as_text(run: &Run) -> Markup {
    let mut whole = text(&run.told, "text").chars();
    let shown: String = whole.by_ref().take(TEXT_AT_ONCE).collect();
    let rest: String = whole.by_ref().take(TEXT_MAX).collect();
    let is_cut = whole.next().is_some();
    // What is folded costs the browser nothing until it is opened.
    let rest = (!rest.is_empty()).then(|| {
        let title = if is_cut {
            "Show what follows, but not all of it"
        } else {
            "Show what follows"
        };
        el("details")
            .child(el("summary").text(title))
            .child(el("code").text(rest))
    });
    let kind = if part(&run.told, "error").is_some() {
        "The assistant reads this as an error: "
    } else {
        "The assistant reads this text: "
    };
    el("div")
        .child(
            el("p")
                .class("hint")
                .text(kind)
                .text(size_of(run))
                .text(" (a quarter of the bytes)."),
        )
        .child(
            el("div")
                .with_all(&[
                    ("class", "console-text"),
                    ("tabindex", "0"),
                    ("role", "region"),
                    ("aria-label", "As the assistant sees it"),
                ])
                .child(el("code").text(shown))
                .maybe(rest),
        )
}

fn upstream(calls: &[Json]) -> Markup {
    if calls.is_empty() {
        return nothing(
            "Order Desk was not asked: the answer came from the cache, or from what is kept here.",
        );
    }
    let row = |call: &Json| {
        let is_ok = flag(call, "ok");
        let status = match number(call, "status") {
            Some(status) => status.to_string(),
            None if is_ok => "–".to_owned(),
            None => "no answer".to_owned(),
        };
        let tone = if is_ok { Tone::Neutral } else { Tone::Error };
        let cell = |label: &'static str| el("td").with("data-label", label);
        let took = |name: &str| duration(number(call, name).unwrap_or_default() / 1_000);
        el("tr")
            .child(
                el("th")
                    .with("scope", "row")
                    .child(el("code").text(text(call, "name").to_owned())),
            )
            .child(cell("Status").child(badge(tone, "", status)))
            .child(cell("Began after").class("number").text(took("offset_us")))
            .child(cell("Took").class("number").text(took("duration_us")))
    };
    el("table")
        .class("table table-cards")
        .child(
            el("caption")
                .class("visually-hidden")
                .text("Requests to Order Desk"),
        )
        .child(head(&[
            ("Request", ""),
            ("Status", ""),
            ("Began after", "number"),
            ("Took", "number"),
        ]))
        .child(el("tbody").children(calls.iter().map(row)))
}

/// The difference that a write's receipt tells.
fn diff(answer: &Json) -> Markup {
    let Some(fields) = part(answer, "diff").and_then(Json::as_array) else {
        return nothing("This tool changes nothing, so there is no difference.");
    };
    if fields.is_empty() {
        return nothing("Nothing changes, field by field.");
    }
    let row = |field: &Json| {
        let cell = |label: &'static str, class: &'static str, name: &str| {
            let value = match part(field, name) {
                Some(value) => el("span").text(text_of(value)),
                None => el("span").class("diff-nothing").text("nothing"),
            };
            el("td").class(class).with("data-label", label).child(value)
        };
        let path = part(field, "path").map(text_of).unwrap_or_default();
        el("tr")
            .child(el("th").with("scope", "row").child(el("code").text(path)))
            .child(cell("Before", "diff-old", "before"))
            .child(cell("After", "diff-new", "after"))
    };
    el("table")
        .class("table diff")
        .child(el("caption").class("visually-hidden").text("What changes"))
        .child(head(&[("Field", ""), ("Before", ""), ("After", "")]))
        .child(el("tbody").children(fields.iter().map(row)))
}

fn nothing(text: &'static str) -> Markup {
    el("p").class("nothing").text(text)
}

/// The answer as facts and tables: what is a list of objects becomes a table, one level down as well.
fn table(answer: &Json) -> Markup {
    match answer {
        Json::Object(members) => el("div").class("stack").children(parts("", members, 1)),
        other => el("p").child(el("code").text(text_of(other))),
    }
}

fn parts(title: &str, members: &Object, depth: u32) -> Vec<Markup> {
    let mut facts = Vec::new();
    let mut below = Vec::new();
    for (name, value) in members.iter() {
        match value {
            Json::Object(inner) if depth > 0 && !inner.is_empty() => {
                below.extend(parts(name, inner, depth - 1));
            }
            Json::Array(elements) if elements.iter().any(|one| one.as_object().is_some()) => {
                below.push(rows(name, elements));
            }
            value if value.is_blank() => {}
            value => facts.extend([el("dt").text(name.to_owned()), el("dd").text(cut(value))]),
        }
    }
    let mut all = Vec::new();
    if !facts.is_empty() {
        let heading =
            (!title.is_empty()).then(|| el("h3").child(el("code").text(title.to_owned())));
        let facts = el("dl").class("facts").children(facts);
        all.push(el("div").maybe(heading).child(facts));
    }
    all.extend(below);
    all
}

fn rows(name: &str, elements: &[Json]) -> Markup {
    let mut columns: Vec<&str> = Vec::new();
    for members in elements.iter().take(ROWS_MAX).filter_map(Json::as_object) {
        for (column, value) in members.iter() {
            let is_small = !matches!(value, Json::Object(_) | Json::Array(_)) && !value.is_blank();
            if is_small && columns.len() < COLUMNS_MAX && !columns.contains(&column) {
                columns.push(column);
            }
        }
    }
    let title = |column: &&str| el("th").with("scope", "col").text((*column).to_owned());
    let row = |element: &Json| {
        let members = element.as_object();
        let cell = |column: &&str| {
            let value = members.and_then(|members| members.get(column));
            el("td").with("data-label", (*column).to_owned()).text(
                value
                    .filter(|value| !value.is_blank())
                    .map(cut)
                    .unwrap_or_default(),
            )
        };
        el("tr").children(columns.iter().map(cell))
    };
    let shown = elements.len().min(ROWS_MAX);
    let caption = if shown < elements.len() {
        let (first, all) = (count(shown as u64), count(elements.len() as u64));
        [
            name,
            ": the first ",
            &first,
            " of ",
            &all,
            "; the JSON has all",
        ]
        .concat()
    } else {
        [name, ": ", &count(shown as u64)].concat()
    };
    el("div")
        .with_all(&[
            ("class", "console-scroll"),
            ("tabindex", "0"),
            ("role", "region"),
        ])
        .with("aria-label", name.to_owned())
        .child(
            el("table")
                .class("table")
                .child(el("caption").text(caption))
                .child(el("thead").child(el("tr").children(columns.iter().map(title))))
                .child(el("tbody").children(elements.iter().take(ROWS_MAX).map(row))),
        )
}

fn text_of(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        other => one_line(other),
    }
}

fn cut(value: &Json) -> String {
    let text = text_of(value);
    if text.chars().count() <= CELL_LETTERS {
        return text;
    }
    let mut cut: String = text.chars().take(CELL_LETTERS).collect();
    cut.push('…');
    cut
}
