//! Running the call that is shown, saving it, and changing what was saved.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::*;
use server_fn::ServerFn as _;
use wasm_bindgen::JsCast;
use web_sys::{AbortController, HtmlFormElement};

use super::api::{RemoveConsoleCall, RenameConsoleCall, RunConsoleTool, SaveConsoleCall};
use super::call::Run;
use super::dom::{by_id, draw, focus, say, value_of};
use super::draw::draw_result;
use super::read;
use super::state;
use crate::parts::{Tone, notice};
use crate::transport::request;

/// By then the server has heard that a call was given up, and noted it.
const NOTED_AFTER: Duration = Duration::from_secs(1);
const GIVEN_UP: &str = "You gave this call up. What reads was stopped; a write that had begun goes on and stands among the changes.";

/// Runs the call, unless it is under way or something is missing.
pub(super) fn start(dry_run: bool) {
    let form = by_id("console-form").map(JsCast::unchecked_into::<HtmlFormElement>);
    let Some(form) = form else { return };
    let Ok(controller) = AbortController::new() else {
        return;
    };
    let signal = controller.signal();
    let sent = state::with(|state| {
        let is_complete = state.is_json || form.check_validity();
        let is_here = state.call().tool == state.tool.name;
        let call = state.call_mut();
        if call.stop.is_some() || !is_here || !is_complete {
            return None;
        }
        call.stop = Some(controller);
        (call.run, call.refused) = (None, None);
        Some((call.tool.clone(), call.text.clone(), call.id))
    });
    let Some((tool, text, id)) = sent.flatten() else {
        // Says what is missing, beside it.
        form.report_validity();
        return;
    };
    draw_result();
    say("console-status", &["Running ", &tool, "."].concat());
    let timer = count_seconds(id);
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
        let is_given_up = signal.aborted();
        let (said, field) = match &answer {
            Ok(told) => {
                let error = read::part(told, "error");
                ("", error.map(|error| read::text(error, "field").to_owned()))
            }
            Err(_) if is_given_up => ("The call was given up.", None),
            Err(error) => ("Nothing was called.", error.field.clone()),
        };
        let is_shown = state::with(|state| {
            // It may have been closed meanwhile.
            let call = state.call_of(id)?;
            call.stop = None;
            match answer {
                Ok(told) => call.run = Some(Rc::new(Run::of(told))),
                Err(_) if is_given_up => call.refused = Some(GIVEN_UP.to_owned()),
                Err(error) => call.refused = Some(error.message),
            }
            Some(state.is_shown(id))
        });
        state::refetch();
        if is_given_up {
            set_timeout(state::refetch, NOTED_AFTER);
        }
        if is_shown.flatten() == Some(true) && by_id("console-form").is_some() {
            draw_result();
            if !said.is_empty() {
                say("console-status", said);
            }
            mark(field.as_deref());
        }
    });
}

/// Gives the call up that is shown.
pub(super) fn give_up() {
    state::with(|state| state.call().give_up());
}

/// Shows how long it takes already, while the call is shown.
fn count_seconds(id: u32) -> Option<IntervalHandle> {
    say("console-seconds", "0 s");
    let seconds = Cell::new(0_u32);
    let tick = move || {
        seconds.set(seconds.get() + 1);
        if state::with(|state| state.is_shown(id)) == Some(true) {
            let text = [&seconds.get().to_string(), " s"].concat();
            say("console-seconds", &text);
        }
    };
    set_interval_with_handle(tick, Duration::from_secs(1)).ok()
}

/// Marks the field that an error is about, and goes there.
fn mark(field: Option<&str>) {
    let field = field.unwrap_or_default();
    let top = field.split(['.', '[']).next().unwrap_or_default();
    let is_name = !top.is_empty() && top.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if !is_name {
        return;
    }
    let selector = if field == "arguments" {
        "#json-text".to_owned()
    } else {
        ["[data-path=\"/", top, "\"], #", top].concat()
    };
    if let Ok(Some(input)) = document().query_selector(&selector) {
        let _ = input.set_attribute("aria-invalid", "true");
    }
    focus(&selector);
}

/// Saves the call under the name that was typed.
pub(super) fn save() {
    let saved = state::with(|state| {
        let call = state.call();
        (call.tool.clone(), call.text.clone(), call.id)
    });
    let Some((tool, text, id)) = saved else {
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
        if state::with(|state| state.is_shown(id)) == Some(true) {
            say("console-saved", &said);
        }
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
