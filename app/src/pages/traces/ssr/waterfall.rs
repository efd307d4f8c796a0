//! What happened in a call, as a table with a bar for each step.

use super::steps::StepRow;
use crate::parts::{Markup, el, head, icon};

/// The steps from the place `from` on; `gaps` says which waits are drawn short.
pub(super) fn waterfall(steps: Vec<StepRow>, from: usize, gaps: Vec<String>) -> Markup {
    if steps.is_empty() {
        return el("p")
            .class("hint")
            .text("Nothing was waited for: it was answered at once.");
    }
    let table = el("table")
        .class("table waterfall")
        .child(
            el("caption")
                .class("visually-hidden")
                .text("What happened in the call, in order"),
        )
        .child(head(&[
            ("Step", ""),
            ("From", "number"),
            ("Took", "number"),
            ("Where the time went", "waterfall-bar"),
        ]))
        .child(el("tbody").children((from..).zip(steps).map(step)));
    let gaps = gaps.into_iter().map(|gap| el("p").class("hint").text(gap));
    el("div").child(table).children(gaps)
}

/// As few elements as will do: a page holds many steps.
fn step((place, step): (usize, StepRow)) -> Markup {
    let kind = el("span").class("step-kind").text(step.kind);
    let failed = (!step.ok).then(|| {
        el("span")
            .class("step-failed")
            .child(icon("circle-alert"))
            .text("failed")
    });
    let name = el("span").class("step-name").text(step.name);
    let facts = (!step.facts.is_empty()).then(|| {
        el("details")
            .class("step-facts")
            .child(el("summary").text("More"))
            .child(el("p").text(step.facts))
    });
    let depth = ["", "step-1", "step-2", "step-3", "step-4"];
    let class = depth[step.depth.min(depth.len() - 1)];
    let bar = match (step.ok, step.is_critical) {
        (false, _) => "step-bar step-bar-failed",
        (true, true) => "step-bar step-bar-critical",
        (true, false) => "step-bar",
    };
    let drawing = el("svg")
        .class(bar)
        .with("viewBox", "0 0 1000 10")
        .with("preserveAspectRatio", "none")
        .with("aria-hidden", "true")
        .child(
            el("rect")
                .with("x", step.x.to_string())
                .with("width", step.width.to_string())
                .with("height", "10"),
        );
    el("tr")
        .with("id", format!("step-{place}"))
        .child(
            el("th").with("scope", "row").child(
                el("div")
                    .class(format!("step {class}"))
                    .child(kind)
                    .child(name)
                    .maybe(failed)
                    .maybe(facts),
            ),
        )
        .child(el("td").class("number").text(step.from))
        .child(el("td").class("number").text(step.took))
        .child(el("td").class("waterfall-bar").child(drawing))
}
