//! From a request to its answer: fault, credentials, bucket, operation, log.

use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, header};
use serde_json::Value;

use crate::bucket::Verdict;
use crate::fault::{Action, ForeignEdit, Target, Timing};
use crate::log::{LogEntry, redact, redact_value, unexpected};
use crate::operation::Operation;
use crate::reply::Reply;
use crate::server::cut_connection;
use crate::sim::{Sim, Store, lock};
use crate::store::{Query, Rules};
use crate::switches::{GetWithBody, RateLimitBody, Switches};

/// Everything below this path is the API.
pub const API_PATH: &str = "/api/v2";

/// Largest request body that is read.
const MAX_BODY_BYTES: usize = 16 * 1024 * 1024;

const HTML_429: &str = "<html>\r\n<head><title>429 Too Many Requests</title></head>\r\n<body><center><h1>429 Too Many Requests</h1></center></body>\r\n</html>\r\n";
const HTML_502: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><center><h1>502 Bad Gateway</h1></center></body>\r\n</html>\r\n";

impl Sim {
    /// The API as an axum router, for a server of one's own. Faults that cut the connection need
    /// [`Sim::serve`] to be a real TCP reset; elsewhere the answer's body fails instead, which ends the
    /// connection without an answer.
    pub fn router(&self) -> Router {
        let router = Router::new().fallback(handle).with_state(self.clone());
        if self.0.admin {
            router.merge(crate::admin::router(self))
        } else {
            router
        }
    }
}

/// A request, taken apart.
struct Call {
    method: String,
    path: String,
    query: Query,
    body: Value,
    has_body: bool,
    bad_json: bool,
    headers: HeaderMap,
}

impl Call {
    fn new(parts: Parts, body: &Bytes, switches: &Switches) -> Self {
        let path = parts.uri.path();
        let path = path
            .strip_prefix(API_PATH)
            .filter(|rest| rest.starts_with('/'))
            .unwrap_or(path);
        let parsed = serde_json::from_slice::<Value>(body);
        let bad_json = !body.is_empty() && parsed.is_err();
        let as_text = || match body.is_empty() {
            true => Value::Null,
            false => Value::from(String::from_utf8_lossy(body).into_owned()),
        };
        let wanted = parts
            .headers
            .get("x-http-method-override")
            .and_then(|value| value.to_str().ok());
        let method = match wanted {
            Some(wanted) if switches.method_override && parts.method == Method::POST => {
                wanted.to_ascii_uppercase()
            }
            _ => parts.method.as_str().to_owned(),
        };
        Self {
            method,
            path: path.to_owned(),
            query: Query::parse(parts.uri.query().unwrap_or_default()),
            body: parsed.unwrap_or_else(|_| as_text()),
            has_body: !body.is_empty() || parts.headers.contains_key(header::CONTENT_TYPE),
            bad_json,
            headers: parts.headers,
        }
    }

    fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    fn store_id(&self) -> &str {
        self.header("orderdesk-store-id")
    }
}

/// What goes back over the wire.
struct Answer {
    status: u16,
    content_type: &'static str,
    body: String,
    tokens_remaining: Option<u64>,
    retry_after_secs: Option<u64>,
    applied: bool,
}

impl Answer {
    fn json(status: u16, body: String) -> Self {
        Self {
            status,
            content_type: "application/json",
            body,
            tokens_remaining: None,
            retry_after_secs: None,
            applied: false,
        }
    }

    fn reply(reply: &Reply, started: Instant) -> Self {
        let mut answer = Self::json(reply.status, reply.print(started.elapsed()));
        answer.applied = reply.applied;
        answer
    }

    fn html(status: u16, page: &str) -> Self {
        Self {
            content_type: "text/html",
            ..Self::json(status, page.to_owned())
        }
    }

    fn too_many(body: RateLimitBody, retry_after_secs: u64) -> Self {
        let mut answer = match body {
            RateLimitBody::Json => {
                let reply = Reply::error(429, "Too Many Requests").timing(None);
                Self::json(429, reply.print(Duration::ZERO))
            }
            RateLimitBody::Html => Self::html(429, HTML_429),
            RateLimitBody::Empty => Self::html(429, ""),
        };
        answer.tokens_remaining = Some(0);
        answer.retry_after_secs = Some(retry_after_secs);
        answer
    }
}

