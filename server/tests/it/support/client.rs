//! Asking a server as MCP clients and scripts do.

use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

use super::TestServer;

/// What a tool answered.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: StatusCode,
    /// The whole body.
    pub body: Value,
}

impl Answer {
    /// Whether the call went well.
    pub fn is_ok(&self) -> bool {
        self.status == 200
            && self
                .body
                .get("result")
                .is_some_and(|result| result["isError"] != json!(true))
    }

    /// Whether the tool refused in words.
    pub fn is_refused(&self) -> bool {
        self.status == 200 && self.body["result"]["isError"] == json!(true)
    }

    /// The structured result.
    pub fn result(&self) -> &Value {
        &self.body["result"]["structuredContent"]
    }
}

impl TestServer {
    /// A request to the main listener.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url))
    }

    /// A GET request to the main listener.
    pub async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    /// A GET request to the operator's listener.
    pub async fn get_ops(&self, path: &str) -> Response {
        self.http
            .get(format!("{}{path}", self.ops))
            .send()
            .await
            .unwrap()
    }

    /// A POST to `/mcp`, as a client of the era before 2026 sends it.
    pub fn mcp(&self, key: Option<&str>) -> RequestBuilder {
        let request = self
            .request(Method::POST, "/mcp")
            .header("accept", "application/json, text/event-stream")
            .header("content-type", "application/json")
            .header("mcp-protocol-version", "2025-11-25");
        match key {
            Some(key) => request.bearer_auth(key),
            None => request,
        }
    }

    /// Calls a tool.
    pub async fn call(&self, key: Option<&str>, tool: &str, arguments: Value) -> Answer {
        let message = json!({
            "jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": { "name": tool, "arguments": arguments },
        });
        let response = self
            .mcp(key)
            .body(message.to_string())
            .send()
            .await
            .unwrap();
        Answer {
            status: response.status(),
            body: json_of(response).await,
        }
    }
}

/// A body that must be JSON.
pub async fn json_of(response: Response) -> Value {
    let text = response.text().await.unwrap();
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("not JSON: {text}"))
}
