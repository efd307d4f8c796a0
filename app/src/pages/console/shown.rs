//! The result beside the call, and the call as other programs make it.

use leptos::html;
use leptos::prelude::*;
use orderdesk_mcp_contract::form::Json;
use orderdesk_mcp_contract::views::console::CALL_NAME_MAX;
use server_fn::ServerFn as _;
use wasm_bindgen::JsCast as _;

use super::api::SaveConsoleCall;
use super::panel::{Panel, attribute_near, value_of, why_not};
use super::result::{VIEWS, links, outcome, said, status, view};
use super::snippets::{KINDS, snippet};
use super::tree::inside;
use crate::parts::{CopyButton, Markup, Whole, code_of, el, toast, told};
use crate::routes;
use crate::transport::request;

pub(super) fn result(panel: Panel) -> AnyView {
    let answer = Memo::new(move |_| {
        panel.run.with(|run| {
            let run = run.as_ref().filter(|run| run.error.is_none())?;
            Json::parse(&run.text).ok()
        })
    });
    let chosen = RwSignal::new(VIEWS[0].0);
    let typed = RwSignal::new(String::new());
    let body = NodeRef::<html::Div>::new();
    let draw = move |chosen: &str, typed: &str| {
        panel.run.with(|run| {
            let run = run.as_ref()?;
            Some(answer.with(|answer| view(chosen, run, answer.as_ref(), typed)))
        })
    };
    let first = untrack(|| draw(VIEWS[0].0, ""));
    // By hand, because what is opened in the tree is drawn by hand too.
    Effect::new(move |before: Option<()>| {
        let drawn = draw(chosen.get(), &typed.get());
        if before.is_some()
            && let Some(body) = body.get_untracked()
        {
            body.set_text_content(None);
            if let Some(drawn) = drawn {
                let _ = body.append_child(&drawn.create());
            }
        }
    });
    let head = move || {
        let badge = panel.run.with(|run| run.as_ref().map(outcome));
        el("div")
            .class("card-head")
            .child(el("h2").with("id", "result-title").text("Result"))
            .maybe(badge)
    };
    let say = move || {
        if panel.pending.get() {
            ["Running ", &panel.tool(), "."].concat()
        } else {
            panel
                .run
                .with(|run| run.as_ref().map(status))
                .unwrap_or_default()
        }
    };
    let about = move || {
        panel.run.with(|run| {
            let run = run.as_ref()?;
            let said = answer.with(|answer| said(run, answer.as_ref()));
            Some(el("div").class("stack").maybe(said).child(links(run)))
        })
    };
    let is_idle = move || !panel.pending.get() && panel.run.with(Option::is_none);
    let hint = move || {
        (is_idle() && panel.refused.with(Option::is_none)).then(|| {
            el("p")
                .class("nothing")
                .text("Run the tool, and what it answers stands here.")
        })
    };
    let copy = move || {
        panel
            .run
            .with(|run| run.as_ref().map(|run| run.text.clone()))
            .map(|text| {
                view! { <CopyButton text what="the answer"/> }
            })
    };
    view! {
        <section class="card console-result" aria-labelledby="result-title">
            {head}
            <p class="console-status" role="status">{say}</p>
            {waiting(panel)}
            {why_not(panel)}
            {about}
            {hint}
            <div hidden=move || panel.run.with(Option::is_none)>
                <div class="console-views needs-script" role="group" aria-label="Result as">
                    {choices(chosen)}
                </div>
                <div class="toolbar needs-script">
                    <input
                        class="input" type="search" aria-label="Search the JSON" placeholder="Search the JSON" autocomplete="off"
                        hidden=move || chosen.get() != "json" on:input:target=move |event| typed.set(event.target().value())
                    />
                    {copy}
                </div>
                <div class="console-body" node_ref=body on:click=move |event| open(&event, answer)>{first.whole()}</div>
            </div>
        </section>
    }
    .whole()
}

fn choices(chosen: RwSignal<&'static str>) -> AnyView {
    let choice = |(name, title): (&'static str, &'static str)| {
        let is_chosen = move || chosen.get() == name;
        view! {
            <button
                type="button" class="tab" class:tab-open=is_chosen
                aria-pressed=move || if is_chosen() { "true" } else { "false" } on:click=move |_| chosen.set(name)
            >
                {title}
            </button>
        }
        .whole()
    };
    VIEWS.map(choice).into_iter().collect_view().whole()
}

/// While Order Desk takes its time: how long already, and the way out.
fn waiting(panel: Panel) -> AnyView {
    let elapsed = move || [&panel.seconds.get().to_string(), " s"].concat();
    view! {
        <div class="console-waiting" hidden=move || !panel.pending.get()>
            <span class="spinner" aria-hidden="true"></span>
            <span aria-hidden="true">{elapsed}</span>
            <button type="button" class="button button-small" on:click=move |_| panel.give_up()>"Stop waiting"</button>
        </div>
    }
    .whole()
}

