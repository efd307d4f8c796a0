//! Between a policy and its form.

use std::collections::BTreeSet;
use std::str::FromStr;

use ipnet::IpNet;
use orderdesk_mcp_contract::tools::catalog;
use orderdesk_mcp_contract::views::change::FolderChoice;
use orderdesk_mcp_contract::{
    ApiError, ApprovalRules, Budget, KeyPolicy, Money, network_text, read_network,
};

use super::super::super::view::{PolicyForm, PolicyView, Tick};
use crate::parts::format::store_in_words;

/// What the form sends for only the ticked ones.
pub(super) const SOME: &str = "some";

/// A policy as its form shows it. `names` are the tools, `choices` the folders to choose from.
pub(super) fn policy_view(
    policy: &KeyPolicy,
    names: &[String],
    choices: &[FolderChoice],
) -> PolicyView {
    let KeyPolicy {
        tools,
        folders,
        approval,
        budget,
        addresses,
    } = policy;
    let shown = |text: Option<String>| text.unwrap_or_default();
    PolicyView {
        limits_tools: tools.is_some(),
        tools: names
            .iter()
            .map(|name| {
                tool(
                    name,
                    tools.as_ref().is_some_and(|tools| tools.contains(name)),
                )
            })
            .collect(),
        limits_folders: folders.is_some(),
        folders: folder_ticks(choices, folders.as_ref()),
        approval_tools: names
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
        addresses: addresses
            .iter()
            .map(network_text)
            .collect::<Vec<_>>()
            .join(" "),
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
        label: format!(
            "{} · {}",
            choice.folder_name,
            store_in_words(&choice.store_name, choice.sandbox)
        ),
        is_on: is_chosen(&choice.folder_id),
    });
    let is_known = |id: &&String| choices.iter().any(|choice| choice.folder_id == **id);
    let others = chosen.into_iter().flatten().filter(|id| !is_known(id));
    known.chain(others.map(|id| other_folder(id))).collect()
}

/// One that is chosen and cannot be had now.
pub(super) fn other_folder(id: &str) -> Tick {
    Tick {
        value: id.to_owned(),
        label: format!("Folder {id}"),
        is_on: true,
    }
}

/// The policy that was typed.
pub(super) fn policy_of(form: &PolicyForm) -> Result<KeyPolicy, ApiError> {
    let some = |limit: &str, ticked: &[String]| {
        (limit == SOME).then(|| ticked.iter().cloned().collect::<BTreeSet<_>>())
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
        addresses: networks(&form.addresses)?,
    })
}

/// The networks that were typed.
fn networks(text: &str) -> Result<BTreeSet<IpNet>, ApiError> {
    let typed = text.split([' ', ',', ';', '\n', '\r', '\t']);
    let read = typed.filter(|one| !one.is_empty()).map(|one| {
        read_network(one).ok_or_else(|| {
            ApiError::invalid(
                form_field("addresses"),
                "These must be addresses such as 203.0.113.7 or networks such as 10.0.0.0/8, apart by blanks.",
            )
        })
    });
    read.collect()
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
pub(super) fn form_field(part: &str) -> String {
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
    fn networks_are_typed_in_any_way_and_shown_in_one() {
        let policy = policy_of(&PolicyForm {
            addresses: " 203.0.113.7,10.1.2.3/8\n2001:db8::/32 ".into(),
            ..form()
        })
        .unwrap();
        let shown = policy_view(&policy, &[], &[]).addresses;
        assert_eq!(shown, "10.0.0.0/8 203.0.113.7 2001:db8::/32");
        let refused = policy_of(&PolicyForm {
            addresses: "10.0.0.0/8 home".into(),
            ..form()
        })
        .unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("policy[addresses]"));
        assert!(!refused.message.contains("home"));
    }

    #[test]
    fn folders_that_cannot_be_had_stay_ticked() {
        let choice = |store: &str, sandbox, id: &str| FolderChoice {
            store_name: store.into(),
            sandbox,
            folder_id: id.into(),
            folder_name: "New".into(),
        };
        let choices = [choice("Main", false, "5"), choice("Try", true, "6")];
        let chosen = BTreeSet::from(["7".to_owned()]);
        let ticks = folder_ticks(&choices, Some(&chosen));
        let ticks: Vec<_> = ticks
            .iter()
            .map(|tick| (tick.value.as_str(), tick.label.as_str(), tick.is_on))
            .collect();
        assert_eq!(
            ticks,
            [
                ("5", "New · Main", false),
                ("6", "New · Try (sandbox)", false),
                ("7", "Folder 7", true)
            ]
        );
    }
}
