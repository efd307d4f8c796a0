//! The call as other programs make it, with a placeholder where the key goes.

use orderdesk_mcp_contract::form::{Json, Object};

use super::print::{one_line, pretty};
use crate::parts::{Markup, el};

/// Stands where the key goes; the letters say which kind of key it must be.
const KEY: &str = "odm_ak_YOUR_KEY";
/// The MCP revision whose requests stand alone.
const PROTOCOL: &str = "2025-06-18";

/// What a call can be copied as, and how that is called.
pub(super) const KINDS: [&str; 5] = ["curl", "mcp", "ts", "python", "link"];
pub(super) const TITLES: [&str; 5] = ["curl", "MCP JSON", "TypeScript", "Python", "Link"];

/// A block of code to take away.
pub(super) fn code(text: String) -> Markup {
    let copy = el("button")
        .with_all(&[
            ("class", "button button-small copy"),
            ("type", "button"),
            ("data-copy", "snippet"),
        ])
        .text("Copy");
    let pre = el("pre")
        .with_all(&[
            ("tabindex", "0"),
            ("role", "region"),
            ("aria-label", "The call"),
        ])
        .child(el("code").text(text));
    el("div").class("code").child(pre).child(copy)
}

/// The call as text of a kind. The arguments come without secrets; `link` is where this page shows them.
pub(super) fn snippet(kind: &str, url: &str, tool: &str, arguments: &Object, link: &str) -> String {
    match kind {
        "link" => link.to_owned(),
        "mcp" => message(tool, arguments),
        "ts" => type_script(url, tool, arguments),
        "python" => python(url, tool, arguments),
        _ => {
            let key = ["'Authorization: Bearer ", KEY, "'"].concat();
            curl(url, &key, tool, arguments)
        }
    }
}

/// The JSON-RPC request.
fn message(tool: &str, arguments: &Object) -> String {
    let arguments = pretty(&Json::Object(arguments.clone())).replace('\n', "\n    ");
    [
        "{\n  \"jsonrpc\": \"2.0\",\n  \"id\": 1,\n  \"method\": \"tools/call\",\n",
        "  \"params\": {\n    \"name\": \"",
        tool,
        "\",\n    \"arguments\": ",
        &arguments,
        "\n  }\n}",
    ]
    .concat()
}

/// The call as curl makes it, with the key from the environment.
#[cfg(feature = "ssr")]
pub(crate) fn curl_from_environment(url: &str, tool: &str, arguments: &Object) -> String {
    let key = "\"Authorization: Bearer $ORDERDESK_MCP_KEY\"";
    curl(url, key, tool, arguments)
}

/// `key` is the header with the key, as the shell is to read it.
fn curl(url: &str, key: &str, tool: &str, arguments: &Object) -> String {
    let body = message(tool, arguments).replace('\'', r"'\''");
    [
        "curl '",
        url,
        "' \\\n",
        "  -H ",
        key,
        " \\\n",
        "  -H 'Content-Type: application/json' \\\n",
        "  -H 'Accept: application/json, text/event-stream' \\\n",
        "  -H 'MCP-Protocol-Version: ",
        PROTOCOL,
        "' \\\n",
        "  -d '",
        &body,
        "'",
    ]
    .concat()
}

fn type_script(url: &str, tool: &str, arguments: &Object) -> String {
    let arguments = pretty(&Json::Object(arguments.clone())).replace('\n', "\n  ");
    [
        "import { Client } from '@modelcontextprotocol/sdk/client/index.js';\n",
        "import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';\n\n",
        "const client = new Client({ name: 'my-client', version: '1.0.0' });\n",
        "await client.connect(\n",
        "  new StreamableHTTPClientTransport(new URL('", url, "'), {\n",
        "    requestInit: { headers: { Authorization: 'Bearer ", KEY, "' } },\n",
        "  }),\n",
        ");\n",
        "const result = await client.callTool({\n",
        "  name: '", tool, "',\n",
        "  arguments: ", &arguments, ",\n",
        "});\n",
        "if (result.isError) throw new Error(JSON.stringify(result.content));\n",
        "console.log(result.structuredContent);\n",
        "await client.close();",
    ]
    .concat()
}

/// Python reads the arguments as JSON, whose `true` and `null` are other words there.
fn python(url: &str, tool: &str, arguments: &Object) -> String {
    let arguments = one_line(&Json::String(one_line(&Json::Object(arguments.clone()))));
    [
        "import asyncio\nimport json\n\n",
        "from mcp import ClientSession\n",
        "from mcp.client.streamable_http import streamablehttp_client\n\n\n",
        "async def main():\n",
        "    headers = {\"Authorization\": \"Bearer ",
        KEY,
        "\"}\n",
        "    async with streamablehttp_client(\"",
        url,
        "\", headers=headers) as (read, write, _):\n",
        "        async with ClientSession(read, write) as session:\n",
        "            await session.initialize()\n",
        "            arguments = json.loads(",
        &arguments,
        ")\n",
        "            result = await session.call_tool(\"",
        tool,
        "\", arguments)\n",
        "            if result.isError:\n",
        "                raise RuntimeError(result.content)\n",
        "            print(json.dumps(result.structuredContent, indent=2))\n\n\n",
        "asyncio.run(main())",
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments() -> Object {
        let text = r#"{"note":"It's \"his\"","dry_run":true}"#;
        Json::parse(text).unwrap().as_object().unwrap().clone()
    }

    #[test]
    fn each_holds_the_call_and_no_key() {
        for kind in KINDS {
            let text = snippet(
                kind,
                "https://x/mcp",
                "orders_add_note",
                &arguments(),
                "https://x/console?tool=orders_add_note",
            );
            assert!(text.contains("orders_add_note"), "{text}");
            assert_eq!(
                text.contains(KEY),
                !matches!(kind, "link" | "mcp"),
                "{text}"
            );
        }
    }

    #[test]
    fn a_shell_reads_back_what_was_written() {
        let text = curl("https://x/mcp", "'key'", "orders_add_note", &arguments());
        assert!(text.contains(r#"It'\''s \"his\""#), "{text}");
    }

    #[test]
    fn python_gets_the_json_as_a_text() {
        let text = python("https://x/mcp", "orders_add_note", &arguments());
        let expected = r#"json.loads("{\"note\":\"It's \\\"his\\\"\",\"dry_run\":true}")"#;
        assert!(text.contains(expected), "{text}");
    }
}
