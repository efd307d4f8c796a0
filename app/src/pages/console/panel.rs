//! One call as it stands on the page: the calls side by side, the form, the same as JSON, and the buttons that run it.

use orderdesk_mcp_contract::views::console::CALL_NAME_MAX;
use server_fn::ServerFn as _;

use super::api::RunConsoleTool;
use super::call::Call;
use super::editor::editor;
use super::form::Form;
use super::list::badges;
use super::result;
use super::state::Tool;
use crate::parts::{Markup, Tone, el, hidden, icon, notice};

/// The whole panel of a tool.
pub(super) fn panel(tool: &Tool, call: &Call) -> Markup {
    let refused_tool = tool
        .refused
        .clone()
        .map(|reason| notice(Tone::Warn, reason));
    let work = el("section")
        .with_all(&[
            ("class", "card console-call"),
            ("aria-labelledby", "tool-title"),
        ])
        .child(title(tool))
        .maybe(refused_tool)
        .child(group(
            "console-views",
            "Arguments as",
            "data-as",
            &["Form", "JSON"],
        ))
        .child(form(tool, call))
        .child(further(tool));
    el("div")
        .class("stack")
        .child(
            el("div")
                .with_all(&[("class", "needs-script"), ("id", "console-strip")])
                .child(strip(std::slice::from_ref(call), 0)),
        )
        .child(
            el("div")
                .class("console-work")
                .child(work)
                .child(result::section(call.run.as_deref(), call.refused.clone())),
        )
}

