//! Settings: what concerns whoever is signed in.

mod account;
mod api;
mod audit;
mod recorded;
mod sessions;
mod workspace;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};
use orderdesk_mcp_contract::ApiError;

use self::account::{password_card, profile_card};
use self::api::{MyAccount, SettingsView};
use self::audit::{BEFORE, audit_card};
use self::recorded::recorded_card;
use self::sessions::sessions_card;
use self::workspace::workspace_card;
use crate::parts::{Loaded, Markup, PageHead, Tone, Whole, card, el, link, notice_of, toast};
use crate::routes;
use crate::shell::ThemeSwitch;
use crate::transport::{Data, Submission, answer, load, read};

/// The page at `/settings`.
pub(crate) struct SettingsPage;

/// The forms belong to the page, not to what is shown: that is read anew after each.
#[derive(Clone, Copy)]
struct Forms {
    profile: Submission,
    password: Submission,
    sessions: Submission,
    workspace: Submission,
    retention: Submission,
}

#[lazy_route]
impl LazyRoute for SettingsPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let query = use_query_map();
        let before =
            Signal::derive(move || query.with(|query| query.get(BEFORE).unwrap_or_default()));
        let account = load(before, |before| {
            answer!(MyAccount, api::my_account(before), &[(BEFORE, &before)])
        });
        provide_forms(account);
        view! {
            <PageHead title="Settings"/>
            <Loaded data=account lines=8 show/>
        }
        .into_any()
    }
}

fn provide_forms(account: Data) {
    let forms = Forms {
        profile: Submission::new(),
        password: Submission::new(),
        sessions: Submission::new(),
        workspace: Submission::new(),
        retention: Submission::new(),
    };
    provide_context(forms);
    for form in [
        forms.profile,
        forms.password,
        forms.sessions,
        forms.workspace,
        forms.retention,
    ] {
        Effect::new(move |_| {
            if let Some(Ok(said)) = form.answer::<String>() {
                toast(said);
                account.refetch();
            }
        });
    }
}

/// One section after the other, each with its own forms.
fn show(text: &str) -> Result<AnyView, ApiError> {
    let SettingsView {
        account,
        signed_in,
        no_rename,
        kept,
        audit,
        is_newest_audit,
        rules,
    } = read(text)?;
    let forms: Forms = expect_context();
    let mut sections = Vec::new();
    match account.email {
        Some(email) => {
            sections.push(profile_card(
                forms.profile,
                account.name,
                email,
                account.role,
            ));
            sections.push(password_card(forms.password));
        }
        None => sections.push(signed_in_by_key(account.name)),
    }
    let may_change = no_rename.is_none();
    sections.push(workspace_card(forms.workspace, signed_in, no_rename));
    sections.push(recorded_card(forms.retention, kept, may_change));
    sections.push(sessions_card(
        forms.sessions,
        account.as_of,
        account.sessions,
    ));
    sections.push(appearance_card());
    sections.push(audit_card(audit, is_newest_audit));
    sections.push(rules_card(rules).whole());
    Ok(el("div").class("stack settings").around(sections))
}

fn signed_in_by_key(name: String) -> AnyView {
    let text = el("p")
        .text("You are signed in with the key ")
        .child(el("strong").text(name))
        .text(". A key has no name of yours and no password: ")
        .child(link(routes::PEOPLE, "invite yourself as a person"))
        .text(" to have them.");
    card("profile-title", "Profile")
        .child(notice_of(Tone::Info, text))
        .whole()
}

/// What the operator of the server has set for every workspace.
fn rules_card(rules: Vec<(String, String)>) -> Markup {
    let rule = |(what, value): (String, String)| [el("dt").text(what), el("dd").text(value)];
    card("rules-title", "What holds on this server")
        .child(el("p").class("hint").text(
            "Set by whoever runs the server, for all of its workspaces. What a single key may do is set on the key's page.",
        ))
        .child(
            el("dl")
                .class("facts")
                .children(rules.into_iter().flat_map(rule)),
        )
}

/// The theme, which is about this browser and not about the person.
fn appearance_card() -> AnyView {
    let about = el("p").class("hint").text(
        "As your system has it, light, dark, or with more contrast. It is kept in this browser.",
    );
    el("section")
        .class("card appearance")
        .with("aria-labelledby", "appearance-title")
        .around(vec![
            el("h2")
                .with("id", "appearance-title")
                .text("Appearance")
                .whole(),
            about.whole(),
            view! { <ThemeSwitch/> }.whole(),
        ])
}
