//! The server's side of the store forms: do it, and say where a form without script goes next.

use orderdesk_mcp_contract::tools::stores::{
    DeleteStore, RegisterStore, StoresDelete, StoresRegister,
};
use orderdesk_mcp_contract::views::connection::ConnectionReport;
use orderdesk_mcp_contract::views::store::{NewStore, StoreEdit, StoreView};
use orderdesk_mcp_contract::{
    ApiError, ErrorCode, Right, SecretText, StopScope, StoreUid, UtcMillis,
};
use orderdesk_mcp_domain::{Caller, Services};

use super::{
    ADD_FORM, Added, DELETE_FORM, EDIT_FORM, RESTORE_FORM, StorePageView, StoresOverview, TEST_FORM,
};
use crate::backend::{enter, leave, reply};
use crate::flash::Flash;
use crate::routes;

/// What is said of an edit.
const SAVED: &str = "The store is saved.";

/// The id in a store's address.
pub(super) fn parse_id(id: &str) -> Result<StoreUid, ApiError> {
    id.parse().map_err(|_| no_such_store())
}

/// The id that a form sent; one that cannot be any store's leads on to the page that says so.
fn id_in_form(id: &str) -> Result<StoreUid, ApiError> {
    let parsed = reply(parse_id(id));
    if parsed.is_err() {
        leave(routes::safe_path(&format!("{}/{id}", routes::STORES)), None);
    }
    parsed
}

fn no_such_store() -> ApiError {
    ApiError::new(
        ErrorCode::NotFound,
        "There is no such store in this workspace. It may have been removed.",
    )
}

/// The longest search; nothing that is searched for is longer.
const SEARCH_MAX: usize = 200;

pub(super) async fn list_stores(search: &str, page: &str) -> Result<StoresOverview, ApiError> {
    let (services, caller) = enter()?;
    let search: String = search.chars().take(SEARCH_MAX).collect();
    // An address that somebody wrote by hand shows the first page.
    let page = page.parse().unwrap_or(1);
    let list = reply(services.stores_page(&caller, &search, page).await)?;
    let no_change = caller.why_not(Right::Stores);
    let has_offer = !list.has_sandbox && services.sandbox_offer().is_some();
    Ok(StoresOverview {
        is_sandbox_offered: has_offer && no_change.is_none(),
        no_change,
        list,
    })
}

pub(super) async fn get_store(id: &str) -> Result<StorePageView, ApiError> {
    let (services, caller) = enter()?;
    let id = reply(parse_id(id))?;
    let detail = reply(services.store_detail(&caller, id).await)?;
    let own = id.to_string();
    let mut stops = reply(services.write_stops(&caller).await)?;
    stops.retain(|stop| match stop.scope {
        StopScope::Tenant => true,
        StopScope::Store => stop.target == own,
        StopScope::Key => false,
    });
    Ok(StorePageView {
        detail,
        stops,
        no_change: caller.why_not(Right::Stores),
        no_stop: caller.why_not(Right::Stop),
    })
}

/// What was typed, without the blanks that pasting brings.
pub(super) fn new_store(
    store_id: String,
    api_key: SecretText,
    store_name: String,
    label: String,
) -> NewStore {
    let trimmed = |text: String| text.trim().to_owned();
    NewStore {
        store_id: trimmed(store_id),
        api_key: SecretText::new(api_key.expose().trim()),
        store_name: trimmed(store_name),
        label: trimmed(label),
    }
}

pub(super) async fn check_store(new: NewStore) -> Result<ConnectionReport, ApiError> {
    let (services, caller) = enter()?;
    let result = reply(services.try_credentials(&caller, &new).await);
    let flash = match &result {
        Ok(report) => Flash::report(ADD_FORM, report),
        Err(error) => Flash::refused(ADD_FORM, error),
    };
    leave(routes::NEW_STORE, Some(with_typed(flash, &new)));
    result
}

pub(super) async fn add_store(new: NewStore) -> Result<Added, ApiError> {
    let (services, caller) = enter()?;
    let result = reply(try_and_save(&services, &caller, &new).await);
    match &result {
        Ok(Added::Saved(store)) => {
            leave(&routes::store(store.id), Some(Flash::notice(added(store))));
        }
        Ok(Added::Refused(report)) => {
            leave(
                routes::NEW_STORE,
                Some(with_typed(Flash::report(ADD_FORM, report), &new)),
            );
        }
        Err(error) => leave(
            routes::NEW_STORE,
            Some(with_typed(Flash::refused(ADD_FORM, error), &new)),
        ),
    }
    result
}

async fn try_and_save(
    services: &Services,
    caller: &Caller,
    new: &NewStore,
) -> Result<Added, ApiError> {
    let report = services.try_credentials(caller, new).await?;
    if !report.passed {
        return Ok(Added::Refused(report));
    }
    register(services, caller, new).await.map(Added::Saved)
}

async fn register(
    services: &Services,
    caller: &Caller,
    new: &NewStore,
) -> Result<StoreView, ApiError> {
    let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let input = RegisterStore {
        store_id: new.store_id.parse().map_err(|_| {
            ApiError::invalid(
                "store_id",
                "This is not an Order Desk store id: it has only letters, digits, - and _.",
            )
        })?,
        api_key: new.api_key.clone(),
        store_name: filled(&new.store_name),
        label: filled(&new.label),
    };
    services
        .call::<StoresRegister>(caller, input)
        .await
        .map(|registered| registered.store)
}

