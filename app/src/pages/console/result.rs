//! What came of a call, in five views.

use orderdesk_mcp_contract::ApiError;
use orderdesk_mcp_contract::form::{Json, Object};
use orderdesk_mcp_contract::views::console::{ConsoleRun, ConsoleUpstream};

use super::tree::{hits, tree};
use super::value::one_line;
use crate::pages::changes::{BEFORE_AFTER, FieldRow, diff_table};
use crate::parts::format::{count, duration, plural};
use crate::parts::{Markup, Tone, badge, el, head, link, notice};
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

/// How it went in a sentence, for everybody and for screen readers.
pub(super) fn status(run: &ConsoleRun) -> String {
    let took = duration(run.duration_us / 1_000);
    let how = match (&run.error, run.dry_run) {
        (Some(_), _) => " failed after ",
        (None, true) => " was worked out, and nothing was written, in ",
        (None, false) => " answered in ",
    };
    [&run.tool, how, &took, ", ", &size(run), "."].concat()
}

fn size(run: &ConsoleRun) -> String {
    let bytes = run.text.len() as u64;
    let tokens = plural(run.about_tokens(), "token", "tokens");
    [&plural(bytes, "byte", "bytes"), ", about ", &tokens].concat()
}

/// What a change's receipt says of itself, or why the call failed.
pub(super) fn said(run: &ConsoleRun, answer: Option<&Json>) -> Option<Markup> {
    if run.error.is_some() {
        return Some(notice(Tone::Error, run.text.clone()));
    }
    let answer = answer?.as_object()?;
    let message = answer.get("message")?.as_str()?.to_owned();
    let tone = match answer.get("status").and_then(Json::as_str) {
        Some("success") => Tone::Ok,
        Some("pending" | "running" | "unknown") => Tone::Warn,
        _ => Tone::Info,
    };
    Some(notice(tone, message))
}

/// The outcome in a word.
pub(super) fn outcome(run: &ConsoleRun) -> Markup {
    match (&run.error, run.dry_run) {
        (Some(_), _) => badge(Tone::Error, "circle-alert", "Error"),
        (None, true) => badge(Tone::Info, "flask-conical", "Dry run"),
        (None, false) => badge(Tone::Ok, "circle-check", "Answered"),
    }
}

/// Where the call and its change can be looked at.
pub(super) fn links(run: &ConsoleRun) -> Markup {
    let change = run
        .change_id
        .map(|id| el("p").child(link(routes::change(id), "Open the change")));
    let trace = run.trace_id.map(|id| {
        el("p")
            .class("hint")
            .text("Recorded call: ")
            .child(el("code").class("mono").text(id.to_string()))
    });
    el("div").class("console-links").maybe(change).maybe(trace)
}

/// One view of a result. `typed` is what is searched for in the JSON.
pub(super) fn view(name: &str, run: &ConsoleRun, answer: Option<&Json>, typed: &str) -> Markup {
    match (name, answer) {
        ("upstream", _) => upstream(&run.upstream),
        ("assistant", _) => as_text(run),
        ("json", Some(answer)) if typed.trim().is_empty() => tree(answer),
        ("json", Some(answer)) => hits(answer, typed.trim()),
        ("diff", Some(answer)) => diff(answer),
        ("table", Some(answer)) => table(answer),
        _ => {
            let error = run.error.as_ref();
            error.map_or_else(|| as_text(run), |error| failure(error))
        }
    }
}

/// An error as facts.
fn failure(error: &ApiError) -> Markup {
    let fact = |name: &'static str, value: String| {
        [el("dt").text(name), el("dd").child(el("code").text(value))]
    };
    let mut facts = fact("Kind", error.code.as_str().to_owned()).to_vec();
    facts.extend(
        error
            .field
            .clone()
            .into_iter()
            .flat_map(|field| fact("Argument", field)),
    );
    if !error.allowed.is_empty() {
        facts.extend(fact("Allowed", error.allowed.join(", ")));
    }
    facts.extend(
        error
            .retry_after_secs
            .into_iter()
            .flat_map(|seconds| fact("Try again in", format!("{seconds} s"))),
    );
    el("dl").class("facts").children(facts)
}

