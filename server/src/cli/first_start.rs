//! What the first start makes and says.

use anyhow::Context;
use orderdesk_mcp_contract::{Access, KeyKind};
use orderdesk_mcp_domain::{NewKeyRequest, Services};
use orderdesk_mcp_vault::Secret;
use serde_json::json;

use super::console::say;
use crate::config::WebOrigin;

/// Name of the workspace that the first start makes.
const FIRST_TENANT: &str = "main";

/// Makes the first workspace when there is none, and shows its keys: now, and never again.
pub(super) async fn welcome(
    services: &Services,
    public: &WebOrigin,
    has_webui: bool,
) -> anyhow::Result<()> {
    if services.count_tenants().await? > 0 {
        return Ok(());
    }
    let made = services.create_tenant(FIRST_TENANT).await?;
    let operator = services.operator(FIRST_TENANT).await?;
    // Assistants get a key of their own: with the master key, words in an order could talk one into
    // deleting stores.
    let request = NewKeyRequest {
        name: "First assistant".into(),
        kind: KeyKind::Api,
        access: Access::Propose,
        expires_at: None,
    };
    let (_, assistant_key) = services.create_key(&operator, request).await?;
    let has_sandbox = services.sandbox_offer().is_some();
    // The keys are kept nowhere: whoever cannot read them must know how to go on without them.
    show(public, has_webui, has_sandbox, &made.master_key, &assistant_key).with_context(|| {
        format!(
            "the workspace `{FIRST_TENANT}` was made, and its keys could not be shown. Make a new master key with \
             `orderdesk-mcp key create --tenant {FIRST_TENANT} --kind master --access write`, and start again"
        )
    })
}

fn show(
    public: &WebOrigin,
    has_webui: bool,
    has_sandbox: bool,
    master_key: &Secret,
    assistant_key: &Secret,
) -> anyhow::Result<()> {
    say("")?;
    say(&format!(
        "This is the first start. The workspace `{FIRST_TENANT}` was made. Keep its master key: it cannot be shown again."
    ))?;
    say("")?;
    say(&format!("  Master key: {}", master_key.expose()))?;
    say("")?;
    if has_webui {
        say(&format!(
            "Open {public} and sign in with it, then add your Order Desk store."
        ))?;
        if has_sandbox {
            say(
                "Without one, add the built-in sandbox store there: it holds 500 invented orders to try things on.",
            )?;
        }
    } else {
        say(
            "Add your Order Desk store with `orderdesk-mcp store add` (the web app is switched off).",
        )?;
    }
    say("")?;
    say("Configuration for MCP clients; its key may read and propose, not manage:")?;
    say("")?;
    for configuration in [
        http_client(public, assistant_key.expose()),
        command_client(public, assistant_key.expose()),
    ] {
        say(&serde_json::to_string_pretty(&configuration)?)?;
        say("")?;
    }
    say(
        "The first is for clients that speak HTTP (Claude Code, Cursor, VS Code), the second for those that start a",
    )?;
    say("command (Claude Desktop). More keys: `orderdesk-mcp key create --help`.")?;
    say("")
}

fn http_client(public: &WebOrigin, key: &str) -> serde_json::Value {
    json!({ "mcpServers": { "orderdesk": {
        "type": "http",
        "url": format!("{public}/mcp"),
        "headers": { "Authorization": format!("Bearer {key}") },
    } } })
}

/// mcp-remote refuses plain HTTP unless it is told to accept it.
fn command_client(public: &WebOrigin, key: &str) -> serde_json::Value {
    let mut arguments = vec![
        "-y".to_owned(),
        "mcp-remote".into(),
        format!("{public}/mcp"),
    ];
    if !public.is_https() {
        arguments.push("--allow-http".into());
    }
    // The header's value in a variable, because some clients on Windows lose spaces in arguments.
    arguments.extend(["--header".into(), "Authorization:${ORDERDESK_AUTH}".into()]);
    json!({ "mcpServers": { "orderdesk": {
        "command": "npx",
        "args": arguments,
        "env": { "ORDERDESK_AUTH": format!("Bearer {key}") },
    } } })
}
