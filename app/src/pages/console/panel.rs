//! One call: its form, the same as JSON, and the buttons that run it.

use std::time::Duration;

use leptos::html;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use orderdesk_mcp_contract::form::{FormSpec, Json, JsonFault, Object};
use orderdesk_mcp_contract::views::console::{ConsoleChoice, ConsoleRun, ConsoleStore};
use orderdesk_mcp_contract::{ApiError, ErrorCode};
use send_wrapper::SendWrapper;
use server_fn::ServerFn as _;
use wasm_bindgen::JsCast as _;

use super::api::{CheckConsoleArguments, ConsoleChoices, RUN_FORM, RunConsoleTool};
use super::editor::editor;
use super::form::{Form, list_id};
use super::list::{badges, refused};
use super::shown::{copies, result};
use super::tabs::{Tab, Tabs};
use super::value::{add_element, pretty_object, put, remove_element, without_secrets};
use super::view::ToolView;
use crate::flash::flash_for;
use crate::parts::{Look, Markup, Tone, Whole, el, hidden, icon, notice, submit_button};
use crate::routes;
use crate::transport::{Data, read, request};

/// How long nothing is typed before the JSON is checked.
const CHECK_AFTER: Duration = Duration::from_millis(300);

/// What the page has beside the call.
#[derive(Clone, Copy)]
pub(super) struct Around {
    pub(super) tabs: Tabs,
    pub(super) calls: Data,
}

/// A call while it is worked on.
#[derive(Clone, Copy)]
pub(super) struct Panel {
    pub(super) spec: StoredValue<FormSpec>,
    stores: StoredValue<Vec<ConsoleStore>>,
    arguments: StoredValue<Object>,
    /// The arguments as JSON: what is sent.
    pub(super) text: RwSignal<String>,
    pub(super) faults: RwSignal<Vec<JsonFault>>,
    pub(super) run: RwSignal<Option<ConsoleRun>>,
    /// Why nothing was called.
    pub(super) refused: RwSignal<Option<ApiError>>,
    pub(super) pending: RwSignal<bool>,
    /// Whole seconds since the call was sent.
    pub(super) seconds: RwSignal<u32>,
    is_json: RwSignal<bool>,
    form: NodeRef<html::Form>,
    slot: NodeRef<html::Div>,
    checks: StoredValue<u32>,
    offered: StoredValue<Vec<(String, String)>>,
    stop: StoredValue<Option<SendWrapper<web_sys::AbortController>>>,
    tabs: Tabs,
    pub(super) calls: Data,
}

/// The tool that the page shows.
pub(super) fn tool_panel(view: ToolView) -> AnyView {
    let Around { tabs, calls } = expect_context();
    let arguments = object(&view.arguments).unwrap_or_default();
    let drawn = Form {
        spec: &view.form,
        stores: &view.stores,
        arguments: &arguments,
    }
    .draw();
    let left = flash_for(RUN_FORM).get_untracked();
    let panel = Panel {
        text: RwSignal::new(view.arguments.clone()),
        faults: RwSignal::new(Vec::new()),
        run: RwSignal::new(view.run.clone()),
        refused: RwSignal::new(view.problem.clone().or(left.and_then(|flash| flash.error))),
        pending: RwSignal::new(false),
        seconds: RwSignal::new(0),
        is_json: RwSignal::new(false),
        form: NodeRef::new(),
        slot: NodeRef::new(),
        spec: StoredValue::new(view.form.clone()),
        stores: StoredValue::new(view.stores.clone()),
        arguments: StoredValue::new(arguments),
        checks: StoredValue::new(0),
        offered: StoredValue::new(Vec::new()),
        stop: StoredValue::new(None),
        tabs,
        calls,
    };
    panel.follow_tabs(&view);
    let keys = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            panel.start(event.shift_key());
        }
    };
    let call = el("section")
        .class("card console-call")
        .with("aria-labelledby", "tool-title")
        .around(vec![
            title(&view).whole(),
            refused(&view.tool).whole(),
            panel.views(),
            panel.form(&view, drawn),
            copies(panel, view.mcp_url.clone()),
        ]);
    view! {
        <div class="stack" on:keydown=keys>
            {strip(tabs)}
            <div class="console-work">{call} {result(panel)}</div>
        </div>
    }
    .whole()
}

