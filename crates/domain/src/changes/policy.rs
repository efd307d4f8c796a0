//! Whether a key may make a change by itself: pure.

use orderdesk_mcp_contract::{Access, KeyPolicy, Money};

use super::operation::Operation;
use super::plan::Planned;
use super::record::Record;

/// What the policy says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ruling {
    /// At once.
    Go,
    /// When a person has approved it; why.
    Wait(Vec<String>),
    /// Never; why, and what to do.
    Refuse(String),
}

/// What is ruled on.
pub(super) struct Case<'a> {
    pub(super) access: Access,
    pub(super) policy: &'a KeyPolicy,
    pub(super) tool: &'a str,
    pub(super) planned: &'a Planned,
    pub(super) before: Option<&'a Record>,
}

pub(super) fn rule(case: &Case<'_>) -> Ruling {
    if let Some(refusal) = folder_refusal(case) {
        return Ruling::Refuse(refusal);
    }
    let mut reasons = Vec::new();
    if case.access < Access::Write {
        reasons.push("The key may propose changes, not make them.".to_owned());
    }
    let rules = &case.policy.approval;
    if rules.tools.contains(case.tool) {
        reasons.push(format!("Changes by `{}` wait for a person.", case.tool));
    }
    let operation = &case.planned.operation;
    if rules.deletes && matches!(operation, Operation::DeleteOrder) {
        reasons.push("Deleting an order waits for a person.".to_owned());
    }
    if rules.address_changes && changes_address(case.planned) {
        reasons.push("Changing an address waits for a person.".to_owned());
    }
    if let Some(amount) = rules.amount
        && case.planned.money >= amount
        && case.planned.money > Money::ZERO
    {
        reasons.push(format!(
            "It moves the order's total by {}; from {amount} on a person decides.",
            case.planned.money
        ));
    }
    if reasons.is_empty() {
        Ruling::Go
    } else {
        Ruling::Wait(reasons)
    }
}

fn folder_refusal(case: &Case<'_>) -> Option<String> {
    let allowed = case.policy.folders.as_ref()?;
    let folder_of = |record: Option<&Record>| record?.order()?.folder_id().map(|id| id.to_string());
    let before = folder_of(case.before);
    let after = folder_of(case.planned.after.as_ref());
    let is_order = case.planned.operation.record_kind()
        == orderdesk_mcp_contract::views::change::RecordKind::Order;
    // A new order that names no folder goes into the store's first one, which nobody allowed.
    let needs_one =
        matches!(case.planned.operation, Operation::CreateOrder { .. }) && after.is_none();
    let outside = [before, after]
        .into_iter()
        .flatten()
        .any(|folder| !allowed.contains(&folder));
    (is_order && (outside || needs_one)).then(|| {
        "This key may change orders in some folders only, and this change touches another one. Ask the owner of the workspace, or change it in Order Desk.".to_owned()
    })
}

fn changes_address(planned: &Planned) -> bool {
    let is_address = |first: &str| matches!(first, "shipping" | "customer" | "return_address");
    !matches!(planned.operation, Operation::CreateOrder { .. })
        && planned
            .diff
            .iter()
            .any(|change| is_address(change.path.first()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use orderdesk::{Json, Order};

    use super::*;
    use crate::changes::plan::plan;

    fn order(text: &str) -> Record {
        Record::Order(Order::try_from(Json::parse(text).unwrap()).unwrap())
    }

    const BEFORE: &str = r#"{"id":"1","folder_id":5,"shipping":{"city":"Austin"},"shipping_total":1,
        "order_items":[{"id":"7","price":10,"quantity":1}]}"#;

    fn ruling(access: Access, policy: &KeyPolicy, operation: &Operation) -> Ruling {
        let before = order(BEFORE);
        let planned = plan(operation, Some(&before)).unwrap();
        rule(&Case {
            access,
            policy,
            tool: "orders_update",
            planned: &planned,
            before: Some(&before),
        })
    }

    fn update(from: &str, to: &str) -> Operation {
        let (before, after) = (order(BEFORE), order(&BEFORE.replace(from, to)));
        Operation::UpdateOrder {
            diff: before.diff(&after),
        }
    }

    #[test]
    fn the_table_of_rulings() {
        let city = update("Austin", "Reno");
        let dearer = update(r#""shipping_total":1"#, r#""shipping_total":51"#);
        let quiet = KeyPolicy::default();
        let strict = |change: fn(&mut KeyPolicy)| {
            let mut policy = KeyPolicy::default();
            change(&mut policy);
            policy
        };
        let folders = strict(|p| p.folders = Some(BTreeSet::from(["6".to_owned()])));
        let moves = Operation::MoveOrder {
            folder_id: "6".into(),
            folder_name: "Six".into(),
        };
        let both = strict(|p| p.folders = Some(BTreeSet::from(["5".to_owned(), "6".to_owned()])));
        let cases = [
            (Access::Write, &quiet, &city, "go"),
            (Access::Propose, &quiet, &city, "wait"),
            (Access::Write, &quiet, &Operation::DeleteOrder, "wait"),
            (
                Access::Write,
                &strict(|p| p.approval.deletes = false),
                &Operation::DeleteOrder,
                "go",
            ),
            (
                Access::Write,
                &strict(|p| p.approval.address_changes = true),
                &city,
                "wait",
            ),
            (
                Access::Write,
                &strict(|p| p.approval.address_changes = true),
                &dearer,
                "go",
            ),
            (
                Access::Write,
                &strict(|p| p.approval.amount = "50".parse().ok()),
                &dearer,
                "wait",
            ),
            (
                Access::Write,
                &strict(|p| p.approval.amount = "50.01".parse().ok()),
                &dearer,
                "go",
            ),
            (
                Access::Write,
                &strict(|p| p.approval.tools = BTreeSet::from(["orders_update".to_owned()])),
                &city,
                "wait",
            ),
            (Access::Write, &folders, &city, "refuse"),
            (Access::Write, &folders, &moves, "refuse"),
            (Access::Write, &both, &moves, "go"),
        ];
        for (place, (access, policy, operation, expected)) in cases.into_iter().enumerate() {
            let found = match ruling(access, policy, operation) {
                Ruling::Go => "go",
                Ruling::Wait(reasons) => {
                    assert!(!reasons.is_empty());
                    "wait"
                }
                Ruling::Refuse(_) => "refuse",
            };
            assert_eq!(found, expected, "case {place}");
        }
    }
}
