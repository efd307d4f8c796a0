//! The decision on a proposal: approve exactly what was looked at, or deny it.

use leptos::prelude::*;
use server_fn::ServerFn as _;

use super::api::{ApproveChange, DenyChange};
use super::view::ChangeView;
use crate::parts::{
    Look, Tone, Whole, el, hidden, notice, post_form, reason_field, submit_button, time, told,
};
use crate::transport::Submission;

const OWN: &str = "You cannot approve this, because you proposed it. Another owner, admin or operator of this workspace can.";

/// Both ways to decide, on their way.
#[derive(Clone, Copy)]
pub(crate) struct Decision {
    approve: Submission,
    deny: Submission,
}

impl Decision {
    /// Nothing is decided yet.
    pub(crate) fn new() -> Self {
        Self {
            approve: Submission::new(),
            deny: Submission::new(),
        }
    }

    /// The change as it is after the decision, once there is one; tracked.
    pub(crate) fn outcome(self) -> Option<ChangeView> {
        let of = |form: Submission| form.answer::<ChangeView>()?.ok();
        of(self.approve).or_else(|| of(self.deny))
    }

    /// Whether the server has refused; tracked.
    pub(crate) fn is_refused(self) -> bool {
        self.approve
            .refusal()
            .or_else(|| self.deny.refusal())
            .is_some()
    }

    /// Forgets it.
    pub(crate) fn clear(self) {
        self.approve.clear();
        self.deny.clear();
    }
}

/// The buttons, or why there is none; `back` is where a form without script leads afterwards.
pub(crate) fn decision_forms(
    change: &ChangeView,
    decision: Decision,
    back: &'static str,
) -> AnyView {
    if let Some(why) = &change.no_decision {
        return notice(Tone::Info, why.clone()).whole();
    }
    let Decision { approve, deny } = decision;
    let refused = Signal::derive(move || approve.refusal().or_else(|| deny.refusal()));
    let id = change.row.id.clone();
    let which = |id: String| [hidden("id", id).whole(), hidden("back", back).whole()];
    let consent = if change.is_own {
        notice(Tone::Info, OWN).whole()
    } else {
        let mut parts = Vec::from(which(id.clone()));
        parts.push(hidden("plan_hash", change.plan_hash.clone()).whole());
        parts.push(submit_button(
            Look::Primary,
            approve.pending(),
            "check",
            "Approve and write",
        ));
        post_form(approve, ApproveChange::url(), parts)
    };
    let mut parts = Vec::from(which(id));
    parts.push(reason_field().whole());
    parts.push(submit_button(
        Look::Danger,
        deny.pending(),
        "",
        "Deny this change",
    ));
    let deny = el("details").class("deny").around(vec![
        el("summary").class("button").text("Deny").whole(),
        post_form(deny, DenyChange::url(), parts),
    ]);
    let ends = change.expires_at.map(|at| {
        el("p")
            .class("hint")
            .text("Ends by itself ")
            .child(time(at))
    });
    el("div")
        .class("decision")
        .around(vec![told(refused), consent, deny, ends.whole()])
}
