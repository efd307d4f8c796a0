//! Inviting somebody, and the invitations that wait.

use leptos::prelude::*;
use orderdesk_mcp_contract::validate::EMAIL_MAX;
use orderdesk_mcp_contract::views::people::{Invitation, InviteView};
use orderdesk_mcp_contract::{Role, UtcMillis};
use server_fn::ServerFn as _;

use super::api::{INVITE_FORM, InvitePerson, RevokeInvite};
use super::{role_name, role_select};
use crate::flash::flash_for;
use crate::parts::format::ago;
use crate::parts::{
    Look, Markup, TextField, Tone, Whole, badge, card, code, el, hidden, icon, notice, post_form,
    refusal, submit_button, time, told_in_general,
};
use crate::transport::Submission;

/// The form.
pub(super) fn invite_card(invite: Submission, roles: &[Role]) -> AnyView {
    let refusal = refusal(invite, INVITE_FORM);
    let typed = flash_for(INVITE_FORM).get_untracked();
    let email = typed
        .and_then(|flash| flash.values.into_iter().next())
        .map(|(_, email)| email)
        .unwrap_or_default();
    let form = vec![
        told_in_general(refusal),
        view! {
            <TextField
                name="email" label="E-mail" max=EMAIL_MAX value=email refusal
                help="They sign in with this address. Nothing is sent there: you give them the code yourself."
            />
        }
        .whole(),
        role_select("invite-role".into(), "Role", roles, Role::Operator).whole(),
        submit_button(Look::Primary, invite.pending(), "plus", "Invite"),
    ];
    el("section")
        .class("card")
        .with("aria-labelledby", "invite-title")
        .around(vec![
            el("h2")
                .with("id", "invite-title")
                .text("Invite somebody")
                .whole(),
            post_form(invite, InvitePerson::url(), form),
        ])
}

/// The code of an invitation that was just made, shown this once.
pub(super) fn made_notice(made: Invitation) -> AnyView {
    let Invitation {
        invite,
        code: secret,
        join_url,
    } = made;
    let email = invite.email.clone();
    let ends = el("p")
        .text("The code is good once, until ")
        .child(time(invite.expires_at))
        .text(". It is shown only now and is stored nowhere; if it is lost, take the invitation back and invite again.");
    let how = el("p")
        .text("Give ")
        .child(el("strong").text(email))
        .text(" this code by a way you trust. They open ")
        .child(el("span").class("mono").text(join_url))
        .text(" and enter it there.");
    el("section")
        .class("card invited")
        .with("role", "status")
        .with("aria-labelledby", "invited-title")
        .around(vec![
            el("h2")
                .with("id", "invited-title")
                .child(icon("circle-check"))
                .child(el("span").text("Invited"))
                .whole(),
            how.whole(),
            code(secret.expose().to_owned(), "the invitation's code"),
            ends.whole(),
        ])
}

/// What waits to be accepted.
pub(super) fn invites_card(
    change: Submission,
    as_of: UtcMillis,
    invites: Vec<InviteView>,
) -> AnyView {
    let title = card("invites-title", "Invitations that wait");
    if invites.is_empty() {
        let none = el("p").class("hint").text(
            "None. One that is made waits here for a week, until it is accepted or taken back.",
        );
        return title.child(none).whole();
    }
    let rows = invites.into_iter().map(|invite| row(change, as_of, invite));
    el("section")
        .class("card")
        .with("aria-labelledby", "invites-title")
        .around(vec![
            el("h2")
                .with("id", "invites-title")
                .text("Invitations that wait")
                .whole(),
            el("ul").class("stop-rows").around(rows.collect()),
        ])
}

fn row(change: Submission, as_of: UtcMillis, invite: InviteView) -> AnyView {
    let made = [
        role_name(invite.role),
        ", invited by ",
        &invite.by,
        " ",
        &ago(as_of, invite.created_at),
    ]
    .concat();
    let about = el("div")
        .child(el("p").class("person-name").text(invite.email))
        .child(el("p").class("person-email").text(made))
        .child(
            el("p")
                .class("person-email")
                .text("Ends ")
                .child(time(invite.expires_at)),
        );
    let about = about.maybe(invite.is_void.then(no_longer_good));
    let form = vec![
        hidden("id", invite.id.to_string()).whole(),
        submit_button(Look::Plain, change.pending(), "", "Take back"),
    ];
    let parts = vec![about.whole(), post_form(change, RevokeInvite::url(), form)];
    let id = ["invite-", &invite.id.to_string()].concat();
    el("li").class("stop-row").with("id", id).around(parts)
}

/// That an invitation's code is worth nothing, and why.
fn no_longer_good() -> Markup {
    el("p")
        .child(badge(Tone::Warn, "circle-x", "No longer good"))
        .child(el("span").class("hint").text(
            " Whoever invited can no longer do so. Invite this person again; this one then ends.",
        ))
}

/// That nobody is here yet who signs in with a password.
pub(super) fn nobody_yet() -> AnyView {
    let text = "Nobody is here yet but whoever has a master key. Invite yourself as an owner first: people sign in with a password of their own, and what they do is recorded under their name.";
    notice(Tone::Info, text).whole()
}