fn title(view: &ToolView) -> Markup {
    let (first, rest) = view
        .description
        .split_once(". ")
        .unwrap_or((&view.description, ""));
    let more = (!rest.is_empty()).then(|| {
        el("details")
            .class("more")
            .child(el("summary").text("All that models read about it"))
            .child(el("p").text(view.description.clone()))
    });
    el("header")
        .class("console-title")
        .child(
            el("h2")
                .with("id", "tool-title")
                .child(el("code").text(view.tool.name.clone())),
        )
        .child(badges(view.tool.hints))
        .child(
            el("p")
                .class("hint")
                .text(first.trim_end_matches('.').to_owned())
                .text("."),
        )
        .maybe(more)
}

/// The calls side by side.
fn strip(tabs: Tabs) -> AnyView {
    let navigate = use_navigate();
    let act = move |event: web_sys::MouseEvent| {
        let number = |name: &str| attribute_near(&event, name)?.parse::<usize>().ok();
        let tool = if let Some(place) = number("data-tab") {
            tabs.show(place)
        } else if let Some(place) = number("data-close") {
            tabs.close(place)
        } else {
            if attribute_near(&event, "data-add-tab").is_some() {
                tabs.add();
            }
            None
        };
        if let Some(tool) = tool {
            navigate(
                &routes::console(&tool),
                NavigateOptions {
                    scroll: false,
                    ..NavigateOptions::default()
                },
            );
        }
    };
    view! { <div class="needs-script" on:click=act>{move || tabs.strip()}</div> }.whole()
}

impl Panel {
    /// Takes its place among the calls, and what was typed into it before.
    fn follow_tabs(self, view: &ToolView) {
        let (tool, given, is_given) = (
            view.tool.name.clone(),
            view.arguments.clone(),
            view.is_given,
        );
        let own = tool.clone();
        Effect::new(move |opened: Option<()>| {
            if opened.is_none() {
                let tab = self.tabs.open(&tool, &given, is_given);
                if tab.arguments != given || tab.run.is_some() {
                    self.take(tab);
                }
            }
        });
        Effect::watch(
            move || self.tabs.shown(),
            move |_, _, _: Option<()>| {
                if let Some(tab) = self.tabs.current().filter(|tab| tab.tool == own) {
                    self.take(tab);
                }
            },
            false,
        );
    }

    fn take(self, tab: Tab) {
        self.run.set(tab.run);
        self.refused.set(None);
        self.arguments
            .set_value(object(&tab.arguments).unwrap_or_default());
        self.text.set(tab.arguments);
        self.redraw();
        self.check_soon();
    }

