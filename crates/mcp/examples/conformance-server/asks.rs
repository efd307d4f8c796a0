//! Tools that need something from the client before they can answer (SEP-2322): the first round says what, the
//! client calls again with the answers.

use std::time::Duration;

use rmcp::ErrorData;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, ClientCapabilities, InputRequest, InputRequests,
    InputRequiredResult, InputResponses, RequestStateCodec, SealOptions,
};
use serde_json::{Value, json};

use crate::catalog::of;
use crate::contents::text;

/// How long a round may take the person.
const STATE_LIFE: Duration = Duration::from_secs(600);

/// A form with one field.
pub fn form(message: &str, field: &str, kind: &str) -> Result<InputRequest, ErrorData> {
    of(json!({ "method": "elicitation/create", "params": {
        "mode": "form",
        "message": message,
        "requestedSchema": { "type": "object", "properties": { field: { "type": kind } }, "required": [field] }
    } }))
}

fn sampling(prompt: &str, max_tokens: u32) -> Result<InputRequest, ErrorData> {
    of(json!({ "method": "sampling/createMessage", "params": {
        "messages": [{ "role": "user", "content": { "type": "text", "text": prompt } }],
        "maxTokens": max_tokens
    } }))
}

fn roots() -> Result<InputRequest, ErrorData> {
    of(json!({ "method": "roots/list", "params": {} }))
}

/// An accepted form's content.
pub fn accepted<'a>(answers: Option<&'a InputResponses>, key: &str) -> Option<&'a Value> {
    let answer = answers?.get(key)?;
    (answer["action"] == "accept")
        .then(|| &answer["content"])
        .filter(|content| content.is_object())
}

/// Asks for the requests, with the state that the next round must bring back.
pub fn ask<const N: usize>(
    requests: [(&str, Result<InputRequest, ErrorData>); N],
    state: Option<String>,
) -> Result<InputRequiredResult, ErrorData> {
    let requests: Result<InputRequests, _> = requests
        .into_iter()
        .map(|(key, request)| Ok::<_, ErrorData>((key.to_owned(), request?)))
        .collect();
    Ok(InputRequiredResult::new(Some(requests?), state))
}

/// Seals and opens the state of one tool.
struct State<'a> {
    codec: &'a RequestStateCodec,
    tool: &'a str,
}

impl State<'_> {
    fn seal(&self, round: &str) -> Option<String> {
        let options = SealOptions::new()
            .associated_data(self.tool.as_bytes())
            .ttl(STATE_LIFE);
        Some(self.codec.seal_with(round.as_bytes(), &options))
    }

    /// The round that a state came from; `None` in the first round.
    fn open(&self, sealed: Option<&String>) -> Result<Option<String>, ErrorData> {
        let Some(sealed) = sealed else {
            return Ok(None);
        };
        let refused = || {
            ErrorData::invalid_params(
                "requestState was altered, is too old, or is another tool's",
                None,
            )
        };
        let round = self
            .codec
            .open_with(sealed, self.tool.as_bytes())
            .map_err(|_| refused())?;
        String::from_utf8(round).map(Some).map_err(|_| refused())
    }
}

/// Answers the tools of this file; `None` for other tools.
pub fn call(
    codec: &RequestStateCodec,
    request: &CallToolRequestParams,
    client: &ClientCapabilities,
) -> Option<Result<CallToolResponse, ErrorData>> {
    let answers = request.input_responses.as_ref();
    let state = State {
        codec,
        tool: &request.name,
    };
    Some(match request.name.as_ref() {
        "test_input_required_result_elicitation" | "test_streaming_elicitation" => name(answers),
        "test_input_required_result_sampling" => {
            let question = || sampling("What is the capital of France?", 100);
            match answers.and_then(|all| all.get("capital_question")?["content"]["text"].as_str()) {
                Some(answer) => text(answer).map(Into::into),
                None => ask([("capital_question", question())], None).map(Into::into),
            }
        }
        "test_input_required_result_list_roots" => {
            match answers.and_then(|all| all.get("client_roots")?["roots"].as_array()) {
                Some(given) => {
                    text(&format!("{} roots: {}", given.len(), json!(given))).map(Into::into)
                }
                None => ask([("client_roots", roots())], None).map(Into::into),
            }
        }
        "test_input_required_result_request_state"
        | "test_input_required_result_tampered_state" => confirmed(&state, request),
        "test_input_required_result_multiple_inputs" => several(&state, request),
        "test_input_required_result_multi_round" => two_rounds(&state, request),
        "test_input_required_result_capabilities" => what_the_client_can(client),
        _ => return None,
    })
}

fn name(answers: Option<&InputResponses>) -> Result<CallToolResponse, ErrorData> {
    match accepted(answers, "user_name").and_then(|content| content["name"].as_str()) {
        Some(name) => text(&format!("Hello, {name}!")).map(Into::into),
        None => ask(
            [("user_name", form("What is your name?", "name", "string"))],
            None,
        )
        .map(Into::into),
    }
}

fn confirmed(
    state: &State<'_>,
    request: &CallToolRequestParams,
) -> Result<CallToolResponse, ErrorData> {
    let is_second = state.open(request.request_state.as_ref())?.is_some();
    if is_second && accepted(request.input_responses.as_ref(), "confirm").is_some() {
        return text("state-ok").map(Into::into);
    }
    ask(
        [("confirm", form("Please confirm", "ok", "boolean"))],
        state.seal("confirm"),
    )
    .map(Into::into)
}

fn several(
    state: &State<'_>,
    request: &CallToolRequestParams,
) -> Result<CallToolResponse, ErrorData> {
    let is_second = state.open(request.request_state.as_ref())?.is_some();
    let has_all = |answers: &InputResponses| {
        ["user_name", "greeting", "client_roots"]
            .iter()
            .all(|key| answers.contains_key(*key))
    };
    if is_second && request.input_responses.as_ref().is_some_and(has_all) {
        return text("All three answers arrived.").map(Into::into);
    }
    let requests = [
        ("user_name", form("What is your name?", "name", "string")),
        ("greeting", sampling("Generate a greeting", 50)),
        ("client_roots", roots()),
    ];
    ask(requests, state.seal("all")).map(Into::into)
}

fn two_rounds(
    state: &State<'_>,
    request: &CallToolRequestParams,
) -> Result<CallToolResponse, ErrorData> {
    let answers = request.input_responses.as_ref();
    match state.open(request.request_state.as_ref())?.as_deref() {
        Some("two") if accepted(answers, "step2").is_some() => {
            text("Both rounds are done.").map(Into::into)
        }
        Some("one") if accepted(answers, "step1").is_some() => {
            let question = form("Step 2: What is your favorite color?", "color", "string");
            ask([("step2", question)], state.seal("two")).map(Into::into)
        }
        _ => {
            let question = form("Step 1: What is your name?", "name", "string");
            ask([("step1", question)], state.seal("one")).map(Into::into)
        }
    }
}

fn what_the_client_can(client: &ClientCapabilities) -> Result<CallToolResponse, ErrorData> {
    let declared = serde_json::to_value(client).unwrap_or_default();
    let mut requests = InputRequests::new();
    if declared.get("sampling").is_some() {
        requests.insert("greeting".into(), sampling("Generate a greeting", 50)?);
    }
    if declared.get("elicitation").is_some() {
        requests.insert(
            "user_name".into(),
            form("What is your name?", "name", "string")?,
        );
    }
    if requests.is_empty() {
        return text("This client can be asked for nothing.").map(Into::into);
    }
    Ok(InputRequiredResult::from_input_requests(requests).into())
}
