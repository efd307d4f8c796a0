//! Keys that are made: the secret waits sealed in the browser's session until its owner says that it is saved. It stands
//! in no address and in no cookie, and a reload does not lose it.

use orderdesk_mcp_contract::views::account::KeyView;
use orderdesk_mcp_contract::{Access, ApiError, KeyId, KeyKind, KeyPolicy, SecretText, UtcMillis};
use orderdesk_mcp_domain::{Caller, NewKeyRequest, Services};
use serde::{Deserialize, Serialize};

use super::super::super::view::{MadeKeyView, PolicyForm, PolicyView};
use super::super::{CREATE_FORM, ROTATE_FORM};
use super::policy::{form_field, policy_of, policy_view};
use super::refused::{leave_policy, left_policy};
use super::{id_in_form, no_such_key, parse_id};
use crate::backend::{drop_kept, enter, keep, kept, leave, reply};
use crate::flash::Flash;
use crate::routes;

/// Where the session keeps a key that was just made.
const MADE: &str = "made_key";
const DAY_MS: i64 = 86_400_000;
const NOT_KEPT: &str = "The session could not be saved just now. If a key was made, it is in the list of keys: rotate it to get its secret.";
/// The access that stands for a master key in the form.
const MASTER: &str = "master";

#[derive(Serialize, Deserialize)]
struct Made {
    id: KeyId,
    secret: SecretText,
}

pub(in super::super) async fn new_key_form() -> Result<PolicyView, ApiError> {
    let (services, caller) = enter()?;
    let choices = reply(services.key_choices(&caller).await)?;
    let view = policy_view(&KeyPolicy::default(), &choices.tools, &choices.folders);
    left_policy(&caller, None, view).await
}

pub(in super::super) async fn create(
    name: &str,
    access: &str,
    expires_on: &str,
    policy: &PolicyForm,
) -> Result<String, ApiError> {
    let (services, caller) = enter()?;
    let made = async {
        let new = request(name, access, expires_on)?;
        let policy = policy_of(policy)?;
        let made = services.create_limited_key(&caller, new, policy).await;
        let (key, secret) = made.map_err(|error| ApiError {
            field: error.field.as_deref().map(field_of_new_key),
            ..error
        })?;
        keep_secret(&caller, &key, secret.expose()).await
    };
    let result = reply(made.await);
    match &result {
        Ok(id) => leave(&routes::made_key(id), None),
        Err(error) => {
            leave_policy(&caller, None, policy).await?;
            let flash = Flash::refused(CREATE_FORM, error).with_values([
                ("name", name),
                ("access", access),
                ("expires_on", expires_on),
            ]);
            leave(routes::NEW_KEY, Some(flash));
        }
    }
    result
}

fn field_of_new_key(part: &str) -> String {
    match part {
        "name" => part.to_owned(),
        "expires_at" => "expires_on".to_owned(),
        other => form_field(other),
    }
}

fn request(name: &str, access: &str, expires_on: &str) -> Result<NewKeyRequest, ApiError> {
    let (kind, access) = if access == MASTER {
        (KeyKind::Master, Access::Write)
    } else {
        let access = access.parse().map_err(|_| {
            ApiError::invalid("access", "Choose what the key may do.")
                .with_allowed(["read", "propose", "write", MASTER])
        })?;
        (KeyKind::Api, access)
    };
    Ok(NewKeyRequest {
        name: name.trim().to_owned(),
        kind,
        access,
        expires_at: end_of_day(expires_on.trim())?,
    })
}

/// The end of a day, as a date field sends it; none for a blank one.
fn end_of_day(text: &str) -> Result<Option<UtcMillis>, ApiError> {
    if text.is_empty() {
        return Ok(None);
    }
    let day = UtcMillis::from_date(text).ok_or_else(|| {
        ApiError::invalid(
            "expires_on",
            "This must be a date such as 2027-01-31, or blank.",
        )
    })?;
    Ok(Some(day.plus_millis(DAY_MS)))
}

pub(in super::super) async fn rotate(id: &str, overlap_hours: u32) -> Result<String, ApiError> {
    let (services, caller) = enter()?;
    let id = id_in_form(id)?;
    let made = async {
        let (key, secret) = services.rotate_key(&caller, id, overlap_hours).await?;
        keep_secret(&caller, &key, secret.expose()).await
    };
    let result = reply(made.await);
    match &result {
        Ok(new) => leave(&routes::made_key(new), None),
        Err(error) => leave(&routes::key(id), Some(Flash::refused(ROTATE_FORM, error))),
    }
    result
}

/// Keeps the secret for the page that shows it, and gives the key's id. One that was made before and not saved yet is
/// given up: its owner went on to another.
async fn keep_secret(caller: &Caller, key: &KeyView, secret: &str) -> Result<String, ApiError> {
    let made = Made {
        id: key.id,
        secret: SecretText::new(secret),
    };
    let kept = keep(MADE, caller, &made).await;
    kept.map_err(|error| ApiError {
        message: NOT_KEPT.into(),
        ..error
    })?;
    Ok(key.id.to_string())
}

pub(in super::super) async fn made(id: &str) -> Result<MadeKeyView, ApiError> {
    let (services, caller) = enter()?;
    let id = reply(parse_id(id))?;
    let info = reply(services.connect_info(&caller).await)?;
    let key = reply(find(&services, &caller, id).await)?;
    let made: Option<Made> = kept(MADE, &caller).await?;
    let secret = made.filter(|made| made.id == id).map(|made| made.secret);
    Ok(MadeKeyView {
        key,
        secret,
        mcp_url: info.mcp_url,
    })
}

pub(in super::super) async fn saved(id: &str) -> Result<String, ApiError> {
    let (services, caller) = enter()?;
    let id = id_in_form(id)?;
    let key = reply(find(&services, &caller, id).await)?;
    let made: Option<Made> = kept(MADE, &caller).await?;
    if made.is_some_and(|made| made.id == id) {
        drop_kept(MADE).await?;
    }
    let next = match key.kind {
        KeyKind::Api => routes::connect_key(id),
        KeyKind::Master => routes::key(id),
    };
    leave(&next, None);
    Ok(next)
}

async fn find(services: &Services, caller: &Caller, id: KeyId) -> Result<KeyView, ApiError> {
    let keys = services.list_keys(caller).await?;
    keys.into_iter()
        .find(|key| key.id == id)
        .ok_or_else(no_such_key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_means_the_end_of_that_day() {
        assert_eq!(end_of_day(""), Ok(None));
        let end = end_of_day("2027-01-31").unwrap().unwrap();
        assert_eq!(end.to_string(), "2027-02-01T00:00:00Z");
        for text in ["31.1.2027", "2027-02-30", "2027-13-01", "soon"] {
            let refused = end_of_day(text).unwrap_err();
            assert_eq!(refused.field.as_deref(), Some("expires_on"), "{text}");
        }
    }

    #[test]
    fn the_form_says_master_where_a_master_key_is_meant() {
        let master = request(" Owner ", MASTER, "").unwrap();
        assert_eq!(
            (master.kind, master.access),
            (KeyKind::Master, Access::Write)
        );
        assert_eq!(master.name, "Owner");
        let api = request("A", "propose", "").unwrap();
        assert_eq!((api.kind, api.access), (KeyKind::Api, Access::Propose));
        let refused = request("A", "", "").unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("access"));
    }
}
