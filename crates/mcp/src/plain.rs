//! Tool calls that need nothing of the protocol layer.
//!
//! For every request rmcp reads the body into a tree three times over, makes a service, a transport, a task and
//! channels for it, and builds the answer as a tree before it is text. That is several times the work of a tool whose
//! answer is in the cache. So a `tools/call` of the plainest form is answered here: by the same handler, after the same
//! checks, with the same bytes.
//!
//! What is plain is narrow on purpose. Whatever is not recognised, right or wrong, goes the long way and is answered or
//! refused there: a doubt costs time and never correctness. `tests/it/plain.rs` sends everything both ways and compares
//! the answers.

use std::borrow::Cow;

use axum::response::{IntoResponse as _, Response};
use http::header::{CONTENT_TYPE, HOST, ORIGIN};
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode};
use orderdesk_mcp_contract::tool::ToolSpec;
use orderdesk_mcp_contract::tools::catalog;
use orderdesk_mcp_domain::Caller;
use rmcp::model::{JsonObject, MetaObject, ProtocolVersion, RequestId, RequestMetaObject};
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio_util::sync::CancellationToken;

use crate::accept::takes_json;
use crate::endpoint::PATH;
use crate::handler::{Era, Handler};
use crate::refusal::Refusal;
use crate::reply;

/// rmcp refuses a message that is nested more than 127 deep. One with fewer brackets in all is not.
const BRACKETS_MAX: usize = 64;
/// The only method that is plain.
const METHOD: &str = "tools/call";
const VERSION_META: &str = "io.modelcontextprotocol/protocolVersion";
const VERSION_HEADER: &str = "mcp-protocol-version";
const METHOD_HEADER: &str = "mcp-method";
const NAME_HEADER: &str = "mcp-name";

/// Answers plain calls.
pub(crate) struct Plain {
    handler: Handler,
    signature: MetaObject,
    /// Host names that are served, without those that are tied to a port.
    hosts: Vec<String>,
    stop: CancellationToken,
}

/// A call that was recognised.
#[derive(Debug)]
pub(crate) struct PlainCall {
    id: RequestId,
    spec: &'static ToolSpec,
    arguments: JsonObject,
    meta: RequestMetaObject,
    era: Era,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Message<'a> {
    #[serde(borrow)]
    jsonrpc: Cow<'a, str>,
    id: RequestId,
    #[serde(borrow)]
    method: Cow<'a, str>,
    /// As text first: a derived reader would take an array for an object.
    #[serde(borrow)]
    params: &'a RawValue,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    name: String,
    arguments: Option<JsonObject>,
    #[serde(rename = "_meta")]
    meta: Option<JsonObject>,
}

impl Plain {
    pub(crate) fn new(handler: Handler, allowed_hosts: &[String], stop: CancellationToken) -> Self {
        let is_name = |host: &&String| host.starts_with('[') || !host.contains(':');
        Self {
            signature: handler.signed(),
            handler,
            hosts: allowed_hosts.iter().filter(is_name).cloned().collect(),
            stop,
        }
    }

    /// The call in a request and who makes it, if it is one of those.
    pub(crate) fn recognise(&self, parts: &Parts, body: &[u8]) -> Option<(Caller, PlainCall)> {
        let caller = parts.extensions.get::<Caller>()?;
        let call = read(&self.hosts, parts, body)?;
        Some((caller.clone(), call))
    }

    /// Runs the tool. A client that hangs up drops this future, and the call with it.
    pub(crate) async fn answer(
        &self,
        caller: Caller,
        call: PlainCall,
    ) -> Result<Response, Refusal> {
        let PlainCall {
            id,
            spec,
            arguments,
            meta,
            era,
        } = call;
        let caller = Handler::with_what_it_says(caller, meta.client_info(), &meta);
        let body = tokio::select! {
            biased;
            outcome = self.handler.call(&caller, spec, arguments) => {
                reply::to(&id, era, &outcome, &self.signature)
            }
            // The end no longer waits: as the protocol layer answers then.
            () = self.stop.cancelled() => None,
        };
        let body = body.ok_or_else(|| {
            Refusal::of_text(StatusCode::INTERNAL_SERVER_ERROR, "").for_request(Some(id))
        })?;
        Ok(([(CONTENT_TYPE, "application/json")], body).into_response())
    }
}

