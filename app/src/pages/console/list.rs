//! What stands beside the call: the tools, and the person's history and saved calls.

use leptos::prelude::*;
use orderdesk_mcp_contract::ApiError;
use orderdesk_mcp_contract::views::console::{
    CALL_NAME_MAX, ConsoleCall, ConsoleHints, ConsoleTool,
};
use server_fn::ServerFn as _;
use wasm_bindgen::JsCast as _;

use super::api::{CALLS_FORM, RemoveConsoleCall, RenameConsoleCall};
use super::view::{CallsView, ConsoleView};
use crate::parts::format::{ago, duration};
use crate::parts::{
    Markup, Text, Tone, Whole, badge, el, hidden, icon, link, notice, refusal, told,
};
use crate::routes;
use crate::transport::{Data, Submission, read};

/// So many calls of the history stand open.
const HISTORY_OPEN: usize = 10;
/// The groups, as they are called.
const FAMILIES: [(&str, &str); 5] = [
    ("orders", "Orders"),
    ("products", "Products"),
    ("changes", "Changes"),
    ("stores", "Stores"),
    ("tenant", "Workspace"),
];

/// What a tool says of itself, as badges.
pub(super) fn badges(hints: ConsoleHints) -> Markup {
    let kind = match hints {
        ConsoleHints { reads: true, .. } => badge(Tone::Neutral, "", "reads"),
        ConsoleHints {
            destructive: true, ..
        } => badge(Tone::Error, "", "destructive"),
        _ => badge(Tone::Warn, "", "writes"),
    };
    let is_worth_saying = hints.idempotent && !hints.reads;
    let idempotent = is_worth_saying.then(|| badge(Tone::Neutral, "", "idempotent"));
    el("span")
        .class("console-badges")
        .child(kind)
        .maybe(idempotent)
}

pub(super) fn show_tools(text: &str) -> Result<AnyView, ApiError> {
    read::<ConsoleView>(text).map(|view| tools(view.tools))
}

fn tools(tools: Vec<ConsoleTool>) -> AnyView {
    let typed = RwSignal::new(String::new());
    let chosen = leptos_router::hooks::use_query_map();
    let list = move || {
        let typed = typed.get().trim().to_lowercase();
        let chosen = chosen.with(|query| query.get("tool").unwrap_or_default());
        let is_found = |tool: &&ConsoleTool| {
            let has = |text: &str| text.to_lowercase().contains(&typed);
            has(&tool.name) || has(&tool.title)
        };
        let group = |(family, title): (&str, &'static str)| {
            let own: Vec<_> = tools
                .iter()
                .filter(|tool| tool.family == family)
                .filter(is_found)
                .collect();
            let item = |tool: &ConsoleTool| tool_item(tool, tool.name == chosen);
            (!own.is_empty()).then(|| {
                el("div")
                    .child(el("h3").text(title))
                    .child(el("ul").children(own.into_iter().map(item)))
            })
        };
        let groups: Vec<Markup> = FAMILIES.into_iter().filter_map(group).collect();
        if groups.is_empty() {
            return el("p")
                .class("nothing")
                .text("No tool matches. Clear the search to see all of them.");
        }
        el("nav").with("aria-label", "Tools").children(groups)
    };
    view! {
        <div class="search needs-script" role="search">
            <label class="visually-hidden" for="tool-search">"Search tools"</label>
            {icon("search")}
            <input
                class="input" type="search" id="tool-search" placeholder="Search tools" autocomplete="off"
                on:input:target=move |event| typed.set(event.target().value())
            />
        </div>
        {list}
    }
    .whole()
}

/// A tool that may not be called is not offered: it stands there with the reason.
fn tool_item(tool: &ConsoleTool, is_chosen: bool) -> Markup {
    let name = el("span")
        .class("console-tool-name")
        .text(tool.name.clone());
    let item = el("li");
    if let Some(reason) = &tool.refused {
        return item
            .class("console-refused")
            .child(
                el("span")
                    .class("console-tool")
                    .child(name)
                    .child(badges(tool.hints)),
            )
            .child(el("p").class("field-help").text(reason.clone()));
    }
    let link = el("a")
        .class("console-tool")
        .with("href", routes::console(&tool.name))
        .with("title", tool.title.clone());
    let link = if is_chosen {
        link.with("aria-current", "page")
    } else {
        link
    };
    item.child(link.child(name).child(badges(tool.hints)))
}

