//! `store add` and `store list`.

use anyhow::bail;
use clap::{Args, Subcommand};
use orderdesk::StoreId;
use orderdesk_mcp_contract::SecretText;
use orderdesk_mcp_contract::tools::stores::{
    ListStores, RegisterStore, StoresList, StoresRegister,
};
use orderdesk_mcp_domain::stores::SANDBOX_STORE_ID;

use super::console::{note, read_secret, say};
use super::new_database;
use crate::config::Config;
use crate::wire;

/// Far above any key of Order Desk (40 characters); more is a mistaken file.
const KEY_MAX_BYTES: u64 = 1024;

#[derive(Debug, Subcommand)]
pub(super) enum StoreCommand {
    /// Adds an Order Desk store. Its API key is read from standard input and tried on Order Desk before
    /// anything is saved.
    Add(Add),
    /// Lists a workspace's stores: store id, name, label.
    List {
        /// The workspace's name.
        #[arg(long)]
        tenant: String,
    },
}

#[derive(Debug, Args)]
pub(super) struct Add {
    /// The workspace's name.
    #[arg(long)]
    tenant: String,
    /// The store's id at Order Desk (its settings, tab API).
    #[arg(long)]
    store_id: StoreId,
    /// The name to call it by; its id when left out.
    #[arg(long)]
    name: Option<String>,
    /// A free label.
    #[arg(long)]
    label: Option<String>,
}

pub(super) async fn run(command: StoreCommand, config: &Config) -> anyhow::Result<()> {
    new_database::refuse(config)?;
    // Before the database is opened: a person may take their time typing.
    let api_key = match &command {
        StoreCommand::Add(_) => Some(read_key()?),
        StoreCommand::List { .. } => None,
    };
    let needs_sandbox =
        matches!(&command, StoreCommand::Add(new) if new.store_id.as_str() == SANDBOX_STORE_ID);
    let wired = if needs_sandbox {
        wire::services_with_sandbox(config, config.http.public_url(config.http.port)).await?
    } else {
        wire::services(config).await?
    };
    let outcome = match (command, api_key) {
        (StoreCommand::Add(new), Some(api_key)) => add(&wired, new, api_key).await,
        (StoreCommand::Add(_), None) => {
            bail!("there is no Order Desk API key to add the store with")
        }
        (StoreCommand::List { tenant }, _) => list(&wired, &tenant).await,
    };
    wired.close().await;
    outcome
}

async fn add(wired: &wire::Wired, new: Add, api_key: SecretText) -> anyhow::Result<()> {
    let operator = wired.services.operator(&new.tenant).await?;
    let input = RegisterStore {
        store_id: new.store_id,
        api_key,
        store_name: new.name,
        label: new.label,
    };
    let registered = wired
        .services
        .call::<StoresRegister>(&operator, input)
        .await?;
    note("Order Desk accepted the key; the store was added.");
    say(&registered.store.id.to_string())
}

async fn list(wired: &wire::Wired, tenant: &str) -> anyhow::Result<()> {
    let operator = wired.services.operator(tenant).await?;
    let listed = wired
        .services
        .call::<StoresList>(&operator, ListStores::default())
        .await?;
    for store in listed.stores {
        say(&format!(
            "{}  {}  {}",
            store.store_id,
            store.store_name,
            store.label.unwrap_or_default()
        ))?;
    }
    Ok(())
}

fn read_key() -> anyhow::Result<SecretText> {
    let prompt = "Paste the store's Order Desk API key, then press Enter and Ctrl-D:";
    let text = read_secret(prompt, "an API key", KEY_MAX_BYTES)?;
    let key = text.trim();
    if key.is_empty() {
        bail!("no API key on standard input; try `printf %s \"$KEY\" | orderdesk-mcp store add …`");
    }
    Ok(SecretText::new(key))
}
