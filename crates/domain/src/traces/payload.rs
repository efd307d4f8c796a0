//! What of a call is kept sealed: its arguments without secrets, cut where they are long, and the words
//! it was refused with.

use std::io::{self, Write};
use std::sync::LazyLock;

use orderdesk_mcp_contract::ApiError;
use orderdesk_mcp_contract::tools::catalog;
use orderdesk_mcp_contract::trace::view::{KeptResult, TracePayload};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// Most of a call's arguments that is kept, in bytes of JSON.
const ARGUMENTS_MAX: usize = 16 << 10;
/// Most of an error's words that is kept, in bytes of JSON.
const ERROR_MAX: usize = 4 << 10;
/// Stands where a secret was.
const SECRET: &str = "[secret]";
/// How our own keys begin.
const KEY_BRAND: &str = "odm_";
/// A text that is no longer holds no key, at most talks about one.
const TOO_SHORT_FOR_A_KEY: usize = 16;

/// A call's arguments as they are kept.
pub(super) struct Arguments {
    kept: Map<String, Value>,
    were_cut: bool,
}

impl Arguments {
    pub(super) fn of(arguments: &Map<String, Value>) -> Self {
        let mut copy = Copy::of_at_most(ARGUMENTS_MAX);
        Self {
            kept: copy.object(arguments),
            were_cut: copy.was_cut,
        }
    }
}

/// What is sealed, as JSON; none when there is nothing to keep.
pub(super) fn payload(arguments: Option<&Arguments>, error: Option<&ApiError>) -> Option<String> {
    #[derive(Serialize)]
    struct Payload<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        arguments: Option<&'a Map<String, Value>>,
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        arguments_were_cut: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<Error<'a>>,
    }
    #[derive(Serialize)]
    struct Error<'a> {
        code: &'a str,
        message: String,
    }
    if arguments.is_none() && error.is_none() {
        return None;
    }
    let payload = Payload {
        arguments: arguments.map(|arguments| &arguments.kept),
        arguments_were_cut: arguments.is_some_and(|arguments| arguments.were_cut),
        error: error.map(|error| Error {
            code: error.code.as_str(),
            message: Copy::of_at_most(ERROR_MAX).text(&error.message),
        }),
    };
    serde_json::to_string(&payload).ok()
}

/// A payload that was opened, as it is shown. `cache_hit` is the call's: of an answer from the cache nothing is kept.
pub(super) fn read_payload(
    text: &str,
    cache_hit: Option<bool>,
) -> Result<TracePayload, serde_json::Error> {
    #[derive(Deserialize)]
    struct Payload<'a> {
        #[serde(borrow)]
        arguments: Option<&'a RawValue>,
        #[serde(default)]
        arguments_were_cut: bool,
        #[serde(borrow)]
        result: Option<&'a RawValue>,
        #[serde(default)]
        result_was_cut: bool,
        error: Option<Error>,
    }
    #[derive(Deserialize)]
    struct Error {
        message: String,
    }
    let payload: Payload<'_> = serde_json::from_str(text)?;
    let text = |raw: &RawValue| raw.get().to_owned();
    let result = match payload.result {
        Some(json) => KeptResult::Kept {
            json: text(json),
            was_cut: payload.result_was_cut,
        },
        None if cache_hit == Some(true) => KeptResult::Cached,
        None => KeptResult::Nothing,
    };
    Ok(TracePayload {
        arguments: payload.arguments.map(text),
        arguments_were_cut: payload.arguments_were_cut,
        result,
        error: payload.error.map(|error| error.message),
    })
}

/// A copy that leaves out secrets and ends when it is full.
struct Copy {
    left: usize,
    was_cut: bool,
}

impl Copy {
    fn of_at_most(bytes: usize) -> Self {
        Self {
            left: bytes,
            was_cut: false,
        }
    }

    fn object(&mut self, members: &Map<String, Value>) -> Map<String, Value> {
        let mut kept = Map::new();
        for (name, value) in members {
            if !self.take(6) {
                break;
            }
            let is_secret = is_secret_name(name);
            let name = self.text(name);
            let value = if is_secret {
                SECRET.into()
            } else {
                self.value(value)
            };
            kept.insert(name, value);
        }
        kept
    }

