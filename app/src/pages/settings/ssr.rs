//! The server's side of the settings.

use std::time::Duration;

use orderdesk_mcp_contract::trace::retention::{GoingCalls, Retention};
use orderdesk_mcp_contract::{ApiError, ErrorCode, Right, SecretText};
use orderdesk_mcp_domain::Settings;

use super::{
    CONFIRMED, PASSWORD_FORM, PROFILE_FORM, RETENTION_FORM, SESSIONS_FORM, SettingsView,
    WORKSPACE_FORM,
};
use crate::backend::{enter, leave, leave_saying, renew_session, reply, session_key};
use crate::flash::Flash;
use crate::parts::format::{count, plural};
use crate::parts::local;
use crate::routes;

const SAVED: &str = "How long calls are kept is saved.";

pub(super) async fn account(before: &str) -> Result<SettingsView, ApiError> {
    let (services, caller) = enter()?;
    let before = before.parse().ok();
    let audit = match caller.why_not(Right::Audit) {
        None => Ok(reply(services.audit_log(&caller, before).await)?),
        Some(why) => Err(why),
    };
    Ok(SettingsView {
        account: reply(services.own_account(&caller, session_key()?).await)?,
        signed_in: reply(services.signed_in(&caller).await)?,
        kept: reply(services.kept_calls(&caller).await)?,
        audit,
        is_newest_audit: before.is_none(),
        no_rename: caller.why_not(Right::Settings),
        rules: rules(services.settings()),
    })
}

/// What the server's settings come to for a workspace.
fn rules(settings: &Settings) -> Vec<(String, String)> {
    let rule = |what: &str, value: String| (what.to_owned(), value);
    let (changes, cache, limits) = (&settings.changes, &settings.cache, &settings.limits);
    vec![
        rule("A proposal waits for", span(changes.proposal_ttl)),
        rule("A change can be undone for", span(changes.undo_window)),
        rule("A deleted store can be restored for", "7 days".to_owned()),
        rule(
            "Calls of one key in a minute",
            count(limits.calls_per_minute.into()),
        ),
        rule(
            "Calls of one person in a minute",
            count(limits.console_calls_per_minute.into()),
        ),
        rule("Orders are read anew after", span(cache.orders_ttl)),
        rule("Products are read anew after", span(cache.products_ttl)),
        rule(
            "Signed out when nothing is done for",
            span(settings.session_idle),
        ),
    ]
}

/// A length of time in its largest whole unit.
fn span(length: Duration) -> String {
    let seconds = length.as_secs();
    let units = [
        (86_400, "day", "days"),
        (3_600, "hour", "hours"),
        (60, "minute", "minutes"),
    ];
    let whole = units
        .into_iter()
        .find(|(unit, ..)| seconds >= *unit && seconds.is_multiple_of(*unit));
    match whole {
        Some((unit, one, many)) => plural(seconds / unit, one, many),
        None => plural(seconds, "second", "seconds"),
    }
}

pub(super) async fn set_name(name: &str) -> Result<String, ApiError> {
    let (services, caller) = enter()?;
    let set = services.set_own_name(&caller, name).await;
    let said = set.map(|()| "Your name is saved.".to_owned());
    leave_saying(routes::SETTINGS, PROFILE_FORM, said)
}

pub(super) async fn rename_workspace(name: &str) -> Result<String, ApiError> {
    let (services, caller) = enter()?;
    let renamed = services.rename_tenant(&caller, name).await;
    let said = renamed.map(|()| "The workspace has its new name.".to_owned());
    leave_saying(routes::SETTINGS, WORKSPACE_FORM, said)
}

