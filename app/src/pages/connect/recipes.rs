//! Each client's configuration, as its own documentation has it.

use orderdesk_mcp_contract::views::account::KeyView;
use orderdesk_mcp_contract::{ApiError, ErrorCode, KeyKind};
use serde_json::json;

use super::Recipe;

/// Stands where the key goes; the letters say which kind of key it must be.
fn placeholder(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::Api => "odm_ak_YOUR_KEY",
        KeyKind::Master => "odm_mk_YOUR_KEY",
    }
}

/// The key of that id among those that can be used; none for a blank id.
pub(super) fn choose(keys: &[KeyView], id: &str) -> Result<Option<KeyView>, ApiError> {
    if id.is_empty() {
        return Ok(None);
    }
    let found = keys.iter().find(|key| key.id.to_string() == id);
    found.cloned().map(Some).ok_or_else(|| {
        ApiError::new(
            ErrorCode::NotFound,
            "There is no such key in this workspace that can be used. It may have ended; choose another one.",
        )
    })
}

/// The keys to choose from; where one is chosen, the page has no table of them.
pub(super) fn listed(mut keys: Vec<KeyView>, chosen: Option<&KeyView>) -> Vec<KeyView> {
    keys.retain(|key| chosen.is_none() && key.kind == KeyKind::Api);
    keys
}

/// The command that makes an API key, to be run where the server runs.
pub(super) fn key_command(tenant: &str) -> String {
    format!(
        "orderdesk-mcp key create --tenant {} --kind api --access read",
        shell_word(tenant)
    )
}

