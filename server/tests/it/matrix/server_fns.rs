//! Every server function × every kind of browser.

use orderdesk_mcp_contract::{Right, Role};
use orderdesk_mcp_server::http::routes;
use reqwest::StatusCode;
use serde_json::json;

use super::fixture::{CANARY, Fixture, PASSWORD, nobodys, person};
use super::{For, assert_complete};
use crate::support::{Browser, Database};

type Form = fn(&Fixture) -> Vec<(&'static str, String)>;

const NONE: Form = |_| Vec::new();
const STORE: Form = |f| vec![("id", f.store_uid.clone())];
const CHANGE: Form = |f| vec![("id", f.waiting_id.clone())];
const KEY: Form = |f| vec![("id", f.proposer_id.clone())];
const TRACE: Form = |f| vec![("id", f.trace_id.clone())];
const STOP: Form = |f| {
    vec![
        ("scope", "store".into()),
        ("target", f.store_uid.clone()),
        ("reason", "x".into()),
    ]
};
const LOOK: For = For::Having(Right::Look);
const PROPOSE: For = For::Having(Right::Propose);
const APPROVE: For = For::Having(Right::Approve);
const STOP_OR_RESUME: For = For::Having(Right::Stop);
const STORES: For = For::Having(Right::Stores);
const KEYS: For = For::Having(Right::Keys);
const PEOPLE: For = For::Having(Right::People);
const SETTINGS: For = For::Having(Right::Settings);
const PAYLOADS: For = For::Having(Right::Payloads);
const MEMBER: Form = |f| vec![("id", f.member_id.clone())];
const ALERT: Form = |f| vec![("id", f.alert_id.clone())];
const SCHEDULE: Form = |f| vec![("id", f.schedule_id.clone())];
pub(crate) const ROWS: [(&str, For, Form); 86] = [
    ("/api/list_tenants", For::Instance, NONE),
    ("/api/set_suspended", For::Instance, |f| {
        vec![("id", f.tenant_id.clone()), ("suspended", "true".into())]
    }),
    ("/api/export_tenant", For::Instance, |f| {
        vec![("id", f.tenant_id.clone())]
    }),
    ("/api/delete_tenant", For::Instance, |f| {
        vec![("id", f.tenant_id.clone()), ("typed_name", "x".into())]
    }),
    ("/api/join", For::Anybody, |_| {
        vec![
            ("code", "odm_in_wrong".into()),
            ("name", "x".into()),
            ("password", "correct horse battery".into()),
        ]
    }),
    ("/api/switch_tenant", LOOK, |f| {
        vec![("tenant", f.tenant_id.clone())]
    }),
    ("/api/my_account", LOOK, NONE),
    ("/api/set_my_name", LOOK, |_| {
        vec![("name", "Renamed".into())]
    }),
    ("/api/set_retention", SETTINGS, |_| {
        vec![("keep_days", "0".into())]
    }),
    ("/api/rename_workspace", SETTINGS, |_| {
        vec![("tenant_name", " ".into())]
    }),
    ("/api/change_my_password", LOOK, |_| {
        vec![
            ("password", "wrong horse battery".into()),
            ("new_password", "another long password".into()),
        ]
    }),
    ("/api/end_my_session", LOOK, |f| {
        vec![("id", f.member_id.clone())]
    }),
    ("/api/end_my_other_sessions", LOOK, NONE),
    ("/api/list_people", PEOPLE, NONE),
    ("/api/invite_person", PEOPLE, |_| {
        vec![("email", "nobody".into()), ("role", "viewer".into())]
    }),
    ("/api/revoke_invite", PEOPLE, |f| {
        vec![("id", f.invite_id.clone())]
    }),
    ("/api/set_role", PEOPLE, |f| {
        vec![("id", f.member_id.clone()), ("role", "viewer".into())]
    }),
    ("/api/set_disabled", PEOPLE, |f| {
        vec![("id", f.member_id.clone()), ("disabled", "true".into())]
    }),
    ("/api/end_sessions", PEOPLE, MEMBER),
    ("/api/sign_in", For::Anybody, |_| {
        vec![("master_key", "odm_mk_wrong".into())]
    }),
    ("/api/sign_out", For::Anybody, NONE),
    ("/api/set_theme", For::Anybody, |_| {
        vec![("theme", "dark".into())]
    }),
    ("/api/who_am_i", LOOK, NONE),
    ("/api/dashboard", LOOK, NONE),
    ("/api/connections", KEYS, NONE),
    ("/api/list_stores", LOOK, NONE),
    ("/api/is_sandbox_offered", LOOK, NONE),
    ("/api/get_store", LOOK, STORE),
    ("/api/test_store", LOOK, STORE),
    ("/api/edit_store", STORES, |f| {
        vec![
            ("id", f.store_uid.clone()),
            ("store_name", "Mine".into()),
            ("seen", "1".into()),
        ]
    }),
    ("/api/restore_store", STORES, STORE),
    ("/api/check_store", STORES, |_| {
        vec![
            ("store_id", "8".into()),
            ("api_key", "wrongKey0123456789".into()),
        ]
    }),
    ("/api/add_store", STORES, |_| {
        vec![
            ("store_id", "8".into()),
            ("api_key", "wrongKey0123456789".into()),
        ]
    }),
    ("/api/add_sandbox", STORES, NONE),
    ("/api/attention", LOOK, NONE),
    ("/api/search", LOOK, |f| vec![("text", f.store_name())]),
    ("/api/list_changes", LOOK, |f| {
        vec![("filter", format!("store={}", f.store_uid))]
    }),
    ("/api/list_traces", LOOK, |f| {
        vec![("query", format!("order:{}", f.order_id))]
    }),
    ("/api/newer_traces", LOOK, |_| {
        vec![("after", "0".repeat(26))]
    }),
    ("/api/count_traces", LOOK, NONE),
    ("/api/save_trace_view", LOOK, |_| {
        vec![("name", "Mine".into()), ("query", "status:error".into())]
    }),
    ("/api/rename_trace_view", LOOK, |f| {
        vec![("id", f.view_id.clone()), ("name", "Mine".into())]
    }),
    ("/api/remove_trace_view", LOOK, |f| {
        vec![("id", f.view_id.clone())]
    }),
    ("/api/complete_query", LOOK, NONE),
    ("/api/tell_story", LOOK, |f| {
        vec![("call", f.trace_id.clone())]
    }),
    ("/api/list_alerts", LOOK, NONE),
    ("/api/save_alert", SETTINGS, |f| {
        vec![
            ("id", f.alert_id.clone()),
            ("name", "Mine".into()),
            ("query", "status:error".into()),
            ("threshold", "5".into()),
            ("window", "5".into()),
        ]
    }),
    ("/api/switch_alert", SETTINGS, ALERT),
    ("/api/keep_alert_here", SETTINGS, ALERT),
    ("/api/remove_alert", SETTINGS, ALERT),
    ("/api/try_alert", SETTINGS, ALERT),
    ("/api/list_schedules", LOOK, NONE),
    ("/api/save_schedule", SETTINGS, |f| {
        vec![
            ("id", f.schedule_id.clone()),
            ("name", "Mine".into()),
            ("query", "status:error".into()),
            ("place", "folder".into()),
        ]
    }),
    ("/api/switch_schedule", SETTINGS, SCHEDULE),
    ("/api/remove_schedule", SETTINGS, SCHEDULE),
    ("/api/get_trace", LOOK, TRACE),
    ("/api/read_trace", PAYLOADS, TRACE),
    ("/api/peek_trace", LOOK, TRACE),
    ("/api/compare_traces", LOOK, |f| {
        vec![("a", f.trace_id.clone()), ("b", f.other_trace_id.clone())]
    }),
    ("/api/change_choices", LOOK, NONE),
    ("/api/list_approvals", LOOK, NONE),
    ("/api/get_change", LOOK, CHANGE),
    ("/api/deny_change", APPROVE, CHANGE),
    ("/api/approve_change", APPROVE, |f| {
        vec![("id", f.waiting_id.clone()), ("plan_hash", "0".repeat(64))]
    }),
    ("/api/undo_change", PROPOSE, CHANGE),
    ("/api/list_keys", KEYS, NONE),
    ("/api/get_key", KEYS, KEY),
    ("/api/new_key_form", KEYS, NONE),
    ("/api/create_key", KEYS, |_| {
        vec![
            ("name", "Made".into()),
            ("access", "read".into()),
            ("policy[window_minutes]", "60".into()),
        ]
    }),
    ("/api/made_key", KEYS, KEY),
    ("/api/key_is_saved", KEYS, KEY),
    ("/api/rotate_key", KEYS, |f| {
        vec![
            ("id", f.proposer_id.clone()),
            ("overlap_hours", "24".into()),
        ]
    }),
    ("/api/set_key_policy", KEYS, |f| {
        vec![
            ("id", f.proposer_id.clone()),
            ("policy[window_minutes]", "60".into()),
            ("policy[tools][]", "orders_get".into()),
        ]
    }),
    ("/api/revoke_key", KEYS, |f| {
        vec![("id", f.proposer_id.clone()), ("typed_name", "API".into())]
    }),
    ("/api/get_console", LOOK, NONE),
    ("/api/get_console_tool", LOOK, |f| {
        vec![("call", f.call_id.clone())]
    }),
    ("/api/check_console_arguments", LOOK, |_| {
        vec![("tool", "orders_get".into())]
    }),
    ("/api/run_console_tool", LOOK, |f| {
        let arguments = format!("{{\"change_id\": \"{}\"}}", f.waiting_id);
        vec![
            ("tool", "changes_get".into()),
            ("arguments", arguments),
            ("dry_run", "false".into()),
        ]
    }),
    // In capitals, which mean the same store: a refusal says again what was asked for.
    ("/api/console_choices", LOOK, |f| {
        vec![
            ("picker", "order".into()),
            ("store", f.store_name().to_uppercase()),
        ]
    }),
    ("/api/list_console_calls", LOOK, NONE),
    ("/api/save_console_call", LOOK, |_| {
        vec![("tool", "orders_list".into()), ("name", "Mine".into())]
    }),
    ("/api/rename_console_call", LOOK, |f| {
        vec![("id", f.call_id.clone()), ("name", "Mine".into())]
    }),
    ("/api/remove_console_call", LOOK, |f| {
        vec![("id", f.call_id.clone())]
    }),
    ("/api/stop_writes", STOP_OR_RESUME, STOP),
    ("/api/resume_writes", STOP_OR_RESUME, STOP),
    ("/api/delete_store", STORES, |f| {
        vec![("id", f.store_uid.clone()), ("typed_name", f.store_name())]
    }),
];

/// What names something of the first workspace, and so is not there for a stranger.
const OF_ANOTHER: [&str; 39] = [
    "/api/save_alert",
    "/api/switch_alert",
    "/api/keep_alert_here",
    "/api/remove_alert",
    "/api/try_alert",
    "/api/save_schedule",
    "/api/switch_schedule",
    "/api/remove_schedule",
    "/api/compare_traces",
    "/api/tell_story",
    "/api/rename_trace_view",
    "/api/remove_trace_view",
    "/api/get_trace",
    "/api/read_trace",
    "/api/switch_tenant",
    "/api/revoke_invite",
    "/api/set_role",
    "/api/set_disabled",
    "/api/end_sessions",
    "/api/get_console_tool",
    "/api/rename_console_call",
    "/api/remove_console_call",
    "/api/get_store",
    "/api/test_store",
    "/api/edit_store",
    "/api/restore_store",
    "/api/delete_store",
    "/api/get_change",
    "/api/deny_change",
    "/api/approve_change",
    "/api/undo_change",
    "/api/get_key",
    "/api/made_key",
    "/api/key_is_saved",
    "/api/rotate_key",
    "/api/set_key_policy",
    "/api/revoke_key",
    "/api/stop_writes",
    "/api/resume_writes",
];

async fn ask(f: &Fixture, browser: &Browser, path: &str, form: Form) -> (StatusCode, String) {
    send(f, browser, path, form(f)).await
}

async fn send(
    f: &Fixture,
    browser: &Browser,
    path: &str,
    form: Vec<(&'static str, String)>,
) -> (StatusCode, String) {
    let form: Vec<(&str, &str)> = form
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let answer = browser.clone().post(&f.server, path, &form).await;
    (answer.status(), answer.text().await.unwrap())
}

#[tokio::test]
async fn every_server_function_knows_its_callers() {
    let offered = routes::server_fns()
        .into_iter()
        .map(|route| route.path.into_owned())
        .collect();
    assert_complete(
        "server functions",
        offered,
        ROWS.iter().map(|(path, _, _)| (*path).to_owned()).collect(),
    );

    for database in Database::each() {
        ask_for_all(&Fixture::on(database).await).await;
    }
}

async fn ask_for_all(f: &Fixture) {
    for key in [&f.revoked, &f.expired, &f.reader] {
        let answer = Browser::default()
            .post(&f.server, "/api/sign_in", &[("master_key", key)])
            .await;
        assert!(
            matches!(answer.status().as_u16(), 401 | 403),
            "such a key opens no session: {}",
            answer.status()
        );
    }
    let nobody = Browser::default();
    let stranger = Browser::signed_in(&f.server, &f.stranger).await;
    let ended = session_of_a_key_that_was_revoked(f).await;
    let shut_out = session_of_somebody_who_was_shut_out(f).await;
    for (path, whose, form) in ROWS {
        if whose != For::Anybody {
            for (what, browser) in [
                ("nobody", &nobody),
                ("a dead session", &ended),
                ("somebody who was shut out", &shut_out),
            ] {
                let (status, text) = ask(f, browser, path, form).await;
                assert_eq!(status, 401, "{what} at {path}: {text}");
                assert!(!text.contains(CANARY), "{what} at {path}");
            }
        }
        if path == "/api/sign_out" {
            continue;
        }
        let (status, text) = ask(f, &stranger, path, form).await;
        assert!(
            [
                CANARY,
                &f.store_uid,
                &f.waiting_id,
                &f.proposer_id,
                &f.member_id,
                &f.invite_id,
                &f.trace_id,
                &f.other_trace_id
            ]
            .iter()
            .all(|secret| !text.contains(secret)),
            "a stranger at {path}: {text}"
        );
        assert!(
            !status.is_server_error() || status == 502,
            "a stranger at {path}: {status} {text}"
        );
        if OF_ANOTHER.contains(&path) {
            assert_eq!(status, 404, "a stranger at {path}: {text}");
        }
    }
    for (role, person) in &f.people {
        ask_in_role(f, *role, person).await;
    }
    let mut root = look_after_the_server(f).await;
    let mut owner = Browser::signed_in(&f.server, &f.owner).await;
    let kept = owner
        .post(&f.server, "/api/get_store", &[("id", &f.store_uid)])
        .await;
    assert_eq!(kept.status(), 200, "the store is still there");
    let waits = owner
        .post(&f.server, "/api/list_approvals", &[])
        .await
        .text()
        .await
        .unwrap();
    assert!(
        waits.contains(&f.waiting_id) && waits.contains("\"stops\":[]"),
        "nothing was decided or stopped: {waits}"
    );
    delete_for_good(f, &mut root).await;
}

/// Whoever has not the right is refused with what would have worked; whoever has it is not, asked with ids that nobody has, so
/// that nothing is done.
async fn ask_in_role(f: &Fixture, role: Role, person: &Browser) {
    for (path, whose, form) in ROWS {
        if whose == For::Anybody {
            continue;
        }
        if whose.is_for(role) {
            let (status, text) = send(f, person, path, harmless(f, form(f))).await;
            assert!(
                status != 401 && status != 403 && (!status.is_server_error() || status == 502),
                "{role} at {path}: {status} {text}"
            );
        } else {
            let (status, text) = ask(f, person, path, form).await;
            assert_eq!(status, 403, "{role} at {path}: {text}");
            assert!(!text.contains(CANARY), "{role} at {path}: {text}");
        }
    }
}

/// Somebody who looks after the server sees figures of all workspaces and nothing of what is in them, and refuses one its use.
async fn look_after_the_server(f: &Fixture) -> Browser {
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
    f.server.command(&create, PASSWORD).await.out_if_ok();
    let mut root = Browser::signed_in_as(&f.server, "root@example.com", PASSWORD).await;
    let seen = root.post(&f.server, "/api/list_tenants", &[]).await;
    assert_eq!(seen.status(), 200);
    let seen = seen.text().await.unwrap();
    assert!(
        seen.contains(&f.tenant_id) && !seen.contains(CANARY),
        "{seen}"
    );
    let page = root.open(&f.server, "/instance").await;
    assert_eq!(page.status(), 200);
    assert!(!page.text().await.unwrap().contains(CANARY));

    let set = async |suspended: &str| {
        let form = [("id", f.tenant_id.as_str()), ("suspended", suspended)];
        let answer = root
            .clone()
            .post(&f.server, "/api/set_suspended", &form)
            .await;
        assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
    };
    set("true").await;
    let refused = f
        .server
        .call(Some(&f.owner), "stores_list", json!({}))
        .await;
    assert_eq!(refused.status, 403, "{refused:?}");
    let mut person = f.people[0].1.clone();
    assert_eq!(
        person.post(&f.server, "/api/who_am_i", &[]).await.status(),
        401
    );
    let form = [("master_key", f.owner.as_str())];
    let answer = Browser::default()
        .post(&f.server, "/api/sign_in", &form)
        .await;
    let answer = answer.text().await.unwrap();
    assert!(answer.contains("This workspace is suspended"), "{answer}");
    set("false").await;
    let again = f
        .server
        .call(Some(&f.owner), "stores_list", json!({}))
        .await;
    assert!(again.is_ok(), "{again:?}");
    root
}

/// Once it is suspended, and its name was typed.
async fn delete_for_good(f: &Fixture, root: &mut Browser) {
    let id = ("id", f.tenant_id.as_str());
    let export = root.post(&f.server, "/api/export_tenant", &[id]).await;
    assert_eq!(export.status(), 200);
    assert!(
        export.headers()["content-disposition"]
            .to_str()
            .unwrap()
            .starts_with("attachment")
    );
    let export = export.text().await.unwrap();
    let export: serde_json::Value = serde_json::from_str(&export).unwrap();
    let name = export["name"].as_str().unwrap();
    assert!(!export["stores"].as_array().unwrap().is_empty());
    assert!(!export["changes"].as_array().unwrap().is_empty());
    let text = export.to_string();
    assert!(
        !text.contains("argon2") && !text.contains("moved"),
        "{text}"
    );

    for (suspended, typed, expected) in [
        ("false", name, StatusCode::CONFLICT),
        ("true", "x", StatusCode::UNPROCESSABLE_ENTITY),
        ("true", name, StatusCode::OK),
    ] {
        let form = [id, ("suspended", suspended)];
        root.post(&f.server, "/api/set_suspended", &form).await;
        let form = [id, ("typed_name", typed)];
        let answer = root.post(&f.server, "/api/delete_tenant", &form).await;
        let status = answer.status();
        assert_eq!(status, expected, "{}", answer.text().await.unwrap());
    }
    let gone = f
        .server
        .call(Some(&f.owner), "stores_list", json!({}))
        .await;
    assert_eq!(gone.status, 401, "{gone:?}");
}

/// The same with ids that nobody has.
pub(crate) fn harmless(
    f: &Fixture,
    form: Vec<(&'static str, String)>,
) -> Vec<(&'static str, String)> {
    let ids = [
        &f.store_uid,
        &f.waiting_id,
        &f.proposer_id,
        &f.tenant_id,
        &f.member_id,
        &f.invite_id,
        &f.alert_id,
        &f.schedule_id,
    ];
    form.into_iter()
        .map(|(name, value)| {
            let is_id = ids.contains(&&value);
            (name, if is_id { nobodys(&value) } else { value })
        })
        .collect()
}

/// Signs in, then is shut out by the owner.
async fn session_of_somebody_who_was_shut_out(f: &Fixture) -> Browser {
    let leaver = person(&f.server, Role::Admin, "leaver").await;
    let mut owner = f.people[0].1.clone();
    let me = leaver.clone().post(&f.server, "/api/who_am_i", &[]).await;
    let me: serde_json::Value = serde_json::from_str(&me.text().await.unwrap()).unwrap();
    let form = [
        ("id", me["actor_id"].as_str().unwrap()),
        ("disabled", "true"),
    ];
    let answer = owner.post(&f.server, "/api/set_disabled", &form).await;
    assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
    leaver
}

/// Signs in, then revokes the key it was done with.
async fn session_of_a_key_that_was_revoked(f: &Fixture) -> Browser {
    let create = [
        "key", "create", "--tenant", "main", "--kind", "master", "--access", "write", "--name",
        "Leaver",
    ];
    let key = f.server.command(&create, "").await.out_if_ok();
    let browser = Browser::signed_in(&f.server, &key).await;
    let listed = f
        .server
        .command(&["key", "list", "--tenant", "main"], "")
        .await
        .out_if_ok();
    let id = listed
        .lines()
        .find(|line| line.ends_with("Leaver"))
        .unwrap()
        .split(' ')
        .next()
        .unwrap()
        .to_owned();
    f.server
        .command(&["key", "revoke", "--tenant", "main", &id], "")
        .await
        .out_if_ok();
    // A process of its own revoked it; the server notices within seconds.
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while browser
        .clone()
        .post(&f.server, "/api/who_am_i", &[])
        .await
        .status()
        != 401
    {
        assert!(
            std::time::Instant::now() < deadline,
            "the session of a revoked key lives on"
        );
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    browser
}
