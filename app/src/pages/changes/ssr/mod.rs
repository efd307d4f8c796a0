//! The server's side of the changes' pages: ask the use cases, put the answer into words, and say where a form without
//! script goes next.

mod describe;
mod undo;
mod words;

use orderdesk_mcp_contract::views::change::ChangeQuery;
use orderdesk_mcp_contract::{ApiError, ChangeId, ChangeState, ErrorCode, Right};
use orderdesk_mcp_domain::{Caller, Services};

use super::super::CARD_FIELDS;
use super::super::filter::Filter;
use super::super::look::said;
use super::super::view::{ApprovalsView, ChangeView, ChangesView, Choices};
use super::DECIDE_FORM;
use crate::backend::{enter, leave, reply};
use crate::flash::Flash;
use crate::parts::format::store_in_words;
use crate::routes;

pub(super) use undo::undo;

/// Changes on one page of the list.
const PAGE: u32 = 50;
/// Proposals looked through, and proposals shown with what they hold: with more the page would be slow.
const WAITING_MAX: u32 = 200;
const CARDS: usize = 10;

pub(super) async fn list(filter: &str) -> Result<ChangesView, ApiError> {
    let (services, caller) = enter()?;
    let filter = Filter::parse(filter);
    let query = ChangeQuery {
        states: states_of(&filter.state).to_vec(),
        store: filter.store.parse().ok(),
        record_id: Some(filter.order).filter(|id| !id.is_empty()),
        key: filter.key.parse().ok(),
        tool: None,
        before: filter.before.parse().ok(),
        limit: PAGE,
    };
    let page = reply(services.list_changes(&caller, &query).await)?;
    let last = page.changes.last().map(|change| change.id.to_string());
    Ok(ChangesView {
        as_of: page.as_of,
        older: last.filter(|_| page.has_more),
        rows: page.changes.iter().map(describe::row).collect(),
        waiting: page.waiting,
    })
}

/// The states behind a tab; none for all of them.
fn states_of(tab: &str) -> &'static [ChangeState] {
    match tab {
        "waiting" => &[ChangeState::Proposed],
        "done" => &[ChangeState::Verified],
        "trouble" => &[
            ChangeState::Conflict,
            ChangeState::Unknown,
            ChangeState::NotApplied,
            ChangeState::Refused,
            ChangeState::Expired,
        ],
        "undone" => &[ChangeState::Undone],
        _ => &[],
    }
}

pub(super) async fn choices() -> Result<Choices, ApiError> {
    let (services, caller) = enter()?;
    let stores = reply(services.list_stores(&caller).await)?;
    let actors = reply(services.actors(&caller).await)?;
    Ok(Choices {
        stores: stores
            .into_iter()
            .map(|store| {
                let name = store_in_words(&store.store_name, store.sandbox);
                (store.id.to_string(), name)
            })
            .collect(),
        keys: actors
            .into_iter()
            .map(|(id, name)| (id.to_string(), name))
            .collect(),
    })
}

pub(super) async fn approvals() -> Result<ApprovalsView, ApiError> {
    let (services, caller) = enter()?;
    let query = ChangeQuery {
        states: vec![ChangeState::Proposed],
        limit: WAITING_MAX,
        ..ChangeQuery::default()
    };
    let page = reply(services.list_changes(&caller, &query).await)?;
    let mut changes = Vec::new();
    // What waits longest ends first.
    for summary in page.changes.iter().rev().take(CARDS) {
        let mut change = reply(find(&services, &caller, summary.id, 0).await)?;
        // A card shows the first fields, and leads to the page that has it all.
        change.diff.truncate(CARD_FIELDS);
        change.deleted.truncate(1);
        change.json.clear();
        changes.push(change);
    }
    Ok(ApprovalsView {
        as_of: page.as_of,
        waiting: page.waiting,
        changes,
        stops: reply(services.write_stops(&caller).await)?,
        no_stop: caller.why_not(Right::Stop),
    })
}

async fn find(
    services: &Services,
    caller: &Caller,
    id: ChangeId,
    from: usize,
) -> Result<ChangeView, ApiError> {
    let detail = services.change_detail(caller, id).await?;
    Ok(describe::view(&detail, caller, from))
}

pub(super) async fn change(id: &str, with_undo: bool, from: &str) -> Result<ChangeView, ApiError> {
    let (services, caller) = enter()?;
    let id = reply(parse_id(id))?;
    // An address that somebody wrote by hand shows the beginning.
    let from = from.parse().unwrap_or(0);
    let mut view = reply(find(&services, &caller, id, from).await)?;
    if with_undo && view.can_undo {
        view.undo = Some(undo::preview(&services, &caller, id).await);
    }
    Ok(view)
}

pub(super) async fn approve(id: &str, plan_hash: &str, back: &str) -> Result<ChangeView, ApiError> {
    let (services, caller) = enter()?;
    let id = id_in_form(id)?;
    let result = services.approve_change(&caller, id, plan_hash).await;
    decided(&caller, id, back, result)
}

pub(super) async fn deny(id: &str, reason: &str, back: &str) -> Result<ChangeView, ApiError> {
    let (services, caller) = enter()?;
    let id = id_in_form(id)?;
    let reason = Some(reason.trim()).filter(|reason| !reason.is_empty());
    let result = services.deny_change(&caller, id, reason).await;
    decided(&caller, id, back, result)
}

fn decided(
    caller: &Caller,
    id: ChangeId,
    back: &str,
    result: Result<orderdesk_mcp_contract::views::change::ChangeDetail, ApiError>,
) -> Result<ChangeView, ApiError> {
    let result = reply(result.map(|detail| describe::view(&detail, caller, 0)));
    let flash = match &result {
        Ok(view) => Flash::notice(said(view.row.state)),
        Err(error) => Flash::refused(DECIDE_FORM, error),
    };
    let own_page = routes::change(id);
    let back = if back.is_empty() { &own_page } else { back };
    leave(routes::safe_path(back), Some(flash));
    result
}

/// The id in a change's address.
fn parse_id(id: &str) -> Result<ChangeId, ApiError> {
    id.parse().map_err(|_| {
        ApiError::new(
            ErrorCode::NotFound,
            "There is no such change in this workspace.",
        )
    })
}

/// The id that a form sent; one that cannot be any change's leads on to the page that says so.
fn id_in_form(id: &str) -> Result<ChangeId, ApiError> {
    let parsed = reply(parse_id(id));
    if parsed.is_err() {
        leave(routes::safe_path(&routes::change(id)), None);
    }
    parsed
}
