//! The steps from an empty workspace to the first call.

use orderdesk_mcp_contract::views::dashboard::Dashboard;

use crate::parts::{Markup, card, el, icon, link};
use crate::routes;

struct Step {
    title: &'static str,
    text: &'static str,
    href: &'static str,
    action: &'static str,
}

const STEPS: [Step; 3] = [
    Step {
        title: "Add a store",
        text: "Your own Order Desk store, or the sandbox with invented orders.",
        href: routes::NEW_STORE,
        action: "Add store",
    },
    Step {
        title: "Make an API key",
        text: "Each assistant gets its own key, limited to what it should do.",
        href: routes::NEW_KEY,
        action: "Make a key",
    },
    Step {
        title: "Make the first call",
        text: "Connect an assistant and ask it to list your stores. This page notices by itself.",
        href: routes::CONNECT,
        action: "Connect",
    },
];

/// Which of them are done.
fn done(figures: &Dashboard) -> [bool; STEPS.len()] {
    [
        figures.stores_in_all > 0,
        figures.has_api_key,
        figures.has_mcp_call,
    ]
}

pub(super) fn are_done(figures: &Dashboard) -> bool {
    done(figures) == [true; STEPS.len()]
}

/// The steps, of which some are done.
pub(super) fn checklist(figures: &Dashboard) -> Markup {
    let done = done(figures);
    let current = done.iter().position(|done| !done);
    let steps = STEPS.iter().zip(done).enumerate();
    let items = steps
        .map(|(index, (step, is_done))| drawn(step, index + 1, is_done, current == Some(index)));
    card("first-title", "First steps").child(el("ol").children(items))
}

fn drawn(step: &Step, number: usize, is_done: bool, is_current: bool) -> Markup {
    let mark = el("span").class("checklist-mark");
    let mark = if is_done {
        mark.child(icon("check"))
    } else {
        mark.text(number.to_string())
    };
    let said = is_done.then(|| el("span").class("visually-hidden").text(", done"));
    let button = (!is_done).then(|| {
        link(step.href, step.action).class(if is_current {
            "button button-primary"
        } else {
            "button"
        })
    });
    let item = el("li").class(if is_done {
        "checklist-step checklist-done"
    } else {
        "checklist-step"
    });
    let item = if is_current {
        item.with("aria-current", "step")
    } else {
        item
    };
    item.child(mark)
        .child(
            el("div")
                .child(
                    el("p")
                        .class("checklist-title")
                        .text(step.title)
                        .maybe(said),
                )
                .child(el("p").class("checklist-text").text(step.text)),
        )
        .maybe(button)
}
