//! The server's side of the page of people.

use orderdesk_mcp_contract::views::people::{Invitation, PeopleView};
use orderdesk_mcp_contract::{ApiError, ErrorCode, KeyId, Role};

use super::{INVITE_FORM, PEOPLE_FORM, PeoplePageView};
use crate::backend::{
    Paged, enter, is_native_form, keep, leave, leave_saying, page_before, paged, reply, take,
};
use crate::flash::Flash;
use crate::routes;

/// Where the session keeps an invitation until the page after a form without script shows it: its code must travel in no
/// address and in no cookie that script can read.
const MADE: &str = "invitation_made";

pub(super) async fn list(page: &str) -> Result<PeoplePageView, ApiError> {
    let (services, caller) = enter()?;
    let view = reply(services.people(&caller).await)?;
    Ok(page_of(view, take(MADE, &caller).await?, page))
}

fn page_of(mut view: PeopleView, made: Option<Invitation>, page: &str) -> PeoplePageView {
    // Whoever left stays for the record, behind those that somebody looks for.
    view.people
        .sort_by_key(|person| person.disabled_at.is_some());
    let Paged { rows, page, pages } = paged(view.people, page);
    view.people = rows;
    PeoplePageView {
        view,
        page,
        pages,
        made,
    }
}

/// The page of the list that a form without script was sent from, where its sender is led back to.
fn list_before() -> String {
    list_at(&page_before()).to_owned()
}

/// The address if it is one of the list, else that of its first page: a browser may not say where it was.
fn list_at(address: &str) -> &str {
    let path = routes::safe_path(address);
    let is_list = path.split('?').next() == Some(routes::PEOPLE);
    if is_list { path } else { routes::PEOPLE }
}

pub(super) async fn invite(email: &str, role: Role) -> Result<Invitation, ApiError> {
    let (services, caller) = enter()?;
    let result = reply(services.invite(&caller, email, role).await);
    match &result {
        Ok(made) => {
            if is_native_form() {
                keep(MADE, &caller, made).await?;
            }
            leave(&list_before(), None);
        }
        Err(error) => leave(
            &list_before(),
            Some(Flash::refused(INVITE_FORM, error).with_values([("email", email.trim())])),
        ),
    }
    result
}

pub(super) async fn revoke(id: &str) -> Result<String, ApiError> {
    let (services, caller) = enter()?;
    let revoked = match id.parse() {
        Ok(id) => services.revoke_invite(&caller, id).await,
        Err(_) => Err(ApiError::new(
            ErrorCode::NotFound,
            "There is no such invitation.",
        )),
    };
    leave_saying(
        &list_before(),
        PEOPLE_FORM,
        revoked.map(|email| format!("The invitation for {email} is taken back.")),
    )
}

pub(super) async fn set_role(id: &str, role: Role) -> Result<String, ApiError> {
    let (services, caller) = enter()?;
    let set = match parse_id(id) {
        Ok(id) => services.set_role(&caller, id, role).await,
        Err(error) => Err(error),
    };
    leave_saying(
        &list_before(),
        PEOPLE_FORM,
        set.map(|name| format!("The role of {name} is {role} now.")),
    )
}

pub(super) async fn set_disabled(id: &str, is_disabled: bool) -> Result<String, ApiError> {
    let (services, caller) = enter()?;
    let set = match parse_id(id) {
        Ok(id) => services.set_disabled(&caller, id, is_disabled).await,
        Err(error) => Err(error),
    };
    leave_saying(
        &list_before(),
        PEOPLE_FORM,
        set.map(|name| {
            if is_disabled {
                format!("{name} is disabled and signed out.")
            } else {
                format!("{name} can sign in again.")
            }
        }),
    )
}

pub(super) async fn end_sessions(id: &str) -> Result<String, ApiError> {
    let (services, caller) = enter()?;
    let ended = match parse_id(id) {
        Ok(id) => services.end_sessions(&caller, id).await,
        Err(error) => Err(error),
    };
    leave_saying(
        &list_before(),
        PEOPLE_FORM,
        ended.map(|name| format!("{name} is signed out of this workspace in every browser.")),
    )
}

fn parse_id(id: &str) -> Result<KeyId, ApiError> {
    id.parse().map_err(|_| {
        ApiError::new(
            ErrorCode::NotFound,
            "There is no such person in this workspace.",
        )
    })
}

#[cfg(test)]
mod tests {
    use orderdesk_mcp_contract::UtcMillis;
    use orderdesk_mcp_contract::views::people::PersonView;

    use super::*;

    /// Every second one is disabled.
    fn people(number: u64) -> PeopleView {
        let person = |number: u64| PersonView {
            id: KeyId::from_parts(1, number.into()),
            name: number.to_string(),
            email: format!("{number}@example.com"),
            role: Role::Viewer,
            joined_at: UtcMillis(1),
            last_seen_at: None,
            disabled_at: number.is_multiple_of(2).then_some(UtcMillis(5)),
            sessions: 0,
            live_keys: 0,
            is_self: false,
            kept: None,
        };
        PeopleView {
            as_of: UtcMillis(9),
            people: (0..number).map(person).collect(),
            invites: Vec::new(),
            roles: Vec::new(),
        }
    }

    #[test]
    fn everybody_is_on_one_page_and_who_is_disabled_comes_last() {
        for number in [0, 1, 50, 51, 120] {
            let pages = page_of(people(number), None, "").pages;
            let shown: Vec<u64> = (1..=pages)
                .map(|page| page_of(people(number), None, &page.to_string()))
                .flat_map(|page| page.view.people)
                .map(|person| person.name.parse().unwrap())
                .collect();
            let of = |rest| (0..number).filter(move |person| person % 2 == rest);
            assert_eq!(shown, of(1).chain(of(0)).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_form_leads_back_to_the_page_of_the_list() {
        for list in ["/people", "/people?page=2"] {
            assert_eq!(list_at(list), list);
        }
        for other in ["/", "/peoples", "/keys?page=2", "//evil.example/people", ""] {
            assert_eq!(list_at(other), "/people", "{other}");
        }
    }
}
