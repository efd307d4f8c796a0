//! The form of what a key may change.

use leptos::prelude::*;
use orderdesk_mcp_contract::{ApiError, KeyId};
use server_fn::ServerFn as _;

use super::api::{POLICY_FORM, SetKeyPolicy};
use super::view::{PolicyView, Tick};
use crate::parts::{
    Look, Markup, Text, TextField, Whole, el, hidden, post_form, refusal, submit_button, toast,
    told,
};
use crate::transport::{Data, Submission};

/// Longest number or amount that is typed.
const NUMBER_MAX: usize = 20;
/// Longest list of addresses that is typed: 100 networks, which a policy can have, of 43 characters at most and a blank.
const ADDRESSES_MAX: usize = 4_400;
/// Windows to choose from, in minutes.
const WINDOWS: [(u32, &str); 5] = [
    (15, "15 minutes"),
    (60, "an hour"),
    (1_440, "a day"),
    (10_080, "a week"),
    (43_200, "30 days"),
];

/// The form belongs to the page, not to what is shown: that is read anew after it.
#[derive(Clone, Copy)]
struct Saving(Submission);

/// For the page of a key: says that a policy was saved, and shows what it means.
pub(super) fn provide_policy_form(data: Data) {
    let save = Submission::new();
    provide_context(Saving(save));
    Effect::new(move |_| {
        if let Some(Ok(said)) = save.answer::<String>() {
            toast(said);
            data.refetch();
        }
    });
}

/// All limits of a key in one form.
pub(super) fn policy_card(id: KeyId, policy: PolicyView, is_master: bool) -> AnyView {
    let Saving(save) = expect_context();
    let refused = refusal(save, POLICY_FORM);
    let mut form = vec![
        told(in_general(refused, &[])),
        hidden("id", id.to_string()).whole(),
    ];
    form.extend(policy_fields(policy, is_master, refused));
    form.push(submit_button(
        Look::Primary,
        save.pending(),
        "",
        "Save the limits",
    ));
    card(save, form)
}

/// What a refusal says that is about none of the text fields, which say it themselves: those of a policy, and `others`.
pub(super) fn in_general(
    refused: Signal<Option<ApiError>>,
    others: &'static [&'static str],
) -> Signal<Option<ApiError>> {
    Signal::derive(move || {
        refused.get().filter(|error| {
            let field = error.field.as_deref();
            field.is_none_or(|field| !FIELDS.contains(&field) && !others.contains(&field))
        })
    })
}

/// The fields of a policy, in groups.
pub(super) fn policy_fields(
    policy: PolicyView,
    is_master: bool,
    refused: Signal<Option<ApiError>>,
) -> Vec<AnyView> {
    let PolicyView {
        limits_tools,
        tools,
        limits_folders,
        folders,
        approval_tools,
        deletes,
        address_changes,
        amount,
        window_minutes,
        changes,
        orders,
        money,
        addresses,
    } = policy;
    let window = el("label")
        .class("field")
        .child(el("span").class("field-label").text("Within"))
        .child(window(window_minutes));
    let number = move |name: &'static str, label: &'static str, saved: String| {
        view! { <TextField name label optional=true max=NUMBER_MAX value=saved refusal=refused/> }
            .whole()
    };
    let [delete, address] = always_wait(deletes, address_changes);
    let numbers = el("div").class("policy-numbers").around(vec![
        number(CHANGES, "Changes", changes),
        number(ORDERS, "Orders and products", orders),
        number(MONEY, "Money moved", money),
    ]);
    vec![
        el("fieldset").around(vec![
            legend("Waits for a person").whole(),
            delete,
            address,
            number(AMOUNT, "Moving a total by this much or more", amount),
            ticks(
                "Every change of some tools",
                "policy[approval_tools][]",
                approval_tools,
            )
            .whole(),
        ]),
        el("fieldset").around(vec![
            legend("Budget").whole(),
            hint("Beyond it, changes are refused before Order Desk is asked. Blank is no limit.")
                .whole(),
            window.whole(),
            numbers,
        ]),
        tool_limits(is_master, limits_tools, tools),
        folder_limits(limits_folders, folders),
        el("fieldset").around(vec![
            legend("Addresses").whole(),
            view! {
                <TextField
                    name=ADDRESSES label="Only from these addresses" optional=true max=ADDRESSES_MAX mono=true
                    value=addresses refusal=refused
                    help="Addresses such as 203.0.113.7 or networks such as 10.0.0.0/8, apart by blanks. Blank is from anywhere."
                />
            }
            .whole(),
        ]),
    ]
}

