//! The sign-in page. It works before the WASM has loaded and without it.

mod api;

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};
use orderdesk_mcp_contract::validate::EMAIL_MAX;
use server_fn::ServerFn as _;

use self::api::{FORM, SignIn};
use crate::flash::flash_for;
use crate::parts::{
    Look, Markup, PageHead, SecretField, TextField, Whole, el, hidden, link, post_form, refusal,
    submit_button, told_in_general,
};
use crate::routes;
use crate::shell::ThemeSwitch;
use crate::transport::Submission;

/// Signs in with a password, or with a master key, and goes on to `?next=`.
#[component]
pub(crate) fn LoginPage() -> impl IntoView {
    let sign_in = Submission::new();
    let refusal = refusal(sign_in, FORM);
    let next = use_query_map().with_untracked(|query| query.get("next").unwrap_or_default());
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(Ok(next)) = sign_in.answer::<String>() {
            navigate(
                routes::safe_path(&next),
                NavigateOptions {
                    replace: true,
                    ..NavigateOptions::default()
                },
            );
        }
    });
    let flash = flash_for(FORM).get_untracked().unwrap_or_default();
    let at_key = flash.error.and_then(|error| error.field).as_deref() == Some("master_key");
    let email = flash.values.into_iter().next();
    let email = email.map(|(_, email)| email).unwrap_or_default();
    let by_password = vec![
        hidden("next", next.clone()).whole(),
        view! { <TextField name="email" label="E-mail" autocomplete="username" value=email max=EMAIL_MAX refusal/> }
            .whole(),
        view! { <SecretField name="password" label="Password" autocomplete="current-password" refusal/> }.whole(),
        submit_button(Look::Primary, sign_in.pending(), "", "Sign in"),
    ];
    let by_key = vec![
        hidden("next", next).whole(),
        view! {
            <SecretField
                name="master_key" label="Master key" autocomplete="off" refusal
                help="It begins with odm_mk_ and was shown once, when the workspace was made."
            />
        }
        .whole(),
        submit_button(Look::Plain, sign_in.pending(), "", "Sign in with the key"),
    ];
    let lead = el("p")
        .class("login-lead")
        .text("Watch and steer what AI assistants do with your Order Desk stores.");
    let summary = el("summary").text("Sign in with a master key");
    let card = vec![
        told_in_general(refusal),
        post_form(sign_in, SignIn::url(), by_password),
    ];
    let key = vec![summary.whole(), post_form(sign_in, SignIn::url(), by_key)];
    let parts = vec![
        mark().whole(),
        view! { <PageHead title="Sign in to Order Desk MCP"/> }.whole(),
        lead.whole(),
        el("div").class("card").around(card),
        el("details")
            .class("login-key")
            .flag("open", at_key)
            .around(key),
        help().whole(),
        view! { <ThemeSwitch/> }.whole(),
    ];
    el("main").with("id", "main").class("login").around(parts)
}

/// The product's mark, over the forms of those who are not in yet.
pub(crate) fn mark() -> Markup {
    el("svg")
        .class("brand-mark")
        .with("viewBox", "0 0 24 24")
        .with("width", "40")
        .with("height", "40")
        .with("aria-hidden", "true")
        .child(el("use").with("href", "/icons.svg#package-check"))
}

fn help() -> Markup {
    let joining = el("p")
        .text("An owner of your workspace can invite you; with the code of an invitation you ")
        .child(link(routes::JOIN, "join here"))
        .text(".");
    let commands = "orderdesk-mcp user password --email E-MAIL\norderdesk-mcp key create --tenant NAME --kind master --access write";
    el("details")
        .class("login-help")
        .child(el("summary").text("Cannot sign in?"))
        .child(joining)
        .child(el("p").text(
            "Whoever runs the server can set a new password or make a new master key, on its machine, with its settings and in its folder:",
        ))
        .child(
            el("pre")
                .with("tabindex", "0")
                .child(el("code").text(commands)),
        )
}
