//! One recorded call: by itself, and as the panel beside the list.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use orderdesk_mcp_contract::{ApiError, UtcMillis};

use super::api::{GetTrace, ReadTrace};
use super::rows::{outcome_badge, table};
use super::view::{FactLine, OneView, PayloadView};
use super::waterfall::waterfall;
use crate::parts::{Loaded, Markup, PageHead, Whole, card, code, el, icon, link, link_button};
use crate::routes;
use crate::transport::{Answer, answer, load, read};

/// The page at `/traces/:id`; with `?carried` it shows what the call carried, which is recorded.
pub(super) fn one() -> AnyView {
    let (params, query) = (use_params_map(), use_query_map());
    let id = move || params.with(|params| params.get("id").unwrap_or_default());
    let carried = move || query.with(|query| query.get("carried").is_some());
    let asked = Memo::new(move |_| format!("{} {}", id(), carried()));
    let one = load(asked.into(), |asked| {
        let (id, carried) = asked.split_once(' ').unwrap_or((&asked, ""));
        if carried == "true" {
            answer!(
                ReadTrace,
                super::api::read_trace(id.to_owned()),
                &[("id", id)]
            )
        } else {
            get(id)
        }
    });
    view! { <Loaded data=one lines=10 brings_head=true show/> }.into_any()
}

/// One call, without what it carried.
pub(super) fn get(id: &str) -> Answer {
    answer!(
        GetTrace,
        super::api::get_trace(id.to_owned()),
        &[("id", id)]
    )
}

fn show(text: &str) -> Result<AnyView, ApiError> {
    let one: OneView = read(text)?;
    let title = one.tool.clone();
    let badge = outcome_badge(&one.outcome);
    let as_of = one.as_of;
    let main = el("div").class("stack").around(vec![
        steps_card(&one.summary, one.steps, one.gaps).whole(),
        payload_card(one.payload),
        related(
            "trace-order",
            "The order's other calls",
            as_of,
            one.order,
            one.id,
        )
        .whole(),
        related("trace-run", "The run it belongs to", as_of, one.run, one.id).whole(),
    ]);
    let side = el("div")
        .class("stack")
        .child(facts_card(one.facts))
        .maybe(policy_card(one.policy));
    let parts = vec![
        view! {
            <PageHead title up=(routes::TRACES, "Traces")>{badge}</PageHead>
        }
        .whole(),
        el("div").class("columns").around(vec![main, side.whole()]),
    ];
    Ok(parts.whole())
}

/// The call beside the list; `close` is the address without it.
pub(super) fn panel(one: OneView, close: String) -> Markup {
    let top = el("div")
        .class("card-head")
        .child(el("h2").with("id", "panel-title").text(one.tool))
        .child(outcome_badge(&one.outcome))
        .child(
            el("a")
                .class("button button-quiet button-icon")
                .with("href", close)
                .with("data-noscroll", "true")
                .with("aria-label", "Close")
                .child(icon("x")),
        );
    el("aside")
        .class("card trace-panel")
        .with("aria-labelledby", "panel-title")
        .child(top)
        .child(facts(one.facts))
        .child(el("h3").text("What happened"))
        .child(el("p").class("hint").text(one.summary))
        .child(waterfall(one.steps, one.gaps))
        .child(link_button(routes::trace(one.id), "Open the whole call"))
}

fn steps_card(summary: &str, steps: Vec<super::view::StepRow>, gaps: Vec<String>) -> Markup {
    card("steps-title", "What happened")
        .child(el("p").class("hint").text(summary.to_owned()))
        .child(waterfall(steps, gaps))
}

fn facts_card(lines: Vec<FactLine>) -> Markup {
    card("facts-title", "Details").child(facts(lines))
}

fn facts(lines: Vec<FactLine>) -> Markup {
    let fact = |line: FactLine| {
        let value = match (line.href.is_empty(), line.is_code) {
            (false, _) => link(line.href, line.value),
            (true, true) => el("code").class("mono").text(line.value),
            (true, false) => el("span").text(line.value),
        };
        [el("dt").text(line.name), el("dd").child(value)]
    };
    el("dl")
        .class("facts")
        .children(lines.into_iter().flat_map(fact))
}

fn policy_card(sentences: Vec<String>) -> Option<Markup> {
    let said = |sentence: String| el("li").text(sentence);
    (!sentences.is_empty()).then(|| {
        card("policy-title", "Why it was let through or not").child(
            el("ul")
                .class("notes")
                .children(sentences.into_iter().map(said)),
        )
    })
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
    let mut parts = vec![
        el("h2")
            .with("id", "payload-title")
            .text("What it carried")
            .whole(),
    ];
    parts.extend(inside);
    el("section")
        .class("card")
        .with("aria-labelledby", "payload-title")
        .around(parts)
}

fn carried((title, text, note): (String, String, String)) -> Vec<AnyView> {
    let note = (!note.is_empty()).then(|| el("p").class("hint").text(note));
    let shown = (!text.is_empty()).then(|| code(text, "what it carried"));
    vec![
        el("h3").class("carried-title").text(title).whole(),
        note.whole(),
        shown.whole(),
    ]
}

fn related(
    id: &'static str,
    title: &'static str,
    as_of: UtcMillis,
    rows: Vec<super::view::TraceRow>,
    own: orderdesk_mcp_contract::TraceId,
) -> Option<Markup> {
    let has_others = rows.iter().any(|row| row.id != own);
    has_others.then(|| {
        card(id, title)
            .class("card trace-related")
            .child(table(title, as_of, rows, None))
    })
}
