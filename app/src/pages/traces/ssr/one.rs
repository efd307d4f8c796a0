//! One call in words.

use orderdesk_mcp_contract::trace::view::{
    KeptResult, PayloadState, Related, TraceLine, TracePayload, TraceView,
};
use orderdesk_mcp_contract::{TraceId, UtcMillis};

use super::super::super::view::{Copied, OneView};
use super::again::{self, Addresses};
use super::compare::compare_card;
use super::facts::{facts, list};
use super::rows::{Beside, outcome_badge, table};
use super::steps::{self, Part, STEPS};
use super::story::{story_of_order, story_of_run};
use super::waterfall::waterfall;
use crate::parts::format::count;
use crate::parts::{Drawn, Markup, card, el, icon, link, link_button};
use crate::routes;

/// One call by itself.
pub(super) fn page(
    as_of: UtcMillis,
    view: &TraceView,
    part: Part,
    related: &Related,
    payload: Option<TracePayload>,
    at: &Addresses<'_>,
) -> OneView {
    let part = part.of(view.spans.len());
    let side = el("div")
        .class("stack")
        .child(card("facts-title", "Details").child(list(facts(view))))
        .maybe(policy_card(&view.policy))
        .child(compare_card(&view.line, related));
    OneView {
        tool: view.line.tool.clone(),
        outcome: outcome_badge(view.line.error).steps(),
        steps: steps_card(view, part).steps(),
        side: side.steps(),
        again: again::again(view, payload.as_ref(), at),
        payload: carried(view, part, payload),
        related: related_cards(as_of, view.line.id, related),
    }
}

/// One call as it is shown beside the list, with its first steps; none when it is gone.
pub(super) fn panel(view: Option<&TraceView>) -> Markup {
    let title = view.map_or("This call is gone", |view| view.line.tool.as_str());
    let top = el("div")
        .class("card-head")
        .child(el("h2").with("id", "panel-title").text(title.to_owned()))
        .maybe(view.map(|view| outcome_badge(view.line.error)))
        .child(
            el("a")
                .class("button button-quiet button-icon")
                // Whatever changes the rest of the address closes it.
                .with("data-peek", "")
                .with("data-noscroll", "true")
                .with("aria-label", "Close")
                .child(icon("x")),
        );
    let panel = el("aside")
        .class("card trace-panel")
        .with("aria-labelledby", "panel-title")
        .child(top);
    let Some(view) = view else {
        return panel.child(el("p").class("hint").text(
            "There is no such call in this workspace any more. Calls are thrown away by their age or number.",
        ));
    };
    let steps = steps::of(view, Part::FIRST);
    let which = which_steps(0, steps.len(), view.spans.len());
    panel
        .child(el("div").child(list(facts(view))))
        .child(el("h3").text("What happened"))
        .child(el("p").class("hint").text(steps::summary(view)))
        .child(waterfall(steps, 0, steps::notes(view)))
        .maybe(which.map(|which| which.class("hint")))
        .child(link_button(
            routes::trace(view.line.id),
            "Open the whole call",
        ))
}

fn steps_card(view: &TraceView, part: Part) -> Markup {
    card("steps-title", "What happened")
        .child(el("p").class("hint").text(steps::summary(view)))
        .maybe(elsewhere(steps::elsewhere(view, part)))
        .child(waterfall(
            steps::of(view, part),
            part.from,
            steps::notes(view),
        ))
        .maybe(pages(view, part.from))
}

/// Which steps of many these are; none when these are all.
fn which_steps(from: usize, shown: usize, all: usize) -> Option<Markup> {
    let number = |place: usize| count(place as u64);
    (shown < all).then(|| {
        el("span").text(format!(
            "Steps {} to {} of {}",
            number(from + 1),
            number(from + shown),
            number(all)
        ))
    })
}

