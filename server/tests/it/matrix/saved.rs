//! What the owner of the first workspace saves.

use super::fixture::CANARY;
use crate::support::{Browser, TestServer};

/// Saves a call in the console, and gives its id.
pub(super) async fn save_call(server: &TestServer, owner: &str) -> String {
    let mut browser = Browser::signed_in(server, owner).await;
    let call = [
        ("tool", "orders_list"),
        ("name", CANARY),
        ("arguments", "{}"),
    ];
    let saved = browser.post(server, "/api/save_console_call", &call).await;
    serde_json::from_str(&saved.text().await.unwrap()).unwrap()
}

/// Keeps a query of recorded calls under a name, and gives the view's id.
pub(super) async fn save_view(server: &TestServer, owner: &str) -> String {
    let mut browser = Browser::signed_in(server, owner).await;
    let view = [("name", CANARY), ("query", "status:error")];
    let saved = browser.post(server, "/api/save_trace_view", &view).await;
    assert!(saved.status().is_success());
    let list = browser.post(server, "/api/list_traces", &[]).await;
    let list: serde_json::Value = serde_json::from_str(&list.text().await.unwrap()).unwrap();
    let steps = list["views"].as_array().unwrap().iter();
    let mut values = steps.filter_map(|step| step.as_str()?.strip_prefix("@value="));
    let id = values.next().expect("the form that changes it");
    id.to_owned()
}

/// Adds an alert, and gives its id.
pub(super) async fn save_alert(server: &TestServer, owner: &str) -> String {
    let alert = [
        ("name", CANARY),
        ("query", "status:error"),
        ("threshold", "10000"),
        ("window", "1"),
    ];
    added(server, owner, ["save_alert", "list_alerts"], &alert).await
}

/// Adds a scheduled export into the server's folder, and gives its id.
pub(super) async fn save_schedule(server: &TestServer, owner: &str) -> String {
    let schedule = [
        ("name", CANARY),
        ("format", "csv"),
        ("rhythm", "daily"),
        ("place", "folder"),
    ];
    let functions = ["save_schedule", "list_schedules"];
    added(server, owner, functions, &schedule).await
}

/// Sends a form, and gives the first value in what is then drawn: the id in the form that changes it.
async fn added(
    server: &TestServer,
    owner: &str,
    functions: [&str; 2],
    form: &[(&str, &str)],
) -> String {
    let mut browser = Browser::signed_in(server, owner).await;
    let [save, list] = functions.map(|name| format!("/api/{name}"));
    let saved = browser.post(server, &save, form).await;
    assert!(saved.status().is_success(), "{save}: {saved:?}");
    let list = browser.post(server, &list, &[]).await;
    let list: Vec<String> = serde_json::from_str(&list.text().await.unwrap()).unwrap();
    let mut values = list.iter().filter_map(|step| step.strip_prefix("@value="));
    values.next().expect("a form").to_owned()
}
