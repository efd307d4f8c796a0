//! The audit log from the command line: what was tampered with behind the program's back is found.

use std::process::Command;

use crate::support::{Ran, TestServer};

/// Does something to the database's file as somebody would who has it and not the program.
fn tamper(server: &TestServer, statements: &str) {
    let script = r"
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], timeout=10)
for (name,) in database.execute(
    'SELECT name FROM sqlite_master WHERE type = ? AND tbl_name = ?', ('trigger', 'audit_entries')).fetchall():
    database.execute('DROP TRIGGER ' + name)
database.executescript(sys.argv[2])
database.close()
";
    let file = server.data.path().join("data/orderdesk-mcp.db");
    assert!(file.exists(), "the database is elsewhere");
    let ran = Command::new("python3")
        .args(["-c", script])
        .arg(file)
        .arg(statements)
        .output()
        .expect("make test asks for Python 3");
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
}

async fn verify(server: &TestServer) -> Ran {
    server.command(&["audit", "verify"], "").await
}

/// A server whose log has five entries: the workspace and four keys.
async fn with_entries() -> TestServer {
    let server = TestServer::start().await;
    let before = verify(&server).await;
    let seq: usize = before
        .out_if_ok()
        .split(' ')
        .nth(1)
        .unwrap()
        .parse()
        .unwrap();
    for _ in seq..5 {
        server.key("main", "api", "read").await;
    }
    server
}

#[tokio::test]
async fn a_log_is_whole_until_somebody_was_in_the_database() {
    let server = with_entries().await;
    let ran = verify(&server).await;
    let line = ran.out_if_ok();
    let words: Vec<&str> = line.split(' ').collect();
    assert_eq!((words[1], words[3], words[4]), ("5", "whole", "main"));

    tamper(
        &server,
        "CREATE TABLE kept AS SELECT * FROM audit_entries;
         CREATE TABLE kept_end AS SELECT * FROM audit_ends;",
    );
    for (done, found) in [
        (
            "UPDATE audit_entries SET facts = '{}' WHERE seq = 3",
            "Entry 3 was altered or moved, or the one before it was.",
        ),
        (
            "DELETE FROM audit_entries WHERE seq = 2",
            "Entry 2 is missing.",
        ),
        (
            "DELETE FROM audit_entries WHERE seq = 5",
            "The newest entries are missing: the log's end is entry 5, and it goes to 4.",
        ),
        (
            "UPDATE audit_entries SET seq = 99 WHERE seq = 3;
             UPDATE audit_entries SET seq = 3 WHERE seq = 4;
             UPDATE audit_entries SET seq = 4 WHERE seq = 99",
            "Entry 4 was altered or moved, or the one before it was.",
        ),
        ("DELETE FROM audit_ends", "The end of the log is gone"),
        (
            "DELETE FROM audit_entries; DELETE FROM audit_ends",
            "There are no entries",
        ),
    ] {
        tamper(&server, done);
        let ran = verify(&server).await;
        assert_eq!(ran.code, 1, "{done}");
        assert!(ran.out.contains("BROKEN main"), "{}", ran.out);
        assert!(ran.err.contains(found), "{done}: {}", ran.err);
        let doctor = server.command(&["doctor"], "").await;
        assert!(doctor.out.contains("problem  audit logs"), "{}", doctor.out);
        tamper(
            &server,
            "DELETE FROM audit_entries; INSERT INTO audit_entries SELECT * FROM kept;
             DELETE FROM audit_ends; INSERT INTO audit_ends SELECT * FROM kept_end;",
        );
        assert_eq!(verify(&server).await.code, 0, "{done} was not undone");
    }
}

#[tokio::test]
async fn a_cut_is_found_by_what_was_noted_before() {
    let server = with_entries().await;
    tamper(&server, "CREATE TABLE kept_end AS SELECT * FROM audit_ends");
    server.key("main", "api", "read").await;
    let noted = server.data.path().join("noted");
    std::fs::write(&noted, verify(&server).await.out_if_ok()).unwrap();
    let noted = noted.display().to_string();
    let arguments = ["audit", "verify", "--tenant", "main", "--noted", &noted];
    assert_eq!(server.command(&arguments, "").await.code, 0);

    tamper(
        &server,
        "DELETE FROM audit_entries WHERE seq = 6;
         DELETE FROM audit_ends; INSERT INTO audit_ends SELECT * FROM kept_end;",
    );
    assert_eq!(verify(&server).await.code, 0, "by itself it looks whole");
    let ran = server.command(&arguments, "").await;
    assert_eq!(ran.code, 1, "{}", ran.out);
    let found = "Entry 6, which was noted elsewhere, is missing.";
    assert!(ran.err.contains(found), "{}", ran.err);

    std::fs::write(&noted, "nothing of that kind\n").unwrap();
    let ran = server.command(&arguments, "").await;
    assert!(ran.err.contains("line 1 of"), "{}", ran.err);
}

#[tokio::test]
async fn a_damaged_log_refuses_acts_until_it_goes_on() {
    let server = with_entries().await;
    tamper(&server, "UPDATE audit_ends SET sealed_end = zeroblob(69)");
    let create = ["key", "create", "--tenant", "main", "--kind", "api"];
    let ran = server.command(&create, "").await;
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.contains("orderdesk-mcp audit verify"),
        "{}",
        ran.err
    );
    let ran = verify(&server).await;
    assert!(ran.err.contains("cannot be opened"), "{}", ran.err);

    let ran = server
        .command(&["audit", "go-on", "--tenant", "main"], "")
        .await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("goes on with entry 6"), "{}", ran.err);
    server.command(&create, "").await.out_if_ok();
    assert_eq!(verify(&server).await.code, 0);
}
