//! Drawing what depends on the call that is shown.

use std::time::Duration;

use leptos::prelude::*;
use orderdesk_mcp_contract::form::Json;
use server_fn::ServerFn as _;

use super::api::CheckConsoleArguments;
use super::dom::{by_id, draw, press, say, set_value, show};
use super::value::{one_line, without_secrets};
use super::{panel, read, result, snippets, state};
use crate::routes;
use crate::transport::request;

/// How long nothing is typed before the JSON is checked.
const CHECK_AFTER: Duration = Duration::from_millis(300);

/// Draws all of the call that is shown.
pub(super) fn draw_all() {
    draw_strip();
    draw_fields();
    show_as(false);
    draw_result();
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

/// Shows what came of the call.
pub(super) fn draw_result() {
    let run = state::with(|state| {
        state.view = 0;
        state.call().run.clone()
    });
    draw(
        "console-outcome",
        run.clone().flatten().map(|run| result::outcome(&run)),
    );
    draw(
        "console-said",
        run.clone().flatten().map(|run| result::about(&run)),
    );
    say(
        "console-status",
        &run.clone()
            .flatten()
            .map(|run| result::status(&run))
            .unwrap_or_default(),
    );
    let is_there = run.flatten().is_some();
    show("console-shown", is_there);
    show("console-hint", !is_there);
    press("console-result-views", 0);
    draw_view();
}

pub(super) fn draw_view() {
    let searched = super::dom::value_of("console-search");
    let view = state::with(|state| {
        let run = state.call().run.as_ref()?;
        Some(result::view(
            result::VIEWS[state.view].0,
            run,
            searched.trim(),
        ))
    });
    let is_json = state::with(|state| result::VIEWS[state.view].0 == "json") == Some(true);
    show("console-search", is_json);
    draw("console-body", view.flatten());
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
    if is_json {
        set_value("json-text", &text.unwrap_or_default());
        draw_lines(&[]);
        check_soon();
    }
}

/// The line numbers, and what is wrong.
pub(super) fn draw_lines(faults: &[Json]) {
    let text = state::with(|state| state.call().text.clone()).unwrap_or_default();
    let count = panel::lines_of(&text);
    draw("json-lines", Some(panel::lines(count, faults)));
    draw("json-faults", Some(panel::faults(faults, &text)));
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

/// The call as it can be copied, while that is open.
pub(super) fn draw_snippet() {
    let text = state::with(|state| {
        let kind = snippets::KINDS[state.copied?];
        let arguments = without_secrets(&state.call().arguments, &state.tool.spec);
        let link = if kind == "link" {
            deep_link(
                &state.tool.name,
                &one_line(&Json::Object(arguments.clone())),
            )
        } else {
            String::new()
        };
        Some(snippets::snippet(
            kind,
            &state.tool.mcp_url,
            &state.tool.name,
            &arguments,
            &link,
        ))
    });
    if let Some(text) = text.flatten() {
        draw("console-snippet", Some(snippets::code(text)));
    }
}

/// This page's address with the arguments.
fn deep_link(tool: &str, arguments: &str) -> String {
    // The browser's own encoder takes one letter a byte.
    let bytes: String = arguments.bytes().map(char::from).collect();
    let encoded = window().btoa(&bytes).unwrap_or_default();
    let encoded = encoded.replace('+', "-").replace('/', "_");
    let origin = window().location().origin().unwrap_or_default();
    [
        &origin,
        &routes::console(tool),
        "&args=",
        encoded.trim_end_matches('='),
    ]
    .concat()
}
