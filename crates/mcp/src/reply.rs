//! A message that answers with a tool's result, written without a tree in between.

use orderdesk_mcp_contract::ApiError;
use orderdesk_mcp_domain::ToolAnswer;
use rmcp::model::{CallToolResult, MetaObject, RequestId};
use serde::Serialize;

use crate::handler::Era;
use crate::outcome;

/// Everything around the answer, which is sent twice: as data, and as text in which quotes take two bytes.
const AROUND: usize = 768;

/// The message's bytes, or none when they cannot be written. `signature` is the server's name, for the modern era.
pub(crate) fn to(
    id: &RequestId,
    era: Era,
    outcome: &Result<ToolAnswer, ApiError>,
    signature: &MetaObject,
) -> Option<Vec<u8>> {
    let signature = (era == Era::Modern).then_some(signature);
    match outcome {
        Ok(answer) => done(id, answer.text(), signature),
        Err(error) => {
            let mut result = outcome::failed(error);
            match signature {
                Some(signature) => {
                    let meta = result.meta.get_or_insert_default();
                    meta.0.extend(signature.0.clone());
                }
                None => result.result_type = None,
            }
            failed(id, &result)
        }
    }
}

/// rmcp's `CallToolResult` of a success, piece by piece: both forms of the answer are text already.
fn done(id: &RequestId, answer: &str, signature: Option<&MetaObject>) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(answer.len().saturating_mul(5) / 2 + AROUND);
    bytes.extend_from_slice(br#"{"jsonrpc":"2.0","id":"#);
    serde_json::to_writer(&mut bytes, id).ok()?;
    bytes.extend_from_slice(br#","result":{"#);
    if signature.is_some() {
        bytes.extend_from_slice(br#""resultType":"complete","#);
    }
    bytes.extend_from_slice(br#""content":[{"type":"text","text":"#);
    quote(&mut bytes, answer)?;
    bytes.extend_from_slice(br#"}],"structuredContent":"#);
    bytes.extend_from_slice(answer.as_bytes());
    bytes.extend_from_slice(br#","isError":false"#);
    if let Some(signature) = signature {
        bytes.extend_from_slice(br#","_meta":"#);
        serde_json::to_writer(&mut bytes, signature).ok()?;
    }
    bytes.extend_from_slice(b"}}");
    Some(bytes)
}

fn failed(id: &RequestId, result: &CallToolResult) -> Option<Vec<u8>> {
    #[derive(Serialize)]
    struct Reply<'a> {
        jsonrpc: &'static str,
        id: &'a RequestId,
        result: &'a CallToolResult,
    }
    let jsonrpc = "2.0";
    serde_json::to_vec(&Reply {
        jsonrpc,
        id,
        result,
    })
    .ok()
}

/// Writes JSON as a JSON string. In JSON that is written without line breaks nothing but quotes and backslashes is to be
/// escaped, and there are so many of them that looking for all else doubles the time.
fn quote(bytes: &mut Vec<u8>, json: &str) -> Option<()> {
    if json.bytes().any(|byte| byte < b' ') {
        return serde_json::to_writer(bytes, json).ok();
    }
    bytes.push(b'"');
    let mut rest = json.as_bytes();
    while let Some(at) = rest.iter().position(|byte| matches!(byte, b'"' | b'\\')) {
        bytes.extend_from_slice(&rest[..at]);
        bytes.extend_from_slice(&[b'\\', rest[at]]);
        rest = &rest[at + 1..];
    }
    bytes.extend_from_slice(rest);
    bytes.push(b'"');
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_as_the_library_does() {
        for json in [
            "",
            "{}",
            r#"{"a":"b\"c\\","ü":[1,"\u0001"],"":""}"#,
            "{\n\t\"a\": 1}",
            "\"\u{7f}\u{2028}😀\"",
        ] {
            let mut bytes = Vec::new();
            quote(&mut bytes, json).unwrap();
            assert_eq!(
                String::from_utf8(bytes).unwrap(),
                serde_json::to_string(json).unwrap()
            );
        }
    }
}
