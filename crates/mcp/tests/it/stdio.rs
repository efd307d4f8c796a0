//! The door over a pipe, which one caller keeps open.

use orderdesk_mcp_contract::{Access, KeyKind};
use orderdesk_mcp_domain::{Caller, NewKeyRequest};
use orderdesk_mcp_mcp::Handler;
use rmcp::ServiceExt as _;
use serde_json::{Value, json};
use tokio::io::{
    AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream, ReadHalf, WriteHalf,
};

use crate::support::{Backend, signed_in};

/// A client that has shaken hands.
pub struct Client {
    input: WriteHalf<DuplexStream>,
    output: tokio::io::Lines<BufReader<ReadHalf<DuplexStream>>>,
}

impl Client {
    /// Connects as this caller.
    pub async fn connect(backend: &Backend, caller: &Caller) -> Self {
        let (ours, theirs) = tokio::io::duplex(1 << 20);
        let handler = Handler::for_caller(backend.services.clone(), caller.clone());
        tokio::spawn(async move {
            let session = handler.serve(tokio::io::split(theirs)).await.unwrap();
            session.waiting().await.unwrap();
        });
        let (output, input) = tokio::io::split(ours);
        let output = BufReader::new(output).lines();
        let mut client = Self { input, output };
        let hello = json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "pipe", "version": "1" } });
        client.request(0, "initialize", hello).await;
        client.answer().await;
        client.notify("notifications/initialized", json!({})).await;
        client
    }

    /// Sends a request.
    pub async fn request(&mut self, id: u32, method: &str, params: Value) {
        self.send(json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))
            .await;
    }

    /// Sends a notification.
    pub async fn notify(&mut self, method: &str, params: Value) {
        self.send(json!({ "jsonrpc": "2.0", "method": method, "params": params }))
            .await;
    }

    /// The next message.
    pub async fn answer(&mut self) -> Value {
        let line = self.output.next_line().await.unwrap().unwrap();
        serde_json::from_str(&line).unwrap()
    }

    async fn send(&mut self, message: Value) {
        let line = format!("{message}\n");
        self.input.write_all(line.as_bytes()).await.unwrap();
    }
}

#[tokio::test]
async fn a_key_that_is_revoked_ends_with_its_next_request() {
    let backend = Backend::start(10_000).await;
    let request = NewKeyRequest {
        name: "leaver".into(),
        kind: KeyKind::Api,
        access: Access::Read,
        expires_at: None,
    };
    let (_, key) = backend
        .services
        .create_key(&backend.owner, request)
        .await
        .unwrap();
    let leaver = signed_in(&backend.services, &key).await;
    let mut client = Client::connect(&backend, &leaver).await;
    let list = json!({ "name": "stores_list", "arguments": {} });
    client.request(1, "tools/call", list.clone()).await;
    assert_eq!(client.answer().await["result"]["isError"], false);

    backend
        .services
        .revoke_key(&backend.owner, leaver.actor_id())
        .await
        .unwrap();
    for (method, params) in [("tools/call", list), ("tools/list", json!({}))] {
        client.request(2, method, params).await;
        let answer = client.answer().await;
        assert_eq!(
            answer["error"]["data"]["code"], "unauthenticated",
            "{answer}"
        );
        let message = answer["error"]["message"].as_str().unwrap();
        assert!(
            message.contains("revoked") && message.contains("key create"),
            "{message}"
        );
    }
}
