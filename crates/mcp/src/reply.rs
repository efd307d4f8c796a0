//! A message that answers with a tool's result, written without a tree in between.

use orderdesk_mcp_contract::{ApiError, Document};
use orderdesk_mcp_domain::ToolAnswer;
use rmcp::model::{MetaObject, RequestId};
use serde::Serialize;

use crate::handler::Era;
use crate::outcome;

/// Everything around the answer, which is sent twice: as data, and as text in which quotes take two bytes.
const AROUND: usize = 768;

#[derive(Serialize)]
struct Reply<'a, R> {
    jsonrpc: &'static str,
    id: &'a RequestId,
    result: R,
}

/// rmcp's `CallToolResult`, of which the structured content is text already.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Done<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    result_type: Option<&'static str>,
    content: [Text<'a>; 1],
    structured_content: &'a Document,
    is_error: bool,
    #[serde(rename = "_meta", skip_serializing_if = "Option::is_none")]
    meta: Option<&'a MetaObject>,
}

#[derive(Serialize)]
struct Text<'a> {
    r#type: &'static str,
    text: &'a str,
}

/// The message's bytes, or none when they cannot be written. `signature` is the server's name, for the modern era.
pub(crate) fn to(
    id: &RequestId,
    era: Era,
    outcome: &Result<ToolAnswer, ApiError>,
    signature: &MetaObject,
) -> Option<Vec<u8>> {
    let is_modern = era == Era::Modern;
    match outcome {
        Ok(answer) => {
            let done = Done {
                result_type: is_modern.then_some("complete"),
                content: [Text {
                    r#type: "text",
                    text: answer.text(),
                }],
                structured_content: answer.document(),
                is_error: false,
                meta: is_modern.then_some(signature),
            };
            let size = answer.text().len().saturating_mul(5) / 2 + AROUND;
            write(id, done, size)
        }
        Err(error) => {
            let mut result = outcome::failed(error);
            if is_modern {
                let meta = result.meta.get_or_insert_default();
                meta.0.extend(signature.0.clone());
            } else {
                result.result_type = None;
            }
            write(id, result, AROUND)
        }
    }
}

fn write(id: &RequestId, result: impl Serialize, size: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(size);
    let reply = Reply {
        jsonrpc: "2.0",
        id,
        result,
    };
    serde_json::to_writer(&mut bytes, &reply).ok()?;
    Some(bytes)
}
