//! What a tool call answers.

use orderdesk_mcp_contract::ApiError;
use orderdesk_mcp_domain::tools::ToolAnswer;
use rmcp::model::{CallToolResult, ContentBlock, MetaObject};

/// The `_meta` member that holds a failure's facts for programs.
pub(crate) const ERROR_META: &str = "orderdesk-mcp/error";

/// The result of a call.
pub(crate) fn of(outcome: &Result<ToolAnswer, ApiError>) -> CallToolResult {
    match outcome {
        Ok(answer) => done(answer),
        Err(error) => failed(error),
    }
}

/// A result: structured, and the equal JSON text for clients that read only text.
fn done(answer: &ToolAnswer) -> CallToolResult {
    match answer.value() {
        Ok(value) => {
            let mut result = CallToolResult::success(vec![ContentBlock::text(answer.text())]);
            result.structured_content = Some(value);
            result
        }
        Err(error) => {
            tracing::error!(%error, "an answer has a number that the protocol layer cannot hold");
            failed(&ApiError::internal())
        }
    }
}

/// A failure that the model can read and mend.
///
/// The text holds every fact, since models see nothing else. The same facts for programs are in `_meta`, not in
/// `structuredContent`: that must match the tool's output schema, and an error does not.
pub(crate) fn failed(error: &ApiError) -> CallToolResult {
    let mut result = CallToolResult::error(vec![ContentBlock::text(error.in_words())]);
    let mut meta = MetaObject::new();
    meta.0.insert(
        ERROR_META.into(),
        serde_json::to_value(error).unwrap_or_default(),
    );
    result.meta = Some(meta);
    result
}

#[cfg(test)]
mod tests {
    use orderdesk_mcp_contract::ErrorCode;

    use super::*;

    #[test]
    fn a_result_says_the_same_in_both_forms() {
        let value = serde_json::json!({ "a": 1 });
        let result = done(&ToolAnswer::of(&value).unwrap());
        assert_eq!(result.is_error, Some(false));
        assert_eq!(result.content[0].as_text().unwrap().text, r#"{"a":1}"#);
        assert_eq!(result.structured_content, Some(value));
    }

    fn text(error: &ApiError) -> String {
        let result = serde_json::to_value(failed(error)).unwrap();
        assert_eq!(result["isError"], true);
        assert!(
            result.get("structuredContent").is_none(),
            "an error does not match the output schema"
        );
        assert_eq!(result["_meta"][ERROR_META]["code"], error.code.as_str());
        result["content"][0]["text"].as_str().unwrap().to_owned()
    }

    #[test]
    fn an_error_says_everything_in_words() {
        let error = ApiError::invalid("detail", "`detail` is not accepted.")
            .with_allowed(["summary", "full"]);
        assert_eq!(
            text(&error),
            "`detail` is not accepted. Allowed: summary, full."
        );
        let error =
            ApiError::new(ErrorCode::RateLimited, "Too many calls.").with_retry_after_secs(7);
        assert_eq!(text(&error), "Too many calls. Try again in 7 s.");
        let error =
            ApiError::new(ErrorCode::RateLimited, "Wait 7 seconds.").with_retry_after_secs(7);
        assert_eq!(text(&error), "Wait 7 seconds.");
    }
}
