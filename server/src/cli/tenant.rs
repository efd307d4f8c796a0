//! `tenant create`.

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
}

pub(super) async fn run(command: TenantCommand, config: &Config) -> anyhow::Result<()> {
    let TenantCommand::Create { name } = command;
    new_database::announce(config);
    let wired = wire::services(config).await?;
    let made = wired.services.create_tenant(&name).await;
    wired.close().await;
    let made = made?;
    note(&format!(
        "Made the workspace `{}`. Keep its master key: it cannot be shown again.",
        made.tenant.name
    ));
    say(made.master_key.expose())
}
