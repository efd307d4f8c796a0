//! A server with one store, and the plainest client there is.

pub mod schema;

use axum::http::{HeaderMap, Method, Request};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use orderdesk_sim::{Clock, Seed, Sim, SimServer, Switches, seed};
use serde_json::Value;
use tokio::net::TcpStream;

pub const STORE: &str = "41207";
pub const KEY: &str = "TEST-KEY-NOT-REAL";
/// 2026-03-02 18:00:10, the clock of the fixtures.
pub const NOW: u64 = 1_772_474_410;

/// A running simulator and its client.
pub struct Desk {
    pub server: SimServer,
    pub clock: Clock,
    pub key: String,
    pub store: String,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

impl Desk {
    /// A store of three orders, an unlimited bucket, a clock that stands still.
    pub async fn tiny() -> Self {
        Self::new(seed::tiny(), Switches::default(), false).await
    }

    pub async fn switched(switches: Switches) -> Self {
        Self::new(seed::tiny(), switches, false).await
    }

    pub async fn new(seed: Seed, switches: Switches, rate_limit: bool) -> Self {
        let clock = Clock::manual(NOW);
        let sim = Sim::builder()
            .store(STORE, KEY, seed)
            .switches(switches)
            .clock(clock.clone());
        let server = sim
            .rate_limit(rate_limit)
            .admin(true)
            .start()
            .await
            .unwrap();
        Self {
            server,
            clock,
            key: KEY.to_owned(),
            store: STORE.to_owned(),
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None).await.unwrap()
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send("POST", path, Some(&body)).await.unwrap()
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send("PUT", path, Some(&body)).await.unwrap()
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, None).await.unwrap()
    }

    /// The order as the service shows it.
    pub async fn order(&self, id: u64) -> Value {
        self.get(&format!("/orders/{id}")).await.json()["order"].clone()
    }

    /// One exchange on a connection of its own; an error when the connection ends without an answer.
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Answer, hyper::Error> {
        self.send_with(method, path, body, &[]).await
    }

    pub async fn send_with(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> Result<Answer, hyper::Error> {
        let target = if path.starts_with("/__sim") {
            path.to_owned()
        } else {
            format!("/api/v2{path}")
        };
        let mut request = Request::builder()
            .method(Method::from_bytes(method.as_bytes()).unwrap())
            .uri(target)
            .header("host", "127.0.0.1")
            .header("orderdesk-store-id", &self.store)
            .header("orderdesk-api-key", &self.key);
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let bytes = body.map(Value::to_string).unwrap_or_default();
        exchange(
            &self.server,
            request.body(Full::new(Bytes::from(bytes))).unwrap(),
        )
        .await
    }
}

async fn exchange(
    server: &SimServer,
    request: Request<Full<Bytes>>,
) -> Result<Answer, hyper::Error> {
    let stream = TcpStream::connect(server.addr()).await.unwrap();
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let driver = tokio::spawn(connection);
    let response = sender.send_request(request).await?;
    let (parts, body) = response.into_parts();
    let text = String::from_utf8(body.collect().await?.to_bytes().to_vec()).unwrap();
    driver.abort();
    Ok(Answer {
        status: parts.status.as_u16(),
        headers: parts.headers,
        text,
    })
}
