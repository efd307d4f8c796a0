//! A small HTTP/1.1 server on a free port: plays one step for each request and keeps what it got.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use orderdesk::StoreId;
use orderdesk::client::{CallContext, Client, ClientConfig, Credentials, Priority, Recorder};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What to do with one request.
#[derive(Debug, Clone)]
pub enum Step {
    /// Send these bytes and keep the connection.
    Send(Vec<u8>),
    /// Send these bytes after a pause.
    Late(Duration, Vec<u8>),
    /// Send these bytes and close.
    Break(Vec<u8>),
    /// Never answer.
    Hang,
}

/// A request as it arrived.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// `GET /api/v2/orders/1`
    pub line: String,
    /// Lower-case names.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.as_str())
    }
}

#[derive(Default)]
struct Shared {
    steps: Mutex<VecDeque<Step>>,
    last: Mutex<Option<Step>>,
    seen: Mutex<Vec<Seen>>,
    busy: AtomicUsize,
    most_busy: AtomicUsize,
}

pub struct Server {
    pub url: String,
    shared: Arc<Shared>,
}

impl Server {
    /// Plays the steps in turn, and the last one for ever.
    pub async fn start(steps: impl IntoIterator<Item = Step>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/api/v2", listener.local_addr().unwrap());
        let shared = Arc::new(Shared::default());
        shared.steps.lock().unwrap().extend(steps);
        let state = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&state);
                tokio::spawn(async move { serve(stream, &state).await });
            }
        });
        Self { url, shared }
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap().clone()
    }

    pub fn count(&self) -> usize {
        self.shared.seen.lock().unwrap().len()
    }

    /// The most requests that were on their way at once.
    pub fn most_busy(&self) -> usize {
        self.shared.most_busy.load(Ordering::SeqCst)
    }

    pub fn config(&self) -> ClientConfig {
        ClientConfig {
            base_url: self.url.clone(),
            try_timeout: Duration::from_secs(5),
            ..ClientConfig::default()
        }
    }

    pub fn client(&self) -> Client {
        Client::new(self.config()).unwrap()
    }
}

async fn serve(mut stream: TcpStream, state: &Shared) {
    while let Some(seen) = read(&mut stream).await {
        let busy = state.busy.fetch_add(1, Ordering::SeqCst) + 1;
        state.most_busy.fetch_max(busy, Ordering::SeqCst);
        state.seen.lock().unwrap().push(seen);
        let step = state.steps.lock().unwrap().pop_front();
        let step = step
            .or_else(|| state.last.lock().unwrap().clone())
            .expect("the script has a step");
        *state.last.lock().unwrap() = Some(step.clone());
        let stays = play(&mut stream, step).await;
        state.busy.fetch_sub(1, Ordering::SeqCst);
        if !stays {
            return;
        }
    }
}

async fn play(stream: &mut TcpStream, step: Step) -> bool {
    match step {
        Step::Send(bytes) => stream.write_all(&bytes).await.is_ok(),
        Step::Late(pause, bytes) => {
            tokio::time::sleep(pause).await;
            stream.write_all(&bytes).await.is_ok()
        }
        Step::Break(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
            false
        }
        Step::Hang => std::future::pending().await,
    }
}

async fn read(stream: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..head_end].to_vec()).unwrap();
    let mut lines = head.lines();
    let line = lines.next()?.trim_end_matches(" HTTP/1.1").to_owned();
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let mut seen = Seen {
        line,
        headers,
        body: String::new(),
    };
    let length = seen
        .header("content-length")
        .map_or(0, |text| text.parse::<usize>().unwrap());
    while bytes.len() < head_end + length {
        stream.read_buf(&mut bytes).await.ok()?;
    }
    seen.body = String::from_utf8(bytes[head_end..].to_vec()).unwrap();
    Some(seen)
}

/// A whole answer. `headers` are lines without line ends.
pub fn answer(status: u16, headers: &[&str], body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut bytes =
        format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n", body.len()).into_bytes();
    for header in headers {
        bytes.extend_from_slice(format!("{header}\r\n").as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body);
    bytes
}

pub fn reply(status: u16, body: &str) -> Step {
    Step::Send(answer(status, &["content-type: application/json"], body))
}

pub const ORDER: &str = r#"{"status":"success","order":{"id":"1","email":"canary@example.com"}}"#;

pub fn ok() -> Step {
    reply(200, ORDER)
}

pub const KEY: &str = "CANARY-KEY-4711";

pub fn credentials() -> Credentials {
    Credentials::new(StoreId::from(41207), KEY).unwrap()
}

/// A context and what it records.
pub fn watched(priority: Priority) -> (CallContext, Arc<Recorder>) {
    let recorder = Arc::new(Recorder::default());
    (
        CallContext::new(priority).observed_by(recorder.clone()),
        recorder,
    )
}

pub fn order_id() -> orderdesk::OrderId {
    orderdesk::OrderId::from(1)
}

pub fn order() -> orderdesk::Order {
    serde_json::from_str(
        r#"{"id":"1","email":"canary@example.com","order_history":[{"note":"x"}]}"#,
    )
    .unwrap()
}
