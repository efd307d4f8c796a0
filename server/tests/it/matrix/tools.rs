//! Every tool × every kind of caller.

use orderdesk_mcp_contract::Access;
use orderdesk_mcp_contract::tool::Need;
use orderdesk_mcp_contract::tools::catalog;
use serde_json::{Value, json};

use super::assert_complete;
use super::fixture::{CANARY, Fixture};
use crate::support::Database;

/// How to ask for a tool of the first workspace.
pub(crate) struct Row {
    pub(crate) tool: &'static str,
    pub(crate) arguments: fn(&Fixture) -> Value,
    /// What the second workspace's owner gets for the same arguments: a refusal, or an answer of its own.
    strangers: Stranger,
}

/// A change that no workspace has.
const NOBODYS_CHANGE: &str = "01kb9ct5q80000000000000000";

#[derive(PartialEq)]
enum Stranger {
    IsRefused,
    SeesOnlyTheirOwn,
}

fn on_store(f: &Fixture, mut other: Value) -> Value {
    other["store_identifier"] = f.store_name().into();
    other
}

fn on_order(f: &Fixture, mut other: Value) -> Value {
    other["order_id"] = f.order_id.clone().into();
    on_store(f, other)
}

/// In the order they are asked; what takes something away comes last.
pub(crate) const ROWS: [Row; 24] = [
    Row {
        tool: "stores_list",
        arguments: |_| json!({}),
        strangers: Stranger::SeesOnlyTheirOwn,
    },
    Row {
        tool: "tenant_use_master_key",
        arguments: |f| json!({ "master_key": f.owner }),
        strangers: Stranger::IsRefused,
    },
    Row {
        tool: "stores_resolve",
        arguments: |f| json!({ "identifier": f.store_name() }),
        strangers: Stranger::IsRefused,
    },
    Row {
        tool: "stores_use_store",
        arguments: |f| json!({ "identifier": f.store_name() }),
        strangers: Stranger::IsRefused,
    },
    Row {
        tool: "orders_get",
        arguments: |f| json!({ "store_identifier": f.store_name(), "order_id": f.order_id }),
        strangers: Stranger::IsRefused,
    },
    Row {
        tool: "orders_list",
        arguments: |f| json!({ "store_identifier": f.store_name() }),
        strangers: Stranger::IsRefused,
    },
    Row {
        tool: "products_get",
        arguments: |f| json!({ "store_identifier": f.store_name(), "product_id": f.product_id }),
        strangers: Stranger::IsRefused,
    },
    Row {
        tool: "products_list",
        arguments: |f| json!({ "store_identifier": f.store_name() }),
        strangers: Stranger::IsRefused,
    },
    Row {
        tool: "changes_list",
        arguments: |_| json!({}),
        strangers: Stranger::SeesOnlyTheirOwn,
    },
    Row {
        tool: "changes_get",
        arguments: |f| json!({ "change_id": f.change_id }),
        strangers: Stranger::IsRefused,
    },
    Row {
        tool: "changes_undo",
        arguments: |f| json!({ "change_id": f.change_id }),
        strangers: Stranger::IsRefused,
    },
    Row {
        tool: "orders_create",
        arguments: |f| {
            on_store(
                f,
                json!({ "order_data": { "shipping": { "company": "Acme" }, "order_items": [{ "name": "Pen" }] } }),
            )
        },
        strangers: Stranger::IsRefused,
    },
    Row {
        tool: "orders_update",
        arguments: |f| on_order(f, json!({ "changes": { "email": "matrix@example.com" } })),
        strangers: Stranger::IsRefused,
    },
    Row {
        tool: "orders_move",
        arguments: |f| on_order(f, json!({ "folder": "Prepared" })),
        strangers: Stranger::IsRefused,
    },
    Row {
        tool: "orders_add_note",
        arguments: |f| on_order(f, json!({ "note": "Hello" })),
        strangers: Stranger::IsRefused,
    },
    Row {
        tool: "orders_add_shipment",
        arguments: |f| on_order(f, json!({ "tracking_number": "1Z999" })),
        strangers: Stranger::IsRefused,
    },
    Row {
        tool: "orders_add_items",
        arguments: |f| on_order(f, json!({ "items": [{ "name": "Pen" }] })),
        strangers: Stranger::IsRefused,
    },
    Row {
        tool: "orders_update_item",
        arguments: |f| {
            on_order(
                f,
                json!({ "order_item_id": f.item_id, "changes": { "quantity": 5 } }),
            )
        },
        strangers: Stranger::IsRefused,
    },
    Row {
        tool: "orders_remove_item",
        arguments: |f| on_order(f, json!({ "order_item_id": f.item_id })),
        strangers: Stranger::IsRefused,
    },
    Row {
        tool: "products_update",
        arguments: |f| {
            on_store(
                f,
                json!({ "product_id": f.product_id, "changes": { "location": "Matrix" } }),
            )
        },
        strangers: Stranger::IsRefused,
    },
    Row {
        tool: "products_adjust_stock",
        arguments: |f| on_store(f, json!({ "product_id": f.product_id, "by": 3 })),
        strangers: Stranger::IsRefused,
    },
    Row {
        tool: "orders_delete",
        arguments: |f| on_order(f, json!({})),
        strangers: Stranger::IsRefused,
    },
    Row {
        tool: "stores_register",
        arguments: |_| json!({ "store_id": "8", "api_key": "wrongKey01234567890123456789012345678901", "store_name": "x" }),
        strangers: Stranger::IsRefused,
    },
    Row {
        tool: "stores_delete",
        arguments: |f| json!({ "store_identifier": f.store_name() }),
        strangers: Stranger::IsRefused,
    },
];

