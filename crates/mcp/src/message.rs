//! Reading a JSON-RPC message just far enough to answer its faults by name.

use rmcp::model::{ErrorCode, ErrorData, RequestId};
use serde::{Deserialize, Deserializer};
use serde_json::error::Category;
use serde_json::value::RawValue;

/// The members of a JSON-RPC 2.0 message, each still as text: one pass over the body without building
/// a tree, because the protocol layer reads it again.
#[derive(Deserialize)]
struct Members<'a> {
    #[serde(borrow, default)]
    jsonrpc: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "even_null")]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    method: Option<&'a RawValue>,
    #[serde(borrow, default)]
    params: Option<&'a RawValue>,
    #[serde(borrow, default)]
    result: Option<&'a RawValue>,
    #[serde(borrow, default)]
    error: Option<&'a RawValue>,
}

/// Keeps a null apart from an absent member: as an id it is a mistake, not a notification.
fn even_null<'de, D: Deserializer<'de>>(reader: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(reader).map(Some)
}

/// The parameters of `tools/call`, each still as text.
#[derive(Deserialize)]
struct CallMembers<'a> {
    #[serde(borrow, default)]
    name: Option<&'a RawValue>,
    #[serde(borrow, default)]
    arguments: Option<&'a RawValue>,
}

/// What is known of a message that is well formed.
#[derive(Debug, PartialEq)]
pub(crate) struct Message {
    /// Absent for notifications.
    pub id: Option<RequestId>,
    /// A `tools/call` request, which the use cases charge by the tool's price.
    pub is_tool_call: bool,
}

/// What is wrong with a message, and its id where that could be read.
#[derive(Debug, PartialEq)]
pub(crate) struct Fault {
    pub id: Option<RequestId>,
    pub error: Box<ErrorData>,
}

impl Message {
    /// Reads one message.
    ///
    /// # Errors
    /// -32700 when the bytes are not JSON, -32600 when they are no single JSON-RPC 2.0 message, -32602 when
    /// the parameters cannot be those of the method.
    pub(crate) fn read(body: &[u8]) -> Result<Self, Fault> {
        let fault = |id: &Option<RequestId>, error| Fault {
            id: id.clone(),
            error: Box::new(error),
        };
        if body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
            return Err(fault(
                &None,
                invalid("Batches are not supported: send one JSON-RPC message in each request."),
            ));
        }
        let members: Members<'_> =
            serde_json::from_slice(body).map_err(|error| fault(&None, unreadable(&error)))?;
        let id = members
            .id
            .map(read_id)
            .transpose()
            .map_err(|error| fault(&None, error))?;
        if members.jsonrpc.and_then(read_text).as_deref() != Some("2.0") {
            return Err(fault(&id, invalid("`jsonrpc` must be \"2.0\".")));
        }
        let Some(method) = members.method else {
            // An answer to a request of ours: whether there was one is for the protocol layer to say.
            if members.result.is_some() || members.error.is_some() {
                return Ok(Self {
                    id,
                    is_tool_call: false,
                });
            }
            return Err(fault(&id, invalid("`method` is missing.")));
        };
        let Some(method) = read_text(method) else {
            return Err(fault(&id, invalid("`method` must be text.")));
        };
        if members.params.is_some_and(|params| !is_object(params)) {
            return Err(fault(&id, wrong_params("`params` must be an object.")));
        }
        let is_tool_call = id.is_some() && method == "tools/call";
        if is_tool_call {
            check_call(members.params).map_err(|error| fault(&id, error))?;
        }
        Ok(Self { id, is_tool_call })
    }
}

fn check_call(params: Option<&RawValue>) -> Result<(), ErrorData> {
    let Some(params) = params else {
        return Err(wrong_params(
            "`tools/call` needs `params` with the `name` of a tool.",
        ));
    };
    let call: CallMembers<'_> = serde_json::from_str(params.get())
        .map_err(|_| wrong_params("`params` has a member twice."))?;
    if call.name.and_then(read_text).is_none() {
        return Err(wrong_params(
            "`params.name` must be the name of a tool; `tools/list` has them.",
        ));
    }
    if call
        .arguments
        .is_some_and(|arguments| !is_object(arguments))
    {
        return Err(wrong_params(
            "`params.arguments` must be an object; leave it out when the tool takes none.",
        ));
    }
    Ok(())
}

fn read_id(raw: &RawValue) -> Result<RequestId, ErrorData> {
    serde_json::from_str(raw.get()).map_err(|_| invalid("`id` must be text or a whole number."))
}

fn read_text(raw: &RawValue) -> Option<String> {
    serde_json::from_str(raw.get()).ok()
}

fn is_object(raw: &RawValue) -> bool {
    raw.get().starts_with('{')
}

fn unreadable(error: &serde_json::Error) -> ErrorData {
    match error.classify() {
        // The sentence of serde_json names the place and never repeats the text.
        Category::Syntax | Category::Eof | Category::Io => ErrorData::new(
            ErrorCode::PARSE_ERROR,
            format!("The body is not JSON: {error}."),
            None,
        ),
        Category::Data => {
            invalid("The body must be one JSON-RPC 2.0 message: an object with each member once.")
        }
    }
}

fn invalid(message: &'static str) -> ErrorData {
    ErrorData::new(ErrorCode::INVALID_REQUEST, message, None)
}

fn wrong_params(message: &'static str) -> ErrorData {
    ErrorData::new(ErrorCode::INVALID_PARAMS, message, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(body: &str) -> i32 {
        match Message::read(body.as_bytes()) {
            Ok(message) => i32::from(message.is_tool_call),
            Err(fault) => {
                assert!(fault.error.message.len() > 15, "{body}: {:?}", fault.error);
                fault.error.code.0
            }
        }
    }

    #[test]
    fn names_every_fault() {
        let cases = [
            ("", -32700),
            ("{", -32700),
            ("nonsense", -32700),
            (
                r#"{"jsonrpc":"2.0","id":1,"method":"ping"} trailing"#,
                -32700,
            ),
            ("\"text\"", -32600),
            ("7", -32600),
            ("null", -32600),
            (" [{}]", -32600),
            ("{}", -32600),
            (r#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, -32600),
            (r#"{"jsonrpc":"2.0","id":1}"#, -32600),
            (r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, -32600),
            (r#"{"jsonrpc":"2.0","id":[],"method":"ping"}"#, -32600),
            (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, -32600),
            (r#"{"jsonrpc":"2.0","id":1,"method":5}"#, -32600),
            (r#"{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}"#, -32600),
            (
                r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}"#,
                -32602,
            ),
            (r#"{"jsonrpc":"2.0","id":1,"method":"tools/call"}"#, -32602),
            (
                r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":3}}"#,
                -32602,
            ),
            (
                r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","arguments":[]}}"#,
                -32602,
            ),
            (
                r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","name":"b"}}"#,
                -32602,
            ),
            (
                r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a"}}"#,
                1,
            ),
            (
                r#"{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"a","arguments":{}}}"#,
                1,
            ),
            (r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#, 0),
            (r#"{"jsonrpc":"2.0","method":"tools/call"}"#, 0),
            (r#"{"jsonrpc":"2.0","id":1,"result":{}}"#, 0),
        ];
        for (body, expected) in cases {
            assert_eq!(code(body), expected, "{body}");
        }
    }

    #[test]
    fn keeps_the_id_of_a_faulty_request() {
        let fault = Message::read(br#"{"jsonrpc":"2.0","id":"seven","method":5}"#).unwrap_err();
        assert_eq!(fault.id, Some(RequestId::String("seven".into())));
    }
}
