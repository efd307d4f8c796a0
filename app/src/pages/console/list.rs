//! What stands beside the call: the tools, and the person's history and saved calls.

use leptos::prelude::*;
use orderdesk_mcp_contract::form::Json;
use orderdesk_mcp_contract::views::console::{CALL_NAME_MAX, ConsoleHints};
use orderdesk_mcp_contract::{ApiError, UtcMillis};
use server_fn::ServerFn as _;

use super::api::{CALLS_FORM, RemoveConsoleCall, RenameConsoleCall};
use super::dom::{say, set_flag};
use super::read::{hints, list, number, parse, part, size, text};
use super::result::tone_of;
use crate::flash::flash_for;
use crate::parts::format::{ago, duration};
use crate::parts::{Markup, Tone, Whole, badge, el, hidden, icon, notice};
use crate::routes;

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
    let is_worth_saying = hints.idempotent && !hints.reads;
    let idempotent = is_worth_saying.then(|| badge(Tone::Neutral, "", "idempotent"));
    el("span")
        .class("console-badges")
        .child(kind(hints))
        .maybe(idempotent)
}

/// The worst that a tool does.
fn kind(hints: ConsoleHints) -> Markup {
    match hints {
        ConsoleHints { reads: true, .. } => badge(Tone::Neutral, "", "reads"),
        ConsoleHints {
            destructive: true, ..
        } => badge(Tone::Error, "", "destructive"),
        _ => badge(Tone::Warn, "", "writes"),
    }
}

/// The tools by groups. Which one is chosen is marked in the browser, where the list outlasts the choice.
pub(super) fn show_tools(sent: &str) -> Result<AnyView, ApiError> {
    let view = parse(sent)?;
    let tools = list(&view, "tools");
    let group = |(family, title): (&str, &'static str)| {
        let own = tools.iter().filter(|tool| text(tool, "family") == family);
        el("div")
            .class("console-family")
            .child(el("h2").text(title))
            .child(el("ul").children(own.map(tool_item)))
    };
    let search = el("div")
        .with_all(&[("class", "search needs-script"), ("role", "search")])
        .child(
            el("label")
                .with_all(&[("class", "visually-hidden"), ("for", "tool-search")])
                .text("Search tools"),
        )
        .child(icon("search"))
        .child(el("input").with_all(&[
            ("class", "input"),
            ("id", "tool-search"),
            ("type", "search"),
            ("placeholder", "Search tools"),
            ("autocomplete", "off"),
        ]));
    Ok(el("div")
        .child(search)
        .child(el("p").with_all(&[
            ("class", "hint console-found"),
            ("id", "tools-found"),
            ("role", "status"),
        ]))
        .child(
            el("nav")
                .with("aria-label", "Tools")
                .children(FAMILIES.map(group)),
        )
        .whole())
}

/// Every tool of the list.
fn each_tool(mut work: impl FnMut(&web_sys::Element, &str)) {
    let items = document().get_elements_by_class_name("console-item");
    for item in (0..items.length()).filter_map(|place| items.item(place)) {
        let about = item.get_attribute("data-tool").unwrap_or_default();
        work(&item, &about);
    }
}

/// Shows the tools whose name or title has what was typed.
pub(super) fn search(typed: &str) {
    let typed = typed.trim().to_ascii_lowercase();
    let mut count = 0_u64;
    each_tool(|item, about| {
        let is_found = about.contains(&typed);
        set_flag(item, "hidden", !is_found);
        count += u64::from(is_found);
    });
    let found = if count == 0 {
        "No tool matches. Clear the search to see all of them.".to_owned()
    } else {
        crate::parts::format::plural(count, "tool matches.", "tools match.")
    };
    say("tools-found", if typed.is_empty() { "" } else { &found });
}

/// Marks the tool that the page shows.
pub(super) fn mark_tool(name: &str) {
    each_tool(|item, about| {
        let is_shown = about.split(' ').next() == Some(name);
        if let Ok(Some(link)) = item.query_selector("a") {
            let _ = if is_shown {
                link.set_attribute("aria-current", "page")
            } else {
                link.remove_attribute("aria-current")
            };
        }
    });
}

/// A tool that may not be called is not offered: it stands there with the reason.
fn tool_item(tool: &Json) -> Markup {
    let name = text(tool, "name");
    let title = text(tool, "title");
    let badge = kind(hints(tool));
    let shown = el("span").class("console-tool-name").text(name.to_owned());
    // What the search looks through.
    let about = [name, " ", &title.to_ascii_lowercase()].concat();
    let item = el("li").class("console-item").with("data-tool", about);
    match part(tool, "refused").and_then(Json::as_str) {
        Some(reason) => item
            .class("console-item console-refused")
            .child(el("span").class("console-tool").child(shown).child(badge))
            .child(el("p").class("field-help").text(reason.to_owned())),
        None => item.child(
            el("a")
                .class("console-tool")
                .with("href", routes::console(name))
                .with("title", title.to_owned())
                .child(shown)
                .child(badge),
        ),
    }
}

