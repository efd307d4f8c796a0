//! `tenant create`, `tenant suspend` and `tenant resume`.

use clap::Subcommand;

use super::console::{note, say};
use super::new_database;
use crate::config::Config;
use crate::wire;

#[derive(Debug, Subcommand)]
pub(super) enum TenantCommand {
    /// Makes a workspace and prints its master key, the only time it can be seen.
    Create {
        /// The workspace's name, unique without regard to case.
        name: String,
    },
    /// Stops the use of a workspace and ends its sessions; a running server refuses its keys and people within seconds.
    Suspend {
        /// The workspace's name.
        #[arg(long)]
        name: String,
    },
    /// Lets a workspace that was suspended go on.
    Resume {
        /// The workspace's name.
        #[arg(long)]
        name: String,
    },
}

pub(super) async fn run(command: TenantCommand, config: &Config) -> anyhow::Result<()> {
    match command {
        TenantCommand::Create { .. } => new_database::announce(config),
        _ => new_database::refuse(config)?,
    }
    let wired = wire::services(config).await?;
    let outcome = match command {
        TenantCommand::Create { name } => create(&wired, &name).await,
        TenantCommand::Suspend { name } => suspend(&wired, &name, true).await,
        TenantCommand::Resume { name } => suspend(&wired, &name, false).await,
    };
    wired.close().await;
    outcome
}

async fn create(wired: &wire::Wired, name: &str) -> anyhow::Result<()> {
    let made = wired.services.create_tenant(name).await?;
    note(&format!(
        "Made the workspace `{}`. Keep its master key: it cannot be shown again.",
        made.tenant.name
    ));
    say(made.master_key.expose())
}

async fn suspend(wired: &wire::Wired, name: &str, is_suspended: bool) -> anyhow::Result<()> {
    let services = &wired.services;
    let name = services.set_tenant_suspended(name, is_suspended).await?;
    note(&if is_suspended {
        format!("Suspended the workspace `{name}`; its sessions have ended.")
    } else {
        format!("The workspace `{name}` can be used again.")
    });
    Ok(())
}
