//! Requests that are wrong in every way that could be thought of, made from a number.

use axum::body::Body;
use http::{HeaderName, HeaderValue, Request};
use orderdesk_mcp_contract::tool::ToolSpec;
use orderdesk_mcp_contract::tools::catalog;
use serde_json::{Map, Value, json};

use crate::support::post;

const METHODS: [&str; 14] = [
    "initialize",
    "ping",
    "tools/list",
    "tools/call",
    "server/discover",
    "prompts/list",
    "prompts/get",
    "resources/read",
    "completion/complete",
    "logging/setLevel",
    "tasks/get",
    "subscriptions/listen",
    "notifications/cancelled",
    "no/such",
];
const WORDS: [&str; 16] = [
    "",
    "Main",
    "41207",
    "4981200417",
    "61200310",
    "../../etc",
    "2026-02-30",
    "2026-11-22 09:30:00",
    "summary",
    "full",
    "ASC",
    "\u{0}",
    "\u{202e}drowssap",
    "a\u{301}\u{1f600}",
    "' OR 1=1 --",
    "date_added",
];
const HEADERS: [(&str, &[&str]); 7] = [
    (
        "accept",
        &[
            "*/*",
            "application/json",
            "text/html",
            "",
            "application/json;q=0, */*;q=0",
        ],
    ),
    (
        "content-type",
        &[
            "text/plain",
            "application/json; charset=utf-8",
            "APPLICATION/JSON",
            "multipart/form-data",
        ],
    ),
    (
        "mcp-protocol-version",
        &["2026-07-28", "2025-11-25", "1999-01-01", "", "draft"],
    ),
    (
        "mcp-method",
        &[
            "tools/call",
            "tools/list",
            "=?base64?!!?=",
            "=?base64?dG9vbHMvY2FsbA==?=",
        ],
    ),
    (
        "mcp-name",
        &["orders_get", "=?base64?b3JkZXJzX2dldA==?=", "other"],
    ),
    ("mcp-session-id", &["deadbeef"]),
    (
        "origin",
        &[
            "http://localhost:3000",
            "https://evil.example",
            "null",
            "not an origin",
        ],
    ),
];

/// A small generator of numbers (splitmix64): the same seed gives the same numbers everywhere.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    pub fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }

    fn is_one_in(&mut self, chances: usize) -> bool {
        self.below(chances) == 0
    }
}

/// A request before it is sent.
#[derive(Clone)]
pub struct Generated {
    pub body: Vec<u8>,
    pub headers: Vec<(&'static str, String)>,
}

impl Generated {
    fn object(&self) -> Option<Map<String, Value>> {
        serde_json::from_slice(&self.body).ok()
    }

    /// Whether the body is JSON at all.
    pub fn is_readable(&self) -> bool {
        // Deeper than the reader goes is unreadable to the test alone: the gate skims without a limit.
        serde_json::from_slice::<&serde_json::value::RawValue>(&self.body).is_ok()
    }

    /// Whether the client would wait for an answer with its id.
    pub fn expects_answer(&self) -> bool {
        self.object()
            .is_some_and(|object| object.contains_key("id") && object.contains_key("method"))
    }

    /// The id, if it is one.
    pub fn id(&self) -> Option<Value> {
        let text = std::str::from_utf8(&self.body).ok()?;
        // A member given twice has no value.
        if text.matches("\"id\"").count() != 1 {
            return None;
        }
        self.object()?
            .get("id")
            .filter(|id| id.is_string() || id.is_i64())
            .cloned()
    }

