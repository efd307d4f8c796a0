//! `doctor`: what is wrong, in plain words.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use orderdesk_mcp_domain::{Services, StartError};
use tokio::net::TcpListener;

use super::console::say;
use super::healthcheck;
use crate::config::{Config, DatabaseKind};
use crate::http::Site;
use crate::wire;

/// Order Desk answers within a second when all is well.
const UPSTREAM_PATIENCE: Duration = Duration::from_secs(10);
/// How reports call the key that seals secrets.
const KEY: &str = "key-encryption key";

/// Findings, in the order they were made.
#[derive(Default)]
struct Report {
    problems: usize,
}

impl Report {
    fn good(&self, what: &str, finding: &str) -> anyhow::Result<()> {
        say(&format!("ok       {what}: {finding}"))
    }

    fn bad(&mut self, what: &str, finding: &str) -> anyhow::Result<()> {
        self.problems += 1;
        say(&format!("problem  {what}: {finding}"))
    }

    fn note(&mut self, what: &str, finding: Result<String, String>) -> anyhow::Result<()> {
        match finding {
            Ok(finding) => self.good(what, &finding),
            Err(finding) => self.bad(what, &finding),
        }
    }
}

/// Looks at everything, changes nothing, and fails when something is wrong.
pub(super) async fn run(file: Option<&Path>) -> anyhow::Result<ExitCode> {
    let mut report = Report::default();
    let config = match Config::load(file) {
        Ok(config) => config,
        Err(problems) => {
            for problem in problems.0 {
                report.bad(
                    "settings",
                    &format!("{}: {}", problem.setting, problem.text),
                )?;
            }
            return conclude(&report);
        }
    };
    report.good("settings", "sound")?;
    for warning in &config.warnings {
        say(&format!("note     settings: {}", warning.0))?;
    }
    report.note("data folder", data_folder(&config.database.data_dir))?;
    database(&mut report, &config).await?;
    report.note("Order Desk", upstream(&config).await)?;
    ports(&mut report, &config).await?;
    if config.http.enable_webui {
        let site = Site::find(config.http.site_root.as_deref());
        report.note(
            "web app",
            site.map(|site| format!("files in {}", site.root().display()))
                .map_err(|e| format!("{e:#}")),
        )?;
    }
    conclude(&report)
}

fn conclude(report: &Report) -> anyhow::Result<ExitCode> {
    say("")?;
    match report.problems {
        0 => say("Everything is in order.").map(|()| ExitCode::SUCCESS),
        1 => say("1 problem was found.").map(|()| ExitCode::FAILURE),
        count => say(&format!("{count} problems were found.")).map(|()| ExitCode::FAILURE),
    }
}

fn data_folder(folder: &Path) -> Result<String, String> {
    let shown = folder.display();
    let Ok(metadata) = fs::metadata(folder) else {
        return Ok(format!(
            "{shown} is not there yet; the first start makes it"
        ));
    };
    if !metadata.is_dir() {
        return Err(format!(
            "{shown} is not a folder; remove it, or choose another DATA_DIR"
        ));
    }
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777;
        if mode & 0o077 != 0 {
            return Err(format!(
                "{shown} is open to other users (mode {mode:03o}); run `chmod 700 {shown}`"
            ));
        }
    }
    match tempfile_in(folder) {
        Ok(()) => Ok(format!("{shown} can be written")),
        Err(error) => Err(format!("{shown} cannot be written: {error}")),
    }
}

/// Writes and removes a file: permissions alone do not tell of a full or read-only disk.
fn tempfile_in(folder: &Path) -> std::io::Result<()> {
    let probe = folder.join(format!(".doctor-{}", std::process::id()));
    fs::write(&probe, b"probe")?;
    fs::remove_file(&probe)
}

async fn database(report: &mut Report, config: &Config) -> anyhow::Result<()> {
    if let DatabaseKind::Sqlite(path) = &config.database.kind
        && !path.exists()
    {
        return report.good(
            "database",
            &format!(
                "{} is not there yet; the first start makes it",
                path.display()
            ),
        );
    }
    match wire::pending_migrations(config).await {
        Ok(0) => report.good("database", "reachable, and its tables are up to date")?,
        Ok(count) => {
            let text = format!(
                "{count} migrations are missing; `orderdesk-mcp migrate` or the next start applies them"
            );
            return report.bad("database", &text);
        }
        Err(error) => return report.bad("database", &format!("{error:#}")),
    }
    if let Err(error) = wire::open_keyring(config) {
        return report.bad(KEY, &format!("{error:#}"));
    }
    // Starting the use cases proves the key against the database.
    match wire::services(config).await {
        Ok(wired) => {
            report.good(KEY, "the one this database was sealed with")?;
            report.note("database", writable(&wired.services).await)?;
            report.note("audit logs", audit_logs(&wired.services).await)?;
            report.note("workspaces", workspaces(&wired.services).await)?;
            wired.close().await;
            Ok(())
        }
        Err(error) => report.bad(at_fault(&error), &format!("{error:#}")),
    }
}