async fn handle(State(sim): State<Sim>, request: Request) -> Response<Body> {
    let started = Instant::now();
    let switches = sim.rules();
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, MAX_BODY_BYTES).await else {
        return send(Answer::reply(
            &Reply::error(413, "Request Too Large"),
            started,
        ));
    };
    let call = Call::new(parts, &body, &switches);
    let target = Target {
        method: &call.method,
        path: &call.path,
        store_id: call.store_id(),
    };
    let (fault, timing) = sim.faults().take(&target).unzip();
    let timing = timing.unwrap_or_default();
    if timing.late.is_zero() {
        return meet(&sim, &call, &switches, fault, timing, started).await;
    }
    // In a task of its own: Order Desk does not stop when its client goes away.
    let meeting = tokio::spawn(async move {
        tokio::time::sleep(timing.late).await;
        meet(&sim, &call, &switches, fault, timing, started).await
    });
    meeting.await.unwrap_or_else(|_| cut_connection())
}

/// What happens to a request, with or without a fault.
async fn meet(
    sim: &Sim,
    call: &Call,
    switches: &Switches,
    fault: Option<Action>,
    timing: Timing,
    started: Instant,
) -> Response<Body> {
    let answer = match &fault {
        Some(action) if !action.applies() => broken(action, started),
        Some(Action::ForeignEdit(edit)) => with_foreign_edit(sim, call, switches, edit, started),
        _ => process(sim, call, switches, started),
    };
    finish(sim, call, fault, timing, answer).await
}

/// The answer of a fault that never reaches the store.
fn broken(action: &Action, started: Instant) -> Answer {
    match action {
        Action::Status429(body) => Answer::too_many(*body, 1),
        Action::ErrorBody200 => {
            let reply = Reply::error(200, "An unexpected error occurred");
            Answer::reply(&reply, started)
        }
        Action::Refused(words) => Answer::reply(&Reply::error(400, words), started),
        Action::HtmlError502 => Answer::html(502, HTML_502),
        _ => Answer::reply(&Reply::error(500, "Internal Server Error"), started),
    }
}

/// Another user's edit falls between a client's read and its write.
fn with_foreign_edit(
    sim: &Sim,
    call: &Call,
    switches: &Switches,
    edit: &ForeignEdit,
    started: Instant,
) -> Answer {
    let run = || {
        if let Some(order_id) = edit.order_id.or_else(|| Operation::order_id(&call.path)) {
            sim.edit_order(call.store_id(), order_id, |record| edit.apply(record));
        }
    };
    if call.method == "GET" {
        let answer = process(sim, call, switches, started);
        run();
        return answer;
    }
    run();
    process(sim, call, switches, started)
}

/// Credentials, bucket, then the operation itself.
fn process(sim: &Sim, call: &Call, switches: &Switches, started: Instant) -> Answer {
    let store = sim.store(call.store_id());
    let key = call.header("orderdesk-api-key");
    let authorized = store
        .as_ref()
        .is_some_and(|store| !key.is_empty() && store.api_key == key);
    let charged = authorized || switches.unauthorized_costs_token;
    let verdict = store
        .as_ref()
        .filter(|_| charged)
        .and_then(|store| spend(sim, store));
    if let Some(Verdict::Refuse { retry_after_secs }) = verdict {
        return Answer::too_many(switches.rate_limit_body, retry_after_secs);
    }
    let reply = match store {
        Some(store) if authorized => operate(sim, &store, call, switches),
        _ => Reply::error(401, "Invalid API Key"),
    };
    for (event, order_id) in &reply.events {
        sim.webhook_event(call.store_id(), *event, *order_id);
    }
    let mut answer = Answer::reply(&reply, started);
    answer.tokens_remaining = match verdict {
        Some(Verdict::Pass { remaining }) => Some(remaining),
        _ => None,
    };
    answer
}

