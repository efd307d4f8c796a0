//! The table of people.

use leptos::prelude::*;
use orderdesk_mcp_contract::views::people::PersonView;
use orderdesk_mcp_contract::{Role, UtcMillis};
use server_fn::ServerFn as _;

use super::api::{EndSessions, SetDisabled, SetRole};
use super::invite::nobody_yet;
use super::{role_name, role_select};
use crate::parts::format::{ago, plural};
use crate::parts::{
    Look, Markup, Tone, Whole, badge, el, head, hidden, link, post_form, submit_button,
};
use crate::routes;
use crate::transport::Submission;

/// The people of a page, with what can be done about each.
pub(super) fn people_table(
    change: Submission,
    as_of: UtcMillis,
    people: Vec<PersonView>,
    roles: &[Role],
) -> AnyView {
    if people.is_empty() {
        return nobody_yet();
    }
    let rows = people
        .into_iter()
        .map(|person| row(change, as_of, person, roles));
    let parts = vec![
        el("caption")
            .class("visually-hidden")
            .text("People of this workspace")
            .whole(),
        head(&[
            ("Name", ""),
            ("Role", ""),
            ("State", ""),
            ("Last active", ""),
            ("Browsers", ""),
            ("Change", ""),
        ])
        .whole(),
        el("tbody").around(rows.collect()),
    ];
    el("table")
        .class("table table-cards table-alone")
        .around(parts)
}

fn row(change: Submission, as_of: UtcMillis, person: PersonView, roles: &[Role]) -> AnyView {
    let cell = |label: &'static str| el("td").with("data-label", label);
    let id = ["person-", &person.id.to_string()].concat();
    let seen = person
        .last_seen_at
        .map_or_else(|| "never".to_owned(), |at| ago(as_of, at));
    let state = match person.disabled_at {
        None => badge(Tone::Ok, "circle-check", "Active"),
        Some(_) => badge(Tone::Neutral, "circle-x", "Disabled"),
    };
    let you = person.is_self.then(|| badge(Tone::Info, "", "You"));
    let browsers = plural(u64::from(person.sessions), "browser", "browsers");
    let name = el("th")
        .with("scope", "row")
        .with("data-label", "Name")
        .child(
            el("p")
                .class("person-name")
                .text(person.name.clone())
                .text(" ")
                .maybe(you),
        )
        .child(el("p").class("person-email").text(person.email.clone()));
    let cells = vec![
        name.whole(),
        cell("Role").text(role_name(person.role)).whole(),
        cell("State").child(state).whole(),
        cell("Last active").text(seen).whole(),
        cell("Browsers").text(browsers).whole(),
        cell("Change").around(vec![actions(change, person, roles)]),
    ];
    // What was opened and chosen for somebody must not pass to whoever comes to stand in their place.
    el("tr").with("id", id).around(cells)
}

/// What can be done about somebody, or why it cannot.
fn actions(change: Submission, person: PersonView, roles: &[Role]) -> AnyView {
    if let Some(why) = person.kept {
        return el("p").class("hint person-kept").text(why).whole();
    }
    let id = person.id.to_string();
    let post = |url: &'static str, more: Vec<Markup>, look, label: &'static str| {
        let mut form = vec![hidden("id", id.clone()).whole()];
        form.extend(more.into_iter().map(Whole::whole));
        form.push(submit_button(look, change.pending(), "", label));
        post_form(change, url, form)
    };
    let select = role_select(["role-", &id].concat(), "Role", roles, person.role);
    let role = post(SetRole::url(), vec![select], Look::Plain, "Save role");
    // Also when there are none here: sessions in another workspace can come back.
    let ends = (person.disabled_at.is_none())
        .then(|| post(EndSessions::url(), Vec::new(), Look::Plain, "End sessions"));
    let keys =
        (person.disabled_at.is_none() && person.live_keys > 0).then(|| keys_stay(person.live_keys));
    let able = match person.disabled_at {
        None => post(
            SetDisabled::url(),
            vec![hidden("disabled", "true")],
            Look::DangerQuiet,
            "Disable",
        ),
        Some(_) => post(
            SetDisabled::url(),
            vec![hidden("disabled", "false")],
            Look::Plain,
            "Enable",
        ),
    };
    let buttons = vec![ends.whole(), able];
    let summary = el("summary")
        .class("button button-small")
        .with("aria-label", ["Change ", &person.name].concat())
        .text("Change");
    let parts = vec![
        summary.whole(),
        role,
        keys.whole(),
        el("div").class("actions").around(buttons),
    ];
    el("details").class("confirm person-change").around(parts)
}

/// That keys outlast whoever made them.
fn keys_stay(count: u32) -> Markup {
    let made = plural(
        u64::from(count),
        "key that works still",
        "keys that work still",
    );
    el("p")
        .class("hint")
        .text(
            [
                "They made ",
                &made,
                ". Disabling does not end those; see to them on the page ",
            ]
            .concat(),
        )
        .child(link(routes::KEYS, "Keys"))
        .text(".")
}