fn read(hosts: &[String], parts: &Parts, body: &[u8]) -> Option<PlainCall> {
    let headers = &parts.headers;
    let is_plain = parts.method == Method::POST
        && parts.uri.path() == PATH
        && is_one_of(hosts, only(headers, HOST.as_str())?)
        // Which origins are welcome is for the protocol layer to say.
        && !headers.contains_key(ORIGIN)
        && is_json(only(headers, CONTENT_TYPE.as_str())?)
        && takes_json(headers)
        && !is_deep(body);
    if !is_plain {
        return None;
    }
    let message = object_of::<Message<'_>>(body)?;
    let params = object_of::<Params>(message.params.get().as_bytes())?;
    if message.jsonrpc != "2.0" || message.method != METHOD {
        return None;
    }
    // A write may have to ask a person first, and a tool that is not there is answered in another way.
    let spec = catalog::find(&params.name).filter(|spec| !spec.need.is_write())?;
    let meta = RequestMetaObject::from(params.meta.unwrap_or_default());
    Some(PlainCall {
        era: era(headers, &params.name, &meta)?,
        id: message.id,
        spec,
        arguments: params.arguments.unwrap_or_default(),
        meta,
    })
}

/// Whether a `Host` is one of those, with any port.
fn is_one_of(hosts: &[String], host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    hosts.iter().any(|ours| ours.eq_ignore_ascii_case(name))
}

/// The era a request belongs to, when nothing about that is in doubt.
fn era(headers: &HeaderMap, name: &str, meta: &RequestMetaObject) -> Option<Era> {
    let version = match headers.contains_key(VERSION_HEADER) {
        true => Some(only(headers, VERSION_HEADER)?),
        false => None,
    };
    if !meta.0.0.contains_key(VERSION_META) {
        let is_legacy = version.is_none_or(|version| {
            version < ProtocolVersion::V_2026_07_28.as_str()
                && ProtocolVersion::KNOWN_VERSIONS
                    .iter()
                    .any(|known| known.as_str() == version)
        });
        return is_legacy.then_some(Era::Legacy);
    }
    let modern = ProtocolVersion::V_2026_07_28;
    let is_modern = version == Some(modern.as_str())
        && meta.protocol_version().as_ref() == Some(&modern)
        && meta.missing_required_keys(&modern).is_empty()
        && only(headers, METHOD_HEADER)? == METHOD
        // One in Base64 is not the name as it stands.
        && only(headers, NAME_HEADER)? == name;
    is_modern.then_some(Era::Modern)
}

/// The value of a header that is there once, as text.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return None;
    };
    value.to_str().ok()
}

fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

fn is_deep(body: &[u8]) -> bool {
    let opened = body.iter().filter(|byte| matches!(byte, b'{' | b'['));
    opened.count() > BRACKETS_MAX
}

/// Reads an object, and nothing but an object, with the expected members only.
fn object_of<'a, T: Deserialize<'a>>(text: &'a [u8]) -> Option<T> {
    let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
    if first != Some(&b'{') {
        return None;
    }
    serde_json::from_slice(text).ok()
}

#[cfg(test)]
mod tests {
    use http::Request;
    use serde_json::{Value, json};

    use super::*;

