//! The line in which calls are asked for, what can be asked, and what is at fault.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use wasm_bindgen::JsCast as _;

use super::api::CompleteQuery;
use super::asked::Asked;
use super::list::show_drawn;
use crate::parts::{Icon, Loaded, Markup, Whole, el};
use crate::routes;
use crate::transport::{answer, load};

/// A form that the browser itself can send.
#[component]
pub(super) fn QueryBar(asked: Memo<Asked>) -> impl IntoView {
    let navigate = use_navigate();
    let query = move || asked.with(|asked| asked.query.clone());
    let typed = RwSignal::new(String::new());
    let words = load(typed.into(), |typed| {
        answer!(
            CompleteQuery,
            super::api::complete_query(typed.clone()),
            &[("typed", &typed)]
        )
    });
    let ask = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let form = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::HtmlFormElement>().ok());
        let typed = form
            .and_then(|form| web_sys::FormData::new_with_form(&form).ok())
            .and_then(|fields| fields.get("q").as_string())
            .unwrap_or_default();
        let options = NavigateOptions {
            scroll: false,
            ..NavigateOptions::default()
        };
        let query = typed.trim().to_owned();
        let there = asked.with_untracked(|asked| asked.narrowed(query));
        navigate(&there, options);
    };
    view! {
        <form method="get" action=routes::TRACES role="search" class="query-bar" on:submit=ask>
            <div class="search">
                <Icon name="search"/>
                <input
                    class="input mono" type="search" name="q" aria-label="Which calls" maxlength="1000" autocomplete="off"
                    spellcheck="false" placeholder="tool:orders_update status:error since:24h" aria-describedby="query-fault query-help"
                    value=query prop:value=query
                    list="query-words" on:input=move |event| typed.set(event_target_value(&event))
                />
                <Loaded data=words lines=0 is_quiet=true show=show_drawn/>
            </div>
            <button type="submit" class="button">"Show"</button>
        </form>
        {query_help().whole()}
    }
    .whole()
}

/// The terms of a query, each with what it asks for.
const TERMS: [(&str, &str); 13] = [
    ("tool:orders_update", "calls of one tool"),
    (
        "status:error",
        "ok, error, cancelled, or a kind of error such as rate_limited",
    ),
    ("latency:>800", "milliseconds; also <=50 and 800..2000"),
    ("key:\"Claude\"", "a key or a person, by name or id"),
    ("store:\"Main shop\"", "a store, by name or id"),
    ("order:10042", "an order, by Order Desk’s id"),
    ("door:console", "mcp, stdio, web, console or cli"),
    ("client:claude", "a part of the client’s name"),
    (
        "cached:yes",
        "answered from the cache, or asked and not answered",
    ),
    (
        "change:yes",
        "calls that a change came of; also no, or a change’s id",
    ),
    ("changed:shipping.*", "a field that a change touches"),
    ("text:ABC-1", "a word in codes, folders, tags and other ids"),
    (
        "since:24h until:1h",
        "also 7d, or a day such as 2026-11-01, in UTC",
    ),
];

fn query_help() -> Markup {
    let term = |(term, says): (&'static str, &'static str)| {
        [el("dt").child(el("code").text(term)), el("dd").text(says)]
    };
    el("details")
        .class("more query-help")
        .with("id", "query-help")
        .child(el("summary").text("What can be asked"))
        .child(el("p").class("hint").text(
            "All terms must hold. The same term twice means either; a minus before it leaves out what it names.",
        ))
        .child(
            el("dl")
                .class("facts")
                .children(TERMS.into_iter().flat_map(term)),
        )
}
