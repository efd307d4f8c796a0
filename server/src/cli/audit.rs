//! `audit verify` and `audit go-on`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Subcommand;
use orderdesk_mcp_domain::{AuditReport, NotedEnd};

use super::console::{note, say};
use super::new_database;
use crate::config::Config;
use crate::wire;

#[derive(Debug, Subcommand)]
pub(super) enum AuditCommand {
    /// Finds entries that were removed, altered or moved. Prints a line for each workspace: its id, its newest entry with the
    /// hash, whether its log is whole or BROKEN, and its name. Ends with code 1 when one is broken.
    Verify {
        /// Only this workspace.
        #[arg(long, value_name = "NAME")]
        tenant: Option<String>,
        /// Entries that were noted elsewhere and must be there still: lines that this command printed before, or the server's
        /// own log in JSON. Without them a log whose newest entries were cut off together with its end looks whole.
        #[arg(long, value_name = "FILE")]
        noted: Option<PathBuf>,
    },
    /// Lets a damaged log go on after its newest entry, so that acts are possible again. What is wrong stays to be found.
    GoOn {
        /// The workspace's name.
        #[arg(long, value_name = "NAME")]
        tenant: String,
    },
}

pub(super) async fn run(command: AuditCommand, config: &Config) -> anyhow::Result<ExitCode> {
    new_database::refuse(config)?;
    let noted = match &command {
        AuditCommand::Verify {
            noted: Some(file), ..
        } => read_noted(file)?,
        _ => Vec::new(),
    };
    let missing = wire::pending_migrations(config).await?;
    if missing > 0 {
        bail!(
            "the database lacks {missing} migrations; `orderdesk-mcp migrate` or the next start applies them"
        );
    }
    let wired = wire::services(config).await?;
    let outcome = match command {
        AuditCommand::Verify { tenant, .. } => verify(&wired, tenant.as_deref(), &noted).await,
        AuditCommand::GoOn { tenant } => go_on(&wired, &tenant).await,
    };
    wired.close().await;
    outcome
}

async fn verify(
    wired: &wire::Wired,
    tenant: Option<&str>,
    noted: &[NotedEnd],
) -> anyhow::Result<ExitCode> {
    let reports = wired.services.verify_audit_logs(tenant, noted).await?;
    for report in &reports {
        tell(report)?;
    }
    let broken = reports.iter().any(|report| !report.faults.is_empty());
    Ok(if broken {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn tell(report: &AuditReport) -> anyhow::Result<()> {
    let name = &report.tenant;
    let state = if report.faults.is_empty() {
        "whole"
    } else {
        "BROKEN"
    };
    say(&format!("{} {state} {name}", report.end))?;
    if let Some((at, act)) = &report.beginning {
        note(&format!(
            "{name}: {} entries since {}, the first of {act}.",
            report.entries,
            at.to_minute()
        ));
    }
    for fault in &report.faults {
        note(&format!("{name}: {fault}"));
    }
    Ok(())
}

/// The server's log holds other lines too; a line that names an entry and cannot be read is no reason to pass it over.
fn read_noted(file: &Path) -> anyhow::Result<Vec<NotedEnd>> {
    let text =
        fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let mut noted = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let is_other =
            line.trim().is_empty() || (line.starts_with('{') && !line.contains("audit_hash"));
        if is_other {
            continue;
        }
        let end = line
            .parse()
            .with_context(|| format!("line {number} of {}", file.display()))?;
        noted.push(end);
    }
    if noted.is_empty() {
        bail!("no entry is noted in {}", file.display());
    }
    Ok(noted)
}

async fn go_on(wired: &wire::Wired, tenant: &str) -> anyhow::Result<ExitCode> {
    let seq = wired.services.go_on_with_audit_log(tenant).await?;
    note(&format!(
        "The audit log of `{tenant}` goes on with entry {seq}, which says so."
    ));
    Ok(ExitCode::SUCCESS)
}
