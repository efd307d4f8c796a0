//! Commands beside a running server, on the same database file.

use serde_json::json;

use crate::support::{Browser, STORE_ID, STORE_KEY, TestServer, json_of, run};

#[tokio::test]
async fn a_new_key_is_all_that_is_printed_and_works_at_once() {
    let server = TestServer::start().await;
    let arguments = [
        "key", "create", "--tenant", "main", "--kind", "api", "--name", "Script",
    ];
    let ran = server.command(&arguments, "").await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(ran.out.lines().count(), 1);
    assert!(ran.out.starts_with("odm_ak_"));
    assert!(
        !ran.err.contains(&ran.out),
        "the key is not on standard error"
    );
    assert!(
        server
            .call(Some(&ran.out), "stores_list", json!({}))
            .await
            .is_ok()
    );

    let listed = server
        .command(&["key", "list", "--tenant", "MAIN"], "")
        .await
        .out_if_ok();
    assert!(!listed.contains(&ran.out), "{listed}");
    let made = listed.lines().find(|line| line.ends_with("Script"));
    assert!(
        made.is_some_and(|line| line.contains("  propose  ")),
        "an API key proposes: {listed}"
    );
}

#[tokio::test]
async fn a_revoked_key_is_refused_within_seconds() {
    let server = TestServer::start().await;
    let key = server.key("main", "api", "read").await;
    assert!(
        server
            .call(Some(&key), "stores_list", json!({}))
            .await
            .is_ok()
    );
    let listed = server
        .command(&["key", "list", "--tenant", "main"], "")
        .await
        .out_if_ok();
    let id = listed
        .lines()
        .find(|line| line.contains("Command line"))
        .unwrap()
        .split(' ')
        .next()
        .unwrap()
        .to_owned();
    server
        .command(&["key", "revoke", "--tenant", "main", &id], "")
        .await
        .out_if_ok();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while server
        .call(Some(&key), "stores_list", json!({}))
        .await
        .status
        != 401
    {
        assert!(
            std::time::Instant::now() < deadline,
            "the revoked key is still accepted"
        );
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn workspaces_are_made_with_their_owners_key() {
    let server = TestServer::start().await;
    let made = server
        .command(&["tenant", "create", "Acme"], "")
        .await
        .out_if_ok();
    assert!(made.starts_with("odm_mk_"));
    let ran = server.command(&["tenant", "create", "acme "], "").await;
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("already"), "{}", ran.err);
    // Asking for the owner's key of a workspace that is not there makes it.
    let key = server.key("Beta", "master", "write").await;
    assert!(
        server
            .call(Some(&key), "stores_list", json!({}))
            .await
            .is_ok()
    );
    let ran = server
        .command(
            &[
                "key", "create", "--tenant", "Gamma", "--kind", "api", "--access", "read",
            ],
            "",
        )
        .await;
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.contains("Gamma") && ran.out.is_empty(),
        "{}",
        ran.err
    );
}

#[tokio::test]
async fn a_command_in_the_wrong_folder_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").display().to_string();
    let settings = [("DATA_DIR".to_owned(), data.clone())];
    for arguments in [
        &["key", "create", "--tenant", "main", "--kind", "api"][..],
        &["key", "list", "--tenant", "main"],
        &["store", "add", "--tenant", "main", "--store-id", "1"],
        &["store", "list", "--tenant", "main"],
    ] {
        let ran = run(arguments, &settings, "key").await;
        assert_eq!(ran.code, 1, "{arguments:?}");
        assert!(
            ran.err.contains(&data) && ran.err.contains("DATA_DIR"),
            "{arguments:?}: {}",
            ran.err
        );
    }
    assert!(!folder.path().join("data").exists(), "nothing was made");

    // Setting a workspace up before the first start is right, and told.
    let owner = ["key", "create", "--tenant", "main", "--kind", "master"];
    let ran = run(&owner, &settings, "").await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains(&data), "{}", ran.err);
    assert!(ran.out.starts_with("odm_mk_"));
}