/// Buttons of which one is pressed, the first at first.
pub(super) fn group(
    id: &'static str,
    label: &'static str,
    attribute: &'static str,
    names: &[&'static str],
) -> Markup {
    let button = |(place, name): (usize, &&'static str)| {
        el("button")
            .class(if place == 0 { "tab tab-open" } else { "tab" })
            .with("type", "button")
            .with(attribute, place.to_string())
            .with("aria-pressed", if place == 0 { "true" } else { "false" })
            .text(*name)
    };
    el("div")
        .class("console-views needs-script")
        .with("id", id)
        .with("role", "group")
        .with("aria-label", label)
        .children(names.iter().enumerate().map(button))
}

fn title(tool: &Tool) -> Markup {
    let description = &tool.description;
    let end = description
        .find(". ")
        .map_or(description.len(), |end| end + 1);
    let (first, rest) = description.split_at(end);
    let more = (!rest.is_empty()).then(|| {
        el("details")
            .class("more")
            .child(el("summary").text("All that models read about it"))
            .child(el("p").text(description.clone()))
    });
    el("header")
        .class("console-title")
        .child(
            el("h2")
                .with("id", "tool-title")
                .child(el("code").text(tool.name.clone())),
        )
        .child(badges(tool.hints))
        .child(el("p").class("hint").text(first.to_owned()))
        .maybe(more)
}

/// The fields of the form.
pub(super) fn fields(tool: &Tool, call: &Call) -> Markup {
    Form {
        spec: &tool.spec,
        stores: &tool.stores,
        arguments: &call.arguments,
    }
    .draw()
}

fn form(tool: &Tool, call: &Call) -> Markup {
    let hints = tool.hints;
    let button = |class: &'static str, keys: &'static str| {
        el("button")
            .class(class)
            .with("type", "submit")
            .with("aria-keyshortcuts", keys)
    };
    let run = button(
        if hints.destructive {
            "button button-danger"
        } else {
            "button button-primary"
        },
        "Control+Enter Meta+Enter",
    )
    .with("id", "console-run")
    .text("Run");
    let dry_run = hints.dry_run.then(|| {
        button("button", "Control+Shift+Enter Meta+Shift+Enter")
            .with_all(&[("name", "dry_run"), ("value", "true")])
            .child(icon("flask-conical"))
            .text("Dry run")
    });
    let keys = if hints.dry_run {
        "Ctrl+Enter runs it, Ctrl+Shift+Enter is the dry run."
    } else {
        "Ctrl+Enter runs it."
    };
    let actions = el("div")
        .class("actions console-actions")
        .child(run)
        .maybe(dry_run)
        .child(el("span").class("field-help needs-script").text(keys));
    el("form")
        .with("method", "post")
        .with("action", RunConsoleTool::url())
        .with("id", "console-form")
        // What a browser would fill in again after a reload may be another call's.
        .with("autocomplete", "off")
        .child(hidden("tool", tool.name.clone()))
        .child(
            el("div")
                .with("id", "console-fields")
                .child(fields(tool, call)),
        )
        .child(editor())
        .maybe(hints.destructive.then(|| confirm(&tool.name)))
        .child(actions)
}

fn confirm(tool: &str) -> Markup {
    let help = [
        "Type ",
        tool,
        " to run it in a live store. A dry run and the sandbox need no name.",
    ]
    .concat();
    el("div")
        .class("field console-confirm")
        .child(el("label").with("for", "confirm").text("Name of the tool"))
        .child(el("input").with_all(&[
            ("class", "input mono"),
            ("type", "text"),
            ("id", "confirm"),
            ("name", "confirm"),
            ("autocomplete", "off"),
            ("autocapitalize", "off"),
            ("spellcheck", "false"),
            ("aria-describedby", "confirm-help"),
        ]))
        .child(
            el("p")
                .with_all(&[("class", "field-help"), ("id", "confirm-help")])
                .text(help),
        )
}

/// Saving the call, and copying it as something else.
fn further(tool: &Tool) -> Markup {
    let save = el("form")
        .with_all(&[("class", "console-save"), ("id", "console-save")])
        .child(
            el("label")
                .with_all(&[("class", "visually-hidden"), ("for", "call-name")])
                .text("Name to save the call under"),
        )
        .child(
            el("input")
                .with_all(&[
                    ("class", "input"),
                    ("id", "call-name"),
                    ("type", "text"),
                    ("placeholder", "Name to save it under"),
                    ("autocomplete", "off"),
                ])
                .with("maxlength", CALL_NAME_MAX.to_string())
                .with("required", ""),
        )
        .child(
            el("button")
                .with_all(&[("class", "button"), ("type", "submit")])
                .text("Save call"),
        );
    let has_secrets = tool.spec.secrets().next().is_some();
    let secrets = has_secrets.then(|| {
        el("p")
            .class("hint")
            .text("Secrets are left out: add them where the call is made.")
    });
    el("div")
        .class("console-further needs-script")
        .child(save)
        .child(el("p").with_all(&[
            ("class", "hint"),
            ("id", "console-saved"),
            ("role", "status"),
        ]))
        .child(
            el("details")
                .class("more")
                .child(el("summary").with("data-copies", "").text("Copy as…"))
                .child(group(
                    "console-kinds",
                    "Copy as",
                    "data-kind",
                    &super::snippets::TITLES,
                ))
                .child(el("div").with("id", "console-snippet"))
                .maybe(secrets),
        )
}

/// The calls side by side.
pub(super) fn strip(calls: &[Call], shown: usize) -> Markup {
    let tab = |(place, call): (usize, &Call)| {
        let name = el("button")
            .class(if place == shown {
                "tab tab-open"
            } else {
                "tab"
            })
            .with("type", "button")
            .with("data-tab", place.to_string());
        let name = if place == shown {
            name.with("aria-current", "true")
        } else {
            name
        };
        let close = el("button")
            .with_all(&[
                ("class", "button button-quiet button-icon button-small"),
                ("type", "button"),
            ])
            .with("data-close", place.to_string())
            .with(
                "aria-label",
                ["Close call ", &(place + 1).to_string(), ", ", &call.tool].concat(),
            )
            .child(icon("x"));
        el("li").child(name.text(call.tool.clone())).child(close)
    };
    let add = el("button")
        .with_all(&[
            ("class", "button button-quiet button-small"),
            ("type", "button"),
            ("data-add-call", ""),
        ])
        .child(icon("plus"))
        .text("New call");
    let several = calls.iter().enumerate().filter(|_| calls.len() > 1);
    el("ul")
        .with_all(&[("class", "console-tabs"), ("aria-label", "Calls")])
        .children(several.map(tab))
        .child(el("li").child(add))
}