#[tokio::test]
async fn every_tool_knows_its_callers() {
    let offered = catalog::offered()
        .iter()
        .map(|spec| spec.name.to_owned())
        .collect();
    assert_complete(
        "tools",
        offered,
        ROWS.iter().map(|row| row.tool.to_owned()).collect(),
    );

    for database in Database::each() {
        let f = Fixture::on(database).await;
        for row in &ROWS {
            let arguments = (row.arguments)(&f);
            no_credential_no_answer(&f, row.tool, &arguments).await;
            the_stranger(&f, row, &arguments).await;
            the_reader(&f, row.tool, &arguments).await;
            the_proposer(&f, row.tool, &arguments).await;
        }
        for row in &ROWS {
            the_owner(&f, row).await;
        }
    }
}

async fn the_owner(f: &Fixture, row: &Row) {
    let answer = f
        .server
        .call(Some(&f.owner), row.tool, (row.arguments)(f))
        .await;
    let expected = row.tool != "stores_register";
    assert_eq!(
        answer.is_ok(),
        expected,
        "the owner at {}: {answer:?}",
        row.tool
    );
}

async fn no_credential_no_answer(f: &Fixture, tool: &str, arguments: &Value) {
    for (what, key) in [
        ("nobody", None),
        ("revoked", Some(&f.revoked)),
        ("expired", Some(&f.expired)),
    ] {
        let answer = f
            .server
            .call(key.map(String::as_str), tool, arguments.clone())
            .await;
        assert_eq!(answer.status, 401, "{what} at {tool}");
        assert!(
            !answer.body.to_string().contains(CANARY),
            "{what} at {tool}"
        );
    }
}

async fn the_stranger(f: &Fixture, row: &Row, arguments: &Value) {
    for name in [row.tool.to_owned(), row.tool.replacen('_', ".", 1)] {
        let answer = f
            .server
            .call(Some(&f.stranger), &name, arguments.clone())
            .await;
        match row.strangers {
            Stranger::IsRefused => assert!(answer.is_refused(), "a stranger at {name}: {answer:?}"),
            Stranger::SeesOnlyTheirOwn => {
                assert!(answer.is_ok(), "a stranger at {name}: {answer:?}");
            }
        }
        // What was asked for may be quoted, so a refusal is compared with that for a name nobody has.
        let text = answer.body.to_string();
        assert!(!text.contains(&f.store_uid), "a stranger at {name}: {text}");
        if row.strangers == Stranger::SeesOnlyTheirOwn {
            assert!(!text.contains(CANARY), "a stranger at {name}: {text}");
        }
        let unknown = arguments
            .to_string()
            .replace(CANARY, "Nobodysname")
            .replace(&f.change_id, NOBODYS_CHANGE);
        let unknown: Value = serde_json::from_str(&unknown).unwrap();
        let answer = f.server.call(Some(&f.stranger), &name, unknown).await;
        assert_eq!(
            answer.body.to_string().replace("Nobodysname", CANARY),
            text,
            "{name} must not tell what is another's from what is not there"
        );
    }
}

async fn the_reader(f: &Fixture, tool: &str, arguments: &Value) {
    let spec = catalog::find(tool).unwrap();
    if spec.need == Need::Access(Access::Read) {
        return;
    }
    let answer = f
        .server
        .call(Some(&f.reader), tool, arguments.clone())
        .await;
    assert!(
        answer.is_refused(),
        "a key that may only read, at {tool}: {answer:?}"
    );
}

/// What may only be proposed is answered with where a person decides, and nothing is written.
async fn the_proposer(f: &Fixture, tool: &str, arguments: &Value) {
    if !catalog::find(tool).unwrap().need.is_write() {
        return;
    }
    f.server.upstream.clear_log();
    let answer = f
        .server
        .call(Some(&f.proposer), tool, arguments.clone())
        .await;
    let receipt = answer.result();
    assert_eq!(receipt["status"], "pending", "{tool}: {answer:?}");
    let page = receipt["approval"]["page_url"].as_str().unwrap();
    assert!(page.contains("/changes/"), "{tool}: {page}");
    let log = f.server.upstream.log();
    assert!(log.iter().all(|entry| entry.method == "GET"), "{tool}");
}
