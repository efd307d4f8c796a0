//! The list of recorded calls, the query that narrows it, and one call beside it.

use std::time::Duration;

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_query_map};
use leptos_router::params::ParamsMap;
use leptos_router::{LazyRoute, lazy_route};
use orderdesk_mcp_contract::ApiError;
use server_fn::ServerFn as _;
use wasm_bindgen::JsCast as _;

use super::api::{CountTraces, ListTraces, VIEWS_FORM};
use super::counts::beside;
use super::one::{one, panel};
use super::query::{QueryBar, fault};
use super::rows::table;
use super::view::{CountsView, OneView, TracesView};
use crate::live::{every_while_visible, not_updated, refresh};
use crate::parts::{Loaded, PageHead, Whole, drawn, el, left_refusal, link_button, told};
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
    fn of(params: Memo<ParamsMap>) -> Self {
        let of = |name: &str| params.with(|params| params.get(name)).unwrap_or_default();
        let before = of("before");
        Self {
            query: of("q"),
            peek: of("peek"),
            // New calls come to the first page only.
            is_live: before.is_empty() && !of("live").is_empty(),
            before,
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

    /// The newest calls of another query, kept up to date as these are.
    pub(super) fn narrowed(params: Memo<ParamsMap>, query: String) -> String {
        Self {
            query,
            is_live: untrack(move || Self::of(params)).is_live,
            ..Self::default()
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
        {told(left_refusal(VIEWS_FORM))}
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
    super::one::beside(&id)
}

/// Whether the pointer or the focus is on the list or the views above it: then nothing moves.
fn is_in_hand() -> bool {
    let held = ".traces-table:hover, .traces-table:focus-within, .views:focus-within";
    let found = document().query_selector(held);
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

fn show_counts(text: &str) -> Result<AnyView, ApiError> {
    let params = use_query_map();
    let Some(counts) = read::<Option<CountsView>>(text)? else {
        return Ok(el("div").whole());
    };
    Ok((move || beside(counts.clone(), Asked::of(params).is_live)).whole())
}

fn show_peek(text: &str) -> Result<AnyView, ApiError> {
    if text.is_empty() {
        return Ok(().whole());
    }
    let params = use_query_map();
    // Whatever changes the rest of the address closes it.
    let asked = untrack(move || Asked::of(params));
    read::<Option<OneView>>(text).map(|one| panel(one, asked.peeking("")).whole())
}

fn show_list(text: &str) -> Result<AnyView, ApiError> {
    let params = use_query_map();
    // What is looked at beside the list is marked in it.
    read::<TracesView>(text)
        .map(|traces| (move || list(traces.clone(), &Asked::of(params))).whole())
}

fn list(traces: TracesView, asked: &Asked) -> AnyView {
    let views = drawn(traces.views);
    if let Some(found) = traces.fault {
        return el("div")
            .class("stack")
            .child(views)
            .child(fault(found))
            .whole();
    }
    let live = if asked.is_live {
        link_button(asked.live(false), "Live: on")
    } else {
        link_button(asked.live(true), "Live: off")
    };
    let shown = (!traces.rows.is_empty()).then(|| {
        table(
            "Calls, newest first",
            traces.as_of,
            traces.rows,
            &asked.peek,
            Some(&|id| asked.peeking(id)),
        )
    });
    el("div")
        .class("stack")
        .child(views)
        .child(
            el("div")
                // Without script nothing is kept up to date.
                .class("toolbar needs-script")
                .child(el("span").class("tally").text(if asked.is_live {
                    "Kept up to date, but not while you point at it."
                } else {
                    ""
                }))
                .child(live.class("button button-small")),
        )
        .maybe(shown)
        .child(drawn(traces.rest))
        .whole()
}