/// The person's calls; forms in it are heard by one listener.
pub(super) fn calls_card(data: Data) -> AnyView {
    let sent = Submission::new();
    let refused = refusal(sent, CALLS_FORM);
    Effect::new(move |_| {
        if sent.is_answered() {
            data.refetch();
        }
    });
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let form = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::HtmlFormElement>().ok());
        let Some(form) = form else { return };
        let url = if form.action().ends_with(RenameConsoleCall::url()) {
            RenameConsoleCall::url()
        } else {
            RemoveConsoleCall::url()
        };
        sent.send(url, &form);
    };
    view! {
        <div on:submit=send>
            {told(refused)}
            <crate::parts::Loaded data lines=3 is_quiet=true show=show_calls/>
        </div>
    }
    .into_any()
}

fn show_calls(text: &str) -> Result<AnyView, ApiError> {
    let view = read::<CallsView>(text)?;
    let (saved, history): (Vec<_>, Vec<_>) =
        view.calls.into_iter().partition(|call| call.name.is_some());
    let saved_list = if saved.is_empty() {
        el("p")
            .class("hint")
            .text("A call that is saved stands here, for you alone.")
    } else {
        el("ul")
            .class("console-calls")
            .children(saved.iter().map(saved_item))
    };
    let made = |call: &ConsoleCall| made_item(call, &ago(view.as_of, call.created_at));
    let open = history.iter().take(HISTORY_OPEN);
    let older = history
        .get(HISTORY_OPEN..)
        .filter(|older| !older.is_empty());
    let older = older.map(|older| {
        el("details")
            .class("more")
            .child(el("summary").text("Show older calls"))
            .child(
                el("ul")
                    .class("console-calls")
                    .children(older.iter().map(made)),
            )
    });
    let history_list = if history.is_empty() {
        el("p")
            .class("hint")
            .text("Nothing was called yet. The last 200 calls stand here, without secrets.")
    } else {
        el("ul").class("console-calls").children(open.map(made))
    };
    let part =
        |title: &'static str, list: Markup| el("section").child(el("h3").text(title)).child(list);
    Ok(el("div")
        .class("stack")
        .child(part("Saved calls", saved_list))
        .child(part("History", history_list).maybe(older))
        .whole())
}

fn saved_item(call: &ConsoleCall) -> Markup {
    let name = call.name.clone().unwrap_or_default();
    let id = call.id.to_string();
    let rename = el("details")
        .class("console-rename")
        .child(el("summary").text("Rename"))
        .child(
            el("form")
                .with("method", "post")
                .with("action", RenameConsoleCall::url())
                .child(hidden("id", id.clone()))
                .child(
                    el("input")
                        .class("input")
                        .with("type", "text")
                        .with("name", "name")
                        .with("aria-label", ["New name of ", &name].concat())
                        .with("maxlength", CALL_NAME_MAX.to_string())
                        .with("autocomplete", "off")
                        .with("required", "")
                        .with("value", name.clone()),
                )
                .child(
                    el("button")
                        .class("button button-small")
                        .with("type", "submit")
                        .text("Save the name"),
                ),
        );
    el("li")
        .child(link(routes::console_call(&call.tool, &id), name.clone()))
        .child(el("span").class("hint").text(call.tool.clone()))
        .child(
            el("span")
                .class("console-call-acts")
                .child(rename)
                .child(remove(&id, &["Remove ", &name].concat())),
        )
}

fn made_item(call: &ConsoleCall, when: &str) -> Markup {
    let id = call.id.to_string();
    let outcome = match call.error {
        Some(code) => badge(Tone::Error, "", Text::from(code.as_str())),
        None => badge(Tone::Ok, "", "answered"),
    };
    let took = call
        .duration_us
        .map(|us| duration(us / 1_000))
        .unwrap_or_default();
    el("li")
        .child(link(
            routes::console_call(&call.tool, &id),
            call.tool.clone(),
        ))
        .child(outcome)
        .child(el("span").class("hint").text([when, ", ", &took].concat()))
}

fn remove(id: &str, label: &str) -> Markup {
    el("form")
        .with("method", "post")
        .with("action", RemoveConsoleCall::url())
        .child(hidden("id", id.to_owned()))
        .child(
            el("button")
                .class("button button-quiet button-icon button-small")
                .with("type", "submit")
                .with("aria-label", label.to_owned())
                .child(icon("trash-2")),
        )
}

/// What keeps a tool from being called.
pub(super) fn refused(tool: &ConsoleTool) -> Option<Markup> {
    tool.refused
        .clone()
        .map(|reason| notice(Tone::Warn, reason))
}