    /// Form or JSON: two views of one value.
    fn views(self) -> AnyView {
        let choice = move |is_json: bool, name: &'static str| {
            let choose = move |_| {
                if !is_json {
                    self.redraw();
                }
                self.is_json.set(is_json);
                self.check_soon();
            };
            view! {
                <button
                    type="button" class="tab" class:tab-open=move || self.is_json.get() == is_json
                    aria-pressed=move || if self.is_json.get() == is_json { "true" } else { "false" } on:click=choose
                >
                    {name}
                </button>
            }
        };
        view! {
            <div class="console-views needs-script" role="group" aria-label="Arguments as">
                {choice(false, "Form")} {choice(true, "JSON")}
            </div>
        }
        .whole()
    }

    fn form(self, view: &ToolView, drawn: Markup) -> AnyView {
        let tool = hidden("tool", view.tool.name.clone()).whole();
        let is_asked = view.tool.hints.destructive;
        let confirm = is_asked.then(|| confirm(&view.tool.name)).whole();
        let has_dry_run = view.tool.hints.dry_run;
        let dry_run = has_dry_run.then(|| {
            el("button")
                .class("button")
                .with("type", "submit")
                .with("name", "dry_run")
                .with("value", "true")
                .with("aria-keyshortcuts", "Control+Shift+Enter Meta+Shift+Enter")
                .child(icon("flask-conical"))
                .text("Dry run")
        });
        let look = if is_asked {
            Look::Danger
        } else {
            Look::Primary
        };
        let keys = if has_dry_run {
            "Ctrl+Enter runs it, Ctrl+Shift+Enter is the dry run."
        } else {
            "Ctrl+Enter runs it."
        };
        let send = move |event: web_sys::SubmitEvent| {
            event.prevent_default();
            let by = event.submitter();
            self.start(by.is_some_and(|button| button.has_attribute("value")));
        };
        view! {
            <form
                method="post" action=RunConsoleTool::url() node_ref=self.form on:submit=send
                on:input=move |event| self.typed(&event) on:focusin=move |event| self.offer(&event)
                on:click=move |event| self.grow(&event)
            >
                {tool}
                <div hidden=move || self.is_json.get()>
                    <div node_ref=self.slot>{drawn.whole()}</div>
                </div>
                <div hidden=move || !self.is_json.get()>{editor(self)}</div>
                {confirm}
                <div class="actions console-actions">
                    {submit_button(look, self.pending.into(), "", "Run")}
                    {dry_run.whole()}
                    {el("span").class("field-help needs-script").text(keys).whole()}
                </div>
            </form>
        }
        .whole()
    }

    /// Draws the form anew from the value.
    pub(super) fn redraw(self) {
        let Some(slot) = self.slot.get_untracked() else {
            return;
        };
        let drawn = self.spec.with_value(|spec| {
            self.stores.with_value(|stores| {
                self.arguments.with_value(|arguments| {
                    Form {
                        spec,
                        stores,
                        arguments,
                    }
                    .draw()
                    .create()
                })
            })
        });
        slot.replace_children_with_node_1(&drawn);
        self.offered.set_value(Vec::new());
    }

    /// Something was typed into a field.
    fn typed(self, event: &web_sys::Event) {
        let Some(input) = target(event) else { return };
        let Some(path) = input.get_attribute("data-path") else {
            return;
        };
        let _ = input.remove_attribute("aria-invalid");
        let field: web_sys::HtmlInputElement = input.unchecked_into();
        let (typed, is_on) = (field.value(), field.checked());
        self.spec.with_value(|spec| {
            self.arguments
                .update_value(|arguments| put(arguments, spec, &path, &typed, is_on));
        });
        self.say();
    }

    /// A list grows or shrinks.
    fn grow(self, event: &web_sys::MouseEvent) {
        if let Some(path) = attribute_near(event, "data-add") {
            self.spec.with_value(|spec| {
                self.arguments
                    .update_value(|arguments| add_element(arguments, spec, &path));
            });
        } else if let Some(path) = attribute_near(event, "data-remove") {
            self.arguments
                .update_value(|arguments| remove_element(arguments, &path));
        } else {
            return;
        }
        self.redraw();
        self.say();
    }

    /// Tells the JSON, and the calls, of the value.
    fn say(self) {
        let text = self.arguments.with_value(pretty_object);
        self.text.set(text);
        self.note();
    }

    /// The JSON was edited: the value is what it says, as far as it can be read.
    pub(super) fn edited(self, text: String) {
        if let Some(arguments) = object(&text) {
            self.arguments.set_value(arguments);
        }
        self.text.set(text);
        self.note();
        self.check_soon();
    }

    fn note(self) {
        let text = self.text.get_untracked();
        let kept = match object(&text) {
            Some(_) => pretty_object(&self.public_arguments()),
            // What cannot be read may hold a secret.
            None if self.spec.with_value(|spec| spec.secrets().next().is_some()) => String::new(),
            None => text.clone(),
        };
        self.tabs.change(|tab| {
            tab.arguments = text;
            tab.kept = kept;
        });
    }

    /// The arguments without secrets.
    pub(super) fn public_arguments(self) -> Object {
        self.spec.with_value(|spec| {
            self.arguments
                .with_value(|arguments| without_secrets(arguments, spec))
        })
    }

    pub(super) fn tool(self) -> String {
        self.spec.with_value(|spec| spec.tool.clone())
    }

    /// Has the server say what is wrong with the JSON, once nothing was typed for a moment.
    fn check_soon(self) {
        if !self.is_json.get_untracked() {
            return;
        }
        let check = self.checks.get_value().wrapping_add(1);
        self.checks.set_value(check);
        let ask = async move {
            let (tool, text) = (self.tool(), self.text.get_untracked());
            let url = CheckConsoleArguments::url();
            let answer = request(url, &[("tool", &tool), ("arguments", &text)], None).await;
            // Only the last one counts, if the page is still there.
            if self.checks.try_get_value() == Some(check)
                && let Ok(faults) = answer.and_then(|text| read(&text))
            {
                self.faults.set(faults);
            }
        };
        let ask = move || {
            if self.checks.try_get_value() == Some(check) {
                leptos::task::spawn_local(ask);
            }
        };
        set_timeout(ask, CHECK_AFTER);
    }

    /// A field was entered: what there is to pick for it is fetched, once a store.
    fn offer(self, event: &web_sys::FocusEvent) {
        let Some(picker) = target(event).and_then(|input| input.get_attribute("data-picker"))
        else {
            return;
        };
        let store = self.arguments.with_value(|arguments| {
            let store = arguments.get("store_identifier").and_then(Json::as_str);
            store.unwrap_or_default().to_owned()
        });
        let wanted = (picker.clone(), store.clone());
        if self.offered.with_value(|offered| offered.contains(&wanted)) {
            return;
        }
        self.offered.update_value(|offered| offered.push(wanted));
        leptos::task::spawn_local(async move {
            let fields = [("picker", picker.as_str()), ("store", store.as_str())];
            let answer = request(ConsoleChoices::url(), &fields, None).await;
            // Where nothing can be listed, it is typed.
            if let Ok(choices) = answer.and_then(|text| read::<Vec<ConsoleChoice>>(&text)) {
                fill(&picker, choices);
            }
        });
    }

    /// Runs the call, unless one is under way or something is missing.
    fn start(self, dry_run: bool) {
        if self.pending.get_untracked() {
            return;
        }
        if !self.is_json.get_untracked()
            && let Some(form) = self.form.get_untracked()
            && !form.report_validity()
        {
            return;
        }
        let Ok(controller) = web_sys::AbortController::new() else {
            return;
        };
        let signal = controller.signal();
        self.stop.set_value(Some(SendWrapper::new(controller)));
        self.pending.set(true);
        self.seconds.set(0);
        self.refused.set(None);
        let timer = set_interval_with_handle(
            move || {
                self.seconds.try_update(|seconds| *seconds += 1);
            },
            Duration::from_secs(1),
        );
        let (tool, text, confirm) = (self.tool(), self.text.get_untracked(), value_of("confirm"));
        leptos::task::spawn_local(async move {
            let fields = [
                ("tool", tool.as_str()),
                ("arguments", text.as_str()),
                ("dry_run", if dry_run { "true" } else { "false" }),
                ("confirm", confirm.as_str()),
            ];
            let answer = request(RunConsoleTool::url(), &fields, Some(&signal)).await;
            if let Ok(timer) = timer {
                timer.clear();
            }
            let answer = answer.and_then(|text| read::<ConsoleRun>(&text));
            let answer = if signal.aborted() {
                Err(given_up())
            } else {
                answer
            };
            self.ended(answer);
        });
    }

    fn ended(self, answer: Result<ConsoleRun, ApiError>) {
        // The page may show another tool by now.
        if self.pending.try_set(false).is_some() {
            return;
        }
        self.calls.refetch();
        match answer {
            Ok(run) => {
                mark(run.error.as_ref());
                self.tabs.change(|tab| tab.run = Some(run.clone()));
                self.run.set(Some(run));
            }
            Err(error) => {
                mark(Some(&error));
                self.run.set(None);
                self.refused.set(Some(error));
            }
        }
    }

    /// Gives the call up.
    pub(super) fn give_up(self) {
        self.stop.with_value(|stop| {
            if let Some(controller) = stop {
                controller.abort();
            }
        });
    }
}