    const LEGACY: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"orders_get","arguments":{"order_id":"1"}}}"#;

    /// The era of a request with these headers, if it is plain.
    fn era_of(body: &str, headers: &[(&'static str, &str)]) -> Option<Era> {
        let mut request = Request::post(PATH)
            .header("host", "localhost:8080")
            .header("content-type", "application/json")
            .body(())
            .unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let (parts, ()) = request.into_parts();
        read(
            &["localhost".into(), "[::1]".into()],
            &parts,
            body.as_bytes(),
        )
        .map(|call| call.era)
    }

    fn modern_with(change: impl FnOnce(&mut Value)) -> String {
        let mut message: Value = serde_json::from_str(LEGACY).unwrap();
        message["params"]["_meta"] = json!({
            VERSION_META: "2026-07-28",
            "io.modelcontextprotocol/clientInfo": { "name": "t", "version": "1" },
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        change(&mut message);
        message.to_string()
    }

    const MODERN: [(&str, &str); 3] = [
        (VERSION_HEADER, "2026-07-28"),
        (METHOD_HEADER, "tools/call"),
        (NAME_HEADER, "orders_get"),
    ];

    #[test]
    fn recognises_the_calls_that_clients_make() {
        assert_eq!(era_of(LEGACY, &[]), Some(Era::Legacy));
        for headers in [
            &[(VERSION_HEADER, "2025-11-25")][..],
            &[("accept", "application/json, text/event-stream")],
            &[("content-type", "application/json; charset=utf-8")],
            &[("host", "[::1]:80")],
            &[("host", "LOCALHOST")],
            &[("mcp-session-id", "old")],
        ] {
            assert_eq!(era_of(LEGACY, headers), Some(Era::Legacy), "{headers:?}");
        }
        let progress = LEGACY.replace(
            "\"arguments\"",
            "\"_meta\":{\"progressToken\":1},\"arguments\"",
        );
        assert_eq!(era_of(&progress, &[]), Some(Era::Legacy));
        assert_eq!(era_of(&modern_with(|_| {}), &MODERN), Some(Era::Modern));
    }

    #[test]
    fn leaves_everything_else_to_the_protocol_layer() {
        for headers in [
            &[(VERSION_HEADER, "2026-07-28")][..],
            &[(VERSION_HEADER, "1999-01-01")],
            &[("host", "evil.example")],
            &[("host", "user@localhost")],
            &[("origin", "http://localhost:3000")],
            &[("content-type", "text/plain")],
            &[("accept", "text/html")],
        ] {
            assert_eq!(era_of(LEGACY, headers), None, "{headers:?}");
        }
        for body in [
            LEGACY.replace("2.0", "1.0"),
            LEGACY.replace("tools/call", "tools/list"),
            LEGACY.replace("orders_get", "no_such_tool"),
            LEGACY.replace("orders_get", "orders_update"),
            LEGACY.replace("\"id\":1", "\"id\":null"),
            LEGACY.replace("\"id\":1,", ""),
            LEGACY.replace("\"id\":1", "\"id\":1,\"result\":{}"),
            LEGACY.replace("{\"order_id\":\"1\"}", "[]"),
            LEGACY.replace("\"1\"", "1e999"),
            LEGACY.replace("\"1\"", &format!("{}{}", "[".repeat(70), "]".repeat(70))),
            LEGACY.replace("\"arguments\"", "\"requestState\":1,\"arguments\""),
            r#"["2.0",1,"tools/call",{"name":"orders_get"}]"#.into(),
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":["orders_get",null,null]}"#
                .into(),
            format!("{LEGACY} trailing"),
        ] {
            assert_eq!(era_of(&body, &[]), None, "{body}");
        }
        for at in 0..MODERN.len() {
            for wrong in ["", "2025-11-25", "=?base64?b3JkZXJzX2dldA==?="] {
                let mut headers = MODERN;
                headers[at].1 = wrong;
                assert_eq!(era_of(&modern_with(|_| {}), &headers), None, "{headers:?}");
            }
        }
        for (name, value) in [
            (VERSION_META, json!("2025-11-25")),
            (VERSION_META, json!(1)),
            ("io.modelcontextprotocol/clientCapabilities", json!("none")),
        ] {
            let body = modern_with(|message| message["params"]["_meta"][name] = value);
            assert_eq!(era_of(&body, &MODERN), None, "{body}");
        }
    }
}
