//! The server's side of the keys' pages.

mod made;
mod policy;
mod refused;

use orderdesk_mcp_contract::views::change::KeyDetail;
use orderdesk_mcp_contract::{ApiError, ErrorCode, KeyId, UtcMillis};
use orderdesk_mcp_domain::{Caller, Services};

pub(super) use self::made::{create, made, new_key_form, rotate, saved};
use self::policy::{form_field, policy_of, policy_view};
use self::refused::{leave_policy, left_policy};
use super::super::view::{KeyPageView, KeysView, PolicyForm};
use super::{POLICY_FORM, REVOKE_FORM};
use crate::backend::{enter, leave, reply};
use crate::flash::Flash;
use crate::parts::format::count;
use crate::routes;

pub(super) async fn list() -> Result<KeysView, ApiError> {
    let (services, caller) = enter()?;
    Ok(KeysView {
        as_of: services.now(),
        keys: reply(services.list_keys(&caller).await)?,
    })
}

pub(super) async fn key(id: &str) -> Result<KeyPageView, ApiError> {
    let (services, caller) = enter()?;
    let id = reply(parse_id(id))?;
    let detail = reply(services.key_detail(&caller, id).await)?;
    let mut page = view(detail, caller.actor_id(), services.now());
    page.policy = left_policy(&caller, Some(id), page.policy).await?;
    Ok(page)
}

pub(super) async fn set_policy(id: &str, form: &PolicyForm) -> Result<String, ApiError> {
    let (services, caller) = enter()?;
    let id = id_in_form(id)?;
    let result = reply(read_and_set(&services, &caller, id, form).await);
    let said = "The limits are saved. They hold from the key's next call.";
    let flash = match &result {
        Ok(()) => Flash::notice(said),
        Err(error) => {
            leave_policy(&caller, Some(id), form).await?;
            Flash::refused(POLICY_FORM, error)
        }
    };
    leave(&routes::key(id), Some(flash));
    result.map(|()| said.to_owned())
}

async fn read_and_set(
    services: &Services,
    caller: &Caller,
    id: KeyId,
    form: &PolicyForm,
) -> Result<(), ApiError> {
    let set = services.set_key_policy(caller, id, policy_of(form)?).await;
    set.map_err(|error| ApiError {
        field: error.field.as_deref().map(form_field),
        ..error
    })
}

pub(super) async fn revoke(id: &str, typed_name: &str) -> Result<String, ApiError> {
    let (services, caller) = enter()?;
    let id = id_in_form(id)?;
    let result = reply(revoke_if_meant(&services, &caller, id, typed_name).await);
    match &result {
        Ok(name) => leave(
            routes::KEYS,
            Some(Flash::notice(format!("The key {name} is revoked."))),
        ),
        Err(error) => leave(&routes::key(id), Some(Flash::refused(REVOKE_FORM, error))),
    }
    result
}

async fn revoke_if_meant(
    services: &Services,
    caller: &Caller,
    id: KeyId,
    typed_name: &str,
) -> Result<String, ApiError> {
    let keys = services.list_keys(caller).await?;
    let key = keys
        .into_iter()
        .find(|key| key.id == id)
        .ok_or_else(no_such_key)?;
    if typed_name.trim() != key.name {
        return Err(ApiError::invalid(
            "typed_name",
            "This is not the key's name. Type it exactly as it stands above.",
        ));
    }
    services.revoke_key(caller, id).await?;
    Ok(key.name)
}

/// The id in a key's address.
fn parse_id(id: &str) -> Result<KeyId, ApiError> {
    id.parse().map_err(|_| no_such_key())
}

/// The id that a form sent; one that cannot be any key's leads on to the page that says so.
fn id_in_form(id: &str) -> Result<KeyId, ApiError> {
    let parsed = reply(parse_id(id));
    if parsed.is_err() {
        leave(routes::safe_path(&routes::key(id)), None);
    }
    parsed
}

fn no_such_key() -> ApiError {
    ApiError::new(
        ErrorCode::NotFound,
        "There is no such key in this workspace.",
    )
}

fn view(detail: KeyDetail, looker: KeyId, as_of: UtcMillis) -> KeyPageView {
    KeyPageView {
        as_of,
        is_own: detail.key.id == looker,
        left: left(&detail),
        policy: policy_view(&detail.policy, &detail.tools, &detail.folders),
        stops: detail.stops,
        replaces: detail.replaces,
        key: detail.key,
    }
}

/// What is left of each limit of the budget.
fn left(detail: &KeyDetail) -> Vec<(String, String, String)> {
    let budget = &detail.policy.budget;
    let Some(left) = &detail.budget_left else {
        return Vec::new();
    };
    let number = |what: &str, left: Option<u32>, of: Option<u32>| {
        Some((what.to_owned(), count(left?.into()), count(of?.into())))
    };
    let money = || {
        Some((
            "Money".to_owned(),
            left.money?.to_string(),
            budget.money?.to_string(),
        ))
    };
    [
        number("Changes", left.changes, budget.changes),
        number("Orders and products", left.orders, budget.orders),
        money(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
