//! Every server function × every kind of browser.

mod rows;

use orderdesk_mcp_contract::Role;
use orderdesk_mcp_server::http::routes;
use reqwest::StatusCode;
use serde_json::json;

pub(crate) use self::rows::ROWS;
use self::rows::{Form, OF_ANOTHER};
use super::fixture::{CANARY, Fixture, PASSWORD, nobodys, person};
use super::{For, assert_complete};
use crate::support::{Browser, Database};

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
