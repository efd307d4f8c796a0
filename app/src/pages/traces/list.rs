//! The list of recorded calls, the query that narrows it, and one call beside it.

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_query_map};
use leptos_router::{LazyRoute, lazy_route};
use orderdesk_mcp_contract::ApiError;
use wasm_bindgen::JsCast as _;

use super::api::{CountTraces, ListTraces, VIEWS_FORM};
use super::asked::Asked;
use super::dom::{all_of, around, is_seen};
use super::one::one;
use super::query::QueryBar;
use super::tail::Tail;
use super::view::TracesView;
use crate::live::not_updated;
use crate::parts::{Drawn, Loaded, PageHead, Whole, drawn, left_refusal, told};
use crate::routes;
use crate::transport::{Answer, answer, load, read};

/// The pages at `/traces` and `/traces/:id`: one part of the browser's share, because they show the same things. Of the list
/// the address holds the query, the page of the list, the call beside it, and whether the list is live.
pub(crate) struct TracesPage;

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
    let params = use_query_map();
    let asked = Memo::new(move |_| Asked::of(params));
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
    let tail = Tail::new(asked, traces, counts);
    tail.start();
    provide_context(tail);
    Effect::new(move |_| listen(tail));
    view! {
        <PageHead title="Traces"/>
        <QueryBar asked/>
        {not_updated(tail.missed)}
        {told(left_refusal(VIEWS_FORM))}
        <div class="traces">
            <Loaded data=counts lines=6 is_quiet=true show=show_drawn/>
            <div class="stack">
                <Loaded data=traces lines=1 is_quiet=true show=show_views/>
                {tail.bar()}
                <Loaded data=traces lines=8 show=show_list/>
            </div>
            <Loaded data=beside_list lines=0 show=show_drawn/>
        </div>
    }
    .into_any()
}

fn peek_at(id: String) -> Answer {
    if id.is_empty() {
        return Box::pin(async { Ok(String::new()) });
    }
    super::one::beside(&id)
}

/// What is listened to, all of it by one listener for the page: it is drawn without any.
const HEARD: [&str; 7] = [
    "keydown",
    "click",
    "change",
    "pointerdown",
    "pointerover",
    "pointerup",
    "dragstart",
];

/// The listeners end with the page.
fn listen(tail: Tail) {
    let hear = move |event: web_sys::Event| hear(tail, &event);
    let listeners = HEARD.map(|kind| window_event_listener_untyped(kind, hear));
    on_cleanup(move || listeners.into_iter().for_each(WindowListenerHandle::remove));
}

fn hear(tail: Tail, event: &web_sys::Event) {
    match event.type_().as_str() {
        "keydown" => {
            if let Some(key) = event.dyn_ref() {
                pressed(tail, key);
            }
        }
        "click" if around(event, ".live-new").is_some() => tail.show_waiting(),
        "change" if around(event, "[data-column]").is_some() => {
            super::columns::remember();
            tail.traces.refetch();
        }
        _ => super::brush::hear(event),
    }
}

/// `j` and `k` go from call to call; an open panel goes along. Enter follows the link that has the focus. `n` shows new calls,
/// `p` pauses them or goes on.
fn pressed(tail: Tail, event: &web_sys::KeyboardEvent) {
    let takes_letters = around(event, "input, textarea, select, dialog").is_some();
    let has_modifier = event.ctrl_key() || event.meta_key() || event.alt_key();
    // The second letter of a way to another page is no letter of this one.
    let is_taken = event.default_prevented();
    if takes_letters || has_modifier || is_taken || !crate::palette::letters_are_on() {
        return;
    }
    match event.key().as_str() {
        "j" => step(1),
        "k" => step(-1),
        // Once, however long it is held.
        "n" if !event.repeat() => tail.show_waiting(),
        "p" if !event.repeat() => tail.pause_or_go_on(),
        _ => {}
    }
}

fn step(by: i32) {
    let all = all_of(".traces .trace-tool");
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
    if is_seen(".trace-panel")
        && let Ok(Some(row)) = tool.closest("tr")
        && let Ok(Some(peek)) = row.query_selector(".trace-peek a")
        && let Ok(peek) = peek.dyn_into::<web_sys::HtmlElement>()
    {
        peek.click();
    }
}

/// What was drawn for any address, as it is at this one. What shows it follows the address: were that done in here, everything
/// would be taken down and put up again with each new call, and the focus lost.
fn placed(steps: Drawn) -> AnyView {
    let Tail { asked, .. } = expect_context();
    drawn(asked.with(|asked| asked.place(steps))).whole()
}

pub(super) fn show_drawn(text: &str) -> Result<AnyView, ApiError> {
    if text.is_empty() {
        return Ok(().whole());
    }
    read(text).map(placed)
}

fn show_views(text: &str) -> Result<AnyView, ApiError> {
    read(text).map(|TracesView { views, .. }| placed(views))
}

fn show_list(text: &str) -> Result<AnyView, ApiError> {
    read(text).map(|TracesView { list, .. }| placed(list))
}
