//! The people of the workspace: who they are, what they may do, who is invited.

mod api;
mod invite;
mod list;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};
use orderdesk_mcp_contract::views::people::Invitation;
use orderdesk_mcp_contract::{ApiError, Role};

use self::api::{ListPeople, PEOPLE_FORM, PeoplePageView};
use self::invite::{invite_card, invites_card, made_notice};
use self::list::people_table;
use crate::parts::{Loaded, PageHead, Whole, el, left_refusal, pager, toast, told};
use crate::routes;
use crate::transport::{Data, Submission, answer, load, read};

/// The page at `/people`.
pub(crate) struct PeoplePage;

/// The forms belong to the page, not to what is shown: that is read anew after each.
#[derive(Clone, Copy)]
struct Forms {
    invite: Submission,
    /// Everything that is done to somebody or to an invitation.
    change: Submission,
}

#[lazy_route]
impl LazyRoute for PeoplePage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let query = use_query_map();
        let asked = Memo::new(move |_| query.with(|query| query.get("page").unwrap_or_default()));
        let people = load(asked.into(), |page| {
            answer!(
                ListPeople,
                api::list_people(page.clone()),
                &[("page", &page)]
            )
        });
        provide_forms(people);
        view! {
            <PageHead title="People"/>
            <Loaded data=people lines=8 show/>
        }
        .into_any()
    }
}

fn provide_forms(people: Data) {
    let forms = Forms {
        invite: Submission::new(),
        change: Submission::new(),
    };
    provide_context(forms);
    Effect::new(move |_| {
        if forms.invite.is_answered() && forms.invite.refusal().is_none() {
            people.refetch();
        }
    });
    Effect::new(move |_| {
        if let Some(Ok(said)) = forms.change.answer::<String>() {
            toast(said);
            people.refetch();
        }
    });
}

fn show(text: &str) -> Result<AnyView, ApiError> {
    let PeoplePageView {
        view,
        page,
        pages,
        made,
    } = read(text)?;
    let Forms { invite, change } = expect_context();
    let made = move || {
        let answered = invite.answer::<Invitation>().and_then(Result::ok);
        answered.or_else(|| made.clone()).map(made_notice)
    };
    let refused = Signal::derive(move || change.refusal());
    let side = el("div").class("stack").around(vec![
        invite_card(invite, &view.roles),
        invites_card(change, view.as_of, view.invites),
    ]);
    let main = el("div").class("stack").around(vec![
        told(refused),
        told(left_refusal(PEOPLE_FORM)),
        people_table(change, view.as_of, view.people, &view.roles),
        pager(page, pages, &|page| routes::page(routes::PEOPLE, "", page)).whole(),
    ]);
    let parts = vec![
        made.whole(),
        el("div").class("columns people").around(vec![main, side]),
    ];
    Ok(parts.whole())
}

/// What somebody in a role may do, as people say it.
fn role_in_words(role: Role) -> &'static str {
    match role {
        Role::Owner => "Owner: everything, master keys and other owners too",
        Role::Admin => "Admin: everything but master keys, owners and what calls carried",
        Role::Operator => "Operator: changes orders and decides on proposals",
        Role::Auditor => "Auditor: looks, at what calls carried too",
        Role::Viewer => "Viewer: looks",
    }
}

/// The role's name at the beginning of a line.
fn role_name(role: Role) -> &'static str {
    match role {
        Role::Owner => "Owner",
        Role::Admin => "Admin",
        Role::Operator => "Operator",
        Role::Auditor => "Auditor",
        Role::Viewer => "Viewer",
    }
}

/// A choice among roles.
fn role_select(
    id: String,
    label: &'static str,
    roles: &[Role],
    chosen: Role,
) -> crate::parts::Markup {
    let option = |role: &Role| {
        el("option")
            .with("value", role.as_str())
            .flag("selected", *role == chosen)
            .text(role_in_words(*role))
    };
    el("div")
        .class("field")
        .child(el("label").with("for", id.clone()).text(label))
        .child(
            el("select")
                .class("input")
                .with("id", id)
                .with("name", "role")
                .children(roles.iter().map(option)),
        )
}
