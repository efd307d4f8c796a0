//! A connection test, step by step.

use orderdesk_mcp_contract::views::connection::{ConnectionReport, ConnectionStep, StepOutcome};

use super::format::duration;
use super::markup::{Markup, el};
use super::{icon, time};

fn word(outcome: StepOutcome) -> (&'static str, &'static str, &'static str) {
    match outcome {
        StepOutcome::Passed => ("Passed", "circle-check", "ok"),
        StepOutcome::Warned => ("Passed with a remark", "triangle-alert", "warn"),
        StepOutcome::Failed => ("Failed", "circle-x", "error"),
        StepOutcome::Skipped => ("Not tried", "circle-dashed", "neutral"),
    }
}

/// The verdict, then each step with what was seen and what to do.
pub(crate) fn connection_steps(report: ConnectionReport) -> Markup {
    let (verdict, tone, name) = if report.passed {
        ("The connection works", "ok", "circle-check")
    } else {
        ("The connection does not work", "error", "circle-x")
    };
    el("div")
        .class("steps")
        .child(
            el("p")
                .class(["steps-verdict tone-", tone].concat())
                .child(icon(name))
                .child(el("strong").text(verdict))
                .child(
                    el("span")
                        .class("steps-when")
                        .text("tested ")
                        .child(time(report.tested_at)),
                ),
        )
        .child(
            el("ol")
                .class("steps-list")
                .children(report.steps.into_iter().map(step)),
        )
}

fn step(step: ConnectionStep) -> Markup {
    let (word, name, tone) = word(step.outcome);
    let took = if step.outcome == StepOutcome::Skipped {
        String::new()
    } else {
        duration(step.duration_ms)
    };
    let outcome = el("span").class("visually-hidden").text(": ").text(word);
    el("li")
        .class("steps-step")
        .child(el("span").class(["tone-", tone].concat()).child(icon(name)))
        .child(
            el("div")
                .child(el("p").class("steps-name").text(step.name).child(outcome))
                .child(el("p").class("steps-detail").text(step.detail)),
        )
        .child(el("span").class("steps-took").text(took))
}
