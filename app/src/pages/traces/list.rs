//! The list of recorded calls, the query that narrows it, and one call beside it.

use std::time::Duration;

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_navigate, use_query_map};
use leptos_router::params::ParamsMap;
use leptos_router::{LazyRoute, NavigateOptions, lazy_route};
use orderdesk_mcp_contract::ApiError;
use server_fn::ServerFn as _;
use wasm_bindgen::JsCast as _;

use super::api::{CountTraces, ListTraces};
use super::counts::beside;
use super::one::{one, panel};
use super::rows::table;
use super::view::{CountsView, OneView, TracesView};
use crate::live::{every_while_visible, not_updated, refresh};
use crate::parts::{
    Icon, Loaded, Markup, PageHead, Tone, Whole, el, empty, link, link_button, notice,
};
use crate::routes;
use crate::transport::{Answer, answer, load, read};

const REFRESH_EVERY: Duration = Duration::from_secs(3);

/// The pages at `/traces` and `/traces/:id`: one part of the browser's share, because they show the same things. Of the list
/// the address holds the query, the page of the list, the call beside it, and whether the list is live.
pub(crate) struct TracesPage;

/// What the address says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    query: String,
    before: String,
    peek: String,
    is_live: bool,
}

impl Asked {
    /// From the address.
    fn now() -> Self {
        Self::of(use_query_map())
    }

    fn of(params: Memo<ParamsMap>) -> Self {
        let of = |name: &str| params.with(|params| params.get(name)).unwrap_or_default();
        Self {
            query: of("q"),
            before: of("before"),
            peek: of("peek"),
            is_live: !of("live").is_empty(),
        }
    }

    fn href(&self) -> String {
        let live = if self.is_live { "1" } else { "" };
        routes::traces(&[
            ("q", &self.query),
            ("before", &self.before),
            ("peek", &self.peek),
            ("live", live),
        ])
    }

    /// The same with another call beside the list; none for a blank one.
    fn peeking(&self, id: &str) -> String {
        let peek = id.to_owned();
        Self {
            peek,
            ..self.clone()
        }
        .href()
    }

    /// The newest calls of the same query, kept up to date or not.
    fn live(&self, is_live: bool) -> String {
        let query = self.query.clone();
        Self {
            query,
            is_live,
            ..Self::default()
        }
        .href()
    }
}

#[lazy_route]
impl LazyRoute for TracesPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        if use_location().pathname.get_untracked() == routes::TRACES {
            traces()
        } else {
            one()
        }
    }
}

fn traces() -> AnyView {
    let asked = Memo::new(|_| Asked::now());
    let query = Signal::derive(move || asked.with(|asked| asked.query.clone()));
    // The query has no line breaks: it comes from one field.
    let page = Memo::new(move |_| asked.with(|asked| [&asked.before, "\n", &asked.query].concat()));
    let peek = Memo::new(move |_| asked.with(|asked| asked.peek.clone()));
    let traces = load(page.into(), |page| {
        let (before, query) = page.split_once('\n').unwrap_or_default();
        answer!(
            ListTraces,
            super::api::list_traces(query.to_owned(), before.to_owned()),
            &[("query", query), ("before", before)]
        )
    });
    let counts = load(query, |query| {
        answer!(
            CountTraces,
            super::api::count_traces(query.clone()),
            &[("query", &query)]
        )
    });
    let beside_list = load(peek.into(), peek_at);
    let missed = RwSignal::new(None);
    every_while_visible(REFRESH_EVERY, move || {
        let asked = asked.get_untracked();
        if asked.is_live && !is_in_hand() {
            leptos::task::spawn_local(async move {
                let fields = [("query", asked.query.as_str()), ("before", "")];
                refresh(traces, missed, ListTraces::url(), &fields).await;
            });
        }
    });
    Effect::new(|_| listen_to_steps());
    view! {
        <PageHead title="Traces"/>
        <QueryBar query/>
        {not_updated(missed)}
        <div class="traces">
            <Loaded data=counts lines=6 is_quiet=true show=show_counts/>
            <div class="stack">
                <Loaded data=traces lines=8 show=show_list/>
            </div>
            <Loaded data=beside_list lines=0 show=show_peek/>
        </div>
    }
    .into_any()
}

fn peek_at(id: String) -> Answer {
    if id.is_empty() {
        return Box::pin(async { Ok(String::new()) });
    }
    super::one::get(&id)
}

/// Whether the pointer or the focus is on the list: then nothing moves.
fn is_in_hand() -> bool {
    let found = document().query_selector(".traces-table:hover, .traces-table:focus-within");
    matches!(found, Ok(Some(_)))
}

/// `j` and `k` go from call to call; an open panel goes along. Enter follows the link that has the focus. The listener ends
/// with the page.
fn listen_to_steps() {
    let steps = window_event_listener(leptos::ev::keydown, |event| {
        let takes_letters = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
            .is_some_and(|target| {
                matches!(
                    target.closest("input, textarea, select, dialog"),
                    Ok(Some(_))
                )
            });
        let has_modifier = event.ctrl_key() || event.meta_key() || event.alt_key();
        if takes_letters || has_modifier || !crate::palette::letters_are_on() {
            return;
        }
        match event.key().as_str() {
            "j" => step(1),
            "k" => step(-1),
            _ => {}
        }
    });
    on_cleanup(move || steps.remove());
}