    pub fn into_http(self) -> Request<Body> {
        let mut request = post(self.body);
        for (name, value) in self.headers {
            request.headers_mut().insert(
                HeaderName::from_static(name),
                HeaderValue::from_str(&value).unwrap(),
            );
        }
        request
    }
}

/// The next request.
pub fn request(dice: &mut Dice) -> Generated {
    let body = match dice.below(10) {
        0 => noise(dice),
        1 => value(dice, 4).to_string().into_bytes(),
        2 => message(dice).to_string().into_bytes(),
        3 => mutated(call(dice).to_string().into_bytes(), dice),
        4 => mutated(message(dice).to_string().into_bytes(), dice),
        5 => extreme(dice),
        6 => Value::Array((0..dice.below(4)).map(|_| call(dice)).collect())
            .to_string()
            .into_bytes(),
        _ => call(dice).to_string().into_bytes(),
    };
    let mut headers = Vec::new();
    if dice.is_one_in(4) {
        for _ in 0..=dice.below(3) {
            let (name, values) = HEADERS[dice.below(HEADERS.len())];
            headers.push((name, dice.pick(values).to_owned()));
        }
    }
    Generated { body, headers }
}

fn noise(dice: &mut Dice) -> Vec<u8> {
    (0..dice.below(200))
        .map(|_| dice.next().to_le_bytes()[0])
        .collect()
}

/// Any JSON.
fn value(dice: &mut Dice, depth: usize) -> Value {
    match dice.below(if depth == 0 { 6 } else { 8 }) {
        0 => Value::Null,
        1 => json!(dice.is_one_in(2)),
        2 => json!(i64::from_le_bytes(dice.next().to_le_bytes())),
        3 => json!(dice.below(700)),
        4 => json!(f64::from_bits(dice.next())),
        5 => json!(text(dice)),
        6 => (0..dice.below(4)).map(|_| value(dice, depth - 1)).collect(),
        _ => Value::Object(
            (0..dice.below(4))
                .map(|_| (text(dice), value(dice, depth - 1)))
                .collect(),
        ),
    }
}

fn text(dice: &mut Dice) -> String {
    let word = dice.pick(&WORDS);
    if dice.is_one_in(12) {
        word.repeat(1 + dice.below(400))
    } else {
        word.to_owned()
    }
}

/// A message that may be one of the protocol's.
fn message(dice: &mut Dice) -> Value {
    let mut message =
        json!({ "jsonrpc": "2.0", "id": dice.below(100), "method": dice.pick(&METHODS) });
    if !dice.is_one_in(3) {
        message["params"] = value(dice, 3);
    }
    if dice.is_one_in(3) {
        let name = dice.pick(&["jsonrpc", "id", "method", "params", "result", "error"]);
        message[name] = value(dice, 2);
    }
    if dice.is_one_in(6) {
        let name = dice.pick(&["jsonrpc", "id", "method"]);
        message.as_object_mut().unwrap().shift_remove(name);
    }
    message
}

/// A call of a real tool with arguments that are nearly right.
fn call(dice: &mut Dice) -> Value {
    let specs = catalog::offered();
    let spec = &specs[dice.below(specs.len())];
    let known = spec.argument_names();
    // Half of the calls have all that is required, nearly always in its right form, and so reach the use cases.
    let is_sound = dice.is_one_in(2);
    let mut arguments = Map::new();
    for name in &known {
        let is_required = is_sound && is_required(spec, name);
        if !is_required && !dice.is_one_in(if is_sound { 8 } else { 3 }) {
            continue;
        }
        let is_removed = spec.name == "stores_delete";
        let wants_sound = is_sound && !is_removed && !dice.is_one_in(20);
        let given = match sound(name, dice).filter(|_| wants_sound) {
            Some(sound) => sound,
            None if dice.is_one_in(2) => json!(text(dice)),
            None => value(dice, 2),
        };
        arguments.insert((*name).to_owned(), given);
    }
    if dice.is_one_in(5) {
        arguments.insert(text(dice), value(dice, 2));
    }
    let name = if dice.is_one_in(8) {
        spec.dotted_name()
    } else {
        spec.name.to_owned()
    };
    let mut params = json!({ "name": name, "arguments": arguments });
    if dice.is_one_in(10) {
        params["_meta"] = value(dice, 2);
    }
    if dice.is_one_in(15) {
        params["inputResponses"] = value(dice, 2);
    }
    if dice.is_one_in(15) {
        params["requestState"] = json!(text(dice));
    }
    if dice.is_one_in(15) {
        params["arguments"] = value(dice, 1);
    }
    json!({ "jsonrpc": "2.0", "id": dice.below(100), "method": "tools/call", "params": params })
}

fn is_required(spec: &ToolSpec, name: &str) -> bool {
    let required = spec.input_schema.get("required");
    let required = required.and_then(Value::as_array);
    required.is_some_and(|names| names.iter().any(|required| required == name))
}

/// Something of the right form, where the name tells which that is.
fn sound(name: &str, dice: &mut Dice) -> Option<Value> {
    let members = |dice: &mut Dice| match dice.below(4) {
        0 => json!({ "email": text(dice) }),
        1 => json!({ "shipping": { "city": text(dice) } }),
        2 => json!({ "price": dice.below(90), "quantity": dice.below(9) }),
        _ => {
            json!({ dice.pick(&["order_items", "order_notes", "stock", "folder_id"]): value(dice, 2) })
        }
    };
    Some(match name {
        "store_identifier" | "identifier" => json!(dice.pick(&["Main", "41207", "Other"])),
        "order_id" => json!(dice.pick(&["4981200417", "4981200618", "1"])),
        "product_id" => json!(dice.pick(&["61200310", "61200311", "1"])),
        "order_item_id" => json!(dice.pick(&["9917300551", "9917301002", "1"])),
        "change_id" => json!("01kb9ct5q8000000000000001a"),
        "changes" | "order_data" => members(dice),
        "items" => json!([{ "name": text(dice), "price": dice.below(90) }]),
        "folder" => json!(dice.pick(&["New", "Prepared", "Nowhere"])),
        "note" | "reason" | "tracking_number" => json!(text(dice)),
        "by" | "set_to" => json!(dice.below(9)),
        "weight" | "cost" => json!(dice.below(9)),
        "dry_run" | "partial" | "repeat_notes" => json!(dice.is_one_in(2)),
        "state" => json!("proposed"),
        _ => return None,
    })
}

/// The same bytes with a few of them changed, lost, doubled, or the end missing.
fn mutated(mut bytes: Vec<u8>, dice: &mut Dice) -> Vec<u8> {
    for _ in 0..=dice.below(3) {
        if bytes.is_empty() {
            break;
        }
        let at = dice.below(bytes.len());
        match dice.below(4) {
            0 => bytes[at] = dice.next().to_le_bytes()[0],
            1 => drop(bytes.remove(at)),
            2 => bytes.insert(at, bytes[at]),
            _ => bytes.truncate(at),
        }
    }
    bytes
}

/// Bodies at the edge of what readers bear.
fn extreme(dice: &mut Dice) -> Vec<u8> {
    let depth = 10 + dice.below(5_000);
    let deep = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let inside = match dice.below(8) {
        0 => deep,
        1 => "{\"a\":".repeat(depth) + "1" + &"}".repeat(depth),
        2 => format!("\"{}\"", "x".repeat(dice.below(1_200_000))),
        3 => "1e999999".to_owned(),
        4 => format!("-{}", "9".repeat(400)),
        5 => r#""\ud800""#.to_owned(),
        6 => r#"{"a":1,"a":2}"#.to_owned(),
        _ => format!("[{}1]", "1,".repeat(dice.below(20_000))),
    };
    let place = match dice.below(5) {
        0 => {
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"orders_get","arguments":{"order_id":@}}}"#
        }
        1 => {
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"orders_list","arguments":{"fields":@}}}"#
        }
        2 => {
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"stores_list","_meta":@}}"#
        }
        3 => r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":@}"#,
        _ => r#"{"jsonrpc":"2.0","id":@,"method":"ping"}"#,
    };
    place.replace('@', &inside).into_bytes()
}
