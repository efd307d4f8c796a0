//! Canaries through every tool.

use orderdesk_mcp_contract::tools::catalog;
use orderdesk_sim::{Action, Fault, ForeignEdit, Sim};
use serde_json::{Value, json};

use super::desk::Desk;
use super::kinds::{
    CARD, CITY, COMPANY, EMAIL, FIELD, FIRST_NAME, GIFT, LAST_NAME, METADATA, NOTE, PAYMENT, PHONE,
    POSTCODE, REASON, SAID, STREET,
};
use crate::matrix::{assert_complete, tools};
use crate::support::{STORE_ID, STORE_KEY};

/// A tool, and what it is asked with beside what the matrix asks it with.
type Row = (&'static str, fn() -> Value);

/// It takes nothing of a customer's and no secret besides what the matrix gives it.
const NOTHING: fn() -> Value = || json!({});

const ROWS: [Row; 24] = [
    ("stores_list", NOTHING),
    ("tenant_use_master_key", NOTHING),
    ("stores_resolve", NOTHING),
    ("stores_use_store", NOTHING),
    ("orders_get", NOTHING),
    ("orders_list", filters),
    ("products_get", NOTHING),
    ("products_list", NOTHING),
    ("changes_list", NOTHING),
    ("changes_get", NOTHING),
    ("changes_undo", NOTHING),
    ("orders_create", || json!({ "order_data": new_order() })),
    (
        "orders_update",
        || json!({ "changes": changes("changed.example") }),
    ),
    ("orders_move", NOTHING),
    ("orders_add_note", || json!({ "note": NOTE })),
    ("orders_add_shipment", NOTHING),
    ("orders_add_items", NOTHING),
    ("orders_update_item", NOTHING),
    ("orders_remove_item", NOTHING),
    ("products_update", NOTHING),
    ("products_adjust_stock", NOTHING),
    ("orders_delete", NOTHING),
    ("stores_register", || json!({ "api_key": STORE_KEY })),
    ("stores_delete", NOTHING),
];

/// An address of the customer's.
fn address() -> Value {
    json!({
        "first_name": FIRST_NAME, "last_name": LAST_NAME, "company": COMPANY, "address1": STREET, "city": CITY,
        "postal_code": POSTCODE, "country": "GB", "phone": PHONE,
    })
}

fn email(host: &str) -> String {
    format!("{EMAIL}@{host}")
}

fn new_order() -> Value {
    json!({
        "email": email("new.example"), "shipping": address(), "customer": address(), "cc_number": CARD,
        "processor_response": PAYMENT, "checkout_data": { FIELD: GIFT }, "order_metadata": { "kept": METADATA },
        "order_notes": [{ "content": NOTE }], "order_items": [{ "name": "Pen" }],
    })
}

fn changes(host: &str) -> Value {
    json!({
        "email": email(host), "customer": address(), "checkout_data": { "Message": format!("{GIFT} again") },
        "order_metadata": { "kept": format!("{METADATA} again") }, "order_notes": [{ "content": format!("{NOTE} again") }],
    })
}

fn filters() -> Value {
    json!({
        "email": email("canary.example"), "customer_first_name": FIRST_NAME, "customer_last_name": LAST_NAME,
        "customer_company": COMPANY, "customer_address1": STREET, "customer_phone": PHONE,
        "shipping_first_name": FIRST_NAME, "shipping_last_name": LAST_NAME, "shipping_company": COMPANY,
        "shipping_address1": STREET, "shipping_phone": PHONE,
    })
}

/// Fills every order of the store with a customer's data.
pub(super) fn plant(sim: &Sim) {
    let ids = sim.order_ids(STORE_ID);
    assert!(!ids.is_empty(), "the store has orders");
    for id in ids {
        let members = json!({
            "email": email("canary.example"), "shipping": address(), "customer": address(),
            "processor_response": PAYMENT, "checkout_data": { FIELD: GIFT }, "order_metadata": { "kept": METADATA },
            "order_notes": [{ "date_added": "2026-01-10 09:10:00", "username": "Support", "content": NOTE }],
        });
        let members = members.as_object().unwrap().clone();
        let is_there = sim.edit_order(STORE_ID, id, |order| order.extend(members));
        assert!(is_there, "{id}");
    }
}

/// The same with more members, which take the place of those that are there.
fn with(mut arguments: Value, more: Value) -> Value {
    let members = arguments.as_object_mut().unwrap();
    members.extend(more.as_object().unwrap().clone());
    arguments
}

/// What no tool takes all of: what is given to the wrong tool is hidden as well.
fn stray(desk: &Desk) -> Value {
    json!({
        "first_name": FIRST_NAME, "email": email("stray.example"), "address1": STREET, "phone": PHONE, "note": NOTE,
        "cc_number": CARD, "processor_response": PAYMENT, "reason": REASON, "api_key": STORE_KEY,
        "master_key": desk.f.owner, "customer": address(),
    })
}

fn is_ok(result: &Value) -> bool {
    result.is_object() && result["isError"] != json!(true)
}

/// Asks for every tool of the contract, rightly and wrongly.
pub(super) async fn ask_for_all(desk: &mut Desk) {
    let offered = catalog::offered();
    assert_complete(
        "tools",
        offered.iter().map(|spec| spec.name.to_owned()).collect(),
        ROWS.iter().map(|(tool, _)| (*tool).to_owned()).collect(),
    );
    propose(desk).await;
    let owner = desk.f.owner.clone();
    for row in &tools::ROWS {
        let (_, more) = ROWS.iter().find(|(tool, _)| *tool == row.tool).unwrap();
        let arguments = with((row.arguments)(&desk.f), more());
        let wrong = with(arguments.clone(), stray(desk));
        let refused = desk.call(&owner, row.tool, wrong).await;
        assert!(!is_ok(&refused), "{} takes anything", row.tool);
        // What takes the store away comes when all was looked at.
        if row.tool != "stores_delete" {
            let answer = ask_rightly(desk, &owner, row.tool, arguments).await;
            // Order Desk knows no such store.
            assert!(
                is_ok(&answer) || row.tool == "stores_register",
                "{}",
                row.tool
            );
        }
    }
    let unknown = stray(desk);
    let refused = desk.call(&owner, "no_such_tool", unknown).await;
    assert!(!is_ok(&refused));
    was_sent_on(desk);
}

/// Whatever is written is written for a reason.
async fn ask_rightly(desk: &mut Desk, key: &str, tool: &str, arguments: Value) -> Value {
    let is_write = catalog::find(tool).unwrap().need.is_write();
    let reason = if is_write {
        json!({ "reason": REASON })
    } else {
        json!({})
    };
    desk.call(key, tool, with(arguments, reason)).await
}

/// A change that waits, for the pages that show what it changes.
async fn propose(desk: &mut Desk) {
    let proposer = desk.f.proposer.clone();
    let wish = json!({
        "store_identifier": desk.f.store_name(), "order_id": desk.f.order_id,
        "changes": changes("proposed.example"),
    });
    let answer = ask_rightly(desk, &proposer, "orders_update", wish).await;
    let change = &answer["structuredContent"]["change_id"];
    desk.f.waiting_id = change.as_str().expect("it waits").to_owned();
}

/// Order Desk got what customers' canaries it was to get; it would have nothing to answer with otherwise.
fn was_sent_on(desk: &Desk) {
    let log = serde_json::to_string(&desk.f.server.upstream.log()).unwrap();
    for canary in [
        FIRST_NAME, LAST_NAME, COMPANY, STREET, CITY, POSTCODE, EMAIL, PHONE, CARD, PAYMENT, GIFT,
        NOTE, METADATA, FIELD,
    ] {
        assert!(log.contains(canary), "{canary} did not reach Order Desk");
    }
}

/// Removes the store, once everything was looked at.
pub(super) async fn remove_the_store(desk: &mut Desk) {
    let owner = desk.f.owner.clone();
    let store = json!({ "store_identifier": desk.f.store_name() });
    desk.call(&owner, "stores_delete", store).await;
}

/// Order Desk refuses a change, and repeats what it was sent.
pub(super) async fn refused_by_order_desk(desk: &mut Desk) -> String {
    let words = format!("Invalid e-mail address {SAID}");
    desk.search.sends(&words);
    let fault = Fault::on("PUT", "/orders/*", Action::Refused(words));
    ask_for_a_failure(desk, "1001", json!({ "email": "a@refused.example" }), fault).await
}

/// Somebody else changes the same field, whose name a customer chose.
pub(super) async fn changed_by_somebody_else(desk: &mut Desk) -> String {
    let theirs = ForeignEdit::merge(json!({ "checkout_data": { FIELD: "theirs" } }));
    let fault = Fault::on("GET", "/orders/*", Action::ForeignEdit(theirs));
    let ours = json!({ "checkout_data": { FIELD: "ours" } });
    ask_for_a_failure(desk, "1002", ours, fault).await
}

/// Has a change of an order fail, and gives its id.
async fn ask_for_a_failure(desk: &mut Desk, order: &str, changes: Value, fault: Fault) -> String {
    let owner = desk.f.owner.clone();
    desk.f.server.upstream.fault(fault);
    let wish = json!({
        "store_identifier": desk.f.store_name(), "order_id": order, "changes": changes,
    });
    let answer = desk.call(&owner, "orders_update", wish).await;
    assert!(!is_ok(&answer), "the change of {order} went through");
    let pending = desk.f.server.upstream.pending_faults();
    assert_eq!(pending, 0, "the fault met nothing");
    let of_order = json!({ "order_id": order });
    let listed = desk.call(&owner, "changes_list", of_order).await;
    let id = &listed["structuredContent"]["changes"][0]["id"];
    let id = id.as_str().unwrap().to_owned();
    let change = json!({ "change_id": id });
    assert!(is_ok(&desk.call(&owner, "changes_get", change).await));
    id
}
