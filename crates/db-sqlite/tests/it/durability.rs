//! What was acknowledged is there after the process was killed.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::support::File;
use orderdesk_mcp_contract::UtcMillis;
use orderdesk_mcp_storage::Storage;
use orderdesk_mcp_storage::port::Sessions;

/// Enough for the log to be written back into the file (every 1,000 pages) in some rounds.
const ACKNOWLEDGED_EACH_ROUND: usize = 400;

#[tokio::test]
async fn a_killed_process_loses_nothing_it_acknowledged() {
    let file = File::new();
    let mut acknowledged: Vec<u64> = Vec::new();
    for round in 1..=4 {
        // One more than the last: that one may or may not have been written when the process died.
        let first = acknowledged.last().map_or(1, |last| last + 2);
        let mut child = Command::new(append())
            .arg(file.path())
            .arg(first.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .expect("cargo builds the example `append` with the tests");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        for line in lines.by_ref().take(ACKNOWLEDGED_EACH_ROUND) {
            acknowledged.push(line.unwrap().parse().unwrap());
        }
        // SIGKILL, while it goes on writing.
        child.kill().unwrap();
        assert_eq!(
            child.wait().unwrap().code(),
            None,
            "it was to be killed, not to end by itself"
        );
        // A last line that was cut off was no acknowledgement.
        acknowledged.extend(
            lines
                .map_while(Result::ok)
                .filter_map(|line| line.parse::<u64>().ok()),
        );
        assert!(acknowledged.len() >= round * ACKNOWLEDGED_EACH_ROUND);

        let storage = file.open().await.unwrap();
        storage.check().await.unwrap();
        for number in &acknowledged {
            let mut id_hash = vec![0; 24];
            id_hash.extend(number.to_be_bytes());
            let found = storage.session(&id_hash, UtcMillis(0)).await.unwrap();
            assert_eq!(
                found.map(|s| s.sealed_data.bytes),
                Some(vec![7; 900]),
                "session {number}"
            );
        }
        storage.ping().await.unwrap();
        storage.close().await;
    }
}

/// The example's program: cargo puts it beside the folder of the test programs.
fn append() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().and_then(|deps| deps.parent()).unwrap();
    profile.join("examples").join("append")
}
