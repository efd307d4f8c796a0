//! Running the program's commands.

use std::env;
use std::ffi::OsString;
use std::process::{Output, Stdio};

use tokio::io::AsyncWriteExt;
use tokio::process::Command;

/// The program under test. Asked when the tests run: a path that was compiled in would be that of another checkout,
/// where both build in the same folder.
pub fn program() -> OsString {
    env::var_os("CARGO_BIN_EXE_orderdesk-mcp").expect("cargo names the program that it built")
}

/// What a command left behind.
#[derive(Debug)]
pub struct Ran {
    /// Exit code.
    pub code: i32,
    /// Standard output, without the last line break.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Ran {
    /// Standard output of a command that must have succeeded.
    pub fn out_if_ok(self) -> String {
        assert_eq!(self.code, 0, "{}", self.err);
        self.out
    }
}

/// Runs a command with nothing but these settings in its environment.
pub async fn run(arguments: &[&str], settings: &[(String, String)], input: &str) -> Ran {
    let mut child = Command::new(program())
        .args(arguments)
        .env_clear()
        .envs(settings.iter().cloned())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A command that reads nothing may be gone already.
    let _ = stdin.write_all(input.as_bytes()).await;
    drop(stdin);
    let Output {
        status,
        stdout,
        stderr,
    } = child.wait_with_output().await.unwrap();
    Ran {
        code: status.code().expect("the command was killed"),
        out: String::from_utf8(stdout).unwrap().trim_end().to_owned(),
        err: String::from_utf8(stderr).unwrap(),
    }
}
