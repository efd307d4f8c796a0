//! A connection test, step by step.

use leptos::prelude::*;
use orderdesk_mcp_contract::views::connection::{ConnectionReport, ConnectionStep, StepOutcome};

use super::format::duration;
use super::{Icon, Time, Whole};

fn word(outcome: StepOutcome) -> (&'static str, &'static str, &'static str) {
    match outcome {
        StepOutcome::Passed => ("Passed", "circle-check", "ok"),
        StepOutcome::Warned => ("Passed with a remark", "triangle-alert", "warn"),
        StepOutcome::Failed => ("Failed", "circle-x", "error"),
        StepOutcome::Skipped => ("Not tried", "circle-dashed", "neutral"),
    }
}

/// The verdict, then each step with what was seen and what to do.
#[component]
pub(crate) fn ConnectionSteps(report: ConnectionReport) -> impl IntoView {
    let (verdict, tone) = if report.passed {
        ("The connection works", "ok")
    } else {
        ("The connection does not work", "error")
    };
    view! {
        <div class="steps">
            <p class=format!("steps-verdict tone-{tone}")>
                <Icon name=if report.passed { "circle-check" } else { "circle-x" }/>
                <strong>{verdict}</strong>
                <span class="steps-when">"tested " <Time at=report.tested_at/></span>
            </p>
            <ol class="steps-list">{report.steps.into_iter().map(|step| view! { <Step step/> }).collect_view()}</ol>
        </div>
    }
    .whole()
}

#[component]
fn Step(step: ConnectionStep) -> impl IntoView {
    let (word, icon, tone) = word(step.outcome);
    let took = (step.outcome != StepOutcome::Skipped).then(|| duration(step.duration_ms));
    view! {
        <li class="steps-step">
            <span class=format!("tone-{tone}")><Icon name=icon/></span>
            <div>
                <p class="steps-name">{step.name}<span class="visually-hidden">": "{word}</span></p>
                <p class="steps-detail">{step.detail}</p>
            </div>
            <span class="steps-took">{took}</span>
        </li>
    }
    .whole()
}
