//! The switch in the frame: two clicks from every page, also without script.

use leptos::prelude::*;
use orderdesk_mcp_contract::StopScope;
use server_fn::ServerFn as _;

use super::api::{FORM, StopWrites};
use crate::parts::{Markup, el, hidden, icon, left_refusal, reason_field, told};

const PANEL: &str = "stop-panel";

/// A button and the panel that it opens. The form is the browser's own: it comes back to the page it was sent from, which
/// then says what is stopped.
pub(crate) fn stop_panel() -> [Markup; 2] {
    let sign = || icon("octagon-pause");
    let opener = el("button")
        .class("button button-quiet nav-link")
        .with("type", "button")
        .with("popovertarget", PANEL)
        .with("title", "Stop writes")
        .child(sign())
        .child(el("span").class("nav-name").text("Stop writes"));
    let form = el("form")
        .with("method", "post")
        .with("action", StopWrites::url())
        .child(hidden("scope", StopScope::Tenant.as_str()))
        .child(reason_field())
        .child(
            el("button")
                .class("button button-danger")
                .with("type", "submit")
                .child(sign())
                .text("Stop all writes"),
        );
    let panel = el("div")
        .class("dialog stop-panel")
        .with("id", PANEL)
        .with("popover", "auto")
        .with("role", "dialog")
        .with("aria-labelledby", "stop-panel-title")
        .child(
            el("h2")
                .with("id", "stop-panel-title")
                .text("Stop all writes"),
        )
        .child(el("p").text(
            "Nothing is changed in Order Desk any more, through no key and no page, until you resume. Reading goes on.",
        ))
        .child(form)
        .child(
            el("p")
                .class("hint")
                .text("To stop one store or one key only, open its page."),
        );
    [opener, panel]
}

/// Why the panel's form was refused, above the page it came from.
pub(crate) fn stop_refused() -> AnyView {
    told(left_refusal(FORM))
}