fn given_up() -> ApiError {
    ApiError::new(
        ErrorCode::Cancelled,
        "You gave this call up. What reads was stopped; a write that had begun goes on and stands among the changes.",
    )
}

fn confirm(tool: &str) -> Markup {
    let text = [
        "Type ",
        tool,
        " to run it in a live store. A dry run and the sandbox need no name.",
    ]
    .concat();
    el("div")
        .class("field console-confirm")
        .child(el("label").with("for", "confirm").text("Name of the tool"))
        .child(
            el("input")
                .class("input mono")
                .with("type", "text")
                .with("id", "confirm")
                .with("name", "confirm")
                .with("autocomplete", "off")
                .with("autocapitalize", "off")
                .with("spellcheck", "false")
                .with("aria-describedby", "confirm-help"),
        )
        .child(
            el("p")
                .class("field-help")
                .with("id", "confirm-help")
                .text(text),
        )
}

/// The object in a text; a blank text is one without members.
fn object(text: &str) -> Option<Object> {
    if text.trim().is_empty() {
        return Some(Object::new());
    }
    Json::parse(text).ok()?.as_object().cloned()
}

fn target(event: &web_sys::Event) -> Option<web_sys::Element> {
    event.target()?.dyn_into().ok()
}

/// The attribute of whatever was clicked, or of what it stands in.
pub(super) fn attribute_near(event: &web_sys::MouseEvent, name: &str) -> Option<String> {
    let selector = ["[", name, "]"].concat();
    target(event)?.closest(&selector).ok()??.get_attribute(name)
}

