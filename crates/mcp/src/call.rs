//! A tool call that is answered whatever becomes of it.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt as _;
use orderdesk_mcp_contract::tool::ToolSpec;
use orderdesk_mcp_contract::{ApiError, ErrorCode};
use orderdesk_mcp_domain::tools::ToolAnswer;

/// When a call is answered although its tool has not come back. The use cases have shorter deadlines of
/// their own; this one makes sure that a client never waits for ever (several give up after 60 s).
const DEADLINE: Duration = Duration::from_secs(55);

/// Waits for a call. The SDK would leave the client without any answer if the tool panicked, and waiting for
/// ever if it did not end.
pub(crate) async fn settled(
    spec: &ToolSpec,
    call: impl Future<Output = Result<ToolAnswer, ApiError>>,
) -> Result<ToolAnswer, ApiError> {
    match tokio::time::timeout(DEADLINE, AssertUnwindSafe(call).catch_unwind()).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => {
            tracing::error!(tool = spec.name, "a tool call panicked");
            Err(ApiError::internal())
        }
        Err(_) => {
            tracing::error!(tool = spec.name, "a tool call did not end by itself");
            let message = if spec.need.is_write() {
                "The call took more than 55 seconds. What it asked for goes on by itself: look at it with `changes_list` before you send anything again."
            } else {
                "The call took more than 55 seconds and was stopped. Ask for less, or try again later."
            };
            Err(ApiError::new(ErrorCode::Unavailable, message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tool(name: &str) -> &'static ToolSpec {
        orderdesk_mcp_contract::tools::catalog::find(name).unwrap()
    }

    #[tokio::test]
    async fn a_panic_is_answered() {
        let outcome = settled(tool("orders_get"), async { panic!("on purpose") }).await;
        assert_eq!(outcome.unwrap_err().message, ApiError::internal().message);
    }

    #[tokio::test(start_paused = true)]
    async fn an_endless_call_is_answered() {
        let outcome = settled(tool("orders_get"), std::future::pending()).await;
        assert!(
            outcome
                .unwrap_err()
                .message
                .contains("55 seconds and was stopped")
        );
        let outcome = settled(tool("orders_update"), std::future::pending()).await;
        assert!(outcome.unwrap_err().message.contains("goes on by itself"));
    }
}
