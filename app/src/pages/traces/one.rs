//! One recorded call: by itself, beside another, and as the panel beside the list.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use orderdesk_mcp_contract::ApiError;

use super::api::{
    CompareTraces, GetTrace, ListAlerts, ListSchedules, PeekTrace, ReadTrace, TellStory,
};
use super::view::{Copied, OneView};
use crate::parts::{Drawn, Loaded, PageHead, Whole, code_of, drawn, el};
use crate::routes;
use crate::transport::{Answer, answer, load, read};

/// In the place of an id: two calls side by side, which `?a` and `?b` name. It is no page of its own, because each costs all
/// visits more than it does here.
const COMPARE: &str = "compare";
/// In the place of an id: the alerts, for the same reason; `?b` is the query that a new one begins with.
const ALERTS: &str = "alerts";
/// In the place of an id: the scheduled exports, for the same reason.
const EXPORTS: &str = "exports";
/// In the place of an id: what happened to the order `?b`, or in the run of the call `?a`.
const STORY: &str = "story";

/// The page at `/traces/:id`; with `?carried` it shows what the call carried, which is recorded. `?from` is the place of the
/// first step.
pub(super) fn one() -> AnyView {
    let (params, query) = (use_params_map(), use_query_map());
    let id = move || params.with(|params| params.get("id").unwrap_or_default());
    // With a blank between them. Only what stands last may hold one, being typed by hand.
    let asked = Memo::new(move |_| {
        let part = |name| query.with(|query| query.get(name).unwrap_or_default());
        [id(), part("carried"), part("from"), part("a"), part("b")].join(" ")
    });
    let one = load(asked.into(), |asked| {
        let mut parts = asked.splitn(5, ' ');
        let [id, carried, from, a, b] = [(); 5].map(|()| parts.next().unwrap_or_default());
        if id == COMPARE {
            answer!(
                CompareTraces,
                super::api::compare_traces(a.to_owned(), b.to_owned(), carried.to_owned()),
                &[("a", a), ("b", b), ("carried", carried)]
            )
        } else if id == ALERTS {
            answer!(
                ListAlerts,
                super::api::list_alerts(b.to_owned()),
                &[("query", b)]
            )
        } else if id == EXPORTS {
            answer!(ListSchedules, super::api::list_schedules(), &[])
        } else if id == STORY {
            answer!(
                TellStory,
                super::api::tell_story(a.to_owned(), b.to_owned(), from.to_owned()),
                &[("call", a), ("order", b), ("before", from)]
            )
        } else if carried.is_empty() {
            answer!(
                GetTrace,
                super::api::get_trace(id.to_owned(), from.to_owned()),
                &[("id", id), ("from", from)]
            )
        } else {
            answer!(
                ReadTrace,
                super::api::read_trace(id.to_owned(), from.to_owned()),
                &[("id", id), ("from", from)]
            )
        }
    });
    view! { <Loaded data=one lines=10 brings_head=true show/> }.into_any()
}

/// One call as it is shown beside the list.
pub(super) fn beside(id: &str) -> Answer {
    answer!(
        PeekTrace,
        super::api::peek_trace(id.to_owned()),
        &[("id", id)]
    )
}

fn show(text: &str) -> Result<AnyView, ApiError> {
    // Of one call an object was sent, of anything else what is drawn of it, after the title.
    let (title, badge, body) = if text.starts_with('[') {
        let mut steps: Drawn = read(text)?;
        let title = steps.remove(0);
        (title, Drawn::new(), drawn(steps).whole())
    } else {
        let mut one: OneView = read(text)?;
        let badge = std::mem::take(&mut one.outcome);
        (std::mem::take(&mut one.tool), badge, whole_call(one))
    };
    let parts = vec![
        view! {
            <PageHead title up=(routes::TRACES, "Traces")>{drawn(badge)}</PageHead>
        }
        .whole(),
        body,
    ];
    Ok(parts.whole())
}

fn whole_call(one: OneView) -> AnyView {
    let main = el("div").class("stack").around(vec![
        drawn(one.steps).whole(),
        card_around("payload-title", "What it carried", one.payload),
        card_around("again-title", "Again, and elsewhere", one.again),
        drawn(one.related).class("stack").whole(),
    ]);
    el("div")
        .class("columns")
        .around(vec![main, drawn(one.side).whole()])
}

/// As a card, around what can be copied.
fn card_around(
    id: &'static str,
    title: &'static str,
    (said, copies): (Drawn, Vec<Copied>),
) -> AnyView {
    let mut parts = vec![
        el("h2").with("id", id).text(title).whole(),
        drawn(said).whole(),
    ];
    parts.extend(copies.into_iter().flat_map(copied));
    el("section")
        .class("card")
        .with("aria-labelledby", id)
        .around(parts)
}

fn copied((title, text, note): Copied) -> Vec<AnyView> {
    let note = (!note.is_empty()).then(|| el("p").class("hint").text(note));
    let shown = (!text.is_empty()).then(|| code_of(text, title.clone()));
    vec![
        el("h3").class("carried-title").text(title).whole(),
        note.whole(),
        shown.whole(),
    ]
}