pub(super) async fn add_sandbox() -> Result<StoreView, ApiError> {
    let (services, caller) = enter()?;
    let result = reply(match services.sandbox_offer() {
        Some(offer) => register(&services, &caller, &offer).await,
        None => Err(ApiError::new(
            ErrorCode::NotFound,
            "This server runs no sandbox. Add a store of your own instead.",
        )),
    });
    match &result {
        Ok(store) => leave(&routes::store(store.id), Some(Flash::notice(added(store)))),
        Err(error) => leave(routes::STORES, Some(Flash::refused(ADD_FORM, error))),
    }
    result
}

pub(super) async fn test_store(id: &str) -> Result<ConnectionReport, ApiError> {
    let (services, caller) = enter()?;
    let id = id_in_form(id)?;
    let result = reply(services.test_connection(&caller, id).await);
    let flash = match &result {
        Ok(report) => Flash::report(TEST_FORM, report),
        Err(error) => Flash::refused(TEST_FORM, error),
    };
    leave(&routes::store(id), Some(flash));
    result
}

/// What was typed, without the blanks that pasting brings.
pub(super) fn store_edit(
    store_name: String,
    label: String,
    api_key: Option<SecretText>,
    seen: &str,
) -> StoreEdit {
    let key = api_key.as_ref().map_or("", SecretText::expose);
    StoreEdit {
        store_name: store_name.trim().to_owned(),
        label: label.trim().to_owned(),
        api_key: SecretText::new(key.trim()),
        // One that cannot be read is nobody's version.
        seen: UtcMillis(seen.parse().unwrap_or_default()),
    }
}

pub(super) async fn edit_store(id: &str, edit: StoreEdit) -> Result<Added, ApiError> {
    let (services, caller) = enter()?;
    let id = id_in_form(id)?;
    let result = reply(try_and_edit(&services, &caller, id, &edit).await);
    let flash = match &result {
        Ok(Added::Saved(_)) => Flash::notice(SAVED.to_owned()),
        Ok(Added::Refused(report)) => with_edited(Flash::report(EDIT_FORM, report), &edit),
        Err(error) => with_edited(Flash::refused(EDIT_FORM, error), &edit),
    };
    leave(&routes::store(id), Some(flash));
    result
}

/// A new key is shown step by step when it does not work, as that of a new store is.
async fn try_and_edit(
    services: &Services,
    caller: &Caller,
    id: StoreUid,
    edit: &StoreEdit,
) -> Result<Added, ApiError> {
    if !edit.api_key.expose().is_empty() {
        let detail = services.store_detail(caller, id).await?;
        let new = NewStore {
            store_id: detail.store.store_id.to_string(),
            api_key: edit.api_key.clone(),
            store_name: String::new(),
            label: String::new(),
        };
        let report = services.try_credentials(caller, &new).await?;
        if !report.passed {
            return Ok(Added::Refused(report));
        }
    }
    services
        .edit_store(caller, id, edit)
        .await
        .map(Added::Saved)
}

fn with_edited(flash: Flash, edit: &StoreEdit) -> Flash {
    flash.with_values([("store_name", &edit.store_name), ("label", &edit.label)])
}

pub(super) async fn restore_store(id: &str) -> Result<String, ApiError> {
    let (services, caller) = enter()?;
    let result = reply(match parse_id(id) {
        Ok(id) => services.restore_store(&caller, id).await,
        Err(error) => Err(error),
    });
    match &result {
        Ok(store) => leave(
            &routes::store(store.id),
            Some(Flash::notice(format!("{} is restored.", store.store_name))),
        ),
        Err(error) => leave(routes::STORES, Some(Flash::refused(RESTORE_FORM, error))),
    }
    result.map(|store| store.store_name)
}

pub(super) async fn delete_store(id: &str, typed_name: &str) -> Result<String, ApiError> {
    let (services, caller) = enter()?;
    let id = id_in_form(id)?;
    let result = reply(delete_if_meant(&services, &caller, id, typed_name).await);
    match &result {
        Ok(name) => leave(
            routes::STORES,
            Some(Flash::notice(format!(
                "{name} was removed. It can be restored for 7 days."
            ))),
        ),
        Err(error) => leave(&routes::store(id), Some(Flash::refused(DELETE_FORM, error))),
    }
    result
}

async fn delete_if_meant(
    services: &Services,
    caller: &Caller,
    id: StoreUid,
    typed_name: &str,
) -> Result<String, ApiError> {
    let stores = services.list_stores(caller).await?;
    let store = stores
        .into_iter()
        .find(|store| store.id == id)
        .ok_or_else(no_such_store)?;
    if typed_name.trim() != store.store_name {
        return Err(ApiError::invalid(
            "typed_name",
            "This is not the store's name. Type it exactly as it stands above.",
        ));
    }
    let input = DeleteStore {
        store_identifier: store.store_id.to_string(),
    };
    services
        .call::<StoresDelete>(caller, input)
        .await
        .map(|deleted| deleted.store_name)
}

fn added(store: &StoreView) -> String {
    format!("{} was added.", store.store_name)
}

fn with_typed(flash: Flash, new: &NewStore) -> Flash {
    flash.with_values([
        ("store_id", &new.store_id),
        ("store_name", &new.store_name),
        ("label", &new.label),
    ])
}
