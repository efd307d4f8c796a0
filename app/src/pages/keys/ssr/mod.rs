//! The server's side of the keys' pages.

mod made;
mod policy;
mod refused;

use orderdesk_mcp_contract::views::account::KeyView;
use orderdesk_mcp_contract::views::change::KeyDetail;
use orderdesk_mcp_contract::{ApiError, ErrorCode, KeyId, UtcMillis};
use orderdesk_mcp_domain::{Caller, Services};

pub(super) use self::made::{create, made, new_key_form, rotate, saved};
use self::policy::{form_field, policy_of, policy_view};
use self::refused::{leave_policy, left_policy};
use super::super::list::has_ended;
use super::super::view::{KeyPageView, KeysView, PolicyForm};
use super::{POLICY_FORM, REVOKE_FORM};
use crate::backend::{Paged, enter, leave, paged, reply};
use crate::flash::Flash;
use crate::parts::format::count;
use crate::routes;

pub(super) async fn list(page: &str) -> Result<KeysView, ApiError> {
    let (services, caller) = enter()?;
    let as_of = services.now();
    let keys = reply(services.list_keys(&caller).await)?;
    Ok(page_of(as_of, keys, page))
}

fn page_of(as_of: UtcMillis, mut keys: Vec<KeyView>, page: &str) -> KeysView {
    // Keys that were revoked pile up over the years, behind those that somebody looks for.
    keys.sort_by_key(|key| has_ended(as_of, key));
    let Paged { rows, page, pages } = paged(keys, page);
    KeysView {
        as_of,
        keys: rows,
        page,
        pages,
    }
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

#[cfg(test)]
mod tests {
    use orderdesk_mcp_contract::{Access, KeyKind};

    use super::*;

    fn keys(number: u64) -> Vec<KeyView> {
        let key = |number: u64| KeyView {
            id: KeyId::from_parts(1, number.into()),
            name: number.to_string(),
            kind: KeyKind::Api,
            access: Access::Read,
            hint: "odm_ak_".into(),
            created_at: UtcMillis(1),
            expires_at: number.is_multiple_of(2).then_some(UtcMillis(5)),
            last_used_at: None,
            revoked_at: None,
            replaced_by: None,
            made_by: None,
        };
        (0..number).map(key).collect()
    }

    #[test]
    fn every_key_is_on_one_page_and_what_has_ended_comes_last() {
        for number in [0, 1, 50, 51, 120] {
            let first = page_of(UtcMillis(9), keys(number), "");
            let pages: Vec<_> = (1..=first.pages)
                .map(|page| page_of(UtcMillis(9), keys(number), &page.to_string()))
                .collect();
            assert_eq!(pages[0], first);
            let shown: Vec<u64> = pages
                .iter()
                .flat_map(|page| &page.keys)
                .map(|key| key.name.parse().unwrap())
                .collect();
            let of = |rest| (0..number).filter(move |key| key % 2 == rest);
            assert_eq!(shown, of(1).chain(of(0)).collect::<Vec<_>>());
        }
    }
}
