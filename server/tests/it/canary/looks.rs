//! Everywhere that a canary could be seen.

use orderdesk_mcp_server::http::routes;
use reqwest::StatusCode;

use super::desk::Desk;
use super::kinds::{PASSWORD, Place};
use crate::matrix::{pages, server_fns};
use crate::support::Browser;

/// Every page, as whoever this is.
pub(super) async fn pages(desk: &mut Desk, whose: &str, browser: &Browser) {
    for (template, address, _) in pages::ROWS {
        let address = address(&desk.f);
        desk.open(&mut browser.clone(), whose, template, &address)
            .await;
    }
}

/// The page of a change, and what it is made of.
pub(super) async fn change(desk: &mut Desk, whose: &str, browser: &Browser, id: &str) {
    let mut browser = browser.clone();
    let address = format!("/changes/{id}");
    let (status, _) = desk
        .open(&mut browser, whose, "/changes/{id}", &address)
        .await;
    assert_eq!(status, StatusCode::OK, "{address}{whose}");
    desk.post(&mut browser, whose, "/api/get_change", &[("id", id)])
        .await;
}

/// Every server function, as whoever this is; with ids that nobody has where that keeps things as they are.
pub(super) async fn functions(desk: &mut Desk, whose: &str, browser: &Browser, is_harmless: bool) {
    for (path, _, form) in server_fns::ROWS {
        let mut form = form(&desk.f);
        if is_harmless {
            form = server_fns::harmless(&desk.f, form);
        }
        let form: Vec<(&str, &str)> = form
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        // Signed out, nothing more could be asked for.
        let mut browser = if path == "/api/sign_out" {
            Browser::default()
        } else {
            browser.clone()
        };
        desk.post(&mut browser, whose, path, &form).await;
    }
}

/// What recorded calls carried, as whoever may read it: customers' data is hidden in it.
pub(super) async fn payloads(desk: &mut Desk) {
    let mut owner = desk.owner.clone();
    let (trace, other) = (desk.f.trace_id.clone(), desk.f.other_trace_id.clone());
    let forms = [
        ("/api/read_trace", vec![("id", trace.as_str())]),
        ("/api/read_trace", vec![("id", other.as_str())]),
        (
            "/api/compare_traces",
            vec![
                ("a", trace.as_str()),
                ("b", other.as_str()),
                ("carried", "yes"),
            ],
        ),
    ];
    for (path, form) in forms {
        let (status, text) = desk.post(&mut owner, " of the owner", path, &form).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        assert!(text.contains("[hidden: "), "{path} shows what was carried");
    }
}

/// Recorded calls as files, and how they could be had by whoever may look.
pub(super) async fn files(desk: &mut Desk, whose: &str, browser: &Browser) {
    for format in ["csv", "jsonl", "otlp"] {
        let address = format!("/traces/export?format={format}");
        let answer = browser.clone().open(&desk.f.server, &address).await;
        assert_eq!(answer.status(), StatusCode::OK, "{address}{whose}");
        desk.look(Place::Export, format, whose, answer).await;
    }
}

/// What whoever looks after the server has: a workspace as a file, and the settings in force.
pub(super) async fn instance(desk: &mut Desk) {
    let create = [
        "user",
        "create",
        "--tenant",
        "Stranger",
        "--email",
        "root@example.com",
        "--role",
        "viewer",
        "--instance-admin",
    ];
    desk.search.sends(PASSWORD);
    let made = desk.f.server.command(&create, PASSWORD).await;
    for (whose, said) in [("", &made.out), (", as an error", &made.err)] {
        desk.search
            .look(Place::Page, "user create", whose, said.as_bytes());
    }
    made.out_if_ok();
    let mut root = Browser::signed_in_as(&desk.f.server, "root@example.com", PASSWORD).await;
    let whose = " of whoever looks after the server";
    let tenant = desk.f.tenant_id.clone();
    let form = [("id", tenant.as_str())];
    let export = root.post(&desk.f.server, "/api/export_tenant", &form).await;
    assert_eq!(export.status(), StatusCode::OK);
    desk.look(Place::Export, "workspace", whose, export).await;
    let (status, _) = desk.open(&mut root, whose, "/instance", "/instance").await;
    assert_eq!(status, StatusCode::OK);
    desk.post(&mut root, whose, "/api/list_tenants", &[]).await;
}

/// Everything of the operator's port.
pub(super) async fn operator(desk: &mut Desk) {
    for route in routes::operator() {
        let answer = desk.f.server.get_ops(&route.path).await;
        desk.look(Place::Metrics, &route.path, "", answer).await;
    }
}

/// The database as it is now.
pub(super) fn database(desk: &mut Desk, when: &str) {
    let contents = desk.f.database.contents(desk.f.server.data.path());
    assert!(!contents.is_empty(), "the database is there");
    for (name, bytes) in contents {
        desk.search.look(Place::Database, &name, when, &bytes);
    }
}
