//! The server's side of the page of people.

use orderdesk_mcp_contract::views::people::Invitation;
use orderdesk_mcp_contract::{ApiError, ErrorCode, KeyId, Role};

use super::{INVITE_FORM, PEOPLE_FORM, PeoplePageView};
use crate::backend::{enter, is_native_form, keep, leave, leave_saying, reply, take};
use crate::flash::Flash;
use crate::routes;

/// Where the session keeps an invitation until the page after a form without script shows it: its code must travel in no
/// address and in no cookie that script can read.
const MADE: &str = "invitation_made";

pub(super) async fn list() -> Result<PeoplePageView, ApiError> {
    let (services, caller) = enter()?;
    let view = reply(services.people(&caller).await)?;
    Ok(PeoplePageView {
        view,
        made: take(MADE, &caller).await?,
    })
}

pub(super) async fn invite(email: &str, role: Role) -> Result<Invitation, ApiError> {
    let (services, caller) = enter()?;
    let result = reply(services.invite(&caller, email, role).await);
    match &result {
        Ok(made) => {
            if is_native_form() {
                keep(MADE, &caller, made).await?;
            }
            leave(routes::PEOPLE, None);
        }
        Err(error) => leave(
            routes::PEOPLE,
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
        routes::PEOPLE,
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
        routes::PEOPLE,
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
        routes::PEOPLE,
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
        routes::PEOPLE,
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