fn as_text(run: &ConsoleRun) -> Markup {
    let shown: String = run.text.chars().take(TEXT_MAX).collect();
    let is_cut = shown.len() < run.text.len();
    let cut = is_cut.then(|| {
        let text = format!(
            "Only the first {} letters are shown.",
            count(TEXT_MAX as u64)
        );
        el("p").class("hint").text(text)
    });
    let role = if run.error.is_some() {
        " as an error"
    } else {
        ""
    };
    el("div")
        .child(
            el("p")
                .class("hint")
                .text("The assistant reads this text")
                .text(role)
                .text(": ")
                .text(size(run))
                .text(" (a quarter of the bytes)."),
        )
        .child(
            el("pre")
                .class("console-text")
                .with("tabindex", "0")
                .with("role", "region")
                .with("aria-label", "As the assistant sees it")
                .child(el("code").text(shown)),
        )
        .maybe(cut)
}

fn upstream(calls: &[ConsoleUpstream]) -> Markup {
    if calls.is_empty() {
        return nothing(
            "Order Desk was not asked: the answer came from the cache, or from what is kept here.",
        );
    }
    let row = |call: &ConsoleUpstream| {
        let status = match (call.ok, call.status) {
            (_, Some(status)) => status.to_string(),
            (true, None) => "–".to_owned(),
            (false, None) => "no answer".to_owned(),
        };
        let tone = if call.ok { Tone::Neutral } else { Tone::Error };
        let cell = |label: &'static str| el("td").with("data-label", label);
        el("tr")
            .child(
                el("th")
                    .with("scope", "row")
                    .child(el("code").text(call.name.clone())),
            )
            .child(cell("Status").child(badge(tone, "", status)))
            .child(
                cell("Began after")
                    .class("number")
                    .text(duration(call.offset_us / 1_000)),
            )
            .child(
                cell("Took")
                    .class("number")
                    .text(duration(call.duration_us / 1_000)),
            )
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
    let members = answer.as_object();
    let fields = members.and_then(|members| members.get("diff")?.as_array());
    let row = |field: &Json| {
        let member = |name: &str| field.as_object()?.get(name);
        let value = |name: &str| member(name).filter(|value| !value.is_null()).map(text_of);
        FieldRow {
            name: member("path").map(text_of).unwrap_or_default(),
            path: None,
            values: vec![value("before"), value("after")],
        }
    };
    match fields {
        None => nothing("This tool changes nothing, so there is no difference."),
        Some([]) => nothing("Nothing changes, field by field."),
        Some(fields) => diff_table(
            "What changes",
            BEFORE_AFTER,
            fields.iter().map(row).collect(),
        ),
    }
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
        .class("console-scroll")
        .with("tabindex", "0")
        .with("role", "region")
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
    use orderdesk_mcp_contract::ErrorCode;

    use super::*;

    fn run(text: &str, error: Option<ApiError>) -> ConsoleRun {
        ConsoleRun {
            id: None,
            tool: "orders_get".into(),
            dry_run: false,
            error,
            text: text.into(),
            upstream: Vec::new(),
            trace_id: None,
            change_id: None,
            duration_us: 85_400,
        }
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
        assert!(drawn(&outcome(&failed)).contains("badge-error"));
        assert!(drawn(&said(&failed, None).unwrap()).contains("alert"));
        for (name, _) in VIEWS {
            assert!(
                !drawn(&view(name, &failed, None, "")).contains("Answered"),
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
            let answer = Json::parse(&text).unwrap();
            let shown = said(&run(&text, None), Some(&answer)).unwrap();
            assert!(drawn(&shown).contains(class), "{state}");
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
        let shown = drawn(&table(&Json::parse(&text).unwrap()));
        assert_eq!(shown.matches("\"Item ").count(), ROWS_MAX, "{shown}");
        assert!(shown.contains("the first 25 of 200") && !shown.contains("metadata"));
    }
}
