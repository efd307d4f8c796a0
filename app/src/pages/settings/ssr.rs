//! The server's side of the settings.

use orderdesk_mcp_contract::views::people::AccountView;
use orderdesk_mcp_contract::{ApiError, ErrorCode, SecretText};

use super::{PASSWORD_FORM, PROFILE_FORM, SESSIONS_FORM};
use crate::backend::{enter, leave, renew_session, reply, session_key};
use crate::flash::Flash;
use crate::parts::format::plural;
use crate::routes;

pub(super) async fn account() -> Result<AccountView, ApiError> {
    let (services, caller) = enter()?;
    reply(services.own_account(&caller, session_key()?).await)
}

pub(super) async fn set_name(name: &str) -> Result<String, ApiError> {
    let (services, caller) = enter()?;
    let set = services.set_own_name(&caller, name).await;
    let said = set.map(|()| "Your name is saved.".to_owned());
    answer(PROFILE_FORM, said)
}

pub(super) async fn change_password(
    present: Option<SecretText>,
    new: Option<SecretText>,
) -> Result<String, ApiError> {
    let (services, caller) = enter()?;
    let none = || SecretText::new("");
    let (present, new) = (present.unwrap_or_else(none), new.unwrap_or_else(none));
    let session = session_key()?;
    let changed = services
        .change_own_password(&caller, &present, &new, session)
        .await;
    if changed.is_ok() {
        // After the others have ended, by the id that they were told apart from.
        renew_session().await?;
    }
    let said = changed
        .map(|()| "Your password is changed. Your other browsers are signed out.".to_owned());
    answer(PASSWORD_FORM, said)
}

pub(super) async fn end_session(id: &str) -> Result<String, ApiError> {
    let (services, caller) = enter()?;
    let ended = match id.parse() {
        Ok(id) => services.end_own_session(&caller, id).await,
        Err(_) => Err(ApiError::new(
            ErrorCode::NotFound,
            "There is no such session of yours.",
        )),
    };
    let said = ended.map(|()| "That browser is signed out.".to_owned());
    answer(SESSIONS_FORM, said)
}

pub(super) async fn end_others() -> Result<String, ApiError> {
    let (services, caller) = enter()?;
    let ended = services.end_other_sessions(&caller, session_key()?).await;
    let said = ended.map(|ended| match ended {
        0 => "You are signed in nowhere else.".to_owned(),
        ended => format!(
            "{} signed out.",
            plural(ended, "other browser is", "other browsers are")
        ),
    });
    answer(SESSIONS_FORM, said)
}

/// Passes the answer on; a form without script goes back to the page.
fn answer(form: &str, result: Result<String, ApiError>) -> Result<String, ApiError> {
    let result = reply(result);
    let flash = match &result {
        Ok(said) => Flash::notice(said.clone()),
        Err(error) => Flash::refused(form, error),
    };
    leave(routes::SETTINGS, Some(flash));
    result
}