/// The way to the steps before and after these.
fn pages(view: &TraceView, from: usize) -> Option<Markup> {
    let (all, next) = (view.spans.len(), from + STEPS);
    let here = which_steps(from, STEPS.min(all.saturating_sub(from)), all)?;
    let to = |from: usize, text: &'static str| {
        let page = routes::trace(view.line.id);
        link_button(format!("{page}?from={from}#steps-title"), text)
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

/// Calls that have to do with this one, where there are others, and the ways to all of them.
fn related_cards(as_of: UtcMillis, own: TraceId, related: &Related) -> Drawn {
    let one = |id: &'static str,
               [title, all]: [&'static str; 2],
               lines: &[TraceLine],
               query: &str,
               story: String| {
        let has_others = lines.iter().any(|line| line.id != own);
        has_others.then(|| {
            card(id, title)
                .class("card trace-related")
                .child(table(title, as_of, lines, Beside::Nothing(own), &[]))
                .child(link(story, "Tell it as a story").class("trace-all"))
                .child(link(routes::traces(&[("q", query)]), all).class("trace-all"))
        })
    };
    let order_story = related.order.iter().find_map(|line| {
        let order = line.order_id.as_deref()?;
        Some(story_of_order(order, line.store.as_ref()))
    });
    let order = one(
        "trace-order",
        ["The order's other calls", "All calls about this order"],
        &related.order,
        &related.order_query,
        order_story.unwrap_or_default(),
    );
    let run = one(
        "trace-run",
        ["The run it belongs to", "All calls of this run"],
        &related.run,
        &related.run_query,
        story_of_run(own),
    );
    let cards = order.into_iter().chain(run);
    cards.flat_map(|card| card.steps()).collect()
}

fn policy_card(sentences: &[String]) -> Option<Markup> {
    let said = |sentence: &String| el("li").text(sentence.clone());
    (!sentences.is_empty()).then(|| {
        card("policy-title", "Why it was let through or not")
            .child(el("ul").class("notes").children(sentences.iter().map(said)))
    })
}

fn carried(view: &TraceView, part: Part, payload: Option<TracePayload>) -> (Drawn, Vec<Copied>) {
    let hint = |text: String| el("p").class("hint").text(text);
    let said = match (payload, &view.payload) {
        (Some(payload), _) => return (Drawn::new(), parts(payload)),
        (None, PayloadState::Nothing) => hint("Nothing of it was kept.".to_owned()),
        (None, PayloadState::Refused(why)) => hint(why.clone()),
        (None, PayloadState::Readable) => {
            let page = routes::trace(view.line.id);
            let href = format!("{page}?from={}&carried=1", part.from);
            let text = "The arguments and the answer are kept sealed, without secrets and with customers' data hidden. That you read them is recorded.";
            let button = link_button(href, "Show what it carried").with("data-noscroll", "true");
            el("div")
                .child(hint(text.to_owned()))
                .child(el("p").class("carried-button").child(button))
        }
    };
    (said.steps(), Vec::new())
}

/// Each with its title, its text, and what is said of it.
fn parts(payload: TracePayload) -> Vec<Copied> {
    let cut = |was_cut: bool| {
        if was_cut {
            "It was long: only its beginning was kept.".to_owned()
        } else {
            String::new()
        }
    };
    let part = |title: &str, text: String, note: String| (title.to_owned(), text, note);
    let mut parts = Vec::new();
    if let Some(arguments) = payload.arguments {
        let note = cut(payload.arguments_were_cut);
        parts.push(part("Arguments", arguments, note));
    }
    match payload.result {
        KeptResult::Nothing => {}
        KeptResult::Cached => parts.push(part(
            "Answer",
            String::new(),
            "The cache answered. The call that fetched it holds the answer.".to_owned(),
        )),
        KeptResult::Kept { json, was_cut } => parts.push(part("Answer", json, cut(was_cut))),
    }
    if let Some(error) = payload.error {
        parts.push(part("Refused with", String::new(), error));
    }
    parts
}
