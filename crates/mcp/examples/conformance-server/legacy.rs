//! Tools that speak to the client while they run. Requests to the client exist in the legacy era only, and need a
//! session; progress and logs exist in both.
// Sampling and logging are deprecated since 2026-07-28; the suite still tests them for older revisions.
#![expect(
    deprecated,
    reason = "the conformance suite requires what the SDK deprecates"
)]

use std::time::Duration;

use rmcp::model::{
    CallToolResult, JsonObject, LoggingLevel, LoggingMessageNotificationParam,
    ProgressNotificationParam,
};
use rmcp::service::{RequestContext, ServiceError};
use rmcp::{ErrorData, RoleServer};
use serde_json::{Value, json};

use crate::catalog::of;
use crate::contents::text;

/// The pause that the suite asks for between messages.
const PAUSE: Duration = Duration::from_millis(50);

fn lost(error: &ServiceError) -> ErrorData {
    ErrorData::internal_error(format!("the client did not answer: {error}"), None)
}

async fn log(context: &RequestContext<RoleServer>, message: &str) -> Result<(), ErrorData> {
    let message = LoggingMessageNotificationParam::new(LoggingLevel::Info, json!(message));
    context
        .peer
        .notify_logging_message(message)
        .await
        .map_err(|error| lost(&error))
}

/// Logs three times.
pub async fn with_logging(
    context: &RequestContext<RoleServer>,
) -> Result<CallToolResult, ErrorData> {
    for message in [
        "Tool execution started",
        "Tool processing data",
        "Tool execution completed",
    ] {
        log(context, message).await?;
        tokio::time::sleep(PAUSE).await;
    }
    text("Logged three times.")
}

/// Logs if the request allows it.
pub async fn logging_if_asked(
    context: &RequestContext<RoleServer>,
) -> Result<CallToolResult, ErrorData> {
    if context.meta.log_level().is_some() {
        log(context, "The request asked for logs.").await?;
    }
    text("Done.")
}

/// Reports progress three times, if the request has a token.
pub async fn with_progress(
    context: &RequestContext<RoleServer>,
) -> Result<CallToolResult, ErrorData> {
    let token = context.meta.get_progress_token();
    for progress in [0.0, 50.0, 100.0] {
        if let Some(token) = &token {
            let report = ProgressNotificationParam::new(token.clone(), progress).with_total(100.0);
            context
                .peer
                .notify_progress(report)
                .await
                .map_err(|error| lost(&error))?;
        }
        tokio::time::sleep(PAUSE).await;
    }
    text("Reported progress.")
}

/// Has the client's model answer the prompt.
pub async fn sampling(
    context: &RequestContext<RoleServer>,
    arguments: &JsonObject,
) -> Result<CallToolResult, ErrorData> {
    let prompt = arguments
        .get("prompt")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let request = of(json!({
        "messages": [{ "role": "user", "content": { "type": "text", "text": prompt } }],
        "maxTokens": 100
    }))?;
    let answer = context
        .peer
        .create_message(request)
        .await
        .map_err(|error| lost(&error))?;
    let answer = serde_json::to_value(answer).unwrap_or_default();
    text(&format!(
        "LLM response: {}",
        answer["content"]["text"].as_str().unwrap_or_default()
    ))
}

/// Asks the person for a form.
pub async fn elicitation(
    context: &RequestContext<RoleServer>,
    message: &str,
    schema: Value,
) -> Result<CallToolResult, ErrorData> {
    let request = of(json!({ "mode": "form", "message": message, "requestedSchema": schema }))?;
    let answer = context
        .peer
        .create_elicitation(request)
        .await
        .map_err(|error| lost(&error))?;
    let answer = serde_json::to_value(answer).unwrap_or_default();
    text(&format!(
        "Elicitation completed: action={}, content={}",
        answer["action"], answer["content"]
    ))
}

/// The form of `test_elicitation`.
pub fn contact_form() -> Value {
    json!({
        "type": "object",
        "properties": {
            "username": { "type": "string", "description": "User's response" },
            "email": { "type": "string", "description": "User's email address" }
        },
        "required": ["username", "email"]
    })
}

/// A form with a default for every primitive type (SEP-1034).
pub fn form_with_defaults() -> Value {
    json!({
        "type": "object",
        "properties": {
            "name": { "type": "string", "default": "John Doe" },
            "age": { "type": "integer", "default": 30 },
            "score": { "type": "number", "default": 95.5 },
            "status": { "type": "string", "enum": ["active", "inactive", "pending"], "default": "active" },
            "verified": { "type": "boolean", "default": true }
        }
    })
}

/// A form with every kind of choice (SEP-1330).
pub fn form_with_choices() -> Value {
    let plain = json!(["option1", "option2", "option3"]);
    let titled = |word: &str| {
        json!([
            { "const": "value1", "title": format!("First {word}") },
            { "const": "value2", "title": format!("Second {word}") },
            { "const": "value3", "title": format!("Third {word}") }
        ])
    };
    json!({
        "type": "object",
        "properties": {
            "untitledSingle": { "type": "string", "enum": plain },
            "titledSingle": { "type": "string", "oneOf": titled("Option") },
            "legacyEnum": {
                "type": "string",
                "enum": ["opt1", "opt2", "opt3"],
                "enumNames": ["Option One", "Option Two", "Option Three"]
            },
            "untitledMulti": { "type": "array", "items": { "type": "string", "enum": plain } },
            "titledMulti": { "type": "array", "items": { "anyOf": titled("Choice") } }
        }
    })
}
