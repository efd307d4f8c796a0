//! `stdio`: MCP for one client on this machine.

use std::env;
use std::fs;

use anyhow::{Context, bail};
use orderdesk_mcp_domain::{Door, Origin};
use orderdesk_mcp_vault::Secret;

use super::console::note;
use super::new_database;
use crate::config::Config;
use crate::wire;

const KEY_VARIABLE: &str = "ORDERDESK_MCP_KEY";
const KEY_FILE_VARIABLE: &str = "ORDERDESK_MCP_KEY_FILE";

pub(super) async fn run(config: &Config) -> anyhow::Result<()> {
    let key = key()?;
    new_database::refuse(config)?;
    let wired =
        wire::services_with_sandbox(config, config.http.public_url(config.http.port)).await?;
    let caller = match wired
        .services
        .authenticate(key.expose(), Origin::of(Door::Stdio))
        .await
    {
        Ok(caller) => caller,
        Err(refusal) => {
            wired.close().await;
            return Err(refusal).context(format!("the key in {KEY_VARIABLE} was refused"));
        }
    };
    note(&format!(
        "Serving MCP over standard input and output for the workspace `{}`.",
        caller.tenant_name()
    ));
    let outcome = orderdesk_mcp_mcp::stdio(wired.services.clone(), caller).await;
    wired.close().await;
    outcome.context("the MCP connection failed")
}

/// The client's bearer key. Not an argument: those can be seen by everybody on the machine.
fn key() -> anyhow::Result<Secret> {
    let given = env::var(KEY_VARIABLE)
        .ok()
        .filter(|key| !key.trim().is_empty());
    match (given, env::var_os(KEY_FILE_VARIABLE)) {
        (Some(key), None) => Ok(Secret::from(key.trim())),
        (None, Some(path)) => {
            let text = fs::read_to_string(&path)
                .with_context(|| format!("{KEY_FILE_VARIABLE} cannot be read"))?;
            Ok(Secret::from(text.trim()))
        }
        (Some(_), Some(_)) => {
            bail!("both {KEY_VARIABLE} and {KEY_FILE_VARIABLE} are set; keep one")
        }
        (None, None) => bail!(
            "set {KEY_VARIABLE} to a key of this server; make one with \
             `orderdesk-mcp key create --tenant NAME --kind api`"
        ),
    }
}
