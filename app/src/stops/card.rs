//! The stops that hold somewhere, and the switch.

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use orderdesk_mcp_contract::StopScope;
use orderdesk_mcp_contract::views::change::StopView;
use server_fn::ServerFn as _;

use super::api::{ResumeWrites, StopWrites};
use crate::attention::look_again;
use crate::parts::{
    Look, Whole, el, hidden, icon, link_button, post_form, reason_field, submit_button, time,
    toast, told,
};
use crate::routes;
use crate::transport::{Data, Submission};

const RESUMING: &str =
    "What was held back is not made up for; new changes go through from this moment.";

/// The forms belong to the page, not to what is shown: that is read anew after each.
#[derive(Clone, Copy)]
struct Switch {
    stop: Submission,
    resume: Submission,
}

/// For a page that shows a [`StopCard`]: its data is loaded anew after a stop was set or lifted.
pub(crate) fn provide_switch(data: Data) {
    let switch = Switch {
        stop: Submission::new(),
        resume: Submission::new(),
    };
    provide_context(switch);
    for form in [switch.stop, switch.resume] {
        Effect::new(move |_| {
            if let Some(Ok(said)) = form.answer::<String>() {
                toast(said);
                data.refetch();
                look_again();
            }
        });
    }
}

/// What is stopped here, and a button for more or less of it, or why whoever looks has none. The target is the id of the
/// store or key, blank for the workspace; `stops` are those that hold here, wider ones too.
pub(crate) fn stop_card(
    scope: StopScope,
    target: String,
    stops: Vec<StopView>,
    no_stop: Option<String>,
) -> AnyView {
    let Switch { stop, resume } = expect_context();
    let is_stopped = stops.iter().any(|stop| stop.scope == scope);
    let refused = Signal::derive(move || stop.refusal().or_else(|| resume.refusal()));
    let (look, hint, button) = match scope {
        StopScope::Tenant => (
            Look::Danger,
            "In an emergency: nothing is changed in Order Desk any more, through no key and no page. Reading goes on, and what is under way is finished.",
            "Stop all writes",
        ),
        StopScope::Store => (
            Look::DangerQuiet,
            "In an emergency: nothing is changed in this store any more, through no key and no page. Reading goes on.",
            "Stop writes to this store",
        ),
        StopScope::Key => (
            Look::DangerQuiet,
            "In an emergency: this key changes nothing any more. It can still read.",
            "Stop writes of this key",
        ),
    };
    let can_resume = no_stop.is_none();
    let rows = stops.into_iter().map(|stop| {
        let end = if can_resume {
            way_on(&stop, scope, resume)
        } else {
            ().whole()
        };
        stop_row(stop, end)
    });
    let mut parts = vec![
        el("h2")
            .with("id", "stops-title")
            .text("Stop writes")
            .whole(),
        told(refused),
        el("ul").class("stop-rows").around(rows.collect()),
    ];
    if let Some(why) = no_stop {
        parts.push(el("p").class("hint").text(why).whole());
    } else if !is_stopped {
        let mut form = vec![el("p").class("hint").text(hint).whole()];
        form.extend(place(scope, target));
        form.push(reason_field().whole());
        form.push(submit_button(look, stop.pending(), "octagon-pause", button));
        parts.push(post_form(stop, StopWrites::url(), form));
    }
    el("section")
        .class("card stops")
        .with("id", "stops")
        .with("aria-labelledby", "stops-title")
        .around(parts)
}

/// What a stop is of, and the way back.
fn place(scope: StopScope, target: String) -> [AnyView; 3] {
    [
        hidden("scope", scope.as_str()),
        hidden("target", target),
        hidden("back", use_location().pathname.get_untracked()),
    ]
    .map(Whole::whole)
}

fn stop_row(stop: StopView, end: AnyView) -> AnyView {
    let what = match stop.scope {
        StopScope::Tenant => "All writes are stopped".to_owned(),
        StopScope::Store => ["Writes to ", &stop.target_name, " are stopped"].concat(),
        StopScope::Key => ["Writes of the key ", &stop.target_name, " are stopped"].concat(),
    };
    let about = el("div")
        .child(
            el("p")
                .class("stop-what")
                .child(icon("octagon-pause"))
                .child(el("span").text(what)),
        )
        .child(
            el("p")
                .class("stop-when")
                .text("by ")
                .text(stop.by)
                .text(", ")
                .child(time(stop.since)),
        )
        .maybe(
            stop.reason
                .map(|reason| el("p").class("stop-why").text(reason)),
        );
    // What was opened for a stop must not pass to the one that comes to stand in its place.
    el("li")
        .class("stop-row")
        .with("id", ["stop-", &stop.target].concat())
        .around(vec![about.whole(), end])
}

/// How to end a stop: here, or where all of a wider one is seen.
fn way_on(stop: &StopView, here: StopScope, resume: Submission) -> AnyView {
    let is_lifted_here = here == StopScope::Tenant || here == stop.scope;
    if is_lifted_here {
        let mut form = vec![el("p").text(RESUMING).whole()];
        form.extend(place(stop.scope, stop.target.clone()));
        form.push(submit_button(
            Look::Primary,
            resume.pending(),
            "",
            "Resume writes",
        ));
        el("details").class("confirm").around(vec![
            el("summary").class("button").text("Resume").whole(),
            post_form(resume, ResumeWrites::url(), form),
        ])
    } else {
        link_button(routes::STOPS, "Where to resume").whole()
    }
}
