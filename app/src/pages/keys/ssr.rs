//! The server's side of the keys' pages: between a policy and its form.

use std::collections::BTreeSet;
use std::str::FromStr;

use orderdesk_mcp_contract::tools::catalog;
use orderdesk_mcp_contract::views::change::{FolderChoice, KeyDetail};
use orderdesk_mcp_contract::{
    ApiError, ApprovalRules, Budget, ErrorCode, KeyId, KeyPolicy, Money, UtcMillis,
};
use orderdesk_mcp_domain::{Caller, Services};

use super::super::view::{KeyPageView, KeysView, PolicyForm, PolicyView, Tick};
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
    Ok(view(detail, caller.actor_id(), services.now()))
}

pub(super) async fn set_policy(id: &str, form: &PolicyForm) -> Result<String, ApiError> {
    let (services, caller) = enter()?;
    let id = id_in_form(id)?;
    let result = reply(read_and_set(&services, &caller, id, form).await);
    let said = "The limits are saved. They hold from the key's next call.";
    let flash = match &result {
        Ok(()) => Flash::notice(said),
        Err(error) => Flash::refused(POLICY_FORM, error).with_values([
            ("policy[amount]", &form.amount),
            ("policy[changes]", &form.changes),
            ("policy[orders]", &form.orders),
            ("policy[money]", &form.money),
        ]),
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
        policy: policy_view(&detail),
        stops: detail.stops,
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

fn policy_view(detail: &KeyDetail) -> PolicyView {
    let KeyPolicy {
        tools,
        folders,
        approval,
        budget,
    } = &detail.policy;
    let shown = |text: Option<String>| text.unwrap_or_default();
    PolicyView {
        limits_tools: tools.is_some(),
        tools: detail
            .tools
            .iter()
            .map(|name| {
                tool(
                    name,
                    tools.as_ref().is_some_and(|tools| tools.contains(name)),
                )
            })
            .collect(),
        limits_folders: folders.is_some(),
        folders: folder_ticks(&detail.folders, folders.as_ref()),
        approval_tools: detail
            .tools
            .iter()
            .filter(|name| changes_records(name))
            .map(|name| tool(name, approval.tools.contains(name)))
            .collect(),
        deletes: approval.deletes,
        address_changes: approval.address_changes,
        amount: shown(approval.amount.map(|amount| amount.to_string())),
        window_minutes: budget.window_minutes,
        changes: shown(budget.changes.map(|most| most.to_string())),
        orders: shown(budget.orders.map(|most| most.to_string())),
        money: shown(budget.money.map(|most| most.to_string())),
    }
}

fn tool(name: &str, is_on: bool) -> Tick {
    Tick {
        value: name.to_owned(),
        label: catalog::find(name).map_or_else(|| name.to_owned(), |spec| spec.title.to_owned()),
        is_on,
    }
}

/// Whether a tool's changes can wait for a person.
fn changes_records(name: &str) -> bool {
    catalog::find(name).is_some_and(|spec| spec.need.is_write())
}

/// The folders that can be had now, and the ones that the policy names already: saving must not lose those.
fn folder_ticks(choices: &[FolderChoice], chosen: Option<&BTreeSet<String>>) -> Vec<Tick> {
    let is_chosen = |id: &str| chosen.is_some_and(|chosen| chosen.contains(id));
    let known = choices.iter().map(|choice| Tick {
        value: choice.folder_id.clone(),
        label: format!("{} · {}", choice.folder_name, choice.store_name),
        is_on: is_chosen(&choice.folder_id),
    });
    let is_known = |id: &&String| choices.iter().any(|choice| choice.folder_id == **id);
    let others = chosen.into_iter().flatten().filter(|id| !is_known(id));
    let others = others.map(|id| Tick {
        value: id.clone(),
        label: format!("Folder {id}"),
        is_on: true,
    });
    known.chain(others).collect()
}

fn policy_of(form: &PolicyForm) -> Result<KeyPolicy, ApiError> {
    let some = |limit: &str, ticked: &[String]| {
        (limit == "some").then(|| ticked.iter().cloned().collect::<BTreeSet<_>>())
    };
    Ok(KeyPolicy {
        tools: some(&form.limit_tools, &form.tools),
        folders: some(&form.limit_folders, &form.folders),
        approval: ApprovalRules {
            tools: form.approval_tools.iter().cloned().collect(),
            deletes: !form.deletes.is_empty(),
            address_changes: !form.address_changes.is_empty(),
            amount: typed::<Money>(
                "approval.amount",
                &form.amount,
                "an amount such as 50 or 19.95",
            )?,
        },
        budget: Budget {
            window_minutes: typed(
                "budget.window_minutes",
                &form.window_minutes,
                "a number of minutes",
            )?
            .unwrap_or_default(),
            changes: typed("budget.changes", &form.changes, "a whole number")?,
            orders: typed("budget.orders", &form.orders, "a whole number")?,
            money: typed::<Money>(
                "budget.money",
                &form.money,
                "an amount such as 500 or 19.95",
            )?,
        },
    })
}

/// What was typed, if anything was.
fn typed<T: FromStr>(field: &str, text: &str, what: &str) -> Result<Option<T>, ApiError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let read = text.parse().map(Some);
    read.map_err(|_| {
        ApiError::invalid(
            form_field(field),
            format!("This must be {what}, or blank for no limit."),
        )
    })
}

/// The form's field for a part of the policy.
fn form_field(part: &str) -> String {
    if part.starts_with("policy[") {
        return part.to_owned();
    }
    let field = match part {
        "approval.tools" => "approval_tools",
        "approval.amount" => "amount",
        other => other.strip_prefix("budget.").unwrap_or(other),
    };
    format!("policy[{field}]")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> PolicyForm {
        PolicyForm {
            window_minutes: "60".into(),
            ..PolicyForm::default()
        }
    }

    #[test]
    fn what_is_blank_limits_nothing() {
        let policy = policy_of(&form()).unwrap();
        let free = KeyPolicy {
            approval: ApprovalRules {
                deletes: false,
                ..ApprovalRules::default()
            },
            ..KeyPolicy::default()
        };
        assert_eq!(policy, free);
    }

    #[test]
    fn only_the_ticked_ones_with_nothing_ticked_are_none() {
        let policy = policy_of(&PolicyForm {
            limit_tools: "some".into(),
            limit_folders: "all".into(),
            folders: vec!["5".into()],
            ..form()
        })
        .unwrap();
        assert_eq!(policy.tools, Some(BTreeSet::new()));
        assert_eq!(policy.folders, None);
    }

    #[test]
    fn what_cannot_be_read_is_refused_at_its_field() {
        for (field, form) in [
            (
                "policy[amount]",
                PolicyForm {
                    amount: "a lot".into(),
                    ..form()
                },
            ),
            (
                "policy[money]",
                PolicyForm {
                    money: "1,5".into(),
                    ..form()
                },
            ),
            (
                "policy[changes]",
                PolicyForm {
                    changes: "-1".into(),
                    ..form()
                },
            ),
            (
                "policy[orders]",
                PolicyForm {
                    orders: "1.5".into(),
                    ..form()
                },
            ),
            (
                "policy[window_minutes]",
                PolicyForm {
                    window_minutes: "x".into(),
                    ..form()
                },
            ),
        ] {
            assert_eq!(policy_of(&form).unwrap_err().field.as_deref(), Some(field));
        }
        assert_eq!(form_field("approval.tools"), "policy[approval_tools]");
        assert_eq!(
            form_field("budget.window_minutes"),
            "policy[window_minutes]"
        );
        assert_eq!(form_field("folders"), "policy[folders]");
    }

    #[test]
    fn folders_that_cannot_be_had_stay_ticked() {
        let choices = [FolderChoice {
            store_name: "Main".into(),
            folder_id: "5".into(),
            folder_name: "New".into(),
        }];
        let chosen = BTreeSet::from(["7".to_owned()]);
        let ticks = folder_ticks(&choices, Some(&chosen));
        let ticks: Vec<_> = ticks
            .iter()
            .map(|tick| (tick.value.as_str(), tick.label.as_str(), tick.is_on))
            .collect();
        assert_eq!(ticks, [("5", "New · Main", false), ("7", "Folder 7", true)]);
    }
}