pub(super) async fn set_retention(
    days: &str,
    calls: &str,
    confirmed: &str,
) -> Result<String, ApiError> {
    let (services, caller) = enter()?;
    let set = async {
        let retention = retention(days, calls)?;
        let confirms = confirmation(retention);
        if confirmed != confirms
            && let Some(going) = services.going_calls(&caller, retention).await?
        {
            return Err(ApiError {
                field: Some(CONFIRMED.to_owned()),
                allowed: vec![confirms],
                ..ApiError::new(ErrorCode::Conflict, question(&going))
            });
        }
        services.set_retention(&caller, retention).await
    };
    let result = reply(set.await);
    let flash = match &result {
        Ok(()) => Flash::notice(SAVED),
        Err(error) => Flash::refused(RETENTION_FORM, error)
            .with_values([("keep_days", days), ("keep_calls", calls)]),
    };
    leave(routes::SETTINGS, Some(flash));
    result.map(|()| SAVED.to_owned())
}

/// What confirms this very choice.
fn confirmation(retention: Retention) -> String {
    match retention.keep_calls {
        Some(calls) => format!("{} days, {calls} calls", retention.keep_days),
        None => format!("{} days", retention.keep_days),
    }
}

fn question(going: &GoingCalls) -> String {
    let calls = plural(going.calls, "call", "calls");
    let (from, until) = (local(going.from), local(going.until));
    if going.are_more {
        return format!(
            "This throws away more than {calls} for good, from {from} to {until}. Nothing is saved yet."
        );
    }
    format!("This throws away {calls} for good, from {from} to {until}. Nothing is saved yet.")
}

/// What was typed; numbers may be grouped.
fn retention(days: &str, calls: &str) -> Result<Retention, ApiError> {
    let number = |field: &str, typed: &str| {
        let digits: String = typed
            .chars()
            .filter(|letter| !matches!(letter, ',' | ' '))
            .collect();
        let number = digits.parse::<u64>();
        number.map_err(|_| ApiError::invalid(field, "Give a whole number."))
    };
    let keep_calls = match calls.trim() {
        "" => None,
        calls => Some(number("keep_calls", calls)?),
    };
    Ok(Retention {
        // What is too large for days is out of their bounds, and told so.
        keep_days: u32::try_from(number("keep_days", days.trim())?).unwrap_or(u32::MAX),
        keep_calls,
    })
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
    leave_saying(routes::SETTINGS, PASSWORD_FORM, said)
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
    leave_saying(routes::SETTINGS, SESSIONS_FORM, said)
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
    leave_saying(routes::SETTINGS, SESSIONS_FORM, said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_read_as_numbers() {
        let read =
            |days, calls| retention(days, calls).map(|read| (read.keep_days, read.keep_calls));
        assert_eq!(read(" 30 ", ""), Ok((30, None)));
        assert_eq!(read("30", "2,000,000"), Ok((30, Some(2_000_000))));
        assert_eq!(read("99999999999", ""), Ok((u32::MAX, None)));
        for (days, calls, field) in [
            ("", "", "keep_days"),
            ("a", "", "keep_days"),
            ("1", "-5", "keep_calls"),
        ] {
            let error = read(days, calls).unwrap_err();
            assert_eq!(error.field.as_deref(), Some(field));
        }
    }

    #[test]
    fn what_goes_is_asked_about_and_confirmed_by_itself() {
        let retention = |days, calls| retention(days, calls).map(confirmation).unwrap();
        assert_eq!(retention("30", ""), "30 days");
        assert_eq!(retention("30", "5,000"), "30 days, 5000 calls");
        let going = |calls, are_more| {
            let at = orderdesk_mcp_contract::UtcMillis(1_795_339_800_000);
            question(&GoingCalls {
                calls,
                are_more,
                from: at,
                until: at,
            })
        };
        assert!(going(1, false).starts_with("This throws away 1 call for good, from "));
        assert!(going(100_000, true).starts_with("This throws away more than 100,000 calls"));
    }

    #[test]
    fn lengths_of_time_are_in_their_largest_whole_unit() {
        for (seconds, said) in [
            (0, "0 seconds"),
            (1, "1 second"),
            (90, "90 seconds"),
            (60, "1 minute"),
            (1_800, "30 minutes"),
            (259_200, "3 days"),
            (90_000, "25 hours"),
        ] {
            assert_eq!(span(Duration::from_secs(seconds)), said);
        }
    }
}