/// What stands in the input of this id.
pub(super) fn value_of(id: &str) -> String {
    let input = document().get_element_by_id(id);
    let input = input.and_then(|input| input.dyn_into::<web_sys::HtmlInputElement>().ok());
    input.map(|input| input.value()).unwrap_or_default()
}

/// Marks the field that an error is about, and goes there.
fn mark(error: Option<&ApiError>) {
    let Some(field) = error.and_then(|error| error.field.as_deref()) else {
        return;
    };
    let top = field.split(['.', '[']).next().unwrap_or_default();
    let is_name = top.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let selector = ["[data-path=\"/", top, "\"], #", top].concat();
    if !is_name || top.is_empty() {
        return;
    }
    if let Ok(Some(input)) = document().query_selector(&selector) {
        let _ = input.set_attribute("aria-invalid", "true");
        if let Ok(input) = input.dyn_into::<web_sys::HtmlElement>() {
            let _ = input.focus();
        }
    }
}

/// Puts what can be picked into the list of its kind.
fn fill(picker: &str, choices: Vec<ConsoleChoice>) {
    let Some(list) = document().get_element_by_id(&list_id(picker)) else {
        return;
    };
    list.set_text_content(None);
    for choice in choices {
        let option = el("option")
            .with("value", choice.value)
            .text(choice.label)
            .create();
        let _ = list.append_child(&option);
    }
}

/// Why nothing was called, while that is so.
pub(super) fn why_not(panel: Panel) -> AnyView {
    let tell = move || {
        panel
            .refused
            .get()
            .map(|error| notice(Tone::Error, error.in_words()))
    };
    tell.whole()
}