/// A word as POSIX shells read it: in single quotes unless it is harmless.
fn shell_word(text: &str) -> String {
    let is_harmless = !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_./".contains(&b));
    if is_harmless {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// One recipe a client, in the order of the page.
pub(super) fn all(url: &str, chosen: Option<&KeyView>) -> Vec<Recipe> {
    let key = placeholder(chosen.map_or(KeyKind::Api, |key| key.kind));
    vec![
        claude_code(url, key),
        claude_desktop(url, key),
        cursor(url, key),
        vs_code(url),
        mcp_remote(url, key),
        curl(url, key),
    ]
}

fn recipe(id: &str, title: &str, place: &str, text: String, note: &str) -> Recipe {
    Recipe {
        id: id.into(),
        title: title.into(),
        place: place.into(),
        text,
        note: note.into(),
    }
}

fn claude_code(url: &str, key: &str) -> Recipe {
    let text = format!(
        "claude mcp add --transport http orderdesk {} \\\n  --header \"Authorization: Bearer {key}\"",
        shell_word(url)
    );
    recipe(
        "claude-code",
        "Claude Code",
        "In a terminal",
        text,
        "Then /mcp inside Claude Code shows it as connected.",
    )
}

fn claude_desktop(url: &str, key: &str) -> Recipe {
    // The header goes through an environment variable: on Windows the client splits arguments at blanks.
    let mut arguments = vec![
        "-y",
        "mcp-remote",
        url,
        "--header",
        "Authorization:${AUTH_HEADER}",
    ];
    arguments.extend(allow_http(url));
    let server = json!({ "command": "npx", "args": arguments, "env": { "AUTH_HEADER": format!("Bearer {key}") } });
    recipe(
        "claude-desktop",
        "Claude Desktop",
        "claude_desktop_config.json (Settings, Developer, Edit Config)",
        pretty(&json!({ "mcpServers": { "orderdesk": server } })),
        "Needs Node.js. Restart Claude Desktop after saving.",
    )
}

fn cursor(url: &str, key: &str) -> Recipe {
    let server = json!({ "url": url, "headers": { "Authorization": format!("Bearer {key}") } });
    recipe(
        "cursor",
        "Cursor",
        "~/.cursor/mcp.json, or .cursor/mcp.json in a project",
        pretty(&json!({ "mcpServers": { "orderdesk": server } })),
        "Do not commit the file with the key in it.",
    )
}

fn vs_code(url: &str) -> Recipe {
    let input = json!({ "type": "promptString", "id": "orderdesk-key", "description": "Order Desk MCP key (odm_ak_…)", "password": true });
    let server = json!({ "type": "http", "url": url, "headers": { "Authorization": "Bearer ${input:orderdesk-key}" } });
    recipe(
        "vs-code",
        "VS Code",
        ".vscode/mcp.json in a project",
        pretty(&json!({ "inputs": [input], "servers": { "orderdesk": server } })),
        "VS Code asks for the key once and keeps it, so the file can be shared.",
    )
}

fn mcp_remote(url: &str, key: &str) -> Recipe {
    let flag = allow_http(url)
        .map(|flag| format!(" {flag}"))
        .unwrap_or_default();
    let text = format!(
        "npx -y mcp-remote {}{flag} \\\n  --header \"Authorization: Bearer {key}\"",
        shell_word(url)
    );
    recipe(
        "mcp-remote",
        "mcp-remote",
        "A command for clients that only start programs",
        text,
        "Needs Node.js.",
    )
}

fn curl(url: &str, key: &str) -> Recipe {
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": "stores_list", "arguments": {} } });
    let text = format!(
        "curl {} \\\n  --header \"Authorization: Bearer {key}\" \\\n  --header \"Content-Type: application/json\" \\\n  --header \"Accept: application/json, text/event-stream\" \\\n  --data '{body}'",
        shell_word(url)
    );
    recipe(
        "curl",
        "curl",
        "In a terminal, to try the key without any client",
        text,
        "Lists the stores. It keeps the key in the shell’s history; end such a key afterwards.",
    )
}

/// mcp-remote refuses plain HTTP except to this machine.
fn allow_http(url: &str) -> Option<&'static str> {
    let host = url
        .strip_prefix("http://")?
        .split(['/', ':'])
        .next()
        .unwrap_or_default();
    (!matches!(host, "localhost" | "127.0.0.1")).then_some("--allow-http")
}

fn pretty(value: &serde_json::Value) -> String {
    // A value made of strings always prints.
    serde_json::to_string_pretty(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use orderdesk_mcp_contract::{Access, KeyId, UtcMillis};

    use super::*;

    #[test]
    fn every_recipe_names_the_endpoint_and_the_kind_of_key() {
        let url = "https://mcp.example.com/mcp";
        for recipe in all(url, None) {
            assert!(recipe.text.contains(url), "{}", recipe.id);
            assert!(recipe.text.contains("odm_ak_"), "{}", recipe.id);
            assert!(!recipe.text.contains("--allow-http"), "{}", recipe.id);
        }
    }

    #[test]
    fn json_recipes_are_json() {
        for recipe in all("http://127.0.0.1:8080/mcp", None)
            .into_iter()
            .filter(|recipe| recipe.text.starts_with('{'))
        {
            assert!(
                serde_json::from_str::<serde_json::Value>(&recipe.text).is_ok(),
                "{}",
                recipe.id
            );
        }
    }

    fn key(number: u128, kind: KeyKind) -> KeyView {
        KeyView {
            id: KeyId::from_parts(1, number),
            name: "Claude".into(),
            kind,
            access: Access::Read,
            hint: "odm_ak_0".into(),
            created_at: UtcMillis(0),
            expires_at: None,
            last_used_at: None,
            revoked_at: None,
            replaced_by: None,
            made_by: None,
        }
    }

    #[test]
    fn a_key_is_chosen_among_those_that_can_be_used() {
        let key = key(1, KeyKind::Api);
        let keys = [key.clone()];
        assert_eq!(choose(&keys, ""), Ok(None));
        let id = key.id.to_string();
        assert_eq!(choose(&keys, &id), Ok(Some(key)));
        let refused = choose(&keys, "x").unwrap_err();
        assert_eq!(refused.code, ErrorCode::NotFound);
    }

    #[test]
    fn assistants_choose_among_api_keys_and_only_once() {
        let (api, master) = (key(1, KeyKind::Api), key(2, KeyKind::Master));
        let keys = vec![api.clone(), master.clone()];
        assert_eq!(listed(keys.clone(), None), std::slice::from_ref(&api));
        for chosen in [api, master] {
            assert!(listed(keys.clone(), Some(&chosen)).is_empty());
        }
    }

    #[test]
    fn plain_http_is_allowed_only_where_it_must_be() {
        assert_eq!(allow_http("http://127.0.0.1:8080/mcp"), None);
        assert_eq!(allow_http("https://mcp.example.com/mcp"), None);
        assert_eq!(allow_http("http://mcp.lan/mcp"), Some("--allow-http"));
    }

    #[test]
    fn a_tenant_is_one_word_to_the_shell() {
        assert!(key_command("main").contains("--tenant main "));
        assert!(key_command("Ann's $(shop)").contains(r"--tenant 'Ann'\''s $(shop)' "));
    }
}
