//! Making a key.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use orderdesk_mcp_contract::ApiError;
use orderdesk_mcp_contract::validate::NAME_MAX;
use server_fn::ServerFn as _;

use super::api::{CREATE_FORM, CreateKey, NewKeyForm};
use super::policy::{hint, in_general, legend, policy_fields};
use super::view::PolicyView;
use crate::flash::flash_for;
use crate::parts::{
    Look, Markup, PageHead, TextField, Whole, el, post_form, refusal, submit_button, told,
};
use crate::routes;
use crate::transport::{Answer, Submission, answer};

/// What a key may do: as it is sent, as it is called, and what that means.
const ACCESS: [[&str; 3]; 4] = [
    [
        "read",
        "Look",
        "Stores, orders and products. It changes nothing.",
    ],
    [
        "propose",
        "Propose",
        "Its changes wait for a person. The right choice to begin with.",
    ],
    [
        "write",
        "Change",
        "Its changes are made at once, but for what has to wait below.",
    ],
    [
        "master",
        "Master key",
        "Opens the web app and manages the workspace. For people, not for assistants.",
    ],
];

/// What the page at `/keys/new` shows, as a [`PolicyView`].
pub(super) fn ask() -> Answer {
    answer!(NewKeyForm, super::api::new_key_form(), &[])
}

/// The page at `/keys/new`.
pub(super) fn new_key(policy: PolicyView) -> AnyView {
    let head = view! { <PageHead title="Make a key" up=(routes::KEYS, "Keys")/> };
    vec![head.whole(), form(policy)].whole()
}

fn form(policy: PolicyView) -> AnyView {
    let create = Submission::new();
    let refused = refusal(create, CREATE_FORM);
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(Ok(id)) = create.answer::<String>() {
            navigate(&routes::made_key(id), NavigateOptions::default());
        }
    });
    let name = typed("name", "");
    let mut parts = vec![
        told(in_general(refused, &["name", "expires_on"])),
        view! {
            <TextField
                name="name" label="Name" max=NAME_MAX value=name refusal=refused
                help="Who or what uses it, such as “Claude on Anna’s laptop”. One key for each makes it easy to end one of them."
            />
        }
        .whole(),
        access(&typed("access", "propose")).whole(),
        ends(refused),
    ];
    parts.extend(policy_fields(policy, false, refused));
    parts.push(submit_button(
        Look::Primary,
        create.pending(),
        "key-round",
        "Make the key",
    ));
    el("div")
        .class("card policy key-form")
        .around(vec![post_form(create, CreateKey::url(), parts)])
}

/// What was typed into a field before a form without script was refused.
fn typed(name: &str, otherwise: &str) -> String {
    let values = flash_for(CREATE_FORM)
        .get_untracked()
        .map(|flash| flash.values);
    values
        .into_iter()
        .flatten()
        .find_map(|(found, value)| (found == name).then_some(value))
        .unwrap_or_else(|| otherwise.to_owned())
}

fn access(chosen: &str) -> Markup {
    let choice = |[value, name, text]: [&'static str; 3]| {
        el("label")
            .class("choice")
            .child(
                el("input")
                    .with("type", "radio")
                    .with("name", "access")
                    .with("value", value)
                    .flag("checked", value == chosen),
            )
            .child(
                el("span")
                    .child(el("span").class("choice-name").text(name))
                    .child(el("span").class("choice-text").text(text)),
            )
    };
    el("fieldset")
        .child(legend("What it may do"))
        .children(ACCESS.into_iter().map(choice))
}

/// When the key ends by itself. The error stands here, since a date is no text field.
fn ends(refused: Signal<Option<ApiError>>) -> AnyView {
    let about_date = Signal::derive(move || {
        refused
            .get()
            .filter(|error| error.field.as_deref() == Some("expires_on"))
    });
    let date = el("label")
        .class("field")
        .child(
            el("span")
                .class("field-label")
                .text("Ends after this day ")
                .child(el("span").class("field-optional").text("optional")),
        )
        .child(
            el("input")
                .class("input")
                .with("type", "date")
                .with("name", "expires_on")
                .with("value", typed("expires_on", "")),
        );
    el("fieldset").around(vec![
        legend("Lifetime").whole(),
        hint("Days are UTC. Blank is until somebody revokes it.").whole(),
        told(about_date),
        date.whole(),
    ])
}