    fn value(&mut self, value: &Value) -> Value {
        match value {
            Value::String(text) => self.text(text).into(),
            Value::Object(members) => self.object(members).into(),
            Value::Array(elements) => {
                let mut kept = Vec::new();
                for element in elements {
                    if !self.take(3) {
                        break;
                    }
                    kept.push(self.value(element));
                }
                kept.into()
            }
            small => {
                if self.take(size_of_json(small)) {
                    small.clone()
                } else {
                    Value::Null
                }
            }
        }
    }

    fn text(&mut self, text: &str) -> String {
        if text.len() > TOO_SHORT_FOR_A_KEY && text.contains(KEY_BRAND) {
            return SECRET.to_owned();
        }
        let is_kept = |letter: &char| {
            let escaped = letter.is_control() || matches!(letter, '"' | '\\');
            self.take(if escaped { 6 } else { letter.len_utf8() })
        };
        text.chars().take_while(is_kept).collect()
    }

    /// Takes room, and none any more once something did not fit.
    fn take(&mut self, bytes: usize) -> bool {
        match self.left.checked_sub(bytes) {
            Some(left) => self.left = left,
            None => {
                self.left = 0;
                self.was_cut = true;
            }
        }
        !self.was_cut
    }
}

/// Whether any tool has a secret argument of this name, however it is written: a secret given to the
/// wrong tool, or under `apiKey`, is as secret.
fn is_secret_name(name: &str) -> bool {
    static SECRETS: LazyLock<Vec<String>> = LazyLock::new(|| {
        catalog::offered()
            .iter()
            .flat_map(|tool| tool.secrets)
            .map(|name| plain(name))
            .collect()
    });
    SECRETS.contains(&plain(name))
}

/// The first letters of a name in lower case, without what is between its words.
fn plain(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters
        .take(40)
        .map(|letter| letter.to_ascii_lowercase())
        .collect()
}

/// How long a value is as JSON, without writing it down.
pub(crate) fn size_of_json(value: &impl Serialize) -> usize {
    struct Counted(usize);
    impl Write for Counted {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut counted = Counted(0);
    serde_json::to_writer(&mut counted, value).map_or(0, |()| counted.0)
}

#[cfg(test)]
mod tests {
    use orderdesk_mcp_contract::ErrorCode;
    use serde_json::json;

    use super::*;

    fn kept(arguments: Value) -> Value {
        let Value::Object(arguments) = arguments else {
            panic!("arguments are an object");
        };
        let text = payload(Some(&Arguments::of(&arguments)), None).unwrap();
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn secrets_of_every_tool_are_left_out_wherever_they_stand() {
        let key = "odm_mk_01k9q3xz_canary";
        let kept = kept(json!({
            "api_key": "canary",
            "API-Key": ["canary"],
            "nested": [{ "apiKey": { "is": "canary" }, "Master_Key": "canary" }],
            "note": format!("use {key}"),
            key: 1,
            "brand": "odm_mk_",
            "limit": 5,
        }));
        let text = kept.to_string();
        assert!(!text.contains("canary"), "{text}");
        assert_eq!(kept["arguments"]["limit"], 5);
        assert_eq!(kept["arguments"]["brand"], "odm_mk_");
        assert!(kept.get("arguments_were_cut").is_none());
    }

    #[test]
    fn long_arguments_are_cut_and_say_so() {
        let escaped = "\u{1}".repeat(100_000);
        for long in [
            json!({ "text": "x".repeat(1 << 20) }),
            json!({ "texts": vec!["\"\\"; 100_000] }),
            json!({ "escaped": escaped }),
            json!({ "numbers": vec![vec![1]; 100_000] }),
            json!({ "x".repeat(1 << 20): 1, "y": 2 }),
        ] {
            let kept = kept(long);
            assert_eq!(kept["arguments_were_cut"], true);
            let bytes = kept.to_string().len();
            assert!((1000..=17 << 10).contains(&bytes), "{bytes} bytes are kept");
        }
    }

    #[test]
    fn an_error_is_kept_in_its_words() {
        let error = ApiError::invalid("limit", "y".repeat(100_000));
        let text = payload(None, Some(&error)).unwrap();
        assert!(text.len() < 5 << 10, "{}", text.len());
        assert!(text.starts_with("{\"error\":{\"code\":\"invalid\",\"message\":\"yyy"));
        let none = ApiError::new(ErrorCode::Internal, "");
        assert!(payload(None, Some(&none)).is_some() && payload(None, None).is_none());
    }

    #[test]
    fn sizes_are_those_of_the_text() {
        let value = json!({ "a": [1, "ü\n"], "b": null });
        assert_eq!(size_of_json(&value), value.to_string().len());
    }
}
