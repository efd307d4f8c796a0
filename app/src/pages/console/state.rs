//! The calls that are worked on, in the browser: several side by side, of which one is shown. Without their secrets they
//! stay in the browser's storage of the session.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::*;
use orderdesk_mcp_contract::ApiError;
use orderdesk_mcp_contract::form::{FormSpec, Json, Object};
use orderdesk_mcp_contract::views::console::{ConsoleHints, ConsoleStore};

use super::read;
use super::value::{one_line, pretty_object, without_secrets};
use crate::transport::Data;

/// Where the browser keeps the calls.
const KEPT: &str = "console-calls";
/// Most calls at once.
const TABS_MAX: usize = 8;

/// The tool that the page shows.
pub(super) struct Tool {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) hints: ConsoleHints,
    pub(super) refused: Option<String>,
    pub(super) family: String,
    pub(super) spec: FormSpec,
    pub(super) stores: Vec<ConsoleStore>,
    pub(super) mcp_url: String,
}

/// What a call is called with, and what came of it.
#[derive(Clone, Default)]
pub(super) struct Call {
    pub(super) tool: String,
    /// The arguments as far as they can be read.
    pub(super) arguments: Object,
    /// The arguments as JSON: what is sent.
    pub(super) text: String,
    /// The same without secrets, to be kept.
    kept: String,
    /// What came of it.
    pub(super) run: Option<Rc<Run>>,
}

/// What came of a call.
pub(super) struct Run {
    /// As the server told it.
    pub(super) told: Json,
    /// The tool's answer as data; absent when it failed.
    pub(super) answer: Option<Json>,
}

impl Run {
    pub(super) fn of(told: Json) -> Self {
        let has_failed = read::part(&told, "error").is_some();
        let answer = (!has_failed).then(|| Json::parse_in_browser(read::text(&told, "text")).ok());
        Self {
            answer: answer.flatten(),
            told,
        }
    }
}

impl Call {
    pub(super) fn new(tool: &str, text: &str) -> Self {
        Self {
            tool: tool.to_owned(),
            arguments: object(text).unwrap_or_default(),
            text: text.to_owned(),
            kept: text.to_owned(),
            run: None,
        }
    }

    fn is_blank(&self) -> bool {
        self.run.is_none() && matches!(self.text.trim(), "" | "{}")
    }

    /// The value was changed in the form: the JSON says it too.
    pub(super) fn form_edited(&mut self, spec: &FormSpec) {
        self.text = pretty_object(&self.arguments);
        self.kept = pretty_object(&without_secrets(&self.arguments, spec));
    }

    /// The JSON was edited: the value is what it says, as far as it can be read.
    pub(super) fn json_edited(&mut self, text: String, spec: &FormSpec) {
        self.kept.clear();
        if let Some(arguments) = object(&text) {
            self.kept = pretty_object(&without_secrets(&arguments, spec));
            self.arguments = arguments;
        } else if spec.secrets().next().is_none() {
            // What cannot be read might hold a secret elsewhere.
            self.kept.clone_from(&text);
        }
        self.text = text;
    }
}

/// The object in a text; a blank text is one without members.
fn object(text: &str) -> Option<Object> {
    if text.trim().is_empty() {
        return Some(Object::new());
    }
    Json::parse_in_browser(text).ok()?.as_object().cloned()
}

/// Everything that the page works on.
pub(super) struct State {
    pub(super) tool: Rc<Tool>,
    pub(super) calls: Vec<Call>,
    pub(super) shown: usize,
    /// Whether the arguments are shown as JSON.
    pub(super) is_json: bool,
    /// Which view of the result is shown.
    pub(super) view: usize,
    /// What the call is copied as; none while that is closed.
    pub(super) copied: Option<usize>,
    /// Counts the checks of the JSON, of which the last one holds.
    pub(super) checks: u32,
    /// What was offered for the fields already.
    pub(super) offered: Vec<String>,
    /// Ends the request under way.
    pub(super) stop: Option<web_sys::AbortController>,
}

/// The person's calls, and the way to another page.
type Page = (Data, Rc<dyn Fn(&str)>);

thread_local! {
    /// In the browser, which has one thread and one console.
    static STATE: RefCell<Option<State>> = const { RefCell::new(None) };
    static PAGE: RefCell<Option<Page>> = const { RefCell::new(None) };
}

/// The page is there.
pub(super) fn begin(history: Data, go: impl Fn(&str) + 'static) {
    PAGE.set(Some((history, Rc::new(go))));
}

/// Reads the person's calls anew.
pub(super) fn refetch() {
    PAGE.with_borrow(|page| {
        if let Some((history, _)) = page {
            history.refetch();
        }
    });
}

/// Goes to another page.
pub(super) fn go(path: &str) {
    let go = PAGE.with_borrow(|page| page.as_ref().map(|(_, go)| Rc::clone(go)));
    if let Some(go) = go {
        go(path);
    }
}

/// Works on the state, once there is one.
pub(super) fn with<R>(work: impl FnOnce(&mut State) -> R) -> Option<R> {
    let (mut work, mut result) = (Some(work), None);
    borrow(&mut |state| result = work.take().map(|work| work(state)));
    result
}

/// Once for all that is worked on the state, not once for each.
#[inline(never)]
fn borrow(work: &mut dyn FnMut(&mut State)) {
    STATE.with_borrow_mut(|state| {
        if let Some(state) = state {
            work(state);
        }
    });
}