/// Draws what a branch of the tree holds when it is opened.
fn open(event: &web_sys::MouseEvent, answer: Memo<Option<Json>>) {
    let Some(clicked) = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
    else {
        return;
    };
    let more = |path: &str, from: usize| {
        answer.with_untracked(|answer| {
            let value = answer.as_ref()?.pointer(path)?;
            Some(inside(path, value, from).create())
        })
    };
    if let Some(path) = attribute_near(event, "data-more") {
        let from = attribute_near(event, "data-from").and_then(|from| from.parse().ok());
        if let (Some(button), Some(drawn)) = (
            clicked.closest("[data-more]").ok().flatten(),
            more(&path, from.unwrap_or(0)),
        ) {
            let _ = button.replace_with_with_node_1(&drawn);
        }
        return;
    }
    let branch = clicked
        .closest("summary")
        .ok()
        .flatten()
        .and_then(|summary| summary.closest(".json-branch").ok().flatten());
    let Some(branch) = branch.filter(|branch| branch.child_element_count() == 1) else {
        return;
    };
    let path = branch.get_attribute("data-path").unwrap_or_default();
    if let Some(drawn) = more(&path, 0) {
        let _ = branch.append_child(&drawn);
    }
}

/// Saving the call, and copying it as something else.
pub(super) fn copies(panel: Panel, url: String) -> AnyView {
    let is_open = RwSignal::new(false);
    let chosen = RwSignal::new(KINDS[1].0);
    let choose = move |event: web_sys::MouseEvent| {
        let kind = attribute_near(&event, "data-kind");
        if let Some((kind, _)) = KINDS
            .into_iter()
            .find(|(name, _)| kind.as_deref() == Some(name))
        {
            chosen.set(kind);
        }
    };
    let kinds = move || {
        let kind = |(name, title): (&'static str, &'static str)| {
            let is_chosen = chosen.get() == name;
            el("button")
                .class(if is_chosen { "tab tab-open" } else { "tab" })
                .with("type", "button")
                .with("data-kind", name)
                .with("aria-pressed", if is_chosen { "true" } else { "false" })
                .text(title)
        };
        el("div")
            .class("console-views")
            .with("role", "group")
            .with("aria-label", "Copy as")
            .children(KINDS.map(kind))
    };
    let text = move || {
        is_open.get().then(|| {
            panel.text.track();
            let kind = chosen.get();
            let arguments = panel.public_arguments();
            let link = if kind == "link" {
                deep_link(panel)
            } else {
                String::new()
            };
            code_of(
                snippet(kind, &url, &panel.tool(), &arguments, &link),
                "the call".to_owned(),
            )
        })
    };
    view! {
        <div class="console-further needs-script">
            {saving(panel)}
            <details class="more">
                <summary on:click=move |_| is_open.set(true)>"Copy as…"</summary>
                <div on:click=choose>{kinds}</div>
                {text}
                {secret_note(panel)}
            </details>
        </div>
    }
    .whole()
}

fn secret_note(panel: Panel) -> Option<Markup> {
    let has_secrets = panel
        .spec
        .with_value(|spec| spec.secrets().next().is_some());
    has_secrets.then(|| {
        el("p")
            .class("hint")
            .text("Secrets are left out: add them where the call is made.")
    })
}

/// This page's address with the arguments, without secrets.
fn deep_link(panel: Panel) -> String {
    let text = Json::Object(panel.public_arguments()).to_string();
    // The browser's own encoder takes one letter a byte.
    let bytes: String = text.bytes().map(char::from).collect();
    let encoded = window().btoa(&bytes).unwrap_or_default();
    let encoded = encoded.replace('+', "-").replace('/', "_");
    let origin = window().location().origin().unwrap_or_default();
    [
        &origin,
        &routes::console(&panel.tool()),
        "&args=",
        encoded.trim_end_matches('='),
    ]
    .concat()
}

fn saving(panel: Panel) -> AnyView {
    let refused = RwSignal::new(None);
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        leptos::task::spawn_local(async move {
            let (tool, text, name) = (
                panel.tool(),
                panel.text.get_untracked(),
                value_of("call-name"),
            );
            let fields = [
                ("tool", tool.as_str()),
                ("name", name.as_str()),
                ("arguments", text.as_str()),
            ];
            match request(SaveConsoleCall::url(), &fields, None).await {
                Ok(_) => {
                    refused.try_set(None);
                    toast(["Saved as ", name.trim(), "."].concat());
                    panel.calls.refetch();
                }
                Err(error) => drop(refused.try_set(Some(error))),
            }
        });
    };
    let max = CALL_NAME_MAX.to_string();
    view! {
        <form class="console-save" on:submit=save>
            <label class="visually-hidden" for="call-name">"Name to save the call under"</label>
            <input class="input" id="call-name" type="text" placeholder="Name to save it under" autocomplete="off" maxlength=max required=true/>
            <button type="submit" class="button">"Save call"</button>
        </form>
        {told(refused)}
    }
    .whole()
}