#[tokio::test]
async fn a_store_is_added_only_with_a_key_that_order_desk_accepts() {
    let server = TestServer::start().await;
    let arguments = [
        "store",
        "add",
        "--tenant",
        "main",
        "--store-id",
        STORE_ID,
        "--name",
        "Books",
        "--label",
        "EU",
    ];
    let refused = server
        .command(&arguments, "notTheKey012345678901234567890123456789\n")
        .await;
    assert_eq!(refused.code, 1, "{}", refused.err);
    assert!(
        refused.err.contains("Order Desk") && refused.out.is_empty(),
        "{}",
        refused.err
    );
    assert!(!refused.err.contains("notTheKey"), "{}", refused.err);
    assert_eq!(
        server.command(&arguments, "").await.code,
        1,
        "no key at all"
    );

    server
        .command(&arguments, &format!("{STORE_KEY}\n"))
        .await
        .out_if_ok();
    let listed = server
        .command(&["store", "list", "--tenant", "main"], "")
        .await
        .out_if_ok();
    assert_eq!(listed, format!("{STORE_ID}  Books  EU"));
    let orders = server
        .call(
            Some(&server.master_key),
            "orders_list",
            json!({ "store_identifier": "books" }),
        )
        .await;
    assert!(orders.is_ok(), "{orders:?}");
}

#[tokio::test]
async fn the_sandbox_can_be_added_and_read() {
    let server = TestServer::start().await;
    let arguments = [
        "store",
        "add",
        "--tenant",
        "main",
        "--store-id",
        "sandbox",
        "--name",
        "Sandbox",
    ];
    server.command(&arguments, "sandbox").await.out_if_ok();
    let page = server
        .call(
            Some(&server.master_key),
            "orders_list",
            json!({ "store_identifier": "sandbox" }),
        )
        .await;
    assert!(page.is_ok(), "{page:?}");
    assert_eq!(page.result()["total"], 500);
}

#[tokio::test]
async fn wrong_usage_is_told_apart_from_failure() {
    for (arguments, code) in [
        (
            &["key", "create", "--tenant", "main", "--kind", "king"][..],
            2,
        ),
        (&["key", "create"], 2),
        (&["nonsense"], 2),
        (&[], 2),
        (&["--help"], 0),
        (&["--version"], 0),
    ] {
        let ran = run(arguments, &[], "").await;
        assert_eq!(ran.code, code, "{arguments:?}: {}", ran.err);
    }
}

#[tokio::test]
async fn migrate_says_where_the_database_stands() {
    let server = TestServer::start().await;
    let out = server.command(&["migrate"], "").await.out_if_ok();
    assert!(out.contains("sqlite") && out.contains("migration"), "{out}");
}

#[tokio::test]
async fn the_doctor_finds_nothing_wrong_and_then_something() {
    let server = TestServer::start().await;
    let well = server.command(&["doctor"], "").await;
    assert_eq!(well.code, 0, "{}\n{}", well.out, well.err);
    assert!(well.out.contains("Everything is in order."), "{}", well.out);

    let site = server.data.path().join("site");
    std::fs::remove_dir_all(site).unwrap();
    let ill = server.command(&["doctor"], "").await;
    assert_eq!(ill.code, 1);
    assert!(
        ill.out.contains("problem  web app") && ill.out.contains("make build"),
        "{}",
        ill.out
    );

    let wrong = [(
        "MCP_KMS_KEY",
        "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=",
    )];
    let ill = server.command_with(&["doctor"], &wrong, "").await;
    assert!(
        ill.out.contains("problem  key-encryption key"),
        "{}",
        ill.out
    );
}

#[tokio::test]
async fn the_health_check_follows_the_server() {
    let server = TestServer::start().await;
    let port = server.ops.rsplit(':').next().unwrap().to_owned();
    let settings = [("OPS_PORT".to_owned(), port)];
    assert_eq!(run(&["healthcheck"], &settings, "").await.code, 0);
    let (_data, _upstream) = server.stop().await;
    assert_eq!(run(&["healthcheck"], &settings, "").await.code, 1);
}

