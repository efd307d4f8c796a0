//! Wrong arguments of the tools that write: each is answered by a sentence that names the argument and what is accepted.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

use orderdesk_mcp_contract::tool::{Tool, ToolSpec};
use orderdesk_mcp_contract::tools::changes::{ChangesGet, ChangesList, ChangesUndo};
use orderdesk_mcp_contract::tools::orders::{
    OrdersAddItems, OrdersAddNote, OrdersAddShipment, OrdersCreate, OrdersMove, OrdersUpdate,
    OrdersUpdateItem,
};
use orderdesk_mcp_contract::tools::products::{ProductsAdjustStock, ProductsUpdate, StockChange};
use orderdesk_mcp_contract::tools::receipt::WriteOptions;
use orderdesk_mcp_contract::tools::write::WriteInput as _;
use orderdesk_mcp_contract::tools::{catalog, input};
use orderdesk_mcp_contract::{ApiError, ErrorCode};
use serde_json::{Value, json};

fn read<T: Tool>(arguments: Value) -> Result<T::Input, ApiError> {
    let arguments = arguments.as_object().cloned().unwrap();
    input::read::<T>(&ToolSpec::of::<T>(), arguments)
}

/// The sound arguments with some of them replaced; those that become null are left out.
fn with(mut sound: Value, other: &Value) -> Value {
    let all = sound.as_object_mut().unwrap();
    for (name, value) in other.as_object().unwrap() {
        all.insert(name.clone(), value.clone());
    }
    all.retain(|_, value| !value.is_null());
    sound
}

/// Checks that the sound arguments are taken, and that each change of them is refused by the name it stands beside.
fn refuses<T: Tool>(sound: &Value, faults: &[(&str, Value)]) {
    assert!(read::<T>(sound.clone()).is_ok(), "{}", T::NAME);
    for (field, fault) in faults {
        let at = format!("{} {fault}", T::NAME);
        let refused = read::<T>(with(sound.clone(), fault))
            .err()
            .unwrap_or_else(|| panic!("{at}"));
        assert_eq!(refused.code, ErrorCode::Invalid, "{at}: {refused:?}");
        let named = refused.field.as_deref().unwrap_or_default();
        assert!(named.starts_with(field), "{at}: {refused:?}");
        let says = refused.message.contains(&format!("`{field}")) && refused.message.len() > 20;
        assert!(says, "{at}: {refused:?}");
    }
}

#[test]
fn what_every_write_takes_is_checked_for_every_write() {
    let sound = json!({
        "store_identifier": "Main", "order_id": 1, "product_id": 1, "order_item_id": 1, "change_id": "01kb9ct5q8000000000000001a",
        "order_data": { "a": 1 }, "changes": { "a": 1 }, "folder": "New", "note": "Hello", "tracking_number": "n/a",
        "items": [{ "name": "A" }], "by": 1,
        "reason": "The customer asked.", "if_version": "v1", "idempotency_key": "k", "dry_run": true,
    });
    let faults = [
        ("reason", json!({ "reason": " " })),
        ("reason", json!({ "reason": "x".repeat(501) })),
        ("reason", json!({ "reason": "two\nlines" })),
        ("if_version", json!({ "if_version": "" })),
        ("if_version", json!({ "if_version": 7 })),
        (
            "idempotency_key",
            json!({ "idempotency_key": "x".repeat(201) }),
        ),
        ("dry_run", json!({ "dry_run": "yes" })),
        ("store_identifier", json!({ "store_identifier": "" })),
        ("no_such", json!({ "no_such": 1 })),
    ];
    macro_rules! each_write {
        ($($tool:ty),* $(,)?) => {$({
            let spec = ToolSpec::of::<$tool>();
            if spec.need.is_write() {
                let names = spec.argument_names();
                let mut own = sound.clone();
                own.as_object_mut().unwrap().retain(|name, _| names.contains(&name.as_str()));
                let known = |field: &str| field == "no_such" || names.contains(&field);
                let faults: Vec<_> = faults.iter().filter(|(field, _)| known(field)).cloned().collect();
                assert!(faults.len() >= 8, "{}", spec.name);
                refuses::<$tool>(&own, &faults);
            }
        })*};
    }
    orderdesk_mcp_contract::for_each_tool!(each_write);
    let writes = catalog::offered()
        .iter()
        .filter(|spec| spec.need.is_write());
    assert_eq!(writes.count(), 12);
}

