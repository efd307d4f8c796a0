//! A form of limits that was refused without script, drawn again as it was sent.

use orderdesk_mcp_contract::{ApiError, KeyId};
use orderdesk_mcp_domain::Caller;
use serde::{Deserialize, Serialize};

use super::super::super::view::{PolicyForm, PolicyView, Tick};
use super::policy::{SOME, other_folder};
use crate::backend::{is_native_form, keep, take};

/// Where the session keeps it until then; a cookie is too small for all of it.
const REFUSED: &str = "refused_policy";

/// A policy that was refused, and the key that it was for; none for one that is still to be made.
#[derive(Serialize, Deserialize)]
struct Refused<F> {
    key: Option<KeyId>,
    form: F,
}

/// Leaves a refused policy for the page that a form without script leads to. All of it, or what was ticked and not shown
/// again would be lost with the next try: the key would reach further than its maker meant.
pub(super) async fn leave_policy(
    caller: &Caller,
    key: Option<KeyId>,
    form: &PolicyForm,
) -> Result<(), ApiError> {
    if !is_native_form() {
        return Ok(());
    }
    keep(REFUSED, caller, &Refused { key, form }).await
}

/// The policy as it was left by a refused form, if one was about this key.
pub(super) async fn left_policy(
    caller: &Caller,
    key: Option<KeyId>,
    view: PolicyView,
) -> Result<PolicyView, ApiError> {
    let left: Option<Refused<PolicyForm>> = take(REFUSED, caller).await?;
    Ok(match left.filter(|left| left.key == key) {
        Some(left) => as_typed(view, &left.form),
        None => view,
    })
}

/// The form as it was sent: what `view` says can be chosen, with all that was typed and ticked.
fn as_typed(view: PolicyView, form: &PolicyForm) -> PolicyView {
    let ticked = |ticks: Vec<Tick>, on: &[String]| {
        let tick = |tick: Tick| Tick {
            is_on: on.contains(&tick.value),
            ..tick
        };
        ticks.into_iter().map(tick).collect::<Vec<_>>()
    };
    let mut folders = ticked(view.folders, &form.folders);
    for id in &form.folders {
        if folders.iter().all(|tick| tick.value != *id) {
            folders.push(other_folder(id));
        }
    }
    PolicyView {
        limits_tools: form.limit_tools == SOME,
        tools: ticked(view.tools, &form.tools),
        limits_folders: form.limit_folders == SOME,
        folders,
        approval_tools: ticked(view.approval_tools, &form.approval_tools),
        deletes: !form.deletes.is_empty(),
        address_changes: !form.address_changes.is_empty(),
        amount: form.amount.clone(),
        window_minutes: form.window_minutes.parse().unwrap_or(view.window_minutes),
        changes: form.changes.clone(),
        orders: form.orders.clone(),
        money: form.money.clone(),
        addresses: form.addresses.clone(),
    }
}

#[cfg(test)]
mod tests {
    use orderdesk_mcp_contract::KeyPolicy;
    use orderdesk_mcp_contract::views::change::FolderChoice;

    use super::super::policy::policy_view;
    use super::*;

    #[test]
    fn a_refused_form_is_drawn_as_it_was_sent() {
        let choices = [FolderChoice {
            store_name: "Main".into(),
            sandbox: false,
            folder_id: "5".into(),
            folder_name: "New".into(),
        }];
        let names = ["orders_list".to_owned(), "orders_update".to_owned()];
        let view = policy_view(&KeyPolicy::default(), &names, &choices);
        let sent = PolicyForm {
            limit_tools: "some".into(),
            tools: vec!["orders_list".into()],
            limit_folders: "some".into(),
            folders: vec!["5".into(), "7".into()],
            approval_tools: vec!["orders_update".into()],
            deletes: String::new(),
            address_changes: "on".into(),
            amount: "a lot".into(),
            window_minutes: "10080".into(),
            changes: "3".into(),
            orders: "2".into(),
            money: "5".into(),
            addresses: "home".into(),
        };
        let drawn = as_typed(view, &sent);
        let on = |ticks: &[Tick]| {
            let on = ticks.iter().filter(|tick| tick.is_on);
            on.map(|tick| tick.value.clone()).collect::<Vec<_>>()
        };
        let again = PolicyForm {
            limit_tools: if drawn.limits_tools { "some" } else { "all" }.into(),
            tools: on(&drawn.tools),
            limit_folders: if drawn.limits_folders { "some" } else { "all" }.into(),
            folders: on(&drawn.folders),
            approval_tools: on(&drawn.approval_tools),
            deletes: if drawn.deletes { "on" } else { "" }.into(),
            address_changes: if drawn.address_changes { "on" } else { "" }.into(),
            amount: drawn.amount,
            window_minutes: drawn.window_minutes.to_string(),
            changes: drawn.changes,
            orders: drawn.orders,
            money: drawn.money,
            addresses: drawn.addresses,
        };
        assert_eq!(again, sent, "sent again, it means the same");
    }
}
