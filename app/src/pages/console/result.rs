//! What came of a call, in five views.

use orderdesk_mcp_contract::form::{Json, Object};

use super::panel::group;
use super::read::{flag, list, part, size as number, text};
use super::state::Run;
use super::tree::{hits, tree};
use super::value::one_line;
use crate::parts::format::{count, duration, plural};
use crate::parts::{Markup, Tone, badge, el, head, notice};
use crate::routes;

/// Most rows and columns of a table; the tree has the rest.
const ROWS_MAX: usize = 25;
const COLUMNS_MAX: usize = 7;
/// Longest value in a table, in letters.
const CELL_LETTERS: usize = 80;
/// Most letters that are shown as the assistant reads them.
const TEXT_MAX: usize = 200_000;

/// The views of a result: name and title.
pub(super) const VIEWS: [(&str, &str); 5] = [
    ("table", "Table"),
    ("json", "JSON"),
    ("diff", "Diff"),
    ("upstream", "Upstream calls"),
    ("assistant", "As the assistant sees it"),
];

/// The card with the result, and what stands there until there is one.
pub(super) fn section(run: Option<&Run>, refused: Option<String>) -> Markup {
    let slot = |id: &'static str, content: Option<Markup>| el("div").with("id", id).maybe(content);
    let is_there = run.is_some();
    let status = el("p")
        .with_all(&[
            ("class", "console-status"),
            ("id", "console-status"),
            ("role", "status"),
        ])
        .text(run.map(status).unwrap_or_default());
    let names = VIEWS.map(|(_, title)| title);
    let shown = el("div")
        .with("id", "console-shown")
        .flag("hidden", !is_there)
        .child(group(
            "console-result-views",
            "Result as",
            "data-view",
            &names,
        ))
        .child(toolbar())
        .child(slot(
            "console-body",
            run.map(|run| view(VIEWS[0].0, run, "")),
        ));
    el("section")
        .with_all(&[
            ("class", "card console-result"),
            ("aria-labelledby", "result-title"),
        ])
        .child(
            el("div")
                .class("card-head")
                .child(el("h2").with("id", "result-title").text("Result"))
                .child(slot("console-outcome", run.map(outcome))),
        )
        .child(status)
        .child(waiting())
        .child(slot(
            "console-refused",
            refused.map(|why| notice(Tone::Error, why)),
        ))
        .child(slot("console-said", run.map(about)))
        .child(
            el("p")
                .with_all(&[("class", "nothing"), ("id", "console-hint")])
                .flag("hidden", is_there)
                .text("Run the tool, and what it answers stands here."),
        )
        .child(shown)
}

/// For how long the answer has been waited for, and the way out.
fn waiting() -> Markup {
    el("div")
        .with_all(&[
            ("class", "console-waiting"),
            ("id", "console-waiting"),
            ("hidden", ""),
        ])
        .child(el("span").with_all(&[("class", "spinner"), ("aria-hidden", "true")]))
        .child(el("span").with_all(&[("id", "console-seconds"), ("aria-hidden", "true")]))
        .child(
            el("button")
                .with_all(&[
                    ("class", "button button-small"),
                    ("type", "button"),
                    ("data-stop", ""),
                ])
                .text("Stop waiting"),
        )
}

/// Searches the JSON, and copies the answer.
fn toolbar() -> Markup {
    el("div")
        .class("toolbar needs-script")
        .child(el("input").with_all(&[
            ("class", "input"),
            ("id", "console-search"),
            ("type", "search"),
            ("aria-label", "Search the JSON"),
            ("placeholder", "Search the JSON"),
            ("autocomplete", "off"),
            ("hidden", ""),
        ]))
        .child(
            el("button")
                .with_all(&[
                    ("class", "button button-small"),
                    ("type", "button"),
                    ("data-copy", "answer"),
                ])
                .text("Copy the answer"),
        )
}

/// How it went in a sentence, for everybody and for screen readers.
pub(super) fn status(run: &Run) -> String {
    let told = &run.told;
    let took = duration(number(told, "duration_us").unwrap_or_default() / 1_000);
    let how = if part(told, "error").is_some() {
        " failed after "
    } else if flag(told, "dry_run") {
        " was worked out, and nothing was written, in "
    } else {
        " answered in "
    };
    [text(told, "tool"), how, &took, ", ", &size_of(run), "."].concat()
}

/// The size of what an assistant reads. A token is about a quarter of the bytes, which is what English JSON comes to.
fn size_of(run: &Run) -> String {
    let bytes = text(&run.told, "text").len() as u64;
    let tokens = plural(bytes.div_ceil(4), "token", "tokens");
    [&plural(bytes, "byte", "bytes"), ", about ", &tokens].concat()
}

/// The outcome in a word.
pub(super) fn outcome(run: &Run) -> Markup {
    if part(&run.told, "error").is_some() {
        badge(Tone::Error, "circle-alert", "Error")
    } else if flag(&run.told, "dry_run") {
        badge(Tone::Info, "flask-conical", "Dry run")
    } else {
        badge(Tone::Ok, "circle-check", "Answered")
    }
}

