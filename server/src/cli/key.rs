//! `key create`, `key list`, `key revoke`.

use clap::{Args, Subcommand};
use orderdesk_mcp_contract::{Access, KeyId, KeyKind, UtcMillis};
use orderdesk_mcp_domain::{Clock, NewKeyRequest, SystemClock};

use super::console::{note, say};
use super::new_database;
use crate::config::Config;
use crate::wire;

const DAY_MS: i64 = 86_400_000;

#[derive(Debug, Subcommand)]
pub(super) enum KeyCommand {
    /// Makes a key and prints it, and nothing else, on standard output. A master key with write access for a
    /// workspace that does not exist makes the workspace too.
    Create(Create),
    /// Lists a workspace's keys: id, kind, access, state, name. Never the keys themselves.
    List {
        /// The workspace's name.
        #[arg(long)]
        tenant: String,
    },
    /// Revokes a key; a running server refuses it within seconds.
    Revoke {
        /// The workspace's name.
        #[arg(long)]
        tenant: String,
        /// The key's id, as `key list` shows it.
        id: KeyId,
    },
}

#[derive(Debug, Args)]
pub(super) struct Create {
    /// The workspace's name.
    #[arg(long)]
    tenant: String,
    /// `master` opens the web app and manages the workspace; `api` is for one assistant or script.
    #[arg(long)]
    kind: KeyKind,
    /// `read`, `propose` (its changes wait for a person) or `write` (its changes are made at once, but for what its
    /// policy has a person approve: deletes, unless that is changed). Default: `write` for master keys, `propose` for
    /// API keys.
    #[arg(long)]
    access: Option<Access>,
    /// A name to know the key by.
    #[arg(long, default_value = "Command line")]
    name: String,
    /// After how many days the key ends by itself; without it, it does not.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..=3650))]
    expires_days: Option<u16>,
}

impl Create {
    fn access(&self) -> Access {
        self.access.unwrap_or(match self.kind {
            KeyKind::Master => Access::Write,
            KeyKind::Api => Access::Propose,
        })
    }

    /// A workspace begins with its owner's key, so asking for that key is asking for the workspace.
    fn is_for_owner(&self) -> bool {
        self.kind == KeyKind::Master
            && self.access() == Access::Write
            && self.expires_days.is_none()
    }
}

pub(super) async fn run(command: KeyCommand, config: &Config) -> anyhow::Result<()> {
    match &command {
        KeyCommand::Create(new) if new.is_for_owner() => new_database::announce(config),
        _ => new_database::refuse(config)?,
    }
    let wired = wire::services(config).await?;
    let outcome = match command {
        KeyCommand::Create(new) => create(&wired, new).await,
        KeyCommand::List { tenant } => list(&wired, &tenant).await,
        KeyCommand::Revoke { tenant, id } => revoke(&wired, &tenant, id).await,
    };
    wired.close().await;
    outcome
}

async fn create(wired: &wire::Wired, new: Create) -> anyhow::Result<()> {
    let access = new.access();
    if new.is_for_owner() && wired.services.tenant_by_name(&new.tenant).await?.is_none() {
        let made = wired.services.create_tenant(&new.tenant).await?;
        note(&format!(
            "Made the workspace `{}` with its master key. It cannot be shown again.",
            made.tenant.name
        ));
        return say(made.master_key.expose());
    }
    let operator = wired.services.operator(&new.tenant).await?;
    let expires_at = new
        .expires_days
        .map(|days| SystemClock.now().plus_millis(i64::from(days) * DAY_MS));
    let request = NewKeyRequest {
        name: new.name,
        kind: new.kind,
        access,
        expires_at,
    };
    let (view, key) = wired.services.create_key(&operator, request).await?;
    note(&format!(
        "Made the {} key `{}` with {} access. It cannot be shown again.",
        view.kind, view.name, view.access
    ));
    say(key.expose())
}

async fn list(wired: &wire::Wired, tenant: &str) -> anyhow::Result<()> {
    let operator = wired.services.operator(tenant).await?;
    let now = SystemClock.now();
    for key in wired.services.list_keys(&operator).await? {
        let state = state(key.revoked_at, key.expires_at, now);
        say(&format!(
            "{}  {:6}  {:7}  {state:7}  {}",
            key.id,
            key.kind.as_str(),
            key.access.as_str(),
            key.name
        ))?;
    }
    Ok(())
}

async fn revoke(wired: &wire::Wired, tenant: &str, id: KeyId) -> anyhow::Result<()> {
    let operator = wired.services.operator(tenant).await?;
    wired.services.revoke_key(&operator, id).await?;
    note(&format!("Revoked {id}."));
    Ok(())
}

fn state(
    revoked_at: Option<UtcMillis>,
    expires_at: Option<UtcMillis>,
    now: UtcMillis,
) -> &'static str {
    match (revoked_at, expires_at) {
        (Some(_), _) => "revoked",
        (None, Some(end)) if end <= now => "expired",
        _ => "valid",
    }
}
