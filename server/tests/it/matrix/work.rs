//! Whether a store or a change is another's or nobody's cannot be told by the time an answer takes: both are the same work. The
//! work is counted, not timed: statements to the database, by the log, and requests to Order Desk.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use super::fixture::{Fixture, nobodys};
use crate::support::{Browser, Database, STORE_ID};

/// Identifiers as a stranger may try them: another's, and of the same form but nobody's.
fn pairs(f: &Fixture) -> [(String, String); 3] {
    [
        (f.store_name(), "Nobodysname Books".into()),
        (STORE_ID.into(), "9999".into()),
        (f.store_uid.clone(), nobodys(&f.store_uid)),
    ]
}

/// What one request had to do: its statements about stores and changes, in order, and the requests to Order Desk. Looking up the
/// caller is left out: it is remembered for two seconds, and the same for everybody.
async fn work(f: &Fixture, request_id: &str) -> (Vec<String>, usize) {
    let closing = format!("\"request_id\":\"{request_id}\",\"method\"");
    let deadline = Instant::now() + Duration::from_secs(10);
    while !f.server.logged().contains(&closing) {
        assert!(Instant::now() < deadline, "{}", f.server.logged());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let log = f.server.logged();
    let statements = log
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|line| line["target"] == "sqlx::query" && line["span"]["request_id"] == request_id)
        .map(|line| format!("{} {}", line["summary"], line["db.statement"]))
        .filter(|statement| statement.contains(" stores") || statement.contains(" changes"));
    (statements.collect(), f.server.upstream.log().len())
}

/// A stranger's work for one form of a request.
async fn of_tool(
    f: &Fixture,
    tool: &str,
    identifier: &str,
    request_id: &str,
) -> (Vec<String>, usize) {
    f.server.upstream.clear_log();
    let name = if tool == "stores_resolve" || tool == "stores_use_store" {
        "identifier"
    } else {
        "store_identifier"
    };
    let mut arguments = json!({ name: identifier });
    if tool.starts_with("orders_") && tool != "orders_list" {
        arguments["order_id"] = f.order_id.clone().into();
    }
    match tool {
        "products_get" => arguments["product_id"] = f.product_id.clone().into(),
        "products_adjust_stock" => {
            arguments["product_id"] = f.product_id.clone().into();
            arguments["by"] = 1.into();
        }
        "orders_update" => arguments["changes"] = json!({ "email": "work@example.com" }),
        "changes_get" | "changes_undo" => arguments = json!({ "change_id": identifier }),
        _ => {}
    }
    let message = json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": { "name": tool, "arguments": arguments },
    });
    let request = f
        .server
        .mcp(Some(&f.stranger))
        .header("x-request-id", request_id);
    let answer = request.body(message.to_string()).send().await.unwrap();
    assert!(answer.text().await.unwrap().contains("\"isError\":true"));
    work(f, request_id).await
}

async fn of_server_fn(
    f: &Fixture,
    stranger: &Browser,
    path: &str,
    id: &str,
    request_id: &str,
) -> (Vec<String>, usize) {
    f.server.upstream.clear_log();
    let form = format!("id={id}&typed_name=x&scope=store&target={id}");
    let request = f
        .server
        .request(Method::POST, path)
        .header("x-request-id", request_id)
        .header("sec-fetch-site", "same-origin")
        .header("accept", "application/json")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("cookie", stranger.cookie.as_deref().unwrap());
    let answer = request.body(form).send().await.unwrap();
    assert_eq!(answer.status(), 404, "{path}");
    work(f, request_id).await
}

#[tokio::test]
async fn what_is_anothers_costs_what_is_nobodys() {
    for database in Database::each() {
        let f = Fixture::on(database).await;
        for tool in [
            "stores_resolve",
            "stores_use_store",
            "stores_delete",
            "orders_list",
            "orders_get",
            "products_list",
            "products_get",
            "orders_update",
            "orders_delete",
            "products_adjust_stock",
            "changes_list",
        ] {
            for (n, (anothers, nobodys)) in pairs(&f).into_iter().enumerate() {
                let anothers = of_tool(&f, tool, &anothers, &format!("{tool}-{n}-a")).await;
                let nobodys = of_tool(&f, tool, &nobodys, &format!("{tool}-{n}-n")).await;
                assert_eq!(anothers, nobodys, "{tool} {n}");
                assert!(!anothers.0.is_empty(), "{tool}: nothing was counted");
            }
        }
        for tool in ["changes_get", "changes_undo"] {
            let anothers = of_tool(&f, tool, &f.change_id, &format!("{tool}-a")).await;
            let nobodys = of_tool(&f, tool, &nobodys(&f.change_id), &format!("{tool}-n")).await;
            assert_eq!(anothers, nobodys, "{tool}");
            assert!(!anothers.0.is_empty(), "{tool}: nothing was counted");
        }
        let stranger = Browser::signed_in(&f.server, &f.stranger).await;
        for (n, path) in [
            "/api/get_store",
            "/api/test_store",
            "/api/delete_store",
            "/api/stop_writes",
        ]
        .into_iter()
        .enumerate()
        {
            let anothers =
                of_server_fn(&f, &stranger, path, &f.store_uid, &format!("fn-{n}-a")).await;
            let nobodys = of_server_fn(
                &f,
                &stranger,
                path,
                &nobodys(&f.store_uid),
                &format!("fn-{n}-n"),
            )
            .await;
            assert_eq!(anothers, nobodys, "{path}");
            assert!(!anothers.0.is_empty(), "{path}: nothing was counted");
        }
    }
}