/// The page shows a tool, with what its address asks for. Says whether all that is on the page must be drawn anew.
pub(super) fn enter(tool: Tool, call: Call, is_given: bool) -> bool {
    STATE.with_borrow_mut(|slot| {
        let is_first = slot.is_none();
        let tool = Rc::new(tool);
        let state = slot.get_or_insert_with(|| State {
            tool: Rc::clone(&tool),
            calls: kept(),
            shown: 0,
            is_json: false,
            view: 0,
            copied: None,
            checks: 0,
            offered: Vec::new(),
            stop: None,
        });
        state.tool = tool;
        state.is_json = false;
        state.view = 0;
        state.copied = None;
        state.offered.clear();
        state.checks = state.checks.wrapping_add(1);
        if let Some(stop) = state.stop.take() {
            stop.abort();
        }
        let text = call.text.clone();
        state.open(call, is_given);
        !is_first || state.calls.len() > 1 || state.call().text != text
    })
}

impl State {
    /// The call that is shown.
    pub(super) fn call(&self) -> &Call {
        &self.calls[self.shown]
    }

    pub(super) fn call_mut(&mut self) -> &mut Call {
        &mut self.calls[self.shown]
    }

    /// Makes room for a call of the tool, unless there is one already that it fits.
    fn open(&mut self, call: Call, is_given: bool) {
        let fits = |other: &Call| {
            other.tool == call.tool
                && (!is_given || (other.text == call.text && call.run.is_none()))
        };
        let is_free = self.calls.get(self.shown).is_some_and(Call::is_blank);
        if self.calls.get(self.shown).is_some_and(fits) {
            // It is shown already.
        } else if let Some(place) = self.calls.iter().position(fits) {
            self.shown = place;
        } else if is_free || self.calls.len() >= TABS_MAX {
            self.calls[self.shown] = call;
        } else {
            self.calls.push(call);
            self.shown = self.calls.len() - 1;
        }
        self.keep();
    }

    /// Adds a call like the one that is shown.
    pub(super) fn add(&mut self) {
        if self.calls.len() < TABS_MAX {
            let mut call = self.call().clone();
            call.run = None;
            self.calls.push(call);
            self.shown = self.calls.len() - 1;
            self.keep();
        }
    }

    /// Removes a call; the last one stays.
    pub(super) fn close(&mut self, place: usize) {
        if self.calls.len() > 1 && place < self.calls.len() {
            self.calls.remove(place);
            if self.shown > place || self.shown == self.calls.len() {
                self.shown -= 1;
            }
            self.keep();
        }
    }

    /// Has the browser keep the calls.
    pub(super) fn keep(&self) {
        let quoted = |text: &str| one_line(&Json::String(text.to_owned()));
        let mut text = String::from("[");
        for call in &self.calls {
            let separator = if text.len() == 1 { "" } else { "," };
            let (tool, arguments) = (quoted(&call.tool), quoted(&call.kept));
            let parts = [
                separator,
                "{\"tool\":",
                &tool,
                ",\"arguments\":",
                &arguments,
                "}",
            ];
            text.push_str(&parts.concat());
        }
        text.push(']');
        if let Some(storage) = storage() {
            // A browser that keeps nothing shows the calls until the page is left.
            let _ = storage.set_item(KEPT, &text);
        }
    }
}

fn storage() -> Option<web_sys::Storage> {
    window().session_storage().ok().flatten()
}

/// The calls that the browser kept; none when it cannot be read.
fn kept() -> Vec<Call> {
    let text = storage().and_then(|storage| storage.get_item(KEPT).ok().flatten());
    let calls = text.and_then(|text| Json::parse_in_browser(&text).ok());
    let calls = calls.as_ref().and_then(Json::as_array).unwrap_or_default();
    let call = |call: &Json| Call::new(read::text(call, "tool"), read::text(call, "arguments"));
    calls.iter().map(call).take(TABS_MAX).collect()
}

/// The tool, the call that its address asks for, whether it asks for just that, and what of it could not be read.
pub(super) type Asked = (Tool, Call, bool, Option<String>);

/// Reads what the server sent of a tool; none when none is chosen.
pub(super) fn asked(text: &str) -> Result<Option<Asked>, ApiError> {
    let view = read::parse(text)?;
    let Some(about) = read::part(&view, "tool") else {
        return Ok(None);
    };
    let tool = Tool {
        name: read::text(about, "name").to_owned(),
        family: read::text(about, "family").to_owned(),
        hints: read::hints(about),
        refused: read::part(about, "refused")
            .and_then(Json::as_str)
            .map(str::to_owned),
        description: read::text(&view, "description").to_owned(),
        spec: read::spec(read::part(&view, "form").unwrap_or(&Json::Null)),
        stores: read::list(&view, "stores")
            .iter()
            .map(read::store)
            .collect(),
        mcp_url: read::text(&view, "mcp_url").to_owned(),
    };
    let mut call = Call::new(&tool.name, read::text(&view, "arguments"));
    call.run = read::part(&view, "run").map(|run| Rc::new(Run::of(run.clone())));
    let problem =
        read::part(&view, "problem").map(|problem| read::text(problem, "message").to_owned());
    Ok(Some((tool, call, read::flag(&view, "is_given"), problem)))
}
