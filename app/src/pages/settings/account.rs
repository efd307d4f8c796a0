//! The person's name and password.

use leptos::prelude::*;
use orderdesk_mcp_contract::Role;
use orderdesk_mcp_contract::validate::NAME_MAX;
use server_fn::ServerFn as _;

use super::api::{ChangeMyPassword, PASSWORD_FORM, PROFILE_FORM, SetMyName};
use crate::parts::{
    Look, SecretField, TextField, Whole, el, post_form, refusal, submit_button, told_in_general,
};
use crate::transport::Submission;

/// Who the person is; the name can be changed.
pub(super) fn profile_card(
    profile: Submission,
    name: String,
    email: String,
    role: Option<Role>,
) -> AnyView {
    let refusal = refusal(profile, PROFILE_FORM);
    let fact = |name: &'static str, value: String| [el("dt").text(name), el("dd").text(value)];
    let facts = el("dl")
        .class("facts")
        .children(fact("E-mail", email))
        .children(
            role.into_iter()
                .flat_map(|role| fact("Role in this workspace", role.as_str().to_owned())),
        );
    let form = vec![
        told_in_general(refusal),
        view! {
            <TextField
                name="name" label="Name" max=NAME_MAX value=name autocomplete="name" refusal
                help="Changes, approvals and stops show it."
            />
        }
        .whole(),
        submit_button(Look::Primary, profile.pending(), "", "Save name"),
    ];
    el("section")
        .class("card")
        .with("aria-labelledby", "profile-title")
        .around(vec![
            el("h2").with("id", "profile-title").text("Profile").whole(),
            facts.whole(),
            post_form(profile, SetMyName::url(), form),
        ])
}

/// The password. All other browsers are signed out by a change.
pub(super) fn password_card(password: Submission) -> AnyView {
    let refusal = refusal(password, PASSWORD_FORM);
    let form = vec![
        told_in_general(refusal),
        view! {
            <SecretField name="password" label="Present password" autocomplete="current-password" refusal/>
            <SecretField
                name="new_password" label="New password" autocomplete="new-password" refusal
                help="12 to 128 characters; several words are fine. Your other browsers are signed out."
            />
        }
        .whole(),
        submit_button(Look::Primary, password.pending(), "", "Change password"),
    ];
    el("section")
        .class("card")
        .with("aria-labelledby", "password-title")
        .around(vec![
            el("h2")
                .with("id", "password-title")
                .text("Password")
                .whole(),
            post_form(password, ChangeMyPassword::url(), form),
        ])
}