fn step(by: i32) {
    let Ok(tools) = document().query_selector_all(".traces .trace-tool") else {
        return;
    };
    let all = (0..tools.length()).filter_map(|place| {
        let tool = tools.item(place)?;
        tool.dyn_into::<web_sys::HtmlElement>().ok()
    });
    let all: Vec<_> = all.collect();
    let focused = document().active_element();
    let at = all
        .iter()
        .position(|tool| focused.as_ref() == Some(tool.as_ref()));
    let next = match (at, by) {
        (None, _) => 0,
        (Some(at), 1) => at + 1,
        (Some(at), _) => at.saturating_sub(1),
    };
    let Some(tool) = all.get(next) else { return };
    // An element that cannot have the focus leaves it where it is.
    let _ = tool.focus();
    if let Ok(Some(_)) = document().query_selector(".trace-panel")
        && let Ok(Some(row)) = tool.closest("tr")
        && let Ok(Some(peek)) = row.query_selector(".trace-peek a")
        && let Ok(peek) = peek.dyn_into::<web_sys::HtmlElement>()
    {
        peek.click();
    }
}

/// A form that the browser itself can send.
#[component]
fn QueryBar(query: Signal<String>) -> impl IntoView {
    let navigate = use_navigate();
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
        let asked = Asked {
            query,
            ..Asked::default()
        };
        navigate(&asked.href(), options);
    };
    view! {
        <form method="get" action=routes::TRACES role="search" class="query-bar" on:submit=ask>
            <div class="search">
                <Icon name="search"/>
                <input
                    class="input mono" type="search" name="q" aria-label="Which calls" maxlength="1000" autocomplete="off"
                    spellcheck="false" placeholder="tool:orders_update status:error since:24h" aria-describedby="query-help"
                    value=query prop:value=query
                />
            </div>
            <button type="submit" class="button">"Show"</button>
        </form>
        {query_help().whole()}
    }
    .whole()
}

/// The terms of a query, each with what it asks for.
const TERMS: [(&str, &str); 11] = [
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

fn show_counts(text: &str) -> Result<AnyView, ApiError> {
    let counts = read::<Option<CountsView>>(text)?;
    Ok(counts.map_or_else(|| el("div").whole(), |counts| beside(counts).whole()))
}

fn show_peek(text: &str) -> Result<AnyView, ApiError> {
    if text.is_empty() {
        return Ok(().whole());
    }
    let asked = untrack(Asked::now);
    read::<OneView>(text).map(|one| panel(one, asked.peeking("")).whole())
}

fn show_list(text: &str) -> Result<AnyView, ApiError> {
    let params = use_query_map();
    // What is looked at beside the list is marked in it.
    read::<TracesView>(text)
        .map(|traces| (move || list(traces.clone(), &Asked::of(params))).whole())
}

fn list(traces: TracesView, asked: &Asked) -> AnyView {
    if let Some(fault) = traces.fault {
        return notice(Tone::Error, fault).whole();
    }
    let live = if asked.is_live {
        link_button(asked.live(false), "Live: on")
    } else {
        link_button(asked.live(true), "Live: off")
    };
    let shown = if traces.rows.is_empty() {
        nothing(&traces.query, traces.older.is_some())
    } else {
        let peek = |row: &super::view::TraceRow| {
            let id = row.id.to_string();
            let is_open = id == asked.peek;
            (asked.peeking(&id), is_open)
        };
        table(
            "Calls, newest first",
            traces.as_of,
            traces.rows,
            Some(&peek),
        )
    };
    let note = traces
        .note
        .map(|note| el("p").class("hint").with("role", "status").text(note));
    let newest = traces.newest.map(|href| link_button(href, "Newest"));
    let older = traces.older.map(|href| link_button(href, "Older"));
    el("div")
        .class("stack")
        .child(
            el("div")
                .class("toolbar")
                .child(el("span").class("tally").text(if asked.is_live {
                    "Kept up to date, but not while you point at it."
                } else {
                    ""
                }))
                .child(live.class("button button-small")),
        )
        .child(shown)
        .maybe(note)
        .maybe((newest.is_some() || older.is_some()).then(|| {
            el("nav")
                .class("pager")
                .with("aria-label", "Pages")
                .maybe(newest)
                .maybe(older)
        }))
        .whole()
}

fn nothing(query: &str, is_more: bool) -> Markup {
    if query.is_empty() {
        return empty(
            "activity",
            "No calls yet",
            "Every call of an assistant and of the console stands here, with what happened in it.",
            [link_button(routes::CONNECT, "Connect an assistant").class("button button-primary")],
        );
    }
    let says = if is_more {
        "No call of those looked at matches. "
    } else {
        "No call matches. "
    };
    el("p")
        .class("nothing")
        .text(says)
        .child(link(routes::TRACES, "Show all calls"))
}