/// What kept the use cases from starting.
fn at_fault(error: &anyhow::Error) -> &'static str {
    match error.downcast_ref() {
        Some(StartError::WrongKey(_)) => KEY,
        Some(StartError::Storage(_)) => "database",
        Some(StartError::Mail(_)) => "e-mail",
        Some(StartError::Entropy(_) | StartError::Webhooks(_)) | None => "start",
    }
}

async fn writable(services: &Services) -> Result<String, String> {
    match services.ready().await {
        Ok(state) => Ok(format!(
            "{} can be written, migration {}",
            state.kind, state.schema_version
        )),
        Err(error) => Err(format!("it cannot be written: {}", error.message)),
    }
}

async fn workspaces(services: &Services) -> Result<String, String> {
    match services.count_tenants().await {
        Ok(0) => Ok("none yet; the first start makes one".into()),
        Ok(count) => Ok(count.to_string()),
        Err(error) => Err(error.message),
    }
}

async fn audit_logs(services: &Services) -> Result<String, String> {
    let reports = services.verify_audit_logs(None, &[]).await;
    let reports = reports.map_err(|error| error.message)?;
    let damaged = reports.iter().filter(|report| !report.faults.is_empty());
    match damaged.count() {
        0 => Ok("whole".into()),
        count => Err(format!(
            "{count} of {} are not whole; `orderdesk-mcp audit verify` says where",
            reports.len()
        )),
    }
}

/// Any answer at all will do: without a store's key Order Desk refuses, and that is an answer.
async fn upstream(config: &Config) -> Result<String, String> {
    let url = &config.orderdesk.api_url;
    orderdesk::client::provide_tls();
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .timeout(UPSTREAM_PATIENCE)
        .build()
        .map_err(|error| format!("no client for it can be set up: {error}"))?;
    match client.get(url.clone()).send().await {
        Ok(_) => Ok(format!("{url} answers")),
        Err(error) if error.is_timeout() => Err(format!(
            "{url} does not answer within 10 seconds; is a firewall in between?"
        )),
        Err(error) if error.is_connect() => Err(format!(
            "{url} cannot be reached: check the network, DNS and firewall, or ORDERDESK_API_URL"
        )),
        Err(_) => Err(format!(
            "{url} does not speak HTTP; check ORDERDESK_API_URL"
        )),
    }
}

/// A port in use is no problem if it is our own server that uses it.
async fn ports(report: &mut Report, config: &Config) -> anyhow::Result<()> {
    let is_running = config.ops.port != 0 && healthcheck::ask_ready(&config.ops).await.is_ok();
    for (setting, address) in [
        ("PORT", SocketAddr::new(config.http.host, config.http.port)),
        (
            "OPS_PORT",
            SocketAddr::new(config.ops.host, config.ops.port),
        ),
    ] {
        match TcpListener::bind(address).await {
            Ok(_) => report.good(setting, &format!("{address} is free"))?,
            Err(_) if is_running => report.good(
                setting,
                &format!("{address} is in use; a server of ours is running"),
            )?,
            Err(error) => report.bad(
                setting,
                &format!("{address} cannot be listened on: {error}"),
            )?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use orderdesk_mcp_storage::StorageError;
    use orderdesk_mcp_vault::NoEntropy;

    use super::*;

    #[test]
    fn names_what_kept_the_use_cases_from_starting() {
        let database = StartError::Storage(StorageError::Gone { what: "row" });
        let chance = StartError::Entropy(NoEntropy);
        let client = anyhow::anyhow!("the client for Order Desk cannot be set up");
        for (error, expected) in [
            (database.into(), "database"),
            (chance.into(), "start"),
            (client, "start"),
        ] {
            assert_eq!(at_fault(&error), expected, "{error:#}");
        }
    }
}
