//! Several calls side by side. They stay in the browser's storage of the session, without their secrets.

use leptos::prelude::*;
use orderdesk_mcp_contract::form::{Json, Object};
use orderdesk_mcp_contract::views::console::ConsoleRun;

use crate::parts::{Markup, el, icon};

/// Where the browser keeps them.
const KEPT: &str = "console-calls";
/// Most calls at once.
const TABS_MAX: usize = 8;

/// One call.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tab {
    /// The tool.
    pub(super) tool: String,
    /// Its arguments as they were typed.
    pub(super) arguments: String,
    /// The same without secrets, to be kept.
    pub(super) kept: String,
    /// What came of it.
    pub(super) run: Option<ConsoleRun>,
}

impl Tab {
    pub(super) fn new(tool: &str, arguments: &str) -> Self {
        Self {
            tool: tool.to_owned(),
            arguments: arguments.to_owned(),
            kept: arguments.to_owned(),
            run: None,
        }
    }

    fn is_blank(&self) -> bool {
        self.run.is_none() && matches!(self.arguments.trim(), "" | "{}")
    }
}

/// All calls and which one is shown.
#[derive(Clone, Copy)]
pub(super) struct Tabs {
    list: RwSignal<Vec<Tab>>,
    shown: RwSignal<usize>,
}

impl Tabs {
    pub(super) fn new() -> Self {
        Self {
            list: RwSignal::new(Vec::new()),
            shown: RwSignal::new(0),
        }
    }

    /// Which one is shown; tracked.
    pub(super) fn shown(self) -> usize {
        self.shown.get()
    }

    /// The one that is shown.
    pub(super) fn current(self) -> Option<Tab> {
        let shown = self.shown.get_untracked();
        self.list.with_untracked(|list| list.get(shown).cloned())
    }

    /// Changes the one that is shown.
    pub(super) fn change(self, change: impl FnOnce(&mut Tab)) {
        let shown = self.shown.get_untracked();
        self.list.update(|list| {
            if let Some(tab) = list.get_mut(shown) {
                change(tab);
            }
        });
        self.keep();
    }

    /// Makes room for the tool that the page shows, and gives what is to be called: what was typed in its tab, unless the
    /// address asks for just these arguments.
    pub(super) fn open(self, tool: &str, arguments: &str, is_given: bool) -> Tab {
        if self.list.with_untracked(Vec::is_empty) {
            self.list.set(kept());
        }
        let fits = |tab: &Tab| tab.tool == tool && (!is_given || tab.arguments == arguments);
        let mut list = self.list.get_untracked();
        let shown = self.shown.get_untracked();
        let place = match list.get(shown) {
            Some(tab) if fits(tab) => shown,
            current => {
                let is_free = current.is_some_and(Tab::is_blank);
                let new = Tab::new(tool, arguments);
                if let Some(place) = list.iter().position(fits) {
                    place
                } else if is_free || list.len() >= TABS_MAX {
                    let place = shown.min(list.len() - 1);
                    list[place] = new;
                    place
                } else {
                    list.push(new);
                    list.len() - 1
                }
            }
        };
        let tab = list[place].clone();
        self.list.set(list);
        self.shown.set(place);
        self.keep();
        tab
    }

    /// Adds a call like the one that is shown and shows it.
    pub(super) fn add(self) {
        let Some(mut tab) = self.current() else {
            return;
        };
        tab.run = None;
        self.list.update(|list| {
            if list.len() < TABS_MAX {
                list.push(tab);
            }
        });
        self.shown.set(self.list.with_untracked(Vec::len) - 1);
        self.keep();
    }

    /// Shows a call and says which tool it is of.
    pub(super) fn show(self, place: usize) -> Option<String> {
        let tool = self
            .list
            .with_untracked(|list| list.get(place).map(|tab| tab.tool.clone()))?;
        self.shown.set(place);
        Some(tool)
    }

    /// Removes a call and says which tool is shown instead; the last one stays.
    pub(super) fn close(self, place: usize) -> Option<String> {
        if self.list.with_untracked(Vec::len) < 2 {
            return None;
        }
        self.list.update(|list| {
            if place < list.len() {
                list.remove(place);
            }
        });
        let shown = self.shown.get_untracked();
        let shown = if shown > place || shown == self.list.with_untracked(Vec::len) {
            shown - 1
        } else {
            shown
        };
        self.keep();
        self.show(shown)
    }

    fn keep(self) {
        let text = self.list.with_untracked(|list| {
            let call = |tab: &Tab| {
                let text = |text: &str| Json::String(text.to_owned());
                Json::Object(Object::from_iter([
                    ("tool", text(&tab.tool)),
                    ("arguments", text(&tab.kept)),
                ]))
            };
            Json::Array(list.iter().map(call).collect()).to_string()
        });
        if let Some(storage) = storage() {
            // A browser that keeps nothing shows the calls until the page is left.
            let _ = storage.set_item(KEPT, &text);
        }
    }

    /// The strip of calls; absent while there is only one.
    pub(super) fn strip(self) -> Markup {
        let shown = self.shown.get();
        let tab = |(place, tab): (usize, &Tab)| {
            let number = place.to_string();
            let is_shown = place == shown;
            let name = el("button")
                .class(if is_shown { "tab tab-open" } else { "tab" })
                .with("type", "button")
                .with("data-tab", number.clone());
            let name = if is_shown {
                name.with("aria-current", "true")
            } else {
                name
            };
            let close = el("button")
                .class("button button-quiet button-icon button-small")
                .with("type", "button")
                .with("data-close", number)
                .with(
                    "aria-label",
                    format!("Close call {}, {}", place + 1, tab.tool),
                )
                .child(icon("x"));
            el("li").child(name.text(tab.tool.clone())).child(close)
        };
        let add = el("button")
            .class("button button-quiet button-small")
            .with("type", "button")
            .with("data-add-tab", "")
            .child(icon("plus"))
            .text("New call");
        self.list.with(|list| {
            let tabs = list.iter().enumerate().filter(|_| list.len() > 1).map(tab);
            el("ul")
                .class("console-tabs")
                .with("aria-label", "Calls")
                .children(tabs)
                .child(el("li").child(add))
        })
    }
}

fn storage() -> Option<web_sys::Storage> {
    window().session_storage().ok().flatten()
}

/// The calls that the browser kept; none when it cannot be read.
fn kept() -> Vec<Tab> {
    let text = storage().and_then(|storage| storage.get_item(KEPT).ok().flatten());
    let calls = text.and_then(|text| Json::parse(&text).ok());
    let calls = calls.as_ref().and_then(Json::as_array).unwrap_or_default();
    let call = |call: &Json| {
        let text = |name: &str| call.as_object()?.get(name)?.as_str();
        Some(Tab::new(text("tool")?, text("arguments")?))
    };
    calls.iter().filter_map(call).take(TABS_MAX).collect()
}
