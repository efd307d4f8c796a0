//! Tools that run as tasks (SEP-2663), for clients that declared the extension.

use std::time::Duration;

use rmcp::ErrorData;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ClientCapabilities, CreateTaskResult,
    JsonObject,
};
use rmcp::task_manager::{TaskContext, TaskExit, TaskFuture, TaskManager, TaskOptions};
use serde_json::{Value, json};

use crate::asks::{accepted, ask, form};
use crate::catalog::of;
use crate::contents::text;

/// Answers the tools of this file; `None` for other tools.
pub async fn call(
    tasks: &TaskManager,
    request: &CallToolRequestParams,
    client: &ClientCapabilities,
) -> Option<Result<CallToolResponse, ErrorData>> {
    let nothing = JsonObject::new();
    let arguments = request.arguments.as_ref().unwrap_or(&nothing);
    let text_of = |name: &str| {
        arguments
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let knows_tasks = client.supports_tasks();
    let start = |work: fn(TaskContext, String) -> TaskFuture, argument: String| {
        if !knows_tasks {
            let needed = ClientCapabilities::builder().enable_tasks().build();
            return Err(ErrorData::missing_required_client_capability(needed));
        }
        Ok(CreateTaskResult::new(
            tasks.spawn(TaskOptions::new(), |context| work(context, argument)),
        )
        .into())
    };
    Some(match request.name.as_ref() {
        "greet" => text(&format!("Hello, {}!", text_of("name"))).map(Into::into),
        "slow_compute" => {
            let seconds = arguments
                .get("seconds")
                .and_then(Value::as_u64)
                .unwrap_or(1);
            if knows_tasks {
                start(slow, seconds.to_string())
            } else {
                // A client without tasks gets the result itself, at the price of waiting for it.
                tokio::time::sleep(Duration::from_secs(seconds.min(5))).await;
                text("computed").map(Into::into)
            }
        }
        "failing_job" => start(
            |_, _| Box::pin(async { failed().map_err(TaskExit::Error) }),
            String::new(),
        ),
        "protocol_error_job" => start(|_, _| Box::pin(async { Err(broken()) }), String::new()),
        "confirm_delete" => start(confirm, text_of("filename")),
        "multi_input" => start(two_questions, String::new()),
        "test_tool_with_task" => {
            let name = accepted(request.input_responses.as_ref(), "user_name")
                .and_then(|content| content["name"].as_str());
            match name {
                Some(name) => start(greet, name.to_owned()),
                None => ask(
                    [("user_name", form("What is your name?", "name", "string"))],
                    None,
                )
                .map(Into::into),
            }
        }
        _ => return None,
    })
}

fn failed() -> Result<CallToolResult, ErrorData> {
    of(
        json!({ "resultType": "complete", "isError": true, "content": [{ "type": "text", "text": "The job failed." }] }),
    )
}

fn broken() -> TaskExit {
    TaskExit::Error(ErrorData::internal_error(
        "the job broke the protocol on purpose",
        None,
    ))
}

fn slow(context: TaskContext, seconds: String) -> TaskFuture {
    Box::pin(async move {
        let work = tokio::time::sleep(Duration::from_secs(seconds.parse().unwrap_or(1)));
        tokio::select! {
            () = work => text("computed").map_err(TaskExit::Error),
            () = context.cancelled() => Err(TaskExit::Cancelled),
        }
    })
}

fn confirm(context: TaskContext, filename: String) -> TaskFuture {
    Box::pin(async move {
        let question = form(&format!("Delete {filename}?"), "confirm", "boolean")?;
        let answer = context.request_input("confirm", question).await?;
        let verdict = if answer["content"]["confirm"] == true {
            "deleted"
        } else {
            "kept"
        };
        Ok(text(&format!("{filename}: {verdict}"))?)
    })
}

fn two_questions(context: TaskContext, _: String) -> TaskFuture {
    Box::pin(async move {
        let first = context.request_input("first", form("The first name?", "name", "string")?);
        let second = context.request_input("second", form("The second name?", "name", "string")?);
        let (first, second) = futures::future::try_join(first, second).await?;
        Ok(text(&format!(
            "{} and {}",
            first["content"]["name"], second["content"]["name"]
        ))?)
    })
}

fn greet(_: TaskContext, name: String) -> TaskFuture {
    Box::pin(async move { Ok(text(&format!("Hello, {name}!"))?) })
}
