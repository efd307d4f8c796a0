//! One recorded call: by itself, beside another, and as the panel beside the list.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use orderdesk_mcp_contract::{ApiError, UtcMillis};

use super::api::{CompareTraces, GetTrace, PeekTrace, ReadTrace};
use super::rows::{outcome_badge, table};
use super::view::{OneView, PayloadView, RelatedView};
use super::waterfall::waterfall;
use crate::parts::format::count;
use crate::parts::{
    Drawn, Loaded, Markup, PageHead, Whole, card, code_of, drawn, el, icon, link, link_button,
};
use crate::routes;
use crate::transport::{Answer, answer, load, read};

/// Steps on one page of a call. With all else that the page holds they keep it within what a browser shows at once.
pub(super) const STEPS: usize = 50;

/// In the place of an id: two calls side by side, which `?a` and `?b` name. It is no page of its own, because each costs all
/// visits more than it does here.
const COMPARE: &str = "compare";

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
    // Of one call an object was sent, of two what is drawn of them.
    let (title, badge, body) = if text.starts_with('[') {
        let title = "Two calls compared".to_owned();
        (title, None, drawn(read(text)?).whole())
    } else {
        let one: OneView = read(text)?;
        let badge = outcome_badge(&one.outcome);
        (one.tool.clone(), Some(badge), whole_call(one))
    };
    let parts = vec![
        view! {
            <PageHead title up=(routes::TRACES, "Traces")>{badge}</PageHead>
        }
        .whole(),
        body,
    ];
    Ok(parts.whole())
}

fn whole_call(one: OneView) -> AnyView {
    let as_of = one.as_of;
    let id = one.id.to_string();
    let pages = pages(&id, one.shown);
    let steps = card("steps-title", "What happened")
        .child(el("p").class("hint").text(one.summary))
        .maybe(elsewhere(one.elsewhere))
        .child(waterfall(one.steps, one.shown.0, one.gaps))
        .maybe(pages);
    let main = el("div").class("stack").around(vec![
        steps.whole(),
        payload_card(one.payload),
        again_card(one.again, one.copies),
        related(
            "trace-order",
            ["The order's other calls", "All calls about this order"],
            as_of,
            one.order,
            &id,
        )
        .whole(),
        related(
            "trace-run",
            ["The run it belongs to", "All calls of this run"],
            as_of,
            one.run,
            &id,
        )
        .whole(),
    ]);
    el("div")
        .class("columns")
        .around(vec![main, drawn(one.side).whole()])
}

/// Which steps of many these are; none when these are all.
fn which_steps((from, all): (usize, usize), shown: usize) -> Option<Markup> {
    let number = |place: usize| count(place as u64);
    (shown < all).then(|| {
        let here = [
            "Steps ",
            &number(from + 1),
            " to ",
            &number(from + shown),
            " of ",
            &number(all),
        ];
        el("span").text(here.concat())
    })
}

/// The way to the steps before and after these.
fn pages(id: &str, (from, all): (usize, usize)) -> Option<Markup> {
    let next = from + STEPS;
    let here = which_steps((from, all), STEPS.min(all.saturating_sub(from)))?;
    let to = |from: usize, text: &'static str| {
        let from = from.to_string();
        link_button(
            [&routes::trace(id), "?from=", &from, "#steps-title"].concat(),
            text,
        )
    };
    Some(
        el("nav")
            .class("pager")
            .with("aria-label", "Steps")
            .child(here)
            .maybe((from > 0).then(|| to(from.saturating_sub(STEPS), "Steps before")))
            .maybe((next < all).then(|| to(next, "Next steps"))),
    )
}

/// What took longest is told also where it is on another page.
fn elsewhere(steps: Vec<(String, String)>) -> Option<Markup> {
    let step = |(text, href): (String, String)| el("li").child(link(href, text));
    (!steps.is_empty()).then(|| {
        el("div")
            .child(
                el("p")
                    .class("hint")
                    .text("What took longest of the other steps:"),
            )
            .child(
                el("ul")
                    .class("notes")
                    .children(steps.into_iter().map(step)),
            )
    })
}

/// The call beside the list; none when it is gone. `close` is the address without it.
pub(super) fn panel(one: Option<OneView>, close: String) -> Markup {
    let (title, badge) = match &one {
        Some(one) => (one.tool.clone(), Some(outcome_badge(&one.outcome))),
        None => ("This call is gone".to_owned(), None),
    };
    let top = el("div")
        .class("card-head")
        .child(el("h2").with("id", "panel-title").text(title))
        .maybe(badge)
        .child(
            el("a")
                .class("button button-quiet button-icon")
                .with("href", close)
                .with("data-noscroll", "true")
                .with("aria-label", "Close")
                .child(icon("x")),
        );
    let panel = el("aside")
        .class("card trace-panel")
        .with("aria-labelledby", "panel-title")
        .child(top);
    let Some(one) = one else {
        return panel.child(el("p").class("hint").text(
            "There is no such call in this workspace any more. Calls are thrown away by their age or number.",
        ));
    };
    let which = which_steps(one.shown, one.steps.len());
    panel
        .child(drawn(one.side))
        .child(el("h3").text("What happened"))
        .child(el("p").class("hint").text(one.summary))
        .child(waterfall(one.steps, 0, one.gaps))
        .maybe(which.map(|which| which.class("hint")))
        .child(link_button(routes::trace(one.id), "Open the whole call"))
}

fn payload_card(payload: PayloadView) -> AnyView {
    let hint = |text: String| el("p").class("hint").text(text);
    let inside = match payload {
        PayloadView::Not(why) => vec![hint(why).whole()],
        PayloadView::Readable(href) => vec![
            hint(
                "The arguments and the answer are kept sealed, without secrets and with customers' data hidden. That you read them is recorded."
                    .to_owned(),
            )
            .whole(),
            el("p").class("carried-button").child(link_button(href, "Show what it carried").with("data-noscroll", "true")).whole(),
        ],
        PayloadView::Shown(parts) => parts.into_iter().flat_map(carried).collect(),
    };
    card_around("payload-title", "What it carried", inside)
}

fn again_card(again: Drawn, copies: Vec<(String, String, String)>) -> AnyView {
    let mut inside = vec![drawn(again).whole()];
    inside.extend(copies.into_iter().flat_map(carried));
    card_around("again-title", "Again, and elsewhere", inside)
}

/// As [`card`], around what has events.
fn card_around(id: &'static str, title: &'static str, inside: Vec<AnyView>) -> AnyView {
    let mut parts = vec![el("h2").with("id", id).text(title).whole()];
    parts.extend(inside);
    el("section")
        .class("card")
        .with("aria-labelledby", id)
        .around(parts)
}

fn carried((title, text, note): (String, String, String)) -> Vec<AnyView> {
    let note = (!note.is_empty()).then(|| el("p").class("hint").text(note));
    let shown = (!text.is_empty()).then(|| code_of(text, title.clone()));
    vec![
        el("h3").class("carried-title").text(title).whole(),
        note.whole(),
        shown.whole(),
    ]
}

/// Calls that have to do with this one, if there are others, and the way to all of them.
fn related(
    id: &'static str,
    [title, all]: [&'static str; 2],
    as_of: UtcMillis,
    related: RelatedView,
    own: &str,
) -> Option<Markup> {
    let has_others = related.rows.iter().any(|row| row.id.to_string() != own);
    has_others.then(|| {
        card(id, title)
            .class("card trace-related")
            .child(table(title, as_of, related.rows, own, None))
            .child(link(related.all, all).class("trace-all"))
    })
}
