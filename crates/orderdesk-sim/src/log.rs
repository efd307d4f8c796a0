//! What reached the simulator and what it said: the log that tests assert on.

use std::collections::{BTreeSet, VecDeque};

use serde::Serialize;
use serde_json::Value;

/// Headers a well-behaved client of Order Desk sends.
const KNOWN_HEADERS: [&str; 12] = [
    "accept",
    "accept-encoding",
    "connection",
    "content-length",
    "content-type",
    "host",
    "orderdesk-api-key",
    "orderdesk-store-id",
    "traceparent",
    "transfer-encoding",
    "user-agent",
    "x-http-method-override",
];

/// Longest piece of an answer that an entry keeps, in characters.
const MAX_ANSWER_CHARS: usize = 2_000;

/// One request and its answer. Never holds an API key: what equals one is replaced.
#[derive(Clone, Debug, Serialize)]
pub struct LogEntry {
    /// Counts up from 1 over the life of the simulator.
    pub seq: u64,
    /// When it came, on the simulator's clock, in milliseconds since the Unix epoch.
    pub unix_ms: u64,
    /// The store id it claimed; empty without one.
    pub store_id: String,
    /// After `X-HTTP-Method-Override`.
    pub method: String,
    /// Below `/api/v2`; the whole path when it lies elsewhere.
    pub path: String,
    /// Decoded parameters, in order.
    pub query: Vec<(String, String)>,
    /// The JSON body; `null` without one, text when it is no JSON.
    pub body: Value,
    /// HTTP status; `None` when the connection was cut without an answer.
    pub status: Option<u16>,
    /// Body of an error or of the answer to a write, at most 2,000 characters; empty for other reads.
    pub answer: String,
    /// Length of the answer's body.
    pub answer_bytes: usize,
    /// Whether the request changed the store.
    pub applied: bool,
    /// Name of the fault that met it.
    pub fault: Option<&'static str>,
    /// The W3C `traceparent`, where it was sent.
    pub traceparent: Option<String>,
    /// Names of headers that no client of Order Desk has a reason to send.
    pub unexpected_headers: Vec<String>,
}

/// The last requests, oldest first.
#[derive(Debug)]
pub(crate) struct Log {
    entries: VecDeque<LogEntry>,
    capacity: usize,
    last_seq: u64,
    /// Kept for good, so that a full log cannot hide one.
    unexpected_headers: BTreeSet<String>,
}

impl Log {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            entries: VecDeque::new(),
            capacity,
            last_seq: 0,
            unexpected_headers: BTreeSet::new(),
        }
    }

    pub(crate) fn push(&mut self, mut entry: LogEntry) {
        self.last_seq += 1;
        entry.seq = self.last_seq;
        self.unexpected_headers
            .extend(entry.unexpected_headers.iter().cloned());
        if self.entries.len() >= self.capacity {
            self.entries.pop_front();
        }
        if self.capacity > 0 {
            self.entries.push_back(entry);
        }
    }

    pub(crate) fn entries(&self) -> Vec<LogEntry> {
        self.entries.iter().cloned().collect()
    }

    pub(crate) fn count(&self, method: &str, path_prefix: &str) -> usize {
        let matches =
            |entry: &&LogEntry| entry.method == method && entry.path.starts_with(path_prefix);
        self.entries.iter().filter(matches).count()
    }

    pub(crate) fn unexpected_headers(&self) -> BTreeSet<String> {
        self.unexpected_headers.clone()
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.unexpected_headers.clear();
    }
}

/// The names among `headers` that are not expected.
pub(crate) fn unexpected<'a>(headers: impl Iterator<Item = &'a str>) -> Vec<String> {
    headers
        .filter(|name| !KNOWN_HEADERS.contains(name))
        .map(str::to_owned)
        .collect()
}

/// Replaces every API key in a text.
pub(crate) fn redact(text: &str, keys: &[String]) -> String {
    let mut out: String = text.chars().take(MAX_ANSWER_CHARS).collect();
    for key in keys {
        out = out.replace(key.as_str(), "[api key]");
    }
    out
}

/// Replaces every API key in a body, wherever it hides.
pub(crate) fn redact_value(value: &Value, keys: &[String]) -> Value {
    let whole = |text: &str| {
        let mut out = text.to_owned();
        for key in keys {
            out = out.replace(key.as_str(), "[api key]");
        }
        out
    };
    match value {
        Value::String(text) => Value::String(whole(text)),
        Value::Array(list) => {
            Value::Array(list.iter().map(|entry| redact_value(entry, keys)).collect())
        }
        Value::Object(map) => Value::Object(
            map.iter()
                .map(|(name, value)| (whole(name), redact_value(value, keys)))
                .collect(),
        ),
        other => other.clone(),
    }
}
