//! What came of a call.

use orderdesk_mcp_contract::form::Json;

use super::call::Run;
use super::panel::group;
use super::read::{part, size as number, text};
use super::views::{VIEWS, view};
use crate::parts::format::{duration, plural};
use crate::parts::{Markup, Tone, badge, el, link, notice};
use crate::routes;

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
    let how = match ending(run) {
        "error" => " failed after ",
        "preview" => " was worked out, and nothing was written, in ",
        "pending" => " was proposed, and a person must approve it; answered in ",
        "running" => " is still being written; answered in ",
        "unknown" => " was sent, and nobody knows yet whether it was written; answered in ",
        _ => " answered in ",
    };
    [text(told, "tool"), how, &took, ", ", &size_of(run), "."].concat()
}

/// The size of what an assistant reads. A token is about a quarter of the bytes, which is what English JSON comes to.
pub(super) fn size_of(run: &Run) -> String {
    let bytes = text(&run.told, "text").len() as u64;
    let tokens = plural(bytes.div_ceil(4), "token", "tokens");
    [&plural(bytes, "byte", "bytes"), ", about ", &tokens].concat()
}

/// How the call ended: `error`, or the status of a write's receipt; blank for what writes nothing.
fn ending(run: &Run) -> &str {
    if part(&run.told, "error").is_some() {
        "error"
    } else {
        text(&run.told, "status")
    }
}

/// What an ending means: only what is done is good.
pub(super) fn tone_of(ending: &str) -> Tone {
    match ending {
        "" | "success" => Tone::Ok,
        "pending" => Tone::Warn,
        "running" | "preview" | "unchanged" => Tone::Info,
        _ => Tone::Error,
    }
}

/// The outcome in a word.
pub(super) fn outcome(run: &Run) -> Markup {
    let ending = ending(run);
    let (icon, word) = match ending {
        "error" => ("circle-alert", "Error"),
        "preview" => ("flask-conical", "Dry run"),
        "pending" => ("clock", "Needs approval"),
        "running" => ("clock", "Still running"),
        "unchanged" => ("circle-check", "Unchanged"),
        "unknown" => ("circle-alert", "Outcome unknown"),
        _ => ("circle-check", "Answered"),
    };
    badge(tone_of(ending), icon, word)
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
            .child(link(routes::trace(id), id.to_owned()))
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
    let tone = match ending(run) {
        // Not of a write, so it says of nothing that it is done.
        "" => Tone::Info,
        ending => tone_of(ending),
    };
    Some(notice(tone, message))
}

#[cfg(test)]
mod tests {
    use orderdesk_mcp_contract::tools::receipt::WriteStatus;
    use orderdesk_mcp_contract::views::console::ConsoleRun;
    use orderdesk_mcp_contract::{ApiError, ErrorCode};

    use super::super::views::ROWS_MAX;
    use super::*;

    fn run(text: &str, error: Option<ApiError>) -> Run {
        ended(text, error, None)
    }

    fn ended(text: &str, error: Option<ApiError>, status: Option<WriteStatus>) -> Run {
        let run = ConsoleRun {
            id: None,
            tool: "orders_get".into(),
            dry_run: false,
            error,
            text: text.into(),
            upstream: Vec::new(),
            trace_id: None,
            change_id: None,
            status,
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
        for (status, tone, word) in [
            (WriteStatus::Success, "ok", "Answered"),
            (WriteStatus::Pending, "warn", "Needs approval"),
            (WriteStatus::Running, "info", "Still running"),
            (WriteStatus::Preview, "info", "Dry run"),
            (WriteStatus::Unchanged, "info", "Unchanged"),
            (WriteStatus::Unknown, "error", "Outcome unknown"),
        ] {
            let name = status.as_str();
            let text = format!("{{\"status\":\"{name}\",\"message\":\"It is so.\"}}");
            let run = ended(&text, None, Some(status));
            assert!(
                drawn(&about(&run)).contains(&format!("notice-{tone}")),
                "{name}"
            );
            let badge = drawn(&outcome(&run));
            assert!(
                badge.contains(&format!("badge-{tone}")) && badge.contains(word),
                "{name}"
            );
        }
        let text = "{\"status\":\"success\",\"message\":\"Of something else.\"}";
        assert!(drawn(&about(&run(text, None))).contains("notice-info"));
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
