//! The workspace somebody is in, and the others they could be in.

use leptos::prelude::*;
use orderdesk_mcp_contract::TenantId;
use orderdesk_mcp_contract::validate::NAME_MAX;
use orderdesk_mcp_contract::views::account::SignedIn;
use server_fn::ServerFn as _;

use super::api::{RenameWorkspace, WORKSPACE_FORM};
use crate::parts::{
    Look, Markup, TextField, Whole, el, hidden, link_button, post_form, refusal, submit_button,
    told_in_general,
};
use crate::routes;
use crate::session::SwitchTenant;
use crate::shell::access_in_words;
use crate::transport::Submission;

/// Also the way to another workspace where the frame is too narrow to name them.
pub(super) fn workspace_card(
    rename: Submission,
    me: SignedIn,
    no_rename: Option<String>,
) -> AnyView {
    let fact = |name: &'static str, value: String| [el("dt").text(name), el("dd").text(value)];
    let may = match me.role {
        Some(role) => fact("Your role", role.as_str().to_owned()),
        None => fact("Your key", access_in_words(me.access).to_owned()),
    };
    let name = match no_rename {
        None => rename_form(rename, me.tenant_name.clone()),
        Some(reason) => el("p").class("hint").text(reason).whole(),
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
    let title = el("h2").with("id", "workspace-title").text("Workspace");
    let parts = vec![
        title.whole(),
        facts.whole(),
        name,
        others.whole(),
        instance.whole(),
    ];
    el("section")
        .class("card")
        .with("aria-labelledby", "workspace-title")
        .around(parts)
}

fn rename_form(rename: Submission, name: String) -> AnyView {
    let refusal = refusal(rename, WORKSPACE_FORM);
    let form = vec![
        told_in_general(refusal),
        view! {
            <TextField
                name="tenant_name" label="Name of the workspace" max=NAME_MAX value=name refusal
                help="Everybody in it sees it, and commands on the server name the workspace by it."
            />
        }
        .whole(),
        submit_button(Look::Plain, rename.pending(), "", "Rename it"),
    ];
    post_form(rename, RenameWorkspace::url(), form)
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
