//! A tool call that is answered whatever becomes of it.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt as _;
use orderdesk_mcp_contract::tool::ToolSpec;
use orderdesk_mcp_contract::{ApiError, ErrorCode};
use orderdesk_mcp_domain::tools::ToolAnswer;
use rmcp::model::CallToolResult;

use crate::outcome;

/// When a call is answered although its tool has not come back. The use cases have shorter deadlines of
/// their own; this one makes sure that a client never waits for ever (several give up after 60 s).
const DEADLINE: Duration = Duration::from_secs(55);

/// Waits for a call. The SDK would leave the client without any answer if the tool panicked, and waiting for
/// ever if it did not end.
pub(crate) async fn answered(
    spec: &ToolSpec,
    call: impl Future<Output = Result<ToolAnswer, ApiError>>,
) -> CallToolResult {
    match tokio::time::timeout(DEADLINE, AssertUnwindSafe(call).catch_unwind()).await {
        Ok(Ok(Ok(answer))) => outcome::done(answer),
        Ok(Ok(Err(error))) => outcome::failed(&error),
        Ok(Err(_)) => {
            tracing::error!(tool = spec.name, "a tool call panicked");
            outcome::failed(&ApiError::internal())
        }
        Err(_) => {
            tracing::error!(tool = spec.name, "a tool call did not end by itself");
            let message = if spec.need.is_write() {
                "The call took more than 55 seconds. What it asked for goes on by itself: look at it with `changes_list` before you send anything again."
            } else {
                "The call took more than 55 seconds and was stopped. Ask for less, or try again later."
            };
            outcome::failed(&ApiError::new(ErrorCode::Unavailable, message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tool(name: &str) -> &'static ToolSpec {
        orderdesk_mcp_contract::tools::catalog::find(name).unwrap()
    }

    fn text_of(result: &CallToolResult) -> String {
        assert_eq!(result.is_error, Some(true));
        result.content[0].as_text().unwrap().text.clone()
    }

    #[tokio::test]
    async fn a_panic_is_answered() {
        let result = answered(tool("orders_get"), async { panic!("on purpose") }).await;
        assert_eq!(text_of(&result), ApiError::internal().message);
    }

    #[tokio::test(start_paused = true)]
    async fn an_endless_call_is_answered() {
        let result = answered(tool("orders_get"), std::future::pending()).await;
        assert!(text_of(&result).contains("55 seconds and was stopped"));
        let result = answered(tool("orders_update"), std::future::pending()).await;
        assert!(text_of(&result).contains("goes on by itself"));
    }

    #[tokio::test]
    async fn a_result_says_the_same_in_both_forms() {
        let value = serde_json::json!({ "a": 1 });
        let answer = ToolAnswer {
            value: value.clone(),
            text: value.to_string(),
        };
        let result = answered(tool("orders_get"), async { Ok(answer) }).await;
        assert_eq!(result.is_error, Some(false));
        assert_eq!(result.content[0].as_text().unwrap().text, r#"{"a":1}"#);
        assert_eq!(result.structured_content, Some(value));
    }
}
