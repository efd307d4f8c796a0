//! The page where an invitation is accepted. It works before the WASM has loaded and without it.

mod api;

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use leptos_router::{LazyRoute, NavigateOptions, lazy_route};
use orderdesk_mcp_contract::validate::NAME_MAX;
use server_fn::ServerFn as _;

use self::api::{FORM, Join};
use crate::flash::flash_for;
use crate::pages::login::mark;
use crate::parts::{
    Look, PageHead, SecretField, TextField, Whole, el, link, post_form, refusal, submit_button,
    told_in_general,
};
use crate::routes;
use crate::transport::Submission;

/// The page at `/join`, open to everybody.
pub(crate) struct JoinPage;

#[lazy_route]
impl LazyRoute for JoinPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let join = Submission::new();
        let refusal = refusal(join, FORM);
        let navigate = use_navigate();
        Effect::new(move |_| {
            if let Some(Ok(next)) = join.answer::<String>() {
                let options = NavigateOptions {
                    replace: true,
                    ..NavigateOptions::default()
                };
                navigate(routes::safe_path(&next), options);
            }
        });
        let typed = flash_for(FORM).get_untracked();
        let name = typed
            .and_then(|flash| flash.values.into_iter().next())
            .map(|(_, name)| name)
            .unwrap_or_default();
        let form = vec![
            told_in_general(refusal),
            view! {
                <SecretField
                    name="code" label="Code" autocomplete="one-time-code" refusal
                    help="It begins with odm_in_; whoever invited you has it."
                />
                <TextField
                    name="name" label="Your name" max=NAME_MAX value=name autocomplete="name" optional=true refusal
                    help="Others see it beside what you do. Leave it blank if you have an account on this server already."
                />
                <SecretField
                    name="password" label="Password" autocomplete="new-password" refusal
                    help="12 to 128 characters; several words are fine. If you have an account here already, its password."
                />
            }
            .whole(),
            submit_button(Look::Primary, join.pending(), "", "Join"),
        ];
        let lead = el("p")
            .class("login-lead")
            .text("You were invited to a workspace, and were given a code.");
        let back = el("p")
            .class("login-lead")
            .text("You have joined before? ")
            .child(link(routes::LOGIN, "Sign in"));
        let parts = vec![
            mark().whole(),
            view! { <PageHead title="Join a workspace"/> }.whole(),
            lead.whole(),
            el("div")
                .class("card")
                .around(vec![post_form(join, Join::url(), form)]),
            back.whole(),
        ];
        el("main").with("id", "main").class("login").around(parts)
    }
}
