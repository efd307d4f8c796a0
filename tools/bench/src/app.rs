//! The product: its commands, its server, and the few things of it that are asked besides what is measured.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail};
use orderdesk_mcp_contract::UtcMillis;
use orderdesk_mcp_db_sqlite::{SqliteLocation, SqliteStorage};
use orderdesk_mcp_storage::Storage;
use orderdesk_mcp_storage::port::{Tenants, Traces};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::time::Instant;

use crate::process::Server;
use crate::report::Report;
use crate::wire::{self, Connection, Era};

/// The workspace everything is measured in.
pub(crate) const TENANT: &str = "bench";
/// The built-in sandbox, as a store's id and as its API key.
pub(crate) const STORE: &str = "sandbox";
/// A server that is not ready by then never will be.
const READY_WITHIN: Duration = Duration::from_secs(30);
/// How long recorded calls may take to be written once nobody calls any more.
const WRITTEN_WITHIN: Duration = Duration::from_secs(30);

/// An installation with its data in a folder of its own, which goes when this does.
pub(crate) struct App {
    program: PathBuf,
    site: Option<PathBuf>,
    data: TempDir,
}

impl App {
    /// An empty one. `site` holds the web app's files; without it the web app is switched off.
    ///
    /// # Errors
    /// The program is not there, or no folder can be made beside it.
    pub(crate) fn new(program: &Path, site: Option<&Path>) -> anyhow::Result<Self> {
        let program = std::path::absolute(program)?;
        // Beside the program, because a folder for temporary files may be in memory, where every write is quick.
        let folder = program.parent().context("the program lies in no folder")?;
        let data = tempfile::Builder::new()
            .prefix("bench-data-")
            .tempdir_in(folder)
            .with_context(|| format!("no data can be kept in {}", folder.display()))?;
        Ok(Self {
            program,
            site: site.map(std::path::absolute).transpose()?,
            data,
        })
    }

    /// The SQLite file.
    pub(crate) fn database(&self) -> PathBuf {
        self.data.path().join("orderdesk-mcp.db")
    }

    /// The first lines that are left of the server's log, for errors.
    pub(crate) fn log(&self) -> PathBuf {
        self.data.path().join("server.log")
    }

    /// Whether the web app is served.
    pub(crate) fn has_site(&self) -> bool {
        self.site.is_some()
    }

    /// Runs a command and gives what it printed.
    ///
    /// # Errors
    /// It failed; with what it said.
    pub(crate) async fn run(&self, arguments: &[&str], input: &str) -> anyhow::Result<String> {
        let mut child = self
            .command()
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("{} cannot be started", self.program.display()))?;
        let mut stdin = child.stdin.take().context("its input is not piped")?;
        stdin.write_all(input.as_bytes()).await?;
        drop(stdin);
        let output = child.wait_with_output().await?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            bail!("`{}` failed: {}", arguments.join(" "), said.trim());
        }
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }

    /// Makes the workspace with the sandbox as its store, and gives a key that may read.
    ///
    /// # Errors
    /// A command failed.
    pub(crate) async fn set_up(&self) -> anyhow::Result<String> {
        self.run(&["tenant", "create", TENANT], "").await?;
        let add = [
            "store",
            "add",
            "--tenant",
            TENANT,
            "--store-id",
            STORE,
            "--name",
            "Sandbox",
        ];
        self.run(&add, STORE).await?;
        let create = [
            "key", "create", "--tenant", TENANT, "--kind", "api", "--access", "read",
        ];
        self.run(&create, "").await
    }

    /// Starts the server and waits until it is ready.
    ///
    /// # Errors
    /// It is not ready in time.
    pub(crate) async fn start(&self) -> anyhow::Result<Running> {
        let log = File::options().create(true).append(true).open(self.log())?;
        let began = Instant::now();
        let child = self
            .command()
            .arg("serve")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .with_context(|| format!("{} cannot be started", self.program.display()))?;
        let mut server = Server::of(child)?;
        let ready = async {
            let main = server.announced("listening on ").await?;
            let ops = server.announced("health and metrics on ").await?;
            while !is_ready(ops).await {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            anyhow::Ok((main, ops))
        };
        let ready = tokio::time::timeout(READY_WITHIN, ready).await;
        let (main, ops) = ready
            .context("it was not ready in time")
            .flatten()
            .with_context(|| self.last_words())?;
        Ok(Running {
            server,
            main,
            ops,
            ready_after: began.elapsed(),
        })
    }

    /// Sees to it that every call that was answered is a trace of a call that the cache answered. The server is not running.
    ///
    /// # Errors
    /// The database cannot be asked.
    pub(crate) async fn check_recorded(
        &self,
        report: &mut Report,
        answered: u64,
    ) -> anyhow::Result<()> {
        let recorded = self.recorded().await?;
        if recorded < answered {
            report.problem(format!(
                "{answered} calls were answered from the cache and {recorded} recorded as such"
            ));
        }
        Ok(())
    }

    /// Sees to it that none was.
    ///
    /// # Errors
    /// The database cannot be asked.
    pub(crate) async fn check_unrecorded(&self, report: &mut Report) -> anyhow::Result<()> {
        let recorded = self.recorded().await?;
        if recorded > 0 {
            report.problem(format!("{recorded} calls were recorded that should not be"));
        }
        Ok(())
    }

    /// How many recorded calls the cache answered.
    async fn recorded(&self) -> anyhow::Result<u64> {
        let storage = SqliteStorage::open(&SqliteLocation::from_path(self.database())).await?;
        let tenant = storage.tenant_by_name_key(TENANT).await?;
        let tenant = tenant.context("the workspace is gone")?.id;
        let totals = storage.call_totals(tenant, UtcMillis(0)).await?;
        storage.close().await;
        Ok(totals.cache_hits)
    }

    /// Only what is set here, whatever is set where the measuring is done. All is as it is by default but for the
    /// limits, which are as high as they go, and for how long an order is reused: every read is to be one from the
    /// cache.
    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .current_dir(self.data.path())
            .env_clear()
            .env("DATA_DIR", self.data.path())
            .env("PORT", "0")
            .env("OPS_PORT", "0")
            .env("RATE_LIMIT_RPM", "1000000")
            .env("WEBUI_RATE_LIMIT_LOGIN", "1000")
            .env("CACHE_TTL_ORDERS", "3600")
            .kill_on_drop(true);
        match &self.site {
            Some(site) => command.env("LEPTOS_SITE_ROOT", site),
            None => command.env("ENABLE_WEBUI", "false"),
        };
        command
    }

    fn last_words(&self) -> String {
        let log = std::fs::read_to_string(self.log()).unwrap_or_default();
        let last: Vec<&str> = log.lines().rev().take(5).collect();
        format!(
            "its log ends with:\n{}",
            last.into_iter().rev().collect::<Vec<_>>().join("\n")
        )
    }
}

