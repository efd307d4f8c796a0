//! Running the call that is shown, saving it, and changing what was saved.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::*;
use server_fn::ServerFn as _;
use wasm_bindgen::JsCast;
use web_sys::{AbortController, HtmlFormElement};

use super::api::{RemoveConsoleCall, RenameConsoleCall, RunConsoleTool, SaveConsoleCall};
use super::dom::{by_id, draw, focus, say, show, value_of};
use super::draw::draw_result;
use super::read;
use super::state::{self, Run};
use crate::parts::{Tone, notice};
use crate::transport::request;

const GIVEN_UP: &str = "You gave this call up. What reads was stopped; a write that had begun goes on and stands among the changes.";

/// Runs the call, unless one is under way or something is missing.
pub(super) fn start(dry_run: bool) {
    let form = by_id("console-form").map(JsCast::unchecked_into::<HtmlFormElement>);
    let Some(form) = form else { return };
    let Ok(controller) = AbortController::new() else {
        return;
    };
    let signal = controller.signal();
    let sent = state::with(|state| {
        let is_complete = state.is_json || form.check_validity();
        if state.stop.is_some() || !is_complete {
            return None;
        }
        state.stop = Some(controller);
        state.call_mut().run = None;
        Some((
            state.tool.name.clone(),
            state.call().text.clone(),
            state.shown,
        ))
    });
    let Some((tool, text, place)) = sent.flatten() else {
        // Says what is missing, beside it.
        form.report_validity();
        return;
    };
    refuse(None);
    draw_result();
    show("console-hint", false);
    show("console-waiting", true);
    say("console-status", &["Running ", &tool, "."].concat());
    set_pending(true);
    let timer = count_seconds();
    leptos::task::spawn_local(async move {
        let confirm = value_of("confirm");
        let fields = [
            ("tool", tool.as_str()),
            ("arguments", text.as_str()),
            ("dry_run", if dry_run { "true" } else { "false" }),
            ("confirm", confirm.as_str()),
        ];
        let answer = request(RunConsoleTool::url(), &fields, Some(&signal)).await;
        if let Some(timer) = timer {
            timer.clear();
        }
        let answer = answer.and_then(|text| read::parse(&text));
        let is_here = state::with(|state| {
            // Given up because another tool is shown: then there is nothing to end.
            state.stop.take().is_some() && state.tool.name == tool
        });
        state::refetch();
        if is_here != Some(true) {
            return;
        }
        show("console-waiting", false);
        set_pending(false);
        match answer {
            Ok(told) => {
                let field =
                    read::part(&told, "error").map(|error| read::text(error, "field").to_owned());
                let is_shown = state::with(|state| {
                    if let Some(call) = state.calls.get_mut(place) {
                        call.run = Some(Rc::new(Run::of(told)));
                    }
                    state.shown == place
                });
                if is_shown == Some(true) {
                    draw_result();
                    mark(field.as_deref());
                }
            }
            Err(_) if signal.aborted() => {
                say("console-status", "The call was given up.");
                refuse(Some(GIVEN_UP.to_owned()));
            }
            Err(error) => {
                say("console-status", "Nothing was called.");
                refuse(Some(error.message));
                mark(error.field.as_deref());
            }
        }
    });
}

/// Gives the call under way up.
pub(super) fn give_up() {
    state::with(|state| {
        if let Some(stop) = &state.stop {
            stop.abort();
        }
    });
}

fn set_pending(is_pending: bool) {
    if let Some(button) = by_id("console-run") {
        let _ = button.set_attribute("aria-disabled", if is_pending { "true" } else { "false" });
    }
}

/// Shows how long it takes already.
fn count_seconds() -> Option<IntervalHandle> {
    say("console-seconds", "0 s");
    let seconds = Cell::new(0_u32);
    let tick = move || {
        seconds.set(seconds.get() + 1);
        say(
            "console-seconds",
            &[&seconds.get().to_string(), " s"].concat(),
        );
    };
    set_interval_with_handle(tick, Duration::from_secs(1)).ok()
}

/// Says why nothing was called.
pub(super) fn refuse(why: Option<String>) {
    draw("console-refused", why.map(|why| notice(Tone::Error, why)));
}

/// Marks the field that an error is about, and goes there.
fn mark(field: Option<&str>) {
    let field = field.unwrap_or_default();
    let top = field.split(['.', '[']).next().unwrap_or_default();
    let is_name = !top.is_empty() && top.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if !is_name {
        return;
    }
    let selector = ["[data-path=\"/", top, "\"], #", top].concat();
    if let Ok(Some(input)) = document().query_selector(&selector) {
        let _ = input.set_attribute("aria-invalid", "true");
    }
    focus(&selector);
}

/// Saves the call under the name that was typed.
pub(super) fn save() {
    let Some((tool, text)) =
        state::with(|state| (state.tool.name.clone(), state.call().text.clone()))
    else {
        return;
    };
    leptos::task::spawn_local(async move {
        let name = value_of("call-name");
        let fields = [
            ("tool", tool.as_str()),
            ("name", name.as_str()),
            ("arguments", text.as_str()),
        ];
        let said = match request(SaveConsoleCall::url(), &fields, None).await {
            Ok(_) => ["Saved as ", name.trim(), "."].concat(),
            Err(error) => error.message,
        };
        say("console-saved", &said);
        state::refetch();
    });
}

/// Renames or removes one of the person's calls, as its form says.
pub(super) fn act_on_call(form: HtmlFormElement) {
    let rename = RenameConsoleCall::url();
    let url = if form.action().ends_with(rename) {
        rename
    } else {
        RemoveConsoleCall::url()
    };
    let field = |name: &str| {
        let input = form
            .query_selector(&["[name=", name, "]"].concat())
            .ok()
            .flatten();
        input.map(super::dom::value).unwrap_or_default()
    };
    let (id, name) = (field("id"), field("name"));
    leptos::task::spawn_local(async move {
        let answer = request(url, &[("id", &id), ("name", &name)], None).await;
        let why = answer.err().map(|error| notice(Tone::Error, error.message));
        draw("console-calls-refused", why);
        state::refetch();
    });
}