#[test]
fn orders() {
    refuses::<OrdersCreate>(
        &json!({ "order_data": { "email": "a@example.com" } }),
        &[
            ("order_data", json!({ "order_data": {} })),
            ("order_data", json!({ "order_data": [] })),
            ("order_data", json!({ "order_data": null })),
        ],
    );
    refuses::<OrdersUpdate>(
        &json!({ "order_id": "1", "changes": { "email": null } }),
        &[
            ("changes", json!({ "changes": {} })),
            ("changes", json!({ "changes": "email" })),
            ("order_id", json!({ "order_id": "../store" })),
            ("order_id", json!({ "order_id": null })),
            ("repeat_notes", json!({ "repeat_notes": 1 })),
        ],
    );
    refuses::<OrdersAddNote>(
        &json!({ "order_id": "1", "note": "Two\nlines" }),
        &[
            ("note", json!({ "note": "" })),
            ("note", json!({ "note": " \n " })),
            ("note", json!({ "note": "x".repeat(2001) })),
            ("note", json!({ "note": "a\u{0}b" })),
        ],
    );
    assert!(read::<OrdersAddNote>(json!({ "order_id": "1", "note": "ü".repeat(2000) })).is_ok());
    refuses::<OrdersMove>(
        &json!({ "order_id": "1", "folder": "Prepared" }),
        &[
            ("folder", json!({ "folder": " " })),
            ("folder", json!({ "folder": 5 })),
            ("folder", json!({ "folder": "x".repeat(201) })),
        ],
    );
    refuses::<OrdersAddShipment>(
        &json!({ "order_id": "1", "tracking_number": "1Z", "weight": 1.5, "cost": "7.20", "tracking_url": "https://example.com/1Z" }),
        &[
            ("tracking_number", json!({ "tracking_number": null })),
            ("tracking_number", json!({ "tracking_number": "" })),
            ("carrier_code", json!({ "carrier_code": "a\nb" })),
            ("weight", json!({ "weight": "heavy" })),
            ("cost", json!({ "cost": -1 })),
            (
                "tracking_url",
                json!({ "tracking_url": "javascript:alert(1)" }),
            ),
            ("tracking_url", json!({ "tracking_url": "https://" })),
        ],
    );
}

#[test]
fn lines() {
    let many: Vec<_> = (0..51).map(|_| json!({ "name": "A" })).collect();
    refuses::<OrdersAddItems>(
        &json!({ "order_id": "1", "items": [{ "code": "SKU" }, { "name": "A", "quantity": 2 }] }),
        &[
            ("items", json!({ "items": [] })),
            ("items", json!({ "items": many })),
            (
                "items[1]",
                json!({ "items": [{ "name": "A" }, { "price": 1 }] }),
            ),
            ("items[0]", json!({ "items": [{ "name": " " }] })),
            ("items[0]", json!({ "items": ["A"] })),
            ("items", json!({ "items": { "name": "A" } })),
        ],
    );
    refuses::<OrdersUpdateItem>(
        &json!({ "order_id": "1", "order_item_id": 7, "changes": { "quantity": 2 } }),
        &[
            ("order_item_id", json!({ "order_item_id": "a b" })),
            ("order_item_id", json!({ "order_item_id": null })),
            ("changes", json!({ "changes": {} })),
        ],
    );
}

#[test]
fn products() {
    refuses::<ProductsUpdate>(
        &json!({ "product_id": 1, "changes": { "price": "9.95" } }),
        &[
            ("product_id", json!({ "product_id": "a/b" })),
            ("changes", json!({ "changes": {} })),
        ],
    );
    refuses::<ProductsAdjustStock>(
        &json!({ "product_id": 1, "by": -5 }),
        &[
            ("by", json!({ "by": 0 })),
            ("by", json!({ "by": 1.5 })),
            ("by", json!({ "by": null })),
            ("by", json!({ "by": i64::MIN })),
            (
                "set_to",
                json!({ "by": null, "set_to": 10_000_000_000_i64 }),
            ),
        ],
    );
    let both = read::<ProductsAdjustStock>(json!({ "product_id": 1, "by": 1, "set_to": 0 }));
    let both = both.unwrap_err();
    assert!(both.message.contains("not both"), "{both}");
    let emptied = read::<ProductsAdjustStock>(json!({ "product_id": 1, "set_to": 0 })).unwrap();
    assert_eq!(emptied.stock().unwrap(), StockChange::To(0));
}

#[test]
fn changes() {
    let id = "01kb9ct5q8000000000000001a";
    refuses::<ChangesGet>(
        &json!({ "change_id": id }),
        &[
            ("change_id", json!({ "change_id": null })),
            ("change_id", json!({ "change_id": "seven" })),
            ("change_id", json!({ "change_id": id.to_uppercase() })),
        ],
    );
    refuses::<ChangesUndo>(
        &json!({ "change_id": id, "partial": true }),
        &[
            ("partial", json!({ "partial": "yes" })),
            ("change_id", json!({ "change_id": 7 })),
        ],
    );
    refuses::<ChangesList>(
        &json!({ "state": "proposed", "order_id": "1", "limit": 200, "cursor": id }),
        &[
            ("state", json!({ "state": "done" })),
            ("limit", json!({ "limit": 0 })),
            ("limit", json!({ "limit": 201 })),
            ("cursor", json!({ "cursor": "made up" })),
            ("product_id", json!({ "product_id": "a/b" })),
        ],
    );
    let both = read::<ChangesList>(json!({ "order_id": "1", "product_id": "1" })).unwrap_err();
    assert!(both.message.contains("not both"), "{both}");
}

#[test]
fn options_are_those_given() {
    let plain =
        read::<OrdersUpdate>(json!({ "order_id": "1", "changes": { "email": "" } })).unwrap();
    assert_eq!(plain.options(), WriteOptions::default());
    assert_eq!(plain.store_identifier(), None);
    let full = read::<OrdersUpdate>(json!({
        "store_identifier": "Main", "order_id": "1", "changes": { "email": "" },
        "reason": "r", "if_version": "v", "idempotency_key": "k", "dry_run": true,
    }));
    let full = full.unwrap();
    let expected = WriteOptions {
        reason: Some("r".into()),
        if_version: Some("v".into()),
        idempotency_key: Some("k".into()),
        dry_run: true,
    };
    assert_eq!(full.options(), expected);
    assert_eq!(full.store_identifier(), Some("Main"));
}