/// Takes a token; with the limit off the bucket looks full for ever.
fn spend(sim: &Sim, store: &Store) -> Option<Verdict> {
    if sim.is_rate_limited() {
        return Some(lock(&store.bucket).take(sim.0.clock.now()));
    }
    Some(Verdict::Pass {
        remaining: u64::from(crate::bucket::BUCKET_SIZE),
    })
}

fn operate(sim: &Sim, store: &Store, call: &Call, switches: &Switches) -> Reply {
    let operation = match Operation::parse(&call.method, &call.path) {
        Ok(operation) => operation,
        Err(405) => return Reply::error(405, "Method Not Allowed"),
        Err(status) => return Reply::error(status, "Not Found"),
    };
    if call.method == "GET" && call.has_body && switches.get_with_body == GetWithBody::Refused {
        return Reply::error(400, "Invalid Request");
    }
    if call.bad_json {
        return Reply::error(400, "Invalid JSON");
    }
    let rules = Rules {
        switches,
        now: sim.0.clock.unix_secs(),
    };
    let read = store.read().read(operation, &call.query, rules);
    read.unwrap_or_else(|| store.write().write(operation, &call.body, rules))
}

/// Logs, then answers; or delays, cuts and mangles as the fault wants.
async fn finish(
    sim: &Sim,
    call: &Call,
    fault: Option<Action>,
    timing: Timing,
    mut answer: Answer,
) -> Response<Body> {
    let cuts = matches!(
        fault,
        Some(Action::ResetBeforeApply | Action::ResetAfterApply | Action::Hang { .. })
    );
    match &fault {
        Some(Action::Status500AfterApply) => {
            let body = Reply::error(500, "Internal Server Error").print(Duration::ZERO);
            answer = Answer {
                status: 500,
                body,
                ..answer
            };
        }
        Some(Action::TruncatedJson) => {
            let half = answer.body.len() / 2;
            let cut = (0..=half)
                .rev()
                .find(|at| answer.body.is_char_boundary(*at))
                .unwrap_or(0);
            answer.body.truncate(cut);
        }
        _ => {}
    }
    record(sim, call, fault.as_ref(), &answer, cuts);
    tokio::time::sleep(timing.withheld).await;
    if let Some(
        Action::Hang {
            duration: delay, ..
        }
        | Action::Slow { delay },
    ) = fault
    {
        tokio::time::sleep(delay).await;
    }
    if cuts { cut_connection() } else { send(answer) }
}

fn record(sim: &Sim, call: &Call, fault: Option<&Action>, answer: &Answer, cuts: bool) {
    let keys = sim.api_keys();
    let is_quiet = call.method == "GET"
        && answer.status == 200
        && !answer.body.starts_with(r#"{"status":"error""#);
    let pairs = call
        .query
        .pairs()
        .iter()
        .map(|(name, value)| (redact(name, &keys), redact(value, &keys)));
    let entry = LogEntry {
        seq: 0,
        unix_ms: u64::try_from(sim.0.clock.now().as_millis()).unwrap_or(u64::MAX),
        store_id: redact(call.store_id(), &keys),
        method: call.method.clone(),
        path: redact(&call.path, &keys),
        query: pairs.collect(),
        body: redact_value(&call.body, &keys),
        status: (!cuts).then_some(answer.status),
        answer: if is_quiet {
            String::new()
        } else {
            redact(&answer.body, &keys)
        },
        answer_bytes: answer.body.len(),
        applied: answer.applied,
        fault: fault.map(Action::name),
        traceparent: Some(call.header("traceparent").to_owned()).filter(|text| !text.is_empty()),
        unexpected_headers: unexpected(call.headers.keys().map(HeaderName::as_str)),
    };
    sim.logged().push(entry);
}

fn send(answer: Answer) -> Response<Body> {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = axum::http::StatusCode::from_u16(answer.status)
        .unwrap_or(axum::http::StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(answer.content_type),
    );
    if let Some(tokens) = answer.tokens_remaining {
        headers.insert("x-tokens-remaining", HeaderValue::from(tokens));
    }
    if let Some(secs) = answer.retry_after_secs {
        headers.insert("x-retry-after", HeaderValue::from(secs));
    }
    response
}