/// Why it failed, or what a change's receipt says of itself; and where the call and its change can be looked at.
pub(super) fn about(run: &Run) -> Markup {
    let told = &run.told;
    let change = part(told, "change_id").and_then(Json::as_str);
    let change = change.map(|id| {
        el("p").child(
            el("a")
                .with("href", routes::change(id))
                .text("Open the change"),
        )
    });
    let trace = part(told, "trace_id").and_then(Json::as_str).map(|id| {
        el("p")
            .class("hint")
            .text("Recorded call: ")
            .child(el("code").class("mono").text(id.to_owned()))
    });
    el("div")
        .maybe(said(run))
        .child(el("div").class("console-links").maybe(change).maybe(trace))
}

fn said(run: &Run) -> Option<Markup> {
    if part(&run.told, "error").is_some() {
        return Some(notice(Tone::Error, text(&run.told, "text").to_owned()));
    }
    let answer = run.answer.as_ref()?;
    let message = part(answer, "message")?.as_str()?.to_owned();
    let tone = match text(answer, "status") {
        "success" => Tone::Ok,
        "pending" | "running" | "unknown" => Tone::Warn,
        _ => Tone::Info,
    };
    Some(notice(tone, message))
}

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
    let whole = text(&run.told, "text");
    let shown: String = whole.chars().take(TEXT_MAX).collect();
    let cut = (shown.len() < whole.len()).then(|| {
        let text = format!(
            "Only the first {} letters are shown.",
            count(TEXT_MAX as u64)
        );
        el("p").class("hint").text(text)
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
            el("pre")
                .with_all(&[
                    ("class", "console-text"),
                    ("tabindex", "0"),
                    ("role", "region"),
                    ("aria-label", "As the assistant sees it"),
                ])
                .child(el("code").text(shown)),
        )
        .maybe(cut)
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
        format!(
            "{name}: the first {shown} of {}; the JSON has all",
            elements.len()
        )
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

#[cfg(test)]
mod tests {
    use orderdesk_mcp_contract::views::console::ConsoleRun;
    use orderdesk_mcp_contract::{ApiError, ErrorCode};

    use super::*;

    fn run(text: &str, error: Option<ApiError>) -> Run {
        let run = ConsoleRun {
            id: None,
            tool: "orders_get".into(),
            dry_run: false,
            error,
            text: text.into(),
            upstream: Vec::new(),
            trace_id: None,
            change_id: None,
            duration_us: 85_400,
        };
        Run::of(Json::parse(&serde_json::to_string(&run).unwrap()).unwrap())
    }

    fn drawn(markup: &Markup) -> String {
        format!("{markup:?}")
    }

    #[test]
    fn a_failure_never_reads_like_a_success() {
        let error = ApiError::new(ErrorCode::NotFound, "There is no order 7.");
        let failed = run("There is no order 7.", Some(error));
        assert_eq!(
            status(&failed),
            "orders_get failed after 85 ms, 20 bytes, about 5 tokens."
        );
        let shown = drawn(&section(Some(&failed), None));
        assert!(
            shown.contains("badge-error") && shown.contains("alert") && shown.contains("not_found")
        );
        assert!(!shown.contains("Answered") && !shown.contains("badge-ok"));
        for (name, _) in VIEWS {
            assert!(
                !drawn(&view(name, &failed, "")).contains("badge-ok"),
                "{name}"
            );
        }
        let done = run("{}", None);
        assert_eq!(
            status(&done),
            "orders_get answered in 85 ms, 2 bytes, about 1 token."
        );
        assert!(drawn(&outcome(&done)).contains("badge-ok"));
    }

    #[test]
    fn what_is_not_settled_is_no_success() {
        for (state, class) in [
            ("success", "notice-ok"),
            ("pending", "notice-warn"),
            ("unknown", "notice-warn"),
            ("preview", "notice-info"),
        ] {
            let text = format!("{{\"status\":\"{state}\",\"message\":\"It is so.\"}}");
            assert!(drawn(&about(&run(&text, None))).contains(class), "{state}");
        }
    }

    #[test]
    fn a_difference_is_told_field_by_field() {
        let text = r#"{"diff":[{"path":"shipping.city","before":"Reno","after":"Elko"},{"path":"a","after":1.50}]}"#;
        let shown = drawn(&view("diff", &run(text, None), ""));
        for part in ["shipping.city", "Reno", "Elko", "1.50", "diff-nothing"] {
            assert!(shown.contains(part), "{part}: {shown}");
        }
    }

    #[test]
    fn a_large_order_draws_few_rows() {
        let lines: Vec<String> = (0..200)
            .map(|n| format!("{{\"name\":\"Item {n}\",\"metadata\":{{\"a\":1}}}}"))
            .collect();
        let text = format!(
            "{{\"order\":{{\"id\":\"1\",\"order_items\":[{}]}}}}",
            lines.join(",")
        );
        let shown = drawn(&view("table", &run(&text, None), ""));
        assert_eq!(shown.matches("\"Item ").count(), ROWS_MAX, "{shown}");
        assert!(shown.contains("the first 25 of 200") && !shown.contains("metadata"));
    }
}
