//! What the first start makes and says, and what the second does not.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::process::Command;
use tokio::time::timeout;

use crate::support::{TestServer, program, run};

#[tokio::test]
async fn shows_the_keys_once_and_keeps_the_data() {
    let first = TestServer::start().await;
    assert!(first.master_key.starts_with("odm_mk_"), "{}", first.printed);
    assert!(first.printed.contains("sandbox"), "the sandbox is offered");
    assert!(first.printed.contains(&first.url), "it says where to go");
    let key = first.master_key.clone();

    let (data, upstream) = first.stop().await;
    let second = TestServer::on(data, upstream, &[]).await;
    assert!(
        !second.printed.contains("odm_"),
        "no key is shown again: {}",
        second.printed
    );
    assert!(
        second
            .call(Some(&key), "stores_list", serde_json::json!({}))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn prints_configurations_that_work_as_they_are() {
    let server = TestServer::start().await;
    let starts: Vec<usize> = server
        .printed
        .match_indices("\n{")
        .map(|(at, _)| at)
        .collect();
    assert_eq!(starts.len(), 2, "{}", server.printed);
    let configurations: Vec<Value> = starts
        .into_iter()
        .map(|at| {
            serde_json::Deserializer::from_str(&server.printed[at..])
                .into_iter()
                .next()
                .unwrap()
                .unwrap()
        })
        .collect();
    let http = &configurations[0]["mcpServers"]["orderdesk"];
    assert_eq!(http["url"], format!("{}/mcp", server.url));
    let key = http["headers"]["Authorization"]
        .as_str()
        .unwrap()
        .strip_prefix("Bearer ")
        .unwrap();
    assert!(
        server
            .call(Some(key), "stores_list", serde_json::json!({}))
            .await
            .is_ok()
    );
    let command = &configurations[1]["mcpServers"]["orderdesk"];
    assert_eq!(command["env"]["ORDERDESK_AUTH"], format!("Bearer {key}"));
    assert!(
        command["args"]
            .as_array()
            .unwrap()
            .contains(&"--allow-http".into())
    );
}

#[tokio::test]
async fn its_files_are_for_their_owner_only() {
    let server = TestServer::start().await;
    let folder = server.data.path().join("data");
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    let files: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert!(files.len() >= 2, "{files:?}");
    for file in &files {
        assert_eq!(mode(file), 0o600, "{}", file.display());
    }
    assert!(folder.join("kms.key").is_file() && folder.join("orderdesk-mcp.db").is_file());
}

#[tokio::test]
async fn a_lost_key_file_is_a_clear_refusal() {
    let server = TestServer::start().await;
    fs::remove_file(server.data.path().join("data/kms.key")).unwrap();
    let ran = server
        .command(&["key", "list", "--tenant", "main"], "")
        .await;
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.contains("kms.key") && ran.err.contains("MCP_KMS_KEY"),
        "{}",
        ran.err
    );
    assert!(
        !server.data.path().join("data/kms.key").exists(),
        "no second key is made beside sealed data"
    );
}

#[tokio::test]
async fn a_wrong_key_is_a_clear_refusal() {
    let server = TestServer::start().await;
    fs::write(
        server.data.path().join("data/kms.key"),
        "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=\n",
    )
    .unwrap();
    let ran = server
        .command(&["key", "list", "--tenant", "main"], "")
        .await;
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("MCP_KMS_KEY"), "{}", ran.err);
}

#[tokio::test]
async fn keys_that_could_not_be_shown_can_be_made_again() {
    let data = tempfile::tempdir().unwrap();
    let settings = [
        ("DATA_DIR", data.path().to_str().unwrap()),
        ("PORT", "0"),
        ("OPS_PORT", "0"),
        ("ENABLE_WEBUI", "false"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let full = fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let start = Command::new(program())
        .arg("serve")
        .env_clear()
        .envs(settings.iter().cloned())
        .stdin(Stdio::null())
        .stdout(full)
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
        .wait_with_output();
    let start = timeout(Duration::from_secs(60), start).await;
    let start = start
        .expect("it goes on without having shown the keys")
        .unwrap();
    let said = String::from_utf8_lossy(&start.stderr);
    assert_eq!(start.status.code(), Some(1), "{said}");
    let remedy = "key create --tenant main --kind master --access write";
    assert!(said.contains(remedy), "{said}");

    let arguments: Vec<_> = remedy.split(' ').collect();
    let key = run(&arguments, &settings, "").await.out_if_ok();
    assert!(key.starts_with("odm_mk_"), "{key}");
}
