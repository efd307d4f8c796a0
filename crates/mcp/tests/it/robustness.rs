//! Ten thousand generated requests: none may panic, hang or be answered with a 5xx, and every answer must name
//! what was wrong. `ROBUSTNESS_SEED` repeats a run.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};

use crate::generate::{self, Dice, Generated};
use crate::support::{Backend, STORE_KEY, post, send};

const REQUESTS: usize = 10_000;
const SEED: u64 = 20_261_122;
/// Far above any answer's time, far below a person's patience.
const HANG: Duration = Duration::from_secs(20);

static PANICS: AtomicUsize = AtomicUsize::new(0);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn generated_requests_are_all_answered() {
    let seed = std::env::var("ROBUSTNESS_SEED")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(SEED);
    println!("ROBUSTNESS_SEED={seed}");
    let tell = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        PANICS.fetch_add(1, Ordering::SeqCst);
        tell(panic);
    }));

    let backend = Backend::start(10_000_000).await;
    let door = backend.door(Some(&backend.owner));
    let mut dice = Dice::new(seed);
    for number in 0..REQUESTS {
        if number % 100 == 0 {
            // One of the requests may have removed it.
            backend.keep_store().await;
        }
        let request = generate::request(&mut dice);
        let shown = request.to_string();
        let is_readable = request.is_readable();
        let expects = request.expects_answer();
        let id = request.id();
        let answer = tokio::time::timeout(HANG, send(&door, request.into_http())).await;
        let (status, headers, body) =
            answer.unwrap_or_else(|_| panic!("number {number} hangs: {shown}"));
        let at = format!("number {number}: {shown}\n  -> {status} {body}");
        assert_eq!(PANICS.load(Ordering::SeqCst), 0, "panicked at {at}");
        assert!(!status.is_server_error(), "{at}");
        assert_eq!(headers["cache-control"], "no-store", "{at}");
        names_the_fault(status, &body, &at);
        if !is_readable {
            assert!(status.is_client_error(), "{at}");
        }
        // A body that is too long is not read, so its id is not known.
        if expects && !body.is_null() && id.is_some() && status != StatusCode::PAYLOAD_TOO_LARGE {
            assert_eq!(body.get("id").cloned(), id, "{at}");
        }
    }

    let log = backend.sim.sim().log();
    let writes = log.iter().filter(|entry| entry.method != "GET").count();
    assert!(writes > 20, "only {writes} writes got as far as Order Desk");

    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": "stores_list" } });
    let (_, _, body) = send(&door, post(call.to_string())).await;
    assert_eq!(
        body["result"]["isError"], false,
        "the door still works: {body}"
    );
    assert_eq!(PANICS.load(Ordering::SeqCst), 0);
}

/// An error says what is wrong in words; a success is one.
fn names_the_fault(status: StatusCode, body: &Value, at: &str) {
    if status == StatusCode::ACCEPTED {
        assert!(body.is_null(), "{at}");
        return;
    }
    if let Some(error) = body.get("error") {
        assert!(error["code"].is_i64() && error["code"] != -32603, "{at}");
        // The protocol layer says of an unknown method no more than its name, which may be short.
        let least = if error["code"] == -32601 { 0 } else { 4 };
        assert!(
            error["message"]
                .as_str()
                .is_some_and(|text| text.len() >= least),
            "{at}"
        );
        return;
    }
    assert_eq!(status, StatusCode::OK, "{at}");
    let result = body.get("result").unwrap_or_else(|| panic!("{at}"));
    if result["isError"] == true {
        let text = result["content"][0]["text"].as_str().unwrap_or_default();
        assert!(text.len() > 15, "{at}");
        let code = result["_meta"]["orderdesk-mcp/error"]["code"]
            .as_str()
            .unwrap_or("none");
        assert!(
            !["none", "internal", "upstream_timeout", "unavailable"].contains(&code),
            "{at}"
        );
        assert!(!text.contains(STORE_KEY), "a secret is shown: {at}");
    }
}

impl std::fmt::Display for Generated {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text: String = String::from_utf8_lossy(&self.body)
            .chars()
            .take(600)
            .collect();
        write!(f, "{:?} {text}", self.headers)
    }
}
