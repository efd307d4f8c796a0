//! Canaries typed into the web app.

use serde_json::json;

use super::desk::Desk;
use super::kinds::{EMAIL, FIRST_NAME, NOTE, PASSWORD, REASON, SEARCHED};
use crate::support::{Browser, STORE_ID, STORE_KEY};

const OWNER: &str = " of the owner";

/// What is looked for: in lists, in the search of everything, and in addresses of pages and files.
pub(super) async fn searches(desk: &mut Desk) {
    let mut owner = desk.owner.clone();
    let before_all = "0".repeat(26);
    for (path, field) in [
        ("/api/list_traces", "query"),
        ("/api/newer_traces", "query"),
        ("/api/count_traces", "query"),
        ("/api/complete_query", "typed"),
        ("/api/list_changes", "filter"),
        ("/api/search", "text"),
    ] {
        let form = [(field, SEARCHED), ("after", before_all.as_str())];
        let (status, _) = desk.post(&mut owner, OWNER, path, &form).await;
        assert!(status.is_success(), "{path}");
    }
    for (template, address) in [
        ("/traces", format!("/traces?q={SEARCHED}")),
        ("/changes", format!("/changes?order={SEARCHED}")),
    ] {
        let (status, _) = desk.open(&mut owner, OWNER, template, &address).await;
        assert!(status.is_success(), "{template}");
    }
}

/// Signing in: with a key, which is right, and with a password, which is wrong and right.
pub(super) async fn sign_ins(desk: &mut Desk) {
    let (owner, email) = (desk.f.owner.clone(), "joiner@Alphacanary.example");
    for (form, is_right) in [
        (vec![("master_key", owner.as_str())], true),
        (vec![("email", email), ("password", PASSWORD)], true),
        (
            vec![
                ("email", "nobody@Alphacanary.example"),
                ("password", PASSWORD),
            ],
            false,
        ),
    ] {
        let mut browser = Browser::default();
        let (status, _) = desk.post(&mut browser, "", "/api/sign_in", &form).await;
        assert_eq!(status.is_success(), is_right, "{status}");
    }
}

/// A store's key, in every form that takes one.
pub(super) async fn store_keys(desk: &mut Desk) {
    let mut owner = desk.owner.clone();
    let uid = desk.f.store_uid.clone();
    let key = ("api_key", STORE_KEY);
    for (path, form) in [
        ("/api/check_store", vec![("store_id", STORE_ID), key]),
        ("/api/add_store", vec![("store_id", STORE_ID), key]),
        ("/api/check_store", vec![("store_id", "8"), key]),
        ("/api/add_store", vec![("store_id", "8"), key]),
        (
            "/api/edit_store",
            vec![
                ("id", uid.as_str()),
                ("store_name", "Mine"),
                ("seen", "1"),
                key,
            ],
        ),
    ] {
        desk.post(&mut owner, OWNER, path, &form).await;
    }
}

/// The console: runs, calls that are saved, and what is shown of them again.
pub(super) async fn console(desk: &mut Desk) {
    let mut owner = desk.owner.clone();
    let store = desk.f.store_name();
    let email = format!("{EMAIL}@console.example");
    let change = json!({
        "store_identifier": store, "order_id": desk.f.order_id, "reason": REASON,
        "changes": { "email": email, "order_notes": [{ "content": NOTE }] },
    });
    for (tool, arguments, dry_run) in [
        (
            "orders_list",
            json!({ "store_identifier": store, "email": email, "customer_first_name": FIRST_NAME }),
            "false",
        ),
        ("orders_update", change.clone(), "true"),
        (
            "tenant_use_master_key",
            json!({ "master_key": desk.f.owner }),
            "false",
        ),
        (
            "stores_register",
            json!({ "store_id": "8", "api_key": STORE_KEY }),
            "false",
        ),
    ] {
        let arguments = arguments.to_string();
        let form = [
            ("tool", tool),
            ("arguments", arguments.as_str()),
            ("dry_run", dry_run),
        ];
        let (status, _) = desk
            .post(&mut owner, OWNER, "/api/run_console_tool", &form)
            .await;
        assert!(status.is_success(), "{tool} in the console: {status}");
    }
    let change = change.to_string();
    let key = json!({ "store_id": "8", "api_key": STORE_KEY }).to_string();
    for (tool, arguments) in [
        ("orders_update", change.as_str()),
        ("stores_register", key.as_str()),
    ] {
        let form = [("tool", tool), ("name", tool), ("arguments", arguments)];
        let saved = desk
            .post(&mut owner, OWNER, "/api/save_console_call", &form)
            .await;
        let id: String = serde_json::from_str(&saved.1).unwrap();
        let form = [("call", id.as_str())];
        desk.post(&mut owner, OWNER, "/api/get_console_tool", &form)
            .await;
        let address = format!("/console?call={id}");
        desk.open(&mut owner, OWNER, "/console", &address).await;
    }
}
