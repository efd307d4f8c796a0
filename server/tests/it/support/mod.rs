//! A server of each test's own: temporary data, free ports, a simulated Order Desk.

mod browser;
mod client;
mod command;
mod database;
mod site;

use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use orderdesk_sim::{Sim, SimServer, seed};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

pub use browser::Browser;
pub use client::json_of;
pub use command::{Ran, program, run};
pub use database::Database;

/// Store and key that the simulated Order Desk knows besides the sandbox.
pub const STORE_ID: &str = "4711";
/// The key of that store; looked for in logs.
pub const STORE_KEY: &str = "canaryStoreKey0123456789012345678901234";
const PATIENCE: Duration = Duration::from_secs(60);

/// A running server.
pub struct TestServer {
    /// Address of the main listener, without a slash at the end.
    pub url: String,
    /// Address of the operator's listener.
    pub ops: String,
    /// What the first start printed on standard output, up to the addresses.
    pub printed: String,
    /// The master key that the first start showed.
    pub master_key: String,
    /// The simulated Order Desk.
    pub upstream: SimServer,
    /// The data folder.
    pub data: TempDir,
    /// Everything on standard error so far.
    pub log: Arc<Mutex<String>>,
    /// A client that follows no redirects and keeps no cookies.
    pub http: reqwest::Client,
    /// What it was started with.
    pub settings: Vec<(String, String)>,
    child: Child,
}

impl TestServer {
    /// A server with the usual settings.
    pub async fn start() -> Self {
        Self::with(&[]).await
    }

    /// A server with settings of the test's own.
    pub async fn with(settings: &[(&str, &str)]) -> Self {
        let data = tempfile::tempdir().unwrap();
        let upstream = Sim::builder()
            .store(STORE_ID, STORE_KEY, seed::tiny())
            .rate_limit(false)
            .start()
            .await
            .unwrap();
        Self::on(data, upstream, settings).await
    }

    /// A server on data that is there already.
    pub async fn on(data: TempDir, upstream: SimServer, more: &[(&str, &str)]) -> Self {
        let settings = settings(&data, &upstream, more);
        let mut child = Command::new(program())
            .arg("serve")
            .env_clear()
            .envs(settings.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let log = Arc::default();
        tokio::spawn(gather(child.stderr.take().unwrap(), Arc::clone(&log)));
        let printed = timeout(PATIENCE, printed_until_ready(&mut child))
            .await
            .expect("no address in time");
        let address = |label: &str| {
            let line = printed.lines().find_map(|line| line.strip_prefix(label));
            line.unwrap_or_else(|| panic!("no `{label}` in {printed:?}; {}", log.lock().unwrap()))
                .to_owned()
        };
        let master_key = printed
            .lines()
            .find_map(|line| line.trim().strip_prefix("Master key: "));
        orderdesk::client::provide_tls();
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .no_gzip()
            .build()
            .unwrap();
        Self {
            url: address("listening on "),
            ops: address("health and metrics on "),
            master_key: master_key.unwrap_or_default().to_owned(),
            printed,
            upstream,
            data,
            log,
            http,
            settings,
            child,
        }
    }

    /// Runs a command of the program with this server's settings.
    pub async fn command(&self, arguments: &[&str], input: &str) -> Ran {
        run(arguments, &self.settings, input).await
    }

    /// The same with more settings.
    pub async fn command_with(
        &self,
        arguments: &[&str],
        more: &[(&str, &str)],
        input: &str,
    ) -> Ran {
        let mut settings = self.settings.clone();
        settings.extend(
            more.iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        run(arguments, &settings, input).await
    }

    /// Makes a key at the command line.
    pub async fn key(&self, tenant: &str, kind: &str, access: &str) -> String {
        let arguments = [
            "key", "create", "--tenant", tenant, "--kind", kind, "--access", access,
        ];
        self.command(&arguments, "").await.out_if_ok()
    }

    /// Sends the process a signal, such as `TERM`.
    pub fn signal(&self, name: &str) {
        let pid = self.child.id().expect("the server still runs").to_string();
        let status = std::process::Command::new("kill")
            .args([format!("-{name}"), pid])
            .status()
            .unwrap();
        assert!(status.success());
    }

    /// Waits for the process's end and gives its exit code.
    pub async fn ended(&mut self) -> Option<i32> {
        timeout(PATIENCE, self.child.wait())
            .await
            .expect("the server does not end")
            .unwrap()
            .code()
    }

    /// Ends the server in order and gives back what it stood on.
    pub async fn stop(mut self) -> (TempDir, SimServer) {
        self.signal("TERM");
        assert_eq!(self.ended().await, Some(0));
        (self.data, self.upstream)
    }

    /// What was logged so far, as text.
    pub fn logged(&self) -> String {
        self.log.lock().unwrap().clone()
    }
}

fn settings(data: &TempDir, upstream: &SimServer, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let folder = data.path().join("data");
    let exports = data.path().join("exports");
    let site = site::make(data.path());
    let mut settings: Vec<(String, String)> = [
        ("PORT", "0"),
        ("OPS_PORT", "0"),
        ("DATA_DIR", folder.to_str().unwrap()),
        ("EXPORT_DIR", exports.to_str().unwrap()),
        ("ORDERDESK_API_URL", &upstream.base_url()),
        ("LEPTOS_SITE_ROOT", site.to_str().unwrap()),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec();
    settings.extend(
        more.iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    );
    settings
}

async fn printed_until_ready(child: &mut Child) -> String {
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut printed = String::new();
    while let Some(line) = lines.next_line().await.unwrap() {
        printed += &line;
        printed.push('\n');
        if line.starts_with("health and metrics on ") {
            break;
        }
    }
    // What is printed later must not block the server on a full pipe.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    printed
}

async fn gather(from: impl AsyncRead + Unpin, into: Arc<Mutex<String>>) {
    let mut lines = BufReader::new(from).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let mut log = into.lock().unwrap();
        log.push_str(&line);
        log.push('\n');
    }
}
