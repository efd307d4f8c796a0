//! The command line.
//!
//! Exit codes: 0 done; 1 it failed, and standard error says why; 2 the command line is wrong.
//! Results go to standard output, everything else to standard error, so that
//! `KEY=$(orderdesk-mcp key create …)` holds a key and nothing else.

mod audit;
mod config;
mod console;
mod doctor;
mod first_start;
mod healthcheck;
mod key;
mod migrate;
mod new_database;
mod serve;
mod stdio;
mod store;
mod tenant;
mod user;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::Config;
use crate::logging;

/// Order Desk for AI assistants and people, safely.
#[derive(Debug, Parser)]
#[command(
    name = "orderdesk-mcp",
    version,
    after_help = "Settings are environment variables; `orderdesk-mcp config reference` lists them.\n\
                  Exit codes: 0 done, 1 failed, 2 wrong usage."
)]
struct Cli {
    /// A file of NAME=value settings; the environment wins over it.
    #[arg(long, value_name = "FILE", env = "CONFIG_FILE", global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the server: the web app and /mcp, and health and metrics on their own port.
    Serve,
    /// Serves MCP over standard input and output for one client on this machine.
    Stdio,
    /// Brings the database up to date and ends.
    Migrate,
    /// Makes, lists and revokes bearer keys.
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// Makes, suspends and resumes workspaces.
    #[command(subcommand)]
    Tenant(tenant::TenantCommand),
    /// Makes people, sets their passwords, and lets them look after the whole server.
    #[command(subcommand)]
    User(user::UserCommand),
    /// Adds and lists Order Desk stores.
    #[command(subcommand)]
    Store(store::StoreCommand),
    /// Proves the audit logs, and lets one that is damaged go on.
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Checks the settings, or prints their reference.
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Says in plain words what is wrong with settings, database, keys, upstream, ports and files.
    Doctor,
    /// Asks the running server whether it is ready. For container health checks.
    #[command(hide = true)]
    Healthcheck,
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            console::note(&format!("error: the runtime cannot start: {error}"));
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(cli)) {
        Ok(code) => code,
        Err(error) => {
            // The chain without the texts that only repeat an outer one.
            console::note(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let file = cli.config.as_deref();
    match cli.command {
        Command::Config(command) => return config::run(&command, file),
        Command::Doctor => return doctor::run(file).await,
        _ => {}
    }
    let config = Config::load(file)?;
    match cli.command {
        Command::Serve => {
            logging::start(&config.log)?;
            serve::run(config).await?;
        }
        Command::Stdio => {
            logging::start(&config.log)?;
            stdio::run(&config).await?;
        }
        Command::Healthcheck => healthcheck::run(&config).await?,
        other => {
            logging::start_quietly();
            match other {
                Command::Audit(command) => return audit::run(command, &config).await,
                Command::Migrate => migrate::run(&config).await?,
                Command::Key(command) => key::run(command, &config).await?,
                Command::Tenant(command) => tenant::run(command, &config).await?,
                Command::User(command) => user::run(command, &config).await?,
                Command::Store(command) => store::run(command, &config).await?,
                Command::Serve
                | Command::Stdio
                | Command::Healthcheck
                | Command::Doctor
                | Command::Config(_) => unreachable!("these were taken above"),
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
