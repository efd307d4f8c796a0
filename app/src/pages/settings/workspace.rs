//! The workspace somebody is in, and the others they could be in.

use leptos::prelude::*;
use orderdesk_mcp_contract::TenantId;
use orderdesk_mcp_contract::views::account::SignedIn;
use server_fn::ServerFn as _;

use crate::parts::{Markup, Whole, card, el, hidden, link_button};
use crate::routes;
use crate::session::SwitchTenant;
use crate::shell::access_in_words;

/// Also the way to another workspace where the frame is too narrow to name them.
pub(super) fn workspace_card(me: SignedIn) -> AnyView {
    let fact = |name: &'static str, value: String| [el("dt").text(name), el("dd").text(value)];
    let may = match me.role {
        Some(role) => fact("Your role", role.as_str().to_owned()),
        None => fact("Your key", access_in_words(me.access).to_owned()),
    };
    let facts = el("dl")
        .class("facts")
        .children(fact("Name", me.tenant_name))
        .children(may);
    let others = (!me.others.is_empty()).then(|| {
        el("ul")
            .class("stop-rows")
            .children(me.others.into_iter().map(other))
    });
    let instance = me
        .is_instance_admin
        .then(|| link_button(routes::INSTANCE, "Workspaces of this server"));
    card("workspace-title", "Workspace")
        .child(facts)
        .maybe(others)
        .maybe(instance)
        .whole()
}

/// A native form, for the reason that signing out is one.
fn other((id, name): (TenantId, String)) -> Markup {
    let form = el("form")
        .with("method", "post")
        .with("action", SwitchTenant::url())
        .child(hidden("tenant", id.to_string()))
        .child(
            el("button")
                .class("button button-small")
                .text("Switch to it"),
        );
    el("li")
        .class("stop-row")
        .child(el("div").text(name))
        .child(form)
}
