//! Every server function × every kind of browser.

use orderdesk_mcp_server::http::routes;
use reqwest::StatusCode;

use super::assert_complete;
use super::fixture::{CANARY, Fixture};
use crate::support::{Browser, Database};

/// Whose business it is.
#[derive(PartialEq)]
enum For {
    /// Anybody's: it shows nothing of a workspace.
    Anybody,
    /// Whoever is signed in, and it shows or changes their workspace only.
    SignedIn,
}

type Form = fn(&Fixture) -> Vec<(&'static str, String)>;

const NONE: Form = |_| Vec::new();
const STORE: Form = |f| vec![("id", f.store_uid.clone())];
const CHANGE: Form = |f| vec![("id", f.waiting_id.clone())];
const KEY: Form = |f| vec![("id", f.proposer_id.clone())];
const STOP: Form = |f| {
    vec![
        ("scope", "store".into()),
        ("target", f.store_uid.clone()),
        ("reason", "x".into()),
    ]
};
const ROWS: [(&str, For, Form); 35] = [
    ("/api/sign_in", For::Anybody, |_| {
        vec![("master_key", "odm_mk_wrong".into())]
    }),
    ("/api/sign_out", For::Anybody, NONE),
    ("/api/set_theme", For::Anybody, |_| {
        vec![("theme", "dark".into())]
    }),
    ("/api/who_am_i", For::SignedIn, NONE),
    ("/api/dashboard", For::SignedIn, NONE),
    ("/api/connections", For::SignedIn, NONE),
    ("/api/list_stores", For::SignedIn, NONE),
    ("/api/is_sandbox_offered", For::SignedIn, NONE),
    ("/api/get_store", For::SignedIn, STORE),
    ("/api/test_store", For::SignedIn, STORE),
    ("/api/edit_store", For::SignedIn, |f| {
        vec![
            ("id", f.store_uid.clone()),
            ("store_name", "Mine".into()),
            ("seen", "1".into()),
        ]
    }),
    ("/api/restore_store", For::SignedIn, STORE),
    ("/api/check_store", For::SignedIn, |_| {
        vec![
            ("store_id", "8".into()),
            ("api_key", "wrongKey0123456789".into()),
        ]
    }),
    ("/api/add_store", For::SignedIn, |_| {
        vec![
            ("store_id", "8".into()),
            ("api_key", "wrongKey0123456789".into()),
        ]
    }),
    ("/api/add_sandbox", For::SignedIn, NONE),
    ("/api/attention", For::SignedIn, NONE),
    ("/api/list_changes", For::SignedIn, |f| {
        vec![("filter", format!("store={}", f.store_uid))]
    }),
    ("/api/change_choices", For::SignedIn, NONE),
    ("/api/list_approvals", For::SignedIn, NONE),
    ("/api/get_change", For::SignedIn, CHANGE),
    ("/api/deny_change", For::SignedIn, CHANGE),
    ("/api/approve_change", For::SignedIn, |f| {
        vec![("id", f.waiting_id.clone()), ("plan_hash", "0".repeat(64))]
    }),
    ("/api/undo_change", For::SignedIn, CHANGE),
    ("/api/list_keys", For::SignedIn, NONE),
    ("/api/get_key", For::SignedIn, KEY),
    ("/api/new_key_form", For::SignedIn, NONE),
    ("/api/create_key", For::SignedIn, |_| {
        vec![
            ("name", "Made".into()),
            ("access", "read".into()),
            ("policy[window_minutes]", "60".into()),
        ]
    }),
    ("/api/made_key", For::SignedIn, KEY),
    ("/api/key_is_saved", For::SignedIn, KEY),
    ("/api/rotate_key", For::SignedIn, |f| {
        vec![
            ("id", f.proposer_id.clone()),
            ("overlap_hours", "24".into()),
        ]
    }),
    ("/api/set_key_policy", For::SignedIn, |f| {
        vec![
            ("id", f.proposer_id.clone()),
            ("policy[window_minutes]", "60".into()),
            ("policy[tools][]", "orders_get".into()),
        ]
    }),
    ("/api/revoke_key", For::SignedIn, |f| {
        vec![("id", f.proposer_id.clone()), ("typed_name", "API".into())]
    }),
    ("/api/stop_writes", For::SignedIn, STOP),
    ("/api/resume_writes", For::SignedIn, STOP),
    ("/api/delete_store", For::SignedIn, |f| {
        vec![("id", f.store_uid.clone()), ("typed_name", f.store_name())]
    }),
];

/// What names something of the first workspace, and so is not there for a stranger.
const OF_ANOTHER: [&str; 17] = [
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
    let form = form(f);
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
    for (path, whose, form) in ROWS {
        if whose == For::SignedIn {
            for (what, browser) in [("nobody", &nobody), ("a dead session", &ended)] {
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
            [CANARY, &f.store_uid, &f.waiting_id, &f.proposer_id]
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