/// The person's calls.
pub(super) fn show_calls(sent: &str) -> Result<AnyView, ApiError> {
    let view = parse(sent)?;
    let as_of = UtcMillis(number(&view, "as_of").unwrap_or_default());
    let calls = list(&view, "calls").iter();
    let (saved, history): (Vec<_>, Vec<_>) = calls.partition(|call| part(call, "name").is_some());
    let all = |items: Vec<Markup>| el("ul").class("console-calls").children(items);
    let hint = |text: &'static str| el("p").class("hint").text(text);
    let saved_list = if saved.is_empty() {
        hint("A call that is saved stands here, for you alone.")
    } else {
        all(saved.into_iter().map(saved_item).collect())
    };
    let mut made: Vec<Markup> = history
        .into_iter()
        .map(|call| made_item(call, as_of))
        .collect();
    let older = made.split_off(made.len().min(HISTORY_OPEN));
    let history_list = if made.is_empty() {
        hint("Nothing was called yet. The last 200 calls stand here, without secrets.")
    } else {
        all(made)
    };
    let older = (!older.is_empty()).then(|| {
        el("details")
            .class("more")
            .child(el("summary").text("Show older calls"))
            .child(all(older))
    });
    let part = |title: &'static str, list: Markup| {
        el("section")
            .class("card")
            .child(el("h2").text(title))
            .child(list)
    };
    let refused = flash_for(CALLS_FORM)
        .get_untracked()
        .and_then(|flash| flash.error);
    let refused = refused.map(|error| notice(Tone::Error, error.message));
    Ok(el("div")
        .class("stack")
        .child(el("div").with("id", "console-calls-refused").maybe(refused))
        .child(part("Saved calls", saved_list))
        .child(part("History", history_list).maybe(older))
        .whole())
}

fn saved_item(call: &Json) -> Markup {
    let [name, id, tool] = ["name", "id", "tool"].map(|name| text(call, name).to_owned());
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
                        .with_all(&[("class", "input"), ("type", "text"), ("name", "name")])
                        .with("aria-label", ["New name of ", &name].concat())
                        .with("maxlength", CALL_NAME_MAX.to_string())
                        .with_all(&[("autocomplete", "off"), ("required", "")])
                        .with("value", name.clone()),
                )
                .child(
                    el("button")
                        .with_all(&[("class", "button button-small"), ("type", "submit")])
                        .text("Save the name"),
                ),
        );
    el("li")
        .child(
            el("a")
                .with("href", routes::console_call(&tool, &id))
                .text(name.clone()),
        )
        .child(el("span").class("hint").text(tool))
        .child(
            el("span")
                .class("console-call-acts")
                .child(rename)
                .child(remove(&id, &["Remove ", &name].concat())),
        )
}

fn made_item(call: &Json, as_of: UtcMillis) -> Markup {
    let [id, tool] = ["id", "tool"].map(|name| text(call, name).to_owned());
    let outcome = match part(call, "error").and_then(Json::as_str) {
        Some(code) => badge(Tone::Error, "", code.to_owned()),
        None => {
            let status = text(call, "status");
            let word = match status {
                "pending" => "proposed",
                "running" => "begun",
                "preview" => "dry run",
                "unchanged" => "unchanged",
                "unknown" => "outcome unknown",
                _ => "answered",
            };
            badge(tone_of(status), "", word)
        }
    };
    let took = duration(size(call, "duration_us").unwrap_or_default() / 1_000);
    let when = ago(
        as_of,
        UtcMillis(number(call, "created_at").unwrap_or_default()),
    );
    el("li")
        .child(
            el("a")
                .with("href", routes::console_call(&tool, &id))
                .text(tool),
        )
        .child(outcome)
        .child(el("span").class("hint").text([&when, ", ", &took].concat()))
}

fn remove(id: &str, label: &str) -> Markup {
    el("form")
        .with("method", "post")
        .with("action", RemoveConsoleCall::url())
        .child(hidden("id", id.to_owned()))
        .child(
            el("button")
                .with_all(&[
                    ("class", "button button-quiet button-icon button-small"),
                    ("type", "submit"),
                ])
                .with("aria-label", label.to_owned())
                .child(icon("trash-2")),
        )
}