#[tokio::test]
async fn stdio_needs_a_key_and_serves_with_it() {
    let server = TestServer::start().await;
    let without = server.command(&["stdio"], "").await;
    assert_eq!(without.code, 1);
    assert!(without.err.contains("ORDERDESK_MCP_KEY"), "{}", without.err);

    let initialize = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "test", "version": "1" } } });
    let initialized = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    let list = json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/list", "params": {} });
    let ran = server
        .command_with(
            &["stdio"],
            &[("ORDERDESK_MCP_KEY", &server.master_key)],
            &format!("{initialize}\n{initialized}\n{list}\n"),
        )
        .await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    for line in ran.out.lines() {
        let message: serde_json::Value =
            serde_json::from_str(line).unwrap_or_else(|_| panic!("not a message: {line}"));
        assert_eq!(message["jsonrpc"], "2.0");
    }
    assert!(ran.out.contains("orders_get"), "{}", ran.out);
}

#[tokio::test]
async fn a_person_made_at_the_command_line_signs_in() {
    let server = TestServer::start().await;
    let create = [
        "user",
        "create",
        "--tenant",
        "main",
        "--email",
        "Ada@example.com",
        "--role",
        "owner",
        "--instance-admin",
    ];
    let short = server.command(&create, "short\n").await;
    assert_eq!(short.code, 1);
    assert!(short.err.contains("12 to 128 characters"), "{}", short.err);
    let made = server.command(&create, "correct horse battery\n").await;
    assert_eq!((made.code, made.out.as_str()), (0, ""), "{}", made.err);
    assert!(!made.err.contains("horse"), "{}", made.err);
    let twice = server.command(&create, "correct horse battery\n").await;
    assert!(
        twice.err.contains("has this e-mail address"),
        "{}",
        twice.err
    );

    let sign_in = async |password: &str| {
        let mut browser = Browser::default();
        let form = [("email", "ada@example.com"), ("password", password)];
        let answer = browser.post(&server, "/api/sign_in", &form).await;
        answer.status().as_u16()
    };
    assert_eq!(sign_in("correct horse battery").await, 200);
    assert_eq!(sign_in("wrong horse battery").await, 401);
    let reset = ["user", "password", "--email", "ada@example.com"];
    let ran = server.command(&reset, "another long password").await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(sign_in("correct horse battery").await, 401);
    assert_eq!(sign_in("another long password").await, 200);
}

#[tokio::test]
async fn the_right_over_the_server_is_given_and_taken() {
    let server = TestServer::start().await;
    let create = [
        "user",
        "create",
        "--tenant",
        "main",
        "--email",
        "ada@example.com",
        "--role",
        "viewer",
    ];
    let made = server.command(&create, "correct horse battery\n").await;
    assert_eq!(made.code, 0, "{}", made.err);
    let mut browser = Browser::default();
    let form = [
        ("email", "ada@example.com"),
        ("password", "correct horse battery"),
    ];
    browser.post(&server, "/api/sign_in", &form).await;
    let mut is_one = async || {
        let me = json_of(browser.post(&server, "/api/who_am_i", &[]).await).await;
        me["is_instance_admin"].as_bool().unwrap()
    };
    assert!(!is_one().await);
    for (command, expected) in [
        ("grant-instance-admin", true),
        ("revoke-instance-admin", false),
    ] {
        let arguments = ["user", command, "--email", "Ada@example.com"];
        let ran = server.command(&arguments, "").await;
        assert_eq!(ran.code, 0, "{}", ran.err);
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
        while is_one().await != expected {
            assert!(
                std::time::Instant::now() < deadline,
                "{command} is not heeded"
            );
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    }
    let nobody = ["user", "grant-instance-admin", "--email", "eve@example.com"];
    let ran = server.command(&nobody, "").await;
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("Nobody has"), "{}", ran.err);
}

#[tokio::test]
async fn a_workspace_is_suspended_and_resumed() {
    let server = TestServer::start().await;
    let key = server.key("Beta", "master", "write").await;
    let status = async || {
        let called = server.call(Some(&key), "stores_list", json!({})).await;
        called.status
    };
    assert_eq!(status().await, 200);
    for (command, expected) in [("suspend", 403), ("resume", 200)] {
        let ran = server
            .command(&["tenant", command, "--name", "beta"], "")
            .await;
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(ran.err.contains("`Beta`"), "{}", ran.err);
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
        while status().await != expected {
            assert!(
                std::time::Instant::now() < deadline,
                "{command} is not heeded"
            );
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    }
    let ran = server
        .command(&["tenant", "suspend", "--name", "Nowhere"], "")
        .await;
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("no workspace"), "{}", ran.err);
}