async fn is_ready(ops: SocketAddr) -> bool {
    let asked = async {
        let mut connection = Connection::open(ops).await?;
        let reply = connection.ask(&wire::get(ops, "/health/ready")).await?;
        anyhow::Ok(reply.status == 200)
    };
    asked.await.unwrap_or(false)
}

/// The product under way.
pub(crate) struct Running {
    server: Server,
    /// Where it serves `/mcp`.
    pub(crate) main: SocketAddr,
    ops: SocketAddr,
    /// From the start of the program to its first "ready".
    pub(crate) ready_after: Duration,
}

impl Running {
    /// Its process id.
    pub(crate) fn pid(&self) -> u32 {
        self.server.pid
    }

    /// Calls a tool once and gives the body of the answer.
    ///
    /// # Errors
    /// It failed.
    pub(crate) async fn call(
        &self,
        era: Era,
        key: &str,
        tool: &str,
        arguments: &Value,
    ) -> anyhow::Result<Vec<u8>> {
        let mut connection = Connection::open(self.main).await?;
        let request = wire::tool_call(era, self.main, key, tool, arguments);
        let reply = connection.ask(&request).await?;
        let body: Value = serde_json::from_slice(reply.body).unwrap_or_default();
        if reply.status != 200 || body["result"]["isError"] != json!(false) {
            bail!("`{tool}` was answered {} {body}", reply.status);
        }
        Ok(reply.body.to_vec())
    }

    /// Reads an order until it comes from the cache, and gives the arguments that read it.
    ///
    /// # Errors
    /// It cannot be read.
    pub(crate) async fn warm_order(&self, key: &str) -> anyhow::Result<Value> {
        let list = json!({ "store_identifier": STORE, "limit": 1 });
        let listed = self.call(Era::Legacy, key, "orders_list", &list).await?;
        let listed: Value = serde_json::from_slice(&listed)?;
        let id = &listed["result"]["structuredContent"]["orders"][0]["id"];
        let read = json!({ "store_identifier": STORE, "order_id": id });
        for _ in 0..2 {
            let answer = self.call(Era::Legacy, key, "orders_get", &read).await?;
            let answer: Value = serde_json::from_slice(&answer)?;
            if answer["result"]["structuredContent"]["cached"] == json!(true) {
                return Ok(read);
            }
        }
        bail!("an order that was just read does not come from the cache")
    }

    /// Waits until all recorded calls are written.
    ///
    /// # Errors
    /// They are not in time.
    pub(crate) async fn settle(&self) -> anyhow::Result<()> {
        let mut connection = Connection::open(self.ops).await?;
        let request = wire::get(self.ops, "/health/detailed");
        let end = Instant::now() + WRITTEN_WITHIN;
        while Instant::now() < end {
            let reply = connection.ask(&request).await?;
            let state: Value = serde_json::from_slice(reply.body)?;
            if state["trace_backlog"] == json!(0) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        bail!("recorded calls are still not written")
    }

    /// Ends it.
    ///
    /// # Errors
    /// It does not end well.
    pub(crate) async fn end(self) -> anyhow::Result<()> {
        self.server.end().await
    }
}
