//! Drawing what depends on the call that is shown.

use std::time::Duration;

use leptos::prelude::*;
use orderdesk_mcp_contract::form::Json;
use server_fn::ServerFn as _;

use super::api::CheckConsoleArguments;
use super::asked::link;
use super::dom::{by_id, draw, press, say, set_value, show};
use super::value::without_secrets;
use super::{editor, panel, read, result, snippets, state, views};
use crate::parts::{Tone, el, notice};
use crate::transport::request;

/// How long nothing is typed before the JSON is checked.
const CHECK_AFTER: Duration = Duration::from_millis(300);
/// How long nothing is typed before a result is searched.
const SEARCH_AFTER: Duration = Duration::from_millis(120);

/// Draws all of the call that is shown.
pub(super) fn draw_all() {
    draw_strip();
    draw_fields();
    // What cannot be read has no form.
    show_as(state::with(|state| state.call().is_broken) == Some(true));
    draw_result();
    draw_snippet();
    set_value("confirm", "");
    say("console-saved", "");
}

pub(super) fn draw_strip() {
    draw(
        "console-strip",
        state::with(|state| panel::strip(&state.calls, state.shown)),
    );
}

pub(super) fn draw_fields() {
    let fields = state::with(|state| {
        state.offered.clear();
        panel::fields(&state.tool, state.call())
    });
    draw("console-fields", fields);
}

/// Shows what came of the call, or that it is under way.
pub(super) fn draw_result() {
    let call = state::with(|state| {
        state.view = 0;
        let call = state.call();
        (call.run.clone(), call.refused.clone(), call.stop.is_some())
    });
    let (run, refused, is_running) = call.unwrap_or_default();
    draw(
        "console-refused",
        refused.map(|why| notice(Tone::Error, why)),
    );
    show("console-waiting", is_running);
    if let Some(button) = by_id("console-run") {
        let _ = button.set_attribute("aria-disabled", if is_running { "true" } else { "false" });
    }
    draw(
        "console-outcome",
        run.clone().map(|run| result::outcome(&run)),
    );
    draw("console-said", run.clone().map(|run| result::about(&run)));
    say(
        "console-status",
        &run.clone()
            .map(|run| result::status(&run))
            .unwrap_or_default(),
    );
    let is_there = run.is_some();
    show("console-shown", is_there);
    show("console-hint", !is_there && !is_running);
    press("console-result-views", 0);
    draw_view();
}

pub(super) fn draw_view() {
    let searched = super::dom::value_of("console-search");
    let view = state::with(|state| {
        let run = state.call().run.as_ref()?;
        Some(views::view(
            views::VIEWS[state.view].0,
            run,
            searched.trim(),
        ))
    });
    let is_json = state::with(|state| views::VIEWS[state.view].0 == "json") == Some(true);
    show("console-search", is_json);
    draw("console-body", view.flatten());
}

/// Shows it for what is searched, once nothing was typed for a moment: a long answer takes longer than two keys.
pub(super) fn draw_view_soon() {
    let searched = super::dom::value_of("console-search");
    let draw = move || {
        if super::dom::value_of("console-search") == searched {
            draw_view();
        }
    };
    set_timeout(draw, SEARCH_AFTER);
}

/// Shows the arguments as JSON, or as the form.
pub(super) fn show_as(is_json: bool) {
    let text = state::with(|state| {
        state.is_json = is_json;
        state.call().text.clone()
    });
    press("console-views", usize::from(is_json));
    show("console-fields", !is_json);
    show("console-json", is_json);
    say("json-refused", "");
    if is_json {
        set_value("json-text", &text.unwrap_or_default());
        draw_lines(&[]);
        check_soon();
    }
}

/// The line numbers, and what is wrong.
pub(super) fn draw_lines(faults: &[Json]) {
    let text = state::with(|state| state.call().text.clone()).unwrap_or_default();
    let count = editor::lines_of(&text);
    draw("json-lines", Some(editor::lines(count, faults)));
    draw("json-faults", Some(editor::faults(faults, &text)));
    if let Some(area) = by_id("json-text") {
        let _ = area.set_attribute("rows", &count.to_string());
        let _ = area.set_attribute(
            "aria-invalid",
            if faults.is_empty() { "false" } else { "true" },
        );
    }
}

/// Has the server say what is wrong with the JSON, once nothing was typed for a moment.
pub(super) fn check_soon() {
    let check = state::with(|state| {
        state.checks = state.checks.wrapping_add(1);
        state.checks
    });
    let is_last = move || state::with(|state| state.checks) == check;
    let ask = async move {
        let Some((tool, text)) =
            state::with(|state| (state.tool.name.clone(), state.call().text.clone()))
        else {
            return;
        };
        let fields = [("tool", tool.as_str()), ("arguments", text.as_str())];
        let answer = request(CheckConsoleArguments::url(), &fields, None).await;
        if let Ok(faults) = answer.and_then(|text| read::parse(&text))
            && is_last()
        {
            draw_lines(faults.as_array().unwrap_or_default());
        }
    };
    let ask = move || {
        if is_last() {
            leptos::task::spawn_local(ask);
        }
    };
    set_timeout(ask, CHECK_AFTER);
}

/// The call as it can be copied, once that was opened.
pub(super) fn draw_snippet() {
    let copied = state::with(|state| {
        let place = state.copied?;
        let kind = snippets::KINDS[place];
        let call = state.call();
        if call.is_broken {
            return Some((place, None));
        }
        let arguments = without_secrets(&call.arguments, &state.tool.spec);
        let link = if kind == "link" {
            link(&state.tool.name, &arguments)
        } else {
            String::new()
        };
        let (url, tool) = (&state.tool.mcp_url, &state.tool.name);
        let text = snippets::snippet(kind, url, tool, &arguments, &link);
        Some((place, Some(text)))
    });
    let Some((place, text)) = copied.flatten() else {
        return;
    };
    press("console-kinds", place);
    let shown = match text {
        Some(text) => snippets::code(text),
        None => el("p")
            .class("hint")
            .text("The JSON cannot be read, so there is nothing to copy yet."),
    };
    draw("console-snippet", Some(shown));
}