fn card(save: Submission, form: Vec<AnyView>) -> AnyView {
    el("section")
        .class("card policy")
        .with("aria-labelledby", "policy-title")
        .around(vec![
            el("h2")
                .with("id", "policy-title")
                .text("What this key may change")
                .whole(),
            post_form(save, SetKeyPolicy::url(), form),
        ])
}

/// The two kinds of change that can always wait for a person.
fn always_wait(deletes: bool, address_changes: bool) -> [AnyView; 2] {
    [
        check(
            "checkbox",
            "policy[deletes]",
            "on",
            "Deleting an order",
            deletes,
        )
        .whole(),
        check(
            "checkbox",
            "policy[address_changes]",
            "on",
            "Changing an address",
            address_changes,
        )
        .whole(),
    ]
}

fn tool_limits(is_master: bool, is_limited: bool, tools: Vec<Tick>) -> AnyView {
    const MASTER: &str = "A master key may always use all tools; this limits API keys.";
    group("Tools")
        .maybe(is_master.then(|| hint(MASTER)))
        .children(all_or_some(
            "policy[limit_tools]",
            ["All that its access allows", "Only these"],
            is_limited,
        ))
        .child(ticks("Choose the tools", "policy[tools][]", tools))
        .whole()
}

fn folder_limits(is_limited: bool, folders: Vec<Tick>) -> AnyView {
    group("Folders")
        .children(all_or_some(
            "policy[limit_folders]",
            ["Orders in all folders", "Only orders in these"],
            is_limited,
        ))
        .child(ticks("Choose the folders", "policy[folders][]", folders))
        .whole()
}

pub(super) fn hint(text: &'static str) -> Markup {
    el("p").class("hint").text(text)
}

pub(super) fn legend(text: &'static str) -> Markup {
    el("legend").text(text)
}

fn group(title: &'static str) -> Markup {
    el("fieldset").child(legend(title))
}

const AMOUNT: &str = "policy[amount]";
const CHANGES: &str = "policy[changes]";
const ORDERS: &str = "policy[orders]";
const MONEY: &str = "policy[money]";
const ADDRESSES: &str = "policy[addresses]";
const FIELDS: [&str; 5] = [AMOUNT, CHANGES, ORDERS, MONEY, ADDRESSES];

fn check(
    kind: &'static str,
    name: &'static str,
    value: impl Into<Text>,
    label: impl Into<Text>,
    is_on: bool,
) -> Markup {
    el("label")
        .class("check")
        .child(
            el("input")
                .with("type", kind)
                .with("name", name)
                .with("value", value)
                .flag("checked", is_on),
        )
        .child(el("span").text(label))
}

/// All, or only what is ticked below.
fn all_or_some(name: &'static str, labels: [&'static str; 2], is_limited: bool) -> [Markup; 2] {
    let [all, some] = labels;
    [
        check("radio", name, "all", all, !is_limited),
        check("radio", name, "some", some, is_limited),
    ]
}

/// A list to tick, folded away while nothing in it is.
fn ticks(summary: &'static str, name: &'static str, ticks: Vec<Tick>) -> Markup {
    if ticks.is_empty() {
        return hint("There are none to choose from just now.");
    }
    let is_open = ticks.iter().any(|tick| tick.is_on);
    let item =
        |tick: Tick| el("li").child(check("checkbox", name, tick.value, tick.label, tick.is_on));
    el("details")
        .class("ticks")
        .flag("open", is_open)
        .child(el("summary").text(summary))
        .child(el("ul").children(ticks.into_iter().map(item)))
}

fn window(window_minutes: u32) -> Markup {
    let own = (!WINDOWS
        .iter()
        .any(|(minutes, _)| *minutes == window_minutes))
    .then(|| {
        (
            window_minutes,
            Text::from(format!("{window_minutes} minutes")),
        )
    });
    let known = WINDOWS.map(|(minutes, label)| (minutes, Text::from(label)));
    let option = |(minutes, label): (u32, Text)| {
        el("option")
            .with("value", minutes.to_string())
            .flag("selected", minutes == window_minutes)
            .text(label)
    };
    el("select")
        .class("input")
        .with("name", "policy[window_minutes]")
        .children(known.into_iter().chain(own).map(option))
}
